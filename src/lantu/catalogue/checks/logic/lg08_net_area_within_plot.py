"""Net area of plots · 地块净面积."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, numbers_of
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer


@check(
    "LG08",
    title=Text("The net area of a plot is not larger than the plot", "地类面积不大于图斑面积"),
    message=Text(
        "{feature} has a net area of {measured} m² in a plot of {limit} m².",
        "{feature}地类面积{measured}平方米，大于图斑面积{limit}平方米。",
    ),
    remedy=Text("Compute both areas again.", "请重新计算两项面积。"),
    severity=Severity.MAJOR,
    source=Text(
        "市级国土空间总体规划数据库规范(试行) 2021-03, chapter 6 (TBDLMJ ≤ TBMJ)",
        "《市级国土空间总体规划数据库规范（试行）》（2021-03）第6章（TBDLMJ ≤ TBMJ）",
    ),
    reference="3.6 cross-field logic",
    locality="feature",
)
def net_area_within_plot(planned_land_use: Layer, *, net_area_difference_m2: float) -> Iterator[Finding]:
    """Compare net areas with plot areas · 地类面积与图斑面积.

    Deductions make the one smaller than the other, never larger.

    Parameters
    ----------
    planned_land_use
        Planned land use; metres.
    net_area_difference_m2
        Allowed for rounding, m².

    Yields
    ------
    Finding
        One per plot.
    """
    net, whole = numbers_of(planned_land_use, "net_area_m2"), numbers_of(planned_land_use, "patch_area_m2")
    rows = np.flatnonzero(net - whole > net_area_difference_m2)
    yield from feature_findings(planned_land_use, rows, net, limit=whole, unit="m2")
