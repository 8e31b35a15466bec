"""The pictures of the guide, taken from the running application: give this file to pytest with ``--pictures docs/images``."""

import io

import pytest
from PIL import Image

pytestmark = pytest.mark.slow
MOST_BYTES = 250_000
LAND = "planned_land_use"
SIZE = (1440, 900)


@pytest.fixture
def take(pictures):
    """``take(visit, "home")``: keep what the window shows as a small picture; on each one stands that the data are invented."""

    def go(visit, name):
        page = visit.page
        assert page.get_by_text(visit.say("Invented data", "虚构数据")).first.is_visible()
        page.mouse.move(0, 0)
        page.evaluate("document.fonts.ready.then(() => true)")
        still(visit)
        file = pictures / f"{name}.webp"
        shown = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        shown.save(file, quality=86, method=6)
        assert file.stat().st_size < MOST_BYTES, name
        assert len(shown.resize((60, 40)).getcolors(2400)) > 20, "the picture shows something"

    return go


def still(visit):
    """Wait until the window looks the same twice: tiles, labels and fading have come to rest."""
    seen = []

    def same():
        seen.append(visit.page.screenshot())
        return len(seen) > 1 and seen[-1] == seen[-2]

    visit.until(same, tenths=300)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pages_as_the_guide_shows_them(come_in, submissions, take, language):
    visit = come_in("reviewer", language, size=SIZE)
    page = visit.open("/", axe=False)
    take(visit, f"home_{language}")
    lon, lat, _ = visit.inside(LAND)
    page = visit.open(f"/map?tool=layers&on={LAND}&at=11.50/{lat:.5f}/{lon:.5f}", axe=False)
    visit.click_map((0.5, 0.5))
    page.wait_for_selector(".map-card:not([hidden])")
    take(visit, f"identify_{language}")
    page = visit.open(f"/map?tool=compare&on={LAND}", axe=False)
    page.get_by_role("radio", name=visit.say("Swipe", "卷帘")).check()
    visit.until(lambda: len(set(page.locator(".map-caption").all_text_contents()) - {""}) == 2)
    page.get_by_role("button", name=visit.say("Show the difference", "显示差异")).click()
    page.wait_for_selector(".map-table tbody tr")
    take(visit, f"compare_{language}")
    theirs = next(item for item in submissions if item.state in {"handed_in", "returned"})
    page = visit.open(f"/submissions/{theirs.id}", axe=False)
    page.wait_for_selector("#findings [data-show-finding]")
    page.locator("#where").evaluate("element => element.scrollIntoView({ block: 'start', behavior: 'instant' })")
    take(visit, f"submission_{language}")
    visit.open("/board", axe=False)
    take(visit, f"board_{language}")
    visit.open("/efficiency", axe=False)
    take(visit, f"efficiency_{language}")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_sheet_of_a_parcel_as_the_guide_shows_it(come_in, take, language):
    visit = come_in("officer", language, size=SIZE)
    visit.open("/", axe=False)
    lon, lat, _ = visit.inside(LAND)
    page = visit.open("/parcel", axe=False)
    corners = [(lon - 0.003, lat - 0.002), (lon + 0.003, lat - 0.002), (lon + 0.003, lat + 0.002), (lon - 0.003, lat + 0.002)]
    page.get_by_role("textbox", name=visit.say("Or paste coordinates", "或粘贴坐标")).fill(
        "\n".join(f"{x:.6f},{y:.6f}" for x, y in corners)
    )
    page.get_by_role("button", name=visit.say("Make the sheet", "出具审查表")).click()
    page.wait_for_selector("#stamps")
    take(visit, f"parcel_{language}")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_public_map_as_the_guide_shows_it(come_in, take, language):
    visit = come_in(None, language, size=SIZE)
    visit.open("/map?tool=layers", axe=False)
    take(visit, f"public_map_{language}")
