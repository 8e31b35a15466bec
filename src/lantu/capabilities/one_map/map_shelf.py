"""The layers on the map that somebody may see · 可见图层."""

from __future__ import annotations

import datetime as dt
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lantu.catalogue.rights import may_see_layer
from lantu.stores.records.models import MapLayer
from lantu.stores.records.querying import func, select
from lantu.stores.tiles import TileShelf
from lantu.vocabulary.errors import RecordMissing
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lantu.capabilities.one_map.unit_outlines import UnitOutlines
    from lantu.stores.layers import LayerStore
    from lantu.stores.records import Database
    from lantu.vocabulary.people import Actor

_STILL_GOOD_S = 1.0


@dataclass(frozen=True, slots=True)
class PublishedLayer:
    """A version of a layer on the map, detached from the records · 已上图图层版本.

    Parameters
    ----------
    name
        Name on the map.
    version
        Version on the map.
    title
        As people read it.
    family
        ``present``, ``planning``, ``management`` or ``social``.
    unit_code
        Unit whose own layer it is, None for the city's.
    visibility
        ``public`` or ``internal``.
    generalised
        Whether it is a simplified form.
    parts
        Owner, name in the store and version there.
    valid_from
        First day, None for always.
    valid_until
        Last day, None for until further notice.
    features
        How many.
    geometry_type
        ``polygon``, ``line`` or ``point``.
    bounds
        West, south, east, north.
    tile_archive
        File of its vector tiles.
    overview_archive
        File of its pictures.
    minzoom
        Lowest zoom of the vector tiles.
    maxzoom
        Highest.
    style
        Legend and fields.
    """

    name: str
    version: str
    title: Text
    family: str
    unit_code: str | None
    visibility: str
    generalised: bool
    parts: tuple[tuple[str, str, str], ...]
    valid_from: dt.date | None
    valid_until: dt.date | None
    features: int
    geometry_type: str
    bounds: tuple[float, ...] | None
    tile_archive: str
    overview_archive: str
    minzoom: int
    maxzoom: int
    style: dict[str, Any] = field(repr=False)

    def holds_on(self, day: dt.date) -> bool:
        """Tell whether this version holds on a day · 当日是否有效.

        Parameters
        ----------
        day
            The day.

        Returns
        -------
        bool
            Both ends count.
        """
        return (self.valid_from or dt.date.min) <= day <= (self.valid_until or dt.date.max)

    def seen_by(self, actor: Actor) -> bool:
        """Tell whether somebody may see it · 是否可见.

        Parameters
        ----------
        actor
            Who asks.

        Returns
        -------
        bool
            As the table of rights has it.
        """
        return may_see_layer(actor, self.visibility, self.unit_code)


def no_such_layer() -> RecordMissing:
    """Say that there is no such layer, in the same words whether there is none or it may not be seen · 图层不存在.

    Returns
    -------
    RecordMissing
        Naming nothing.
    """
    return RecordMissing(
        Text("There is no such layer on the map.", "一张图上没有该图层。"),
        Text("Choose one from the list of layers.", "请从图层列表中选择。"),
    )


