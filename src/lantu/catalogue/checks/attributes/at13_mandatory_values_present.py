"""Mandatory values · 必填字段."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, is_blank
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary


@check(
    "AT13",
    title=Text("A mandatory field is filled", "必填字段不得为空"),
    message=Text("Field {field} of {feature} in layer {layer} is blank.", "图层{layer}要素{feature}的字段{field}为空。"),
    remedy=Text("Fill the field.", "请填写该字段。"),
    severity=Severity.MAJOR,
    source=database_norm(6),
    reference="3.6 attributes",
    locality="feature",
)
def mandatory_values_present(every_layer: Mapping[str, Layer], *, definitions: LayerVocabulary) -> Iterator[Finding]:
    """Find blank values in mandatory fields · 必填字段为空.

    The identifier has a check of its own; a field that is missing as a whole is reported once, as a missing field.

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
            if field.obligation == "M" and field.name != "identifier" and layer.has(field.name):
                rows = np.flatnonzero(is_blank(layer, field.name))
                yield from feature_findings(layer, rows, limit="M", values={"field": field.label})
