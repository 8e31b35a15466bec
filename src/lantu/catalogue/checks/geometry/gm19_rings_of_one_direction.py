"""Direction of rings · 环方向."""

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
    "GM19",
    title=Text("The rings of a layer run in one direction", "图层内环方向应一致"),
    message=Text("{feature} in layer {layer} runs the other way round than the rest.", "图层{layer}要素{feature}环方向与其他要素相反。"),
    remedy=Text("Reverse the ring, or export the layer again.", "请反转该环或重新导出。"),
    severity=Severity.NOTICE,
    source=QUALITY_LIMITS,
    reference="3.6 geometry",
    locality="layer",
)
def rings_of_one_direction(
    every_layer: Mapping[str, Layer], *, products: Products, definitions: LayerVocabulary, map_scale: float
) -> Iterator[Finding]:
    """Find rings drawn against the rest of their layer · 环方向不一致.

    Old programs take a ring of the other direction for a hole.

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
    yield from geometry_findings(every_layer, products, definitions, map_scale, GeometryFaultKind.RING_ORIENTATION)
