"""Multipart features · 多部件."""

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
    "GM06",
    title=Text("A feature is of one part", "要素应为单部件"),
    message=Text("{feature} in layer {layer} has {measured} parts.", "图层{layer}要素{feature}有{measured}个部件。"),
    remedy=Text("Split it into single features, each with its own identifier.", "请拆分为单部件要素并分别编号。"),
    severity=Severity.MINOR,
    source=QUALITY_LIMITS,
    reference="3.6 geometry",
    locality="feature",
)
def single_part(
    every_layer: Mapping[str, Layer], *, products: Products, definitions: LayerVocabulary, map_scale: float
) -> Iterator[Finding]:
    """Find features of several parts · 多部件.

    An area per feature says nothing of where it lies if the feature lies in two places.

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
    yield from geometry_findings(every_layer, products, definitions, map_scale, GeometryFaultKind.MULTIPART)
