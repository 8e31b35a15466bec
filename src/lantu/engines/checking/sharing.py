"""Computations that several checks share, each done once per layer version · 规则共用的计算."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

import numpy as np
import pyproj
import shapely

from lantu.engines.overlay.coverage import coverage
from lantu.engines.overlay.coverage_reading import batches
from lantu.engines.overlay.geometry_faults import GeometryFaultKind, Inspection, InspectionLimits
from lantu.engines.overlay.inspecting import inspect
from lantu.engines.overlay.slivers import Tolerance, Weight
from lantu.vocabulary.findings import Finding
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from lantu.engines.overlay.coverage import CoverageResult
    from lantu.engines.overlay.coverage_faults import FaultKind
    from lantu.engines.overlay.inspecting import GeometryType
    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary

WEIGHT_NAMES: Mapping[Weight, Text] = MappingProxyType(
    {
        Weight.NUMERICAL: Text("numerical", "数值误差"),
        Weight.DOUBTFUL: Text("suspected boundary error, to be confirmed", "疑似边界误差，须人工确认"),
        Weight.REAL: Text("certain", "确定"),
    }
)

KIND_NAMES: Mapping[GeometryFaultKind, Text] = MappingProxyType(
    {
        GeometryFaultKind.NULL: Text("no geometry", "无图形"),
        GeometryFaultKind.EMPTY: Text("empty geometry", "空图形"),
        GeometryFaultKind.UNREADABLE: Text("unreadable geometry", "图形无法读取"),
        GeometryFaultKind.WRONG_TYPE: Text("wrong geometry type", "图形类型不符"),
        GeometryFaultKind.NOT_FINITE: Text("coordinates that are no numbers", "坐标不是有限数"),
        GeometryFaultKind.INVALID_RING: Text("invalid ring", "环无效"),
        GeometryFaultKind.SELF_INTERSECTION: Text("self-intersection", "自相交"),
        GeometryFaultKind.SELF_CONTACT: Text("self-contact", "自接触"),
        GeometryFaultKind.HOLE_OUTSIDE_SHELL: Text("hole outside its shell", "孔洞在外环之外"),
        GeometryFaultKind.NESTED: Text("nested parts", "部件嵌套"),
        GeometryFaultKind.DISCONNECTED_INTERIOR: Text("disconnected interior", "内部不连通"),
        GeometryFaultKind.RING_ORIENTATION: Text("ring drawn the other way round", "环方向相反"),
        GeometryFaultKind.REPEATED_VERTEX: Text("repeated vertex", "重复节点"),
        GeometryFaultKind.SHORT_SEGMENT: Text("short segment", "短边"),
        GeometryFaultKind.ACUTE_ANGLE: Text("acute angle", "尖锐角"),
        GeometryFaultKind.SPIKE: Text("spike", "尖刺"),
        GeometryFaultKind.SLIVER: Text("sliver", "狭长碎面"),
        GeometryFaultKind.TINY_PART: Text("tiny part", "微小部件"),
        GeometryFaultKind.TINY_HOLE: Text("tiny hole", "微小孔洞"),
        GeometryFaultKind.TINY_LINE: Text("tiny line", "微短线"),
        GeometryFaultKind.MULTIPART: Text("several parts", "多部件"),
        GeometryFaultKind.DUPLICATE: Text("duplicate", "重复图形"),
        GeometryFaultKind.DANGLE: Text("dangling end", "悬挂端点"),
        GeometryFaultKind.UNDERSHOOT: Text("line end short of its junction", "未及交点"),
        GeometryFaultKind.OVERSHOOT: Text("line end past its junction", "超出交点"),
        GeometryFaultKind.SELF_CROSSING: Text("line crossing itself", "线自相交"),
    }
)

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

    return products.remember(("bounds", layer.content_hash), compute)


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


def geometry_findings(
    every_layer: Mapping[str, Layer],
    products: Products,
    definitions: LayerVocabulary,
    map_scale: float,
    *kinds: GeometryFaultKind,
) -> Iterator[Finding]:
    """Inspect layers once for all checks, and give the faults of some kinds · 图形自检.

    Parameters
    ----------
    every_layer
        Layers by name; metres.
    products
        Where the inspection of each is remembered.
    definitions
        Which geometry type each layer should have.
    map_scale
        Denominator of the scale that customary limits follow.
    *kinds
        The kinds wanted.

    Yields
    ------
    Finding
        In the order of layers, kinds and rows; `values` say the kind in both languages.
    """
    limits = InspectionLimits.for_scale(int(map_scale))
    wanted = frozenset(kinds)
    for name, layer in every_layer.items():
        inspection = _inspection(layer, products, definitions, limits)
        for fault in Inspection(tuple(column for column in inspection.columns if column.kind in wanted), inspection.ids):
            features = (str(fault.feature), str(fault.other)) if fault.other else (str(fault.feature),)
            measured = None if np.isnan(fault.measured) else fault.measured
            limit = None if np.isnan(fault.limit) else fault.limit
            yield Finding(features, measured, limit, fault.unit, fault.place, name, {"kind": KIND_NAMES[fault.kind]})


def _inspection(layer: Layer, products: Products, definitions: LayerVocabulary, limits: InspectionLimits) -> Inspection:
    known = definitions.layers.get(layer.name)
    expected = cast("GeometryType | None", None if known is None else known.geometry)
    return products.remember(
        ("inspection", layer.content_hash, expected, limits), lambda: inspect(layer, limits=limits, geometry_type=expected)
    )


def coverage_of(  # noqa: PLR0913  # the five limits are policy, each with its name
    layer: Layer,
    local_unit: Layer | None,
    products: Products,
    *,
    ignore_area_m2: float,
    ignore_mean_width_m: float,
    doubtful_area_m2: float,
    doubtful_mean_width_m: float,
    ignored_sum_m2: float,
    topology_tolerance_m: float,
) -> CoverageResult:
    """Find once for all checks where a layer does not tile its unit · 覆盖检查（共用）.

    Parameters
    ----------
    layer
        Polygons; metres.
    local_unit
        Polygon of the unit, in the same CRS; None for a layer that need not tile it.
    products
        Where it is remembered.
    ignore_area_m2
        See `Tolerance`.
    ignore_mean_width_m
        See `Tolerance`.
    doubtful_area_m2
        See `Tolerance`.
    doubtful_mean_width_m
        See `Tolerance`.
    ignored_sum_m2
        See `Tolerance`.
    topology_tolerance_m
        Vertices closer than this are one.

    Returns
    -------
    CoverageResult
        Every fault at its place.
    """
    tolerance = Tolerance(ignore_area_m2, ignore_mean_width_m, doubtful_area_m2, doubtful_mean_width_m, ignored_sum_m2)
    key = ("coverage", layer.content_hash, local_unit.content_hash if local_unit is not None else "", tolerance, topology_tolerance_m)
    return products.remember(key, lambda: coverage(layer, tolerance=tolerance, within=local_unit, snap_m=topology_tolerance_m))


def shared_area_m2(layer: Layer, other: Layer, products: Products) -> npt.NDArray[np.float64]:
    """Give the area of every feature that another layer covers · 被覆盖面积.

    Parameters
    ----------
    layer
        Polygons; metres.
    other
        Polygons that do not overlap one another, in the same CRS.
    products
        Where the overlay is remembered.

    Returns
    -------
    numpy.ndarray of float64
        Planar m², shape ``(n,)``.
    """
    product = products.overlay(layer, other)
    return np.bincount(product.left, weights=product.area_m2, minlength=len(layer)).astype(np.float64)


def coverage_findings(result: CoverageResult, layer: str, *kinds: FaultKind) -> Iterator[Finding]:
    """Give the faults of some kinds of a coverage · 覆盖问题.

    Parameters
    ----------
    result
        From `coverage_of`.
    layer
        Name of the layer.
    *kinds
        The kinds wanted.

    Yields
    ------
    Finding
        In the order of the result; measured is the planar area in m², `values` hold the mean width in metres and whether
        a person has to confirm it.
    """
    for fault in result.faults:
        if fault.kind in kinds:
            values = {"width": fault.mean_width_m, "weight": WEIGHT_NAMES[fault.weight]}
            yield Finding(fault.features, fault.area_m2, 0.0, "m2", fault.place, layer, values)
