"""Units of detailed planning under the master plan · 详细规划单元传导."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.engines.checking.card import check
from lantu.engines.checking.columns import numbers_of
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer

# Field, whether the parent's figure is a cap, unit, and what it is.
_FIGURES = (
    ("resident_cap", True, "person", Text("room for residents", "人口容量")),
    ("building_cap_m2", True, "m2", Text("building capacity", "建筑容量")),
    ("open_space_m2", False, "m2", Text("open space", "开敞空间")),
)


@check(
    "TR18",
    title=Text("Units of detailed planning keep to the capacities of the parent plan", "详细规划单元应落实上位规划的容量与开敞空间"),
    message=Text("Unit {feature}: {statement}.", "详细规划单元{feature}：{statement}。"),
    remedy=Text("Bring the unit back within the parent's figures.", "将单元指标调整到上位规划要求之内。"),
    severity=Severity.MANDATORY,
    source=Text(
        "若干意见 (中发〔2019〕18号): detailed plans obey the master plan", "《若干意见》（中发〔2019〕18号）：详细规划服从总体规划"
    ),
    reference="T18",
)
def detailed_units_within_capacity(
    detailed_planning_unit: Layer, parent_detailed_planning_unit: Layer, local_unit: Layer | None = None
) -> Iterator[Finding]:
    """Compare units of detailed planning by identifier · 按标识码逐单元比较.

    Capacities that every unit of detailed planning exceeds a little add up to a city that nobody planned.

    Parameters
    ----------
    detailed_planning_unit
        As the plan has them.
    parent_detailed_planning_unit
        As the parent plan has them.
    local_unit
        The unit; those of the parent plan that mostly lie beyond it are its neighbours'. None where all are its own.

    Yields
    ------
    Finding
        One per unit that is left out, and one per figure that is not kept; a figure that the parent does not give
        binds nobody.
    """
    rows = {str(key): row for row, key in enumerate(detailed_planning_unit.ids)}
    own = _own(parent_detailed_planning_unit, local_unit)
    for key in parent_detailed_planning_unit.ids[own]:
        if str(key) not in rows:
            absent = Text("it is missing from the plan", "规划中缺失")
            yield Finding(features=(str(key),), layer="detailed_planning_unit", values={"statement": absent})
    for name, is_cap, unit, text in _FIGURES:
        if not parent_detailed_planning_unit.has(name):
            continue
        asked = numbers_of(parent_detailed_planning_unit, name)
        have = numbers_of(detailed_planning_unit, name) if detailed_planning_unit.has(name) else None
        for above, key in enumerate(parent_detailed_planning_unit.ids):
            row = rows.get(str(key))
            limit = float(asked[above])
            if row is None or limit != limit:  # noqa: PLR0124  # NaN: the parent gives no figure
                continue
            value = float("nan") if have is None else float(have[row])
            if (value <= limit) if is_cap else (value >= limit):
                continue
            yield Finding(
                features=(str(key),),
                measured=value if value == value else None,  # noqa: PLR0124  # NaN: the plan gives no figure
                limit=limit,
                unit=unit,
                place=detailed_planning_unit.geometry[row],
                layer="detailed_planning_unit",
                values={"statement": _statement(text, value, limit, is_cap=is_cap)},
            )


def _own(parent: Layer, local_unit: Layer | None) -> npt.NDArray[np.bool_]:
    if local_unit is None:
        return np.ones(len(parent), dtype=bool)
    shapes = shapely.make_valid(parent.geometry)
    inside = shapely.area(shapely.intersection(shapes, shapely.union_all(local_unit.geometry)))
    return np.asarray(inside > shapely.area(shapes) / 2)


def _statement(text: Text, value: float, limit: float, *, is_cap: bool) -> Text:
    word = Text("at most", "不超过") if is_cap else Text("at least", "不少于")
    if value != value:  # noqa: PLR0124  # NaN: the plan gives no figure
        return Text(f"{text.en} is not stated, {word.en} {limit:,g} is asked for", f"未申报{text.zh}，要求{word.zh}{limit:,g}")
    return Text(f"{text.en} is {value:,g}, {word.en} {limit:,g} is asked for", f"{text.zh}为{value:,g}，要求{word.zh}{limit:,g}")
