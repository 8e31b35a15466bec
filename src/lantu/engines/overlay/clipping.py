"""Large polygons cut down to a box, without reading all of them · 大多边形按框裁剪.

The tree over the edges gives the stretches of boundary near the box. Where they cross its sides they
are cut into chains; each chain leaves the box where, going on anticlockwise along the sides, the next
one enters. The result is judged by its user, who knows the area that it must have.
"""

# ruff: noqa: ANN001, ANN201, ANN202, C901, PLR0912, PLR0913, PLR0915, PLR0917, PLR2004  # compiled loops: numba infers types, calls between them cost, and 2 or 3 name columns
# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False, disallow-untyped-calls=False
from __future__ import annotations

import numba
import numpy as np

from lantu.engines.overlay.kernel import gather

_NODES = 1024
_CHAIN_COLUMNS = 6
# Columns of a chain: first and end point, ring, point count of the ring's start in it (1: begins at the ring's first
# vertex), 1 if it ends at the ring's last vertex, 1 once it is used.
_BEGIN, _END, _RING, _AT_START, _AT_FINISH, _USED = range(_CHAIN_COLUMNS)


@numba.njit(nogil=True, cache=True)
def _cross(x1, y1, x2, y2, box):
    """Find where a segment enters and leaves a box · 线段与框求交.

    Both as shares of its length, with the sides: 0 south, 1 east, 2 north, 3 west.
    """
    enter = 0.0
    leave = 1.0
    enter_side = -1
    leave_side = -1
    dx = x2 - x1
    dy = y2 - y1
    for side in range(4):
        if side == 0:
            along, room = -dy, y1 - box[1]
        elif side == 1:
            along, room = dx, box[2] - x1
        elif side == 2:
            along, room = dy, box[3] - y1
        else:
            along, room = -dx, x1 - box[0]
        if along == 0.0:
            if room < 0.0:
                return 1.0, 0.0, -1, -1
        elif along > 0.0:
            if room / along < leave:
                leave = room / along
                leave_side = side
        elif room / along > enter:
            enter = room / along
            enter_side = side
    return enter, leave, enter_side, leave_side


@numba.njit(nogil=True, cache=True)
def _put_on_side(x1, y1, x2, y2, share, side, box, points, at):
    """Write the point at a share of a segment, exactly on its side of the box; returns its place along the outline · 写入框边上的点."""
    x = min(max(x1 + share * (x2 - x1), box[0]), box[2])
    y = min(max(y1 + share * (y2 - y1), box[1]), box[3])
    width = box[2] - box[0]
    height = box[3] - box[1]
    if side == 0:
        y = box[1]
        place = x - box[0]
    elif side == 1:
        x = box[2]
        place = width + (y - box[1])
    elif side == 2:
        y = box[3]
        place = width + height + (box[2] - x)
    else:
        x = box[0]
        place = 2.0 * width + height + (box[3] - y)
    points[at, 0] = x
    points[at, 1] = y
    return place


@numba.njit(nogil=True, cache=True)
def _list_leaves(shapes, row, box, stack, leaves):
    """List the leaves of a feature's tree whose bounds meet a box, in the order of the rings · 列出与框相交的叶节点."""
    count = 0
    stack[0] = shapes.node_start[row + 1] - 1
    pending = 1
    while pending > 0:
        pending -= 1
        node = stack[pending]
        bounds = shapes.node_bounds[node]
        if bounds[0] > box[2] or bounds[1] > box[3] or bounds[2] < box[0] or bounds[3] < box[1]:
            continue
        child_end = shapes.node_link[node, 1]
        if child_end < 0:
            leaves[count] = node
            count += 1
            continue
        for child in range(child_end - 1, shapes.node_link[node, 0] - 1, -1):
            stack[pending] = child
            pending += 1
    return count


