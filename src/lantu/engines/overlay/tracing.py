"""The common ground of two simple rings, traced from crossing to crossing · 沿交点追踪两环的交集.

Most pairs that share an area do so plainly: two rings without holes cross at a few points that are clear of every vertex. Their
intersection is walked along one ring into the other and back (Weiler and Atherton 1977). Whatever is less plain - holes, several parts,
shared or touching edges, crossings at a vertex - is refused here and left to GEOS. Borders that differ by rounding alone, and rings that
touch themselves, may pass for plain: whoever takes a result holds it against the area of the kernel and asks whether it is valid.
"""

# ruff: noqa: ANN001, ANN202, PLR0913, PLR0915, PLR0917, PLR2004  # compiled loops: numba infers types, calls between them cost, and 2 or 3 name columns
# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False, disallow-untyped-calls=False
from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

# Twice as wide as the bound of Shewchuk (1997) for the sign of a determinant of coordinate differences.
_SIGN_DOUBT = 6.7e-16

# Steps of the floating-point grid by which a crossing stays clear of the ends of its edges.
_CLEAR_STEPS = 64.0

_MOST_CROSSINGS = 64
_MOST_EDGES = 512


class Side(NamedTuple):
    """One side of the pairs: features as they are, or cut down to the surroundings of their pair · 各对的一侧.

    Parameters
    ----------
    coords
        Vertices of closed rings, float64, shape ``(n_vertices, 2)``.
    ring_start
        First vertex of each ring, and the end of the last, int64.
    feature_start
        First ring of each feature, and the end of the last, int64.
    cut_coords
        As `coords`, of the features that were cut down.
    cut_ring_start
        As `ring_start`, of the features that were cut down.
    cut_feature_start
        As `feature_start`, of the features that were cut down.
    rows
        The feature of each pair, int64; where it was cut down, -1 less its place among those.
    """

    coords: npt.NDArray[np.float64]
    ring_start: npt.NDArray[np.int64]
    feature_start: npt.NDArray[np.int64]
    cut_coords: npt.NDArray[np.float64]
    cut_ring_start: npt.NDArray[np.int64]
    cut_feature_start: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]


class Traced(NamedTuple):
    """Intersections that were traced · 追踪所得交集.

    Parameters
    ----------
    coords
        Vertices of closed rings, clockwise as GEOS gives its shells, float64, shape ``(n_vertices, 2)``.
    ring_start
        First vertex of each ring, and the end of the last, int64. Every ring is a part of its own.
    feature_start
        First ring of each pair, and the end of the last, int64; a refused pair has no ring.
    area
        Area of each intersection, float64; NaN where the pair was refused.
    length
        Length of its boundary, float64.
    """

    coords: npt.NDArray[np.float64]
    ring_start: npt.NDArray[np.int64]
    feature_start: npt.NDArray[np.int64]
    area: npt.NDArray[np.float64]
    length: npt.NDArray[np.float64]


@numba.njit(nogil=True, cache=True)
def _side(px, py, qx, qy, x, y):
    """Twice the signed area of a triangle, 0 where its sign is in doubt · 点在有向线段的哪一侧."""
    left = (qx - px) * (y - py)
    right = (qy - py) * (x - px)
    twice = left - right
    return twice if abs(twice) > _SIGN_DOUBT * (abs(left) + abs(right)) else 0.0


@numba.njit(nogil=True, cache=True)
def _copy_anticlockwise(coords, begin, n, out):
    """Copy a closed ring of n edges without its last vertex, anticlockwise · 取逆时针开环."""
    twice = 0.0
    x0 = coords[begin, 0]
    y0 = coords[begin, 1]
    for at in range(begin, begin + n):
        twice += (coords[at, 0] - x0) * (coords[at + 1, 1] - y0) - (coords[at + 1, 0] - x0) * (coords[at, 1] - y0)
    for at in range(n):
        source = begin + at if twice > 0.0 else begin + n - at
        out[at, 0] = coords[source, 0]
        out[at, 1] = coords[source, 1]


@numba.njit(nogil=True, cache=True)
def _only_ring(ring_start, feature_start, row):
    """First vertex and edges of a feature of one ring; no edges where it has more or none · 单环要素."""
    ring = feature_start[row]
    if feature_start[row + 1] - ring != 1:
        return 0, 0
    return ring_start[ring], ring_start[ring + 1] - ring_start[ring] - 1


@numba.njit(nogil=True, cache=True)
def _longest(side):
    """Count the edges of the longest ring that a pair may ask for · 最长环."""
    most = 0
    for pair in range(len(side.rows)):
        row = side.rows[pair]
        if row >= 0:
            _, n = _only_ring(side.ring_start, side.feature_start, row)
        else:
            _, n = _only_ring(side.cut_ring_start, side.cut_feature_start, -1 - row)
        most = max(most, n)
    return most


