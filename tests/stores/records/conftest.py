"""Every test of records runs on the embedded database and on a server."""

import contextlib
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from lantu.stores.records import open_records
from lantu.testing.postgres import postgres_programs, private_postgres

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def server():
    """Address of a private server with a template whose tables are up to date."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL with PostGIS is not installed here (setup/system_packages.sh installs it where it may)")
    with private_postgres(programs) as address:
        with administration(address) as connection:
            connection.execute("CREATE DATABASE records_template")
        open_records(address.format(database="records_template")).close()
        yield address


def administration(address):
    url = make_url(address.format(database="postgres"))
    return psycopg.connect(dbname="postgres", user=url.username, host=url.query["host"], autocommit=True)


@contextlib.contextmanager
def own_database(server):
    """Give the address of a database of one's own, with tables and nothing in them, while the block lasts."""
    name = f"t_{uuid.uuid4().hex}"
    with administration(server) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE records_template")
    yield server.format(database=name)
    with administration(server) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def server_url(server):
    """Address of a database of one's own."""
    with own_database(server) as address:
        yield address


@pytest.fixture
def another_server_url(server):
    """Address of a second one."""
    with own_database(server) as address:
        yield address


@dataclass
class Place:
    """One database, and the way in behind our back."""

    url: str
    seal: object
    behind: Callable

    def open(self):
        return open_records(self.url, seal=self.seal)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """A database of either kind."""
    seal = tmp_path / "office" / "trail.seal"
    seal.parent.mkdir()
    if request.param == "sqlite":
        path = tmp_path / "office" / "records.sqlite3"
        return Place(f"sqlite:///{path}", seal, lambda *statements: behind_sqlite(path, statements))
    url = request.getfixturevalue("server_url")
    return Place(url, seal, lambda *statements: behind_server(url, statements))


@pytest.fixture
def records(place):
    database = place.open()
    yield database
    database.close()


def behind_sqlite(path, statements):
    import sqlite3  # noqa: PLC0415  # the driver itself, without any of our guards

    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def behind_server(url, statements):
    parsed = make_url(url)
    with psycopg.connect(dbname=parsed.database, user=parsed.username, host=parsed.query["host"]) as connection:
        for statement in statements:
            connection.execute(statement)
