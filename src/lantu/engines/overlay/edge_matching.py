"""Edges that cancel, edges that meet a vertex, boxes that meet: the linear passes · 边的抵消、结点与外框匹配."""

# ruff: noqa: ANN001, ANN201, ANN202, PLR0913, PLR0917, C901, PLR0912  # numba infers types; compiled loops take arrays one by one
# The types are numba's; mypy would check a language that never runs.
# mypy: ignore-errors

from __future__ import annotations

import numba
import numpy as np


@numba.njit(nogil=True, cache=True)
def ring_areas(coords, ring_start):
    """Signed area of each ring, counter-clockwise positive · 环的有向面积."""
    n_rings = len(ring_start) - 1
    area = np.zeros(n_rings)
    for ring in range(n_rings):
        first = ring_start[ring]
        x0 = coords[first, 0]
        y0 = coords[first, 1]
        total = 0.0
        for k in range(first, ring_start[ring + 1] - 1):
            total += (coords[k, 0] - x0) * (coords[k + 1, 1] - y0) - (coords[k + 1, 0] - x0) * (coords[k, 1] - y0)
        area[ring] = total / 2
    return area


@numba.njit(nogil=True, cache=True)
def signed_edges(coords, ring_start, ring_sign):
    """List the edges of rings, lesser end first, +1 where the interior lies on their left · 列出有向边.

    `ring_sign` is +1 for a ring that runs with its interior on the left, -1 for one that does not.
    """
    n_edges = len(coords) - (len(ring_start) - 1)
    ends = np.empty((n_edges, 4))
    net = np.empty(n_edges, np.int32)
    at = 0
    for ring in range(len(ring_start) - 1):
        for k in range(ring_start[ring], ring_start[ring + 1] - 1):
            # Adding 0.0 turns -0.0 into 0.0, which has other bits and would miss its twin.
            ax = coords[k, 0] + 0.0
            ay = coords[k, 1] + 0.0
            bx = coords[k + 1, 0] + 0.0
            by = coords[k + 1, 1] + 0.0
            if ax == bx and ay == by:
                continue
            sign = ring_sign[ring]
            if bx < ax or (bx == ax and by < ay):
                ax, ay, bx, by = bx, by, ax, ay
                sign = -sign
            ends[at, 0] = ax
            ends[at, 1] = ay
            ends[at, 2] = bx
            ends[at, 3] = by
            net[at] = sign
            at += 1
    return ends[:at], net[:at]


@numba.njit(nogil=True, cache=True)
def _mix(value, seed):
    """Mix 64 bits into a hash · 混合哈希."""
    value = (value ^ seed) * np.uint64(0x9E3779B97F4A7C15)
    value ^= value >> np.uint64(29)
    value *= np.uint64(0xBF58476D1CE4E5B9)
    return value ^ (value >> np.uint64(32))


@numba.njit(nogil=True, cache=True)
def cancel(ends, bits, net):
    """Sum equal edges and keep those whose sum is not zero · 合并相同的边，仅留未抵消者.

    `bits` is `ends` seen as unsigned integers. Coordinates are compared, so a collision of hashes costs
    time and never an answer. Gives the row of each surviving edge and its sum.
    """
    count = len(ends)
    size = 16
    while size < 2 * count:
        size *= 2
    mask = np.uint64(size - 1)
    table = np.full(size, -1, np.int32)
    total = np.zeros(count, np.int32)
    for row in range(count):
        key = np.uint64(0)
        for k in range(4):
            key = _mix(bits[row, k], key)
        slot = key & mask
        while True:
            held = table[slot]
            if held < 0:
                table[slot] = row
                total[row] = net[row]
                break
            if (
                bits[held, 0] == bits[row, 0]
                and bits[held, 1] == bits[row, 1]
                and bits[held, 2] == bits[row, 2]
                and bits[held, 3] == bits[row, 3]
            ):
                total[held] += net[row]
                break
            slot = (slot + np.uint64(1)) & mask
    kept = np.flatnonzero(total)
    return kept, total[kept]


@numba.njit(nogil=True, cache=True)
def _row_range(keys, low, high):
    """Rows of sorted keys in a closed range · 区间内的行."""
    return np.searchsorted(keys, low, side="left"), np.searchsorted(keys, high, side="right")


@numba.njit(nogil=True, cache=True)
def merge_points(points, cell, order, keys, distance):
    """Map each point to the first point, in the order given, that lies within a distance · 合并相近点.

    `points` are sorted by x and y, so the answer does not depend on the order of features. `cell` holds the
    column and row of each point in a grid as fine as `distance`; `order` sorts the points by
    ``column << 32 | row`` and `keys` are these in that order.
    """
    count = len(points)
    target = np.full(count, -1, np.int64)
    for i in range(count):
        best = -1
        best_square = distance * distance
        for column in range(cell[i, 0] - 1, cell[i, 0] + 2):
            first, last = _row_range(keys, (column << 32) | (cell[i, 1] - 1), (column << 32) | (cell[i, 1] + 1))
            for k in range(first, last):
                j = order[k]
                if j >= i or target[j] != j:
                    continue
                square = (points[i, 0] - points[j, 0]) ** 2 + (points[i, 1] - points[j, 1]) ** 2
                if square < best_square or (square == best_square and (best < 0 or j < best)):
                    best = j
                    best_square = square
        target[i] = i if best < 0 else best
    return target


