"""The share of farmland · 永久基本农田占耕地比例."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.uses import classification_of, rows_of, under
from lantu.engines.checking.card import check
from lantu.engines.checking.run import NotChecked
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer


@check(
    "CL14",
    title=Text("Permanent basic farmland is a sufficient share of cultivated land", "永久基本农田占耕地比例应达到要求"),
    message=Text(
        "Permanent basic farmland of {farmland_km2} km² is {measured} of the cultivated land of {cultivated_km2} km²"
        "; the province keeps {limit}.",
        "永久基本农田{farmland_km2}平方公里，占耕地{cultivated_km2}平方公里的{measured}，全省要求{limit}。",
    ),
    remedy=Text("Name more cultivated land as farmland, or show where the province balances it.", "增划永久基本农田，或说明全省统筹情况。"),
    severity=Severity.NOTICE,
    source=Text(
        "土地管理法 (2019) Art. 33; binding on the province, shown for a unit as a notice",
        "《土地管理法》（2019）第33条；对省级为约束性要求，对板块仅作提示",
    ),
    reference="6.1 farmland",
)
def farmland_share_of_cultivated_land(
    permanent_basic_farmland: Layer,
    present_land_use: Layer,
    *,
    products: Products,
    classifications: Mapping[str, Classification],
    farmland_share_of_cultivated: float,
) -> Iterator[Finding]:
    """Hold farmland against cultivated land · 永农占耕地比例.

    A unit that names too little of its cultivated land as farmland leaves its share to the others.

    Parameters
    ----------
    permanent_basic_farmland
        Polygons.
    present_land_use
        Survey patches with land-use codes.
    products
        Where areas are computed and remembered.
    classifications
        Land-use classifications by name.
    farmland_share_of_cultivated
        Least share.

    Yields
    ------
    Finding
        One, if the share is not reached.

    Raises
    ------
    NotChecked
        If the survey has no cultivated land.
    """
    classification = classification_of(present_land_use, classifications)
    cultivated = rows_of(present_land_use, under((classification.cultivated_root,), classification))
    cultivated_m2 = float(products.ellipsoidal_areas(present_land_use)[cultivated].sum())
    if cultivated_m2 == 0:
        raise NotChecked(Text("The survey has no cultivated land.", "调查无耕地。"))
    farmland_m2 = float(np.sum(products.ellipsoidal_areas(permanent_basic_farmland)))
    if farmland_m2 < farmland_share_of_cultivated * cultivated_m2:
        yield Finding(
            measured=farmland_m2 / cultivated_m2,
            limit=farmland_share_of_cultivated,
            values={"farmland_km2": farmland_m2 / 1e6, "cultivated_km2": cultivated_m2 / 1e6},
        )
