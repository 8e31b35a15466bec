"""Minimum mapped area · 最小上图面积."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, is_in, text_column
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.land_use import LegalClass
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer

_SURVEYED = ("present_land_use", "base_land_use")
# 设施农用地, agricultural by law, is mapped as finely as construction land.
_FACILITY = {
    "third-survey": ("1202",),
    "landuse-2023": ("0602",),
    "landuse-2020-trial": ("0602", "0603", "0604"),
    "gbt21010-2017": ("1202",),
}


@check(
    "GM11",
    title=Text("A survey patch is not below the minimum mapped area of its class", "图斑面积不小于最小上图面积"),
    message=Text(
        "{feature} in layer {layer}, code {code}, has {measured} m²; the minimum of its class is {limit} m².",
        "图层{layer}图斑{feature}（{code}）面积{measured}平方米，最小上图面积{limit}平方米。",
    ),
    remedy=Text("Merge the patch with a neighbour, or show that it was cut by a boundary.", "请并入相邻图斑；确因界线分割者请说明。"),
    severity=Severity.MINOR,
    source=Text("TD/T 1055-2019, minimum mapped area", "TD/T 1055-2019，最小上图面积"),
    reference="3.6 geometry",
    locality="feature",
)
def patches_of_minimum_area(  # noqa: PLR0913  # every limit goes by its name
    every_layer: Mapping[str, Layer],
    *,
    products: Products,
    classifications: Mapping[str, Classification],
    minimum_construction_area_m2: float,
    minimum_agricultural_area_m2: float,
    minimum_other_area_m2: float,
) -> Iterator[Finding]:
    """Compare survey patches with the minimum area of their class · 最小上图面积.

    200 m² for construction land and facility farmland, 400 m² for agricultural, 600 m² for other land. Patches without a known
    code are left to the checks of codes.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    products
        Where areas are computed and remembered.
    classifications
        Land-use classifications by name.
    minimum_construction_area_m2
        Construction land and facility farmland, m².
    minimum_agricultural_area_m2
        Agricultural land, m².
    minimum_other_area_m2
        Other land, m².

    Yields
    ------
    Finding
        One per patch below its minimum.
    """
    for name, layer in every_layer.items():
        standard = classifications.get(layer.classification)
        if name not in _SURVEYED or standard is None or not layer.has("land_use_code"):
            continue
        facility = _FACILITY.get(layer.classification, ())
        minimum = np.full(len(layer), np.nan)
        for code in pc.unique(text_column(layer, "land_use_code")).to_pylist():
            if code and standard.is_known(code):
                kind = standard.legal_class(code)
                least = (
                    minimum_construction_area_m2 if kind is LegalClass.CONSTRUCTION or code.startswith(facility) else minimum_other_area_m2
                )
                if kind is LegalClass.AGRICULTURAL and not code.startswith(facility):
                    least = minimum_agricultural_area_m2
                minimum[is_in(layer, "land_use_code", [code])] = least
        areas = products.feature_areas(layer).ellipsoidal_m2
        rows = np.flatnonzero(areas < minimum)
        yield from feature_findings(layer, rows, areas, limit=minimum, unit="m2", values={"code": layer.texts("land_use_code")})
