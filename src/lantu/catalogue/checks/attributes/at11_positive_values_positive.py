"""Areas, widths and counts · 面积与数量."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, numbers_of
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary


@check(
    "AT11",
    title=Text("Areas, widths and counts are greater than zero", "面积、宽度、数量应大于零"),
    message=Text("Field {field} of {feature} in layer {layer} is {measured}.", "图层{layer}要素{feature}的字段{field}为{measured}。"),
    remedy=Text("Enter the value; a feature of no area does not belong in the layer.", "请填写正确数值；面积为零的要素不应存在。"),
    severity=Severity.MAJOR,
    source=database_norm(6),
    reference="3.6 attributes",
    locality="feature",
)
def positive_values_positive(every_layer: Mapping[str, Layer], *, definitions: LayerVocabulary) -> Iterator[Finding]:
    """Find values that must be positive and are not · 非正数值.

    Blank values are left to the check of mandatory values.

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
            if field.domain == "@positive" and layer.has(field.name):
                numbers = numbers_of(layer, field.name)
                rows = np.flatnonzero(numbers <= 0)
                yield from feature_findings(
                    layer,
                    rows,
                    numbers,
                    limit=0.0,
                    unit=field.unit,
                    values={"field": field.label},
                )
