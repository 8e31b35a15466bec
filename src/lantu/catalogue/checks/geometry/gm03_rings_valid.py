"""Rings · 环."""

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
    "GM03",
    title=Text("The rings of a polygon are valid", "面的环应有效"),
    message=Text("{feature} in layer {layer}: {kind}.", "图层{layer}要素{feature}：{kind}。"),
    remedy=Text("Redraw the ring.", "请重绘该环。"),
    severity=Severity.MAJOR,
    source=QUALITY_LIMITS,
    reference="3.6 geometry",
    locality="feature",
)
def rings_valid(
    every_layer: Mapping[str, Layer], *, products: Products, definitions: LayerVocabulary, map_scale: float
) -> Iterator[Finding]:
    """Find polygons whose rings do not make an area · 环无效.

    Programs disagree on the area of such a polygon, so its figures cannot be made again.

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
    yield from geometry_findings(
        every_layer,
        products,
        definitions,
        map_scale,
        GeometryFaultKind.INVALID_RING,
        GeometryFaultKind.HOLE_OUTSIDE_SHELL,
        GeometryFaultKind.NESTED,
        GeometryFaultKind.DISCONNECTED_INTERIOR,
    )
