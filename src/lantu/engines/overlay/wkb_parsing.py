"""WKB read straight into flat arrays, without building geometry objects · WKB 直接解析为平面数组."""

# ruff: noqa: ANN001, ANN202, C901, PLR0913, PLR0917  # numba infers the types of compiled functions, and they take arrays one by one
# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False, disallow-untyped-calls=False

from __future__ import annotations

import numba
import numpy as np

SOUND = 0
NOT_POLYGONAL = 1
MALFORMED = 2
NOT_FINITE = 3

_POLYGON = 3
_MULTIPOLYGON = 6
_SMALLEST_RING = 4
_PLANE = 2
_ISO_ZM = 3
_EWKB_Z = 0x80000000
_EWKB_M = 0x40000000
_EWKB_SRID = 0x20000000


@numba.njit(nogil=True, cache=True)
def _read_u32(data, position, little):
    """Read one unsigned 32-bit number · 读取无符号整数."""
    if little:
        return (
            np.int64(data[position])
            | np.int64(data[position + 1]) << 8
            | np.int64(data[position + 2]) << 16
            | np.int64(data[position + 3]) << 24
        )
    return (
        np.int64(data[position + 3])
        | np.int64(data[position + 2]) << 8
        | np.int64(data[position + 1]) << 16
        | np.int64(data[position]) << 24
    )


@numba.njit(nogil=True, cache=True)
def _read_header(data, position, end):
    """Read byte order, type and dimension; type -1 where the bytes end too early · 读取头部."""
    if position + 5 > end or data[position] > 1:
        return False, np.int64(-1), np.int64(2), position
    little = data[position] == 1
    raw = _read_u32(data, position + 1, little)
    position += 5
    dimension = np.int64(2)
    if raw & _EWKB_Z:
        dimension += 1
    if raw & _EWKB_M:
        dimension += 1
    if raw & _EWKB_SRID:
        position += 4
    kind = raw & 0x0FFFFFFF
    iso = kind // 1000
    if iso in (1, 2):
        dimension += 1
    elif iso == _ISO_ZM:
        dimension += 2
    return little, kind % 1000, dimension, position


@numba.njit(nogil=True, cache=True)
def _count_of_polygon(data, position, end, little, dimension):
    """Count rings and vertices of one polygon; position -1 where it is malformed · 统计环与顶点."""
    rings = np.int64(0)
    vertices = np.int64(0)
    if position + 4 > end:
        return np.int64(-1), rings, vertices
    listed = _read_u32(data, position, little)
    position += 4
    for _ in range(listed):
        if position + 4 > end:
            return np.int64(-1), rings, vertices
        points = _read_u32(data, position, little)
        position += 4
        size = 8 * dimension
        if points > (end - position) // size:
            return np.int64(-1), rings, vertices
        if points > 0:
            if points < _SMALLEST_RING:
                return np.int64(-1), rings, vertices
            last = position + (points - 1) * size
            for byte in range(16):
                if data[position + byte] != data[last + byte]:
                    return np.int64(-1), rings, vertices
            rings += 1
            vertices += points
        position += points * size
    return position, rings, vertices


@numba.njit(nogil=True, cache=True)
def count_rings(data, offsets, null, rings, vertices, status):
    """Count rings and vertices of each feature and judge its bytes · 逐要素统计环与顶点并检查字节.

    Parameters
    ----------
    data
        Bytes of all features, uint8.
    offsets
        Where each feature begins and ends, int64, shape ``(n + 1,)``.
    null
        True where a feature has no geometry, shape ``(n,)``.
    rings
        Written: number of rings, shape ``(n,)``.
    vertices
        Written: number of vertices, closing ones included, shape ``(n,)``.
    status
        Written: `SOUND`, `NOT_POLYGONAL` or `MALFORMED`, shape ``(n,)``.
    """
    for row in range(len(offsets) - 1):
        rings[row] = 0
        vertices[row] = 0
        status[row] = SOUND
        if null[row]:
            continue
        end = offsets[row + 1]
        little, kind, dimension, position = _read_header(data, offsets[row], end)
        if kind < 0 or position + 4 > end:
            # A POINT EMPTY holds coordinates; all else that is cut short ends here.
            status[row] = MALFORMED
            continue
        if kind == _POLYGON:
            position, found_rings, found_vertices = _count_of_polygon(data, position, end, little, dimension)
            if position < 0:
                status[row] = MALFORMED
                continue
            rings[row] = found_rings
            vertices[row] = found_vertices
        elif kind == _MULTIPOLYGON:
            parts = _read_u32(data, position, little)
            position += 4
            for _ in range(parts):
                part_little, part_kind, part_dimension, position = _read_header(data, position, end)
                if part_kind != _POLYGON:
                    status[row] = MALFORMED
                    break
                position, found_rings, found_vertices = _count_of_polygon(data, position, end, part_little, part_dimension)
                if position < 0:
                    status[row] = MALFORMED
                    break
                rings[row] += found_rings
                vertices[row] += found_vertices
            if status[row] != SOUND:
                rings[row] = 0
                vertices[row] = 0
        elif kind == 1 or _read_u32(data, position, little) > 0:
            status[row] = NOT_POLYGONAL


