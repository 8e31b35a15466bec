"""Repeated vertices · 重复节点."""

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
    "GM14",
    title=Text("A boundary has no repeated vertex", "边界不应有重复节点"),
    message=Text(
        "{feature} in layer {layer} has two vertices {measured} m apart.", "图层{layer}要素{feature}有相距{measured}米的重复节点。"
    ),
    remedy=Text("Remove one of them.", "请删除其一。"),
    severity=Severity.NOTICE,
    source=QUALITY_LIMITS,
    reference="3.6 geometry",
    locality="feature",
)
def vertices_not_repeated(
    every_layer: Mapping[str, Layer], *, products: Products, definitions: LayerVocabulary, map_scale: float
) -> Iterator[Finding]:
    """Find consecutive vertices at one place · 重复节点.

    They do no harm to areas, but topology tools stumble over them.

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
    yield from geometry_findings(every_layer, products, definitions, map_scale, GeometryFaultKind.REPEATED_VERTEX)
