"""A planar map of faces that share every vertex, cut finer and finer · 共享顶点的平面剖分.

Half-edges in plain arrays. A cut adds its end points to the edges it meets, in both faces at once, so that no
neighbour ever misses a vertex; a layer is made by drawing the borders between groups of faces. What tiles here
tiles exactly, whatever is grouped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

OUTSIDE = -1

# How a face wants to be cut, by the number in its `style`.
WHOLE, OPEN_LAND, URBAN, FARMLAND, NATURAL = 0, 1, 2, 3, 4

_MILLIMETRE = 1000.0


@dataclass
class PlanarMap:
    """Half-edges, vertices and faces, in arrays that are filled up to a count · 半边结构.

    Parameters
    ----------
    x
        Easting of each vertex in metres, on whole millimetres.
    y
        Northing of each vertex in metres, on whole millimetres.
    origin
        Vertex each half-edge starts from.
    successor
        Next half-edge of the same face, counter-clockwise.
    predecessor
        The one before.
    twin
        The same edge seen from the other face.
    face
        Face to the left of each half-edge, `OUTSIDE` where there is none.
    first
        One half-edge of each face.
    counts
        Vertices, half-edges and faces in use.
    marks
        Whole numbers that a face hands down when it is cut, by name.
    """

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    origin: npt.NDArray[np.int32]
    successor: npt.NDArray[np.int32]
    predecessor: npt.NDArray[np.int32]
    twin: npt.NDArray[np.int32]
    face: npt.NDArray[np.int32]
    first: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int64]
    marks: dict[str, npt.NDArray[np.int32]] = field(default_factory=dict)

    @property
    def faces(self) -> int:
        """Count the faces · 面数."""
        return int(self.counts[2])

    def mark(self, name: str) -> npt.NDArray[np.int32]:
        """Give one mark of every face · 取面标记.

        Parameters
        ----------
        name
            Name of the mark.

        Returns
        -------
        numpy.ndarray of int32
            Shape ``(n_faces,)``; a view, so that writing marks the faces.
        """
        return self.marks[name][: self.faces]

    def measures(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Measure every face · 面的面积、周长与形心.

        Returns
        -------
        tuple of numpy.ndarray
            Planar area in m², perimeter in m, and easting and northing of the centroid, each of shape ``(n_faces,)``.
        """
        return _measures(self.x, self.y, self.origin, self.successor, self.first, self.faces)  # type: ignore[no-any-return]  # numba carries no types

    def neighbours(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float64]]:
        """List every pair of faces along every edge · 相邻面对.

        Returns
        -------
        tuple of numpy.ndarray
            Face on the left, face on the right, length of the edge in m; each pair once per edge, outside left out.
        """
        n = int(self.counts[1])
        edges = np.flatnonzero(np.arange(n) < self.twin[:n])
        left, right = self.face[edges], self.face[self.twin[edges]]
        inner = (left != OUTSIDE) & (right != OUTSIDE)
        edges, left, right = edges[inner], left[inner], right[inner]
        start, end = self.origin[edges], self.origin[self.twin[edges]]
        return left, right, np.hypot(self.x[start] - self.x[end], self.y[start] - self.y[end])


def planar_map_from(polygons: Sequence[npt.NDArray[np.float64]], *, room_for_faces: int) -> PlanarMap:
    """Build a planar map from faces without holes that share their vertices · 由无洞多边形建图.

    Parameters
    ----------
    polygons
        Rings of shape ``(n, 2)``, counter-clockwise, not closed, in metres on whole millimetres.
    room_for_faces
        How many faces cutting may end with.

    Returns
    -------
    PlanarMap
        One face per polygon, in the order given.
    """
    lengths = np.array([len(ring) for ring in polygons])
    points = np.round(np.concatenate(list(polygons)) * _MILLIMETRE).astype(np.int64)
    unique, vertex = np.unique(points, axis=0, return_inverse=True)
    vertex = vertex.reshape(-1).astype(np.int64)
    ends = np.cumsum(lengths)
    starts = ends - lengths
    n = len(vertex)
    following = np.arange(1, n + 1)
    following[ends - 1] = starts
    face = np.repeat(np.arange(len(polygons)), lengths)
    target = vertex[following]
    forward = vertex * len(unique) + target
    backward = target * len(unique) + vertex
    order = np.argsort(forward)
    place = np.searchsorted(forward[order], backward)
    place[place == n] = n - 1
    found = forward[order][place] == backward
    lonely = np.flatnonzero(~found)
    half_edges = n + len(lonely)
    room_h = half_edges + 20 * room_for_faces
    room_v = len(unique) + 10 * room_for_faces
    x = np.zeros(room_v)
    y = np.zeros(room_v)
    x[: len(unique)], y[: len(unique)] = unique[:, 0] / _MILLIMETRE, unique[:, 1] / _MILLIMETRE
    arrays = [np.full(room_h, -1, np.int32) for _ in range(5)]
    origin, successor, predecessor, twin, owner = arrays
    origin[:n], successor[:n], owner[:n] = vertex, following, face
    predecessor[following] = np.arange(n)
    twin[np.flatnonzero(found)] = order[place[found]]
    twin[lonely] = np.arange(n, half_edges)
    twin[n:half_edges] = lonely
    origin[n:half_edges] = target[lonely]
    for inner in lonely:
        # The border outside runs on from the start of this edge: turn around that vertex until the outside is met.
        turning = predecessor[inner]
        while twin[turning] < n:
            turning = predecessor[twin[turning]]
        successor[twin[inner]] = twin[turning]
        predecessor[twin[turning]] = twin[inner]
    first = np.zeros(max(room_for_faces, len(polygons)) + 16, np.int32)
    first[: len(polygons)] = starts
    counts = np.array([len(unique), half_edges, len(polygons)], np.int64)
    return PlanarMap(x, y, origin, successor, predecessor, twin, owner, first, counts)


