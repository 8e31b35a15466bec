"""The reviewer's board: ten units side by side · 审查看板."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lantu.capabilities.plan_making.run_records import Verdict
from lantu.capabilities.plan_making.submissions import steps
from lantu.capabilities.plan_making.submissions.findings import still_to_be_answered
from lantu.engines.workflow import clock_due, working_days_between
from lantu.standards.working_days import load_calendar
from lantu.stores.records.models import CheckRunRecord, Submission, SubmissionRound
from lantu.stores.records.querying import and_, func, select

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from lantu.stores.records import RecordSession
    from lantu.stores.records.models import StepTime
    from lantu.vocabulary.plans import Unit
    from lantu.vocabulary.procedures import Clock, Due

_DECIDED = (steps.ACCEPTED, steps.RETURNED)
CLOSED = (steps.ACCEPTED, steps.WITHDRAWN)


@dataclass(frozen=True)
class Standing:
    """How one unit stands · 一个板块的情况.

    Parameters
    ----------
    unit
        The unit.
    submission
        Its latest submission that was not withdrawn, None where there is none.
    age_days
        Working days since it was handed in, or since it came into its state.
    due
        When the clock that runs now runs out, None where none runs.
    overdue
        Whether it has.
    run
        The check of its present round.
    blocking
        Findings that still want an answer; none where the case is closed.
    clauses
        How many clauses of the plan above are carried out, breached, missing or not checked.
    decided
        Submissions of the unit that were accepted, or returned at least once.
    first_pass
        Of these, accepted in their first round.
    """

    unit: Unit
    submission: Submission | None = None
    age_days: int = 0
    due: Due | None = None
    overdue: bool = False
    run: CheckRunRecord | None = None
    blocking: int = 0
    clauses: Mapping[Verdict, int] = field(default_factory=dict)
    decided: int = 0
    first_pass: int = 0

    @property
    def first_pass_share(self) -> float | None:
        """Share of decided submissions that passed in their first round, None where none was decided · 一次通过率."""
        return self.first_pass / self.decided if self.decided else None


def board(session: RecordSession, units: Mapping[str, Unit], day: dt.date) -> list[Standing]:
    """Put all units side by side · 生成审查看板.

    Parameters
    ----------
    session
        Any session.
    units
        Units by code.
    day
        The day that ages and clocks are counted to.

    Returns
    -------
    list of Standing
        In order of code.
    """
    by_unit: dict[str, list[Submission]] = {}
    for submission in session.scalars(select(Submission).order_by(Submission.created_at, Submission.number)):
        by_unit.setdefault(submission.unit_code, []).append(submission)
    runs = latest_runs(session)
    known = _Known(defaultdict(list, steps.walks(session)), runs, unanswered(session, runs))
    return [_standing(unit, by_unit.get(code, []), known, day) for code, unit in sorted(units.items())]


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of all submissions at once."""

    walks: Mapping[str, list[StepTime]]
    runs: Mapping[str, CheckRunRecord]
    unanswered: Mapping[str, int]


def _standing(unit: Unit, own: Sequence[Submission], known: _Known, day: dt.date) -> Standing:
    walks = known.walks
    decided = [item for item in own if any(step.state in _DECIDED for step in walks[item.id])]
    first_pass = [item for item in decided if item.state == steps.ACCEPTED and not _was(walks[item.id], steps.RETURNED)]
    alive = [item for item in own if item.state != steps.WITHDRAWN]
    if not alive:
        return Standing(unit, decided=len(decided), first_pass=len(first_pass))
    latest = alive[-1]
    run = known.runs.get(latest.id)
    due = running_clock(walks[latest.id], latest.state)
    clauses = Counter(Verdict(row["verdict"]) for row in (run.counts.get("clauses", []) if run else []))
    return Standing(
        unit=unit,
        submission=latest,
        age_days=age_in_days(walks[latest.id], latest.state, day),
        due=due,
        overdue=due is not None and due.day is not None and due.day < day,
        run=run,
        blocking=known.unanswered.get(latest.id, 0),
        clauses=clauses,
        decided=len(decided),
        first_pass=len(first_pass),
    )


def _was(walk: Iterable[StepTime], state: str) -> bool:
    return any(step.state == state for step in walk)


