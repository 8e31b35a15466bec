"""The increment by five-year period · 分期新增空间."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.settlements import urban_rows
from lantu.catalogue.sources import BOUNDARY_NOTICE
from lantu.engines.checking.card import check
from lantu.engines.checking.run import NotChecked
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer


LAST_YEAR_OF_14TH = 2025
LAST_YEAR_OF_15TH = 2030

_ACCURACY = 1e-8


@check(
    "CL13",
    title=Text("The increment inside the boundary is left to later five-year periods as prescribed", "城镇开发边界新增空间应按五年期预留"),
    message=Text(
        "By {year}, {measured} km² of the increment of {increment_km2} km² inside the boundary are used; at most {limit} km² may be.",
        "截至{year}年，边界内新增空间{increment_km2}平方公里已使用{measured}平方公里，至多可用{limit}平方公里。",
    ),
    remedy=Text("Put projects off to the next period, or use land that is built on already.", "项目顺延至下一时期，或改用存量用地。"),
    severity=Severity.MANDATORY,
    source=BOUNDARY_NOTICE,
    reference="6.1 boundary",
    stages=("review", "monitoring"),
)
def increment_left_for_later_periods(  # noqa: PLR0913  # two shares, two surveys
    urban_development_boundary: Layer,
    base_land_use: Layer,
    present_land_use: Layer,
    *,
    products: Products,
    today: dt.date,
    increment_left_2026_2030_share: float,
    increment_left_2031_2035_share: float,
) -> Iterator[Finding]:
    """Hold what was used of the increment against what had to be left · 分期使用.

    The increment is the boundary less the urban construction land that the base survey has inside it; what was used is what the
    present survey has there more than the base survey.

    Parameters
    ----------
    urban_development_boundary
        Zones of the boundary.
    base_land_use
        Survey of the base year with settlement codes.
    present_land_use
        Present survey with settlement codes.
    products
        Where overlays are computed and remembered.
    today
        Its last full year is taken where the survey names no year.
    increment_left_2026_2030_share
        Share that must be left for 2026-2030.
    increment_left_2031_2035_share
        Share that must be left for 2031-2035.

    Yields
    ------
    Finding
        One, if more was used.

    Raises
    ------
    NotChecked
        If there is no increment to speak of.
    """
    boundary_m2 = float(np.sum(products.ellipsoidal_areas(urban_development_boundary)))
    before_m2, now_m2 = (_urban_inside_m2(layer, urban_development_boundary, products) for layer in (base_land_use, present_land_use))
    increment_m2 = boundary_m2 - before_m2
    # What two exact areas differ by in their last digits is no increment.
    if increment_m2 <= _ACCURACY * boundary_m2:
        raise NotChecked(Text("The boundary leaves no increment.", "城镇开发边界内无新增空间。"))
    years = present_land_use.numbers("year") if present_land_use.has("year") else np.full(1, np.nan)
    year = int(np.nanmax(years)) if np.isfinite(years).any() else today.year - 1
    left = increment_left_2031_2035_share if year > LAST_YEAR_OF_14TH else increment_left_2026_2030_share + increment_left_2031_2035_share
    allowed_m2 = increment_m2 * (1 - (0.0 if year > LAST_YEAR_OF_15TH else left))
    used_m2 = now_m2 - before_m2
    if used_m2 > allowed_m2:
        yield Finding(
            measured=used_m2 / 1e6, limit=allowed_m2 / 1e6, unit="km2", values={"year": str(year), "increment_km2": increment_m2 / 1e6}
        )


def _urban_inside_m2(survey: Layer, boundary: Layer, products: Products) -> float:
    product = products.overlay(survey, boundary)
    areas = product.area_m2 if product.ellipsoidal_area_m2 is None else product.ellipsoidal_area_m2
    return float(areas[urban_rows(survey)[product.left]].sum())
