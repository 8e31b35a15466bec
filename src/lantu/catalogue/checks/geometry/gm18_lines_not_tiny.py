"""Tiny lines · 微短线."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import QUALITY_LIMITS
from lantu.engines.checking.card import check
from lantu.engines.checking.sharing import geometry_findings
from lantu.engines.overlay.geometry_faults import GeometryFaultKind
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary


@check(
    "GM18",
    title=Text("A line is longer than can be drawn by accident", "线不应过短"),
    message=Text(
        "{feature} in layer {layer} is {measured} m long (limit {limit} m).", "图层{layer}要素{feature}长{measured}米（限值{limit}米）。"
    ),
    remedy=Text("Delete it or merge it with its neighbour.", "请删除或并入相邻线。"),
    severity=Severity.MINOR,
    source=QUALITY_LIMITS,
    reference="3.6 geometry",
    locality="feature",
)
def lines_not_tiny(
    every_layer: Mapping[str, Layer], *, products: Products, definitions: LayerVocabulary, map_scale: float
) -> Iterator[Finding]:
    """Find lines too short to mean anything · 微短线.

    Tiny lines are leftovers of cutting.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    products
        Where areas are computed and remembered.
    definitions
        Which layers and fields there are.
    map_scale
        Denominator of the scale that customary limits follow.

    Yields
    ------
    Finding
        One per fault, at its place.
    """
    yield from geometry_findings(every_layer, products, definitions, map_scale, GeometryFaultKind.TINY_LINE)
