"""The table of rights: only the owning unit writes its plan."""

import pytest

from lantu.catalogue.rights import load_rights, may, read_right
from lantu.vocabulary.errors import CatalogueBroken
from lantu.vocabulary.people import Actor, Role

EVERYBODY = [Actor("p", "p", frozenset({role}), unit) for role in Role for unit in ("unit-a", "unit-b", None)]
EVERYBODY += [Actor.anonymous(), Actor.system("worker"), Actor("all", "all but planner", frozenset(Role) - {Role.UNIT_PLANNER}, "unit-a")]


def test_no_one_but_the_owning_units_planner_writes_a_plan():
    writing = [action for action, right in load_rights().items() if right.writes_plan]
    assert {"submission.create", "submission.upload", "submission.hand_in", "submission.withdraw", "submission.answer"} <= set(writing)
    for action in writing:
        for actor in EVERYBODY:
            owner = Role.UNIT_PLANNER in actor.roles and actor.unit_code == "unit-a"
            assert may(actor, action, unit_code="unit-a") is owner, (action, actor)
            assert not may(actor, action, unit_code=None), (action, actor)


def test_the_administrator_keeps_accounts_and_nothing_of_planning():
    administrator = Actor("p", "p", frozenset({Role.ADMINISTRATOR}))
    writes = {action for action, right in load_rights().items() if right.writes and not right.public and may(administrator, action)}
    assert writes == {"office.manage_people", "office.own_account"}


def test_whoever_has_a_sheet_made_may_read_it():
    made, read = load_rights()["parcel.check"].scopes, load_rights()["parcel.read"].scopes
    assert made.keys() == read.keys()


def test_without_an_account_one_writes_nothing_but_the_sign_in():
    writes = {action for action, right in load_rights().items() if right.writes and may(Actor.anonymous(), action)}
    assert {action for action in writes if not action.startswith("office.")} == set()


def test_a_right_in_the_own_unit_does_not_reach_the_neighbour():
    planner = Actor("p", "p", frozenset({Role.UNIT_PLANNER}), "unit-a")
    assert may(planner, "submission.read")
    assert may(planner, "submission.read", unit_code="unit-a")
    assert not may(planner, "submission.read", unit_code="unit-b")
    assert not may(Actor("p", "p", frozenset({Role.UNIT_PLANNER}), None), "submission.read")


def test_an_action_that_the_table_does_not_name_is_an_error_and_no_answer():
    with pytest.raises(CatalogueBroken, match=r"no action plan\.burn"):
        may(Actor.anonymous(), "plan.burn")


@pytest.mark.parametrize(
    "entry",
    [
        {"en": "x", "kind": "read", "scope": "public"},
        {"en": "x", "zh": "x", "kind": "peek", "scope": "public"},
        {"en": "x", "zh": "x", "kind": "read"},
        {"en": "x", "zh": "x", "kind": "read", "scope": "public", "roles": {"resident": "any"}},
        {"en": "x", "zh": "x", "kind": "read", "roles": {"mayor": "any"}},
        {"en": "x", "zh": "x", "kind": "read", "roles": {"resident": "everywhere"}},
        {"en": "x", "zh": "x", "kind": "write", "writes_plan": True, "roles": {"municipal_reviewer": "any"}},
        {"en": "x", "zh": "x", "kind": "write", "writes_plan": True, "roles": {"unit_planner": "any"}},
    ],
    ids=["no Chinese", "no kind", "nobody", "public and not", "no role", "no scope", "another writes a plan", "any unit's plan"],
)
def test_a_line_that_contradicts_itself_is_refused(entry):
    with pytest.raises(CatalogueBroken):
        read_right("x.y", entry)
