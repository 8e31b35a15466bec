"""Land-use names · 地类名称."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.sources import LAND_USE_GUIDE
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, rows_where
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer

_PAIRS = (("land_use_code", "land_use_name"), ("base_land_use_code", "base_land_use_name"))


@check(
    "AT09",
    title=Text("The name of a land use is that of its code", "地类名称应与编码一致"),
    message=Text(
        "{feature} in layer {layer} has code {code} and the name {measured}; the name of that code is {limit}.",
        "图层{layer}要素{feature}编码{code}，名称为{measured}，应为{limit}。",
    ),
    remedy=Text(
        "Correct the name or the code; names of another version of the classification point to that version.",
        "请更正名称或编码；若名称属另一版本，请核对分类版本。",
    ),
    severity=Severity.MAJOR,
    source=LAND_USE_GUIDE,
    reference="3.6 attributes; 4.1",
    locality="feature",
)
def land_use_name_fits_code(every_layer: Mapping[str, Layer], *, classifications: Mapping[str, Classification]) -> Iterator[Finding]:
    """Find land-use names that do not belong to their code · 地类名称与编码不符.

    This is what betrays a plan that was coded by the trial classification of 2020. Unknown codes are left to their own check, and
    the ending 用地 may be left out.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    classifications
        Land-use classifications by name.

    Yields
    ------
    Finding
        One per feature.
    """
    for layer in every_layer.values():
        standard = classifications.get(layer.classification)
        for code_field, name_field in _PAIRS:
            if standard is None or not layer.has(code_field) or not layer.has(name_field):
                continue
            rows = rows_where(
                layer,
                [code_field, name_field],
                lambda code, name, standard=standard: standard.is_known(code) and _plain(name) != _plain(standard.name_of(code)),
            )
            codes, names = layer.texts(code_field), layer.texts(name_field)
            expected = np.full(len(layer), "", dtype=object)
            expected[rows] = [standard.name_of(str(code).strip()) for code in codes[rows]]
            yield from feature_findings(
                layer,
                rows,
                names,
                limit=expected,
                values={"code": codes},
            )


def _plain(name: str) -> str:
    return name.strip().removesuffix("用地").removesuffix("地")
