"""Tools for single files, which are of no city."""

import time

from lantu.capabilities.plan_making import geometry_tools
from lantu.standards.limits import limits_with


class Limits:
    """Limits that remember the day they were asked for."""

    def __init__(self):
        self.days = set()
        self.whole = limits_with({}, "")

    def on(self, name, day):
        self.days.add(day)
        return self.whole.on(name, day)


def test_tolerances_are_those_of_the_day_that_the_machine_shows(monkeypatch):
    """Between the easternmost and the westernmost clock lie 26 hours: they never show the same day."""
    days = []
    monkeypatch.setattr(geometry_tools, "limits_with", lambda *_: days[-1])
    try:
        for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            days.append(Limits())
            geometry_tools.standard_tolerance()
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    east, west = (limits.days for limits in days)
    assert len(east) == len(west) == 1
    assert east.pop() > west.pop()
