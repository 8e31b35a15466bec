"""Location codes · 坐落单位代码."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, rows_where
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer


@check(
    "LG17",
    title=Text("The location code begins with the district code", "坐落单位代码应与行政区代码一致"),
    message=Text(
        "{feature} lies in location {measured} but in district {limit}.", "{feature}坐落单位代码为{measured}，行政区代码为{limit}。"
    ),
    remedy=Text("Correct one of the codes.", "请更正代码。"),
    severity=Severity.MINOR,
    source=database_norm(6),
    reference="3.6 cross-field logic",
    locality="feature",
)
def location_code_within_district(present_land_use: Layer) -> Iterator[Finding]:
    """Compare location codes with district codes · 坐落单位代码与行政区代码.

    The first six digits are those of the county in both.

    Parameters
    ----------
    present_land_use
        Present land use; metres.

    Yields
    ------
    Finding
        One per patch.
    """
    rows = rows_where(present_land_use, ["location_unit_code", "district_code"], lambda location, district: location[:6] != district[:6])
    yield from feature_findings(
        present_land_use, rows, present_land_use.texts("location_unit_code"), limit=present_land_use.texts("district_code")
    )
