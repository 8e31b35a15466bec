"""Lines of neighbouring units that should go on across their border · 跨界线性要素的衔接."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.engines.checking.run import NotChecked
from lantu.vocabulary.findings import Finding
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import Unit

# Ends of one's own lines that lie this close are one junction, not two ends.
_JUNCTION_DIGITS = 3


@dataclass(frozen=True, eq=False)
class LineEnd:
    """Where a line of one unit reaches the border with another · 到达边界的端点.

    Parameters
    ----------
    unit
        Code of the unit the line belongs to.
    row
        Row of the line in the unit's layer.
    point
        The end, a shapely point.
    neighbour
        Code of the unit on the other side.
    """

    unit: str
    row: int
    point: Any
    neighbour: str


@dataclass(frozen=True)
class LineFields:
    """Which fields name and class a line · 线性要素的名称与等级字段.

    Parameters
    ----------
    name
        Canonical field of the name.
    grade
        Canonical field of the class.
    """

    name: str
    grade: str


def ends_at_borders(lines: Mapping[str, Layer], local_unit: Mapping[str, Layer], border_reach_m: float) -> list[LineEnd]:
    """Find the loose ends of lines that reach the border with a neighbour · 查找边界处端点.

    Parameters
    ----------
    lines
        Line layer by unit; metres.
    local_unit
        Outline by unit, same CRS.
    border_reach_m
        Ends nearer to a neighbour than this are meant to go on there.

    Returns
    -------
    list of LineEnd
        By unit, row and neighbour; junctions of one's own lines are no ends.
    """
    outlines = {code: shapely.union_all(layer.geometry) for code, layer in local_unit.items()}
    found: list[LineEnd] = []
    for code, layer in sorted(lines.items()):
        rows, points = _loose_ends(layer)
        for other, outline in sorted(outlines.items()):
            if other == code or not len(points):
                continue
            reached = np.flatnonzero(shapely.dwithin(points, outline, border_reach_m))
            found += [LineEnd(code, int(rows[index]), points[index], other) for index in reached]
    return found


def _loose_ends(layer: Layer) -> tuple[npt.NDArray[np.int64], npt.NDArray[Any]]:
    present = np.flatnonzero([shape is not None for shape in layer.geometry])
    parts, owner = shapely.get_parts(shapely.line_merge(layer.geometry[present]), return_index=True)
    is_line = shapely.get_dimensions(parts) == 1
    parts, owner = parts[is_line], present[owner[is_line]]
    points = np.concatenate([shapely.get_point(parts, 0), shapely.get_point(parts, -1)])
    rows = np.concatenate([owner, owner]).astype(np.int64)
    places = [tuple(place) for place in np.round(shapely.get_coordinates(points), _JUNCTION_DIGITS).tolist()]
    often = Counter(places)
    loose = np.array([often[place] == 1 for place in places], dtype=bool)
    order = np.argsort(rows[loose], kind="stable")
    return rows[loose][order], points[loose][order]


def meeting_findings(  # noqa: PLR0913  # limits go by name
    lines: Mapping[str, Layer],
    local_unit: Mapping[str, Layer],
    units: Mapping[str, Unit],
    fields: LineFields,
    *,
    border_reach_m: float,
    border_meeting_m: float,
) -> Iterator[Finding]:
    """Find lines that stop at a border, or go on there as something else · 断头与等级不一致.

    Parameters
    ----------
    lines
        Line layer by unit; metres.
    local_unit
        Outline by unit, same CRS.
    units
        All units of the city.
    fields
        Which fields name and class a line.
    border_reach_m
        Ends nearer to a neighbour than this are meant to go on there.
    border_meeting_m
        The neighbour's line must come this near.

    Yields
    ------
    Finding
        At the end of the line: one per end that nothing answers, one per pair that meets in different classes, told
        once.

    Raises
    ------
    NotChecked
        If nothing is wrong, but a neighbour whose answer is needed has handed in no such layer.
    """
    trees = {code: shapely.STRtree(layer.geometry) for code, layer in lines.items()}
    unanswered: set[str] = set()
    told: set[tuple[str, str]] = set()
    is_any_wrong = False
    for end in ends_at_borders(lines, local_unit, border_reach_m):
        if end.neighbour not in lines:
            unanswered.add(end.neighbour)
            continue
        own, other = lines[end.unit], lines[end.neighbour]
        near = np.sort(trees[end.neighbour].query(end.point, predicate="dwithin", distance=border_meeting_m))
        statement, features, distance = _answer(end, own, other, near, trees[end.neighbour], fields)
        if statement is None or (len(near) and tuple(sorted(features)) in told):
            continue
        told.add((min(features), max(features)))
        is_any_wrong = True
        yield Finding(
            features=features if len(near) else features[:1],
            measured=distance,
            limit=border_meeting_m,
            unit="m",
            place=end.point,
            values={
                "name": str(own.texts(fields.name)[end.row] or own.ids[end.row]),
                "one": _name(end.unit, units),
                "other": _name(end.neighbour, units),
                "statement": statement,
            },
        )
    if unanswered and not is_any_wrong:
        raise NotChecked(_not_delivered(unanswered, units))


def _answer(  # noqa: PLR0913, PLR0917  # both sides of a border
    end: LineEnd,
    own: Layer,
    other: Layer,
    near: npt.NDArray[Any],
    tree: Any,  # noqa: ANN401  # a shapely tree
    fields: LineFields,
) -> tuple[Text | None, tuple[str, str], float | None]:
    """Say what is wrong where a line ends, None if the neighbour answers it; with both ids and the distance."""
    mine = str(own.ids[end.row])
    if not len(near):
        nearest = tree.query_nearest(end.point, return_distance=True, all_matches=False)
        distance = float(nearest[1][0]) if len(nearest[1]) else None
        return Text("nothing goes on there on the other side", "对侧无衔接"), (mine, ""), distance
    grade = own.texts(fields.grade)[end.row]
    grades = other.texts(fields.grade)[near]
    if grade in set(grades.tolist()):
        return None, (mine, ""), None
    distances = shapely.distance(end.point, other.geometry[near])
    closest = int(np.argmin(distances))
    statement = Text(f"it is {grade} on one side and {grades[closest]} on the other", f"一侧为{grade}，另一侧为{grades[closest]}")
    return statement, (mine, str(other.ids[near[closest]])), float(distances[closest])


def _name(code: str, units: Mapping[str, Unit]) -> Text:
    return units[code].name if code in units else Text(code, code)


def _not_delivered(codes: Iterable[str], units: Mapping[str, Unit]) -> Text:
    names = [_name(code, units) for code in sorted(codes)]
    english, chinese = ", ".join(name.en for name in names), "、".join(name.zh for name in names)
    return Text(f"The layer was not delivered by {english}.", f"{chinese}未提交该图层。")
