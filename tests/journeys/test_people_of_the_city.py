"""Every person of the house in a real browser on the real application, from the first page to what each leaves with."""

import hashlib
import io
import itertools
import json
import re
import urllib.request
import zipfile

import docx
import pytest

from lantu.examples.submissions import pack

pytestmark = pytest.mark.slow
LANGUAGES = ["en", "zh"]
PIECE_BYTES = 8 * 1024 * 1024


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_resident_sees_what_is_public_and_nothing_else(come_in, language):
    visit = come_in(None, language)
    page = visit.open("/")
    assert page.get_by_role("heading", name=visit.say("Plans in force", "现行规划")).is_visible()
    page = visit.open("/map?tool=layers")
    facts = page.locator(".map-tree .map-facts").all_text_contents()
    assert facts
    assert all(visit.say("Public", "公开") in fact and visit.say("generalised", "已概化") in fact for fact in facts)
    tiles = [url for url in visit.watch.asked if "/tiles/" in url]
    assert tiles
    assert all("_public/" in url for url in tiles)
    visit.click_map((0.5, 0.5))
    page.wait_for_selector(".map-card:not([hidden])")
    visit.examine()
    for closed in ("/submissions", "/board", "/trail", "/people"):
        page.goto(visit.address + closed)
        assert "/sign-in" in page.url


def test_a_planner_uploads_through_a_broken_line_answers_and_hands_in(come_in, submissions, demo_city, tmp_path):
    mine = next(item for item in submissions if item.state == "withdrawn")
    package = next(folder for folder in sorted((demo_city / "packages").iterdir()) if folder.name.startswith(mine.unit))
    file = tmp_path / f"{mine.unit}.zip"
    file.write_bytes(with_a_long_annex(pack(package, "")))
    visit = come_in(mine.planner, "zh")

    page = visit.open("/submissions")
    page.get_by_role("button", name="新建", exact=True).click()
    page.wait_for_selector("lt-upload")
    address = page.url.removeprefix(visit.address)

    # The line breaks after the first piece, and the page is gone.
    visit.watch.forgiven.append("net::ERR_INTERNET_DISCONNECTED")
    break_line_after_a_piece(page)
    with page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        visit.drop(".drop", file)
    visit.context.set_offline(True)
    visit.until(lambda: "%" in page.locator(".upload-state").inner_text())
    page = visit.again()
    visit.context.set_offline(False)

    # The same file again goes on where it stopped.
    visit.open(address)
    page.wait_for_selector("lt-upload:defined")
    begun = []
    page.on("request", lambda request: begun.append(request.headers.get("upload-offset")) if request.method == "PATCH" else None)
    visit.drop(".drop", file)
    page.wait_for_selector(".job progress")
    assert begun[0] is not None
    assert int(begun[0]) >= PIECE_BYTES
    visit.examine()
    page.wait_for_selector("#result", timeout=600_000)
    assert page.get_by_role("heading", name="文件诊断").is_visible()
    visit.settle()
    visit.examine()

    # List and map are filtered together.
    count = page.locator("#findings p[role=status]")
    everything = number_in(count)
    page.locator("#findings select[name=severity]").select_option("mandatory")
    visit.until(lambda: number_in(count) < everything)
    shown = page.locator("#findings .findings-list > li")
    assert shown.count() == min(50, number_in(count))
    page.locator("#findings [data-show-finding]").first.click()
    visit.until(lambda: page.locator("#findings .is-picked").count() == 1)

    answer_what_blocks(visit, address)
    page = visit.open(address)
    book = visit.fetched(page.get_by_role("link", name="xlsx").click)
    assert zipfile.is_zipfile(io.BytesIO(book))
    page.get_by_role("button", name="提交报审").click()
    page.wait_for_selector("text=已提交")
    assert page.locator(".timeline [aria-current=step]").inner_text().startswith("已提交")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_planner_takes_every_report_form_along(come_in, submissions, language):
    mine = next(item for item in submissions if item.state == "ready")
    visit = come_in(mine.planner, language)
    page = visit.open(f"/submissions/{mine.id}")
    links = page.locator("#result ~ .actions a").all() or page.locator(".card-head .actions a").all()
    names = [link.inner_text().strip() for link in links]
    assert {"html", "xlsx", "docx", "json", "gpkg", "sarif"} <= set(names), names
    for link in links:
        assert len(visit.fetched(link.click)) > 500, link.inner_text()


