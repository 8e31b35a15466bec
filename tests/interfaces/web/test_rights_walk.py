"""Walk every route as everybody: no write passes that the table of rights does not name."""

import re

import pytest
from visitors import browser, routes_of

from lantu.catalogue.rights import load_rights, may
from lantu.interfaces.web.dependencies import actions_of
from lantu.vocabulary.people import Actor, Role

SAFE = {"GET", "HEAD", "OPTIONS"}
ROLES = [role for role in Role if role is not Role.RESIDENT]
REFUSED = {401, 403}


@pytest.fixture(scope="module")
def routes(app):
    return routes_of(app)


def test_the_walk_sees_the_whole_application(app, routes):
    assert len(routes) > 20
    known = {"/sign-in", "/people/{person_id}", "/healthz", "/api/v1/feed", "/ogc/collections/{collection_id}"}
    assert known <= {route.path for route in routes}
    assert [route for route in app.routes if getattr(route, "path", "") == "/static"], "files are the one exception"


def test_every_route_names_exactly_one_action_of_the_table(routes):
    known = load_rights()
    faults = [f"{route.methods} {route.path}: {actions_of(route)}" for route in routes if len(actions_of(route)) != 1]
    assert faults == []
    assert {actions_of(route)[0] for route in routes} <= set(known)


def test_a_route_that_writes_asks_for_a_right_that_writes_or_only_reads(routes):
    """A GET never asks for a right that writes, save for the pages that lead to a form."""
    known = load_rights()
    for route in routes:
        right = known[actions_of(route)[0]]
        if right.writes_plan:
            assert not route.methods <= SAFE or route.path.endswith("/new"), route.path


def test_the_municipality_never_writes_a_units_plan():
    reviewer = Actor("x", "x", frozenset(set(ROLES) - {Role.UNIT_PLANNER} | {Role.RESIDENT}), None)
    for action, right in load_rights().items():
        if right.writes_plan:
            assert not may(reviewer, action), action
            assert not may(Actor("x", "x", frozenset({Role.UNIT_PLANNER}), "a"), action, unit_code="b"), action
            assert may(Actor("x", "x", frozenset({Role.UNIT_PLANNER}), "a"), action, unit_code="a"), action


def test_administrators_keep_accounts_and_write_no_plan():
    admin = Actor("x", "x", frozenset({Role.ADMINISTRATOR, Role.RESIDENT}), None)
    may_write = {action for action, right in load_rights().items() if right.writes and may(admin, action)}
    assert may_write == {"office.sign_in", "office.sign_out", "office.own_account", "office.manage_people"}


@pytest.mark.parametrize("role", [None, *ROLES])
def test_every_door_is_as_open_as_the_table_says(app, client_as, routes, units, role):
    actor = (
        Actor.anonymous()
        if role is None
        else Actor("walker", "walker", frozenset({role, Role.RESIDENT}), units[0] if role is Role.UNIT_PLANNER else None)
    )
    wrong = []
    for route in routes:
        action = actions_of(route)[0]
        path = re.sub(r"\{[^}]*\}", "0", route.path)
        for method in route.methods - {"HEAD", "OPTIONS"}:
            if action in {"office.sign_in", "office.sign_out"} and method == "POST":
                continue  # they change who walks
            client = browser(app) if role is None else client_as(role, actor.unit_code)
            answer = client.request(method, path, headers={"accept": "application/json"})
            passed = answer.status_code not in REFUSED
            if passed != may(actor, action):
                wrong.append((method, path, action, answer.status_code))
    assert wrong == []
