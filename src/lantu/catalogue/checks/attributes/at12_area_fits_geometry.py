"""Area by attribute and by geometry · 属性面积与图形面积."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, numbers_of
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary

# Areas of a whole patch; net areas, approved areas and farmland within a patch are other quantities.
_FIELDS = ("area_m2", "patch_area_m2")


@check(
    "AT12",
    title=Text("The area of the attribute is the ellipsoidal area of the geometry", "属性面积应与图形椭球面积一致"),
    message=Text(
        "Field {field} of {feature} in layer {layer} says {measured} m², the geometry has {geometry} m²; {limit} m² are allowed.",
        "图层{layer}要素{feature}字段{field}为{measured}平方米，图形为{geometry}平方米，允许差{limit}平方米。",
    ),
    remedy=Text(
        "Compute the area again on the ellipsoid of CGCS2000, or redraw the feature.", "请按CGCS2000椭球重新计算面积，或更正图形。"
    ),
    severity=Severity.MAJOR,
    source=Text(
        "市级国土空间总体规划数据库规范(试行) 2021-03, chapter 6; Lantu's tolerance",
        "《市级国土空间总体规划数据库规范（试行）》（2021-03）第6章；容差由蓝图设定",
    ),
    reference="3.6 attributes",
    locality="feature",
)
def area_fits_geometry(
    every_layer: Mapping[str, Layer],
    *,
    products: Products,
    definitions: LayerVocabulary,
    area_difference_m2: float,
    area_difference_share: float,
) -> Iterator[Finding]:
    """Compare areas in the attributes with those of the geometry · 面积一致性.

    Official areas are ellipsoidal; planar ones are up to 400 ppm too large in the east of a zone. The difference may reach the
    larger of the two tolerances.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    products
        Where areas are computed and remembered.
    definitions
        Which layers and fields there are.
    area_difference_m2
        Allowed difference, m².
    area_difference_share
        Allowed difference as share of the geometry's area.

    Yields
    ------
    Finding
        One per feature and field.
    """
    for name, layer in every_layer.items():
        if name not in definitions.layers or definitions[name].geometry != "polygon":
            continue
        fields = [definitions[name].fields[key] for key in _FIELDS if layer.has(key) and key in definitions[name].fields]
        drawn = products.feature_areas(layer).ellipsoidal_m2 if fields else np.empty(0)
        for field in fields:
            said = numbers_of(layer, field.name)
            allowed = np.maximum(area_difference_m2, area_difference_share * drawn)
            rows = np.flatnonzero(np.abs(said - drawn) > allowed)
            yield from feature_findings(
                layer,
                rows,
                said,
                limit=allowed,
                unit="m2",
                values={"field": field.label, "geometry": drawn},
            )
