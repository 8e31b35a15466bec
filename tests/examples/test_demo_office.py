"""The demo office: people, plans, and a submission of every unit, made by the procedure itself."""

import datetime as dt
from collections import Counter

import pytest

from lantu.capabilities.plan_making.cities import open_city
from lantu.capabilities.plan_making.submissions import board, efficiency, plan_base
from lantu.examples.making import make_city
from lantu.examples.office import fill_office
from lantu.examples.submissions import Seeder
from lantu.stores.records import open_records
from lantu.stores.records.models import StepTime, Submission
from lantu.stores.records.querying import select


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    make_city(folder, parcels=30, seed=1, faults=True)
    city = open_city(folder)
    office = folder / "office"
    office.mkdir()
    records = open_records(f"sqlite:///{office / 'records.sqlite3'}")
    fill_office(records, city)
    seeder = Seeder(records, city, office)
    made = seeder.seed()
    yield records, city, seeder, made
    records.close()


@pytest.mark.slow
def test_every_unit_has_a_submission_in_a_state_of_its_own(seeded):
    records, _, seeder, made = seeded
    assert made == 10
    with records.reading() as session:
        states = Counter(item.state for item in session.scalars(select(Submission)))
    assert states == {"accepted": 2, "under_review": 2, "handed_in": 2, "ready": 2, "returned": 1, "withdrawn": 1}
    assert seeder.seed() == 0, "what is there is left alone"


@pytest.mark.slow
def test_the_history_lies_before_the_citys_day_and_in_order(seeded):
    records, city, _, _ = seeded
    with records.reading() as session:
        steps = session.scalars(
            select(StepTime).where(StepTime.subject_kind == "submissions").order_by(StepTime.subject_id, StepTime.entered_at)
        ).all()
        assert all(step.entered_at.date() <= city.today for step in steps)
        assert all(step.left_at is None or step.left_at >= step.entered_at for step in steps)
        assert sum(step.left_at is None for step in steps) == 10
        figures = efficiency.measure_efficiency(session)
        assert figures.first_pass == 1
        assert {item.state for item in figures.steps} >= {"draft", "checking", "ready", "handed_in", "under_review"}
        standings = board.board(session, city.profile.units, city.today)
        assert any(item.overdue for item in standings)
        assert all(item.run is not None for item in standings if item.submission is not None)


@pytest.mark.slow
def test_accepted_plans_followed_the_ones_before(seeded):
    records, city, _, _ = seeded
    with records.reading() as session:
        entries = plan_base.list_plans(session, city.today)
        assert len(entries) == 11
        assert Counter(entry.in_force.number for entry in entries) == {1: 9, 2: 2}
        before = plan_base.list_plans(session, dt.date(2025, 11, 30))
        assert {entry.in_force.number for entry in before} == {1}
        assert all(entry.plan.approver_zh for entry in entries)