@numba.njit(nogil=True, cache=True)
def _cut_chains(shapes, leaves, n_leaves, box, points, chains, places):
    """Cut the boundary near a box into chains inside it; returns their number, or -1 where they do not add up · 切成框内链."""
    coords = shapes.coords
    count = 0
    at = 0
    is_open = False
    ring = np.int64(-1)
    last = np.int64(-1)
    for leaf in range(n_leaves):
        link = shapes.node_link[leaves[leaf]]
        begin = link[2]
        if link[4] != ring or begin != last:
            if is_open:
                return -1
            ring = link[4]
        last = link[3]
        ring_begin = shapes.ring_start[ring]
        ring_last = shapes.ring_start[ring + 1] - 1
        for vertex in range(begin, last):
            x1 = coords[vertex, 0]
            y1 = coords[vertex, 1]
            x2 = coords[vertex + 1, 0]
            y2 = coords[vertex + 1, 1]
            inside1 = box[0] < x1 < box[2] and box[1] < y1 < box[3]
            inside2 = box[0] < x2 < box[2] and box[1] < y2 < box[3]
            if inside1 and not is_open:
                if vertex != ring_begin:
                    return -1
                chains[count, _BEGIN] = at
                chains[count, _RING] = ring
                chains[count, _AT_START] = 1
                chains[count, _USED] = 0
                places[count, 0] = -1.0
                points[at, 0] = x1
                points[at, 1] = y1
                at += 1
                is_open = True
            if not (inside1 and inside2):
                enter, leave, enter_side, leave_side = _cross(x1, y1, x2, y2, box)
                if not inside1:
                    if enter >= leave or enter_side < 0:
                        if inside2:
                            return -1
                        continue
                    chains[count, _BEGIN] = at
                    chains[count, _RING] = ring
                    chains[count, _AT_START] = 0
                    chains[count, _USED] = 0
                    places[count, 0] = _put_on_side(x1, y1, x2, y2, enter, enter_side, box, points, at)
                    at += 1
                    is_open = True
                if not inside2:
                    if leave_side < 0:
                        return -1
                    places[count, 1] = _put_on_side(x1, y1, x2, y2, leave, leave_side, box, points, at)
                    at += 1
                    chains[count, _END] = at
                    chains[count, _AT_FINISH] = 0
                    count += 1
                    is_open = False
                    continue
            points[at, 0] = x2
            points[at, 1] = y2
            at += 1
            if vertex + 1 == ring_last:
                chains[count, _END] = at
                chains[count, _AT_FINISH] = 1
                places[count, 1] = -1.0
                count += 1
                is_open = False
    return -1 if is_open else count


@numba.njit(nogil=True, cache=True)
def _write_points(points, begin, end, backwards, skip, out, at):
    """Copy a run of points, perhaps backwards and without its first one · 复制点列."""
    if backwards:
        for index in range(end - 1 - skip, begin - 1, -1):
            out[at, 0] = points[index, 0]
            out[at, 1] = points[index, 1]
            at += 1
    else:
        for index in range(begin + skip, end):
            out[at, 0] = points[index, 0]
            out[at, 1] = points[index, 1]
            at += 1
    return at


@numba.njit(nogil=True, cache=True)
def _twice_area(out, begin, end):
    """Twice the signed area of a closed ring · 环有向面积的两倍."""
    twice = 0.0
    for vertex in range(begin, end - 1):
        twice += (out[vertex, 0] - out[begin, 0]) * (out[vertex + 1, 1] - out[begin, 1]) - (out[vertex + 1, 0] - out[begin, 0]) * (
            out[vertex, 1] - out[begin, 1]
        )
    return twice


@numba.njit(nogil=True, cache=True)
def _contains(out, begin, end, x, y):
    """Tell whether a ring contains a point · 点在环内."""
    inside = False
    for vertex in range(begin, end - 1):
        if (out[vertex, 1] > y) != (out[vertex + 1, 1] > y):
            crossing = out[vertex, 0] + (y - out[vertex, 1]) * (
                (out[vertex + 1, 0] - out[vertex, 0]) / (out[vertex + 1, 1] - out[vertex, 1])
            )
            if x < crossing:
                inside = not inside
    return inside


