"""Gaps · 缝隙."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from lantu.catalogue.sources import DATABASE_NORM, TOLERANCE_POLICY, together
from lantu.engines.checking.card import check
from lantu.engines.checking.sharing import coverage_findings, coverage_of
from lantu.engines.overlay.coverage_faults import FaultKind
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary


@check(
    "TP02",
    title=Text("A tiling layer has no gap inside its unit", "全覆盖图层在板块内不得有缝隙"),
    message=Text(
        "Layer {layer} has a gap of {measured} m², {width} m wide on average, between {features} ({weight}).",
        "图层{layer}在{features}之间有{measured}平方米缝隙，平均宽{width}米（{weight}）。",
    ),
    remedy=Text("Extend a neighbour over the gap, or draw the missing feature.", "请将相邻要素延伸填补，或补绘缺失要素。"),
    severity=Severity.MAJOR,
    source=together(TOLERANCE_POLICY, DATABASE_NORM),
    reference="3.6 topology",
    locality="layer",
)
def layer_has_no_gap(  # noqa: PLR0913  # every limit goes by its name
    every_layer: Mapping[str, Layer],
    local_unit: Layer,
    *,
    products: Products,
    definitions: LayerVocabulary,
    ignore_area_m2: float,
    ignore_mean_width_m: float,
    doubtful_area_m2: float,
    doubtful_mean_width_m: float,
    ignored_sum_m2: float,
    topology_tolerance_m: float,
) -> Iterator[Finding]:
    """Find gaps of layers that must tile their unit · 覆盖缝隙.

    Land that belongs to no feature is planned by nobody. Gaps along the edge of the unit have a check of their own.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    local_unit
        Polygon of the unit itself.
    products
        Where areas are computed and remembered.
    definitions
        Which layers and fields there are.
    ignore_area_m2
        Smaller and narrower pieces are numerical, m².
    ignore_mean_width_m
        See ignore_area_m2, m.
    doubtful_area_m2
        Smaller pieces are suspected boundary errors, m².
    doubtful_mean_width_m
        Narrower pieces are suspected boundary errors, m.
    ignored_sum_m2
        A larger sum of numerical pieces is reported, m².
    topology_tolerance_m
        Vertices closer than this are one, m.

    Yields
    ------
    Finding
        One per gap, at its place.
    """
    edge = shapely.boundary(shapely.union_all(local_unit.geometry))
    shapely.prepare(edge)
    for name, layer in every_layer.items():
        known = definitions.layers.get(name)
        if known is None or known.geometry != "polygon" or not known.tiles_unit or not len(layer):
            continue
        result = coverage_of(
            layer,
            local_unit,
            products,
            ignore_area_m2=ignore_area_m2,
            ignore_mean_width_m=ignore_mean_width_m,
            doubtful_area_m2=doubtful_area_m2,
            doubtful_mean_width_m=doubtful_mean_width_m,
            ignored_sum_m2=ignored_sum_m2,
            topology_tolerance_m=topology_tolerance_m,
        )
        for finding in coverage_findings(result, name, FaultKind.GAP):
            if not shapely.dwithin(edge, finding.place, topology_tolerance_m):
                yield finding
