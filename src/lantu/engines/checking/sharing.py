"""Computations that several checks share, each done once per layer version · 规则共用的计算."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely

from lantu.engines.overlay.coverage_reading import batches
from lantu.engines.overlay.geometry_faults import Inspection
from lantu.engines.overlay.inspecting import inspect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from lantu.engines.overlay.geometry_faults import GeometryFault, GeometryFaultKind, InspectionLimits
    from lantu.engines.overlay.inspecting import GeometryType
    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer

Box = tuple[float, float, float, float]


def bounds_of_features(layer: Layer) -> npt.NDArray[np.float64]:
    """Give the box around every feature, without keeping their geometry · 要素外接矩形.

    Parameters
    ----------
    layer
        Any layer.

    Returns
    -------
    numpy.ndarray of float64
        Shape ``(n, 4)``: west, south, east, north in the CRS of the layer; NaN where there is no geometry.
    """
    boxes = [shapely.bounds(shapes) for _, shapes in batches(layer.wkb)]
    return np.concatenate(boxes) if boxes else np.empty((0, 4))


def bounds_of(layer: Layer, products: Products) -> Box | None:
    """Give the box around a whole layer · 图层外接矩形.

    Parameters
    ----------
    layer
        Any layer.
    products
        Where it is remembered.

    Returns
    -------
    tuple of float or None
        West, south, east, north in the CRS of the layer; None where it has no geometry.
    """

    def compute() -> Box | None:
        boxes = bounds_of_features(layer)
        boxes = boxes[~np.isnan(boxes[:, 0])]
        if not len(boxes):
            return None
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    result: Box | None = products.remember(("bounds", layer.content_hash), compute)
    return result


@cache
def central_meridian(crs: str) -> float | None:
    """Give the central meridian of a transverse Mercator projection · 中央经线.

    Parameters
    ----------
    crs
        Authority and code.

    Returns
    -------
    float or None
        Degrees east; None for a CRS that has none, such as a geographic one.
    """
    operation = pyproj.CRS(crs).coordinate_operation
    if operation is None:
        return None
    return next((float(item.value) for item in operation.params if item.name == "Longitude of natural origin"), None)


def inspection_of(layer: Layer, products: Products, geometry_type: GeometryType | None, limits: InspectionLimits) -> Inspection:
    """Inspect the geometry of a layer once for all checks · 图形自检（共用）.

    Parameters
    ----------
    layer
        The layer; metres.
    products
        Where it is remembered.
    geometry_type
        What its features should be, None for what most of them are.
    limits
        What it is held against.

    Returns
    -------
    Inspection
        Faults by kind.
    """
    key = ("inspection", layer.content_hash, geometry_type or "", repr(limits))
    result: Inspection = products.remember(key, lambda: inspect(layer, limits=limits, geometry_type=geometry_type))
    return result


def faults_of(inspection: Inspection, kinds: Iterable[GeometryFaultKind]) -> Iterator[GeometryFault]:
    """Walk through the faults of some kinds · 按类别取图形问题.

    Parameters
    ----------
    inspection
        From `inspection_of`.
    kinds
        The kinds wanted.

    Yields
    ------
    GeometryFault
        In the order of the inspection.
    """
    wanted = frozenset(kinds)
    yield from Inspection(tuple(column for column in inspection.columns if column.kind in wanted), inspection.ids)
