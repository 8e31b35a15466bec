"""Residents and urbanisation · 常住人口与城镇化率."""

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
    "TR11",
    title=Text("Residents and urbanisation stay near the parent plan's", "常住人口规模与城镇化率和上位规划一致"),
    message=Text("{statement}. {clause}: “{quotation}”", "{statement}。{clause}：“{quotation}”"),
    remedy=Text(
        "Bring the figure within the tolerance, or give a written reason for the difference.",
        "请调整至允许偏差以内，或书面说明理由。",
    ),
    severity=Severity.MAJOR,
    source=MASTER_PLAN_GUIDE_ANNEX,
    reference="T11",
)
def population_near_the_parents(  # noqa: PLR0913  # facts and limits go by name
    *,
    package: PackageFacts,
    requirements: tuple[Requirement, ...],
    products: Products,
    classifications: Mapping[str, Classification],
    parent_tolerance_share: float,
    computation_share: float,
) -> Iterator[Finding]:
    """Hold the plan against the parent's clauses on it · 常住人口与城镇化率传导.

    Expected figures: a deviation beyond the tolerance needs a written reason, since facilities and land follow from them.
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
        ("residents", "urbanisation_share"),
        {},
        package=package,
        products=products,
        classifications=classifications,
        requirements=requirements,
        parent_tolerance_share=parent_tolerance_share,
        computation_share=computation_share,
    )