@nb.njit(cache=True)
def _measures(x: Any, y: Any, origin: Any, successor: Any, first: Any, faces: int) -> Any:  # noqa: ANN401, PLR0913, PLR0917  # numba infers
    area = np.zeros(faces)
    perimeter = np.zeros(faces)
    cx = np.zeros(faces)
    cy = np.zeros(faces)
    for face in range(faces):
        start = first[face]
        x0, y0 = x[origin[start]], y[origin[start]]
        h = start
        while True:
            v, w = origin[h], origin[successor[h]]
            ax, ay, bx, by = x[v] - x0, y[v] - y0, x[w] - x0, y[w] - y0
            cross = ax * by - bx * ay
            area[face] += cross
            cx[face] += (ax + bx) * cross
            cy[face] += (ay + by) * cross
            perimeter[face] += np.hypot(bx - ax, by - ay)
            h = successor[h]
            if h == start:
                break
        cx[face] = x0 + cx[face] / (3.0 * area[face])
        cy[face] = y0 + cy[face] / (3.0 * area[face])
        area[face] *= 0.5
    return area, perimeter, cx, cy


@nb.njit(cache=True)
def _split_edge(h: int, px: float, py: float, m: Any) -> int:  # noqa: ANN401  # numba infers
    x, y, origin, successor, predecessor, twin, face, _first, counts = m
    v = counts[0]
    x[v], y[v] = px, py
    t = twin[h]
    h2, t2 = counts[1], counts[1] + 1
    counts[0] += 1
    counts[1] += 2
    origin[h2], origin[t2] = v, v
    face[h2], face[t2] = face[h], face[t]
    successor[h2], predecessor[h2] = successor[h], h
    predecessor[successor[h]] = h2
    successor[h] = h2
    successor[t2], predecessor[t2] = successor[t], t
    predecessor[successor[t]] = t2
    successor[t] = t2
    twin[h], twin[t2] = t2, h
    twin[h2], twin[t] = t, h2
    return h2  # type: ignore[no-any-return]  # numba carries no types


@nb.njit(cache=True)
def _split_face(h1: int, h2: int, path: Any, m: Any) -> int:  # noqa: ANN401  # numba infers
    """Cut from the origin of `h1` to the origin of `h2`; the part that runs on from `h1` becomes a new face."""
    x, y, origin, successor, predecessor, twin, face, first, counts = m
    old = face[h1]
    new = counts[2]
    counts[2] += 1
    before1, before2 = predecessor[h1], predecessor[h2]
    steps = len(path) + 1
    base = counts[1]
    counts[1] += 2 * steps
    vertex0 = counts[0]
    counts[0] += len(path)
    for i in range(len(path)):
        x[vertex0 + i], y[vertex0 + i] = path[i, 0], path[i, 1]
    for i in range(steps):
        there, back = base + i, base + steps + i
        origin[there] = origin[h1] if i == 0 else vertex0 + i - 1
        origin[back] = origin[h2] if i == steps - 1 else vertex0 + i
        twin[there], twin[back] = back, there
        face[there], face[back] = old, new
        successor[there] = there + 1 if i < steps - 1 else h2
        predecessor[there] = there - 1 if i > 0 else before1
        successor[back] = back - 1 if i > 0 else h1
        predecessor[back] = back + 1 if i < steps - 1 else before2
    successor[before1] = base
    predecessor[h2] = base + steps - 1
    successor[before2] = base + 2 * steps - 1
    predecessor[h1] = base + steps
    first[old] = h2
    first[new] = h1
    h = h1
    while face[h] != new:
        face[h] = new
        h = successor[h]
    return new  # type: ignore[no-any-return]  # numba carries no types


@nb.njit(cache=True)
def _ring(face_id: int, m: Any, edges: Any, px: Any, py: Any) -> int:  # noqa: ANN401  # numba infers
    x, y, origin, successor, _p, _t, _f, first, _c = m
    h = first[face_id]
    start = h
    n = 0
    while True:
        edges[n] = h
        px[n], py[n] = x[origin[h]], y[origin[h]]
        n += 1
        h = successor[h]
        if h == start:
            return n


