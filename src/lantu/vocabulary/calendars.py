"""Calendars of working days · 工作日历."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days are worked · 工作日历.

    Parameters
    ----------
    name
        Such as ``china``.
    zone
        Zone in which a day begins.
    holidays
        Days off by law, with the name of the holiday.
    workdays
        Weekend days that are worked to make up for holidays, with the name of the holiday.
    sources
        Document by year; a year without one is not known.
    certain
        Whether the source was seen, by year.
    """

    name: str
    zone: dt.tzinfo
    holidays: Mapping[dt.date, str]
    workdays: Mapping[dt.date, str]
    sources: Mapping[int, str]
    certain: Mapping[int, bool]

    def is_working(self, day: dt.date) -> bool:
        """Tell whether a day is worked · 是否工作日.

        Parameters
        ----------
        day
            Any; outside the known years only weekends are off.

        Returns
        -------
        bool
            True for a working day.
        """
        return day in self.workdays or (day.weekday() <= _FRIDAY and day not in self.holidays)

    def is_known(self, day: dt.date) -> bool:
        """Tell whether the holidays of a day's year are known for certain · 年份是否已知.

        Parameters
        ----------
        day
            Any.

        Returns
        -------
        bool
            False beyond the years of the data.
        """
        return self.certain.get(day.year, False)

    def day_of(self, moment: dt.datetime | dt.date) -> dt.date:
        """Give the day of a moment where the calendar holds · 时刻所属日期.

        Parameters
        ----------
        moment
            With its zone; or a day, which stays.

        Returns
        -------
        datetime.date
            In the calendar's zone.
        """
        return moment.astimezone(self.zone).date() if isinstance(moment, dt.datetime) else moment
