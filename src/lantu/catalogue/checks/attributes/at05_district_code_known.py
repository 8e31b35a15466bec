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
    from lantu.vocabulary.plans import CityProfile


@check(
    "AT05",
    title=Text("A district code exists", "行政区代码应存在"),
    message=Text(
        "District code {measured} of {feature} in layer {layer} does not exist in this city.",
        "图层{layer}要素{feature}的行政区代码{measured}在本市不存在。",
    ),
    remedy=Text("Enter a code in force; codes of abolished districts must be replaced.", "请填写现行代码；已撤销的代码须更换。"),
    severity=Severity.MAJOR,
    source=database_norm(6),
    reference="3.6 attributes",
    locality="feature",
)
def district_code_known(every_layer: Mapping[str, Layer], *, city: CityProfile, definitions: LayerVocabulary) -> Iterator[Finding]:
    """Find district codes that the city does not know · 行政区代码不存在.

    Codes of towns and villages have nine or twelve digits and begin with that of their county.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    city
        The city, whose profile says what a package must hold.
    definitions
        Which layers and fields there are.

    Yields
    ------
    Finding
        One per feature and field.

    Raises
    ------
    NotChecked
        If the city profile lists no codes.
    """
    known = tuple(sorted(city.district_codes))
    if not known:
        raise NotChecked(Text("The city profile lists no district codes.", "城市配置未列出行政区代码。"))
    for name, layer in every_layer.items():
        for field in definitions[name].fields.values() if name in definitions.layers else ():
            if field.domain == "@district" and layer.has(field.name):
                values = layer.texts(field.name)
                rows = rows_where(layer, [field.name], lambda code: not code.startswith(known))
                yield from feature_findings(layer, rows, values, limit=", ".join(known))
