"""Identifiers · 标识码."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, is_blank, matches
from lantu.engines.checking.run import NotChecked
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import CityProfile


@check(
    "AT03",
    title=Text("An identifier follows the pattern of the city", "标识码应符合编码规则"),
    message=Text("Identifier {measured} in layer {layer} does not follow {limit}.", "图层{layer}的标识码{measured}不符合{limit}。"),
    remedy=Text("Number the features by the prescribed pattern.", "请按规定编码规则重新编号。"),
    severity=Severity.MINOR,
    source=Text(
        "市级国土空间总体规划数据库规范(试行) 2021-03, chapter 6; the pattern itself is set by the city profile",
        "《市级国土空间总体规划数据库规范（试行）》（2021-03）第6章；编码格式由城市配置设定",
    ),
    reference="3.6 attributes",
    locality="feature",
)
def identifier_by_pattern(every_layer: Mapping[str, Layer], *, city: CityProfile) -> Iterator[Finding]:
    """Hold identifiers against the pattern of the city profile · 标识码格式.

    Usual are 18 characters, district code first, but the exact pattern differs from place to place.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    city
        The city, whose profile says what a package must hold.

    Yields
    ------
    Finding
        One per feature.

    Raises
    ------
    NotChecked
        If the city profile sets no pattern.
    """
    pattern = str(city.package.get("identifier_pattern", ""))
    if not pattern:
        raise NotChecked(Text("The city profile sets no pattern for identifiers.", "城市配置未规定标识码格式。"))
    for layer in every_layer.values():
        if layer.has("identifier"):
            values = layer.texts("identifier")
            rows = np.flatnonzero(~matches(layer, "identifier", pattern) & ~is_blank(layer, "identifier"))
            yield from feature_findings(layer, rows, values, limit=pattern)
