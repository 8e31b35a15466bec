"""Faults that a walk along the vertices shows, for rings and lines alike · 沿顶点检查."""

# ruff: noqa: ANN001, ANN201, ANN202, PLR0913, PLR0917, C901  # numba infers types; compiled loops take arrays one by one
# The types are numba's; mypy would check a language that never runs.
# mypy: ignore-errors

from __future__ import annotations

import numba
import numpy as np

REPEATED = 0
SHORT = 1
ACUTE = 2
SPIKE = 3
_SEGMENT = 2
_CORNER = 3


@numba.njit(nogil=True, cache=True)
def _angle(ax, ay, bx, by, cx, cy):
    """Angle at b between a and c in degrees, 0 where the path turns back on itself · 夹角."""
    ux, uy, vx, vy = ax - bx, ay - by, cx - bx, cy - by
    return np.degrees(np.arctan2(abs(ux * vy - uy * vx), ux * vx + uy * vy))


@numba.njit(nogil=True, cache=True)
def walk(coords, path_start, closed, repeated_m, short_m, acute_degree, spike_degree):
    """Walk along every path and note repeated vertices, short segments, acute angles and spikes · 沿路径检查.

    Paths that are closed repeat their first vertex at the end. Angles are taken between vertices that are further apart
    than `repeated_m`, so a repeated vertex never hides a spike. Gives kind, path, vertex and what was measured.
    """
    kinds = [np.int64(0) for _ in range(0)]
    paths = [np.int64(0) for _ in range(0)]
    vertices = [np.int64(0) for _ in range(0)]
    measured = [0.0 for _ in range(0)]
    longest = 0
    for path in range(len(path_start) - 1):
        longest = max(longest, path_start[path + 1] - path_start[path])
    distinct = np.empty(longest + 2, np.int64)
    for path in range(len(path_start) - 1):
        first, last = path_start[path], path_start[path + 1]
        if last - first < _SEGMENT:
            continue
        count = 1
        distinct[0] = first
        for k in range(first + 1, last):
            before = distinct[count - 1]
            length = np.hypot(coords[k, 0] - coords[before, 0], coords[k, 1] - coords[before, 1])
            if length <= repeated_m and not (closed and k == last - 1 and count == 1):
                kinds.append(REPEATED)
                paths.append(path)
                vertices.append(k)
                measured.append(length)
                if closed and k == last - 1:
                    # The ring closes onto a vertex that the last one repeats: the first vertex stands for both.
                    distinct[count - 1] = k
                continue
            if length < short_m:
                kinds.append(SHORT)
                paths.append(path)
                vertices.append(k)
                measured.append(length)
            distinct[count] = k
            count += 1
        if count < _CORNER:
            continue
        for i in range(0 if closed else 1, count - 1):
            a = distinct[i - 1] if i > 0 else distinct[count - 2]
            b, c = distinct[i], distinct[i + 1]
            angle = _angle(coords[a, 0], coords[a, 1], coords[b, 0], coords[b, 1], coords[c, 0], coords[c, 1])
            if angle < acute_degree:
                kinds.append(SPIKE if angle < spike_degree else ACUTE)
                paths.append(path)
                vertices.append(b)
                measured.append(angle)
    return np.array(kinds), np.array(paths), np.array(vertices), np.array(measured)


@numba.njit(nogil=True, cache=True)
def ring_lengths(coords, ring_start):
    """Length of each path · 各环长度."""
    length = np.zeros(len(ring_start) - 1)
    for ring in range(len(ring_start) - 1):
        for k in range(ring_start[ring], ring_start[ring + 1] - 1):
            length[ring] += np.hypot(coords[k + 1, 0] - coords[k, 0], coords[k + 1, 1] - coords[k, 1])
    return length


@numba.njit(nogil=True, cache=True)
def contacts(bits, ring_start, feature_start):
    """Find vertices that a feature visits more than once, closing and repeated ones left out · 自接触顶点.

    `bits` are the coordinates seen as unsigned integers. Gives feature and vertex of the later visit.
    """
    features = [np.int64(0) for _ in range(0)]
    vertices = [np.int64(0) for _ in range(0)]
    size = 64
    table = np.empty(size, np.int64)
    for feature in range(len(feature_start) - 1):
        first_ring, end_ring = feature_start[feature], feature_start[feature + 1]
        if first_ring == end_ring:
            continue
        wanted = 2 * (ring_start[end_ring] - ring_start[first_ring])
        while size < wanted:
            size *= 2
        if len(table) < size:
            table = np.empty(size, np.int64)
        used = 64
        while used < wanted:
            used *= 2
        mask = np.uint64(used - 1)
        table[:used] = -1
        for ring in range(first_ring, end_ring):
            for k in range(ring_start[ring], ring_start[ring + 1] - 1):
                if k > ring_start[ring] and bits[k, 0] == bits[k - 1, 0] and bits[k, 1] == bits[k - 1, 1]:
                    continue
                key = (bits[k, 0] ^ (bits[k, 1] << np.uint64(1))) * np.uint64(0x9E3779B97F4A7C15)
                key ^= key >> np.uint64(31)
                key *= np.uint64(0xBF58476D1CE4E5B9)
                slot = (key ^ (key >> np.uint64(32))) & mask
                while True:
                    held = table[slot]
                    if held < 0:
                        table[slot] = k
                        break
                    if bits[held, 0] == bits[k, 0] and bits[held, 1] == bits[k, 1]:
                        closing = held == ring_start[ring] and _only_repeats(bits, k, ring_start[ring + 1] - 1)
                        if not closing:
                            features.append(feature)
                            vertices.append(k)
                        break
                    slot = (slot + np.uint64(1)) & mask
    return np.array(features), np.array(vertices)


@numba.njit(nogil=True, cache=True)
def _only_repeats(bits, first, last):
    """Tell whether all vertices of a stretch are the same · 是否全为同一点."""
    k = first
    while k < last and bits[k, 0] == bits[k + 1, 0] and bits[k, 1] == bits[k + 1, 1]:
        k += 1
    return k == last
