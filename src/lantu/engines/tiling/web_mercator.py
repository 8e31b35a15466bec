"""From the city's coordinates to the square of the web map, as exact as asked for and fast · 城市坐标到网络墨卡托."""

# ruff: noqa: ANN001  # numba infers the types of compiled functions
# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False, disallow-untyped-calls=False

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numba
import numpy as np

from lantu.engines.overlay.moving import move_box, move_points

if TYPE_CHECKING:
    import numpy.typing as npt

    Box = tuple[float, float, float, float]

HALF_WORLD_M = 20_037_508.342789244
"""Half the side of the web map's square in its own metres."""
WEB_MERCATOR = "EPSG:3857"
LON_LAT = "OGC:CRS84"
WORST_LATITUDE = 85.051128779806604
WORST_ERROR_M = 0.001
"""A fitted transform may be this far off, in metres of the web map; else every vertex is projected exactly."""

_DEGREES = (4, 6, 8, 10)
_ASKED_POINTS = 24


@dataclass(frozen=True, eq=False)
class WorldTransform:
    """Takes coordinates of one CRS, inside one box, to the unit square of the web map · 到单位方的变换.

    Parameters
    ----------
    crs
        Authority and code of what comes in.
    centre
        Middle of the box.
    half
        Half its width and height.
    powers
        Powers of x and y of each term, shape ``(terms, 2)``; empty where every vertex is projected exactly.
    factors
        Factors of each term for x and y of the unit square, shape ``(terms, 2)``.
    worst_m
        Largest distance seen between the fit and the projection, in metres of the web map.
    """

    crs: str
    centre: tuple[float, float]
    half: tuple[float, float]
    powers: npt.NDArray[np.int64]
    factors: npt.NDArray[np.float64]
    worst_m: float

    def __call__(self, coords: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Transform vertices; the same vertex gives the same point, whichever feature it belongs to · 变换顶点.

        Parameters
        ----------
        coords
            x (east), y (north) in the CRS, shape ``(n, 2)``.

        Returns
        -------
        numpy.ndarray of float64
            x from the west edge, y from the north edge of the map, both 0 to 1, shape ``(n, 2)``.
        """
        if not len(self.powers):
            return _exactly(self.crs, coords)
        moved = np.empty_like(coords)
        degree = int(self.powers.max())
        _evaluate(np.ascontiguousarray(coords), *self.centre, *self.half, self.powers, self.factors, degree, moved)
        return moved


def _exactly(crs: str, coords: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    there = move_points(coords, crs, WEB_MERCATOR)
    return np.column_stack([(there[:, 0] / HALF_WORLD_M + 1) / 2, (1 - there[:, 1] / HALF_WORLD_M) / 2])


@numba.njit(nogil=True, cache=True)
def _evaluate(coords, centre_x, centre_y, half_x, half_y, powers, factors, degree, moved):  # noqa: PLR0913, PLR0917  # compiled code takes arrays one by one
    """Add up the terms of the fit at each vertex."""
    xs = np.ones(degree + 1)
    ys = np.ones(degree + 1)
    for vertex in range(len(coords)):
        u = (coords[vertex, 0] - centre_x) / half_x
        v = (coords[vertex, 1] - centre_y) / half_y
        for power in range(1, degree + 1):
            xs[power] = xs[power - 1] * u
            ys[power] = ys[power - 1] * v
        x = 0.0
        y = 0.0
        for term in range(len(powers)):
            both = xs[powers[term, 0]] * ys[powers[term, 1]]
            x += factors[term, 0] * both
            y += factors[term, 1] * both
        moved[vertex, 0] = x
        moved[vertex, 1] = y


@lru_cache(maxsize=64)
def world_transform(crs: str, box: Box) -> WorldTransform:
    """Fit the projection over a box, or fall back on projecting every vertex · 拟合投影.

    Over the extent of a city the way from Gauss-Krüger to the web map is so smooth that a polynomial of a few terms follows
    it to a fraction of a millimetre, at a hundredth of the cost. The fit is held against the projection at points it was not
    made from, and is refused where it strays by more than `WORST_ERROR_M`.

    Parameters
    ----------
    crs
        Authority and code.
    box
        xmin, ymin, xmax, ymax of everything that will be transformed, in that CRS.

    Returns
    -------
    WorldTransform
        Deterministic: the same CRS and box give the same transform.
    """
    xmin, ymin, xmax, ymax = box
    centre = (xmin + xmax) / 2, (ymin + ymax) / 2
    half = max((xmax - xmin) / 2, 1e-6), max((ymax - ymin) / 2, 1e-6)
    for degree in _DEGREES:
        powers = np.array([(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)], np.int64)
        nodes = np.cos(np.pi * (np.arange(2 * degree + 1) + 0.5) / (2 * degree + 1))
        u, v = (side.ravel() for side in np.meshgrid(nodes, nodes))
        there = _exactly(crs, np.column_stack([centre[0] + u * half[0], centre[1] + v * half[1]]))
        if not np.isfinite(there).all():
            break
        terms = u[:, None] ** powers[:, 0] * v[:, None] ** powers[:, 1]
        factors, *_ = np.linalg.lstsq(terms, there, rcond=None)
        fitted = WorldTransform(crs, centre, half, powers, np.ascontiguousarray(factors), 0.0)
        steps = np.linspace(-1, 1, _ASKED_POINTS)
        u, v = (side.ravel() for side in np.meshgrid(steps, steps))
        asked = np.column_stack([centre[0] + u * half[0], centre[1] + v * half[1]])
        worst = float(np.abs(fitted(asked) - _exactly(crs, asked)).max()) * 2 * HALF_WORLD_M
        if worst <= WORST_ERROR_M:
            return WorldTransform(crs, centre, half, powers, fitted.factors, worst)
    return WorldTransform(crs, centre, half, np.empty((0, 2), np.int64), np.empty((0, 2)), 0.0)


def tile_box(z: int, x: int, y: int) -> Box:
    """Give the box of a tile in the metres of the web map · 瓦片范围（网络墨卡托）.

    Parameters
    ----------
    z
        Zoom.
    x
        Column from the west.
    y
        Row from the north.

    Returns
    -------
    tuple of float
        xmin, ymin, xmax, ymax.
    """
    side = 2 * HALF_WORLD_M / (1 << z)
    west, north = x * side - HALF_WORLD_M, HALF_WORLD_M - y * side
    return west, north - side, west + side, north


def tile_at(z: int, lon: float, lat: float) -> tuple[int, int]:
    """Find the tile that holds a place · 经纬度所在瓦片.

    Parameters
    ----------
    z
        Zoom.
    lon
        Degrees east.
    lat
        Degrees north; beyond the map's edge the outermost row is given.

    Returns
    -------
    tuple of int
        Column and row.
    """
    count = 1 << z
    bounded = math.radians(min(max(lat, -WORST_LATITUDE), WORST_LATITUDE))
    x = math.floor((lon + 180) / 360 * count)
    y = math.floor((1 - math.asinh(math.tan(bounded)) / math.pi) / 2 * count)
    return min(max(x, 0), count - 1), min(max(y, 0), count - 1)


def box_in_crs(crs: str, z: int, x: int, y: int, margin: float = 0.0) -> Box:
    """Give a box in a CRS that holds a tile and a margin around it · 瓦片在城市坐标系中的范围.

    Parameters
    ----------
    crs
        Authority and code.
    z
        Zoom.
    x
        Column.
    y
        Row.
    margin
        Added on every side, as a share of the tile's side.

    Returns
    -------
    tuple of float
        xmin, ymin, xmax, ymax; the edges of a tile are curved in a city's CRS, so points along them are asked for.
    """
    west, south, east, north = tile_box(z, x, y)
    by = margin * (east - west)
    return move_box((west - by, south - by, east + by, north + by), WEB_MERCATOR, crs)


@lru_cache(maxsize=64)
def degrees_in_crs(crs: str, degrees: Box) -> Box:
    """Give a box in a CRS that holds a box in degrees · 经纬度范围转城市坐标系.

    Parameters
    ----------
    crs
        Authority and code.
    degrees
        West, south, east, north.

    Returns
    -------
    tuple of float
        xmin, ymin, xmax, ymax.
    """
    return move_box(degrees, LON_LAT, crs)


def crs_in_degrees(crs: str, box: Box) -> Box:
    """Give a box in degrees that holds a box of a CRS · 城市坐标系范围转经纬度.

    Parameters
    ----------
    crs
        Authority and code.
    box
        xmin, ymin, xmax, ymax.

    Returns
    -------
    tuple of float
        West, south, east, north.
    """
    return move_box(box, crs, LON_LAT)
