"""Construction land · 建设用地规模."""

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
    "TR05",
    title=Text("Construction land stays within the assignment", "建设用地与城乡建设用地规模不突破上位规划"),
    message=Text("{statement}. {clause}: “{quotation}”", "{statement}。{clause}：“{quotation}”"),
    remedy=Text(
        "Reduce planned construction land, or reclaim idle village land, until the control figure is met.",
        "请核减规划建设用地或减量复垦，直至不突破控制数。",
    ),
    severity=Severity.MANDATORY,
    source=land_law("16"),
    reference="T05",
)
def construction_land_within_assignment(  # noqa: PLR0913  # facts and limits go by name
    planned_land_use: Layer | None = None,
    *,
    package: PackageFacts,
    requirements: tuple[Requirement, ...],
    products: Products,
    classifications: Mapping[str, Classification],
    parent_tolerance_share: float,
    computation_share: float,
) -> Iterator[Finding]:
    """Hold the plan against the parent's clauses on it · 建设用地规模传导.

    The construction land of a lower plan may not exceed the control figure of the parent plan.
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
        ("construction_land_area", "urban_rural_construction_land_area"),
        {"planned_land_use": planned_land_use},
        package=package,
        products=products,
        classifications=classifications,
        requirements=requirements,
        parent_tolerance_share=parent_tolerance_share,
        computation_share=computation_share,
    )
