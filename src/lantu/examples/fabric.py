"""The invented city cut into parcels · 城市肌理."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lantu.examples.landscape import LAND, break_ground
from lantu.examples.planar_map import FARMLAND, NATURAL, OPEN_LAND, URBAN, WHOLE, PlanarMap, cut_into, planar_map_from

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.examples.landscape import Landscape

_CELL_M = 200.0
_FEWEST_FOR_STREETS = 2_000
_FEWEST_PER_UNIT = 3
# Of a random surface: wild anywhere, wild by the water, and how far by the water is, in radii of the lake.
_WILDEST, _WILD, _BY_THE_WATER = 0.86, 0.25, 1.16


@dataclass(frozen=True)
class Fabric:
    """Every parcel with what was known when it was cut; arrays have one value per face · 地块及其属性.

    Parameters
    ----------
    plane
        The planar map.
    codes
        Codes of the units, in order.
    unit
        Position of the unit in `codes`.
    kind
        `LAND`, `LAKE`, `RIVER` or `ROAD` of the first face it came from.
    feature
        Position in `features` of the lake, river or road it belongs to; 0 for land.
    features
        Names of lakes, rivers and roads, the first one empty.
    style
        How it was cut: `URBAN`, `FARMLAND`, `NATURAL` or `WHOLE`.
    block
        Block it lies in.
    street
        True for the strips between lots.
    area_m2
        Planar area.
    x
        Easting of the centroid.
    y
        Northing of the centroid.
    """

    plane: PlanarMap
    codes: tuple[str, ...]
    unit: npt.NDArray[np.int32]
    kind: npt.NDArray[np.int8]
    feature: npt.NDArray[np.int32]
    features: tuple[str, ...]
    style: npt.NDArray[np.int32]
    block: npt.NDArray[np.int32]
    street: npt.NDArray[np.bool_]
    area_m2: npt.NDArray[np.float64]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]

    def __len__(self) -> int:
        """Count the parcels · 地块数."""
        return len(self.unit)


def uneven(shape: tuple[int, int], cells: int, generator: np.random.Generator) -> npt.NDArray[np.float64]:
    """Make a smooth random surface · 平滑随机场.

    Parameters
    ----------
    shape
        Rows and columns.
    cells
        Cells from one hill to the next.
    generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray of float64
        Values from -1 to 1, of the shape given.
    """
    rows, columns = shape
    coarse = generator.uniform(-1, 1, (rows // cells + 3, columns // cells + 3))
    at_row, at_column = np.arange(rows) / cells, np.arange(columns) / cells
    i, j = at_row.astype(int), at_column.astype(int)
    s, t = at_row - i, at_column - j
    s, t = (s * s * (3 - 2 * s))[:, None], (t * t * (3 - 2 * t))[None, :]
    a, b = coarse[i][:, j], coarse[i][:, j + 1]
    c, d = coarse[i + 1][:, j], coarse[i + 1][:, j + 1]
    return np.asarray(a * (1 - s) * (1 - t) + b * (1 - s) * t + c * s * (1 - t) + d * s * t)


def weave(landscape: Landscape, parcels: int, seed: int) -> Fabric:
    """Cut the city into parcels: streets and lots in cores, strips of field, woods and shores · 剖分全市.

    Parameters
    ----------
    landscape
        The landscape.
    parcels
        Parcels of present land use to end with.
    seed
        Seed of what looks random.

    Returns
    -------
    Fabric
        The parcels.
    """
    ground = break_ground(landscape, parcels)
    codes = tuple(sorted(landscape.units))
    plane = planar_map_from(ground.rings, room_for_faces=max(parcels, len(ground.rings)))
    density, styles = _surfaces(landscape, seed)
    unit = np.array([codes.index(code) for code in ground.unit], np.int32)
    plane.marks["style"] = np.zeros(len(plane.first), np.int32)
    plane.marks["style"][: plane.faces] = np.where(ground.kind == LAND, OPEN_LAND, WHOLE)
    quotas = _quotas(plane, unit, ground.kind, density, parcels)
    cut_into(
        plane,
        parcels,
        quotas,
        density,
        styles,
        block_quota=int(np.clip(parcels // 4000, 2, 14)),
        widest_street_m=36.0 if parcels >= _FEWEST_FOR_STREETS else 0.0,
        seed=seed,
    )
    coarse = plane.mark("coarse")
    names = ("", *sorted(set(ground.feature) - {""}))
    feature = np.array([names.index(name) for name in ground.feature], np.int32)
    area, _, x, y = plane.measures()
    style = plane.mark("style").copy()
    street = plane.mark("street").astype(bool)
    return Fabric(
        plane, codes, unit[coarse], ground.kind[coarse], feature[coarse], names, style, plane.mark("block").copy(), street, area, x, y
    )


def _surfaces(landscape: Landscape, seed: int) -> tuple[tuple[float, float, float, npt.NDArray[np.float32]], npt.NDArray[np.uint8]]:
    bounds = np.array([shape.bounds for shape in landscape.units.values()])
    west, south = np.floor(bounds[:, :2].min(0) / _CELL_M) * _CELL_M
    columns, rows = (np.ceil((bounds[:, 2:].max(0) - (west, south)) / _CELL_M)).astype(int) + 1
    x, y = np.meshgrid(west + (np.arange(columns) + 0.5) * _CELL_M, south + (np.arange(rows) + 0.5) * _CELL_M)
    generator = np.random.default_rng([seed, 2])
    rough = 0.22 * uneven(x.shape, 18, generator) + 0.12 * uneven(x.shape, 6, generator)
    wild = uneven(x.shape, 26, generator) + 0.4 * uneven(x.shape, 7, generator)
    core = np.min([blob.reach(x, y) for blob in landscape.centres], axis=0) + rough
    hill = np.min([blob.reach(x, y) for blob in landscape.hills], axis=0) + 0.7 * rough
    shore = np.min([blob.reach(x, y) for blob in landscape.lakes], axis=0)
    styles = np.full(x.shape, FARMLAND, np.uint8)
    styles[(wild > _WILDEST) | ((shore < _BY_THE_WATER) & (wild > _WILD))] = NATURAL
    styles[core < 1.0] = URBAN
    styles[hill < 1.0] = NATURAL
    density = np.where(styles == FARMLAND, 1.0, 0.35)
    density = np.where(styles == URBAN, 2.2 + 2.4 * np.clip(1.0 - core, 0, 1), density)
    return (float(west), float(south), _CELL_M, density.astype(np.float32)), styles


def _quotas(
    plane: PlanarMap,
    unit: npt.NDArray[np.int32],
    kind: npt.NDArray[np.int8],
    density: tuple[float, float, float, npt.NDArray[np.float32]],
    parcels: int,
) -> npt.NDArray[np.int32]:
    """Share the parcels among the first faces by land and density, a few for every unit at least."""
    area, _, x, y = plane.measures()
    west, south, step, cells = density
    land = np.flatnonzero(kind == LAND)
    weight = np.zeros(plane.faces)
    for f in land:
        # The middle of a large face says little of it: look at a square of its size around the centroid.
        half = max(1, int(0.35 * np.sqrt(area[f]) / step))
        row = int(np.clip((y[f] - south) / step, 0, cells.shape[0] - 1))
        column = int(np.clip((x[f] - west) / step, 0, cells.shape[1] - 1))
        weight[f] = area[f] * cells[max(0, row - half) : row + half + 1, max(0, column - half) : column + half + 1].mean()
    quota = np.ones(plane.faces, np.int32)
    free = parcels - plane.faces
    if free > 0:
        exact = weight / weight.sum() * free
        quota += exact.astype(np.int32)
        rest = parcels - int(quota.sum())
        quota[land[np.argsort(-(exact - np.floor(exact))[land], kind="stable")[:rest]]] += 1
    for u in np.unique(unit):
        own = land[unit[land] == u]
        while quota[own].sum() < _FEWEST_PER_UNIT:
            quota[own[np.argmax(weight[own] / quota[own])]] += 1
            donors = np.where(
                np.isin(unit, own_units := np.flatnonzero(np.bincount(unit, quota * (kind == LAND)) > _FEWEST_PER_UNIT)), quota, 0
            )
            if len(own_units) and donors.max() > 1:
                quota[np.argmax(donors)] -= 1
    return quota