@numba.njit(nogil=True, cache=True)
def _link_rings(shapes, row, box, points, chains, places, count, out, at, rings, gather_room, stack):
    """Link chains to rings along the sides of the box; returns the end of the points and the number of rings, -1 on failure · 连链成环.

    Rows of `rings` are first point, end, and the shell that a hole belongs to (-1 for a shell).
    """
    width = box[2] - box[0]
    height = box[3] - box[1]
    around = 2.0 * (width + height)
    corners = np.array([0.0, width, width + height, 2.0 * width + height])
    corner_x = np.array([box[0], box[2], box[2], box[0]])
    corner_y = np.array([box[1], box[1], box[3], box[3]])
    n_rings = 0
    crossing = 0
    # Chains that begin at the first vertex of their ring continue the one that ends at its last.
    for chain in range(count):
        if chains[chain, _AT_START] == 1 and chains[chain, _AT_FINISH] == 1:
            chains[chain, _USED] = 1
            rings[n_rings, 0] = at
            at = _write_points(points, chains[chain, _BEGIN], chains[chain, _END], shapes.ring_sign[chains[chain, _RING]] < 0.0, 0, out, at)
            rings[n_rings, 1] = at
            rings[n_rings, 2] = -1 if _twice_area(out, rings[n_rings, 0], at) >= 0.0 else -2
            n_rings += 1
        else:
            crossing += 1
            if chains[chain, _AT_START] == 1:
                partner = -1
                for other in range(chain + 1, count):
                    if chains[other, _RING] == chains[chain, _RING] and chains[other, _AT_FINISH] == 1:
                        partner = other
                if partner < 0:
                    return at, -1
                chains[chain, _USED] = 2
                chains[partner, _AT_FINISH] = 2 + chain
                places[partner, 1] = places[chain, 1]
    for first in range(count):
        if chains[first, _USED] != 0:
            continue
        rings[n_rings, 0] = at
        current = first
        while True:
            chains[current, _USED] = 1
            backwards = shapes.ring_sign[chains[current, _RING]] < 0.0
            follower = chains[current, _AT_FINISH] - 2
            if follower >= 0 and backwards:
                at = _write_points(points, chains[follower, _BEGIN], chains[follower, _END], backwards, 0, out, at)
                at = _write_points(points, chains[current, _BEGIN], chains[current, _END], backwards, 1, out, at)
            else:
                at = _write_points(points, chains[current, _BEGIN], chains[current, _END], backwards, 0, out, at)
                if follower >= 0:
                    at = _write_points(points, chains[follower, _BEGIN], chains[follower, _END], backwards, 1, out, at)
            leaves_at = places[current, 0] if backwards else places[current, 1]
            nearest = around * 2.0
            following = -1
            for other in range(count):
                if chains[other, _USED] != 2 and not (chains[other, _AT_START] == 1 and chains[other, _AT_FINISH] == 1):
                    enters_at = places[other, 1] if shapes.ring_sign[chains[other, _RING]] < 0.0 else places[other, 0]
                    distance = enters_at - leaves_at
                    if distance < 0.0:
                        distance += around
                    if distance < nearest:
                        nearest = distance
                        following = other
            for step in range(8):
                corner = corners[step % 4] + (around if step >= 4 else 0.0)
                if leaves_at < corner < leaves_at + nearest:
                    out[at, 0] = corner_x[step % 4]
                    out[at, 1] = corner_y[step % 4]
                    at += 1
            if following == first:
                break
            if following < 0 or chains[following, _USED] != 0:
                return at, -1
            current = following
        out[at, 0] = out[rings[n_rings, 0], 0]
        out[at, 1] = out[rings[n_rings, 0], 1]
        at += 1
        rings[n_rings, 1] = at
        rings[n_rings, 2] = -1
        n_rings += 1
    if crossing == 0:
        _, covered = gather(shapes, row, box[0], box[1], width, height, False, gather_room, stack)  # noqa: FBT003  # closed along the bottom
        if covered == 1.0:
            rings[n_rings, 0] = at
            for corner in range(5):
                out[at, 0] = corner_x[corner % 4]
                out[at, 1] = corner_y[corner % 4]
                at += 1
            rings[n_rings, 1] = at
            rings[n_rings, 2] = -1
            n_rings += 1
    for hole in range(n_rings):
        if rings[hole, 2] == -2:
            smallest = np.inf
            x = out[rings[hole, 0], 0]
            y = out[rings[hole, 0], 1]
            for shell in range(n_rings):
                if rings[shell, 2] == -1 and _contains(out, rings[shell, 0], rings[shell, 1], x, y):
                    size = _twice_area(out, rings[shell, 0], rings[shell, 1])
                    if size < smallest:
                        smallest = size
                        rings[hole, 2] = shell
            if rings[hole, 2] == -2:
                return at, -1
    return at, n_rings


