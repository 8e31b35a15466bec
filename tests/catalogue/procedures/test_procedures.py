"""The declared charts are sound, and steps are taken by those who may, when conditions hold."""

import copy
from importlib import resources
from itertools import pairwise

import pytest
import yaml

from lantu.catalogue.procedures import load_procedures, read_procedure, take_step
from lantu.catalogue.rights import load_rights
from lantu.engines.workflow import advance, allowed
from lantu.stores.records import open_records, verify_trail
from lantu.stores.records.listing import latest_events
from lantu.stores.records.models import Governed, StepTime, Submission
from lantu.stores.records.querying import select
from lantu.stores.records.session import record_models
from lantu.vocabulary.errors import CatalogueBroken, TransitionForbidden, TransitionRefused
from lantu.vocabulary.people import Actor, Role
from lantu.vocabulary.procedures import GuardResult
from lantu.vocabulary.text import Text

PLANNER = Actor("li", "Li", frozenset({Role.UNIT_PLANNER}), "unit-a")
NEIGHBOUR = Actor("wu", "Wu", frozenset({Role.UNIT_PLANNER}), "unit-b")
REVIEWER = Actor("zhao", "Zhao", frozenset({Role.MUNICIPAL_REVIEWER}))
WORKER = Actor.system("worker")
SUBMISSION = load_procedures()["plan_submission"]
MET = {name: GuardResult(holds=True) for name in SUBMISSION.guards}


def test_every_record_with_a_state_has_its_chart_and_begins_where_it_begins():
    charts = {procedure.subject: procedure.initial for procedure in load_procedures().values()}
    assert charts == {model.__tablename__: model.initial for model in record_models() if issubclass(model, Governed)}


def test_every_period_says_its_source_and_whether_it_is_certain():
    for procedure in load_procedures().values():
        for clock in procedure.clocks.values():
            assert clock.days >= 1
            assert clock.certain or "the city sets its own" in clock.source.en
            assert clock.certain or "为准" in clock.source.zh


def test_the_municipality_takes_no_step_that_writes_a_units_plan():
    writing = {step.name for step in SUBMISSION.transitions.values() if load_rights()[step.action].writes_plan}
    assert writing == {"start_check", "amend", "hand_in", "withdraw"}
    for step in writing:
        state = SUBMISSION.transitions[step].sources[0]
        for actor in (REVIEWER, WORKER, NEIGHBOUR, Actor("a", "a", frozenset({Role.ADMINISTRATOR}), "unit-a")):
            with pytest.raises(TransitionForbidden):
                advance(SUBMISSION, state, step, actor, "unit-a", MET, reason="x")


def test_the_steps_on_offer_follow_from_state_and_role():
    def names(actor, state, guards=None):
        return [step.name for step in allowed(SUBMISSION, state, actor, "unit-a", guards)]

    assert names(PLANNER, "ready") == ["start_check", "amend", "hand_in", "withdraw"]
    assert names(PLANNER, "ready", {}) == ["amend", "withdraw"]
    assert names(NEIGHBOUR, "ready") == []
    assert names(REVIEWER, "under_review") == ["return", "accept"]
    assert names(WORKER, "checking") == ["finish_check", "abandon_check"]
    assert names(REVIEWER, "accepted") == []


def test_a_condition_without_an_answer_is_not_met():
    with pytest.raises(TransitionRefused, match="The check of this very package has finished"):
        advance(SUBMISSION, "ready", "hand_in", PLANNER, "unit-a", {})
    blocked = MET | {"blocking_findings_answered": GuardResult(holds=False, detail=Text("CL03 at F1 is open.", "CL03 未答复。"))}
    with pytest.raises(TransitionRefused, match="CL03 at F1 is open") as refused:
        advance(SUBMISSION, "ready", "hand_in", PLANNER, "unit-a", blocked)
    assert "reason for an exception" in refused.value.remedy.en
    assert refused.value.http_status == 409
    assert TransitionForbidden.http_status == 403