def latest_run(session: RecordSession, submission: Submission) -> CheckRunRecord | None:
    """Give the last check of a submission, of its present round or one before · 最近一次审查.

    Parameters
    ----------
    session
        Any session.
    submission
        The submission.

    Returns
    -------
    CheckRunRecord or None
        None where it was never checked.
    """
    query = (
        select(CheckRunRecord)
        .join(SubmissionRound, SubmissionRound.check_run_id == CheckRunRecord.id)
        .where(SubmissionRound.submission_id == submission.id)
        .order_by(SubmissionRound.number.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def latest_runs(session: RecordSession, submission_ids: Iterable[str] | None = None) -> dict[str, CheckRunRecord]:
    """Give the last check of many submissions with one query · 批量取最近一次审查.

    Parameters
    ----------
    session
        Any session.
    submission_ids
        Of which; None for all.

    Returns
    -------
    dict of str to CheckRunRecord
        By submission; nothing for one that was never checked.
    """
    checked = select(SubmissionRound.submission_id, func.max(SubmissionRound.number).label("number")).where(
        SubmissionRound.check_run_id.is_not(None)
    )
    if submission_ids is not None:
        checked = checked.where(SubmissionRound.submission_id.in_(list(submission_ids)))
    last = checked.group_by(SubmissionRound.submission_id).subquery()
    query = (
        select(SubmissionRound.submission_id, CheckRunRecord)
        .join(last, and_(SubmissionRound.submission_id == last.c.submission_id, SubmissionRound.number == last.c.number))
        .join(CheckRunRecord, SubmissionRound.check_run_id == CheckRunRecord.id)
    )
    return {submission_id: run for submission_id, run in session.execute(query)}  # noqa: C416  # rows are no pairs to dict


def unanswered(session: RecordSession, runs: Mapping[str, CheckRunRecord]) -> dict[str, int]:
    """Count the findings of open cases that still want an answer · 待答复问题数.

    Parameters
    ----------
    session
        Any session.
    runs
        The last check of each submission.

    Returns
    -------
    dict of str to int
        By submission; nothing for one that was accepted or withdrawn, or that has none.
    """
    return still_to_be_answered(session, {run.id for run in runs.values()}, CLOSED)


def age_in_days(walk: list[StepTime], state: str, day: dt.date) -> int:
    """Count the working days that a submission waits in its present stretch · 已历工作日.

    Parameters
    ----------
    walk
        Its steps.
    state
        Where it stands.
    day
        The day counted to.

    Returns
    -------
    int
        For a review, since it was handed in.
    """
    stretch = (steps.HANDED_IN, steps.UNDER_REVIEW) if state in {steps.HANDED_IN, steps.UNDER_REVIEW} else (state,)
    since = steps.entered_at(walk, stretch)
    return 0 if since is None else working_days_between(since, day, load_calendar())


def running_clock(walk: list[StepTime], state: str) -> Due | None:
    """Say when the clock that runs now runs out · 当前时限.

    Parameters
    ----------
    walk
        Steps of the submission.
    state
        Where it stands.

    Returns
    -------
    Due or None
        None where no clock runs.
    """
    clock = next((item for item in steps.procedure().clocks.values() if state in item.runs_in), None)
    if clock is None:
        return None
    began = next((step.entered_at for step in walk if step.state in clock.runs_in), None)
    if began is None:
        return None
    if clock.name == "correction":
        # Each return sets a new period.
        began = steps.entered_at(walk, clock.runs_in) or began
    return clock_due(clock, began, load_calendar(), _pauses(walk, clock, began))


def _pauses(walk: list[StepTime], clock: Clock, began: dt.datetime) -> list[tuple[dt.datetime, dt.datetime | None]]:
    return [(step.entered_at, step.left_at) for step in walk if step.state in clock.pauses_in and step.entered_at >= began]


def clause_rows(run: CheckRunRecord | None, verdict: str = "") -> list[dict[str, Any]]:
    """List how a unit answers the clauses of the plan above, with the clause quoted · 逐条落实情况.

    Parameters
    ----------
    run
        Its check.
    verdict
        Only these, empty for all.

    Returns
    -------
    list of dict
        As the run's counts keep them.
    """
    rows = list(run.counts.get("clauses", [])) if run is not None else []
    return [row for row in rows if not verdict or row["verdict"] == verdict]
