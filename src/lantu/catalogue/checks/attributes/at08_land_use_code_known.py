"""Land-use codes · 地类编码."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    from lantu.vocabulary.layer_definitions import LayerVocabulary


@check(
    "AT08",
    title=Text("A land-use code stands in the declared classification", "地类编码应属于声明的分类标准"),
    message=Text(
        "Code {measured} of {feature} in layer {layer} does not stand in {limit}.",
        "图层{layer}要素{feature}的编码{measured}不在{limit}中。",
    ),
    remedy=Text("Enter a code of the declared classification, or declare the right one.", "请使用声明分类标准中的编码，或更正声明。"),
    severity=Severity.MANDATORY,
    source=LAND_USE_GUIDE,
    reference="3.6 attributes; 4.1",
    locality="feature",
)
def land_use_code_known(
    every_layer: Mapping[str, Layer], *, classifications: Mapping[str, Classification], definitions: LayerVocabulary
) -> Iterator[Finding]:
    """Find land-use codes that no class has · 地类编码不在字典.

    Codes at every level may be used; mixed use as 0701/0902 is taken apart. Where a layer declares no classification, which is a
    finding of its own, a code must stand in at least one.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    classifications
        Land-use classifications by name.
    definitions
        Which layers and fields there are.

    Yields
    ------
    Finding
        One per feature and field.
    """
    for name, layer in every_layer.items():
        declared = [classifications[layer.classification]] if layer.classification in classifications else list(classifications.values())
        for field in definitions[name].fields.values() if name in definitions.layers else ():
            if field.domain == "@classification" and layer.has(field.name):
                values = layer.texts(field.name)
                rows = rows_where(
                    layer,
                    [field.name],
                    lambda code, declared=declared: not all(any(item.is_known(part) for item in declared) for part in code.split("/")),
                )
                allowed = layer.classification or ", ".join(sorted(classifications))
                yield from feature_findings(layer, rows, values, limit=allowed)
