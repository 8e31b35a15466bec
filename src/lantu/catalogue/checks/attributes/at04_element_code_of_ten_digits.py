"""Element codes · 要素代码."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, is_blank, matches
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer


@check(
    "AT04",
    title=Text("An element code has ten digits", "要素代码为十位数字"),
    message=Text(
        "Element code {measured} of {feature} in layer {layer} is not of ten digits.",
        "图层{layer}要素{feature}的要素代码{measured}不是十位数字。",
    ),
    remedy=Text("Enter the code of the norm.", "请按规范填写要素代码。"),
    severity=Severity.MINOR,
    source=database_norm(4),
    reference="3.6 attributes",
    locality="feature",
)
def element_code_of_ten_digits(every_layer: Mapping[str, Layer]) -> Iterator[Finding]:
    """Find element codes that are not of ten digits · 要素代码位数.

    The codes themselves are not compared, since those of several layers are not certain. A blank code is left to the check of
    mandatory values.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.

    Yields
    ------
    Finding
        One per feature.
    """
    for layer in every_layer.values():
        if layer.has("element_code"):
            values = layer.texts("element_code")
            rows = np.flatnonzero(~matches(layer, "element_code", r"\d{10}") & ~is_blank(layer, "element_code"))
            yield from feature_findings(layer, rows, values, limit="10")
