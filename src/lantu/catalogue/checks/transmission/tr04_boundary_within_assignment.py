"""Urban development boundary · 城镇开发边界规模."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.clauses import held_against_clauses
from lantu.catalogue.sources import BOUNDARY_NOTICE
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
    "TR04",
    title=Text(
        "The development boundary and its expansion multiple stay within the assignment", "城镇开发边界面积与扩展倍数不突破上位规划"
    ),
    message=Text("{statement}. {clause}: “{quotation}”", "{statement}。{clause}：“{quotation}”"),
    remedy=Text(
        "Take land out of the boundary until it fits, or apply for a lawful adjustment without raising the total.",
        "请调出超出部分，或依法申请总量不增的局部优化。",
    ),
    severity=Severity.MANDATORY,
    source=BOUNDARY_NOTICE,
    reference="T04",
)
def boundary_within_assignment(  # noqa: PLR0913  # facts and limits go by name
    urban_development_boundary: Layer | None = None,
    *,
    package: PackageFacts,
    requirements: tuple[Requirement, ...],
    products: Products,
    classifications: Mapping[str, Classification],
    parent_tolerance_share: float,
    computation_share: float,
) -> Iterator[Finding]:
    """Hold the plan against the parent's clauses on it · 城镇开发边界规模传导.

    The boundary is what the city as a whole may grow into; a unit that takes more takes it from another.
    Values are compared unrounded, in the unit of the clause.

    Parameters
    ----------
    urban_development_boundary
        Urban development boundary; metres.
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
        ("urban_development_boundary_area", "expansion_multiple"),
        {"urban_development_boundary": urban_development_boundary},
        package=package,
        products=products,
        classifications=classifications,
        requirements=requirements,
        parent_tolerance_share=parent_tolerance_share,
        computation_share=computation_share,
    )