def test_a_return_needs_a_reason_and_a_step_from_elsewhere_says_what_is_open():
    with pytest.raises(TransitionRefused, match="needs a reason"):
        advance(SUBMISSION, "under_review", "return", REVIEWER, "unit-a", MET, reason="  ")
    assert advance(SUBMISSION, "under_review", "return", REVIEWER, "unit-a", MET, reason="redline") == "returned"
    with pytest.raises(TransitionRefused, match="not possible while it is: Draft") as refused:
        advance(SUBMISSION, "draft", "hand_in", PLANNER, "unit-a", MET)
    assert "Have it checked" in refused.value.remedy.en
    with pytest.raises(TransitionRefused, match="no step teleport"):
        advance(SUBMISSION, "draft", "teleport", PLANNER, "unit-a", MET)
    with pytest.raises(TransitionRefused, match="not possible") as refused:
        advance(SUBMISSION, "accepted", "return", REVIEWER, "unit-a", MET, reason="x")
    assert "come to its end" in refused.value.remedy.en


def chart():
    path = resources.files("lantu.catalogue.procedures").joinpath("plan_submission.yaml")
    return copy.deepcopy(yaml.safe_load(path.read_text(encoding="utf-8")))


BREAKS = {
    "state limbo cannot be reached": lambda c: c["states"].update(limbo={"en": "x", "zh": "x", "final": True}),
    "state nowhere is not declared": lambda c: c["transitions"]["amend"].update(to="nowhere"),
    "state draft is final": lambda c: c["states"]["draft"].update(final=True),
    "state accepted is final": lambda c: c["states"]["accepted"].update(final=False),
    "condition magic is not declared": lambda c: c["transitions"]["amend"].update(guards=["magic"]),
    "condition idle is asked by no step": lambda c: c["guards"].update(idle={"en": "x", "zh": "x", "remedy_en": "x", "remedy_zh": "x"}),
    "plan.burn is missing": lambda c: c["transitions"]["amend"].update(action="plan.burn"),
    "step amend is public": lambda c: c["transitions"]["amend"].update(action="map.read"),
    "zh is missing": lambda c: c["states"]["draft"].pop("zh"),
    "en, zh is missing": lambda c: c["states"]["draft"].update(zh=""),
    "remedy_zh is missing": lambda c: c["guards"]["package_received"].pop("remedy_zh"),
    "clock review needs a period": lambda c: c["clocks"]["review"].update(working_days=0),
    "keys that mean nothing: ready to hand in": lambda c: c["states"]["draft"].update({"ready to hand in": None}),
    "source is missing": lambda c: c["clocks"]["review"].pop("source"),
}


@pytest.mark.parametrize("fault", BREAKS, ids=str)
def test_a_chart_that_contradicts_itself_is_refused(fault):
    document = chart()
    BREAKS[fault](document)
    with pytest.raises(CatalogueBroken, match=fault):
        read_procedure(document, load_rights())


def test_a_submission_goes_its_way_with_times_and_reasons_in_one_transaction_each(tmp_path):
    records = open_records(f"sqlite:///{tmp_path / 'records.sqlite3'}")
    with records.writing(PLANNER) as session:
        session.add(submission := Submission(number="S-1", unit_code="unit-a", plan_code="P"))
    way = [
        (PLANNER, "start_check", ""), (WORKER, "finish_check", ""), (PLANNER, "hand_in", ""), (REVIEWER, "take_up", ""),
        (REVIEWER, "return", "the redline"), (PLANNER, "start_check", ""), (WORKER, "finish_check", ""), (PLANNER, "hand_in", ""),
        (REVIEWER, "take_up", ""), (REVIEWER, "accept", ""),
    ]  # fmt: skip
    for actor, step, reason in way:
        with records.writing(actor) as session:
            take_step(session, SUBMISSION, session.get(Submission, submission.id), step, owner_unit="unit-a", guards=MET, reason=reason)
    with records.reading() as session:
        times = session.scalars(select(StepTime).order_by(StepTime.entered_at)).all()
        events = latest_events(session, record_id=submission.id)
    assert [time.state for time in times] == [
        "draft", "checking", "ready", "handed_in", "under_review", "returned", "checking", "ready", "handed_in", "under_review", "accepted",
    ]  # fmt: skip
    assert [time.left_at == following.entered_at for time, following in pairwise(times)] == [True] * 10
    assert times[-1].left_at is None
    assert [event.reason for event in events if event.after["state"] == "returned"] == ["the redline"]
    assert verify_trail(records) == []
    with pytest.raises(TransitionForbidden), records.writing(PLANNER) as session:
        take_step(session, SUBMISSION, session.get(Submission, submission.id), "accept", owner_unit="unit-a", guards=MET)
    records.close()
