"""Junctions of lines · 线的衔接."""

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
    "GM17",
    title=Text("A line ends where it meets another", "线应在交点处衔接"),
    message=Text(
        "{features} in layer {layer}: {kind}, by {measured} m (limit {limit} m).",
        "图层{layer}要素{features}：{kind}，相差{measured}米（限值{limit}米）。",
    ),
    remedy=Text("Move the end onto the junction.", "请将端点移至交点。"),
    severity=Severity.MINOR,
    source=QUALITY_LIMITS,
    reference="3.6 geometry",
    locality="layer",
)
def lines_end_at_their_junctions(
    every_layer: Mapping[str, Layer], *, products: Products, definitions: LayerVocabulary, map_scale: float
) -> Iterator[Finding]:
    """Find line ends that miss their junction by a little · 线未衔接.

    A network with such ends falls apart when somebody walks through it. Ends far from any other line are dead ends, not faults.

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
    yield from geometry_findings(every_layer, products, definitions, map_scale, GeometryFaultKind.UNDERSHOOT, GeometryFaultKind.OVERSHOOT)
