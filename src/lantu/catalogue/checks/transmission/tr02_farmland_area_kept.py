"""Permanent basic farmland · 永久基本农田保护面积."""

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
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import PackageFacts, Requirement


@check(
    "TR02",
    title=Text("The plan protects the permanent basic farmland assigned to it", "永久基本农田面积不低于上位规划下达指标"),
    message=Text("{statement}. {clause}: “{quotation}”", "{statement}。{clause}：“{quotation}”"),
    remedy=Text(
        "Restore the sealed farmland patches that are missing, or designate replacements of the same quantity and quality.",
        "请补齐缺失的永久基本农田图斑，或按数量不减、质量不降补划。",
    ),
    severity=Severity.MANDATORY,
    source=land_law("33-35"),
    reference="T02",
)
def farmland_area_kept(  # noqa: PLR0913  # facts and limits go by name
    permanent_basic_farmland: Layer | None = None,
    *,
    package: PackageFacts,
    requirements: tuple[Requirement, ...],
    products: Products,
    classifications: Mapping[str, Classification],
    parent_tolerance_share: float,
    computation_share: float,
) -> Iterator[Finding]:
    """Hold the plan against the parent's clauses on it · 永久基本农田保护面积传导.

    The area is assigned from above and sealed; no plan may lower it.
    Values are compared unrounded, in the unit of the clause.

    Parameters
    ----------
    permanent_basic_farmland
        Permanent basic farmland; metres.
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
        ("permanent_basic_farmland_area",),
        {"permanent_basic_farmland": permanent_basic_farmland},
        package=package,
        products=products,
        classifications=classifications,
        requirements=requirements,
        parent_tolerance_share=parent_tolerance_share,
        computation_share=computation_share,
    )