@numba.njit(nogil=True, cache=True)
def _fill_polygon(data, position, little, dimension, part, coords_bytes, ring_start, ring_part, ring):
    """Copy one polygon's rings behind those already there · 复制一个多边形的环."""
    listed = _read_u32(data, position, little)
    position += 4
    size = 8 * dimension
    for _ in range(listed):
        points = _read_u32(data, position, little)
        position += 4
        if points == 0:
            continue
        vertex = ring_start[ring]
        if little and dimension == _PLANE:
            coords_bytes[16 * vertex : 16 * (vertex + points)] = data[position : position + 16 * points]
        else:
            for point in range(points):
                source = position + point * size
                target = 16 * (vertex + point)
                for byte in range(16):
                    # Both ordinates are turned round byte by byte where the file is big-endian.
                    coords_bytes[target + byte] = data[source + byte] if little else data[source + (byte & 8) + 7 - (byte & 7)]
        ring_part[ring] = part
        ring += 1
        ring_start[ring] = vertex + points
        position += points * size
    return position, ring


@numba.njit(nogil=True, cache=True)
def fill_rings(data, offsets, rings, first_ring, coords, coords_bytes, ring_start, ring_part, bounds, status):
    """Copy the rings of all sound features and measure their bounds · 复制各要素的环并求外包矩形.

    Parameters
    ----------
    data
        Bytes of all features, uint8.
    offsets
        Where each feature begins and ends, int64, shape ``(n + 1,)``.
    rings
        Number of rings by feature, from `count_rings`.
    first_ring
        Row in `ring_start` at which the first of these features begins; ``ring_start`` is set there.
    coords
        Written: vertices, float64, shape ``(n_vertices, 2)``.
    coords_bytes
        The memory of `coords` seen as uint8.
    ring_start
        Written: first vertex of each ring and the end of the last.
    ring_part
        Written: number of the part within its feature.
    bounds
        Written: xmin, ymin, xmax, ymax, NaN where a feature has no rings, shape ``(n, 4)``.
    status
        Written: `NOT_FINITE` where a coordinate is infinite or not a number.
    """
    ring = first_ring
    for row in range(len(offsets) - 1):
        bounds[row, :] = np.nan
        if rings[row] == 0:
            continue
        end = offsets[row + 1]
        begun = ring
        little, kind, dimension, position = _read_header(data, offsets[row], end)
        if kind == _POLYGON:
            position, ring = _fill_polygon(data, position, little, dimension, 0, coords_bytes, ring_start, ring_part, ring)
        else:
            parts = _read_u32(data, position, little)
            position += 4
            filled = 0
            for _ in range(parts):
                part_little, _kind, part_dimension, position = _read_header(data, position, end)
                before = ring
                position, ring = _fill_polygon(
                    data, position, part_little, part_dimension, filled, coords_bytes, ring_start, ring_part, ring
                )
                if ring > before:
                    filled += 1
        west = east = coords[ring_start[begun], 0]
        south = north = coords[ring_start[begun], 1]
        finite = True
        for vertex in range(ring_start[begun], ring_start[ring]):
            x = coords[vertex, 0]
            y = coords[vertex, 1]
            finite = finite and np.isfinite(x) and np.isfinite(y)
            west = min(west, x)
            east = max(east, x)
            south = min(south, y)
            north = max(north, y)
        if finite:
            bounds[row, 0] = west
            bounds[row, 1] = south
            bounds[row, 2] = east
            bounds[row, 3] = north
        else:
            status[row] = NOT_FINITE


@numba.njit(nogil=True, cache=True)
def take_rings(rows, feature_start, ring_start, ring_part, coords, new_feature_start, new_ring_start, new_ring_part, new_coords):
    """Copy the rings of some features, in the order given · 复制部分要素的环.

    Parameters
    ----------
    rows
        Features wanted, int64.
    feature_start
        First ring of each feature, shape ``(n + 1,)``.
    ring_start
        First vertex of each ring.
    ring_part
        Part number of each ring.
    coords
        Vertices.
    new_feature_start
        Given: first ring of each wanted feature, shape ``(len(rows) + 1,)``.
    new_ring_start
        Written: first vertex of each copied ring.
    new_ring_part
        Written: part number of each copied ring.
    new_coords
        Written: copied vertices.
    """
    new_ring_start[0] = 0
    for index in range(len(rows)):
        row = rows[index]
        new_ring = new_feature_start[index]
        for ring in range(feature_start[row], feature_start[row + 1]):
            begin = ring_start[ring]
            end = ring_start[ring + 1]
            at = new_ring_start[new_ring]
            new_coords[at : at + end - begin] = coords[begin:end]
            new_ring_part[new_ring] = ring_part[ring]
            new_ring += 1
            new_ring_start[new_ring] = at + end - begin
