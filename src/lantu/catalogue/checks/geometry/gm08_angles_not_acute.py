"""Acute angles · 尖锐角."""

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
    "GM08",
    title=Text("A boundary has no acute angle", "边界不应有尖锐角"),
    message=Text(
        "{feature} in layer {layer} has an angle of {measured}° (limit {limit}°).",
        "图层{layer}要素{feature}有{measured}°的尖锐角（限值{limit}°）。",
    ),
    remedy=Text("Check the place; redraw it unless the angle exists on the ground.", "请核对该处，非实地所有者请重绘。"),
    severity=Severity.MINOR,
    source=QUALITY_LIMITS,
    reference="3.6 geometry",
    locality="feature",
)
def angles_not_acute(
    every_layer: Mapping[str, Layer], *, products: Products, definitions: LayerVocabulary, map_scale: float
) -> Iterator[Finding]:
    """Find acute angles · 尖锐角.

    Acute angles are the usual traces of careless cutting. Angles so narrow that they are spikes have a check of their own.

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
    yield from geometry_findings(every_layer, products, definitions, map_scale, GeometryFaultKind.ACUTE_ANGLE)
