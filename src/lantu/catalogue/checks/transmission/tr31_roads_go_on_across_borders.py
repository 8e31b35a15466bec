"""Roads at the borders of neighbours · 道路跨界衔接."""

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
    "TR31",
    title=Text("Planned roads go on across the border, in the same class", "规划道路应跨界衔接且等级一致"),
    message=Text(
        "Road {name} of {one} reaches the border with {other}: {statement} (looked for within {limit} m).",
        "{one}的道路{name}到达与{other}的交界处：{statement}（搜索距离{limit}米）。",
    ),
    remedy=Text(
        "Agree with the neighbour on place, class and year of the road, and draw both ends to one point.",
        "与相邻板块商定道路位置、等级与建设时序，并在交界处对齐。",
    ),
    severity=Severity.MAJOR,
    source=Text(
        "Lantu's synergy checks (proposal), from the aim that ten units together make more than ten (十个板块加起来大于十)",
        "蓝图协同检查（建议），源自“十个板块加起来大于十”",
    ),
    reference="5.2 borders",
    scope="city",
    stages=("drafting", "review"),
)
def roads_go_on_across_borders(
    road: Mapping[str, Layer],
    local_unit: Mapping[str, Layer],
    *,
    units: Mapping[str, Unit],
    border_reach_m: float,
    border_meeting_m: float,
) -> Iterator[Finding]:
    """Find roads that stop at a border or change class there · 断头路与等级不一致.

    A road that ends at a line on paper ends there on the ground; each plan passes by itself and the city does not.

    Parameters
    ----------
    road
        Planned roads by unit; metres.
    local_unit
        Outline by unit, same CRS.
    units
        All units of the city.
    border_reach_m
        Ends nearer to a neighbour than this are meant to go on there.
    border_meeting_m
        The neighbour's road must come this near.

    Yields
    ------
    Finding
        At the end of the road; measured is the distance to the neighbour's nearest road, metres.
    """
    fields = LineFields("road_name", "road_class")
    yield from meeting_findings(road, local_unit, units, fields, border_reach_m=border_reach_m, border_meeting_m=border_meeting_m)
