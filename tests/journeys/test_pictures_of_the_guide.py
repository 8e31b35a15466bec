"""The pictures of the guide, taken from the running application: give this file to pytest with ``--pictures docs/images``."""

import io

import pytest
from PIL import Image

pytestmark = pytest.mark.slow
MOST_BYTES = 300_000
COLOURS = 256


@pytest.fixture
def take(pictures):
    """``take(visit, "home")``: keep what the window shows as a small picture."""

    def go(visit, name):
        visit.page.wait_for_timeout(2500)  # fading and late labels
        shown = Image.open(io.BytesIO(visit.page.screenshot())).convert("RGB")
        file = pictures / f"{name}.png"
        shown.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(file, optimize=True)
        assert file.stat().st_size < MOST_BYTES, name
        assert len(set(shown.resize((60, 40)).getdata())) > 20, "the picture shows something"

    return go


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pages_as_the_guide_shows_them(come_in, submissions, take, language):
    visit = come_in("reviewer", language)
    visit.open("/", axe=False)
    take(visit, f"home_{language}")
    visit.open("/map?tool=layers", axe=False)
    take(visit, f"map_{language}")
    visit.open("/map?at=13.50/31.38500/120.98000", axe=False)
    visit.click_map((0.5, 0.5))
    visit.page.wait_for_selector(".map-card:not([hidden])")
    take(visit, f"identify_{language}")
    visit.open("/map?tool=compare&at=13.00/31.45500/121.10500", axe=False)
    visit.page.get_by_label(visit.say("Swipe", "卷帘")).check()
    visit.page.wait_for_selector(".map-caption")
    visit.page.get_by_role("button", name=visit.say("Show the difference", "显示差异")).click()
    visit.page.wait_for_timeout(2000)
    take(visit, f"compare_{language}")
    theirs = next(item for item in submissions if item.state == "under_review")
    visit.open(f"/submissions/{theirs.id}", axe=False)
    visit.page.locator("#findings [data-show-finding]").first.click()
    visit.page.locator("#where").scroll_into_view_if_needed()
    visit.page.mouse.wheel(0, 500)
    take(visit, f"submission_{language}")
    visit.open("/board", axe=False)
    take(visit, f"board_{language}")
    visit.open("/efficiency", axe=False)
    take(visit, f"efficiency_{language}")
    visit.open("/parcel", axe=False)
    visit.page.get_by_role("textbox", name=visit.say("Or paste coordinates", "或粘贴坐标")).fill(
        "120.97,31.38\n120.976,31.38\n120.976,31.385\n120.97,31.385"
    )
    visit.page.get_by_role("button", name=visit.say("Make the sheet", "出具审查表")).click()
    visit.page.wait_for_selector("#stamps")
    take(visit, f"parcel_{language}")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_public_map_as_the_guide_shows_it(come_in, take, language):
    visit = come_in(None, language)
    visit.open("/map?tool=layers", axe=False)
    take(visit, f"public_map_{language}")
