"""Every page of the frame in a real browser: nothing from elsewhere, no fault that axe finds, keyboard and zoom."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from pathlib import Path

import pytest
import uvicorn
from visitors import PASSWORD, add_person, routes_of

from lantu.catalogue.rights import may
from lantu.interfaces.web.dependencies import actions_of
from lantu.vocabulary.people import Actor, Role

playwright = pytest.importorskip("playwright.sync_api", reason="the browser's driver is not installed")
ROOT = Path(__file__).parents[3]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})"
# The map draws with software here and takes its time: its own tests look at it.
LOOKED_AT_ELSEWHERE = ("/map", "/sign-in/oidc", "/api", "/healthz")
LOOKS = [("zh", "light", 1440), ("en", "dark", 1024), ("zh", "dark", 390)]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH"),
    pytest.mark.skipif(not AXE.is_file(), reason="the front end's packages are not installed"),
]


@pytest.fixture(scope="module")
def address(app):
    add_person(app, "shen", {Role.MUNICIPAL_REVIEWER}, name="沈文清")
    add_person(app, "guan", {Role.ADMINISTRATOR}, name="管理员")
    add_person(app, "xu", {Role.DATA_ENGINEER}, name="徐思齐")
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def visit(address, chromium):
    """Open pages as somebody; whatever asks for another machine is cut off and fails the test."""
    kept, opened, foreign = {}, [], []

    def open_as(login, scheme="light", width=1440):
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, storage_state=kept.get(login))
        opened.append(context)
        context.route(
            lambda url: not url.startswith((address, "data:", "blob:")), lambda route: (foreign.append(route.request.url), route.abort())
        )
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda line: page.faults.append(line.text) if "Content Security Policy" in line.text else None)
        if login and login not in kept:
            page.goto(f"{address}/sign-in")
            page.fill("#login", login)
            page.fill("#password", PASSWORD)
            page.click("main form button")
            page.wait_for_url(f"{address}/")
            kept[login] = context.storage_state()
        return page

    yield open_as
    for context in opened:
        context.close()
    assert foreign == [], "with the network cable cut this would be missing"


def pages_of(app):
    """Every page without a number in its address, as somebody who may see it; and what a visitor sees of the open ones."""
    seen = [("", path) for path in ("/", "/sign-in", "/about", "/nowhere")]
    for route in routes_of(app):
        if "GET" not in route.methods or "{" in route.path or route.path.startswith(LOOKED_AT_ELSEWHERE):
            continue
        for login, role in (("shen", Role.MUNICIPAL_REVIEWER), ("guan", Role.ADMINISTRATOR), ("xu", Role.DATA_ENGINEER)):
            if all(may(Actor(login, login, frozenset({role, Role.RESIDENT})), action) for action in actions_of(route)):
                seen.append((login, route.path))
                break
    return seen


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look)))
def test_every_page_is_sound_in_every_look(app, visit, address, look):
    language, scheme, width = look
    found = []
    for login, path in pages_of(app):
        page = visit(login, scheme, width)
        answer = page.goto(f"{address}{path}?language={language}")
        if not answer.headers["content-type"].startswith("text/html") or "<html" not in answer.text():
            page.context.close()
            continue
        page.wait_for_load_state("networkidle")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found += [(path, fault["id"], fault["nodes"][0]["html"][:120]) for fault in page.evaluate(RULES)["violations"]]
        found += [(path, "error", fault) for fault in page.faults]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append((path, "sideways", width))
        page.context.close()
    assert found == []


def test_the_keyboard_reaches_the_content_first_and_shows_where_it_is(visit, address):
    page = visit("shen")
    page.goto(f"{address}/?language=en")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_at_twice_the_size_nothing_is_cut_off(visit, address):
    page = visit("guan", width=720)  # 1440 at 200 %
    for path in ("/people", "/people/new", "/account"):
        page.goto(f"{address}{path}?language=zh")
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), path


def test_chinese_is_written_with_our_own_font(visit, address):
    page = visit("")
    page.goto(f"{address}/?language=zh")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.fonts.check('16px \"Noto Sans SC\"', '规划')")
    assert page.evaluate("[...document.fonts].filter(face => face.status === 'loaded').length") > 2


def test_the_menu_opens_and_closes_by_keyboard(visit, address):
    page = visit("shen")
    page.goto(f"{address}/?language=en")
    page.locator("details.menu > summary").focus()
    page.keyboard.press("Enter")
    assert page.locator(".menu-sheet").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".menu-sheet").is_visible()
