"""Rivers at the borders of neighbours · 河道跨界衔接."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.borders import LineFields, meeting_findings
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import Unit


@check(
    "TR32",
    title=Text("Rivers go on across the border, in the same class", "河道应跨界连续且等级一致"),
    message=Text(
        "River {name} of {one} reaches the border with {other}: {statement} (looked for within {limit} m).",
        "{one}的河道{name}到达与{other}的交界处：{statement}（搜索距离{limit}米）。",
    ),
    remedy=Text("Draw the river to one point on both sides and give it one class.", "在交界处对齐河道并统一等级。"),
    severity=Severity.MINOR,
    source=Text(
        "Lantu's synergy checks (proposal), from the aim of protecting ecology together (生态共保)",
        "蓝图协同检查（建议），源自“生态共保”",
    ),
    reference="5.2 borders",
    scope="city",
    stages=("drafting", "review"),
)
def rivers_go_on_across_borders(
    river: Mapping[str, Layer],
    local_unit: Mapping[str, Layer],
    *,
    units: Mapping[str, Unit],
    border_reach_m: float,
    border_meeting_m: float,
) -> Iterator[Finding]:
    """Find rivers that stop at a border or change class there · 河道断开与等级不一致.

    Water does not stop at a border; a river that does has been forgotten on one side.

    Parameters
    ----------
    river
        Rivers by unit; metres.
    local_unit
        Outline by unit, same CRS.
    units
        All units of the city.
    border_reach_m
        Ends nearer to a neighbour than this are meant to go on there.
    border_meeting_m
        The neighbour's river must come this near.

    Yields
    ------
    Finding
        At the end of the river; measured is the distance to the neighbour's nearest river, metres.
    """
    fields = LineFields("river_name", "river_class")
    yield from meeting_findings(river, local_unit, units, fields, border_reach_m=border_reach_m, border_meeting_m=border_meeting_m)
