"""A small invented city, served on this machine, and a real browser that may go nowhere else."""

import contextlib
import fcntl
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

import pytest
import uvicorn
from playwright.sync_api import sync_playwright
from visiting import AXE, Visit, Watch

from lantu.capabilities.office import people
from lantu.capabilities.office.people import Particulars
from lantu.capabilities.office.sessions import open_session
from lantu.examples.making import make_city
from lantu.interfaces.web.app import create_app
from lantu.interfaces.web.settings import read_settings
from lantu.interfaces.worker.queue import DirectQueue
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


class Lying(NamedTuple):
    """A submission as the demo office leaves it."""

    state: str
    id: str
    number: str
    unit: str
    planner: str


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
    # A queue of its own would live in this process until the last test, and draw from the random numbers of all others.
    made.state.queue = DirectQueue(made.state.office.records, folder)
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


def pytest_addoption(parser):
    """What journeys may be told when they are asked for by name: ``pytest tests/journeys --demo-city FOLDER``."""
    parser.addoption("--demo-city", type=Path, help="a filled demo city to make the journeys in a copy of; otherwise a small one is made")
    parser.addoption("--pictures", type=Path, help="where the pictures of the guide go; otherwise into a temporary folder")


@pytest.fixture(scope="session")
def demo_city(request, tmp_path_factory):
    """The demo city with its office, as the two commands of `make demo` make it."""
    subprocess.run([sys.executable, ROOT / "setup" / "build_web.py"], check=True, capture_output=True)
    folder = tmp_path_factory.mktemp("demo") / "city"
    filled = request.config.getoption("--demo-city", None) or made_once(tmp_path_factory)
    return shutil.copytree(filled, folder, ignore=shutil.ignore_patterns("*-shm"))


def made_once(tmp_path_factory):
    """Make a small demo city for all processes of this run; the others wait for the first."""
    alone = "PYTEST_XDIST_WORKER" not in os.environ
    shared = tmp_path_factory.getbasetemp() if alone else tmp_path_factory.getbasetemp().parent
    made = shared / "demo-city"
    with (shared / "demo-city.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            making = made.with_suffix(".making")
            for command in (["demo", making, "--parcels", "300"], ["demo-office", making]):
                subprocess.run([sys.executable, "-m", "lantu", *command], check=True, capture_output=True)
            making.rename(made)
    return made


@pytest.fixture(scope="session")
def pictures(request, tmp_path_factory):
    """Where pictures go."""
    return request.config.getoption("--pictures", None) or tmp_path_factory.mktemp("pictures")


@pytest.fixture(scope="session")
def submissions(demo_city):
    """What lies in the office at first: rows of state, id, number, unit and the login of the unit's planner."""
    with contextlib.closing(sqlite3.connect(f"file:{demo_city}/office/records.sqlite3?mode=ro", uri=True)) as records:
        found = records.execute(
            "select s.state, s.id, s.number, s.unit_code, p.login from submissions s"
            " join people p on p.unit_code = s.unit_code order by s.number"
        ).fetchall()
    return [Lying(*row) for row in found]


@pytest.fixture(scope="session")
def office(demo_city):
    """Where ``lantu serve`` serves it; stopped with SIGTERM, as a service would."""
    command = [sys.executable, "-m", "lantu", "serve", demo_city, "--port", "0", "--language", "en"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served_city:
        said = served_city.stdout.readline()
        yield re.search(r"http://127\.0\.0\.1:\d+", said)[0]
        served_city.terminate()


@pytest.fixture(scope="session")
def keys():
    """The sessions of those who have signed in already."""
    return {}


@pytest.fixture
def come_in(chromium, office, keys):
    """``page = come_in("reviewer", "en")``: somebody in front of a browser; the test fails where a page complained or asked a stranger."""
    opened = []

    def go(login, language, *, size=(1440, 900)):
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN", accept_downloads=True, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(path=AXE)
        visit = Visit(context, office, language)
        opened.append(visit)
        if login and login in keys:
            context.add_cookies(keys[login])
        elif login:
            visit.sign_in(login)
            keys[login] = [cookie for cookie in context.cookies() if cookie["name"] == "lantu_session"]
        visit.choose_language()
        return visit

    yield go
    for visit in opened:
        visit.leave()
    for visit in opened:
        assert visit.watch.strangers == []
        assert visit.watch.complaints == []
