"""Readable texts · 文本可读."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import as_mask, feature_findings
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer

# Control characters without tab and line breaks, the replacement character, the private area, the signs of GBK read as UTF-8.
_UNREADABLE = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F\x{FFFD}\x{E000}-\x{F8FF}]|锟斤|烫烫烫|屯屯屯"


@check(
    "AT17",
    title=Text("A text holds no characters that are none", "文本不得含乱码与控制字符"),
    message=Text(
        "Field {field} of {feature} in layer {layer} holds unreadable characters: {measured}.",
        "图层{layer}要素{feature}的字段{field}含无法辨认的字符：{measured}。",
    ),
    remedy=Text(
        "Enter the text again; the usual cause is a wrong encoding or a text cut in the middle of a character.",
        "请重新填写；常因编码错误或字符被截断。",
    ),
    severity=Severity.MINOR,
    source=database_norm(8),
    reference="3.6 form",
    locality="feature",
)
def text_readable(every_layer: Mapping[str, Layer]) -> Iterator[Finding]:
    """Find control characters, replacement characters and private ones · 乱码.

    Such characters come from reading a text in the wrong encoding, and make names unsearchable.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.

    Yields
    ------
    Finding
        One per feature and field.
    """
    for layer in every_layer.values():
        for column in layer.table.column_names:
            kind = layer.column(column).type
            if pa.types.is_string(kind) or pa.types.is_large_string(kind):
                bad = pc.match_substring_regex(layer.column(column).cast(pa.large_string()), _UNREADABLE)
                rows = np.flatnonzero(as_mask(bad))
                values = layer.texts(column)
                yield from feature_findings(layer, rows, values, values={"field": column})
