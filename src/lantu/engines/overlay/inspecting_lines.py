"""Faults of lines: crossings, duplicates, and ends that miss or pass what they were meant to meet · 线图形检查."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.engines.overlay.geometry_faults import FaultColumn, GeometryFaultKind, InspectionLimits, column_of
from lantu.engines.overlay.inspecting_polygons import vertex_columns

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer


def inspect_lines(rows: npt.NDArray[np.int64], shapes: npt.NDArray[np.object_], limits: InspectionLimits) -> list[FaultColumn]:
    """Look for faults in one batch of lines, each by itself · 逐条检查线.

    Parameters
    ----------
    rows
        Row of each feature.
    shapes
        Shapely lines and multilines with finite coordinates.
    limits
        What they are held against.

    Returns
    -------
    list of FaultColumn
        In no promised order.
    """
    if not len(rows):
        return []
    parts, owner = _parts(shapes)
    counts = shapely.get_num_coordinates(parts)
    coords = np.ascontiguousarray(shapely.get_coordinates(parts))
    start = np.concatenate([[0], np.cumsum(counts)])
    columns = vertex_columns(coords, start, rows[owner], limits, closed=False)
    length = shapely.length(shapes)
    tiny = length < limits.tiny_line_m
    columns.append(
        column_of(GeometryFaultKind.TINY_LINE, rows[tiny], _firsts(shapes[tiny]), length[tiny], limit=limits.tiny_line_m, unit="m")
    )
    several = shapely.get_num_geometries(shapes)
    multipart = several > 1
    columns.append(
        column_of(GeometryFaultKind.MULTIPART, rows[multipart], _firsts(shapes[multipart]), several[multipart], limit=1, unit="part")
    )
    crossing = ~shapely.is_simple(shapes)
    columns.append(column_of(GeometryFaultKind.SELF_CROSSING, *_crossings(rows[crossing], shapes[crossing])))
    return columns


def _parts(shapes: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    """Split lines into their parts, empty ones left out; gives the number of the owner of each · 拆分为单线."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    real = ~shapely.is_empty(parts)
    return parts[real], owner[real]


