"""Sums over the city · 全市汇总."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.clauses import sum_against_clauses
from lantu.catalogue.sources import land_law
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import PackageFacts, Requirement, Unit

_SUBJECTS = (
    "cultivated_land_area",
    "permanent_basic_farmland_area",
    "ecological_redline_area",
    "urban_development_boundary_area",
    "construction_land_area",
    "urban_rural_construction_land_area",
    "forest_land_area",
    "wetland_area",
)


@check(
    "TR22",
    title=Text("The areas of all units add up to what the parent plan asks of the city", "各板块面积合计符合上位规划全市指标"),
    message=Text("{statement}. {clause}: “{quotation}”", "{statement}。{clause}：“{quotation}”"),
    remedy=Text("Settle with the units which of them takes the difference, and correct their plans.", "请与各板块协商分摊差额并修改规划。"),
    severity=Severity.MANDATORY,
    source=land_law("16"),
    reference="T01-T05, T08",
    scope="city",
)
def measured_areas_add_up(  # noqa: PLR0913  # facts and limits go by name
    cultivated_land_reserve: Mapping[str, Layer] | None = None,
    planned_land_use: Mapping[str, Layer] | None = None,
    permanent_basic_farmland: Mapping[str, Layer] | None = None,
    ecological_redline: Mapping[str, Layer] | None = None,
    urban_development_boundary: Mapping[str, Layer] | None = None,
    *,
    packages: Mapping[str, PackageFacts],
    units: Mapping[str, Unit],
    requirements: tuple[Requirement, ...],
    products: Products,
    classifications: Mapping[str, Classification],
    parent_tolerance_share: float,
    computation_share: float,
) -> Iterator[Finding]:
    """Add up the units and hold the sum against the parent plan · 汇总比对.

    Every unit may keep its clause while the sum still fails, where the parent left a reserve unassigned.

    Parameters
    ----------
    cultivated_land_reserve
        By unit; metres.
    planned_land_use
        By unit; metres.
    permanent_basic_farmland
        By unit; metres.
    ecological_redline
        By unit; metres.
    urban_development_boundary
        By unit; metres.
    packages
        What the plans state, by unit.
    units
        All units of the city.
    requirements
        Clauses of the parent plan.
    products
        Where areas are computed and remembered.
    classifications
        By name.
    parent_tolerance_share
        Share for clauses that ask for about a value and name no tolerance.
    computation_share
        Accuracy of computed areas.

    Yields
    ------
    Finding
        One per clause on the whole city that is not kept.
    """
    yield from sum_against_clauses(
        _SUBJECTS,
        {
            "cultivated_land_reserve": cultivated_land_reserve,
            "planned_land_use": planned_land_use,
            "permanent_basic_farmland": permanent_basic_farmland,
            "ecological_redline": ecological_redline,
            "urban_development_boundary": urban_development_boundary,
        },
        packages=packages,
        units=units,
        products=products,
        classifications=classifications,
        requirements=requirements,
        parent_tolerance_share=parent_tolerance_share,
        computation_share=computation_share,
    )
