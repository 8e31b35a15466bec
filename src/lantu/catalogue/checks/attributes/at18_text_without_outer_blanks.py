"""Blanks around texts · 首尾空格."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import as_mask, feature_findings, is_blank, text_column
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary


@check(
    "AT18",
    title=Text("A text has no blanks around it", "文本首尾不得有空格"),
    message=Text(
        "Field {field} of {feature} in layer {layer} has blanks around its text “{measured}”.",
        "图层{layer}要素{feature}的字段{field}“{measured}”首尾有空格。",
    ),
    remedy=Text("Remove the blanks.", "请删除首尾空格。"),
    severity=Severity.NOTICE,
    source=database_norm(6),
    reference="3.6 form",
    locality="feature",
)
def text_without_outer_blanks(every_layer: Mapping[str, Layer], *, definitions: LayerVocabulary) -> Iterator[Finding]:
    """Find texts that begin or end with a blank · 首尾空格.

    A code with a blank behind it is found by no query. Texts of blanks alone count as blank values.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    definitions
        Which layers and fields there are.

    Yields
    ------
    Finding
        One per feature and field of the norm.
    """
    for name, layer in every_layer.items():
        for field in definitions[name].fields.values() if name in definitions.layers else ():
            if field.kind == "text" and layer.has(field.name):
                raw = layer.column(field.name).cast(pa.large_string())
                differs = as_mask(pc.not_equal(raw, text_column(layer, field.name)))
                rows = np.flatnonzero(differs & ~is_blank(layer, field.name))
                values = layer.texts(field.name)
                yield from feature_findings(layer, rows, values, values={"field": field.label})
