"""The one map in a real browser, against the answers of an invented city of two squares."""

import csv
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import map_answers
import numpy as np
import pyproj
import pytest
from map_answers import NEW, OLD, Answers

pytestmark = pytest.mark.slow
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def answers():
    return Answers()


@pytest.fixture
def open_map(visit, answers):
    """``page = open_map("tool=layers")``: the map, drawn to the end; as somebody inside the offices unless ``public``."""

    def go(query="", *, public=False, **more):
        language = "" if "language=" in query else "language=en&"
        page, watch = visit(f"/map?{language}{query}", answers=answers, inside=not public, **more)
        page.wait_for_selector("lt-map[data-state=ready]")
        page.watch = watch
        return page

    return go


def said(page):
    return page.locator(".map-live").text_content()


def until(page, condition):
    """Wait for something of the page's own state; a text of code would be refused by the security policy."""
    for _ in range(600):
        if condition():
            return
        page.wait_for_timeout(100)
    pytest.fail("it did not come")


def test_the_first_map_shows_the_plan_under_its_lines(open_map):
    page = open_map("tool=layers")
    shown = page.locator(".map-layer.is-on label")
    assert shown.all_text_contents() == ["Planned land use", "Urban development boundary", "Permanent basic farmland"]
    assert page.locator(".map-legend li").all_text_contents() == ["Housing", "Industry"]
    assert "in force from 2024-01-01" in page.locator(".map-facts").first.text_content()


@pytest.mark.parametrize(("query", "public"), [("", False), ("public=true", False), ("", True), ("date=2023-06-01", False)])
def test_what_the_page_asks_for_ahead_is_not_asked_for_again(open_map, query, public):
    page = open_map(query, public=public)
    paths = [urlsplit(url).path for url in page.watch.asked]
    assert [paths.count(f"/api/v1/{name}") for name in ("city", "city/outline", "layers")] == [1, 1, 1]


def test_visitors_are_offered_public_layers_only(open_map):
    page = open_map("tool=layers", public=True)
    assert "Permanent basic farmland" not in page.locator(".map-tree").text_content()


def test_a_switched_off_layer_leaves_the_address_and_its_tiles_are_not_asked_for(open_map):
    page = open_map("tool=layers")
    page.get_by_label("Urban development boundary", exact=True).uncheck()
    until(page, lambda: parse_qs(urlsplit(page.url).query).get("on") == ["planned_use,permanent_basic_farmland"])
    page.get_by_label("Opacity of Planned land use").fill("40")
    until(page, lambda: "on=planned_use*0.4" in page.url)


def test_a_link_brings_back_the_view(open_map, answers):
    page = open_map(f"at=15.00/31.30500/120.60500&date=2025-06-01&on=planned_use*0.5&unit=B&tool=query&pick=planned_use~{NEW}~P0")
    assert answers.to("/layers")[0] == {"as_of": "2025-06-01"}
    assert page.get_by_label("As of").input_value() == "2025-06-01"
    assert page.locator(".map-bar select").input_value() == "B"
    assert page.locator(".map-panel h2").text_content() == "Query"
    assert page.locator(".map-card").is_visible()
    page.get_by_role("button", name="Zoom in").click()
    until(page, lambda: "at=16.00/" in page.url)
    for part in ("date=2025-06-01", "on=planned_use*0.5", "unit=B", "tool=query"):
        assert part in page.url


def test_an_earlier_day_loads_what_was_in_force_then(open_map, answers):
    page = open_map("tool=layers")
    page.get_by_label("As of").fill("2024-06-01")
    until(page, lambda: said(page) == "2 layers in force on 2024-06-01.")
    assert answers.to("/layers")[-1] == {"as_of": "2024-06-01"}
    assert "Urban development boundary" not in page.locator(".map-tree").text_content()
    page.get_by_role("button", name="Today").click()
    until(page, lambda: "Urban development boundary" in page.locator(".map-tree").text_content())


def test_the_keyboard_reads_the_place_at_the_crosshair(open_map, answers):
    page = open_map("at=15.00/31.30500/120.60500")
    page.locator(".map-sheet canvas").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".map-card:not([hidden])")
    asked = answers.to("/identify")[0]
    assert (float(asked["lon"]), float(asked["lat"])) == pytest.approx((120.605, 31.305), abs=1e-6)
    assert asked["layers"] == "planned_use,urban_development_boundary,permanent_basic_farmland"
    assert said(page) == "1 found here: Planned land use P0"
    assert "4,220,000 m² (422.00 ha, 6,330 mu)" in page.locator(".map-card").text_content()
    page.get_by_role("button", name="Close At this place").press("Enter")
    assert page.locator(".map-sheet canvas").evaluate("element => element === document.activeElement")


def test_both_languages_are_switched_at_once(open_map):
    page = open_map("tool=layers")
    page.evaluate("document.documentElement.lang = 'zh-CN'")
    until(page, lambda: page.locator(".map-rail").inner_text().split() == ["图层", "查询统计", "对比", "量算", "出图"])
    assert page.locator(".map-layer.is-on label").first.text_content() == "规划用地"


