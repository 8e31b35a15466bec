"""Duplicate polygons · 重复面."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    "TP03",
    title=Text("A polygon is drawn once", "面不得重复"),
    message=Text(
        "{features} in layer {layer} are the same polygon of {measured} m².", "图层{layer}要素{features}为同一图形，面积{measured}平方米。"
    ),
    remedy=Text("Delete all but one.", "请保留其一，删除其余。"),
    severity=Severity.MAJOR,
    source=together(TOLERANCE_POLICY, DATABASE_NORM),
    reference="3.6 topology",
    locality="layer",
)
def no_polygon_twice(  # noqa: PLR0913  # every limit goes by its name
    every_layer: Mapping[str, Layer],
    local_unit: Layer | None = None,
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
    """Find polygons drawn more than once · 重复面.

    A copy on top of its original is seen by nobody and counted by every sum.

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
        One per set of equal polygons, at its place.
    """
    for name, layer in every_layer.items():
        known = definitions.layers.get(name)
        if known is None or known.geometry != "polygon" or not known.disjoint or not len(layer):
            continue
        result = coverage_of(
            layer,
            local_unit if known.tiles_unit else None,
            products,
            ignore_area_m2=ignore_area_m2,
            ignore_mean_width_m=ignore_mean_width_m,
            doubtful_area_m2=doubtful_area_m2,
            doubtful_mean_width_m=doubtful_mean_width_m,
            ignored_sum_m2=ignored_sum_m2,
            topology_tolerance_m=topology_tolerance_m,
        )
        yield from coverage_findings(result, name, FaultKind.DUPLICATE)