@nb.njit(cache=True)
def _area_behind(px: Any, py: Any, n: int, ux: float, uy: float, t: float) -> float:  # noqa: ANN401, PLR0913, PLR0917  # numba infers
    total = 0.0
    # Integrate over the part with p.u < t, in coordinates along (s) and across (r) the direction.
    for i in range(n):
        j = i + 1 if i + 1 < n else 0
        s1, r1 = px[i] * ux + py[i] * uy - t, -px[i] * uy + py[i] * ux
        s2, r2 = px[j] * ux + py[j] * uy - t, -px[j] * uy + py[j] * ux
        if s1 >= 0.0 and s2 >= 0.0:
            continue
        if s1 > 0.0:
            r1 = r1 + (r2 - r1) * s1 / (s1 - s2)
            s1 = 0.0
        elif s2 > 0.0:
            r2 = r1 + (r2 - r1) * s1 / (s1 - s2)
            s2 = 0.0
        total += 0.5 * (s1 + s2) * (r2 - r1)
    return total


@nb.njit(cache=True)
def _segment_distance(qx: float, qy: float, ax: float, ay: float, bx: float, by: float) -> float:  # noqa: PLR0913, PLR0917  # every one is needed
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    s = ((qx - ax) * dx + (qy - ay) * dy) / length2
    s = min(1.0, max(0.0, s))
    return np.hypot(qx - ax - s * dx, qy - ay - s * dy)  # type: ignore[no-any-return]  # numba carries no types


@nb.njit(cache=True)
def _chord(  # noqa: C901, PLR0911, PLR0912, PLR0913, PLR0915, PLR0917  # one closed walk, clearer whole
    px: Any,  # noqa: ANN401  # numba infers
    py: Any,  # noqa: ANN401  # numba infers
    n: int,
    ux: float,
    uy: float,
    t: float,
    clearance: float,
    out: Any,  # noqa: ANN401  # numba infers
) -> float:
    """Find the longest cut at p.u = t; give its worst angle in degrees, negative where no cut is fit."""
    best = -1.0
    # Positions across the direction where the line meets the ring, sorted as they come by insertion.
    hits = np.empty(64)
    where = np.empty(64, np.int64)
    k = 0
    for i in range(n):
        j = i + 1 if i + 1 < n else 0
        s1, s2 = px[i] * ux + py[i] * uy - t, px[j] * ux + py[j] * uy - t
        if (s1 < 0.0) != (s2 < 0.0):
            r1, r2 = -px[i] * uy + py[i] * ux, -px[j] * uy + py[j] * ux
            r = r1 + (r2 - r1) * s1 / (s1 - s2)
            if k == 64:  # noqa: PLR2004  # the buffers' length
                return -1.0
            a = k
            while a > 0 and hits[a - 1] > r:
                hits[a], where[a] = hits[a - 1], where[a - 1]
                a -= 1
            hits[a], where[a] = r, i
            k += 1
    if k < 2 or k % 2:  # noqa: PLR2004  # a line enters and leaves
        return -1.0
    longest = 0
    for a in range(0, k, 2):
        if hits[a + 1] - hits[a] > hits[longest + 1] - hits[longest]:
            longest = a
    for side in range(2):
        i = where[longest + side]
        j = i + 1 if i + 1 < n else 0
        r = hits[longest + side]
        qx, qy = t * ux - r * uy, t * uy + r * ux
        ex, ey = px[j] - px[i], py[j] - py[i]
        length = np.hypot(ex, ey)
        margin = 2.0 * clearance
        if length < 2.0 * margin:
            return -1.0
        s = (qx - px[i]) * ex / length + (qy - py[i]) * ey / length
        s = min(length - margin, max(margin, s))
        out[side * 3] = np.round((px[i] + ex * s / length) * _MILLIMETRE) / _MILLIMETRE
        out[side * 3 + 1] = np.round((py[i] + ey * s / length) * _MILLIMETRE) / _MILLIMETRE
        out[side * 3 + 2] = i
    ax, ay, bx, by = out[0], out[1], out[3], out[4]
    i1, i2 = int(out[2]), int(out[5])
    if i1 == i2:
        return -1.0
    dx, dy = bx - ax, by - ay
    reach = np.hypot(dx, dy)
    if reach < 4.0 * clearance:
        return -1.0
    for side in range(2):
        i = i1 if side == 0 else i2
        j = i + 1 if i + 1 < n else 0
        ex, ey = px[j] - px[i], py[j] - py[i]
        sine = abs(ex * dy - ey * dx) / (np.hypot(ex, ey) * reach)
        angle = np.degrees(np.arcsin(min(1.0, sine)))
        best = angle if best < 0.0 else min(best, angle)
    for i in range(n):
        j = i + 1 if i + 1 < n else 0
        if _segment_distance(px[i], py[i], ax, ay, bx, by) < clearance:
            return -1.0
        if i in (i1, i2):
            continue
        c1 = dx * (py[i] - ay) - dy * (px[i] - ax)
        c2 = dx * (py[j] - ay) - dy * (px[j] - ax)
        if (c1 < 0.0) != (c2 < 0.0):
            ex, ey = px[j] - px[i], py[j] - py[i]
            d1 = ex * (ay - py[i]) - ey * (ax - px[i])
            d2 = ex * (by - py[i]) - ey * (bx - px[i])
            if (d1 < 0.0) != (d2 < 0.0):
                return -1.0
    return best


