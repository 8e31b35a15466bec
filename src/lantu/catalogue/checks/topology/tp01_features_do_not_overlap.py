"""Overlaps · 重叠."""

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
    "TP01",
    title=Text("Features of a layer do not overlap", "同一图层要素不得重叠"),
    message=Text(
        "{features} in layer {layer} overlap by {measured} m², {width} m wide on average ({weight}).",
        "图层{layer}要素{features}重叠{measured}平方米，平均宽{width}米（{weight}）。",
    ),
    remedy=Text("Decide which of them owns the place, and cut the other.", "请确定归属并裁去另一要素的重叠部分。"),
    severity=Severity.MAJOR,
    source=together(TOLERANCE_POLICY, DATABASE_NORM),
    reference="3.6 topology",
    locality="layer",
)
def features_do_not_overlap(  # noqa: PLR0913  # every limit goes by its name
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
    """Find overlaps in layers whose features must not overlap · 图层内重叠.

    Land that is drawn twice counts twice in every sum. Containment counts as overlap; exact duplicates have a check of their own.

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
        One per overlap, at its place.
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
        yield from coverage_findings(result, name, FaultKind.OVERLAP, FaultKind.CONTAINMENT)
