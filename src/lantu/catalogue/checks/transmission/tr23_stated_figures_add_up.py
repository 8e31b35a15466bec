"""Sums over the city · 全市汇总."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.clauses import sum_against_clauses
from lantu.catalogue.sources import land_law
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.plans import PackageFacts, Requirement, Unit

_SUBJECTS = ("new_construction_land_area", "water_use_total", "residents")


@check(
    "TR23",
    title=Text("The figures of all units add up to what the parent plan asks of the city", "各板块申报指标合计符合上位规划全市指标"),
    message=Text("{statement}. {clause}: “{quotation}”", "{statement}。{clause}：“{quotation}”"),
    remedy=Text("Settle with the units which of them takes the difference, and correct their plans.", "请与各板块协商分摊差额并修改规划。"),
    severity=Severity.MANDATORY,
    source=land_law("16"),
    reference="T06, T07, T11",
    scope="city",
)
def stated_figures_add_up(  # noqa: PLR0913  # facts and limits go by name
    *,
    packages: Mapping[str, PackageFacts],
    units: Mapping[str, Unit],
    requirements: tuple[Requirement, ...],
    products: Products,
    classifications: Mapping[str, Classification],
    parent_tolerance_share: float,
    computation_share: float,
) -> Iterator[Finding]:
    """Add up the units and hold the sum against the parent plan · 汇总比对.

    Water, residents and new construction land are shared between the units, so one unit's surplus is another's want.

    Parameters
    ----------
    packages
        What the plans state, by unit.
    units
        All units of the city.
    requirements
        Clauses of the parent plan.
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
        One per clause on the whole city that is not kept.
    """
    yield from sum_against_clauses(
        _SUBJECTS,
        {},
        packages=packages,
        units=units,
        products=products,
        classifications=classifications,
        requirements=requirements,
        parent_tolerance_share=parent_tolerance_share,
        computation_share=computation_share,
    )
