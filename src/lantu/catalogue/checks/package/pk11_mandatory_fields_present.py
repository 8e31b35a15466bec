"""Mandatory fields · 必选字段."""

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


@check(
    "PK11",
    title=Text("A layer has every mandatory field", "图层应含全部必选字段"),
    message=Text("Layer {layer} has no field {measured}.", "图层{layer}缺少字段{measured}。"),
    remedy=Text(
        "Add the field under its prescribed name, or map its name in the city profile.", "请按规定名称补充字段，或在城市配置中映射。"
    ),
    severity=Severity.MAJOR,
    source=database_norm(6),
    reference="3.6 form",
    locality="layer",
)
def mandatory_fields_present(every_layer: Mapping[str, Layer], *, definitions: LayerVocabulary) -> Iterator[Finding]:
    """Find mandatory fields that a layer lacks · 缺少必选字段.

    Rules on a field that is missing end as not checked; this is where the cause is named.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    definitions
        Which layers and fields there are.

    Yields
    ------
    Finding
        One per layer and field.
    """
    for name, layer in every_layer.items():
        if name in definitions.layers:
            for field in definitions[name].fields.values():
                if field.obligation == "M" and not layer.has(field.name):
                    yield Finding(measured=field.label, limit="M", layer=name, values={"field": field.name})
