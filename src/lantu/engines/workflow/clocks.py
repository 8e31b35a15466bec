"""When legal clocks run out, in working days, with pauses · 法定时限."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from lantu.vocabulary.procedures import Due
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lantu.vocabulary.calendars import WorkingCalendar
    from lantu.vocabulary.procedures import Clock

_DAY = dt.timedelta(days=1)
Moment = dt.datetime | dt.date
Pause = tuple[Moment, Moment | None]


def clock_due(clock: Clock, entered_at: Moment, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()) -> Due:
    """Give the last day of a period · 计算到期日.

    The day on which it begins is not counted. Days after the one on which a pause begins, up to and with the one on
    which it ends, are not counted either. Where a period in calendar days ends on a day off, it ends on the next
    working day (《民法典》第二百零三条).

    Parameters
    ----------
    clock
        How many days, of which kind.
    entered_at
        When it began.
    calendar
        Which days are worked.
    pauses
        When it stood still: beginning, and end or None.

    Returns
    -------
    Due
        Without a day while a pause is open.
    """
    still = [(calendar.day_of(begin), None if end is None else calendar.day_of(end)) for begin, end in pauses]
    if any(end is None for _, end in still):
        return Due(None, certain=True, warning=None)
    day = calendar.day_of(entered_at)
    unknown: set[int] = set()
    left = clock.days
    while left > 0 or (not clock.working and not calendar.is_working(day)):
        day += _DAY
        if not calendar.is_known(day):
            unknown.add(day.year)
        counts = calendar.is_working(day) if clock.working else True
        left -= counts and not any(begin < day <= end for begin, end in still if end is not None)
    return Due(day, certain=not unknown, warning=_unknown_years(calendar, unknown))


def working_days_between(begin: Moment, end: Moment, calendar: WorkingCalendar) -> int:
    """Count the working days after one day up to and with another · 工作日数.

    Parameters
    ----------
    begin
        Not counted.
    end
        Counted where it is worked.
    calendar
        Which days are worked.

    Returns
    -------
    int
        Zero where the end is not after the beginning.
    """
    first, last = calendar.day_of(begin), calendar.day_of(end)
    return sum(calendar.is_working(first + _DAY * number) for number in range(1, (last - first).days + 1))


def working_seconds(begin: dt.datetime, end: dt.datetime, calendar: WorkingCalendar) -> float:
    """Measure how much of a time lies on working days · 工作日用时.

    Parameters
    ----------
    begin
        With its zone.
    end
        With its zone.
    calendar
        Which days are worked.

    Returns
    -------
    float
        Seconds; a whole working day has 86,400.
    """
    total = 0.0
    moment = begin.astimezone(calendar.zone)
    end = end.astimezone(calendar.zone)
    while moment < end:
        next_day = dt.datetime.combine(moment.date() + _DAY, dt.time(), calendar.zone)
        until = min(end, next_day)
        if calendar.is_working(moment.date()):
            total += (until - moment).total_seconds()
        moment = until
    return total


def _unknown_years(calendar: WorkingCalendar, years: Iterable[int]) -> Text | None:
    listed = ", ".join(str(year) for year in sorted(years))
    if not listed:
        return None
    return Text(
        f"The holidays of {listed} are not in the calendar {calendar.name}: only weekends were left out, so the day may be later.",
        f"工作日历 {calendar.name} 未收录 {listed} 年节假日，仅扣除周末，实际到期日可能更晚。",
    )
