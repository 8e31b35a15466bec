"""A server that runs for weeks does not stay on the day it was started."""

import datetime as dt
import shutil

import pytest
from visitors import browser

from lantu.capabilities.plan_making import cities
from lantu.interfaces.web import office as offices
from lantu.interfaces.web.app import create_app
from lantu.interfaces.web.office import CityOfToday
from lantu.interfaces.web.settings import read_settings


@pytest.fixture
def clock(monkeypatch):
    """A day that the test turns."""
    day = [dt.date(2026, 11, 26)]
    monkeypatch.setattr(offices, "present_day", lambda _: day[0])
    monkeypatch.setattr("lantu.capabilities.plan_making.cities.present_day", lambda _: day[0])
    return day


@pytest.fixture
def undated(made_city, tmp_path):
    """The demo city without a day of its own."""
    for item in made_city.iterdir():
        if item.name == "city.yaml":
            text = item.read_text(encoding="utf-8")
            lines = [line for line in text.splitlines() if not line.startswith("today:")]
            (tmp_path / item.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        elif item.is_dir():
            (tmp_path / item.name).symlink_to(item)
        else:
            shutil.copy(item, tmp_path / item.name)
    return tmp_path


def test_the_day_turns_while_the_server_runs_and_what_was_read_stays_read(undated, clock):
    app = create_app(read_settings(undated, {}))
    visitor, before = browser(app), app.state.office.city
    kept = before.memory, before.store, before.base
    assert visitor.get("/api/v1/city").json()["today"] == "2026-11-26"
    assert app.state.office.city is before
    clock[0] = dt.date(2026, 11, 27)
    assert visitor.get("/api/v1/city").json()["today"] == "2026-11-27"
    after = app.state.office.city
    assert after.today == app.state.map_shelf.today == clock[0]
    assert before.today == dt.date(2026, 11, 26), "whoever began yesterday ends on that day"
    assert all(old is new for old, new in zip(kept, (after.memory, after.store, after.base), strict=True))
    app.state.office.close()


def test_the_day_is_that_of_the_city_and_not_of_greenwich(undated, monkeypatch):
    """At 20:30 in Greenwich on a November evening it is the next morning in Suzhou, and still evening in Paris."""

    class Evening(dt.datetime):
        """A clock that stands."""

        @classmethod
        def now(cls, tz=None):
            return dt.datetime(2026, 11, 26, 20, 30, tzinfo=dt.UTC).astimezone(tz)

    monkeypatch.setattr(cities.dt, "datetime", Evening)
    assert cities.present_day("UTC") == dt.date(2026, 11, 26)
    assert cities.profile_only("french_communes").today == dt.date(2026, 11, 26)
    assert cities.profile_only("suzhou").today == dt.date(2026, 11, 27)
    served = CityOfToday(offices.open_city(undated))
    assert served.city.today == dt.date(2026, 11, 27)


def test_pages_tell_moments_as_clocks_in_the_city_do(undated):
    app = create_app(read_settings(undated, {}))
    assert str(app.state.office.city.zone) == "Asia/Shanghai"
    app.state.office.close()


def test_a_city_that_fixes_its_day_stays_on_it(made_city, clock):
    served = CityOfToday(offices.open_city(made_city))
    fixed = served.city.settings.get("today")
    assert fixed is not None, "the demo city is made on a day of its own"
    clock[0] = dt.date(2030, 1, 1)
    assert served.city.today == fixed
