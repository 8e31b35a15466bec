"""What planners do with the map, on the real application: ask, compare, measure, print, share."""

import io
import json
from urllib.parse import parse_qs, urlsplit

import pyproj
import pytest
from PIL import Image

pytestmark = pytest.mark.slow
LAND = "planned_land_use"
SQUARE = [(0.35, 0.35), (0.65, 0.36), (0.64, 0.65), (0.36, 0.64)]


def said(page):
    return page.locator(".map-live").text_content()


def test_a_layer_answers_by_unit_attribute_drawn_and_uploaded_polygon(come_in, tmp_path):
    visit = come_in("reviewer", "en")
    visit.open("/", axe=False)
    lon, lat, unit = visit.inside(LAND)
    page = visit.open(f"/map?tool=query&on={LAND}&at=12.50/{lat:.5f}/{lon:.5f}", axe=False)
    panel = page.locator(".map-panel")
    panel.locator("label:has(> span:text-is('Unit')) select").select_option(unit)
    everything = matched(visit, panel)
    assert everything == visit.ask("/api/v1/query", {"layer": LAND, "unit": unit, "limit": 0})["matched"]
    visit.examine()

    # Statistics of the unit add up to its features and to the whole.
    panel.get_by_role("button", name="Statistics").click()
    page.wait_for_selector(".map-table tfoot")
    cells = page.locator(".map-table tfoot tr").inner_text().split("\t")
    assert int(cells[1].replace(",", "")) == everything
    shares = [row.split("\t")[-1] for row in page.locator(".map-table tbody tr").all_inner_texts()]
    assert sum(float(share.removesuffix(" %")) for share in shares) == pytest.approx(100, abs=0.01 * len(shares))
    code = page.locator(".map-table tbody tr").first.inner_text().split()[0]

    # A condition on the code of the first row finds as many as the row counts.
    counted = int(page.locator(".map-table tbody tr").first.inner_text().split("\t")[1].replace(",", ""))
    panel.get_by_role("button", name="Add a condition").click()
    field = panel.get_by_label("Statistics by").input_value()
    panel.get_by_label("Field").select_option(field)
    panel.get_by_label("Value").fill(code)
    assert matched(visit, panel) == counted
    panel.get_by_role("button", name="Remove condition 1").click()

    # A polygon drawn around the place, and the same as a file.
    visit.fit([lon - 0.004, lat - 0.003, lon + 0.004, lat + 0.003])
    panel.get_by_role("button", name="Draw a polygon").click()
    visit.draw(SQUARE)
    visit.until(lambda: "Polygon of" in panel.inner_text())
    assert 1 <= matched(visit, panel) < everything
    ring = [
        [lon - 0.01, lat - 0.01],
        [lon + 0.01, lat - 0.01],
        [lon + 0.01, lat + 0.01],
        [lon - 0.01, lat + 0.01],
        [lon - 0.01, lat - 0.01],
    ]
    outline = {"type": "Polygon", "coordinates": [ring]}
    file = tmp_path / "outline.geojson"
    file.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": outline}), encoding="utf-8")
    drawn = panel.locator(".map-area .map-hint").inner_text()
    panel.locator("input[type=file]").set_input_files(file)
    visit.until(lambda: panel.locator(".map-area .map-hint").inner_text() not in {"", drawn})
    square_metres = float(panel.locator(".map-area .map-hint").inner_text().split()[2].replace(",", ""))
    assert square_metres == pytest.approx(
        abs(pyproj.Geod(a=6378137, rf=298.257222101).polygon_area_perimeter(*zip(*ring, strict=True))[0]), rel=1e-5
    )
    assert matched(visit, panel) == visit.ask("/api/v1/query", {"layer": LAND, "unit": unit, "polygon": outline, "limit": 0})["matched"]


def matched(visit, panel):
    """How many features the panel finds now."""
    visit.page.locator(".map-live").evaluate("element => { element.textContent = ''; }")
    panel.get_by_role("button", name="Find features").click()
    visit.until(lambda: " shown" in said(visit.page) or "No feature" in said(visit.page))
    return 0 if "No feature" in said(visit.page) else int(said(visit.page).split(" of ")[1].split()[0].replace(",", ""))


def test_two_versions_are_swiped_put_beside_each_other_and_subtracted(come_in):
    visit = come_in("reviewer", "zh")
    page = visit.open(f"/map?tool=compare&on={LAND}", axe=False)
    page.get_by_role("radio", name="卷帘").check()
    captions = page.locator(".map-caption")
    visit.until(lambda: len(set(captions.all_text_contents()) - {""}) == 2)
    old, new = (side.split("@")[1] for side in parse_qs(urlsplit(settled(visit, "compare=")).query)["compare"][0].split("~")[1:3])
    assert old != new
    visit.until(lambda: all(any(f"/tiles/{LAND}/{version}/" in url for url in visit.watch.asked) for version in (old, new)))
    visit.examine()
    page.get_by_role("radio", name="并排").check()
    page.wait_for_selector(".map-stage[data-compare=beside]")
    boxes = [page.locator(f".map-sheet{side}").bounding_box() for side in (".is-first", ".is-second")]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"] + 1
    page.get_by_role("button", name="显示差异").click()
    page.wait_for_selector(".map-table tbody tr")
    counts = [int(text.replace(",", "")) for text in page.locator(".map-changes tbody td:nth-of-type(1)").all_inner_texts()]
    told = visit.ask(f"/api/v1/layers/{LAND}/difference?from={old}&to={new}")["summary"]
    assert counts == [told[name] for name in ("added", "removed", "attributes_changed", "geometry_changed")]
    assert sum(counts) > 0


