"""Roads and rivers across borders · 跨界线性要素."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import shapely

from lantu.engines.checking.card import check
from lantu.engines.overlay.line_ends import EndKind, line_ends_at_seam
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.layer import Layer

_CLASS_FIELDS = {"road": "road_class", "river": "river_class"}


@check(
    "TR25",
    title=Text("Roads and rivers of neighbours meet at the border in the same class", "道路、河道在板块边界处衔接且等级一致"),
    message=Text(
        "{layer} {features} at the border of {one} and {other}: {statement}.", "{one}与{other}边界处{layer}{features}：{statement}。"
    ),
    remedy=Text("Agree with the neighbour on place and class, and correct both plans.", "请与相邻板块协商位置与等级，并修改两侧规划。"),
    severity=Severity.MAJOR,
    source="Synergy checks of this project (proposal)",
    reference="5.2 borders",
    scope="city",
)
def lines_meet_at_borders(
    local_unit: Mapping[str, Layer],
    road: Mapping[str, Layer] | None = None,
    river: Mapping[str, Layer] | None = None,
    *,
    border_meeting_m: float,
    border_reach_m: float,
) -> Iterator[Finding]:
    """Pair the line ends of every two neighbours along their border · 接线检查.

    Parameters
    ----------
    local_unit
        Polygons of the units; metres.
    road
        Planned roads by unit; metres.
    river
        Rivers by unit; metres.
    border_meeting_m
        Ends within this distance meet, m.
    border_reach_m
        A line that ends within this distance of the border is meant to cross it, m.

    Yields
    ------
    Finding
        One per end that the neighbour does not take up, and one per pair of different class, at the end.
    """
    outlines = {code: shapely.union_all(layer.geometry) for code, layer in local_unit.items()}
    for one, other in combinations(sorted(outlines), 2):
        if not outlines[one].dwithin(outlines[other], border_reach_m):
            continue
        border = outlines[one].boundary.intersection(outlines[other].buffer(border_reach_m))
        for name, lines in (("road", road), ("river", river)):
            if lines is None or one not in lines or other not in lines:
                continue
            left, right = lines[one], lines[other]
            class_field = _CLASS_FIELDS[name] if left.has(_CLASS_FIELDS[name]) and right.has(_CLASS_FIELDS[name]) else None
            ends = line_ends_at_seam(
                left, right, border, tolerance_m=border_meeting_m, reach_m=max(border_meeting_m, border_reach_m), class_field=class_field
            )
            for end in ends:
                near = border.distance(end.place) <= border_reach_m
                values: dict[str, object] = {"one": one, "other": other}
                if end.kind is not EndKind.MET and near:
                    values["statement"] = Text(
                        f"no line of the neighbour ends within {border_meeting_m:g} m", f"对侧{border_meeting_m:g}米内无衔接"
                    )
                    yield Finding((end.feature,), None, border_meeting_m, "m", end.place, name, values)
                elif end.kind is EndKind.MET and end.same_class is False and end.side == "left":
                    values["statement"] = Text(
                        f"class {end.line_class} meets class {end.partner_class}", f"等级{end.line_class}与{end.partner_class}不一致"
                    )
                    yield Finding((end.feature, end.partner), end.line_class, end.partner_class, "", end.place, name, values)
