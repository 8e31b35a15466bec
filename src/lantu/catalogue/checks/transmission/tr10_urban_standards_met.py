"""Land per resident, roads and parks · 人均用地、路网与公园覆盖."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.clauses import held_against_clauses
from lantu.catalogue.sources import MASTER_PLAN_GUIDE_ANNEX
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.plans import PackageFacts, Requirement


@check(
    "TR10",
    title=Text(
        "Land per resident, road density and walk coverage of parks meet the assignment",
        "人均城镇建设用地、道路网密度与公园步行覆盖率达到上位规划要求",
    ),
    message=Text("{statement}. {clause}: “{quotation}”", "{statement}。{clause}：“{quotation}”"),
    remedy=Text(
        "Correct land, roads or parks of the plan until the assigned figure is met, or state the figure where it is missing.",
        "请调整用地、路网或公园布局达到要求，缺项的请补充申报。",
    ),
    severity=Severity.MANDATORY,
    source=MASTER_PLAN_GUIDE_ANNEX,
    reference="T10",
)
def urban_standards_met(  # noqa: PLR0913  # facts and limits go by name
    *,
    package: PackageFacts,
    requirements: tuple[Requirement, ...],
    products: Products,
    classifications: Mapping[str, Classification],
    parent_tolerance_share: float,
    computation_share: float,
) -> Iterator[Finding]:
    """Hold the plan against the parent's clauses on it · 人均用地、路网与公园覆盖传导.

    These say how well land in towns is used and served.
    Values are compared unrounded, in the unit of the clause.

    Parameters
    ----------
    package
        What the plan states.
    requirements
        Clauses of the parent plan for the unit.
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
        One per clause that is not kept, with its quotation.
    """
    yield from held_against_clauses(
        ("urban_construction_land_per_resident_m2", "road_density_km_per_km2", "park_walk_coverage_share"),
        {},
        package=package,
        products=products,
        classifications=classifications,
        requirements=requirements,
        parent_tolerance_share=parent_tolerance_share,
        computation_share=computation_share,
    )
