"""A city opened for serving: its data, its records, its folders · 开放办公."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.capabilities.plan_making.cities import open_city, present_day
from lantu.stores.records import SEAL_NAME, Folders, open_records

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.capabilities.plan_making.cities import City
    from lantu.interfaces.web.settings import Settings
    from lantu.stores.records import Database

_ONLY_OWNER = 0o600


class CityOfToday:
    """The city that is served, on the day it is: a server that runs for weeks does not stay on its first day · 当日的城市.

    Parameters
    ----------
    city
        As it was opened.
    """

    def __init__(self, city: City) -> None:
        self._city = city

    @property
    def city(self) -> City:
        """The city today; where its folder fixes the day, always on that day · 当日城市."""
        city, today = self._city, present_day(self._city.profile.time_zone)
        if city.day_is_fixed or city.today == today:
            return city
        # Two threads at midnight may both do this: each gets the new day, and what was read is shared anyway.
        self._city = changed = city.on(today)
        return changed


@dataclass(frozen=True, slots=True)
class Office:
    """What every page stands on · 办公环境.

    Parameters
    ----------
    served
        The city, on whichever day it is.
    records
        Everything people do.
    folders
        Where its files lie.
    settings
        How it is served.
    signing_key
        Secret of this installation, for what travels through browsers.
    """

    served: CityOfToday
    records: Database
    folders: Folders
    settings: Settings
    signing_key: str

    @property
    def city(self) -> City:
        """The city's profile, plans and layers, today · 当日的城市."""
        return self.served.city

    def close(self) -> None:
        """Let go of the database · 关闭."""
        self.records.close()


def open_office(settings: Settings) -> Office:
    """Open a city for serving · 打开办公环境.

    Parameters
    ----------
    settings
        How it is served.

    Returns
    -------
    Office
        With its folders made and its records migrated.
    """
    city = open_city(settings.city_folder)
    folders = Folders(settings.office_folder)
    folders.make()
    records = open_records(settings.database, seal=folders.root / SEAL_NAME)
    return Office(CityOfToday(city), records, folders, settings, _signing_key(folders.root / "keys.json"))


def _signing_key(path: Path) -> str:
    if not path.is_file():
        path.touch(mode=_ONLY_OWNER, exist_ok=True)
        path.write_text(json.dumps({"signing": secrets.token_urlsafe(48)}), encoding="utf-8")
        os.chmod(path, _ONLY_OWNER)  # noqa: PTH101  # also where the file was there, empty, with other rights
    return str(json.loads(path.read_text(encoding="utf-8"))["signing"])
