"""What stands on the shelf for one person: collections, their editions and parts · 可见图层集合."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lantu.stores.layers.geoparquet import Box, LayerVersion
    from lantu.vocabulary.text import Text

Interval = tuple[dt.date | None, dt.date | None]


@dataclass(frozen=True, slots=True)
class Part:
    """What one owner delivered to an edition · 版本的组成部分.

    Parameters
    ----------
    owner
        Code of the unit, empty where the edition has one owner.
    stored
        The version in the layer store.
    """

    owner: str
    stored: LayerVersion


@dataclass(frozen=True)
class Edition:
    """One published version of a collection · 图层的一个发布版本.

    Parameters
    ----------
    version
        Its version on the map.
    parts
        What it is made of, in a fixed order.
    valid_from
        First day in force, None where nobody said.
    valid_until
        Last day in force, None while it is.
    bounds
        West, south, east, north in degrees, None where nothing has a place.
    """

    version: str
    parts: tuple[Part, ...]
    valid_from: dt.date | None
    valid_until: dt.date | None
    bounds: Box | None

    @property
    def crs(self) -> str:
        """The reference system in which it is stored · 存储坐标系."""
        return self.parts[0].stored.crs if self.parts else "OGC:CRS84"

    @property
    def columns(self) -> tuple[str, ...]:
        """The attributes of all parts, in the order in which they first occur · 属性列."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.stored.columns))

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """What each attribute is: string, number, integer, boolean, date or moment · 属性类型."""
        found: dict[str, str] = {}
        for part in self.parts:
            for name, kind in _kinds(part.stored.path).items():
                if name in part.stored.columns:
                    found.setdefault(name, kind)
        return found

    def holds_during(self, wanted: Interval) -> bool:
        """Tell whether it is in force on some day of an interval · 是否在该时段有效.

        Parameters
        ----------
        wanted
            First and last day, None for open.

        Returns
        -------
        bool
            True also where nobody said since when it holds.
        """
        first, last = wanted
        begins_in_time = self.valid_from is None or last is None or self.valid_from <= last
        return begins_in_time and (self.valid_until is None or first is None or self.valid_until >= first)


@dataclass(frozen=True, slots=True)
class Collection:
    """A layer of the map, as OGC calls it · 图层集合.

    Parameters
    ----------
    name
        Canonical layer name.
    title
        Name as people read it.
    description
        What it is, and what to know of it.
    geometry
        ``polygon``, ``line`` or ``point``.
    editions
        Published versions that this person may see, the one to describe first.
    today
        The city's day, which is meant where nobody names one.
    tiled
        Smallest and largest zoom of its vector tiles, None where it has none.
    """

    name: str
    title: Text
    description: Text
    geometry: str
    editions: tuple[Edition, ...]
    today: dt.date
    tiled: tuple[int, int] | None = None

    def edition(self, wanted: Interval | None, version: str = "") -> Edition | None:
        """Choose the edition that a request means · 选取版本.

        Parameters
        ----------
        wanted
            Days that were asked for, None for today's.
        version
            Version of a page that is being read on, which counts before all else.

        Returns
        -------
        Edition or None
            The latest one in force on one of the days; None where there is none, as on the map.
        """
        if version:
            return next((item for item in self.editions if item.version == version), None)
        days = (self.today, self.today) if wanted is None else wanted
        return next((item for item in self.editions if item.holds_during(days)), None)


class Shelf(Protocol):
    """The collections that one person may see; what it does not give does not exist for them · 可见集合."""

    def collections(self) -> Sequence[Collection]:
        """List them · 列出."""

    def collection(self, name: str) -> Collection | None:
        """Find one · 查找.

        Parameters
        ----------
        name
            Name in the address.
        """

    def tile(self, collection: Collection, z: int, x: int, y: int) -> bytes | None:
        """Give one vector tile of the edition in force · 矢量瓦片.

        Parameters
        ----------
        collection
            One of `collections`.
        z
            Zoom.
        x
            Column.
        y
            Row, from the north.
        """


@lru_cache(maxsize=256)
def _kinds(path: Path) -> Mapping[str, str]:
    """Read the types of a file once; a version never changes."""
    return {item.name: _kind(item.type) for item in pq.read_schema(path)}


def _kind(kind: pa.DataType) -> str:
    tests = {
        "boolean": pa.types.is_boolean,
        "integer": pa.types.is_integer,
        "number": lambda item: pa.types.is_floating(item) or pa.types.is_decimal(item),
        "date": pa.types.is_date,
        "moment": pa.types.is_timestamp,
    }
    return next((name for name, test in tests.items() if test(kind)), "string")
