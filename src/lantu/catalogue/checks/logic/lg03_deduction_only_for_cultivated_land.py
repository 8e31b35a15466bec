"""Deduction for field ridges · 扣除系数."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, numbers_of, rows_where
from lantu.engines.checking.run import NotChecked
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer


@check(
    "LG03",
    title=Text("Only cultivated land has a deduction ratio, from 0 to below 1", "仅耕地有扣除系数，取值在0至1之间"),
    message=Text("{feature}, code {code}, has a deduction ratio of {measured}.", "{feature}地类{code}，扣除系数为{measured}。"),
    remedy=Text("Remove the ratio, or enter it as a share below one.", "请删除扣除系数，或改为小于1的比值。"),
    severity=Severity.MAJOR,
    source=Text("TD/T 1055-2019 (field ridges are deducted from cultivated land only)", "TD/T 1055-2019（仅耕地扣除田坎）"),
    reference="3.6 cross-field logic",
    locality="feature",
)
def deduction_only_for_cultivated_land(present_land_use: Layer, *, classifications: Mapping[str, Classification]) -> Iterator[Finding]:
    """Find deduction ratios where there must be none, or out of range · 扣除系数.

    A ratio of 12 instead of 0.12 takes the whole patch away.

    Parameters
    ----------
    present_land_use
        Present land use; metres.
    classifications
        Land-use classifications by name.

    Yields
    ------
    Finding
        One per patch.

    Raises
    ------
    NotChecked
        If the classification of the layer is not known.
    """
    standard = classifications.get(present_land_use.classification)
    if standard is None:
        raise NotChecked(Text("The layer declares no known classification.", "图层未声明已知的分类标准。"))
    ratios = numbers_of(present_land_use, "deduction_ratio")
    wild = (ratios < 0) | (ratios >= 1)
    elsewhere = np.zeros(len(present_land_use), dtype=np.bool_)
    elsewhere[rows_where(present_land_use, ["land_use_code"], lambda code: not standard.is_cultivated(code))] = True
    rows = np.flatnonzero(wild | (elsewhere & (ratios != 0) & ~np.isnan(ratios)))
    codes = present_land_use.texts("land_use_code")
    yield from feature_findings(present_land_use, rows, ratios, limit=1.0, values={"code": codes})
