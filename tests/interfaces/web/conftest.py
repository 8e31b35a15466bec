"""A small invented city, served; and browsers of every person."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from visitors import add_person, browser

from lantu.examples.making import make_city
from lantu.interfaces.web.app import create_app
from lantu.interfaces.web.settings import read_settings
from lantu.vocabulary.people import Actor, Role

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session", autouse=True)
def _front_end():
    """Build the scripts and styles of the pages where they are older than their sources."""
    subprocess.run([sys.executable, ROOT / "setup" / "build_web.py"], check=True, capture_output=True)


@pytest.fixture(scope="session")
def made_city(tmp_path_factory):
    """The folder of a small demo city; tests copy what they change."""
    folder = tmp_path_factory.mktemp("city")
    make_city(folder, parcels=30, seed=1, faults=True)
    return folder


@pytest.fixture(scope="module")
def city_folder(made_city, tmp_path_factory):
    """A city of its own for every module: the data shared, the office new."""
    folder = tmp_path_factory.mktemp("served")
    for item in made_city.iterdir():
        (folder / item.name).symlink_to(item)
    return folder


@pytest.fixture(scope="module")
def app(city_folder):
    application = create_app(read_settings(city_folder, {}))
    yield application
    application.state.office.close()


@pytest.fixture(scope="module")
def units(app):
    return sorted(app.state.office.city.profile.units)


@pytest.fixture(scope="module")
def client(app):
    """A visitor without an account."""
    return browser(app)


@pytest.fixture(scope="module")
def client_as(app):
    """``client_as(Role.UNIT_PLANNER, "GSQ")``: a browser of somebody who signed in."""
    from lantu.capabilities.office.sessions import open_session  # noqa: PLC0415  # only this fixture opens sessions by itself
    from lantu.stores.records.models import Person  # noqa: PLC0415  # as above

    known = {}

    def sign_in(role, unit=None):
        if (role, unit) not in known:
            known[role, unit] = add_person(app, f"{role}-{unit or 'city'}".replace("_", "-"), {Role(role)}, unit).id
        records = app.state.office.records
        with records.writing(Actor.system("tests")) as session:
            signed = open_session(records, session, session.get_one(Person, known[role, unit]), "testclient", "password")
        client = browser(app)
        client.cookies.set("lantu_session", signed.token)
        return client

    return sign_in