def _firsts(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """First vertex of each geometry · 首点, shape ``(n, 2)``."""
    coords, owner = shapely.get_coordinates(shapes, return_index=True)
    return np.asarray(coords[np.searchsorted(owner, np.arange(len(shapes)))], dtype=np.float64).reshape(-1, 2)


def _crossings(rows: npt.NDArray[np.int64], shapes: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    """Give the places where lines that are not simple meet themselves · 自相交处."""
    places = []
    for shape in shapes:
        noded = shapely.get_parts(shapely.node(shape))
        noded = noded[shapely.length(noded) > 0]
        ends = np.concatenate([shapely.get_coordinates(shapely.get_point(noded, vertex)) for vertex in (0, -1)])
        distinct, count = np.unique(ends, axis=0, return_counts=True)
        busy = distinct[count > 2]  # noqa: PLR2004  # two pieces meet wherever a line merely goes on
        places.append(shapely.multipoints(busy) if len(busy) else shape)
    return rows, np.array(places, dtype=object)


def inspect_network(layer: Layer, rows: npt.NDArray[np.int64], limits: InspectionLimits) -> list[FaultColumn]:
    """Look for duplicates and for line ends that meet nothing · 检查线网：重复与悬挂.

    Parameters
    ----------
    layer
        The layer.
    rows
        Rows of its lines.
    limits
        What they are held against.

    Returns
    -------
    list of FaultColumn
        Each dangling end stands once: as an overshoot, an undershoot or a plain dangle.
    """
    if not len(rows):
        return []
    shapes = layer.take(rows).geometry
    return [_duplicates(rows, shapes), *_dangles(rows, shapes, limits)]


def _duplicates(rows: npt.NDArray[np.int64], shapes: npt.NDArray[np.object_]) -> FaultColumn:
    _, first, back = np.unique(shapely.to_wkb(shapely.normalize(shapes)), return_index=True, return_inverse=True)
    again = first[back] != np.arange(len(rows))
    return column_of(GeometryFaultKind.DUPLICATE, rows[again], shapes[again], others=rows[first[back[again]]])


def _dangles(rows: npt.NDArray[np.int64], shapes: npt.NDArray[np.object_], limits: InspectionLimits) -> list[FaultColumn]:
    parts, owner = _parts(shapes)
    ends, part = _free_ends(parts)
    points = shapely.points(ends)
    tree = shapely.STRtree(parts)
    end, met = tree.query(points, predicate="dwithin", distance=limits.repeated_vertex_m)
    held = np.zeros(len(ends), dtype=bool)
    held[end[met != part[end]]] = True
    own = end[(met == part[end])]
    held[own[_meets_itself(parts, part, points, own, limits.repeated_vertex_m)]] = True
    ends, part, points = ends[~held], part[~held], points[~held]
    past, past_other = _overshoots(tree, parts, part, points, limits.near_miss_m)
    near, gap = _nearest_other(tree, parts, part, points, limits.near_miss_m)
    over = np.isfinite(past)
    under = ~over & np.isfinite(gap)
    plain = ~over & ~under
    row = rows[owner[part]]
    other = np.where(over, past_other, near)
    names = rows[owner[np.maximum(other, 0)]]
    kinds = GeometryFaultKind
    return [
        column_of(kinds.OVERSHOOT, row[over], ends[over], past[over], limit=limits.near_miss_m, unit="m", others=names[over]),
        column_of(kinds.UNDERSHOOT, row[under], ends[under], gap[under], limit=limits.near_miss_m, unit="m", others=names[under]),
        column_of(kinds.DANGLE, row[plain], ends[plain]),
    ]


def _free_ends(parts: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Give the ends that no other end shares: place and part · 自由端点."""
    first = shapely.get_coordinates(shapely.get_point(parts, 0))
    last = shapely.get_coordinates(shapely.get_point(parts, -1))
    ends = np.concatenate([first, last])
    _, back, count = np.unique(ends, axis=0, return_inverse=True, return_counts=True)
    free = count[back.reshape(-1)] == 1
    part = np.tile(np.arange(len(parts)), 2)
    return ends[free], part[free]


def _meets_itself(
    parts: npt.NDArray[np.object_],
    part: npt.NDArray[np.int64],
    points: npt.NDArray[np.object_],
    own: npt.NDArray[np.int64],
    distance_m: float,
) -> npt.NDArray[np.bool_]:
    """Tell which ends rest on another stretch of their own line · 端点落在自身线上."""
    lines = parts[part[own]]
    at = shapely.line_locate_point(lines, points[own])
    length = shapely.length(lines)
    # The nearest place on the own line is the end itself, unless the line comes by again earlier.
    at_end = (at <= distance_m) | (at >= length - distance_m)
    loose = ~at_end & (shapely.distance(lines, points[own]) <= distance_m)
    closed = shapely.distance(shapely.get_point(lines, 0), shapely.get_point(lines, -1)) <= distance_m
    return np.asarray(loose | closed, dtype=bool)


def _nearest_other(
    tree: shapely.STRtree,
    parts: npt.NDArray[np.object_],
    part: npt.NDArray[np.int64],
    points: npt.NDArray[np.object_],
    distance_m: float,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Find the nearest other line within a distance of each end; distance infinite where there is none · 最近的其他线."""
    near = np.full(len(points), -1)
    gap = np.full(len(points), np.inf)
    end, met = tree.query(points, predicate="dwithin", distance=distance_m)
    foreign = met != part[end]
    end, met = end[foreign], met[foreign]
    apart = shapely.distance(parts[met], points[end])
    for index in np.lexsort((met, apart))[::-1]:
        near[end[index]], gap[end[index]] = met[index], apart[index]
    return near, gap


def _overshoots(
    tree: shapely.STRtree,
    parts: npt.NDArray[np.object_],
    part: npt.NDArray[np.int64],
    points: npt.NDArray[np.object_],
    distance_m: float,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Measure how far each end runs past the line it crosses last; infinite where it crosses none nearby · 过头长度."""
    past = np.full(len(points), np.inf)
    other = np.full(len(points), -1)
    end, met = tree.query(points, predicate="dwithin", distance=distance_m)
    foreign = met != part[end]
    end, met = end[foreign], met[foreign]
    crossing = shapely.intersection(parts[part[end]], parts[met])
    apart = shapely.distance(crossing, points[end])
    hit = np.isfinite(apart) & (apart <= distance_m) & ~shapely.is_empty(crossing)
    for index in np.flatnonzero(hit):
        if apart[index] < past[end[index]]:
            past[end[index]], other[end[index]] = apart[index], met[index]
    return past, other