def test_the_language_of_the_page_takes_the_view_along(open_map):
    page = open_map("tool=measure")
    page.get_by_role("link", name="中文").click()
    page.wait_for_selector("lt-map[data-state=ready]")
    assert "tool=measure" in page.url


def test_an_area_is_what_the_ellipsoid_says(open_map):
    page = open_map("at=15.00/31.31000/120.62000&tool=measure")
    page.get_by_role("button", name="Area").click()
    until(page, lambda: page.locator(".map-hint").first.text_content().startswith("Click the corners"))
    page.wait_for_timeout(500)
    box = page.locator(".map-sheet.is-first").bounding_box()
    corners = [(0.3, 0.3), (0.7, 0.32), (0.68, 0.7), (0.32, 0.66)]
    for x, y in [*corners, corners[-1]]:
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        page.wait_for_timeout(200)
    until(page, lambda: "Area" in said(page))
    square_metres = float(re.search(r"Area ([\d,.]+) m²", said(page)).group(1).replace(",", ""))
    place = [position(box, x, y) for x, y in corners]
    assert square_metres == pytest.approx(pyproj_area(place), rel=2e-3)  # the mouse hits whole pixels
    hectares, mu = (float(re.search(rf"([\d,.]+) {unit}", said(page)).group(1).replace(",", "")) for unit in ("ha", "mu"))
    assert hectares == pytest.approx(square_metres / 10_000, abs=1e-4)
    assert mu == pytest.approx(square_metres * 15 / 10_000, abs=1e-3)


def position(box, x, y):
    """Longitude and latitude of a place of the stage, for the camera of the test."""
    world = 512 * 2**15
    centre_x = (120.62 + 180) / 360 * world
    centre_y = (1 - np.arcsinh(np.tan(np.radians(31.31))) / np.pi) / 2 * world
    across, down = centre_x + (x - 0.5) * box["width"], centre_y + (y - 0.5) * box["height"]
    return across / world * 360 - 180, np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * down / world))))


