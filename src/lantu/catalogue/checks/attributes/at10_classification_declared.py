"""Version of the classification · 分类标准版本."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.compute as pc

from lantu.catalogue.sources import LAND_USE_GUIDE
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import is_in, text_column
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary


@check(
    "AT10",
    title=Text("A layer with land-use codes declares their classification", "含地类编码的图层应声明分类标准及版本"),
    message=Text(
        "Layer {layer} declares no classification, and some of its codes mean different things by version: {codes}; features: {measured}.",
        "图层{layer}未声明分类标准；{measured}个要素的编码在不同版本中含义不同：{codes}。",
    ),
    remedy=Text("Name the classification and its version in the metadata.", "请在元数据中注明地类标准及版本。"),
    severity=Severity.MAJOR,
    source=LAND_USE_GUIDE,
    reference="3.6 attributes; 4.2",
    locality="layer",
)
def classification_declared(
    every_layer: Mapping[str, Layer], *, classifications: Mapping[str, Classification], definitions: LayerVocabulary
) -> Iterator[Finding]:
    """Find layers whose land-use codes belong to no declared version · 未声明分类版本.

    0204, 0602, 1311, 1312, 2302 and 2303 mean one thing in the trial version of 2020 and another in that of 2023.

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
        One per layer.
    """
    trial, final = classifications["landuse-2020-trial"], classifications["landuse-2023"]
    shifted = frozenset(code for code in trial.codes if final.is_known(code) and trial.name_of(code) != final.name_of(code))
    for name, layer in every_layer.items():
        fields = definitions[name].fields.values() if name in definitions.layers else ()
        coded = [field.name for field in fields if field.domain == "@classification" and layer.has(field.name)]
        if coded and layer.classification not in classifications:
            doubtful = sum(int(is_in(layer, field, shifted).sum()) for field in coded)
            present = sorted({code for field in coded for code in pc.unique(text_column(layer, field)).to_pylist() if code in shifted})
            yield Finding((), float(doubtful), 0.0, "", None, name, {"codes": ", ".join(present)})
