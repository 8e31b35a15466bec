"""A small invented city, served on this machine, and a real browser that may go nowhere else."""

import contextlib
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import sync_playwright

from lantu.capabilities.office import people
from lantu.capabilities.office.people import Particulars
from lantu.capabilities.office.sessions import open_session
from lantu.examples.making import make_city
from lantu.interfaces.web.app import create_app
from lantu.interfaces.web.settings import read_settings
from lantu.vocabulary.people import Actor, Role

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 60_000  # software drawing on a busy machine is slow


@pytest.fixture(scope="session")
def chromium():
    """The browser of this machine."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("there is no Chromium on this machine; setup/system_packages.sh installs it")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def application(tmp_path_factory):
    """The application of a small city."""
    subprocess.run([sys.executable, ROOT / "setup" / "build_web.py"], check=True, capture_output=True)
    folder = tmp_path_factory.mktemp("city")
    make_city(folder, parcels=30, seed=1, faults=True)
    made = create_app(read_settings(folder, {}))
    yield made
    made.state.office.close()


@pytest.fixture(scope="session")
def address(application):
    """Where the city is served."""
    with served(application) as place:
        yield place


@pytest.fixture(scope="session")
def reviewer(application):
    """The session of a municipal reviewer, as the browser keeps it."""
    records = application.state.office.records
    with records.writing(Actor.system("tests")) as session:
        particulars = Particulars("map-reviewer", "沈文清", frozenset({Role.MUNICIPAL_REVIEWER}), None, language="en")
        person = people.add_person(session, particulars, None)
        return open_session(records, session, person, "tests", "password").token


@contextlib.contextmanager
def served(application):
    """Serve an application on a free port of this machine while the block lasts."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


class Watch:
    """What a page asked for and complained about."""

    def __init__(self, page):
        self.asked, self.complaints = [], []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text) if "Content Security Policy" in message.text else None)

    @property
    def strangers(self):
        """Requests that left the machine."""
        return [
            url for url in self.asked if urlsplit(url).scheme in {"http", "https", "ws", "wss"} and urlsplit(url).hostname != "127.0.0.1"
        ]


@pytest.fixture
def visit(chromium, address, reviewer):
    """``page, watch = visit("/map")``: open a page; the test fails where anything left the machine or broke the security policy."""
    opened = []

    def go(path, *, answers=None, size=(1100, 720), bypass_csp=False, inside=True):
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN", accept_downloads=True, bypass_csp=bypass_csp
        )
        context.set_default_timeout(PATIENCE_MS)
        if inside:
            context.add_cookies([{"name": "lantu_session", "value": reviewer, "url": address}])
        page = context.new_page()
        watch = Watch(page)
        if answers is not None:
            page.route("**/api/v1/**", answers)
            page.route("**/tiles/**", lambda route: route.fulfill(status=204))
        page.goto(address + path)
        opened.append((context, watch))
        return page, watch

    yield go
    for context, watch in opened:
        context.close()
        assert watch.strangers == []
        assert watch.complaints == []