def pyproj_area(corners):
    """Area on CGCS2000 with edges straight in degrees, by many short geodesics."""
    ring = []
    for (lon1, lat1), (lon2, lat2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        ring += [(lon1 + (lon2 - lon1) * part, lat1 + (lat2 - lat1) * part) for part in np.linspace(0, 1, 50, endpoint=False)]
    lons, lats = zip(*ring, strict=True)
    return abs(pyproj.Geod(a=6378137, rf=298.257222101).polygon_area_perimeter(lons, lats)[0])


def test_a_polygon_is_drawn_with_the_keyboard_alone(open_map):
    page = open_map("at=15.00/31.31000/120.62000&tool=measure")
    page.get_by_role("button", name="Distance").press("Enter")
    until(page, lambda: page.locator(".map-sheet canvas").evaluate("element => element === document.activeElement"))
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(900)
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    until(page, lambda: said(page).startswith("Length"))
    metres = float(re.search(r"Length ([\d,.]+) m", said(page)).group(1).replace(",", ""))
    hundred_pixels = 100 * np.cos(np.radians(31.31)) * 2 * np.pi * 6378137 / (512 * 2**15)
    assert metres == pytest.approx(hundred_pixels, rel=0.01)


def test_a_query_becomes_a_table_a_mark_on_the_map_and_a_file(open_map, answers):
    page = open_map("tool=query&unit=A")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("Field").select_option("height")
    page.get_by_label("Comparison").select_option("gt")
    page.get_by_label("Value").fill("10")
    page.get_by_role("button", name="Find features").click()
    page.wait_for_selector(".map-table")
    assert answers.to("/query")[0] == {
        "layer": "planned_use",
        "where": [{"field": "height", "op": "gt", "value": 10}],
        "unit": "A",
        "limit": 200,
        "offset": 0,
    }
    assert said(page) == "2 of 2 features shown"
    page.get_by_role("button", name="P1").click()
    until(page, lambda: f"pick=planned_use%7E{NEW}%7EP1" in page.url)
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV file").click()
    rows = list(csv.reader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert rows == [["Identifier", "Land use", "Height"], ["P0", "07", "24"], ["P1", "10", "12.5"]]


def test_statistics_say_both_areas_and_how_they_were_counted(open_map, answers):
    page = open_map("tool=query")
    page.get_by_role("button", name="Statistics").click()
    page.wait_for_selector(".map-table")
    assert answers.to("/statistics")[0]["group_by"] == "use"
    assert page.locator(".map-table tbody tr").inner_text().split("\t") == ["07 Housing", "1", "15.00", "15.10", "25.00 %"]
    assert "Whole features." in page.locator(".map-table-foot").inner_text()


def test_two_versions_hang_on_both_sides_of_a_curtain(open_map):
    page = open_map("tool=compare")
    page.get_by_label("Swipe").check()
    until(page, lambda: page.locator(".map-caption").all_text_contents() == ["Planned land use · 2024-01-01"] * 2)
    until(page, lambda: all(any(f"/tiles/planned_use/{version}/" in url for url in page.watch.asked) for version in (OLD, NEW)))
    curtain = page.get_by_label("Position of the curtain")
    curtain.focus()
    for _ in range(10):
        curtain.press("ArrowRight")
    until(page, lambda: f"compare=swipe%7Eplanned_use%40{OLD}%7Eplanned_use%40{NEW}%7E60" in page.url)
    page.get_by_label("One map").check()
    until(page, lambda: page.locator(".map-sheet canvas").count() == 1)


def test_the_difference_of_two_versions_is_counted_and_listed(open_map, answers):
    page = open_map("tool=compare")
    page.get_by_role("button", name="Show the difference").click()
    page.wait_for_selector(".map-table")
    assert answers.to("/layers/planned_use/difference") == [{"from": OLD, "to": NEW}]
    assert [row.split("\t") for row in page.locator(".map-changes tbody tr").all_inner_texts()] == [
        ["Brought in", "1", "1.50"],
        ["Taken out", "0", "0.00"],
        ["Attributes changed", "1", "0.25"],
        ["Shape changed", "0", ""],
    ]
    rows = [row.split("\t") for row in page.locator(".map-table tbody tr").all_inner_texts()]
    assert rows == [["P0", "Brought in", "—", "1.5000"], ["P1", "Attributes changed", "Land use", "0.2500"]]


def test_findings_on_the_map_and_in_the_list_are_filtered_together(open_map):
    page = open_map()
    chosen = page.evaluate(
        """async () => {
          const map = document.querySelector('lt-map');
          map.setAttribute('tools', 'findings layers');
          const heard = [];
          for (const name of ['lt-map:filter', 'lt-map:select']) map.addEventListener(name, (event) => heard.push(event.detail));
          window.heard = heard;
          map.remove(); document.querySelector('main').append(map);
          await map.showFindings('/api/v1/findings');
        }"""
    )
    assert chosen is None
    page.wait_for_selector(".map-findings li")
    assert page.locator(".map-findings li").count() == 2
    page.get_by_label("Severity").select_option("mandatory")
    assert page.locator(".map-findings li").all_inner_texts() == ["CL03\nMandatory\nFault 0"]
    page.locator(".map-findings button").click()
    heard = page.evaluate("window.heard")
    assert heard[0] == {"code": "", "severity": "mandatory", "unit": ""}
    assert (heard[1]["kind"], heard[1]["id"]) == ("finding", "k0")


def test_a_fault_of_the_server_is_said_calmly_and_tried_again(open_map, answers):
    page = open_map("at=15.00/31.30500/120.60500")
    answers.failing.add("/identify")
    page.locator(".map-sheet canvas").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".map-notice:not([hidden])")
    assert "The tile archive is being written. Try again in a minute." in page.locator(".map-notice").inner_text()
    answers.failing.clear()
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector(".map-card:not([hidden])")
    assert page.locator(".map-notice").is_hidden()


def test_search_finds_with_the_keyboard(open_map):
    page = open_map()
    page.get_by_role("combobox", name="Search").fill("east")
    page.wait_for_selector("#map-places li")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    until(page, lambda: "/120.63" in page.url)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_axe_finds_no_fault(open_map, language):
    page = open_map(f"language={language}", bypass_csp=True)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for tool in ("layers", "query", "compare", "measure", "plate"):
        page.locator(f"[data-tool={tool}]").click()
        told = page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)
        assert json.dumps([(tool, fault["id"], [node["html"] for node in fault["nodes"]]) for fault in told["violations"]]) == "[]"


def test_at_twice_the_size_nothing_is_cut_off(open_map):
    page = open_map("tool=layers", size=(640, 400))  # 1280 x 800 at 200 %
    wide, shown = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= shown
    for name in ("Layers", "Query", "Compare", "Measure", "Print", "Zoom in", "Today"):
        button = page.get_by_role("button", name=name, exact=True)
        button.scroll_into_view_if_needed()
        assert button.is_visible()


def test_nobody_is_caught_by_the_keyboard(open_map):
    page = open_map("tool=layers")
    places = []
    for _ in range(60):
        page.keyboard.press("Tab")
        places.append(
            page.evaluate("document.activeElement.closest('.map-rail, .map-panel, .map-stage, .map-foot, header')?.className ?? 'out'")
        )
    assert {"map-rail", "map-panel", "map-stage", "map-foot", "out"} <= set(places)


def test_nothing_jumps_while_the_map_comes(open_map):
    page = open_map("tool=layers")
    shift = page.evaluate(
        """() => new Promise((resolve) => {
          let sum = 0;
          const watch = new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) sum += entry.hadRecentInput ? 0 : entry.value;
          });
          watch.observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => resolve(sum), 500);
        })"""
    )
    assert shift < 0.1


def test_labels_come_from_our_own_fonts(open_map):
    page = open_map("language=zh")
    until(page, lambda: any(re.search(r"/static/build/assets/noto-sans-sc-\d+-400-normal.*\.woff2", url) for url in page.watch.asked))
    assert map_answers.CITY["units"][0]["name"]["zh"] == "西板块"
