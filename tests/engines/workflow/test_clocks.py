"""Legal clocks in working days, by hand."""

import datetime as dt

import pytest

from lantu.engines.workflow import clock_due, working_days_between, working_seconds
from lantu.standards.working_days import load_calendar
from lantu.vocabulary.procedures import Clock
from lantu.vocabulary.text import Text

CHINA = load_calendar()
BEIJING = CHINA.zone


def clock(days, *, working=True):
    return Clock("c", Text("c", "c"), ("a",), (), days, working, Text.of("source"), certain=True)


@pytest.mark.parametrize(
    ("begin", "days", "due"),
    [
        (dt.date(2026, 11, 23), 5, dt.date(2026, 11, 30)),  # a plain week: Tue to Fri, then Monday
        (dt.date(2026, 9, 18), 1, dt.date(2026, 9, 20)),  # Sunday is worked before National Day
        (dt.date(2026, 9, 18), 20, dt.date(2026, 10, 22)),  # over Mid-Autumn, National Day and the worked Saturday of 10 October
        (dt.date(2025, 1, 24), 3, dt.date(2025, 2, 5)),  # Sunday 26 and Monday 27 January are worked, then eight days off
        (dt.date(2026, 2, 13), 2, dt.date(2026, 2, 24)),  # Saturday 14 February is worked, then nine days off
    ],
)
def test_a_period_in_working_days_ends_on(begin, days, due):
    assert clock_due(clock(days), begin, CHINA).day == due


def test_a_period_in_calendar_days_ends_on_the_next_working_day():
    assert clock_due(clock(30, working=False), dt.date(2026, 9, 2), CHINA).day == dt.date(2026, 10, 8)
    assert clock_due(clock(30, working=False), dt.date(2026, 10, 12), CHINA).day == dt.date(2026, 11, 11)


def test_the_day_is_that_of_beijing():
    late_on_monday_in_utc = dt.datetime(2026, 11, 23, 17, 0, tzinfo=dt.UTC)
    assert clock_due(clock(1), late_on_monday_in_utc, CHINA).day == dt.date(2026, 11, 25)


def test_a_clock_stands_still_while_the_other_side_corrects():
    pause = (dt.date(2026, 11, 24), dt.date(2026, 11, 26))
    assert clock_due(clock(5), dt.date(2026, 11, 23), CHINA, [pause]).day == dt.date(2026, 12, 2)
    assert clock_due(clock(5), dt.date(2026, 11, 23), CHINA, [(dt.date(2026, 11, 24), None)]).day is None


def test_beyond_the_known_years_the_day_is_given_with_a_warning():
    due = clock_due(clock(20), dt.date(2026, 12, 20), CHINA)
    assert (due.day, due.certain) == (dt.date(2027, 1, 15), False)
    assert "2027" in due.warning.en
    assert "2027" in due.warning.zh
    assert clock_due(clock(5), dt.date(2026, 11, 23), CHINA).warning is None


def test_working_days_and_seconds_between():
    assert working_days_between(dt.date(2026, 9, 30), dt.date(2026, 10, 12), CHINA) == 4
    begin = dt.datetime(2026, 11, 27, 12, 0, tzinfo=BEIJING)
    assert working_seconds(begin, dt.datetime(2026, 11, 30, 6, 0, tzinfo=BEIJING), CHINA) == 18 * 3600
    assert working_seconds(begin, begin, CHINA) == 0
