"""Ecological conservation redline · 生态保护红线面积."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.clauses import held_against_clauses
from lantu.catalogue.sources import REDLINE_NOTICE
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
    "TR03",
    title=Text("The plan keeps the ecological redline assigned to it", "生态保护红线面积不低于上位规划下达指标"),
    message=Text("{statement}. {clause}: “{quotation}”", "{statement}。{clause}：“{quotation}”"),
    remedy=Text(
        "Restore the redline as sealed; an adjustment needs the approval of whoever sealed it.",
        "请按封库成果恢复生态保护红线；调整须报原批准机关。",
    ),
    severity=Severity.MANDATORY,
    source=REDLINE_NOTICE,
    reference="T03",
)
def redline_area_kept(  # noqa: PLR0913  # facts and limits go by name
    ecological_redline: Layer | None = None,
    *,
    package: PackageFacts,
    requirements: tuple[Requirement, ...],
    products: Products,
    classifications: Mapping[str, Classification],
    parent_tolerance_share: float,
    computation_share: float,
) -> Iterator[Finding]:
    """Hold the plan against the parent's clauses on it · 生态保护红线面积传导.

    The redline is assigned from above and sealed; no plan may lower it.
    Values are compared unrounded, in the unit of the clause.

    Parameters
    ----------
    ecological_redline
        Ecological redline; metres.
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
        ("ecological_redline_area",),
        {"ecological_redline": ecological_redline},
        package=package,
        products=products,
        classifications=classifications,
        requirements=requirements,
        parent_tolerance_share=parent_tolerance_share,
        computation_share=computation_share,
    )
