"""Chains of vertices on the grid of a zoom: quantised, thinned, clipped · 顶点链的量化、抽稀与裁剪."""

# ruff: noqa: ANN001, ANN201, ANN202, C901, PLR0912, PLR0913, PLR0917  # numba infers the types of compiled functions, and they take arrays one by one
# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False, disallow-untyped-calls=False

from __future__ import annotations

import numba
import numpy as np

CELLS = 4096
"""Cells along the side of a tile."""
BUFFER = 64
"""Cells around a tile that its features reach into, so that lines drawn along its edge meet."""

_SMALLEST_RING = 3


@numba.njit(nogil=True, cache=True)
def quantise_chain(world, begin, end, scale, closed, grid, at):
    """Put a chain on the grid and leave out what the grid cannot show · 量化并抽稀.

    A vertex goes where it stands on the line between its neighbours to the last cell, and where it falls on the one before.
    Both are decided by places alone, so two neighbours that share vertices go on sharing them.

    Parameters
    ----------
    world
        Vertices in the unit square.
    begin
        First vertex.
    end
        One behind the last.
    scale
        Cells along the side of the world.
    closed
        True for a ring, whose last vertex repeats the first; it is left out.
    grid
        Written: cells, int64, from row `at` on.
    at
        Where to write.

    Returns
    -------
    int
        One behind the last cell written.
    """
    first = at
    last = end - 1 if closed else end
    for vertex in range(begin, last):
        x = np.int64(np.floor(world[vertex, 0] * scale + 0.5))
        y = np.int64(np.floor(world[vertex, 1] * scale + 0.5))
        if at == first or x != grid[at - 1, 0] or y != grid[at - 1, 1]:
            grid[at, 0] = x
            grid[at, 1] = y
            at += 1
    if closed and at - first > 1 and grid[at - 1, 0] == grid[first, 0] and grid[at - 1, 1] == grid[first, 1]:
        at -= 1
    count = at - first
    if count < _SMALLEST_RING:
        return at
    # Judged on the chain before any vertex went, each by its own two neighbours.
    kept = first
    before_x = grid[at - 1, 0]
    before_y = grid[at - 1, 1]
    start_x = grid[first, 0]
    start_y = grid[first, 1]
    for vertex in range(first, at):
        x = grid[vertex, 0]
        y = grid[vertex, 1]
        after_x = grid[vertex + 1, 0] if vertex + 1 < at else start_x
        after_y = grid[vertex + 1, 1] if vertex + 1 < at else start_y
        end_of_line = not closed and (vertex in (first, at - 1))
        ax = x - before_x
        ay = y - before_y
        bx = after_x - x
        by = after_y - y
        between = ax * by == ay * bx and ax * bx + ay * by > 0
        if end_of_line or not between:
            grid[kept, 0] = x
            grid[kept, 1] = y
            kept += 1
        before_x = x
        before_y = y
    return kept


@numba.njit(nogil=True, cache=True)
def twice_area(grid, begin, end):
    """Give twice the signed area of a ring, positive where it runs as an outer ring of a tile must · 两倍有向面积.

    Parameters
    ----------
    grid
        Cells.
    begin
        First cell of the ring.
    end
        One behind the last.

    Returns
    -------
    int
        Positive for clockwise as seen on a map whose rows count downwards.
    """
    total = np.int64(0)
    if end - begin < _SMALLEST_RING:
        return total
    # A local origin keeps the products small.
    origin_x = grid[begin, 0]
    origin_y = grid[begin, 1]
    for vertex in range(begin + 1, end - 1):
        total += (grid[vertex, 0] - origin_x) * (grid[vertex + 1, 1] - origin_y)
        total -= (grid[vertex + 1, 0] - origin_x) * (grid[vertex, 1] - origin_y)
    return total


@numba.njit(nogil=True, cache=True)
def _where_crossed(ax, ay, bx, by, level):
    """Give y, rounded, at which the segment from a to b passes x = level; the same whichever end comes first."""
    if ax > bx:
        ax, ay, bx, by = bx, by, ax, ay
    return np.int64(np.floor(ay + (by - ay) * ((level - ax) / (bx - ax)) + 0.5))


