"""Dates · 日期."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import dates_of, feature_findings, is_blank
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary


@check(
    "AT15",
    title=Text("A date can be read as a date", "日期应能识别"),
    message=Text(
        "Field {field} of {feature} in layer {layer} holds {measured}, which is no date.",
        "图层{layer}要素{feature}的字段{field}为{measured}，不是有效日期。",
    ),
    remedy=Text("Write dates as 2025-06-30.", "日期请写作2025-06-30。"),
    severity=Severity.MINOR,
    source=database_norm(6),
    reference="3.6 attributes",
    locality="feature",
)
def dates_readable(every_layer: Mapping[str, Layer], *, definitions: LayerVocabulary) -> Iterator[Finding]:
    """Find dates that are none · 日期无法识别.

    Understood are dates as such, 2025-06-30, 2025/6/30, 20250630 and 2025年6月30日.

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
        for field in definitions[name].fields.values() if name in definitions.layers else ():
            if field.kind == "date" and layer.has(field.name):
                rows = np.flatnonzero(np.isnat(dates_of(layer, field.name)) & ~is_blank(layer, field.name))
                values = layer.texts(field.name)
                yield from feature_findings(layer, rows, values, values={"field": field.label})
