"""The HTML report as people meet it: in a browser, without a network, in both languages."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from synthetic_runs import synthetic_run

from lantu.capabilities.plan_making.reports.page import write_html

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright, which drives the browser, is not installed")
CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the path: install the package chromium to run this")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
COLOURS_ON_THE_MAP = """() => {
    const canvas = document.querySelector('#map canvas');
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    const colours = new Set();
    for (let at = 0; at < pixels.length; at += 4) if (pixels[at + 3]) colours.add(pixels[at] << 16 | pixels[at + 1] << 8 | pixels[at + 2]);
    return colours.size;
}"""


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    return write_html(synthetic_run(200, 4), tmp_path_factory.mktemp("report") / "report.html", "en")


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def page(browser, report) -> Iterator[sync_api.Page]:
    context = browser.new_context(offline=True, viewport={"width": 1400, "height": 1000}, reduced_motion="reduce")
    opened = context.new_page()
    opened.asked, opened.failures = [], []
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.on("pageerror", lambda error: opened.failures.append(str(error)))
    opened.goto(report.as_uri())
    opened.wait_for_selector("#list .row")
    yield opened
    context.close()


def test_the_report_asks_for_nothing_but_itself_and_no_script_fails(page, report):
    page.click("#language")
    page.click("#list .row >> nth=0")
    assert page.asked == [report.as_uri()]
    assert page.failures == []


def test_the_button_turns_every_word_to_the_other_language_and_back(page):
    english = page.inner_text("body")
    assert page.get_attribute("html", "lang") == "en"
    page.click("#language")
    assert page.get_attribute("html", "lang") == "zh-Hans"
    assert "永久基本农田" in page.inner_text("body")
    assert "Permanent basic farmland" not in page.inner_text("body")
    page.click("#language")
    assert page.inner_text("body") == english


def test_the_map_is_drawn(page):
    page.wait_for_function(f"({COLOURS_ON_THE_MAP})() > 10")
    assert page.locator("#legend li").count() > 3


def test_a_cell_of_the_matrix_leads_to_its_findings_and_a_finding_to_its_way_out(page):
    everything = page.inner_text("#shown")
    cell = page.locator(".matrix td.has button").first
    unit, wanted = cell.get_attribute("data-unit"), cell.locator("b").inner_text()
    cell.click()
    assert page.inner_text("#shown") != everything
    assert page.inner_text("#shown").split()[0] == wanted, "as many findings as the cell says"
    assert page.eval_on_selector("#filter-unit", "select => select.selectedIndex") > 0, f"the filter stands on unit {unit}"
    page.click("#list .row >> nth=0")
    assert page.get_attribute("#list .row >> nth=0", "aria-selected") == "true"
    assert page.inner_text("#detail .out").strip() != ""
    page.click("#clear")
    assert page.inner_text("#shown") == everything
