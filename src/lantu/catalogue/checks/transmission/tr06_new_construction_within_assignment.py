"""New construction land · 新增建设用地规模."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.clauses import held_against_clauses
from lantu.catalogue.sources import land_law
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
    "TR06",
    title=Text("New construction land stays within the assignment", "新增建设用地规模不突破上位规划"),
    message=Text("{statement}. {clause}: “{quotation}”", "{statement}。{clause}：“{quotation}”"),
    remedy=Text(
        "Postpone or give up new construction land until the figure is met.",
        "请核减或缓建新增建设用地，直至不突破下达规模。",
    ),
    severity=Severity.MANDATORY,
    source=land_law("16, 23"),
    reference="T06",
)
def new_construction_within_assignment(  # noqa: PLR0913  # facts and limits go by name
    *,
    package: PackageFacts,
    requirements: tuple[Requirement, ...],
    products: Products,
    classifications: Mapping[str, Classification],
    parent_tolerance_share: float,
    computation_share: float,
) -> Iterator[Finding]:
    """Hold the plan against the parent's clauses on it · 新增建设用地规模传导.

    What is already used and what is still planned count together.
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
        ("new_construction_land_area",),
        {},
        package=package,
        products=products,
        classifications=classifications,
        requirements=requirements,
        parent_tolerance_share=parent_tolerance_share,
        computation_share=computation_share,
    )