@numba.njit(nogil=True, cache=True)
def _take_ring(side, pair, most, out):
    """Copy the ring of a pair's feature; gives its edges, 0 where it is not one ring or has too many · 取一侧的环."""
    row = side.rows[pair]
    if row >= 0:
        begin, n = _only_ring(side.ring_start, side.feature_start, row)
        if 0 < n <= most:
            _copy_anticlockwise(side.coords, begin, n, out)
    else:
        begin, n = _only_ring(side.cut_ring_start, side.cut_feature_start, -1 - row)
        if 0 < n <= most:
            _copy_anticlockwise(side.cut_coords, begin, n, out)
    return n if n <= most else 0


@numba.njit(nogil=True, cache=True)
def _find_crossings(one, n_one, other, n_other, edges, shares, points, enters):
    """List the plain crossings of two anticlockwise rings; -1 where one is not plain · 求两环的规则交点.

    Writes for each crossing its edge in either ring, its share along either edge, its place, and whether `one` enters `other`.
    """
    found = 0
    for i in range(n_one):
        j = i + 1 if i + 1 < n_one else 0
        px, py, qx, qy = one[i, 0], one[i, 1], one[j, 0], one[j, 1]
        west, east = min(px, qx), max(px, qx)
        south, north = min(py, qy), max(py, qy)
        for k in range(n_other):
            m = k + 1 if k + 1 < n_other else 0
            rx, ry, sx, sy = other[k, 0], other[k, 1], other[m, 0], other[m, 1]
            if max(rx, sx) < west or min(rx, sx) > east or max(ry, sy) < south or min(ry, sy) > north:
                continue
            r_side = _side(px, py, qx, qy, rx, ry)
            s_side = _side(px, py, qx, qy, sx, sy)
            if r_side * s_side > 0.0:
                continue
            p_side = _side(rx, ry, sx, sy, px, py)
            q_side = _side(rx, ry, sx, sy, qx, qy)
            if p_side * q_side > 0.0:
                continue
            if not (r_side * s_side < 0.0 and p_side * q_side < 0.0) or found == _MOST_CROSSINGS:
                return -1
            along_one = p_side / (p_side - q_side)
            along_other = r_side / (r_side - s_side)
            reach_one = max(abs(qx - px), abs(qy - py))
            reach_other = max(abs(sx - rx), abs(sy - ry))
            # The shorter edge rounds less.
            x = px + along_one * (qx - px) if reach_one <= reach_other else rx + along_other * (sx - rx)
            y = py + along_one * (qy - py) if reach_one <= reach_other else ry + along_other * (sy - ry)
            clear = _CLEAR_STEPS * 2.2e-16 * max(abs(x), abs(y))
            if min(along_one, 1.0 - along_one) * reach_one < clear or min(along_other, 1.0 - along_other) * reach_other < clear:
                return -1
            edges[found, 0] = i
            edges[found, 1] = k
            shares[found, 0] = along_one
            shares[found, 1] = along_other
            points[found, 0] = x
            points[found, 1] = y
            enters[found] = q_side > 0.0
            found += 1
    return found


@numba.njit(nogil=True, cache=True)
def _put_in_order(edges, shares, found, ring, order):
    """Sort the crossings along one of the rings; there are few · 沿环排序."""
    for at in range(found):
        place = at
        while place > 0:
            before = order[place - 1]
            if edges[before, ring] < edges[at, ring] or (
                edges[before, ring] == edges[at, ring] and shares[before, ring] < shares[at, ring]
            ):
                break
            order[place] = before
            place -= 1
        order[place] = at


@numba.njit(nogil=True, cache=True)
def _walk(ring, n, from_edge, to_edge, goes_round, out, at):
    """Copy the vertices between two crossings of a ring · 复制两交点间的顶点."""
    steps = to_edge - from_edge
    if steps < 0 or goes_round:
        steps += n
    for step in range(1, steps + 1):
        vertex = (from_edge + step) % n
        out[at, 0] = ring[vertex, 0]
        out[at, 1] = ring[vertex, 1]
        at += 1
    return at


@numba.njit(nogil=True, cache=True)
def _trace(one, n_one, other, n_other, edges, points, enters, orders, found, out, ring_ends):
    """Walk from crossing to crossing; gives the number of rings, -1 where the crossings do not alternate · 追踪."""
    places = np.empty((found, 2), np.int64)
    for ring in range(2):
        for place in range(found):
            crossing = orders[place, ring]
            places[crossing, ring] = place
            if enters[crossing] == enters[orders[place - 1 if place else found - 1, ring]]:
                return -1
    used = np.zeros(found, np.bool_)
    rings = 0
    at = 0
    for first in range(found):
        if used[first] or not enters[first]:
            continue
        begin = at
        crossing = first
        while True:
            used[crossing] = True
            out[at, 0] = points[crossing, 0]
            out[at, 1] = points[crossing, 1]
            at += 1
            place = places[crossing, 0]
            leaving = orders[place + 1 if place + 1 < found else 0, 0]
            at = _walk(
                one, n_one, edges[crossing, 0], edges[leaving, 0], place + 1 == found and edges[leaving, 0] == edges[crossing, 0], out, at
            )
            out[at, 0] = points[leaving, 0]
            out[at, 1] = points[leaving, 1]
            at += 1
            place = places[leaving, 1]
            crossing = orders[place + 1 if place + 1 < found else 0, 1]
            at = _walk(
                other,
                n_other,
                edges[leaving, 1],
                edges[crossing, 1],
                place + 1 == found and edges[leaving, 1] == edges[crossing, 1],
                out,
                at,
            )
            if crossing == first:
                break
            if used[crossing]:
                return -1
        out[at, 0] = out[begin, 0]
        out[at, 1] = out[begin, 1]
        at += 1
        ring_ends[rings] = at
        rings += 1
    return rings


