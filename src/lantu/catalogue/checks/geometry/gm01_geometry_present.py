"""Missing geometry · 空图形."""

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
    "GM01",
    title=Text("Every feature has a geometry", "每个要素都应有图形"),
    message=Text("{feature} in layer {layer}: {kind}.", "图层{layer}要素{feature}：{kind}。"),
    remedy=Text("Draw the geometry or delete the record.", "请补绘图形或删除记录。"),
    severity=Severity.MANDATORY,
    source=QUALITY_LIMITS,
    reference="3.6 geometry",
    locality="feature",
)
def geometry_present(
    every_layer: Mapping[str, Layer], *, products: Products, definitions: LayerVocabulary, map_scale: float
) -> Iterator[Finding]:
    """Find features without a usable geometry · 空图形.

    What has no geometry is found by no query and counted in no area.

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
        GeometryFaultKind.NULL,
        GeometryFaultKind.EMPTY,
        GeometryFaultKind.UNREADABLE,
        GeometryFaultKind.NOT_FINITE,
    )
