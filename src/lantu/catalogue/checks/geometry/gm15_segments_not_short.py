"""Short segments · 短边."""

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
    "GM15",
    title=Text("A boundary has no segment shorter than can be surveyed", "边界不应有过短的边"),
    message=Text(
        "{feature} in layer {layer} has a segment of {measured} m (limit {limit} m).",
        "图层{layer}要素{feature}有{measured}米的短边（限值{limit}米）。",
    ),
    remedy=Text("Remove one of its ends.", "请删除其一端节点。"),
    severity=Severity.NOTICE,
    source=QUALITY_LIMITS,
    reference="3.6 geometry",
    locality="feature",
)
def segments_not_short(
    every_layer: Mapping[str, Layer], *, products: Products, definitions: LayerVocabulary, map_scale: float
) -> Iterator[Finding]:
    """Find segments too short to mean anything · 短边.

    Short segments are leftovers of snapping.

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
    yield from geometry_findings(every_layer, products, definitions, map_scale, GeometryFaultKind.SHORT_SEGMENT)