def test_a_reviewer_goes_from_the_board_to_the_quoted_clause_and_returns_a_plan(come_in, submissions):
    visit = come_in("reviewer", "en")
    page = visit.open("/board")
    assert page.locator("main tbody tr").count() == 10
    page.locator("main tbody th a").first.click()
    page.wait_for_selector("blockquote")
    visit.examine()
    assert all(text.strip() for text in page.locator("blockquote").all_text_contents())
    theirs = next(item for item in submissions if item.state == "handed_in")
    page = visit.open(f"/submissions/{theirs.id}")
    page.get_by_role("button", name="Take up the review").click()
    page.get_by_text("Return with reasons").first.click()
    page.get_by_label("Reason", exact=False).first.fill("Please mend the boundary of the farmland first (invented).")
    page.locator(".menu-sheet button").get_by_text("Return with reasons").click()
    page.wait_for_selector(".work")
    assert "Please mend the boundary of the farmland first (invented)." in page.locator(".work").inner_text()
    assert "Returned" in page.locator(".page-head").inner_text()


def test_a_reviewer_accepts_and_the_map_knows_the_old_and_the_new(come_in, submissions, tmp_path):
    visit = come_in("reviewer", "zh")
    paper = tmp_path / "批复.pdf"
    paper.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    theirs = next(item for item in submissions if item.state == "under_review")
    page = visit.open(f"/submissions/{theirs.id}")
    for _ in range(400):
        page.goto(f"{visit.address}/submissions/{theirs.id}/findings?answered=yes")
        waiting = page.locator("details.answer:has(summary:text('例外认定'))").filter(has=page.locator("textarea:empty"))
        if not waiting.count():
            break
        waiting.first.locator("summary").click()
        waiting.first.get_by_label("理由").fill("已核对，同意（虚构）。")
        with page.expect_navigation():
            waiting.first.get_by_role("button", name="同意", exact=True).click()
    page = visit.open(f"/submissions/{theirs.id}")
    accepting = page.locator("section[aria-labelledby=accept]")
    accepting.get_by_label("文号").fill("虚构〔2026〕1号")
    accepting.locator("input[name=date]").fill("2025-12-20")
    accepting.locator("input[name=in_force_from]").fill("2025-12-25")
    accepting.locator("input[type=file]").set_input_files(paper)
    accepting.get_by_role("button", name="入库").click()
    visit.until(lambda: "已入库" in page.locator(".page-head").inner_text())

    page = visit.open("/plans")
    assert page.get_by_text("虚构〔2026〕1号").is_visible()

    def versions(day):
        told = page.evaluate("day => fetch(`/api/v1/layers?as_of=${day}`).then((answer) => answer.json())", day)
        layers = [layer for family in told["families"] for layer in family["layers"]]
        return {layer["name"]: layer["version"] for layer in layers}

    visit.until(lambda: versions("2025-12-25")["planned_land_use"] != versions("2025-12-24")["planned_land_use"], tenths=3000)
    page = visit.open("/map?date=2025-12-25&tool=layers", axe=False)
    new = versions("2025-12-25")["planned_land_use"]
    visit.until(lambda: any(f"/tiles/planned_land_use/{new}/" in url for url in visit.watch.asked))
    page.get_by_role("button", name="上一次变更").click()
    visit.until(lambda: page.get_by_label("时点", exact=True).input_value() < "2025-12-25")
    old = versions("2025-12-24")["planned_land_use"]
    visit.until(lambda: any(f"/tiles/planned_land_use/{old}/" in url for url in visit.watch.asked))


def test_an_administrator_opens_an_account_and_verifies_the_trail(come_in):
    visit = come_in("admin", "en")
    page = visit.open("/people/new")
    page.get_by_label("Name", exact=True).fill("林清源")
    page.get_by_label("Login", exact=True).fill("journey")
    page.get_by_label("Evaluator").check()
    page.get_by_role("button", name="Open the account").click()
    page.wait_for_selector("text=林清源")
    visit.examine()
    page = visit.open("/trail")
    page.get_by_role("button", name="Verify the trail").click()
    page.wait_for_selector("#verified .notice.good")
    assert re.search(r"All [\d,]+ events agree", page.locator("#verified").inner_text())
    visit.examine()


