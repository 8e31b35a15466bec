"""District names · 行政区名称."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, rows_where
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary
    from lantu.vocabulary.plans import CityProfile


@check(
    "AT07",
    title=Text("The name of a district is that of its code", "行政区名称应与代码一致"),
    message=Text(
        "{feature} in layer {layer} is called {measured}, but code {code} is {limit}.",
        "图层{layer}要素{feature}名称为{measured}，而代码{code}对应{limit}。",
    ),
    remedy=Text("Correct the name or the code.", "请更正名称或代码。"),
    severity=Severity.MINOR,
    source=database_norm(6),
    reference="3.6 attributes",
    locality="feature",
)
def district_name_fits_code(
    every_layer: Mapping[str, Layer], administrative_district: Layer | None = None, *, city: CityProfile, definitions: LayerVocabulary
) -> Iterator[Finding]:
    """Find district names that do not belong to their code · 行政区名称与代码不符.

    Names come from the layer of districts and from the units. A name that only adds the names of province and city in front is
    right; a code that neither source knows is left to the check of codes.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    administrative_district
        Administrative districts of the unit.
    city
        The city, whose profile says what a package must hold.
    definitions
        Which layers and fields there are.

    Yields
    ------
    Finding
        One per feature.
    """
    names: dict[str, set[str]] = {}
    for code, unit in city.units.items():
        names.setdefault(code, set()).update((unit.name.zh, unit.name.en))
    if administrative_district is not None and administrative_district.has("district_name"):
        codes, spoken = administrative_district.texts("district_code"), administrative_district.texts("district_name")
        for code, name in zip(codes, spoken, strict=True):
            if code and name:
                names.setdefault(code.strip(), set()).add(name.strip())
    for key, layer in every_layer.items():
        if key not in definitions.layers or not layer.has("district_code") or not layer.has("district_name"):
            continue
        rows = rows_where(
            layer,
            ["district_code", "district_name"],
            lambda code, name: code in names and not any(right and name.endswith(right) for right in names[code]),
        )
        codes, spoken = layer.texts("district_code"), layer.texts("district_name")
        expected = np.full(len(layer), "", dtype=object)
        expected[rows] = [", ".join(sorted(names[str(code).strip()])) for code in codes[rows]]
        yield from feature_findings(
            layer,
            rows,
            spoken,
            limit=expected,
            values={"code": codes},
        )
