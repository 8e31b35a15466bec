"""Land that stays as it is · 现状保留."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.compute as pc

from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, rows_where, text_column
from lantu.engines.checking.run import NotChecked
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer


@check(
    "LG05",
    title=Text("Land planned to stay keeps its land use", "规划状态为现状保留的图斑地类不变"),
    message=Text(
        "{feature} is to stay as it is, but {base} becomes {measured}.", "{feature}规划状态为现状保留，但地类由{base}变为{measured}。"
    ),
    remedy=Text("Correct the state of planning or one of the codes.", "请更正规划状态或地类编码。"),
    severity=Severity.MAJOR,
    source=Text(
        "Coding practice of plan databases (GHZT 10 = kept as at present); configurable",
        "规划数据库编码惯例（GHZT为10表示保留现状）；可配置",
    ),
    reference="3.6 cross-field logic",
    locality="feature",
)
def kept_land_keeps_its_use(planned_land_use: Layer, *, classifications: Mapping[str, Classification]) -> Iterator[Finding]:
    """Find land that is to stay and yet changes its use · 保留用地地类变化.

    A plan may be coarser than the base: 0701 for 070102 is no change.

    Parameters
    ----------
    planned_land_use
        Planned land use; metres.
    classifications
        Land-use classifications by name.

    Yields
    ------
    Finding
        One per plot.

    Raises
    ------
    NotChecked
        If the base codes are of another classification.
    """
    standard = classifications.get(planned_land_use.classification)
    base, plan = planned_land_use.texts("base_land_use_code"), planned_land_use.texts("land_use_code")
    present = pc.unique(text_column(planned_land_use, "base_land_use_code")).to_pylist()
    if standard is None or not any(standard.is_known(code) for code in present if code):
        raise NotChecked(Text("Base codes and plan codes are of different classifications.", "基期地类与规划地类的分类标准不同。"))
    rows = rows_where(
        planned_land_use,
        ["planning_state", "base_land_use_code", "land_use_code"],
        lambda state, old, new: state == "10" and not old.startswith(new) and not new.startswith(old),
    )
    yield from feature_findings(planned_land_use, rows, plan, limit=base, values={"base": base})
