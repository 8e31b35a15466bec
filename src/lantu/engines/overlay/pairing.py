"""All pairs of two sets of polygons, measured row by row · 逐行测量两组多边形的所有相交对."""

# ruff: noqa: ANN001, ANN201, ANN202, PLR0913, PLR0917  # compiled loops: numba infers types, calls between them cost, and 2 or 3 name columns
# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False, disallow-untyped-calls=False
from __future__ import annotations

import numba
import numpy as np

from lantu.engines.overlay.index import find_overlapping
from lantu.engines.overlay.kernel import measure_pair

_BOXES = 128
_NODES = 1024

# Share of its area by which the two ways of measuring a sound feature may differ in rounding.
_NOTICEABLE = 1e-11


@numba.njit(nogil=True, cache=True)
def _most_vertices(shapes, rows):
    """Count the vertices of the largest feature · 最大要素的顶点数."""
    most = 0
    for index in range(len(rows)):
        row = rows[index]
        most = max(most, shapes.ring_start[shapes.feature_start[row + 1]] - shapes.ring_start[shapes.feature_start[row]])
    return most


@numba.njit(nogil=True, cache=True)
def _goes_first(first, a, second, b):
    """Decide which of two features plays the upper part, whichever set it stands in · 决定两要素的角色.

    The one with fewer vertices, so that the other's tree is searched; the choice rests on the two features alone, so
    that the result depends neither on the order of the sets nor on other features.
    """
    a_vertices = first.ring_start[first.feature_start[a + 1]] - first.ring_start[first.feature_start[a]]
    b_vertices = second.ring_start[second.feature_start[b + 1]] - second.ring_start[second.feature_start[b]]
    if a_vertices != b_vertices:
        return a_vertices < b_vertices
    if first.area[a] != second.area[b]:
        return first.area[a] < second.area[b]
    for side in range(4):
        if first.bounds[a, side] != second.bounds[b, side]:
            return first.bounds[a, side] < second.bounds[b, side]
    return True


@numba.njit(nogil=True, cache=True)
def measure_rows(outer, rows, inner, tree, weight, most_inner):
    """Measure every pair of some features of one set with all features of another · 测量部分要素与另一组的相交对.

    Parameters
    ----------
    outer
        `Prepared` that holds `rows`.
    rows
        Rows to work on, int64.
    inner
        `Prepared` to search.
    tree
        `FeatureTree` over `inner`.
    weight
        `Weight`, empty where the ellipsoid is not asked for.
    most_inner
        Vertices of the largest feature of `inner`.

    Returns
    -------
    tuple
        Rows of pairs: outer, inner, area, ellipsoidal area, flag (1 where the pair is suspect); and the number of
        pairs that touch without area.
    """
    most = max(_most_vertices(outer, rows), most_inner)
    upper = np.empty((2 * most + 4, 7))
    lower = np.empty((2 * most + 4, 7))
    stack = np.empty(_NODES, np.int64)
    stack_level = np.empty(_NODES, np.int64)
    boxes = np.empty((_BOXES, 5))
    found = np.empty(max(len(tree.rows), 1), np.int64)
    room = max(2 * len(rows), 16)
    pair_rows = np.empty((room, 2), np.int32)
    pair_areas = np.empty((room, 2))
    pair_flags = np.empty(room, np.uint8)
    pairs = 0
    contacts = 0
    for index in range(len(rows)):
        a = rows[index]
        bounds = outer.bounds[a]
        if np.isnan(bounds[0]):
            continue
        candidates = find_overlapping(tree, bounds[0], bounds[1], bounds[2], bounds[3], found, stack, stack_level)
        if pairs + candidates > room:
            room = max(2 * room, pairs + candidates)
            new_rows = np.empty((room, 2), np.int32)
            new_rows[:pairs] = pair_rows[:pairs]
            pair_rows = new_rows
            new_areas = np.empty((room, 2))
            new_areas[:pairs] = pair_areas[:pairs]
            pair_areas = new_areas
            new_flags = np.empty(room, np.uint8)
            new_flags[:pairs] = pair_flags[:pairs]
            pair_flags = new_flags
        for candidate in range(candidates):
            b = found[candidate]
            if _goes_first(outer, a, inner, b):
                area, ellipsoidal, resolution, odd = measure_pair(outer, a, inner, b, weight, upper, lower, stack, boxes)
            else:
                area, ellipsoidal, resolution, odd = measure_pair(inner, b, outer, a, weight, upper, lower, stack, boxes)
            most_possible = min(outer.area[a], inner.area[b])
            suspect = odd != 0.0 or area < -resolution or area > most_possible * (1.0 + 1e-12) + resolution
            if area > resolution or suspect:
                pair_rows[pairs, 0] = a
                pair_rows[pairs, 1] = b
                pair_areas[pairs, 0] = area
                pair_areas[pairs, 1] = ellipsoidal
                pair_flags[pairs] = suspect
                pairs += 1
            elif resolution > 0.0:
                contacts += 1
    return pair_rows[:pairs], pair_areas[:pairs], pair_flags[:pairs], contacts


@numba.njit(nogil=True, cache=True)
def measure_alone(shapes, rows, weight, on_ellipsoid):
    """Measure features on the ellipsoid, each by itself · 逐要素求椭球面积.

    Parameters
    ----------
    shapes
        `Prepared`.
    rows
        Rows to work on.
    weight
        `Weight`.
    on_ellipsoid
        Written at `rows`: area on the ellipsoid, m².
    """
    most = _most_vertices(shapes, rows)
    upper = np.empty((2 * most + 4, 7))
    lower = np.empty((2, 7))
    stack = np.empty(_NODES, np.int64)
    boxes = np.empty((_BOXES, 5))
    for index in range(len(rows)):
        row = rows[index]
        if np.isnan(shapes.bounds[row, 0]):
            on_ellipsoid[row] = 0.0
            continue
        _, on_ellipsoid[row], _, _ = measure_pair(shapes, row, shapes, -1, weight, upper, lower, stack, boxes)


@numba.njit(nogil=True, cache=True)
def measure_with_itself(shapes, rows, weight, excess):
    """Measure how much of each feature is covered more than once by its own rings · 求要素自身重复覆盖的面积.

    The intersection of a polygon with itself is the square of how often its rings wind around each point; a valid
    polygon winds once, so that its excess is nothing.

    Parameters
    ----------
    shapes
        `Prepared`.
    rows
        Rows to work on.
    weight
        `Weight` with empty coefficients.
    excess
        Written at `rows`: area of the feature with itself less its own area, m²; 0 within rounding.
    """
    most = _most_vertices(shapes, rows)
    upper = np.empty((2 * most + 4, 7))
    lower = np.empty((2 * most + 4, 7))
    stack = np.empty(_NODES, np.int64)
    boxes = np.empty((_BOXES, 5))
    for index in range(len(rows)):
        row = rows[index]
        excess[row] = 0.0
        if np.isnan(shapes.bounds[row, 0]):
            continue
        area, _, resolution, _ = measure_pair(shapes, row, shapes, row, weight, upper, lower, stack, boxes)
        if abs(area - shapes.area[row]) > max(resolution, _NOTICEABLE * shapes.area[row]):
            excess[row] = area - shapes.area[row]
