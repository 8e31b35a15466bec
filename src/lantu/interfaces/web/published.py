"""The published layers as the OGC door asks for them, with the rights of who asks · 发布图层与权限."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.catalogue.rights import may_see_layer
from lantu.interfaces.ogc.shelf import Collection, Edition, Part
from lantu.stores.records.models import MapLayer
from lantu.stores.records.querying import select
from lantu.vocabulary.errors import LayerMissing
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from lantu.capabilities.one_map.map_shelf import MapShelf
    from lantu.interfaces.web.office import Office
    from lantu.stores.layers.store import LayerStore
    from lantu.vocabulary.people import Actor

_INVENTED = Text("Invented data over public boundaries.", "虚构数据，仅借用公开边界。")
_PUBLISHED = Text("Published layer of the city.", "已发布图层。")
_GENERALISED = Text("Published layer of the city, generalised for the public.", "已发布图层，已作概化处理。")


@dataclass(frozen=True, slots=True)
class PublishedShelf:
    """The published layers that one person may see · 个人可见的发布图层.

    Parameters
    ----------
    office
        The city that is served.
    actor
        Who asks.
    map
        The map in memory, whose tiles are given; asked for only when one is.
    """

    office: Office
    actor: Actor
    map: Callable[[], MapShelf]

    def collections(self) -> tuple[Collection, ...]:
        """List them · 列出.

        Returns
        -------
        tuple of Collection
            In the order of their names.
        """
        with self.office.records.reading() as session:
            rows = session.scalars(select(MapLayer).order_by(MapLayer.name)).all()
        names = dict.fromkeys(row.name for row in rows)
        found = (self._collection([row for row in rows if row.name == name]) for name in names)
        return tuple(item for item in found if item is not None)

    def collection(self, name: str) -> Collection | None:
        """Find one · 查找.

        Parameters
        ----------
        name
            Name of a layer.

        Returns
        -------
        Collection or None
            None alike for what there is not and for what may not be seen.
        """
        with self.office.records.reading() as session:
            rows = session.scalars(select(MapLayer).where(MapLayer.name == name)).all()
        return self._collection(rows)

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
            Row.

        Returns
        -------
        bytes or None
            None where nothing is.
        """
        edition = collection.edition(None)
        if edition is None:
            return None
        shelf = self.map()
        layer = shelf.of_tiles(self.actor, collection.name, edition.version)
        content = shelf.tile(layer, (z, x, y), picture=False)
        return gzip.decompress(content) if content else None

    def _collection(self, rows: Iterable[MapLayer]) -> Collection | None:
        store = self.office.city.store
        seen = sorted(
            (row for row in rows if may_see_layer(self.actor, row.visibility, row.unit_code)),
            key=lambda row: _order(row, self.office.city.today),
        )
        pairs = [(row, edition) for row in seen if store is not None and (edition := _edition(store, row)) is not None]
        if not pairs:
            return None
        first = pairs[0][0]
        about = _GENERALISED if first.generalised else _PUBLISHED
        return Collection(
            name=first.name,
            title=Text(first.title_en, first.title_zh),
            description=Text(f"{about.en} {_INVENTED.en}", f"{about.zh}{_INVENTED.zh}") if self.office.city.invented else about,
            geometry=first.geometry_type,
            editions=tuple(edition for _, edition in pairs),
            today=self.office.city.today,
            tiled=(first.minzoom, first.maxzoom) if first.tile_archive else None,
        )


def _order(row: MapLayer, today: dt.date) -> tuple[bool, int]:
    """Put editions in force first, the latest before the others."""
    begun = row.valid_from is None or row.valid_from <= today
    held = row.valid_until is None or row.valid_until >= today
    return not (begun and held), -(row.valid_from.toordinal() if row.valid_from else 0)


def _edition(store: LayerStore, row: MapLayer) -> Edition | None:
    named = row.parts or {"": {"layer": row.name, "version": row.version}}
    try:
        parts = tuple(Part(owner, store.find(part["layer"], part["version"])) for owner, part in sorted(named.items()))
    except LayerMissing:
        # Its file is not in the store of this machine: it cannot be read, and so is not offered.
        return None
    bounds = row.bounds
    box = None if not bounds else (float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3]))
    return Edition(row.version, parts, row.valid_from, row.valid_until, box)
