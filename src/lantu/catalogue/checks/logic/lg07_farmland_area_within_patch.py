"""Farmland within its patch · 永久基本农田面积."""

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
    "LG07",
    title=Text("The farmland of a patch is not larger than the patch", "永久基本农田面积不大于图斑面积"),
    message=Text(
        "{feature} has {measured} m² of farmland in a patch of {limit} m².",
        "{feature}永久基本农田面积{measured}平方米，大于图斑面积{limit}平方米。",
    ),
    remedy=Text("Compute both areas again.", "请重新计算两项面积。"),
    severity=Severity.MAJOR,
    source=Text(
        "市级国土空间总体规划数据库规范(试行) 2021-03, chapter 6 (YJJBNTMJ ≤ YJJBNTTBMJ)",
        "《市级国土空间总体规划数据库规范（试行）》（2021-03）第6章（YJJBNTMJ ≤ YJJBNTTBMJ）",
    ),
    reference="3.6 cross-field logic",
    locality="feature",
)
def farmland_area_within_patch(permanent_basic_farmland: Layer, *, net_area_difference_m2: float) -> Iterator[Finding]:
    """Compare farmland with patch area · 永农面积与图斑面积.

    Ditches and ridges make the one smaller than the other, never larger. The patch area is that field, or the common area field
    where there is none.

    Parameters
    ----------
    permanent_basic_farmland
        Permanent basic farmland; metres.
    net_area_difference_m2
        Allowed for rounding, m².

    Yields
    ------
    Finding
        One per patch.
    """
    whole = "patch_area_m2" if permanent_basic_farmland.has("patch_area_m2") else "area_m2"
    farmland, patch = numbers_of(permanent_basic_farmland, "farmland_area_m2"), numbers_of(permanent_basic_farmland, whole)
    rows = np.flatnonzero(farmland - patch > net_area_difference_m2)
    yield from feature_findings(permanent_basic_farmland, rows, farmland, limit=patch, unit="m2")