def settled(visit, part):
    """The address of the page once it carries a part."""
    visit.until(lambda: part in visit.page.url)
    return visit.page.url


def test_an_area_is_measured_in_three_measures_and_a_length_in_metres(come_in):
    visit = come_in("reviewer", "zh")
    visit.open("/", axe=False)
    lon, lat, _ = visit.inside(LAND)
    page = visit.open(f"/map?tool=measure&at=14.00/{lat:.5f}/{lon:.5f}", axe=False)
    page.get_by_role("button", name="面积").click()
    visit.draw(SQUARE)
    visit.until(lambda: said(page).startswith("面积"))
    metres, hectares, mu = (float(page.locator(".map-figures dd").nth(row).inner_text().split()[0].replace(",", "")) for row in range(3))
    assert metres > 0
    assert (hectares, mu) == (pytest.approx(metres / 10_000, abs=1e-4), pytest.approx(metres * 15 / 10_000, abs=1e-3))
    assert [page.locator(".map-figures dd").nth(row).inner_text().split()[1] for row in range(3)] == ["m²", "公顷", "亩"]
    page.get_by_role("button", name="距离").click()
    visit.draw([(0.3, 0.5), (0.7, 0.5)])
    visit.until(lambda: said(page).startswith("长度"))
    visit.examine()


def test_a_plate_leaves_as_pdf_and_as_picture(come_in):
    visit = come_in("reviewer", "zh")
    page = visit.open(f"/map?tool=plate&on={LAND},ecological_redline,permanent_basic_farmland,urban_development_boundary", axe=False)
    panel = page.locator(".map-panel")
    panel.get_by_label("图名").fill("规划用地与三条控制线（虚构）")
    assert visit.fetched(panel.get_by_role("button", name="生成图件").click).startswith(b"%PDF")
    panel.get_by_label("文件格式").select_option("png")
    drawn = Image.open(io.BytesIO(visit.fetched(panel.get_by_role("button", name="生成图件").click)))
    assert drawn.width > drawn.height or drawn.height / drawn.width == pytest.approx(2 * 210 / 297, abs=0.01)
    assert len(drawn.convert("RGB").resize((300, 200)).getcolors(60_000)) > 100, "the map is on it"
    visit.examine()


def test_a_link_shows_everyone_what_their_rights_allow(come_in):
    reviewer = come_in("reviewer", "en")
    reviewer.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = reviewer.open(f"/map?on={LAND}_public*0.6&tool=layers", axe=False)
    shown = page.locator(".map-layer.is-on > .map-layer-head label")
    assert shown.all_inner_texts() == ["Planned land and sea use"], "the whole layer stands for its public copy"
    titles = page.locator(".map-layer-head label").all_text_contents()
    assert any("municipal plan" in title for title in titles)
    assert any("as sealed" in title for title in titles)
    page.get_by_role("button", name="Share").click()
    page.wait_for_selector(".map-shared:not([hidden])")
    by_hand = page.locator(".map-shared input")
    link = by_hand.input_value() if by_hand.count() else page.evaluate("() => navigator.clipboard.readText()")
    assert f"on={LAND}*0.6" in link
    page = reviewer.open("/map?public=true&tool=layers", axe=False)
    facts = page.locator(".map-tree .map-facts").all_text_contents()
    assert facts
    assert all("Public" in fact for fact in facts), "as residents see it"

    resident = come_in(None, "en")
    page = resident.open(link.removeprefix(resident.address), axe=False)
    assert page.locator(".map-layer.is-on > .map-layer-head label").count() == 1
    resident.until(lambda: any(f"/tiles/{LAND}_public/" in url for url in resident.watch.asked))


def test_a_click_on_a_submitted_layer_tells_its_attributes(come_in, submissions):
    theirs = next(item for item in submissions if item.state == "handed_in")
    visit = come_in("reviewer", "en")
    page = visit.open(f"/submissions/{theirs.id}", axe=False)
    page.wait_for_selector(".map-card", state="attached")
    around = visit.ask(f"/api/v1/submissions/{theirs.id}/map")["layers"]
    west, south, east, north = next(layer for layer in around if layer["name"] == f"draft.{LAND}")["bounds"]
    steps = [(west + (east - west) * across / 8, south + (north - south) * up / 8) for across in range(1, 8) for up in range(1, 8)]
    lon, lat = next(
        place
        for place in steps
        if visit.ask(f"/api/v1/submissions/{theirs.id}/identify?lon={place[0]}&lat={place[1]}&layers=draft.{LAND}")["hits"]
    )
    page.locator("#where").scroll_into_view_if_needed()
    page.locator("lt-map").scroll_into_view_if_needed()
    visit.fit([lon - 0.002, lat - 0.002, lon + 0.002, lat + 0.002])
    visit.click_map((0.5, 0.5))
    page.wait_for_selector(".map-card:not([hidden]) table")
    assert "Planned land and sea use" in page.locator(".map-card").inner_text()
    assert page.locator(".map-card tr").count() > 5
    visit.examine()
