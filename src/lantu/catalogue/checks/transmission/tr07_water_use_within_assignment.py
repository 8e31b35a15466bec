"""Water use · 用水总量."""

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
    "TR07",
    title=Text("Total water use stays within the assignment", "用水总量不突破上位规划"),
    message=Text("{statement}. {clause}: “{quotation}”", "{statement}。{clause}：“{quotation}”"),
    remedy=Text(
        "Lower the planned water use, or the population and industry it follows from.",
        "请核减规划用水总量或相应的人口、产业规模。",
    ),
    severity=Severity.MANDATORY,
    source=MASTER_PLAN_GUIDE_ANNEX,
    reference="T07",
)
def water_use_within_assignment(  # noqa: PLR0913  # facts and limits go by name
    *,
    package: PackageFacts,
    requirements: tuple[Requirement, ...],
    products: Products,
    classifications: Mapping[str, Classification],
    parent_tolerance_share: float,
    computation_share: float,
) -> Iterator[Finding]:
    """Hold the plan against the parent's clauses on it · 用水总量传导.

    Water limits how many people and how much industry a plan can carry.
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
        ("water_use_total",),
        {},
        package=package,
        products=products,
        classifications=classifications,
        requirements=requirements,
        parent_tolerance_share=parent_tolerance_share,
        computation_share=computation_share,
    )
