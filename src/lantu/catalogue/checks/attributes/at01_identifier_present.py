"""Identifiers · 标识码."""

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


@check(
    "AT01",
    title=Text("Every feature has an identifier", "要素标识码不得为空"),
    message=Text("Feature in row {measured} of layer {layer} has no identifier.", "图层{layer}第{measured}行要素没有标识码。"),
    remedy=Text("Fill the identifier (BSM).", "请填写标识码（BSM）。"),
    severity=Severity.MANDATORY,
    source=database_norm(6),
    reference="3.6 attributes",
    locality="layer",
)
def identifier_present(every_layer: Mapping[str, Layer]) -> Iterator[Finding]:
    """Find features without an identifier · 标识码为空.

    Everything that is said of a feature later is said under its identifier. A layer without the field is left to the check of
    mandatory fields.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.

    Yields
    ------
    Finding
        One per feature; it names the row, counted from 1, since there is no other name.
    """
    for layer in every_layer.values():
        if layer.has("identifier"):
            rows = np.flatnonzero(is_blank(layer, "identifier"))
            yield from feature_findings(layer, rows, np.arange(1, len(layer) + 1))