@numba.njit(nogil=True, cache=True)
def _measure(ring, begin, end):
    """Area of an anticlockwise closed ring and length of its boundary · 环的面积与周长."""
    twice = 0.0
    length = 0.0
    x0 = ring[begin, 0]
    y0 = ring[begin, 1]
    for at in range(begin, end - 1):
        x1, y1 = ring[at, 0] - x0, ring[at, 1] - y0
        x2, y2 = ring[at + 1, 0] - x0, ring[at + 1, 1] - y0
        twice += x1 * y2 - x2 * y1
        length += np.sqrt((x2 - x1) ** 2 + (y2 - y1) ** 2)
    return twice / 2.0, length


@numba.njit(nogil=True, cache=True)
def _trace_all(one_side, other_side):
    """Compiled body of `trace_pairs` · 编译部分."""
    n_pairs = len(one_side.rows)
    most_one = min(_longest(one_side), _MOST_EDGES)
    most_other = min(_longest(other_side), _MOST_EDGES)
    one = np.empty((most_one + 1, 2))
    other = np.empty((most_other + 1, 2))
    edges = np.empty((_MOST_CROSSINGS, 2), np.int64)
    shares = np.empty((_MOST_CROSSINGS, 2))
    points = np.empty((_MOST_CROSSINGS, 2))
    enters = np.empty(_MOST_CROSSINGS, np.bool_)
    orders = np.empty((_MOST_CROSSINGS, 2), np.int64)
    ring_ends = np.empty(_MOST_CROSSINGS, np.int64)
    traced = np.empty((most_one + most_other + 4 * _MOST_CROSSINGS, 2))
    coords = np.empty((32 * n_pairs + 1024, 2))
    ring_start = np.zeros(n_pairs + n_pairs // 8 + _MOST_CROSSINGS + 1, np.int64)
    feature_start = np.zeros(n_pairs + 1, np.int64)
    area = np.full(n_pairs, np.nan)
    length = np.zeros(n_pairs)
    n_coords = 0
    n_rings = 0
    for pair in range(n_pairs):
        feature_start[pair + 1] = n_rings
        n_one = _take_ring(one_side, pair, most_one, one)
        n_other = _take_ring(other_side, pair, most_other, other) if n_one else 0
        if n_other == 0:
            continue
        found = _find_crossings(one, n_one, other, n_other, edges, shares, points, enters)
        if found < 2:
            continue
        _put_in_order(edges, shares, found, 0, orders[:, 0])
        _put_in_order(edges, shares, found, 1, orders[:, 1])
        rings = _trace(one, n_one, other, n_other, edges, points, enters, orders, found, traced, ring_ends)
        if rings < 1:
            continue
        size = ring_ends[rings - 1]
        if n_coords + size > len(coords):
            grown = np.empty((2 * len(coords) + size, 2))
            grown[:n_coords] = coords[:n_coords]
            coords = grown
        if n_rings + rings + 1 > len(ring_start):
            grown_start = np.zeros(2 * len(ring_start) + rings, np.int64)
            grown_start[: n_rings + 1] = ring_start[: n_rings + 1]
            ring_start = grown_start
        area[pair] = 0.0
        begin = 0
        for ring in range(rings):
            end = ring_ends[ring]
            ring_area, ring_length = _measure(traced, begin, end)
            area[pair] += ring_area
            length[pair] += ring_length
            for at in range(begin, end):
                coords[n_coords + at - begin, 0] = traced[begin + end - 1 - at, 0]
                coords[n_coords + at - begin, 1] = traced[begin + end - 1 - at, 1]
            n_coords += end - begin
            n_rings += 1
            ring_start[n_rings] = n_coords
            begin = end
        feature_start[pair + 1] = n_rings
    return coords[:n_coords], ring_start[: n_rings + 1], feature_start, area, length


def trace_pairs(one: Side, other: Side) -> Traced:
    """Trace the intersection of each pair that is plain · 追踪规则相交的各对.

    Parameters
    ----------
    one
        One feature per pair, in the units of a plane CRS.
    other
        Its partner, in the same CRS.

    Returns
    -------
    Traced
        The intersections; a pair is refused where a side is not one ring without holes, where the rings touch, share an edge
        or cross at a vertex, or where they do not cross at all.

    Notes
    -----
    Weiler, K. and Atherton, P. (1977): Hidden surface removal using polygon area sorting. Signs are trusted where they exceed
    the bound of Shewchuk, J. R. (1997): Adaptive precision floating-point arithmetic and fast robust geometric predicates.
    """
    return Traced(*_trace_all(one, other))