class MapShelf:
    """Everything on the map of one office; kept in memory until the records change · 一张图图层架.

    Parameters
    ----------
    records
        Where the map's layers are written down.
    store
        Where features rest.
    tiles
        Folder of tile archives.
    today
        The day that counts where none is asked for.

    Attributes
    ----------
    outlines
        Outlines of the units by name and version of their layer, see `unit_outlines`.
    """

    def __init__(self, records: Database, store: LayerStore, tiles: Path, today: dt.date) -> None:
        self.records, self.store, self.today = records, store, today
        self.archives = TileShelf(tiles)
        self.outlines: Mapping[tuple[str, str], UnitOutlines] = {}
        self._lock = threading.Lock()
        self._mark: tuple[int, int] | None = None
        self._layers: tuple[PublishedLayer, ...] = ()
        self._by_version: dict[tuple[str, str], PublishedLayer] = {}
        self._seen_commits = -1
        self._looked_at = float("-inf")

    def layers(self) -> tuple[PublishedLayer, ...]:
        """Give everything on the map, whoever may see it; callers filter · 全部图层.

        Returns
        -------
        tuple of PublishedLayer
            By name, the latest version last.
        """
        commits = self.records.commits
        with self.records.reading() as session:
            # Every change of a record raises its last event, so two numbers tell whether anything changed.
            mark = session.execute(select(func.count(), func.coalesce(func.max(MapLayer.last_event), 0)).select_from(MapLayer)).one()
            count, last = int(mark[0]), int(mark[1])
            if self._mark == (count, last):
                self._seen_commits, self._looked_at = commits, time.monotonic()
                return self._layers
            rows = session.scalars(select(MapLayer).where(MapLayer.tile_state == "built")).all()
            found = tuple(sorted((_detached(row) for row in rows), key=lambda item: (item.name, item.valid_from or dt.date.min)))
        with self._lock:
            self._mark, self._layers = (count, last), found
            self._by_version = {(layer.name, layer.version): layer for layer in found}
            self._seen_commits, self._looked_at = commits, time.monotonic()
        return found

    @property
    def is_fresh(self) -> bool:
        """Whether what is in memory holds: nothing was written here since, and the last look is a second old at most · 是否最新."""
        return self._seen_commits == self.records.commits and time.monotonic() - self._looked_at < _STILL_GOOD_S

    def known(self, name: str, version: str) -> PublishedLayer | None:
        """Give a layer as it is in memory, whoever may see it; callers filter · 内存中的图层.

        Parameters
        ----------
        name
            Name on the map.
        version
            Version on the map.

        Returns
        -------
        PublishedLayer or None
            None where there is none.
        """
        return self._by_version.get((name, version))

    def visible(self, actor: Actor) -> list[PublishedLayer]:
        """Give what somebody may see · 可见图层.

        Parameters
        ----------
        actor
            Who asks.

        Returns
        -------
        list of PublishedLayer
            Every version of it.
        """
        return [layer for layer in self.layers() if layer.seen_by(actor)]

    def in_force(self, actor: Actor, day: dt.date | None = None) -> list[PublishedLayer]:
        """Give what somebody may see as of a day · 某日有效的可见图层.

        Parameters
        ----------
        actor
            Who asks.
        day
            The day; today where None.

        Returns
        -------
        list of PublishedLayer
            One version of each layer at most.
        """
        found = {layer.name: layer for layer in self.visible(actor) if layer.holds_on(day or self.today)}
        return list(found.values())

    def find(self, actor: Actor, name: str, version: str | None = None, day: dt.date | None = None) -> PublishedLayer:
        """Find one layer that somebody may see · 查找图层.

        Parameters
        ----------
        actor
            Who asks.
        name
            Name on the map.
        version
            Version on the map; the one in force where None.
        day
            The day, where no version is named.

        Returns
        -------
        PublishedLayer
            The version.

        Raises
        ------
        RecordMissing
            In the same words whether there is none or it may not be seen.
        """
        found = self.visible(actor) if version is not None else self.in_force(actor, day)
        for layer in found:
            if layer.name == name and version in {None, layer.version}:
                return layer
        raise no_such_layer()

    def of_tiles(self, actor: Actor, name: str, version: str) -> PublishedLayer:
        """Find the layer of a tile; a screen asks for dozens, so the records are looked at once a second · 查找瓦片所属图层.

        Parameters
        ----------
        actor
            Who asks.
        name
            Name on the map.
        version
            Version on the map.

        Returns
        -------
        PublishedLayer
            The version.

        Raises
        ------
        RecordMissing
            As `find`.
        """
        if not self.is_fresh:
            self.layers()
        layer = self.known(name, version)
        return layer if layer is not None and layer.seen_by(actor) else self.find(actor, name, version)

    def tile(self, layer: PublishedLayer, place: tuple[int, int, int], *, picture: bool) -> bytes | None:
        """Read a tile of a layer that was found · 读取瓦片.

        Parameters
        ----------
        layer
            From `find`.
        place
            Zoom, column, row.
        picture
            Whether a picture is wanted.

        Returns
        -------
        bytes or None
            None where the tile is empty; vector tiles are compressed by gzip.
        """
        name = layer.overview_archive if picture else layer.tile_archive
        return self.archives.archive(name).get(*place) if name else None


def _detached(row: MapLayer) -> PublishedLayer:
    return PublishedLayer(
        name=row.name,
        version=row.version,
        title=Text(row.title_en, row.title_zh),
        family=row.family,
        unit_code=row.unit_code,
        visibility=row.visibility,
        generalised=row.generalised,
        parts=tuple((owner, str(part["layer"]), str(part["version"])) for owner, part in sorted(row.parts.items())),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        features=row.features,
        geometry_type=row.geometry_type,
        bounds=tuple(row.bounds) if row.bounds else None,
        tile_archive=row.tile_archive or "",
        overview_archive=row.overview_archive or "",
        minzoom=row.minzoom,
        maxzoom=row.maxzoom,
        style=dict(row.style),
    )
