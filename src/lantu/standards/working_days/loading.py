"""Read a calendar of working days · 读取工作日历."""

from __future__ import annotations

import datetime as dt
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from lantu.vocabulary.calendars import WorkingCalendar
from lantu.vocabulary.errors import LimitUnknown
from lantu.vocabulary.text import Text

_SATURDAY = 5


@cache
def load_calendar(name: str = "china") -> WorkingCalendar:
    """Read a calendar · 读取工作日历.

    Parameters
    ----------
    name
        Of its file.

    Returns
    -------
    WorkingCalendar
        Checked.

    Raises
    ------
    LimitUnknown
        If there is no such calendar, or it contradicts itself.
    """
    path = resources.files("lantu.standards.working_days").joinpath(f"{name}.yaml")
    if not path.is_file():
        raise LimitUnknown(
            Text(f"There is no calendar of working days {name}.", f"没有工作日历 {name}。"),
            Text("Add it to standards/working_days.", "请在 standards/working_days 中补充。"),
        )
    return read_calendar(yaml.safe_load(path.read_text(encoding="utf-8")))


def read_calendar(document: dict[str, Any]) -> WorkingCalendar:
    """Read a calendar from its data · 解析工作日历.

    Parameters
    ----------
    document
        As the file has it.

    Returns
    -------
    WorkingCalendar
        Checked.

    Raises
    ------
    LimitUnknown
        If a holiday ends before it begins or lies in another year, or a make-up day is no weekend.
    """
    holidays: dict[dt.date, str] = {}
    workdays: dict[dt.date, str] = {}
    for year, entry in document["years"].items():
        for holiday in entry["holidays"]:
            first, last = holiday["from"], holiday["to"]
            made_up = holiday.get("made_up_on", [])
            if last < first or {first.year, last.year} != {year} or any(day.weekday() < _SATURDAY for day in made_up):
                raise LimitUnknown(
                    Text(f"The calendar contradicts itself at {holiday['name']} {year}.", f"工作日历 {year} 年{holiday['name']}有误。"),
                    Text("Compare it with the notice of that year.", "请与当年通知核对。"),
                )
            holidays |= {first + dt.timedelta(days=offset): holiday["name"] for offset in range((last - first).days + 1)}
            workdays |= dict.fromkeys(made_up, holiday["name"])
    return WorkingCalendar(
        name=document["name"],
        zone=ZoneInfo(document["time_zone"]),
        holidays=holidays,
        workdays=workdays,
        sources={year: entry["source"] for year, entry in document["years"].items()},
        certain={year: entry["certain"] for year, entry in document["years"].items()},
    )
