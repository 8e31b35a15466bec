"""The four urban lines 绿紫蓝黄 · 城市四线传导."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.covering import uncovered
from lantu.engines.checking.card import check
from lantu.engines.checking.run import NotChecked
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.layer import Layer

_NAMES = {
    "green_line": Text("green line", "绿线"),
    "blue_line": Text("blue line", "蓝线"),
    "purple_line": Text("purple line", "紫线"),
    "yellow_line": Text("yellow line", "黄线"),
}


@check(
    "TR17",
    title=Text("The plan keeps the parent's green, blue, purple and yellow lines", "城市四线范围不得缩减"),
    message=Text("{measured} m² of the parent's {line} {feature} are not kept.", "上位规划{line}{feature}有{measured}平方米未保留。"),
    remedy=Text("Draw the line as the parent plan has it.", "按上位规划范围恢复控制线。"),
    severity=Severity.MANDATORY,
    source=Text(
        "城市绿线、蓝线、紫线、黄线管理办法: detailed plans keep the lines of the master plan",
        "城市绿线、蓝线、紫线、黄线管理办法：详细规划保持总体规划划定的控制线",
    ),
    reference="T17",
)
def urban_lines_kept(  # noqa: PLR0913, PLR0917  # four lines, each twice
    local_unit: Layer,
    green_line: Layer | None = None,
    blue_line: Layer | None = None,
    purple_line: Layer | None = None,
    yellow_line: Layer | None = None,
    parent_green_line: Layer | None = None,
    parent_blue_line: Layer | None = None,
    parent_purple_line: Layer | None = None,
    parent_yellow_line: Layer | None = None,
    *,
    doubtful_area_m2: float,
    doubtful_mean_width_m: float,
    topology_tolerance_m: float,
) -> Iterator[Finding]:
    """Find land that a line of the parent protects and the plan's does not · 查找未保留的范围.

    What the four lines protect is lost plot by plot where a detailed plan draws them smaller.

    Parameters
    ----------
    local_unit
        The unit; metres.
    green_line
        Green space, as planned.
    blue_line
        Water, as planned.
    purple_line
        Heritage, as planned.
    yellow_line
        Infrastructure, as planned.
    parent_green_line
        Green space of the parent plan.
    parent_blue_line
        Water of the parent plan.
    parent_purple_line
        Heritage of the parent plan.
    parent_yellow_line
        Infrastructure of the parent plan.
    doubtful_area_m2
        Smaller parts are matters of digitising.
    doubtful_mean_width_m
        Narrower parts are matters of digitising.
    topology_tolerance_m
        Vertices closer than this are one.

    Yields
    ------
    Finding
        One per feature of the parent with land missing; measured in m².

    Raises
    ------
    NotChecked
        If the parent plan has none of the four lines.
    """
    pairs = {
        "green_line": (parent_green_line, green_line),
        "blue_line": (parent_blue_line, blue_line),
        "purple_line": (parent_purple_line, purple_line),
        "yellow_line": (parent_yellow_line, yellow_line),
    }
    if all(parent is None for parent, _ in pairs.values()):
        raise NotChecked(Text("A green, blue, purple or yellow line was not delivered with the parent plan.", "上位规划未提交城市四线。"))
    for name, (parent, own) in pairs.items():
        if parent is None:
            continue
        for part in uncovered(
            parent,
            own,
            local_unit,
            within_m=topology_tolerance_m,
            doubtful_area_m2=doubtful_area_m2,
            doubtful_mean_width_m=doubtful_mean_width_m,
        ):
            yield Finding(
                features=(str(parent.ids[part.row]),),
                measured=part.area_m2,
                limit=0.0,
                unit="m2",
                place=part.place,
                layer=name,
                values={"line": _NAMES[name]},
            )
