"""Identifiers · 标识码."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.engines.checking.card import check
from lantu.engines.checking.columns import is_in, places_of, repeated_values
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.layer import Layer


@check(
    "AT02",
    title=Text("An identifier occurs once in its layer", "标识码在图层内唯一"),
    message=Text("Identifier {feature} occurs {measured} times in layer {layer}.", "标识码{feature}在图层{layer}中出现{measured}次。"),
    remedy=Text("Give every feature its own identifier.", "请使标识码唯一。"),
    severity=Severity.MANDATORY,
    source=Text(
        "市级国土空间总体规划数据库规范(试行) 2021-03, chapter 6: numbers are unique",
        "《市级国土空间总体规划数据库规范（试行）》（2021-03）第6章：编号唯一",
    ),
    reference="3.6 attributes",
    locality="layer",
)
def identifier_unique(every_layer: Mapping[str, Layer]) -> Iterator[Finding]:
    """Find identifiers that occur more than once in a layer · 标识码重复.

    Two features of one name cannot be told apart by any later change.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.

    Yields
    ------
    Finding
        One per identifier that is not unique.
    """
    for name, layer in every_layer.items():
        if not layer.has("identifier"):
            continue
        for value, count in repeated_values(layer, "identifier").items():
            rows = np.flatnonzero(is_in(layer, "identifier", [value]))
            place = shapely.GeometryCollection([shape for shape in places_of(layer, rows) if shape is not None])
            yield Finding((value,), float(count), 1.0, "", place, name)