def test_a_data_engineer_makes_a_token_and_asks_the_api_with_it(come_in):
    visit = come_in("engineer", "zh")
    page = visit.open("/account")
    page.get_by_label("用途").fill("QGIS")
    page.get_by_role("button", name="新建令牌").click()
    secret = page.locator("#secret").inner_text()
    visit.examine()

    def ask(path, token=None):
        asked = urllib.request.Request(visit.address + path, headers={"Authorization": f"Bearer {token}"} if token else {})  # noqa: S310  # our own address
        with urllib.request.urlopen(asked) as answer:  # noqa: S310  # as above
            return json.load(answer)

    inside = {layer["name"] for family in ask("/api/v1/layers", secret)["families"] for layer in family["layers"]}
    outside = {layer["name"] for family in ask("/api/v1/layers")["families"] for layer in family["layers"]}
    assert "planned_land_use" in inside
    assert not any(name.endswith("_public") for name in inside), "whoever sees the whole layer is not offered its public copy as well"
    assert all(name.endswith("_public") for name in outside)


@pytest.mark.parametrize(
    ("login", "language"), [("secretary", "en"), ("officer", "zh"), ("evaluator", "en"), ("enforcer", "zh"), ("planner1", "en")]
)
def test_one_parcel_is_drawn_and_leaves_as_pdf_and_word(come_in, login, language):
    visit = come_in(login, language)
    page = visit.open("/parcel")
    unit = page.evaluate("() => fetch('/api/v1/city').then((answer) => answer.json()).then((city) => city.units[0].bounds)")
    west, south, east, north = unit
    x, y = (west + east) / 2, (south + north) / 2
    visit.fit([x - 0.005, y - 0.004, x + 0.005, y + 0.004])
    page.get_by_role("button", name=visit.say("Draw a polygon", "绘制多边形")).click()
    visit.draw([(0.62, 0.35), (0.78, 0.36), (0.77, 0.55), (0.61, 0.54)])
    page.get_by_role("button", name=visit.say("Use this parcel", "使用此地块")).click()
    page.wait_for_selector("#stamps")
    visit.examine()
    stamp = page.locator("dl.facts code").last.inner_text()
    pdf = visit.fetched(page.get_by_role("link", name="PDF").click)
    word = visit.fetched(page.get_by_role("link", name="Word").click)
    assert pdf.startswith(b"%PDF")
    written = docx.Document(io.BytesIO(word))
    text = "\n".join(
        [part.text for part in written.paragraphs] + [cell.text for table in written.tables for row in table.rows for cell in row.cells]
    )
    assert stamp[:16] in text, "the paper carries the hash of the sheet on the page"


def answer_what_blocks(visit, address):
    """Give every finding that keeps the plan from being handed in its answer, one after the other."""
    page = visit.page
    open_ones = page.locator("#findings .findings-list > li")
    for severity in ("mandatory", "major"):
        while True:
            page.goto(f"{visit.address}{address}/findings?severity={severity}&answered=no")
            if not open_ones.count():
                break
            first = open_ones.first
            first.locator("details.answer summary").click()
            first.get_by_label("例外（须写明理由）").check()
            first.get_by_label("理由", exact=True).fill("该处源自历史批准项目，批复文件随附（虚构）。")
            with page.expect_navigation():
                first.get_by_role("button", name="保存答复").click()


def break_line_after_a_piece(page):
    """Let one piece of an upload through, and no other."""
    pieces = itertools.count()

    def line(route):
        if route.request.method == "PATCH" and next(pieces):
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.route("**/api/v1/uploads/**", line)


def with_a_long_annex(package):
    """The same package with an annex that cannot be packed, so that it goes over the line in several pieces."""
    annex, block = bytearray(), b"lantu"
    while len(annex) < 2 * PIECE_BYTES + 1000:
        block = hashlib.sha512(block).digest()
        annex += block
    held = io.BytesIO(package)
    with zipfile.ZipFile(held, "a") as archive:
        archive.writestr("文本/附件.bin", bytes(annex))
    return held.getvalue()


def number_in(place):
    return int(re.search(r"\d+", place.inner_text())[0])
