"""Years within the plan · 规划期限."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.sources import MASTER_PLAN_GUIDE
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, numbers_of
from lantu.engines.checking.run import NotChecked
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import PackageFacts


@check(
    "LG13",
    title=Text("What is planned falls into the period of the plan", "规划年份应在规划期内"),
    message=Text(
        "{feature} in layer {layer} is planned for {measured}; the plan runs {limit}.",
        "图层{layer}要素{feature}规划年份{measured}，规划期为{limit}。",
    ),
    remedy=Text("Correct the year, or move the project to another plan.", "请更正年份，或列入其他规划。"),
    severity=Severity.MINOR,
    source=MASTER_PLAN_GUIDE,
    reference="3.6 cross-field logic",
    locality="feature",
)
def planned_within_plan_period(every_layer: Mapping[str, Layer], *, package: PackageFacts) -> Iterator[Finding]:
    """Compare planned years with the period of the plan · 规划年份与规划期.

    The period runs from the base year to the target year of the metadata, both included.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    package
        What the package says of itself.

    Yields
    ------
    Finding
        One per feature.

    Raises
    ------
    NotChecked
        If the plan states no period.
    """
    plan = package.plan
    if plan is None or plan.base_year is None or plan.target_year is None:
        raise NotChecked(Text("The plan states no base year and target year.", "成果未注明基期年与目标年。"))
    for layer in every_layer.values():
        if layer.has("planned_year"):
            years = numbers_of(layer, "planned_year")
            rows = np.flatnonzero((years < plan.base_year) | (years > plan.target_year))
            period = f"{plan.base_year}–{plan.target_year}"
            yield from feature_findings(layer, rows, layer.texts("planned_year"), limit=period)
