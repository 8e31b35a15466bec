"""Trees over the edges of large polygons and over the bounds of features · 边树与要素树."""

# ruff: noqa: ANN001, ANN201, ANN202, PLR0913, PLR0917  # compiled loops: numba infers types, calls between them cost, and 2 or 3 name columns
# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False, disallow-untyped-calls=False
from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba
import numpy as np

from lantu.engines.overlay.kernel import Prepared

if TYPE_CHECKING:
    from lantu.engines.overlay.polygons import Polygons

LEAF_EDGES = 16
"""Edges in a leaf; consecutive ones of one ring, so that a leaf is a chain."""

FANOUT = 8
"""Children of a node."""

PLAIN_EDGES = 64
"""Features up to this many vertices have no tree: reading all their edges is faster."""


class FeatureTree(NamedTuple):
    """Boxes over features near one another · 要素外包矩形树.

    Parameters
    ----------
    rows
        Features with a geometry, in the order of their leaves.
    bounds
        Of the features in that order, then of the nodes level by level up to the root, shape ``(n, 4)``.
    level_start
        Where each level begins, the leaves' level first, and the end of the last.
    """

    rows: np.ndarray
    bounds: np.ndarray
    level_start: np.ndarray


@numba.njit(nogil=True, cache=True)
def _measure_rings(coords, ring_start, ring_part, feature_start, ring_sign, area):
    """Find the direction of every ring and the area of every feature · 求环的方向与要素面积."""
    for row in range(len(feature_start) - 1):
        total = 0.0
        for ring in range(feature_start[row], feature_start[row + 1]):
            begin = ring_start[ring]
            x0 = coords[begin, 0]
            y0 = coords[begin, 1]
            twice = 0.0
            x1 = 0.0
            y1 = 0.0
            # Coordinates count from the first vertex: at 4e7 m their products would lose the square metre.
            for vertex in range(begin + 1, ring_start[ring + 1]):
                x2 = coords[vertex, 0] - x0
                y2 = coords[vertex, 1] - y0
                twice += x1 * y2 - x2 * y1
                x1 = x2
                y1 = y2
            shell = ring == feature_start[row] or ring_part[ring] != ring_part[ring - 1]
            outward = 1.0 if shell else -1.0
            ring_sign[ring] = outward if twice >= 0.0 else -outward
            total += outward * 0.5 * abs(twice)
        area[row] = total


@numba.njit(nogil=True, cache=True)
def _count_nodes(ring_start, feature_start, node_start):
    """Count the tree nodes of every feature · 统计树节点数."""
    node_start[0] = 0
    for row in range(len(feature_start) - 1):
        first = feature_start[row]
        last = feature_start[row + 1]
        nodes = 0
        if ring_start[last] - ring_start[first] > PLAIN_EDGES:
            level = 0
            for ring in range(first, last):
                level += (ring_start[ring + 1] - ring_start[ring] - 1 + LEAF_EDGES - 1) // LEAF_EDGES
            nodes = level
            while level > 1:
                level = (level + FANOUT - 1) // FANOUT
                nodes += level
        node_start[row + 1] = node_start[row] + nodes


@numba.njit(nogil=True, cache=True)
def _fill_nodes(coords, ring_start, feature_start, node_start, node_bounds, node_link):
    """Build the tree of every feature that has one · 建立边树."""
    for row in range(len(feature_start) - 1):
        node = node_start[row]
        if node_start[row + 1] == node:
            continue
        level_begin = node
        for ring in range(feature_start[row], feature_start[row + 1]):
            final = ring_start[ring + 1] - 1
            for begin in range(ring_start[ring], final, LEAF_EDGES):
                end = min(begin + LEAF_EDGES, final)
                node_bounds[node, 0] = coords[begin : end + 1, 0].min()
                node_bounds[node, 1] = coords[begin : end + 1, 1].min()
                node_bounds[node, 2] = coords[begin : end + 1, 0].max()
                node_bounds[node, 3] = coords[begin : end + 1, 1].max()
                node_link[node, 0] = -1
                node_link[node, 1] = -1
                node_link[node, 2] = begin
                node_link[node, 3] = end
                node_link[node, 4] = ring
                node += 1
        level_end = node
        while level_end - level_begin > 1:
            for child in range(level_begin, level_end, FANOUT):
                child_end = min(child + FANOUT, level_end)
                node_bounds[node, 0] = node_bounds[child:child_end, 0].min()
                node_bounds[node, 1] = node_bounds[child:child_end, 1].min()
                node_bounds[node, 2] = node_bounds[child:child_end, 2].max()
                node_bounds[node, 3] = node_bounds[child:child_end, 3].max()
                node_link[node, 0] = child
                node_link[node, 1] = child_end
                node_link[node, 2] = node_link[child, 2]
                node_link[node, 3] = node_link[child_end - 1, 3]
                ring = node_link[child, 4]
                for other in range(child + 1, child_end):
                    if node_link[other, 4] != ring:
                        ring = -1
                node_link[node, 4] = ring
                node += 1
            level_begin = level_end
            level_end = node


