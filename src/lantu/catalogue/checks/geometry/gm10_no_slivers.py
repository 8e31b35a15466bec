"""Slivers · 狭长碎面."""

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
    "GM10",
    title=Text("A polygon is no sliver", "面不得为狭长碎面"),
    message=Text(
        "{feature} in layer {layer} is {measured} m wide on average (limit {limit} m).",
        "图层{layer}要素{feature}平均宽度{measured}米（限值{limit}米）。",
    ),
    remedy=Text("Merge it with the neighbour it was cut from.", "请并入相邻图斑。"),
    severity=Severity.MINOR,
    source=QUALITY_LIMITS,
    reference="3.6 geometry",
    locality="feature",
)
def no_slivers(
    every_layer: Mapping[str, Layer], *, products: Products, definitions: LayerVocabulary, map_scale: float
) -> Iterator[Finding]:
    """Find tiny polygons that are narrow as well · 狭长碎面.

    Slivers come from overlaying two drawings of one boundary.

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
    yield from geometry_findings(every_layer, products, definitions, map_scale, GeometryFaultKind.SLIVER)
