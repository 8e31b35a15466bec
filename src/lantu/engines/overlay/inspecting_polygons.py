"""Faults of polygons: rings, angles, slivers, parts and holes · 面图形检查."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.engines.overlay.edge_matching import ring_areas
from lantu.engines.overlay.geometry_faults import FaultColumn, GeometryFaultKind, column_of
from lantu.engines.overlay.polygons import Polygons
from lantu.engines.overlay.slivers import equal_rectangle
from lantu.engines.overlay.vertex_faults import ACUTE, REPEATED, SHORT, SPIKE, contacts, ring_lengths, walk

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.engines.overlay.geometry_faults import InspectionLimits

_PLACE = re.compile(r"^(?P<reason>[^\[]+)\[(?P<x>\S+) (?P<y>\S+)\]$")
_REASONS = {
    "Self-intersection": GeometryFaultKind.SELF_INTERSECTION,
    "Ring Self-intersection": GeometryFaultKind.SELF_CONTACT,
    "Duplicate Rings": GeometryFaultKind.NESTED,
    "Nested shells": GeometryFaultKind.NESTED,
    "Holes are nested": GeometryFaultKind.NESTED,
    "Hole lies outside shell": GeometryFaultKind.HOLE_OUTSIDE_SHELL,
    "Interior is disconnected": GeometryFaultKind.DISCONNECTED_INTERIOR,
}
VERTEX_KINDS = (
    (REPEATED, GeometryFaultKind.REPEATED_VERTEX, "repeated_vertex_m", "m"),
    (SHORT, GeometryFaultKind.SHORT_SEGMENT, "short_segment_m", "m"),
    (ACUTE, GeometryFaultKind.ACUTE_ANGLE, "acute_angle_degree", "degree"),
    (SPIKE, GeometryFaultKind.SPIKE, "spike_angle_degree", "degree"),
)


class ShellDirections:
    """Which way the shells of a layer run, gathered batch by batch · 外环方向统计.

    Formats differ in the direction they ask for, so a layer is held against its own majority.
    """

    def __init__(self) -> None:
        """Start with no shell seen · 初始化."""
        self._rows: list[npt.NDArray[np.int64]] = []
        self._points: list[npt.NDArray[np.float64]] = []
        self._anticlockwise: list[npt.NDArray[np.bool_]] = []

    def add(self, rows: npt.NDArray[np.int64], points: npt.NDArray[np.float64], anticlockwise: npt.NDArray[np.bool_]) -> None:
        """Take in the shells of one batch · 加入一批外环.

        Parameters
        ----------
        rows
            Row of each shell.
        points
            First vertex of each shell, shape ``(n, 2)``.
        anticlockwise
            Which way it runs.
        """
        self._anticlockwise.append(anticlockwise)
        self._rows.append(rows)
        self._points.append(points)

    def against_the_rest(self) -> list[FaultColumn]:
        """Give the shells that run against the majority · 与多数方向相反的外环.

        Returns
        -------
        list of FaultColumn
            One column; ties go to anticlockwise.
        """
        if not self._rows:
            return []
        anticlockwise = np.concatenate(self._anticlockwise)
        majority = anticlockwise.mean() >= 0.5  # noqa: PLR2004  # half
        odd = anticlockwise != majority
        rows, first = np.unique(np.concatenate(self._rows)[odd], return_index=True)
        return [column_of(GeometryFaultKind.RING_ORIENTATION, rows, np.concatenate(self._points)[odd][first])]


def inspect_polygons(
    rows: npt.NDArray[np.int64],
    shapes: npt.NDArray[np.object_],
    limits: InspectionLimits,
    directions: ShellDirections,
) -> list[FaultColumn]:
    """Look for faults in one batch of polygons · 检查一批面.

    Parameters
    ----------
    rows
        Row of each feature.
    shapes
        Shapely polygons and multipolygons with finite coordinates.
    limits
        What they are held against.
    directions
        Takes note of the shells; the caller asks it once all batches are through.

    Returns
    -------
    list of FaultColumn
        In no promised order.
    """
    if not len(rows):
        return []
    # A ring of three vertices cannot be walked; what is wrong with it, its validity tells.
    flat = Polygons.from_shapely(shapes, other="skip")
    ring_row = np.repeat(rows, np.diff(flat.feature_start))
    feature, vertex = contacts(flat.coords.view(np.uint64), flat.ring_start, flat.feature_start)
    invalid = ~shapely.is_valid(shapes)
    columns = _validity(rows, shapes, np.flatnonzero(invalid), set(feature.tolist()))
    columns.append(column_of(GeometryFaultKind.SELF_CONTACT, rows[feature], flat.coords[vertex]))
    columns += vertex_columns(flat.coords, flat.ring_start, ring_row, limits, closed=True)
    # An invalid ring has no area worth measuring: that of a bow-tie is nought.
    sound = np.flatnonzero(~invalid)
    whole = flat if len(sound) == len(rows) else flat.take(sound)
    columns += _rings(whole, np.repeat(rows[sound], np.diff(whole.feature_start)), limits, directions)
    parts = shapely.get_num_geometries(shapes)
    several = parts > 1
    columns.append(
        column_of(
            GeometryFaultKind.MULTIPART, rows[several], shapely.point_on_surface(shapes[several]), parts[several], limit=1, unit="part"
        )
    )
    return columns


def vertex_columns(
    coords: npt.NDArray[np.float64],
    path_start: npt.NDArray[np.int64],
    path_row: npt.NDArray[np.int64],
    limits: InspectionLimits,
    *,
    closed: bool,
) -> list[FaultColumn]:
    """Walk along paths and tell what the vertices show · 顶点问题.

    Parameters
    ----------
    coords
        Vertices, shape ``(n, 2)``.
    path_start
        First vertex of each path, and the end of the last.
    path_row
        Row of the feature of each path.
    limits
        What they are held against.
    closed
        Whether paths are rings.

    Returns
    -------
    list of FaultColumn
        Repeated vertices, short segments, acute angles, spikes.
    """
    kind, path, vertex, measured = walk(
        coords,
        path_start,
        closed,
        limits.repeated_vertex_m,
        limits.short_segment_m,
        limits.acute_angle_degree,
        limits.spike_angle_degree,
    )
    return [
        column_of(
            name,
            path_row[path[kind == code]],
            coords[vertex[kind == code]],
            measured[kind == code],
            limit=getattr(limits, limit),
            unit=unit,
        )
        for code, name, limit, unit in VERTEX_KINDS
    ]


def _validity(
    rows: npt.NDArray[np.int64],
    shapes: npt.NDArray[np.object_],
    invalid: npt.NDArray[np.int64],
    touching: set[int],
) -> list[FaultColumn]:
    """Say what GEOS finds wrong first with each invalid polygon; a contact at a vertex is told elsewhere · 有效性."""
    columns = []
    for place, reason in zip(invalid.tolist(), shapely.is_valid_reason(shapes[invalid]).tolist(), strict=True):
        found = _PLACE.match(reason)
        kind = _REASONS.get(found["reason"] if found else reason, GeometryFaultKind.INVALID_RING)
        if kind is GeometryFaultKind.SELF_CONTACT and place in touching:
            continue
        where = np.array([[float(found["x"]), float(found["y"])]]) if found else None
        columns.append(column_of(kind, rows[[place]], where))
    return columns


def _rings(flat: Polygons, ring_row: npt.NDArray[np.int64], limits: InspectionLimits, directions: ShellDirections) -> list[FaultColumn]:
    """Measure every ring: direction, tiny holes, and parts with their holes taken off · 环的量测."""
    if not len(flat.ring_part):
        return []
    signed = ring_areas(flat.coords, flat.ring_start)
    length = ring_lengths(flat.coords, flat.ring_start)
    shell = np.ones(len(signed), dtype=bool)
    begins = np.zeros(len(signed) + 1, dtype=bool)
    begins[flat.feature_start] = True
    shell[1:] = (flat.ring_part[1:] != flat.ring_part[:-1]) | begins[1:-1]
    part = np.cumsum(shell) - 1
    first = np.flatnonzero(shell)
    start = flat.coords[flat.ring_start[:-1]]
    directions.add(ring_row[shell], start[shell], signed[shell] > 0)
    same_way = ~shell & ((signed > 0) == (signed[first][part] > 0))
    size = np.abs(signed)
    tiny_hole = ~shell & (size < limits.tiny_area_m2)
    area = np.bincount(part, weights=np.where(shell, size, -size)).astype(np.float64)
    width = equal_rectangle(np.maximum(area, 0.0), np.bincount(part, weights=length).astype(np.float64))[1]
    tiny = area < limits.tiny_area_m2
    sliver = tiny & (width < limits.sliver_width_m)
    tiny &= ~sliver
    row, place = ring_row[first], start[first]
    kinds = GeometryFaultKind
    return [
        column_of(kinds.RING_ORIENTATION, ring_row[same_way], start[same_way]),
        column_of(kinds.TINY_HOLE, ring_row[tiny_hole], start[tiny_hole], size[tiny_hole], limit=limits.tiny_area_m2, unit="m2"),
        column_of(kinds.TINY_PART, row[tiny], place[tiny], area[tiny], limit=limits.tiny_area_m2, unit="m2"),
        column_of(kinds.SLIVER, row[sliver], place[sliver], width[sliver], limit=limits.sliver_width_m, unit="m"),
    ]
