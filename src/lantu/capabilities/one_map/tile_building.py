"""Tiles of a citywide layer, put together from the parts of its owners · 全市图层瓦片构建."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.capabilities.one_map.legends import colour_rows, palette_of
from lantu.engines.tiling.attributes import read_attributes
from lantu.engines.tiling.cutting import cut
from lantu.engines.tiling.encoding import Drawn, encode_tiles, tile_keys
from lantu.engines.tiling.overview import Painted, draw_overview
from lantu.engines.tiling.shapes import read_shapes
from lantu.engines.tiling.web_mercator import box_in_crs, crs_in_degrees, degrees_in_crs, tile_at, world_transform
from lantu.stores.tiles import TileArchive, write_archive

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from lantu.engines.tiling.shapes import Shapes
    from lantu.stores.layers import LayerStore
    from lantu.stores.tiles.writing import Tile
    from lantu.vocabulary.layer import Layer

    Box = tuple[float, float, float, float]

LOWEST_ZOOM, OVERVIEW_ZOOM, HIGHEST_ZOOM = 6, 12, 15
DENSE = 50_000
"""Features from which on a layer is a picture, not shapes, at the zooms of the whole city."""

_CROWDED = 50
"""Features in a tile of the zoom before the highest from which on the highest is worth its four times as many tiles."""

_FORM = 1
_ID_BITS = 32
_MARGIN = 0.02


@dataclass(frozen=True, slots=True)
class LayerPart:
    """What one owner has in a citywide layer · 图层的一部分.

    Parameters
    ----------
    owner
        Unit code, or the part of the city.
    layer
        Its name in the store.
    version
        Its version.
    number
        Number of the owner, the same in every version of the map; part of the ids of its features.
    """

    owner: str
    layer: str
    version: str
    number: int


@dataclass(frozen=True, slots=True)
class TileOrder:
    """What tiles to make · 瓦片任务.

    Parameters
    ----------
    name
        Name of the layer on the map, and in its tiles.
    version
        Version of the layer on the map.
    parts
        What it is put together from.
    fields
        What tiles say of a feature.
    legend_field
        Field the colours go by.
    legend
        Entries of the legend.
    extent
        West, south, east, north of the city in degrees; keeps the projection the same for every version.
    maxzoom
        No finer tiles are made.
    """

    name: str
    version: str
    parts: tuple[LayerPart, ...]
    fields: tuple[str, ...]
    legend_field: str
    legend: list[dict[str, Any]]
    extent: Box
    maxzoom: int = HIGHEST_ZOOM


@dataclass(frozen=True, slots=True)
class BuiltTiles:
    """What was made · 构建结果.

    Parameters
    ----------
    archive
        File of the vector tiles, empty where there is nothing to show.
    overview
        File of the pictures, empty where the layer is shapes at every zoom.
    minzoom
        Lowest zoom of the vector tiles.
    maxzoom
        Highest.
    bounds
        West, south, east, north; None where there is nothing.
    features
        How many features there are.
    encoded
        How many vector tiles were encoded; the others were taken from the archive before.
    """

    archive: str
    overview: str
    minzoom: int
    maxzoom: int
    bounds: Box | None
    features: int
    encoded: int


@dataclass(frozen=True, eq=False)
class _Read:
    part: LayerPart
    layer: Layer
    rows: npt.NDArray[np.int64]
    shapes: Shapes
    world: npt.NDArray[np.float64]


def build_tiles(store: LayerStore, folder: Path, order: TileOrder, earlier: str = "", *, workers: int = 1) -> BuiltTiles:
    """Make the tiles of one layer version, or take them as they are where they were made before · 构建瓦片.

    Where an earlier archive is at hand only the tiles that a changed part shows up in, or showed up in, are encoded anew.

    Parameters
    ----------
    store
        Where parts rest.
    folder
        Where archives go.
    order
        What to make.
    earlier
        Archive of the version before, empty for none.
    workers
        Threads that compress.

    Returns
    -------
    BuiltTiles
        Names of files inside the folder; nothing under these names is ever changed.
    """
    records = [store.find(part.layer, part.version) for part in order.parts]
    features = sum(record.features for record in records)
    boxes = [record.bounds for record in records if record.bounds is not None]
    if not boxes:
        return BuiltTiles("", "", LOWEST_ZOOM, order.maxzoom, None, features, 0)
    low, high = np.array(boxes)[:, :2].min(axis=0), np.array(boxes)[:, 2:].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    bounds = crs_in_degrees(records[0].crs, box)
    polygons = any("Polygon" in kind for record in records for kind in record.geometry_types)
    dense = features > DENSE and polygons
    zooms = range(OVERVIEW_ZOOM + 1 if dense else LOWEST_ZOOM, order.maxzoom + 1)
    archive = f"{order.name}-{order.version}.pmtiles"
    overview = f"{order.name}-{order.version}-overview.pmtiles" if dense else ""
    encoded = 0
    if not (folder / archive).is_file() or (overview and not (folder / overview).is_file()):
        maker = _Maker(store, folder, order, records[0].crs, box, zooms, bounds)
        encoded = maker.vector(archive, earlier, workers)
        if overview:
            maker.pictures(overview)
    return BuiltTiles(archive, overview, zooms.start, order.maxzoom, bounds, features, encoded)


def highest_zoom_of(store: LayerStore, parts: Sequence[LayerPart]) -> int:
    """Choose the highest zoom that a layer needs tiles of · 确定最大瓦片级别.

    A step of the grid of zoom 14 is half a metre, a pixel at zoom 18: where few features are in a tile, browsers draw these tiles
    larger, and a quarter of the tiles has to be made. Where many are, as with parcels, smaller tiles are quicker to load.

    Parameters
    ----------
    store
        Where parts rest.
    parts
        What the layer is put together from.

    Returns
    -------
    int
        `HIGHEST_ZOOM`, or one less.
    """
    tiles = features = 0
    for record in (store.find(part.layer, part.version) for part in parts):
        bounds = record.bounds
        if bounds is None:
            continue
        west, south, east, north = crs_in_degrees(record.crs, bounds)
        left, top = tile_at(HIGHEST_ZOOM - 1, west, north)
        right, bottom = tile_at(HIGHEST_ZOOM - 1, east, south)
        tiles += (right - left + 1) * (bottom - top + 1)
        features += record.features
    return HIGHEST_ZOOM if features > _CROWDED * tiles else HIGHEST_ZOOM - 1


class _Maker:
    """One making of tiles; parts are read once for shapes and pictures."""

    def __init__(  # noqa: PLR0913, PLR0917  # everything a making needs
        self, store: LayerStore, folder: Path, order: TileOrder, crs: str, box: Box, zooms: range, bounds: Box
    ) -> None:
        self.store, self.folder, self.order, self.crs, self.zooms, self.bounds = store, folder, order, crs, zooms, bounds
        around = degrees_in_crs(crs, order.extent)
        inside = around[0] <= box[0] and around[1] <= box[1] and around[2] >= box[2] and around[3] >= box[3]
        self.transform = world_transform(crs, around if inside else box)
        self.columns = tuple(dict.fromkeys([*order.fields, *([order.legend_field] if order.legend_field else [])]))
        self.read: dict[str, _Read] = {}

    def vector(self, archive: str, earlier: str, workers: int) -> int:
        before = self._earlier(earlier)
        shown: dict[str, dict[str, list[int]]] = {}
        changed = [part for part in self.order.parts if before is None or before.part(part.owner) != part.version]
        affected: dict[int, npt.NDArray[np.int64]] = {}
        drawn: dict[int, list[Drawn]] = {z: [] for z in self.zooms}
        owners = {part.owner for part in self.order.parts}
        for part in self.order.parts:
            if part in changed:
                read = self._whole(part)
                for z in self.zooms:
                    drawn[z].append(self._drawn(read, z))
                    shown.setdefault(part.owner, {})[str(z)] = _as_runs(tile_keys(drawn[z][-1].cuttings.x, drawn[z][-1].cuttings.y))
            elif before is not None:
                shown[part.owner] = before.shown(part.owner)
        if before is not None:
            gone = {part.owner for part in changed} | (before.owners - owners)
            for z in self.zooms:
                new = [tile_keys(run.cuttings.x, run.cuttings.y) for run in drawn[z]]
                old = [_from_runs(before.shown(owner).get(str(z), [])) for owner in gone]
                affected[z] = np.unique(np.concatenate([np.empty(0, np.int64), *new, *old]))
            # What stays the same is drawn again only where it shares a tile with what changed.
            kept = [part for part in self.order.parts if part not in changed]
            drawn = self._with_neighbours(drawn, kept, affected)
        count = 0

        def tiles() -> Iterator[Tile]:
            nonlocal count
            for z in self.zooms:
                for tile in encode_tiles(self.order.name, z, drawn[z], affected.get(z)):
                    count += 1
                    yield tile

        ready = () if before is None else before.untouched(affected)
        versions = {part.owner: {"version": part.version, "tiles": shown[part.owner]} for part in self.order.parts}
        own = {
            "form": self._form(),
            "parts": versions,
            "vector_layers": [{"id": self.order.name, "fields": dict.fromkeys(self.columns, "String")}],
        }
        write_archive(self.folder / archive, tiles(), kind="mvt", bounds=self.bounds, metadata=own, ready=ready, workers=workers)
        return count

    def pictures(self, overview: str) -> None:
        painted = []
        for part in self.order.parts:
            read = self._whole(part)
            painted.append(Painted(read.shapes, read.world, colour_rows(read.layer, self.order.legend_field, self.order.legend)))
        tiles = draw_overview(painted, palette_of(self.order.legend), LOWEST_ZOOM, OVERVIEW_ZOOM)
        write_archive(self.folder / overview, tiles, kind="webp", bounds=self.bounds, metadata={"form": self._form()})

    def _form(self) -> str:
        """Name everything besides the parts that the tiles depend on."""
        words = [_FORM, self.order.name, self.columns, list(self.zooms), self.crs, self.transform.centre, self.transform.half]
        return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:16]

    def _earlier(self, name: str) -> _Earlier | None:
        if not name or not (self.folder / name).is_file():
            return None
        found = _Earlier(TileArchive(self.folder / name))
        return found if found.form == self._form() else None

    def _whole(self, part: LayerPart) -> _Read:
        if part.owner not in self.read:
            layer = self.store.get(part.layer, part.version, columns=self.columns)
            shapes = read_shapes(layer.wkb)
            self.read[part.owner] = _Read(part, layer, np.arange(len(layer)), shapes, self.transform(shapes.coords))
        return self.read[part.owner]

    def _near(self, part: LayerPart, box: Box) -> _Read:
        layer = self.store.get(part.layer, part.version, columns=self.columns, bbox=box)
        rows = rows_touching(self.store, part.layer, part.version, box)
        shapes = read_shapes(layer.wkb)
        return _Read(part, layer, rows, shapes, self.transform(shapes.coords))

    def _with_neighbours(
        self, drawn: dict[int, list[Drawn]], kept: Sequence[LayerPart], affected: Mapping[int, npt.NDArray[np.int64]]
    ) -> dict[int, list[Drawn]]:
        """Lay the runs of all parts in the order of the parts, those that stay cut down to what is near."""
        keys = affected[self.zooms.start]
        if not len(keys):
            return drawn
        corners = [box_in_crs(self.crs, self.zooms.start, int(key & 0xFFFFFFFF), int(key >> 32), _MARGIN) for key in keys]
        low, high = np.array(corners)[:, :2].min(axis=0), np.array(corners)[:, 2:].max(axis=0)
        box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        near = {part.owner: self._near(part, box) for part in kept}
        whole: dict[int, list[Drawn]] = {z: [] for z in self.zooms}
        for z in self.zooms:
            fresh = iter(drawn[z])
            for part in self.order.parts:
                whole[z].append(self._drawn(near[part.owner], z) if part.owner in near else next(fresh))
        return whole

    def _drawn(self, read: _Read, z: int) -> Drawn:
        ids = (np.int64(read.part.number) << _ID_BITS) + read.rows + 1
        return Drawn(cut(read.shapes, read.world, z), read.shapes.kind, ids, read_attributes(read.layer.table, self.columns))


class _Earlier:
    """The archive of the version before."""

    def __init__(self, archive: TileArchive) -> None:
        self._archive = archive
        self._parts: Mapping[str, Any] = archive.metadata.own.get("parts", {})
        self.form = archive.metadata.own.get("form", "")
        self.owners = set(self._parts)

    def part(self, owner: str) -> str | None:
        return str(self._parts[owner]["version"]) if owner in self._parts else None

    def shown(self, owner: str) -> dict[str, list[int]]:
        return dict(self._parts[owner]["tiles"]) if owner in self._parts else {}

    def untouched(self, affected: Mapping[int, npt.NDArray[np.int64]]) -> Iterator[Tile]:
        touched = {z: set(keys.tolist()) for z, keys in affected.items()}
        return (tile for tile in self._archive.tiles() if (tile[0][2] << 32 | tile[0][1]) not in touched.get(tile[0][0], set()))


def _as_runs(keys: npt.NDArray[np.int64]) -> list[int]:
    """Write tile keys as first key and length of each run."""
    distinct = np.unique(keys)
    if not len(distinct):
        return []
    first = np.flatnonzero(np.concatenate([[True], np.diff(distinct) != 1]))
    lengths = np.diff(np.append(first, len(distinct)))
    return [int(number) for pair in zip(distinct[first], lengths, strict=True) for number in pair]


def _from_runs(runs: Sequence[int]) -> npt.NDArray[np.int64]:
    return np.concatenate(
        [np.empty(0, np.int64), *(np.arange(first, first + length) for first, length in zip(runs[::2], runs[1::2], strict=True))]
    )


def rows_touching(store: LayerStore, layer: str, version: str, box: Box) -> npt.NDArray[np.int64]:
    """Give the numbers of the rows that `LayerStore.get` gives for a box · 范围内要素行号.

    Parameters
    ----------
    store
        Where the layer rests.
    layer
        Its name in the store.
    version
        Its version.
    box
        In its CRS.

    Returns
    -------
    numpy.ndarray of int64
        Rows of the whole version.
    """
    sides = store.derived(layer, "bbox", version).combine_chunks().flatten()
    xmin, ymin, xmax, ymax = (np.asarray(side.to_numpy(zero_copy_only=False), np.float64) for side in sides)
    return np.flatnonzero((xmin <= box[2]) & (xmax >= box[0]) & (ymin <= box[3]) & (ymax >= box[1]))


def draw_tile(name: str, layers: Sequence[Layer], fields: tuple[str, ...], place: tuple[int, int, int]) -> bytes:
    """Draw a single tile of layers at hand, for what changes while people look at it · 实时绘制瓦片.

    Parameters
    ----------
    name
        Name of the layer in the tile.
    layers
        Features that touch the tile, of one kind of layer.
    fields
        What the tile says of them.
    place
        Zoom, column, row.

    Returns
    -------
    bytes
        Empty where nothing is shown.
    """
    z, x, y = place
    runs = []
    for number, layer in enumerate(layers):
        shapes = read_shapes(layer.wkb)
        if not (shapes.kind > 0).any():
            continue
        world = world_transform(layer.crs, shapes.box)(shapes.coords)
        ids = (np.int64(number) << _ID_BITS) + np.arange(len(layer)) + 1
        runs.append(Drawn(cut(shapes, world, z, (x, y)), shapes.kind, ids, read_attributes(layer.table, fields)))
    return next((content for _, content in encode_tiles(name, z, runs)), b"")


def tile_box_of(crs: str, place: tuple[int, int, int]) -> Box:
    """Give the box whose features a tile shows · 瓦片取数范围.

    Parameters
    ----------
    crs
        Of the layer.
    place
        Zoom, column, row.

    Returns
    -------
    tuple of float
        In the CRS, buffer included.
    """
    return box_in_crs(crs, *place, _MARGIN)