@numba.njit(nogil=True, cache=True)
def _cut_half(grid, begin, end, axis, level, upper, out):
    """Keep what of a ring lies on one side of a grid line (Sutherland and Hodgman); gives the number of cells."""
    other = 1 - axis
    count = 0
    if end == begin:
        return count
    px = grid[end - 1, axis]
    py = grid[end - 1, other]
    was_in = px <= level if upper else px >= level
    for vertex in range(begin, end):
        x = grid[vertex, axis]
        y = grid[vertex, other]
        is_in = x <= level if upper else x >= level
        if is_in != was_in:
            crossing = _where_crossed(px, py, x, y, level)
            if count == 0 or out[count - 1, axis] != level or out[count - 1, other] != crossing:
                out[count, axis] = level
                out[count, other] = crossing
                count += 1
        if is_in and (count == 0 or out[count - 1, axis] != x or out[count - 1, other] != y):
            out[count, axis] = x
            out[count, other] = y
            count += 1
        px = x
        py = y
        was_in = is_in
    if count > 1 and out[0, axis] == out[count - 1, axis] and out[0, other] == out[count - 1, other]:
        count -= 1
    return count


@numba.njit(nogil=True, cache=True)
def cut_band(grid, begin, end, axis, low, high, spare, out):
    """Keep what of a ring lies between two grid lines · 环按带裁剪.

    Parameters
    ----------
    grid
        Cells.
    begin
        First cell of the ring.
    end
        One behind the last.
    axis
        0 to cut at columns, 1 to cut at rows.
    low
        Lower line.
    high
        Upper line.
    spare
        Room for what is between, twice the length of the ring and more.
    out
        Written from its first row on; of the same size.

    Returns
    -------
    int
        Number of cells written.
    """
    count = _cut_half(grid, begin, end, axis, low, False, spare)  # noqa: FBT003  # compiled functions take no keywords
    return _cut_half(spare, 0, count, axis, high, True, out)  # noqa: FBT003  # as above


@numba.njit(nogil=True, cache=True)
def cut_line(grid, begin, end, box, out, starts):
    """Cut a line at a box into the pieces inside (Liang and Barsky) · 线按矩形裁剪.

    Parameters
    ----------
    grid
        Cells.
    begin
        First cell of the line.
    end
        One behind the last.
    box
        Smallest and largest column, smallest and largest row.
    out
        Written: cells of the pieces, one after the other.
    starts
        Written: first cell of each piece and the end of the last.

    Returns
    -------
    int
        Number of pieces of two cells or more.
    """
    pieces = 0
    at = 0
    starts[0] = 0
    opened = False
    for vertex in range(begin + 1, end):
        ax = grid[vertex - 1, 0]
        ay = grid[vertex - 1, 1]
        bx = grid[vertex, 0]
        by = grid[vertex, 1]
        dx = bx - ax
        dy = by - ay
        enters = 0.0
        leaves = 1.0
        inside = True
        for side in range(4):
            if side < 2:  # noqa: PLR2004  # two sides west and east, two north and south
                p = -dx if side == 0 else dx
                q = ax - box[0] if side == 0 else box[1] - ax
            else:
                p = -dy if side == 2 else dy  # noqa: PLR2004  # as above
                q = ay - box[2] if side == 2 else box[3] - ay  # noqa: PLR2004  # as above
            if p == 0:
                if q < 0:
                    inside = False
            elif p < 0:
                enters = max(enters, q / p)
            else:
                leaves = min(leaves, q / p)
        if not inside or enters > leaves:
            if opened:
                pieces, at, opened = _close_piece(starts, pieces, at)
            continue
        if not opened or enters > 0.0:
            if opened:
                pieces, at, opened = _close_piece(starts, pieces, at)
            out[at, 0] = np.int64(np.floor(ax + dx * enters + 0.5))
            out[at, 1] = np.int64(np.floor(ay + dy * enters + 0.5))
            at += 1
            opened = True
        x = np.int64(np.floor(ax + dx * leaves + 0.5))
        y = np.int64(np.floor(ay + dy * leaves + 0.5))
        if x != out[at - 1, 0] or y != out[at - 1, 1]:
            out[at, 0] = x
            out[at, 1] = y
            at += 1
        if leaves < 1.0:
            pieces, at, opened = _close_piece(starts, pieces, at)
    if opened:
        pieces, at, opened = _close_piece(starts, pieces, at)
    return pieces


@numba.njit(nogil=True, cache=True)
def _close_piece(starts, pieces, at):
    """End a piece; one of a single cell is forgotten."""
    if at - starts[pieces] > 1:
        pieces += 1
        starts[pieces] = at
        return pieces, at, False
    return pieces, starts[pieces], False