@nb.njit(cache=True)
def _shape_of(face_id: int, m: Any) -> Any:  # noqa: ANN401  # numba infers
    x, y, origin, successor, _p, _t, _f, first, _c = m
    start = first[face_id]
    x0, y0 = x[origin[start]], y[origin[start]]
    h = start
    area = 0.0
    perimeter = 0.0
    cx = 0.0
    cy = 0.0
    while True:
        v, w = origin[h], origin[successor[h]]
        ax, ay, bx, by = x[v] - x0, y[v] - y0, x[w] - x0, y[w] - y0
        cross = ax * by - bx * ay
        area += cross
        cx += (ax + bx) * cross
        cy += (ay + by) * cross
        perimeter += np.hypot(bx - ax, by - ay)
        h = successor[h]
        if h == start:
            break
    return 0.5 * area, perimeter, x0 + cx / (3.0 * area), y0 + cy / (3.0 * area)


@nb.njit(cache=True)
def _cut(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917  # one closed walk, clearer whole
    face_id: int,
    share: float,
    style: int,
    corridor_m: float,
    m: Any,  # noqa: ANN401  # numba infers
    edges: Any,  # noqa: ANN401  # numba infers
    px: Any,  # noqa: ANN401  # numba infers
    py: Any,  # noqa: ANN401  # numba infers
    noise: Any,  # noqa: ANN401  # numba infers
) -> Any:  # noqa: ANN401  # numba infers
    """Cut one face in two, or in three with a corridor between; give the new faces, -1 where there is none."""
    n = _ring(face_id, m, edges, px, py)
    ox, oy = px[0], py[0]
    area = 0.0
    perimeter = 0.0
    cx = 0.0
    cy = 0.0
    for i in range(n):
        px[i] -= ox
        py[i] -= oy
    for i in range(n):
        j = i + 1 if i + 1 < n else 0
        cross = px[i] * py[j] - px[j] * py[i]
        area += 0.5 * cross
        cx += (px[i] + px[j]) * cross / 6.0
        cy += (py[i] + py[j]) * cross / 6.0
        perimeter += np.hypot(px[j] - px[i], py[j] - py[i])
    cx /= area
    cy /= area
    sxx = 0.0
    syy = 0.0
    sxy = 0.0
    for i in range(n):
        j = i + 1 if i + 1 < n else 0
        x1, y1, x2, y2 = px[i] - cx, py[i] - cy, px[j] - cx, py[j] - cy
        cross = x1 * y2 - x2 * y1
        sxx += (x1 * x1 + x1 * x2 + x2 * x2) * cross
        syy += (y1 * y1 + y1 * y2 + y2 * y2) * cross
        sxy += (x1 * y2 + 2.0 * x1 * y1 + 2.0 * x2 * y2 + x2 * y1) * cross * 0.5
    long_axis = 0.5 * np.arctan2(2.0 * sxy, sxx - syy)
    clearance = min(25.0, max(1.5, 0.02 * np.sqrt(area)))
    jitter = noise[face_id % len(noise)]
    best_angle = 0.0
    best = np.zeros(8)
    found = np.zeros(6)
    for attempt in range(12):
        turn = (0.0, 0.12, -0.12, 0.3, -0.3, 1.5708, 1.45, 0.5, -0.5, 1.69, 0.8, -0.8)[attempt]
        spread = 0.03 if style == FARMLAND else 0.15
        theta = long_axis + turn + spread * 0.6 * jitter
        ux, uy = np.cos(theta), np.sin(theta)
        low = 1e300
        high = -1e300
        for i in range(n):
            s = px[i] * ux + py[i] * uy
            low = min(low, s)
            high = max(high, s)
        wanted = area * (share + spread * jitter * (0.5 if attempt < 6 else -0.7))  # noqa: PLR2004  # half of the attempts
        lower, upper = low, high
        for _ in range(18):
            t = 0.5 * (lower + upper)
            if _area_behind(px, py, n, ux, uy, t) < wanted:
                lower = t
            else:
                upper = t
        t = 0.5 * (lower + upper)
        angle = _chord(px, py, n, ux, uy, t - 0.5 * corridor_m, clearance, found)
        if angle > best_angle:
            best_angle = angle
            best[:6] = found
            best[6], best[7] = theta, t
            if angle > 50.0:  # noqa: PLR2004  # good enough to stop
                break
    if best_angle < 24.0:  # noqa: PLR2004  # acuter corners are faults
        return -1, -1, -1
    # Both parts must be worth a patch: no smaller than a surveyor maps, no narrower than a strip of land.
    i1, i2 = int(best[2]), int(best[5])
    ahead = 0.0
    ahead_rim = np.hypot(best[3] - best[0], best[4] - best[1])
    rim = ahead_rim
    qx, qy = best[0], best[1]
    i = i1
    while True:
        j = i + 1 if i + 1 < n else 0
        last = i == i2
        rx, ry = (best[3], best[4]) if last else (px[j], py[j])
        ahead += 0.5 * (qx * ry - rx * qy)
        ahead_rim += np.hypot(rx - qx, ry - qy)
        qx, qy = rx, ry
        if last:
            break
        i = j
    ahead += 0.5 * (best[3] * best[1] - best[0] * best[4])
    behind, behind_rim = area - ahead, perimeter + 2.0 * rim - ahead_rim
    smallest = max(720.0, 0.04 * area)
    if min(ahead, behind) < smallest or 2.0 * ahead / ahead_rim < 6.0 or 2.0 * behind / behind_rim < 6.0:  # noqa: PLR2004  # metres
        return -1, -1, -1
    bends = 0
    if corridor_m == 0.0 and style in (OPEN_LAND, NATURAL) and rim > 60.0:  # noqa: PLR2004  # metres
        bends = 3 if style == NATURAL else 1
    path = np.zeros((bends, 2))
    sway = min(0.03 * rim, 0.6 * clearance)
    for b in range(bends):
        s = (b + 1.0) / (bends + 1.0)
        d = sway * noise[(face_id * 7 + b * 13 + 5) % len(noise)] * 2.0
        d = min(sway, max(-sway, d))
        bx = best[0] + s * (best[3] - best[0]) - d * (best[4] - best[1]) / rim
        by = best[1] + s * (best[4] - best[1]) + d * (best[3] - best[0]) / rim
        path[b, 0] = np.round((bx + ox) * _MILLIMETRE) / _MILLIMETRE
        path[b, 1] = np.round((by + oy) * _MILLIMETRE) / _MILLIMETRE
    h1 = _split_edge(
        edges[i1], np.round((best[0] + ox) * _MILLIMETRE) / _MILLIMETRE, np.round((best[1] + oy) * _MILLIMETRE) / _MILLIMETRE, m
    )
    h2 = _split_edge(
        edges[i2], np.round((best[3] + ox) * _MILLIMETRE) / _MILLIMETRE, np.round((best[4] + oy) * _MILLIMETRE) / _MILLIMETRE, m
    )
    new = _split_face(h1, h2, path, m)
    if corridor_m == 0.0:
        return new, -1, -1
    # The corridor lies ahead of the cut: find the part there and cut it once more, parallel.
    ux, uy = np.cos(best[6]), np.sin(best[6])
    _a, _p, gx, gy = _shape_of(new, m)
    far = new if (gx - ox) * ux + (gy - oy) * uy > best[7] else face_id
    n = _ring(far, m, edges, px, py)
    for i in range(n):
        px[i] -= ox
        py[i] -= oy
    normal_x, normal_y = -(best[4] - best[1]) / rim, (best[3] - best[0]) / rim
    if normal_x * ux + normal_y * uy < 0.0:
        normal_x, normal_y = -normal_x, -normal_y
    level = best[0] * normal_x + best[1] * normal_y + corridor_m
    far_area = _area_behind(px, py, n, normal_x, normal_y, 1e12)
    strip = _area_behind(px, py, n, normal_x, normal_y, level)
    if strip < max(720.0, 0.5 * corridor_m * rim) or far_area - strip < smallest:
        return new, -1, -1
    angle = _chord(px, py, n, normal_x, normal_y, level, min(clearance, 0.2 * corridor_m), found)
    if angle < 35.0:  # noqa: PLR2004  # a street that ends askew is no street
        return new, -1, -1
    h1 = _split_edge(
        edges[int(found[2])],
        np.round((found[0] + ox) * _MILLIMETRE) / _MILLIMETRE,
        np.round((found[1] + oy) * _MILLIMETRE) / _MILLIMETRE,
        m,
    )
    h2 = _split_edge(
        edges[int(found[5])],
        np.round((found[3] + ox) * _MILLIMETRE) / _MILLIMETRE,
        np.round((found[4] + oy) * _MILLIMETRE) / _MILLIMETRE,
        m,
    )
    third = _split_face(h1, h2, np.zeros((0, 2)), m)
    _a, _p, hx, hy = _shape_of(third, m)
    street = third if (hx - ox) * normal_x + (hy - oy) * normal_y < level else far
    return new, third, street


