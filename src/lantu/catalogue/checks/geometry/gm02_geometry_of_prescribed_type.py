"""Geometry type · 图形类型."""

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
    "GM02",
    title=Text("A feature has the geometry type of its layer", "要素图形类型应符合图层规定"),
    message=Text(
        "{feature} in layer {layer} is of another geometry type than prescribed.", "图层{layer}要素{feature}的图形类型与规定不符。"
    ),
    remedy=Text("Deliver it in the layer of its own type.", "请按图形类型分图层提交。"),
    severity=Severity.MANDATORY,
    source=QUALITY_LIMITS,
    reference="3.6 geometry",
    locality="feature",
)
def geometry_of_prescribed_type(
    every_layer: Mapping[str, Layer], *, products: Products, definitions: LayerVocabulary, map_scale: float
) -> Iterator[Finding]:
    """Find features of another type than their layer · 图形类型不符.

    A line in a layer of polygons has no area and silently drops out of every sum.

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
    yield from geometry_findings(every_layer, products, definitions, map_scale, GeometryFaultKind.WRONG_TYPE)
