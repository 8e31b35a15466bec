"""Take a step: ask the chart, write the record and the time in one transaction · 办理步骤."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.engines.workflow import advance, working_seconds
from lantu.standards.working_days import load_calendar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.stores.records import RecordSession
    from lantu.stores.records.models import Governed
    from lantu.vocabulary.calendars import WorkingCalendar
    from lantu.vocabulary.procedures import GuardResult, Procedure


def take_step(  # noqa: PLR0913  # what a step consists of
    session: RecordSession,
    procedure: Procedure,
    record: Governed,
    transition: str,
    *,
    owner_unit: str | None,
    guards: Mapping[str, GuardResult] | None = None,
    reason: str = "",
    calendar: WorkingCalendar | None = None,
) -> str:
    """Take a step of a procedure; the only way in which a record's state changes · 办理一步并记录用时.

    Parameters
    ----------
    session
        From ``records.writing``; its actor takes the step.
    procedure
        The chart.
    record
        What goes through it.
    transition
        Name of the step.
    owner_unit
        Unit that owns the record.
    guards
        Answers to the conditions.
    reason
        Why, where the step asks for it; it goes into the trail.
    calendar
        Which days are worked; China's where None.

    Returns
    -------
    str
        The new state.

    Raises
    ------
    TransitionForbidden
        If it is another's to take.
    TransitionRefused
        If the chart has no such step from here, a condition is not met, or the reason is missing.
    """
    days = calendar or load_calendar()
    state = advance(procedure, record.state, transition, session.actor, owner_unit, guards or {}, reason=reason)
    session.step(record, state, lambda begin, end: working_seconds(begin, end, days), reason=reason)
    return state
