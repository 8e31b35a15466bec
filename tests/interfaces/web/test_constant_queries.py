"""Lists ask the records a fixed number of questions, however many submissions there are."""

import datetime as dt
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from lantu.capabilities.plan_making.submissions import board
from lantu.interfaces.web.pages.submissions import waiting
from lantu.stores.records import open_records
from lantu.stores.records.models import CheckRunRecord, Submission, SubmissionRound
from lantu.vocabulary.people import Actor, Role

REVIEWER = Actor("p-rev", "Reviewer", frozenset({Role.MUNICIPAL_REVIEWER}), None)
PLANNER = Actor("p-plan", "Planner", frozenset({Role.UNIT_PLANNER}), "unit-0")


@pytest.fixture
def records(tmp_path):
    database = open_records(f"sqlite:///{tmp_path / 'records.sqlite3'}")
    yield database
    database.close()


def hand_in(records, first, count):
    with records.writing(Actor.system("tests")) as session:
        for number in range(first, first + count):
            found = Submission(number=f"S-{number}", unit_code=f"unit-{number % 3}", plan_code="P")
            session.add(found)
            for turn in (1, 2):
                run = CheckRunRecord(submission_id=found.id, round=turn, verdict="passed", counts={"blocking": turn})
                session.add_all([run, SubmissionRound(submission_id=found.id, number=turn, check_run_id=run.id)])


@contextmanager
def statements(records):
    told = []

    def listen(_connection, _cursor, statement, *_):
        told.append(statement)

    event.listen(records._readers, "before_cursor_execute", listen)  # noqa: SLF001  # what the engine sends is what is counted
    try:
        yield told
    finally:
        event.remove(records._readers, "before_cursor_execute", listen)  # noqa: SLF001  # as above


def board_of(session):
    units = {f"unit-{number}": None for number in range(3)}
    return board.board(session, units, dt.date(2026, 11, 26))


QUESTIONS = {
    "the board": board_of,
    "what waits for a planner": lambda session: waiting(session, PLANNER),
    "the latest checks of a list": board.latest_runs,
}


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_ten_times_as_many_submissions_ask_no_more(records, ask):
    hand_in(records, 0, 4)
    counted = []
    for more in (0, 40):
        hand_in(records, 4, more)
        with records.reading() as session, statements(records) as told:
            ask(session)
        counted.append(len([one for one in told if one.lstrip().upper().startswith("SELECT")]))
    assert counted[0] == counted[1] <= 3


def test_the_board_has_the_last_check_of_the_last_submission_of_each_unit(records):
    hand_in(records, 0, 6)
    with records.reading() as session:
        standings = board_of(session)
    assert [(item.submission.number, item.run.round, item.blocking) for item in standings] == [("S-3", 2, 2), ("S-4", 2, 2), ("S-5", 2, 2)]


def test_the_list_of_submissions_asks_the_same_for_one_and_for_many(app, client_as):
    reviewer, records = client_as(Role.MUNICIPAL_REVIEWER), app.state.office.records
    counted = []
    for first, more in ((0, 1), (1, 20)):
        hand_in(records, first, more)
        with statements(records) as told:
            assert reviewer.get("/submissions").text.count("S-") >= more
        counted.append(len(told))
    assert counted[0] == counted[1]
