"""Cultivated land · 耕地保有量."""

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
    "TR01",
    title=Text("The plan keeps the cultivated land assigned to it", "耕地保有量不低于上位规划下达指标"),
    message=Text("{statement}. {clause}: “{quotation}”", "{statement}。{clause}：“{quotation}”"),
    remedy=Text(
        "Return land to cultivation in the plan until the assigned area is reached, or have the parent plan changed lawfully.",
        "请在规划中补足耕地，或依法修改上位规划指标。",
    ),
    severity=Severity.MANDATORY,
    source=land_law("16"),
    reference="T01",
)
def cultivated_land_kept(  # noqa: PLR0913  # facts and limits go by name
    cultivated_land_reserve: Layer | None = None,
    planned_land_use: Layer | None = None,
    *,
    package: PackageFacts,
    requirements: tuple[Requirement, ...],
    products: Products,
    classifications: Mapping[str, Classification],
    parent_tolerance_share: float,
    computation_share: float,
) -> Iterator[Finding]:
    """Hold the plan against the parent's clauses on it · 耕地保有量传导.

    A lower plan may not keep less cultivated land than the parent plan assigns to it.
    Values are compared unrounded, in the unit of the clause.

    Parameters
    ----------
    cultivated_land_reserve
        Cultivated land to be retained; metres.
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
        ("cultivated_land_area",),
        {"cultivated_land_reserve": cultivated_land_reserve, "planned_land_use": planned_land_use},
        package=package,
        products=products,
        classifications=classifications,
        requirements=requirements,
        parent_tolerance_share=parent_tolerance_share,
        computation_share=computation_share,
    )
