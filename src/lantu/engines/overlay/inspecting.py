"""Inspect the geometry of a layer by itself · 图层图形自检."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely

from lantu.engines.overlay.coverage_reading import batches, is_curved
from lantu.engines.overlay.geometry_faults import FaultColumn, GeometryFaultKind, Inspection, InspectionLimits, column_of
from lantu.engines.overlay.inspecting_lines import inspect_lines, inspect_network
from lantu.engines.overlay.inspecting_polygons import ShellDirections, inspect_polygons
from lantu.engines.overlay.plane import require_plane

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer

GeometryType = Literal["point", "line", "polygon"]
_TYPES: tuple[GeometryType, ...] = ("point", "line", "polygon")
_POINT, _LINE, _AREA = range(3)
_COLLECTION = 7


def inspect(
    layer: Layer,
    *,
    scale: int = 10_000,
    limits: InspectionLimits | None = None,
    geometry_type: GeometryType | None = None,
) -> Inspection:
    """Look for faults in the geometry of a layer · 检查图层自身的图形质量.

    Parameters
    ----------
    layer
        Any layer in a projected CRS, metres.
    scale
        Denominator of the map scale that the customary limits follow.
    limits
        Other limits than those of the scale.
    geometry_type
        What its features should be; None for what most of them are.

    Returns
    -------
    Inspection
        Faults by kind; they can be walked through one by one.

    Raises
    ------
    ReferenceMismatch
        If the layer is in degrees.
    """
    require_plane(layer)
    held = limits or InspectionLimits.for_scale(scale)
    columns: list[FaultColumn] = []
    dimension = np.full(len(layer), -1, np.int8)
    directions = ShellDirections()
    for start, shapes in batches(layer.wkb):
        rows = np.arange(start, start + len(shapes))
        columns += _absent(layer, start, shapes)
        finite = _finite(shapes)
        kind = np.where(shapely.get_type_id(shapes) == _COLLECTION, -1, shapely.get_dimensions(shapes))
        present = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
        dimension[rows] = np.where(present, kind, -1)
        columns.append(column_of(GeometryFaultKind.NOT_FINITE, rows[~finite]))
        columns.append(column_of(GeometryFaultKind.WRONG_TYPE, rows[present & (kind < 0)], _points_of(shapes[present & (kind < 0)])))
        usable = present & finite
        columns += inspect_polygons(rows[usable & (kind == _AREA)], shapes[usable & (kind == _AREA)], held, directions)
        columns += inspect_lines(rows[usable & (kind == _LINE)], shapes[usable & (kind == _LINE)], held)
        dimension[rows[~finite]] = -1
    columns += directions.against_the_rest()
    columns += _mixed(layer, dimension, geometry_type)
    columns += _duplicate_points(layer, dimension)
    columns += inspect_network(layer, np.flatnonzero(dimension == _LINE), held)
    return Inspection.gathered(columns, layer.ids)


def _absent(layer: Layer, start: int, shapes: npt.NDArray[np.object_]) -> list[FaultColumn]:
    """Find what is null, empty, curved or unreadable · 空图形与弧段."""
    rows = np.arange(start, start + len(shapes))
    missing = shapely.is_missing(shapes)
    null = np.asarray(layer.wkb.slice(start, len(shapes)).is_null())
    undecoded = rows[missing & ~null]
    curved = np.array([is_curved(layer.wkb[row].as_py()) for row in undecoded.tolist()], dtype=bool)
    return [
        column_of(GeometryFaultKind.NULL, rows[null]),
        column_of(GeometryFaultKind.UNREADABLE, undecoded[~curved]),
        column_of(GeometryFaultKind.CURVE, undecoded[curved]),
        column_of(GeometryFaultKind.EMPTY, rows[shapely.is_empty(shapes)]),
    ]


def _finite(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Tell which geometries have finite coordinates only · 坐标是否有限."""
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    bad = ~np.isfinite(coordinates).all(axis=1)
    finite = np.ones(len(shapes), dtype=bool)
    finite[owner[bad]] = False
    return finite


def _points_of(shapes: npt.NDArray[np.object_]) -> npt.NDArray[Any]:
    return np.asarray(shapely.point_on_surface(shapes), dtype=object)


def _mixed(layer: Layer, dimension: npt.NDArray[np.int8], expected: GeometryType | None) -> list[FaultColumn]:
    """Find features of another type than the layer's · 类型不一致."""
    known = dimension[dimension >= 0]
    if not len(known):
        return []
    wanted = int(np.bincount(known).argmax()) if expected is None else _TYPES.index(expected)
    rows = np.flatnonzero((dimension >= 0) & (dimension != wanted))
    return [column_of(GeometryFaultKind.WRONG_TYPE, rows, _points_of(layer.take(rows).geometry))]


def _duplicate_points(layer: Layer, dimension: npt.NDArray[np.int8]) -> list[FaultColumn]:
    """Find points that stand on one another · 重复点."""
    rows = np.flatnonzero(dimension == _POINT)
    if not len(rows):
        return []
    shapes = layer.take(rows).geometry
    _, first, back = np.unique(shapely.to_wkb(shapely.normalize(shapes)), return_index=True, return_inverse=True)
    again = first[back] != np.arange(len(rows))
    return [column_of(GeometryFaultKind.DUPLICATE, rows[again], shapes[again], others=rows[first[back[again]]])]
