"""Length of texts · 字段长度."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, text_column
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary


@check(
    "PK13",
    title=Text("A text is no longer than its field allows", "文本长度不得超过字段长度"),
    message=Text(
        "Field {field} of feature {feature} has {measured} characters; {limit} are allowed.",
        "要素{feature}的字段{field}长{measured}字符，最多{limit}。",
    ),
    remedy=Text("Shorten the text; a receiving database would cut it off without a word.", "请缩短文本，否则入库时会被截断。"),
    severity=Severity.MINOR,
    source=database_norm(6),
    reference="3.6 form",
    locality="feature",
)
def text_within_field_length(every_layer: Mapping[str, Layer], *, definitions: LayerVocabulary) -> Iterator[Finding]:
    """Find texts longer than prescribed · 文本超长.

    Length is counted in characters, not bytes.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    definitions
        Which layers and fields there are.

    Yields
    ------
    Finding
        One per feature and field.
    """
    for name, layer in every_layer.items():
        fields = definitions[name].fields if name in definitions.layers else {}
        for field in fields.values():
            if field.kind == "text" and field.length and layer.has(field.name):
                lengths = np.asarray(pc.fill_null(pc.utf8_length(text_column(layer, field.name)), 0))
                rows = np.flatnonzero(lengths > field.length)
                yield from feature_findings(
                    layer,
                    rows,
                    lengths,
                    limit=float(field.length),
                    values={"field": field.label},
                )
