"""Claims on a neighbour's land · 越界."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import shapely

from lantu.catalogue.sources import SYNERGY_CHECKS
from lantu.engines.checking.card import check
from lantu.engines.checking.sharing import bounds_of
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import Unit


@check(
    "TR13",
    title=Text("The plans of two units do not claim the same land", "各板块规划范围不得重叠"),
    message=Text(
        "The plans of {one} and {other} both plan {measured} m²; up to {limit} m² are ignored.",
        "{one}与{other}的规划重叠{measured}平方米，允许{limit}平方米。",
    ),
    remedy=Text("Cut both plans to the boundary between the units.", "请按板块界线裁切两个规划。"),
    severity=Severity.MANDATORY,
    source=SYNERGY_CHECKS,
    reference="T13",
    scope="city",
)
def plans_keep_to_their_units(
    planned_land_use: Mapping[str, Layer], *, units: Mapping[str, Unit], products: Products, unit_overlap_m2: float
) -> Iterator[Finding]:
    """Overlay planned land use of every pair of units · 板块两两叠加.

    Land planned twice is counted twice in the city and belongs to nobody for certain. Whether each plan fills its own unit is
    asked by the checks on topology.

    Parameters
    ----------
    planned_land_use
        By unit; metres.
    units
        All units of the city.
    products
        Where overlays are computed and remembered.
    unit_overlap_m2
        Larger overlaps are claims on the other's land, m².

    Yields
    ------
    Finding
        One per pair of units, at the land both claim; measured is the planar area.
    """
    for (one, left), (other, right) in combinations(sorted(planned_land_use.items()), 2):
        first, second = bounds_of(left, products), bounds_of(right, products)
        if first is None or second is None or left.crs != right.crs or not shapely.box(*first).intersects(shapely.box(*second)):
            continue
        shared = products.overlay(left, right)
        area = float(shared.area_m2.sum())
        if area <= unit_overlap_m2:
            continue
        names = (units[code].name if code in units else Text(code, code) for code in (one, other))
        # Neighbours whose edges differ in the last digits claim nothing of one another.
        rows = shared.area_m2 > unit_overlap_m2 / 100
        place = shapely.union_all(products.pieces(left, right, rows))
        ids = (*sorted({str(left.ids[row]) for row in shared.left[rows]}), *sorted({str(right.ids[row]) for row in shared.right[rows]}))
        yield Finding(ids, area, unit_overlap_m2, "m2", place, "planned_land_use", dict(zip(("one", "other"), names, strict=True)))