@nb.njit(cache=True)
def _mass(face_id: int, m: Any, grid: Any) -> float:  # noqa: ANN401  # numba infers
    """Sum a density over a face: from the raster where it spans many cells, else from its centroid."""
    x, y, origin, successor, _p, _t, _f, first, _c = m
    west, south, step, density, running = grid[0], grid[1], grid[2], grid[3], grid[4]
    rows, columns = density.shape
    area, _perimeter, cx, cy = _shape_of(face_id, m)
    if area < 30.0 * step * step:
        row = min(rows - 1, max(0, int((cy - south) / step)))
        column = min(columns - 1, max(0, int((cx - west) / step)))
        return area * density[row, column]  # type: ignore[no-any-return]  # numba carries no types
    low = 1e300
    high = -1e300
    start = first[face_id]
    h = start
    while True:
        low = min(low, y[origin[h]])
        high = max(high, y[origin[h]])
        h = successor[h]
        if h == start:
            break
    total = 0.0
    for row in range(max(0, int((low - south) / step)), min(rows - 1, int((high - south) / step)) + 1):
        level = south + (row + 0.5) * step
        # Signed crossings: what lies left of a falling edge is added, left of a rising edge taken away.
        h = start
        while True:
            v, w = origin[h], origin[successor[h]]
            if (y[v] <= level) != (y[w] <= level):
                at = x[v] + (x[w] - x[v]) * (level - y[v]) / (y[w] - y[v])
                column = min(columns, max(0, int((at - west) / step + 0.5)))
                total += running[row, column] if y[w] > y[v] else -running[row, column]
            h = successor[h]
            if h == start:
                break
    return max(total * step * step, 1e-6 * area)  # type: ignore[no-any-return]  # numba carries no types


