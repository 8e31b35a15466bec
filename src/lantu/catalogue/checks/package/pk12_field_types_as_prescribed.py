"""Types of fields · 字段类型."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.types as arrow_types

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary

_FITTING = {
    "text": (arrow_types.is_string, arrow_types.is_large_string, arrow_types.is_dictionary, arrow_types.is_null),
    "integer": (arrow_types.is_integer, arrow_types.is_null),
    "real": (arrow_types.is_floating, arrow_types.is_integer, arrow_types.is_decimal, arrow_types.is_null),
    "date": (arrow_types.is_temporal, arrow_types.is_string, arrow_types.is_large_string, arrow_types.is_integer, arrow_types.is_null),
}


@check(
    "PK12",
    title=Text("A field has its prescribed type", "字段类型应符合规定"),
    message=Text(
        "Field {field} of layer {layer} is delivered as {measured}; prescribed is {limit}.",
        "图层{layer}的字段{field}类型为{measured}，规定为{limit}。",
    ),
    remedy=Text("Deliver the field with its prescribed type.", "请按规定类型提交该字段。"),
    severity=Severity.MAJOR,
    source=database_norm(6),
    reference="3.6 form",
    locality="layer",
)
def field_types_as_prescribed(every_layer: Mapping[str, Layer], *, definitions: LayerVocabulary) -> Iterator[Finding]:
    """Compare the types of fields with the prescribed ones · 字段类型.

    A code kept as a number loses its leading zero. An integer is accepted where a real number is prescribed, and a date as eight
    digits or text is left to the check of dates.

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
        fields = definitions[name].fields if name in definitions.layers else {}
        for field in fields.values():
            if layer.has(field.name):
                kind = layer.column(field.name).type
                if not any(fits(kind) for fits in _FITTING[field.kind]):
                    yield Finding(measured=str(kind), limit=field.kind, layer=name, values={"field": field.label})