@numba.njit(nogil=True, cache=True)
def clip_rows(shapes, rows, boxes):
    """Clip features that have a tree to one box each · 逐要素按框裁剪.

    Parameters
    ----------
    shapes
        `Prepared`.
    rows
        Features, each with a tree; repeats are common.
    boxes
        xmin, ymin, xmax, ymax for each of `rows`; no vertex may lie on their sides.

    Returns
    -------
    tuple
        Vertices; first vertex of each ring; first ring of each part; first part of each row (each with the end
        appended); and a flag for each row, False where its chains do not add up, as may happen when a vertex lies
        on a side or the feature is invalid.
    """
    most = 0
    for index in range(len(rows)):
        row = rows[index]
        most = max(most, shapes.ring_start[shapes.feature_start[row + 1]] - shapes.ring_start[shapes.feature_start[row]])
    points = np.empty((2 * most + 8, 2))
    linked = np.empty((8 * most + 64, 2))
    chains = np.empty((most + 8, _CHAIN_COLUMNS), np.int64)
    places = np.empty((most + 8, 2))
    rings = np.empty((most + 8, 3), np.int64)
    leaves = np.empty(most + 8, np.int64)
    stack = np.empty(_NODES, np.int64)
    gather_room = np.empty((2 * most + 4, 7))
    coords = np.empty((max(64 * len(rows), 1024), 2))
    ring_start = np.zeros(max(4 * len(rows), 64) + 1, np.int64)
    part_start = np.zeros(max(4 * len(rows), 64) + 1, np.int64)
    row_start = np.zeros(len(rows) + 1, np.int64)
    sound = np.ones(len(rows), np.bool_)
    n_coords = 0
    n_rings = 0
    n_parts = 0
    for index in range(len(rows)):
        row = rows[index]
        box = boxes[index]
        n_leaves = _list_leaves(shapes, row, box, stack, leaves)
        n_chains = _cut_chains(shapes, leaves, n_leaves, box, points, chains, places)
        end = 0
        found = -1
        if n_chains >= 0:
            end, found = _link_rings(shapes, row, box, points, chains, places, n_chains, linked, 0, rings, gather_room, stack)
        if found < 0:
            sound[index] = False
            row_start[index + 1] = n_parts
            continue
        if n_coords + end > len(coords):
            grown = np.empty((max(2 * len(coords), n_coords + end), 2))
            grown[:n_coords] = coords[:n_coords]
            coords = grown
        if n_rings + found + 1 > len(ring_start):
            grown_start = np.zeros(max(2 * len(ring_start), n_rings + found + 1), np.int64)
            grown_start[: n_rings + 1] = ring_start[: n_rings + 1]
            ring_start = grown_start
        if n_parts + found + 1 > len(part_start):
            grown_start = np.zeros(max(2 * len(part_start), n_parts + found + 1), np.int64)
            grown_start[: n_parts + 1] = part_start[: n_parts + 1]
            part_start = grown_start
        for shell in range(found):
            if rings[shell, 2] != -1:
                continue
            for ring in range(-1, found):
                chosen = shell if ring < 0 else ring
                if ring < 0 or rings[ring, 2] == shell:
                    size = rings[chosen, 1] - rings[chosen, 0]
                    coords[n_coords : n_coords + size] = linked[rings[chosen, 0] : rings[chosen, 1]]
                    n_coords += size
                    n_rings += 1
                    ring_start[n_rings] = n_coords
            n_parts += 1
            part_start[n_parts] = n_rings
        row_start[index + 1] = n_parts
    return coords[:n_coords], ring_start[: n_rings + 1], part_start[: n_parts + 1], row_start, sound