@nb.njit(cache=True)
def _subdivide(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917  # one closed walk, clearer whole
    m: Any,  # noqa: ANN401  # numba infers
    quota: Any,  # noqa: ANN401  # numba infers
    style: Any,  # noqa: ANN401  # numba infers
    block: Any,  # noqa: ANN401  # numba infers
    street: Any,  # noqa: ANN401  # numba infers
    carry: Any,  # noqa: ANN401  # numba infers
    grid: Any,  # noqa: ANN401  # numba infers
    styles: Any,  # noqa: ANN401  # numba infers
    noise: Any,  # noqa: ANN401  # numba infers
    block_quota: int,
    widest_m: float,  # numba infers
) -> int:
    counts = m[8]
    edges = np.empty(200_000, np.int64)
    px = np.empty(200_000)
    py = np.empty(200_000)
    stack = np.empty(len(quota), np.int64)
    depth = 0
    west, south, step, density = grid[0], grid[1], grid[2], grid[3]
    rows, columns = density.shape
    for face_id in range(counts[2] - 1, -1, -1):
        stack[depth] = face_id
        depth += 1
    blocks = 0
    while depth:
        depth -= 1
        f = stack[depth]
        q = quota[f]
        if block[f] < 0 and (style[f] != OPEN_LAND or q <= block_quota):
            block[f] = blocks
            blocks += 1
            if style[f] == OPEN_LAND:
                _a, _p, cx, cy = _shape_of(f, m)
                style[f] = styles[min(rows - 1, max(0, int((cy - south) / step))), min(columns - 1, max(0, int((cx - west) / step)))]
        if q <= 1:
            continue
        area, _p, _cx, _cy = _shape_of(f, m)
        width = 0.0
        if style[f] == URBAN and q >= 5 and widest_m > 0.0 and area > 40_000.0:  # noqa: PLR2004  # enough lots to need a street
            width = min(widest_m, max(10.0, 0.045 * np.sqrt(area)))
        share = 0.5 if style[f] == OPEN_LAND else (q // 2) / q
        new, third, way = _cut(f, share, style[f], width, m, edges, px, py, noise)
        if new < 0:
            if block[f] < 0:
                # It cannot be cut as open land: let it be one block and try again in its own style.
                quota[f] = q
                block[f] = blocks
                blocks += 1
                _a, _p, cx, cy = _shape_of(f, m)
                style[f] = styles[min(rows - 1, max(0, int((cy - south) / step))), min(columns - 1, max(0, int((cx - west) / step)))]
                stack[depth] = f
                depth += 1
            continue
        for other in (new, third):
            if other >= 0:
                style[other], block[other], street[other] = style[f], block[f], street[f]
                carry[other] = carry[f]
        if way >= 0:
            q -= 1
            other = new if way != new else third
            if way == f:
                # The street kept the old number: what it stood for goes on under the two new ones.
                one, two = new, third
            else:
                one, two = f, other
            style[way], street[way], quota[way] = WHOLE, 1, 1
        else:
            one, two = f, new
        mass1, mass2 = _mass(one, m, grid), _mass(two, m, grid)
        q1 = int(np.round(q * mass1 / (mass1 + mass2)))
        q1 = min(q - 1, max(1, q1))
        quota[one], quota[two] = q1, q - q1
        stack[depth] = one
        stack[depth + 1] = two
        depth += 2
    return blocks


@nb.njit(cache=True)
def _top_up(m: Any, wanted: int, order: Any, style: Any, block: Any, street: Any, carry: Any, noise: Any) -> int:  # noqa: ANN401, PLR0913, PLR0917  # numba infers
    counts = m[8]
    edges = np.empty(200_000, np.int64)
    px = np.empty(200_000)
    py = np.empty(200_000)
    done = 0
    for f in order:
        if counts[2] >= wanted:
            break
        new, _third, _way = _cut(f, 0.5, style[f], 0.0, m, edges, px, py, noise)
        if new >= 0:
            style[new], block[new], street[new] = style[f], block[f], street[f]
            carry[new] = carry[f]
            done += 1
    return done


def cut_into(  # noqa: PLR0913  # what guides the cutting has that many sides
    plane: PlanarMap,
    wanted: int,
    quotas: npt.NDArray[np.int32],
    density: tuple[float, float, float, npt.NDArray[np.float32]],
    styles: npt.NDArray[np.uint8],
    *,
    block_quota: int,
    widest_street_m: float,
    seed: int,
) -> None:
    """Cut the faces of a map until it has a given number of them · 递归剖分.

    Marks `block` (faces that were one when they came down to `block_quota` parts), `street` (1 for the strips
    left between lots) and `coarse` (the face they all came from) are handed down; `style` must be marked before.

    Parameters
    ----------
    plane
        The map; cut in place.
    wanted
        Number of faces to end with; it ends with fewer only where nothing can be cut without leaving slivers.
    quotas
        Parts each face should end in, shape ``(n_faces,)``.
    density
        West and south in metres, cell size in metres, and parts per square metre relative to one another by row
        (south first) and column.
    styles
        How a block is cut that lies at a cell, of the shape of the density.
    block_quota
        Parts in a block.
    widest_street_m
        Width of the main streets in metres; 0 for none.
    seed
        Seed of what looks random.
    """
    west, south, step, cells = density
    running = np.zeros((cells.shape[0], cells.shape[1] + 1))
    np.cumsum(cells, axis=1, out=running[:, 1:])
    room = len(plane.first)
    quota = np.ones(room, np.int32)
    quota[: plane.faces] = quotas
    for name, blank in (("block", -1), ("street", 0)):
        plane.marks[name] = np.full(room, blank, np.int32)
    plane.marks["coarse"] = np.full(room, -1, np.int32)
    plane.marks["coarse"][: plane.faces] = np.arange(plane.faces)
    noise = np.random.default_rng([seed, 11]).uniform(-1.0, 1.0, 4099)
    m = _arrays(plane)
    marks = (plane.marks["style"], plane.marks["block"], plane.marks["street"], plane.marks["coarse"])
    grid = (west, south, step, cells.astype(np.float64), running)
    _subdivide(m, quota, *marks, grid, styles, noise, block_quota, widest_street_m)
    for _ in range(8):
        if plane.faces >= wanted:
            break
        area, *_ = plane.measures()
        order = np.argsort(-area * (plane.mark("style") != WHOLE), kind="stable")[: max(64, 2 * (wanted - plane.faces))]
        order = order[plane.mark("style")[order] != WHOLE]
        if not _top_up(m, wanted, order.astype(np.int64), *marks, noise):
            break


def _arrays(plane: PlanarMap) -> tuple[npt.NDArray[Any], ...]:
    return (plane.x, plane.y, plane.origin, plane.successor, plane.predecessor, plane.twin, plane.face, plane.first, plane.counts)


@nb.njit(cache=True)
def _draw(m: Any, group: Any) -> Any:  # noqa: ANN401, C901, PLR0912, PLR0915  # numba infers
    """Walk every border between groups; give rings as vertices, their ends, their component and whether they are shells."""
    x, y, origin, successor, _p, twin, face, _first, counts = m
    faces, half_edges = counts[2], counts[1]
    parent = np.arange(faces)
    for h in range(half_edges):
        f, g = face[h], face[twin[h]]
        if f > g >= 0 and group[f] >= 0 and group[f] == group[g]:
            while parent[f] != f:
                parent[f] = parent[parent[f]]
                f = parent[f]
            while parent[g] != g:
                parent[g] = parent[parent[g]]
                g = parent[g]
            if f != g:
                parent[max(f, g)] = min(f, g)
    for f in range(faces):
        parent[f] = parent[parent[f]]
    border = np.zeros(half_edges, np.uint8)
    total = 0
    for h in range(half_edges):
        f, g = face[h], face[twin[h]]
        if f >= 0 and group[f] >= 0 and (g < 0 or group[g] != group[f]):
            border[h] = 1
            total += 1
    vertices = np.empty(total, np.int32)
    ends = np.empty(total // 3 + 1, np.int64)
    component = np.empty(total // 3 + 1, np.int32)
    shell = np.empty(total // 3 + 1, np.uint8)
    n = 0
    rings = 0
    walk = np.empty(total, np.int32)
    stack = np.empty(total, np.int32)
    place = np.full(counts[0], -1, np.int32)
    for h0 in range(half_edges):
        if border[h0] != 1:
            continue
        steps = 0
        h = h0
        while True:
            border[h] = 2
            walk[steps] = origin[h]
            steps += 1
            follow = successor[h]
            while border[follow] == 0:
                follow = successor[twin[follow]]
            h = follow
            if h == h0:
                break
        root = face[h0]
        while parent[root] != root:
            root = parent[root]
        # A walk that comes back to a vertex has gone around something: that loop is a ring of its own.
        depth = 0
        for step in range(steps + 1):
            v = walk[step] if step < steps else walk[0]
            if place[v] < 0:
                place[v] = depth
                stack[depth] = v
                depth += 1
                continue
            low = place[v]
            area = 0.0
            x0, y0 = x[v], y[v]
            for k in range(low, depth):
                a, b = stack[k], stack[k + 1] if k + 1 < depth else v
                area += (x[a] - x0) * (y[b] - y0) - (x[b] - x0) * (y[a] - y0)
                vertices[n] = a
                n += 1
                if k > low:
                    place[a] = -1
            ends[rings], component[rings], shell[rings] = n, root, area > 0.0
            rings += 1
            depth = low + 1
        place[walk[0]] = -1
    return vertices, ends[:rings], component[:rings], shell[:rings]


@nb.njit(cache=True)
def _well_known(x: Any, y: Any, vertices: Any, starts: Any, ends: Any, polygon_ends: Any, size: int) -> Any:  # noqa: ANN401, PLR0913, PLR0917  # numba infers
    """Write polygons as WKB, little endian; rings come sorted by polygon with the shell first."""
    out = np.empty(size, np.uint8)
    offsets = np.empty(len(polygon_ends) + 1, np.int64)
    at = 0
    ring = 0
    number = np.empty(1, np.uint32)
    pair = np.empty(2, np.float64)
    for p in range(len(polygon_ends)):
        offsets[p] = at
        out[at] = 1
        number[0] = 3
        out[at + 1 : at + 5] = number.view(np.uint8)
        number[0] = polygon_ends[p] - ring
        out[at + 5 : at + 9] = number.view(np.uint8)
        at += 9
        while ring < polygon_ends[p]:
            n = ends[ring] - starts[ring]
            number[0] = n + 1
            out[at : at + 4] = number.view(np.uint8)
            at += 4
            for k in range(n + 1):
                v = vertices[starts[ring] + (k if k < n else 0)]
                pair[0], pair[1] = x[v], y[v]
                out[at : at + 16] = pair.view(np.uint8)
                at += 16
            ring += 1
    offsets[len(polygon_ends)] = at
    return out, offsets


@dataclass(frozen=True)
class Drawn:
    """Polygons drawn around groups of faces · 按组合并所得多边形.

    Parameters
    ----------
    wkb
        The polygons as bytes, one after the other.
    offsets
        Where each begins, and the end; shape ``(n + 1,)``.
    group
        Group of each polygon, shape ``(n,)``; a group in several parts has several polygons.
    some_face
        One face of each polygon, shape ``(n,)``.
    """

    wkb: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]
    group: npt.NDArray[np.int32]
    some_face: npt.NDArray[np.int32]


def draw(plane: PlanarMap, group: npt.NDArray[np.int32]) -> Drawn:
    """Draw polygons around groups of faces, every shared vertex kept · 按组合并为多边形.

    Parameters
    ----------
    plane
        The map.
    group
        Group of each face, -1 for none, shape ``(n_faces,)``.

    Returns
    -------
    Drawn
        One polygon per connected part of a group, in order of group and then of face.
    """
    group = np.ascontiguousarray(group, np.int32)
    vertices, ends, component, shell = _draw(_arrays(plane), group)
    starts = np.concatenate([[0], ends[:-1]]) if len(ends) else ends
    order = np.lexsort((starts, 1 - shell, component, group[component]))
    component, shell, starts, ends = component[order], shell[order], starts[order], ends[order]
    changes = np.flatnonzero(np.diff(component)) + 1
    polygon_ends = np.concatenate([changes, [len(component)]]).astype(np.int64) if len(component) else np.zeros(0, np.int64)
    firsts = np.concatenate([[0], changes]).astype(np.int64) if len(component) else np.zeros(0, np.int64)
    size = 9 * len(polygon_ends) + int(4 * len(ends) + 16 * (ends - starts + 1).sum())
    wkb, offsets = _well_known(plane.x, plane.y, vertices, starts, ends, polygon_ends, size)
    return Drawn(wkb, offsets, group[component[firsts]], component[firsts].astype(np.int32))