def prepare(polygons: Polygons) -> Prepared:
    """Give the kernel what it needs of a set of polygons · 为内核准备多边形集合.

    Parameters
    ----------
    polygons
        The polygons; not changed.

    Returns
    -------
    Prepared
        Without ellipsoidal areas.
    """
    ring_sign = np.empty(len(polygons.ring_part))
    area = np.empty(len(polygons))
    _measure_rings(polygons.coords, polygons.ring_start, polygons.ring_part, polygons.feature_start, ring_sign, area)
    node_start = np.empty(len(polygons) + 1, np.int64)
    _count_nodes(polygons.ring_start, polygons.feature_start, node_start)
    node_bounds = np.empty((node_start[-1], 4))
    node_link = np.empty((node_start[-1], 5), np.int64)
    _fill_nodes(polygons.coords, polygons.ring_start, polygons.feature_start, node_start, node_bounds, node_link)
    return Prepared(
        polygons.coords,
        polygons.ring_start,
        ring_sign,
        polygons.feature_start,
        polygons.bounds,
        area,
        np.empty(0),
        node_start,
        node_bounds,
        node_link,
    )


@numba.njit(nogil=True, cache=True)
def _spread(number):
    """Put a zero bit between any two bits of a 16-bit number · 交错插零."""
    number = (number | (number << 8)) & 0x00FF00FF
    number = (number | (number << 4)) & 0x0F0F0F0F
    number = (number | (number << 2)) & 0x33333333
    return (number | (number << 1)) & 0x55555555


@numba.njit(nogil=True, cache=True)
def _order_along_curve(bounds, rows, west, south, scale_x, scale_y, key):
    """Give features their place along a Z-shaped curve · 按 Z 曲线编号."""
    for index in range(len(rows)):
        row = rows[index]
        column = np.int64((0.5 * (bounds[row, 0] + bounds[row, 2]) - west) * scale_x)
        line = np.int64((0.5 * (bounds[row, 1] + bounds[row, 3]) - south) * scale_y)
        key[index] = _spread(column) | (_spread(line) << 1)


@numba.njit(nogil=True, cache=True)
def _fill_levels(bounds, level_start):
    """Bound every group of nodes by one of the next level · 逐级求外包矩形."""
    for level in range(1, len(level_start) - 1):
        node = level_start[level]
        for child in range(level_start[level - 1], level_start[level], FANOUT):
            child_end = min(child + FANOUT, level_start[level])
            bounds[node, 0] = bounds[child:child_end, 0].min()
            bounds[node, 1] = bounds[child:child_end, 1].min()
            bounds[node, 2] = bounds[child:child_end, 2].max()
            bounds[node, 3] = bounds[child:child_end, 3].max()
            node += 1


def grow_feature_tree(bounds: np.ndarray) -> FeatureTree:
    """Build a tree over the bounds of features · 建立要素树.

    Parameters
    ----------
    bounds
        xmin, ymin, xmax, ymax of each feature, NaN where it has no rings, shape ``(n, 4)``.

    Returns
    -------
    FeatureTree
        Features without rings are left out.
    """
    rows = np.flatnonzero(~np.isnan(bounds[:, 0]))
    if len(rows):
        west, south = bounds[rows, 0].min(), bounds[rows, 1].min()
        wide = max(bounds[rows, 2].max() - west, 1e-300)
        high = max(bounds[rows, 3].max() - south, 1e-300)
        key = np.empty(len(rows), np.int64)
        _order_along_curve(bounds, rows, west, south, 65535.0 / wide, 65535.0 / high, key)
        rows = rows[np.argsort(key, kind="stable")]
    sizes = [len(rows)]
    while sizes[-1] > 1:
        sizes.append((sizes[-1] + FANOUT - 1) // FANOUT)
    level_start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    nodes = np.empty((level_start[-1], 4))
    nodes[: len(rows)] = bounds[rows]
    _fill_levels(nodes, level_start)
    return FeatureTree(rows, nodes, level_start)


@numba.njit(nogil=True, cache=True)
def find_overlapping(tree, west, south, east, north, found, stack_node, stack_level):
    """Find the features whose bounds share more than an edge with a box · 查找与框相交的要素.

    Parameters
    ----------
    tree
        `FeatureTree`.
    west
        Left side of the box.
    south
        Lower side.
    east
        Right side.
    north
        Upper side.
    found
        Written: rows, ascending; as long as the number of features.
    stack_node
        Room for nodes under way.
    stack_level
        Room for their levels.

    Returns
    -------
    int
        How many were found.
    """
    count = 0
    levels = len(tree.level_start) - 1
    if len(tree.rows) == 0:
        return count
    pending = 1
    stack_node[0] = tree.level_start[levels - 1]
    stack_level[0] = levels - 1
    while pending > 0:
        pending -= 1
        node = stack_node[pending]
        level = stack_level[pending]
        if tree.bounds[node, 0] >= east or tree.bounds[node, 1] >= north or tree.bounds[node, 2] <= west or tree.bounds[node, 3] <= south:
            continue
        if level == 0:
            found[count] = tree.rows[node]
            count += 1
            continue
        child = tree.level_start[level - 1] + (node - tree.level_start[level]) * FANOUT
        for other in range(child, min(child + FANOUT, tree.level_start[level])):
            stack_node[pending] = other
            stack_level[pending] = level - 1
            pending += 1
    found[:count].sort()
    return count