@numba.njit(nogil=True, cache=True)
def points_on_edges(ends, points, origin_x, origin_y, step, order, keys, distance):
    """Find the points that lie within a distance of the inside of an edge · 查找落在边上的点.

    Points are sorted into a grid of cells of size `step` from the origin, as in `merge_points`. Gives edge, point,
    parameter along the edge and distance from it, by edge.
    """
    edges = [np.int64(0) for _ in range(0)]
    found = [np.int64(0) for _ in range(0)]
    along = [0.0 for _ in range(0)]
    apart = [0.0 for _ in range(0)]
    for e in range(len(ends)):
        ax, ay, bx, by = ends[e, 0], ends[e, 1], ends[e, 2], ends[e, 3]
        dx, dy = bx - ax, by - ay
        square = dx * dx + dy * dy
        first_column = np.int64(np.floor((ax - distance - origin_x) / step))
        last_column = np.int64(np.floor((bx + distance - origin_x) / step))
        for column in range(first_column, last_column + 1):
            # The stretch of the edge over this column, so that a long slanting edge does not visit its whole box.
            left = max(ax, origin_x + column * step - distance)
            right = min(bx, origin_x + (column + 1) * step + distance)
            y1, y2 = ay, by
            if dx > 0.0:
                y1 = ay + dy * max(0.0, min(1.0, (left - ax) / dx))
                y2 = ay + dy * max(0.0, min(1.0, (right - ax) / dx))
            low = np.int64(np.floor((min(y1, y2) - distance - origin_y) / step))
            high = np.int64(np.floor((max(y1, y2) + distance - origin_y) / step))
            first, last = _row_range(keys, (column << 32) | max(low, 0), (column << 32) | max(high, 0))
            for k in range(first, last):
                p = order[k]
                px, py = points[p, 0] - ax, points[p, 1] - ay
                t = (px * dx + py * dy) / square
                if t <= 0.0 or t >= 1.0:
                    continue
                off = abs(px * dy - py * dx) / np.sqrt(square)
                if off > distance:
                    continue
                if (points[p, 0] == ax and points[p, 1] == ay) or (points[p, 0] == bx and points[p, 1] == by):
                    continue
                edges.append(e)
                found.append(p)
                along.append(t)
                apart.append(off)
    return np.array(edges), np.array(found), np.array(along), np.array(apart)


@numba.njit(nogil=True, cache=True)
def _cell(value, low, step, count):
    """Cell of a value along one axis, inside the grid · 所在格."""
    return min(count - 1, max(0, np.int64((value - low) / step)))


@numba.njit(nogil=True, cache=True)
def box_pairs(few, many, margin):
    """Find every pair of boxes that meet; the first set, the smaller one, is put into a grid · 外框相交的配对.

    Boxes are xmin, ymin, xmax, ymax; rows with NaN meet nothing. Gives rows of `few` and of `many`, by row of `many`.
    """
    left = [np.int64(0) for _ in range(0)]
    right = [np.int64(0) for _ in range(0)]
    usable = 0
    x0, y0, x1, y1 = np.inf, np.inf, -np.inf, -np.inf
    for i in range(len(few)):
        if few[i, 0] <= few[i, 2]:
            usable += 1
            x0 = min(x0, few[i, 0])
            y0 = min(y0, few[i, 1])
            x1 = max(x1, few[i, 2])
            y1 = max(y1, few[i, 3])
    if usable == 0:
        return np.array(left), np.array(right)
    side = max(1, min(2048, np.int64(np.sqrt(usable))))
    step_x = max((x1 - x0) / side, 1e-12)
    step_y = max((y1 - y0) / side, 1e-12)
    start = np.zeros(side * side + 1, np.int64)
    for fill in range(2):
        if fill == 1:
            for c in range(side * side):
                start[c + 1] += start[c]
            items = np.empty(start[-1], np.int64)
            at = start[:-1].copy()
        for i in range(len(few)):
            if not few[i, 0] <= few[i, 2]:
                continue
            for cx in range(_cell(few[i, 0], x0, step_x, side), _cell(few[i, 2], x0, step_x, side) + 1):
                for cy in range(_cell(few[i, 1], y0, step_y, side), _cell(few[i, 3], y0, step_y, side) + 1):
                    c = cx * side + cy
                    if fill == 0:
                        start[c + 1] += 1
                    else:
                        items[at[c]] = i
                        at[c] += 1
    seen = np.full(len(few), -1, np.int64)
    for j in range(len(many)):
        if not many[j, 0] <= many[j, 2]:
            continue
        a, b, c, d = many[j, 0] - margin, many[j, 1] - margin, many[j, 2] + margin, many[j, 3] + margin
        if c < x0 or a > x1 or d < y0 or b > y1:
            continue
        for cx in range(_cell(a, x0, step_x, side), _cell(c, x0, step_x, side) + 1):
            for cy in range(_cell(b, y0, step_y, side), _cell(d, y0, step_y, side) + 1):
                at_cell = cx * side + cy
                for k in range(start[at_cell], start[at_cell + 1]):
                    i = items[k]
                    if seen[i] == j:
                        continue
                    seen[i] = j
                    if few[i, 0] <= c and few[i, 2] >= a and few[i, 1] <= d and few[i, 3] >= b:
                        left.append(i)
                        right.append(j)
    return np.array(left), np.array(right)
