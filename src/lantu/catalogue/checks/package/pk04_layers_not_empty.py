"""Empty layers · 空图层."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.layer import Layer


@check(
    "PK04",
    title=Text("A delivered layer has features", "提交的图层不得为空"),
    message=Text("Layer {layer} has no feature.", "图层{layer}没有要素。"),
    remedy=Text(
        "Deliver the features, or leave the layer out and say that there are none.", "请补交要素；确无要素时不提交该图层并予说明。"
    ),
    severity=Severity.MAJOR,
    source=database_norm(6),
    reference="3.6 completeness",
    locality="layer",
)
def layers_not_empty(every_layer: Mapping[str, Layer]) -> Iterator[Finding]:
    """Find layers without a feature · 空图层.

    An empty layer passes every rule about features, which makes it the easiest way to hide one.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.

    Yields
    ------
    Finding
        One per empty layer.
    """
    for name, layer in every_layer.items():
        if not len(layer):
            yield Finding(measured=0.0, limit=1.0, layer=name)
