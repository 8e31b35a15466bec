"""Tiny parts · 微小部件."""

from __future__ import annotations

from dataclasses import replace
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
    "GM12",
    title=Text("A polygon is larger than a leftover of processing", "面不应为过程残留"),
    message=Text(
        "{feature} in layer {layer} has a part of {measured} m² (limit {limit} m²).",
        "图层{layer}要素{feature}有{measured}平方米的部件（限值{limit}平方米）。",
    ),
    remedy=Text("Fill or delete it.", "请填补或删除。"),
    severity=Severity.MINOR,
    source=QUALITY_LIMITS,
    reference="3.6 geometry",
    locality="feature",
)
def no_tiny_parts(
    every_layer: Mapping[str, Layer], *, products: Products, definitions: LayerVocabulary, map_scale: float, tiny_part_area_m2: float
) -> Iterator[Finding]:
    """Find parts of no area to speak of · 微小部件.

    Minimum areas of the survey are held against whole patches by a check of their own.

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
    tiny_part_area_m2
        Smaller areas are leftovers, m².

    Yields
    ------
    Finding
        One per fault, at its place.
    """
    for finding in geometry_findings(every_layer, products, definitions, map_scale, GeometryFaultKind.TINY_PART):
        if isinstance(finding.measured, float) and finding.measured < tiny_part_area_m2:
            yield replace(finding, limit=tiny_part_area_m2)
