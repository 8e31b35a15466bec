"""Fields that nobody knows · 多余字段."""

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

# Kept by formats and drawing programs for themselves.
_OF_FORMATS = frozenset({"FID", "OBJECTID", "OBJECTID_1", "OID", "ID", "GEOM", "GEOMETRY", "SHAPE", "FEATUREID", "GML_ID", "FIELD_1"})


@check(
    "PK14",
    title=Text("A layer carries no field that the norm does not know", "图层不应含规范外字段"),
    message=Text(
        "Fields of layer {layer} that the norm does not know ({measured}): {fields}.", "图层{layer}含{measured}个规范外字段：{fields}。"
    ),
    remedy=Text(
        "Remove leftovers of processing; add a field that is meant to stay to the city profile.",
        "请删除过程字段；确需保留的请列入城市配置。",
    ),
    severity=Severity.NOTICE,
    source=database_norm(6),
    reference="3.6 form",
    locality="layer",
)
def fields_known(every_layer: Mapping[str, Layer], *, definitions: LayerVocabulary) -> Iterator[Finding]:
    """Name the fields that no definition knows · 列出规范外字段.

    Fields that a file format or a drawing program keeps for itself are no fault.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    definitions
        Which layers and fields there are.

    Yields
    ------
    Finding
        One per layer.
    """
    for name, layer in every_layer.items():
        if name not in definitions.layers:
            continue
        known = definitions[name].fields
        strange = [
            column
            for column in layer.table.column_names
            if column not in known and column.upper() not in _OF_FORMATS and not column.upper().startswith("SHAPE_")
        ]
        if strange:
            yield Finding(measured=float(len(strange)), limit=0.0, layer=name, values={"fields": ", ".join(strange)})
