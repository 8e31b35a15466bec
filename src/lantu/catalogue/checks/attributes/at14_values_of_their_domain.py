"""Domains of values · 值域."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, is_blank, is_in
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary


@check(
    "AT14",
    title=Text("A value stands in the domain of its field", "字段取值应在值域内"),
    message=Text(
        "Field {field} of {feature} in layer {layer} is {measured}; allowed are {limit}.",
        "图层{layer}要素{feature}的字段{field}为{measured}，允许值为{limit}。",
    ),
    remedy=Text("Enter one of the allowed values.", "请填写值域内的值。"),
    severity=Severity.MAJOR,
    source=database_norm(6),
    reference="3.6 attributes",
    locality="feature",
)
def values_of_their_domain(every_layer: Mapping[str, Layer], *, definitions: LayerVocabulary) -> Iterator[Finding]:
    """Find values outside the listed domain of their field · 超出值域.

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
            if isinstance(field.domain, tuple) and field.domain and layer.has(field.name):
                values = layer.texts(field.name)
                rows = np.flatnonzero(~is_in(layer, field.name, field.domain) & ~is_blank(layer, field.name))
                yield from feature_findings(
                    layer,
                    rows,
                    values,
                    limit=", ".join(field.domain),
                    values={"field": field.label},
                )
