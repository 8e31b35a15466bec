"""Layers of a package · 成果图层."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary
    from lantu.vocabulary.plans import CityProfile, PackageFacts


@check(
    "PK03",
    title=Text("A package delivers every mandatory layer", "成果应含全部必选图层"),
    message=Text("The mandatory layer {layer} was not delivered.", "未提交必选图层{layer}。"),
    remedy=Text("Deliver the layer under one of its prescribed table names.", "请按规定表名补交该图层。"),
    severity=Severity.MANDATORY,
    source=database_norm(6),
    reference="3.6 completeness",
)
def mandatory_layers_present(
    every_layer: Mapping[str, Layer], *, definitions: LayerVocabulary, package: PackageFacts, city: CityProfile
) -> Iterator[Finding]:
    """Find mandatory layers that a package lacks · 缺少必选图层.

    What the city profile lists is mandatory; where it lists nothing, what the layer definitions mark so.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    definitions
        Which layers and fields there are.
    package
        What the package says of itself.
    city
        The city, whose profile says what a package must hold.

    Yields
    ------
    Finding
        One per missing layer.
    """
    listed = tuple(str(name) for name in city.package_rules(package.name).get("required_layers", ()))
    for name in listed or tuple(key for key, item in definitions.layers.items() if item.obligation == "M"):
        if name not in every_layer:
            yield Finding(measured="", limit=name, layer=name)
