"""The calendar of the State Council, as its notices have it."""

import datetime as dt

import pytest

from lantu.standards.working_days import load_calendar, read_calendar
from lantu.vocabulary.errors import LimitUnknown


@pytest.mark.parametrize(("year", "days_off", "made_up"), [(2025, 28, 5), (2026, 33, 6)])
def test_a_year_has_as_many_days_off_and_made_up_as_its_notice(year, days_off, made_up):
    china = load_calendar()
    assert sum(day.year == year for day in china.holidays) == days_off
    assert sum(day.year == year for day in china.workdays) == made_up
    assert f"{year}年" in china.sources[year]


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2025-09-28", True),
        ("2025-10-08", False),
        ("2026-01-04", True),
        ("2026-02-28", True),
        ("2026-02-23", False),
        ("2026-11-26", True),
        ("2026-11-28", False),
    ],
)
def test_a_day_is_worked_or_off(day, worked):
    assert load_calendar().is_working(dt.date.fromisoformat(day)) is worked


def test_a_year_without_a_notice_is_not_known():
    assert load_calendar().is_known(dt.date(2026, 12, 31))
    assert not load_calendar().is_known(dt.date(2027, 1, 1))


@pytest.mark.parametrize(
    "holiday",
    [
        {"name": "backwards", "from": dt.date(2026, 5, 5), "to": dt.date(2026, 5, 1)},
        {"name": "another year", "from": dt.date(2027, 1, 1), "to": dt.date(2027, 1, 1)},
        {"name": "made up on a Monday", "from": dt.date(2026, 5, 1), "to": dt.date(2026, 5, 1), "made_up_on": [dt.date(2026, 5, 11)]},
    ],
    ids=lambda holiday: holiday["name"],
)
def test_a_calendar_that_contradicts_itself_is_refused(holiday):
    with pytest.raises(LimitUnknown, match="contradicts itself"):
        read_calendar({"name": "x", "time_zone": "Asia/Shanghai", "years": {2026: {"source": "x", "certain": True, "holidays": [holiday]}}})
    with pytest.raises(LimitUnknown, match="no calendar"):
        load_calendar("atlantis")
