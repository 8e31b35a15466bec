"""District codes · 行政区代码."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, rows_where
from lantu.engines.checking.run import NotChecked
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary
    from lantu.vocabulary.plans import Unit


@check(
    "AT06",
    title=Text("A district code is one that land of the unit may carry", "行政区代码应属于本板块"),
    message=Text(
        "District code {measured} of {feature} in layer {layer} is not one of unit {unit_code}: {limit}.",
        "图层{layer}要素{feature}的行政区代码{measured}不属于板块{unit_code}（{limit}）。",
    ),
    remedy=Text("Correct the code, or deliver the feature with the unit it belongs to.", "请更正代码，或由所属板块提交该要素。"),
    severity=Severity.MAJOR,
    source=database_norm(6),
    reference="3.6 attributes; worked example 14",
    locality="feature",
)
def district_code_of_the_unit(every_layer: Mapping[str, Layer], *, unit: Unit, definitions: LayerVocabulary) -> Iterator[Finding]:
    """Find features under a district code that land of the unit cannot carry · 行政区代码与板块不符.

    A unit is not a district: land of the industrial park lawfully carries the code of a neighbouring district, which the unit's
    own map of codes knows.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    unit
        The unit that submits.
    definitions
        Which layers and fields there are.

    Yields
    ------
    Finding
        One per feature and field.

    Raises
    ------
    NotChecked
        If it is not known which codes the unit's land may carry.
    """
    own = tuple(unit.district_codes)
    if not own:
        raise NotChecked(Text(f"It is not known which codes land of unit {unit.code} carries.", f"板块{unit.code}未配置行政区代码。"))
    for name, layer in every_layer.items():
        for field in definitions[name].fields.values() if name in definitions.layers else ():
            if field.domain == "@district" and layer.has(field.name):
                values = layer.texts(field.name)
                rows = rows_where(layer, [field.name], lambda code: not code.startswith(own))
                yield from feature_findings(layer, rows, values, limit=", ".join(own), values={"unit_code": unit.code})
