"""Land per GDP · 单位GDP建设用地下降率."""

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
    "TR09",
    title=Text("Construction land per GDP falls as far as assigned", "单位国内生产总值建设用地使用面积下降率达到上位规划要求"),
    message=Text("{statement}. {clause}: “{quotation}”", "{statement}。{clause}：“{quotation}”"),
    remedy=Text(
        "Plan for a denser use of land, or state the reduction where it is missing.",
        "请提高节约集约用地水平，缺项的请补充申报。",
    ),
    severity=Severity.MANDATORY,
    source=MASTER_PLAN_GUIDE_ANNEX,
    reference="T09",
)
def land_per_gdp_falls_enough(  # noqa: PLR0913  # facts and limits go by name
    *,
    package: PackageFacts,
    requirements: tuple[Requirement, ...],
    products: Products,
    classifications: Mapping[str, Classification],
    parent_tolerance_share: float,
    computation_share: float,
) -> Iterator[Finding]:
    """Hold the plan against the parent's clauses on it · 单位GDP建设用地下降率传导.

    The reduction is a binding figure of the parent plan.
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
        ("gdp_land_reduction_share",),
        {},
        package=package,
        products=products,
        classifications=classifications,
        requirements=requirements,
        parent_tolerance_share=parent_tolerance_share,
        computation_share=computation_share,
    )
