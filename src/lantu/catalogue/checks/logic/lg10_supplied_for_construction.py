"""Use of supply parcels · 供应用途."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, rows_where
from lantu.engines.checking.run import NotChecked
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.land_use import LegalClass
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer


@check(
    "LG10",
    title=Text("A parcel is supplied for construction", "供应地块用途应为建设用地"),
    message=Text(
        "Parcel {feature} is to be supplied for {measured} {name}, which is no construction land.",
        "供应地块{feature}规划用途为{measured}{name}，不属于建设用地。",
    ),
    remedy=Text("Correct the planned use.", "请更正规划用途。"),
    severity=Severity.MAJOR,
    source=Text("土地管理法 (2019), article 4", "《土地管理法》（2019）第4条"),
    reference="3.6 cross-field logic; 4.3",
    locality="feature",
)
def supplied_for_construction(supply_parcel: Layer, *, classifications: Mapping[str, Classification]) -> Iterator[Finding]:
    """Find supply parcels whose planned use is no construction land · 供应用途非建设用地.

    Of a mixed use every part counts. Unknown codes are left to the check of codes.

    Parameters
    ----------
    supply_parcel
        Supply parcel; metres.
    classifications
        Land-use classifications by name.

    Yields
    ------
    Finding
        One per parcel.

    Raises
    ------
    NotChecked
        If the classification of the layer is not known.
    """
    standard = classifications.get(supply_parcel.classification)
    if standard is None:
        raise NotChecked(Text("The layer declares no known classification.", "图层未声明已知的分类标准。"))
    codes = supply_parcel.texts("planned_use_code")
    rows = rows_where(
        supply_parcel,
        ["planned_use_code"],
        lambda code: any(standard.is_known(part) and standard.legal_class(part) is not LegalClass.CONSTRUCTION for part in code.split("/")),
    )
    names = np.full(len(supply_parcel), "", dtype=object)
    names[rows] = [
        "/".join(standard.name_of(part) for part in str(code).strip().split("/") if standard.is_known(part)) for code in codes[rows]
    ]
    yield from feature_findings(supply_parcel, rows, codes, limit="construction", values={"name": names})
