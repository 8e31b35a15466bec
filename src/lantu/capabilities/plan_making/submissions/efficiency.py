"""Efficiency and quality of planning: time per step, first-pass rate, findings over time · 规划效率与质量."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.capabilities.plan_making.submissions import steps
from lantu.stores.records.models import CheckRunRecord, StepTime, Submission
from lantu.stores.records.querying import select

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.stores.records import RecordSession

_DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class StepFigure:
    """How long submissions stay in one state · 环节用时.

    Parameters
    ----------
    state
        The state.
    times
        How many stays were measured.
    median_days
        Median, in working days.
    longest_days
        The longest.
    """

    state: str
    times: int
    median_days: float
    longest_days: float


@dataclass(frozen=True)
class Efficiency:
    """What the page of efficiency and quality shows · 规划效率与质量指标.

    Parameters
    ----------
    steps
        In the order of the procedure.
    decided
        Submissions that were accepted, or returned at least once.
    first_pass
        Of these, accepted without a return.
    rounds
        Submissions by number of rounds they have gone through.
    months
        Months in order, such as ``2025-11``.
    checks
        Checks by month.
    themes
        Findings by theme, then by month.
    check_seconds
        Median time of a check by number of the round.
    """

    steps: tuple[StepFigure, ...]
    decided: int
    first_pass: int
    rounds: Mapping[int, int]
    months: tuple[str, ...]
    checks: Mapping[str, int]
    themes: Mapping[str, Mapping[str, int]]
    check_seconds: Mapping[int, float]

    @property
    def first_pass_share(self) -> float | None:
        """Share of decided submissions that passed without a return · 一次通过率."""
        return self.first_pass / self.decided if self.decided else None


def measure_efficiency(session: RecordSession, unit_code: str | None = None) -> Efficiency:
    """Measure all submissions, or those of one unit · 统计规划效率与质量.

    Parameters
    ----------
    session
        Any session.
    unit_code
        The unit; all where None.

    Returns
    -------
    Efficiency
        From recorded steps and runs, none of it estimated.
    """
    query = select(Submission)
    if unit_code is not None:
        query = query.where(Submission.unit_code == unit_code)
    submissions = session.scalars(query).all()
    ids = {item.id for item in submissions}
    walks: dict[str, set[str]] = defaultdict(set)
    stays: dict[str, list[float]] = defaultdict(list)
    for step in session.scalars(select(StepTime).where(StepTime.subject_kind == steps.SUBJECT)):
        if step.subject_id in ids:
            walks[step.subject_id].add(step.state)
            if step.working_seconds is not None:
                stays[step.state].append(step.working_seconds / _DAY_SECONDS)
    decided = [item for item in submissions if walks[item.id] & {steps.ACCEPTED, steps.RETURNED}]
    figures = tuple(
        StepFigure(state, len(stays[state]), statistics.median(stays[state]), max(stays[state]))
        for state in steps.procedure().states
        if stays.get(state)
    )
    runs = [
        run for run in session.scalars(select(CheckRunRecord).where(CheckRunRecord.submission_id.is_not(None))) if run.submission_id in ids
    ]
    months = tuple(sorted({_month(run) for run in runs}))
    themes: dict[str, Counter[str]] = defaultdict(Counter)
    seconds: dict[int, list[float]] = defaultdict(list)
    for run in runs:
        for theme, count in run.counts.get("themes", {}).items():
            themes[theme][_month(run)] += count
        seconds[run.round or 1].append(float(run.counts.get("seconds", 0.0)))
    return Efficiency(
        steps=figures,
        decided=len(decided),
        first_pass=sum(item.state == steps.ACCEPTED and steps.RETURNED not in walks[item.id] for item in decided),
        rounds=dict(sorted(Counter(item.round for item in submissions).items())),
        months=months,
        checks=Counter(_month(run) for run in runs),
        themes={theme: dict(counts) for theme, counts in sorted(themes.items())},
        check_seconds={number: statistics.median(values) for number, values in sorted(seconds.items())},
    )


def _month(run: CheckRunRecord) -> str:
    return f"{run.finished_at or run.created_at:%Y-%m}"
