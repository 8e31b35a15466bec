"""Duplicates · 重复图形."""

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
    "GM16",
    title=Text("A point or line is drawn once", "点、线不得重复"),
    message=Text("{features} in layer {layer} are drawn at the same place.", "图层{layer}要素{features}图形重复。"),
    remedy=Text("Delete one of them.", "请删除其一。"),
    severity=Severity.MAJOR,
    source=QUALITY_LIMITS,
    reference="3.6 geometry",
    locality="layer",
)
def points_and_lines_not_twice(
    every_layer: Mapping[str, Layer], *, products: Products, definitions: LayerVocabulary, map_scale: float
) -> Iterator[Finding]:
    """Find points and lines drawn twice · 重复的点与线.

    Everything counted or measured along them counts twice. Polygons drawn twice are found by topology.

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
    yield from geometry_findings(every_layer, products, definitions, map_scale, GeometryFaultKind.DUPLICATE)
