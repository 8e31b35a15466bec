"""Spikes · 尖刺."""

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
    "GM09",
    title=Text("A boundary has no spike", "边界不得有尖刺"),
    message=Text(
        "{feature} in layer {layer} has a spike of {measured}° (limit {limit}°).",
        "图层{layer}要素{feature}有{measured}°的尖刺（限值{limit}°）。",
    ),
    remedy=Text("Remove the vertex at the tip.", "请删除尖端节点。"),
    severity=Severity.MAJOR,
    source=QUALITY_LIMITS,
    reference="3.6 geometry",
    locality="feature",
)
def no_spikes(every_layer: Mapping[str, Layer], *, products: Products, definitions: LayerVocabulary, map_scale: float) -> Iterator[Finding]:
    """Find boundaries that run out and back · 尖刺.

    A spike has hardly any area and reaches into the neighbour.

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
    yield from geometry_findings(every_layer, products, definitions, map_scale, GeometryFaultKind.SPIKE)
