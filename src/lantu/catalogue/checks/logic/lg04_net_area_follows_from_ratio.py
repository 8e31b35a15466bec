"""Net area · 图斑地类面积."""

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
    "LG04",
    title=Text("The net area is the patch area less the deduction", "图斑地类面积等于图斑面积扣除后的面积"),
    message=Text(
        "{feature} has a net area of {measured} m²; patch area and ratio give {limit} m².",
        "{feature}图斑地类面积{measured}平方米，按图斑面积与扣除系数应为{limit}平方米。",
    ),
    remedy=Text("Compute the net area again.", "请重新计算图斑地类面积。"),
    severity=Severity.MAJOR,
    source=Text("TD/T 1055-2019 (TBDLMJ = TBMJ × (1 − KCXS))", "TD/T 1055-2019（TBDLMJ = TBMJ × (1 − KCXS)）"),
    reference="3.6 cross-field logic",
    locality="feature",
)
def net_area_follows_from_ratio(present_land_use: Layer, *, net_area_difference_m2: float) -> Iterator[Finding]:
    """Compare net areas with patch area and ratio · 净面积.

    A patch without a ratio has nothing to deduct.

    Parameters
    ----------
    present_land_use
        Present land use; metres.
    net_area_difference_m2
        Allowed for rounding of the factors, m².

    Yields
    ------
    Finding
        One per patch.
    """
    whole, net = numbers_of(present_land_use, "patch_area_m2"), numbers_of(present_land_use, "net_area_m2")
    ratio = np.zeros(len(present_land_use))
    if present_land_use.has("deduction_ratio"):
        ratio = np.nan_to_num(numbers_of(present_land_use, "deduction_ratio"))
    expected = whole * (1.0 - ratio)
    rows = np.flatnonzero(np.abs(net - expected) > net_area_difference_m2)
    yield from feature_findings(present_land_use, rows, net, limit=expected, unit="m2")
