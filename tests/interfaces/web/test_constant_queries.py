"""Lists ask the records a fixed number of questions, however many submissions there are."""

import datetime as dt
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from sqlalchemy import event

from lantu.capabilities.plan_making.submissions import board, findings
from lantu.interfaces.web.pages.submissions import waiting
from lantu.stores.records import open_records
from lantu.stores.records.models import CheckRunRecord, FindingAnswer, FindingRecordRow, Submission, SubmissionRound
from lantu.stores.records.querying import select
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
                session.add_all(
                    FindingRecordRow(check_run_id=run.id, key=f"F{row}", code="CL03", severity="mandatory") for row in range(turn)
                )


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
    "what waits for a planner": lambda session: waiting(session, PLANNER, dt.date(2026, 11, 26)),
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
    assert counted[0] == counted[1] <= 4


def test_the_board_has_the_last_check_of_the_last_submission_of_each_unit(records):
    hand_in(records, 0, 6)
    with records.reading() as session:
        standings = board_of(session)
    assert [(item.submission.number, item.run.round, item.blocking) for item in standings] == [("S-3", 2, 2), ("S-4", 2, 2), ("S-5", 2, 2)]


def test_the_board_counts_only_findings_that_still_want_an_answer(records):
    hand_in(records, 0, 3)
    with records.writing(Actor.system("tests")) as session:
        answered = session.scalars(select(Submission).where(Submission.number == "S-0")).one()
        session.add(FindingAnswer(submission_id=answered.id, finding_key="F0", kind="fix", reason="redrawn"))
        session.add(FindingAnswer(submission_id=answered.id, finding_key="F1", kind="exception", reason="none", decision="refused"))
    with records.reading() as session:
        assert [item.blocking for item in board_of(session)] == [1, 2, 2], "one redrawn, one refused; the others without an answer"
        runs = {run.id for run in board.latest_runs(session).values()}
        assert findings.still_to_be_answered(session, runs, closed=("draft",)) == {}, "nothing of what is closed"
        assert {"accepted", "withdrawn"} == set(board.CLOSED)


def test_what_is_overdue_comes_first_with_its_day(records, monkeypatch):
    hand_in(records, 0, 7)
    days = {"S-0": dt.date(2026, 11, 30), "S-3": dt.date(2026, 11, 13), "S-6": None}
    with records.reading() as session:
        by_id = {found.id: days.get(found.number) for found in session.scalars(select(Submission))}
        monkeypatch.setattr(board, "running_clock", lambda walk, _state: SimpleNamespace(day=by_id[walk[0].subject_id]))
        told = waiting(session, PLANNER, dt.date(2026, 11, 16))
    assert [(item.title.en.split()[0], item.overdue, item.detail and item.detail.en) for item in told] == [
        ("S-3", True, "overdue since 2026-11-13"),
        ("S-0", False, "due 2026-11-30"),
        ("S-6", False, None),
    ]


def test_the_list_of_submissions_asks_the_same_for_one_and_for_many(app, client_as):
    reviewer, records = client_as(Role.MUNICIPAL_REVIEWER), app.state.office.records
    counted = []
    for first, more in ((0, 1), (1, 20)):
        hand_in(records, first, more)
        with statements(records) as told:
            assert reviewer.get("/submissions").text.count("S-") >= more
        counted.append(len(told))
    assert counted[0] == counted[1]
