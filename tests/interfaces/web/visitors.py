"""People of the tests, and their browsers."""

from __future__ import annotations

import copy
import functools

from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from lantu.capabilities.office import people
from lantu.capabilities.office.people import Particulars
from lantu.vocabulary.people import Actor

PASSWORD = "a calm sea of plans"  # noqa: S105  # of invented people


@functools.cache
def password_hash():
    """Hash once: argon2 takes its time on purpose."""
    return people.hash_password(PASSWORD, "nobody")


def add_person(app, login, roles, unit_code=None, **more):
    """Open an account with the password of all tests."""
    with app.state.office.records.writing(Actor.system("tests")) as session:
        particulars = Particulars(login, more.pop("name", login), frozenset(roles), unit_code, language=more.pop("language", "en"))
        person = people.add_person(session, particulars, None)
        person.password_hash = password_hash()
        for name, value in more.items():
            setattr(person, name, value)
        return person


def browser(app):
    """A browser: it says of its own forms where they come from."""
    return TestClient(app, follow_redirects=False, headers={"sec-fetch-site": "same-origin"}, base_url="http://lantu.test")


def routes_of(app):
    """Give every route with its whole path: a router within a router keeps its prefix to itself."""
    found, waiting = [], [("", route) for route in app.routes]
    while waiting:
        prefix, route = waiting.pop()
        if isinstance(route, APIRoute):
            whole = copy.copy(route)
            whole.path = prefix + route.path
            found.append(whole)
        else:
            below = prefix + getattr(getattr(route, "include_context", None), "prefix", "")
            inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", [])
            waiting.extend((below, item) for item in inner)
    return found
