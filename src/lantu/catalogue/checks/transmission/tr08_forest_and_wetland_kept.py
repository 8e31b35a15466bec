"""Forest land and wetland · 林地与湿地保有量."""

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
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import PackageFacts, Requirement


@check(
    "TR08",
    title=Text("The plan keeps the forest land and wetland assigned to it", "林地保有量与湿地面积不低于上位规划"),
    message=Text("{statement}. {clause}: “{quotation}”", "{statement}。{clause}：“{quotation}”"),
    remedy=Text(
        "Keep or restore forest land and wetland until the assigned area is reached.",
        "请保留或恢复林地、湿地，直至达到下达面积。",
    ),
    severity=Severity.MANDATORY,
    source=MASTER_PLAN_GUIDE_ANNEX,
    reference="T08",
)
def forest_and_wetland_kept(  # noqa: PLR0913  # facts and limits go by name
    planned_land_use: Layer | None = None,
    *,
    package: PackageFacts,
    requirements: tuple[Requirement, ...],
    products: Products,
    classifications: Mapping[str, Classification],
    parent_tolerance_share: float,
    computation_share: float,
) -> Iterator[Finding]:
    """Hold the plan against the parent's clauses on it · 林地与湿地保有量传导.

    Both are assigned as areas to be kept, so planned land use must hold at least as much.
    Values are compared unrounded, in the unit of the clause.

    Parameters
    ----------
    planned_land_use
        Planned land use; metres.
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
        ("forest_land_area", "wetland_area"),
        {"planned_land_use": planned_land_use},
        package=package,
        products=products,
        classifications=classifications,
        requirements=requirements,
        parent_tolerance_share=parent_tolerance_share,
        computation_share=computation_share,
    )
