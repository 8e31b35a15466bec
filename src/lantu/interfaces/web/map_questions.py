"""Questions to the map as they come in over HTTP · 查询请求."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from lantu.capabilities.one_map.asking import MOST_FEATURES, Condition, Question, QuestionRefused, polygon_of
from lantu.vocabulary.text import Text

_SIDES = 4


class WhereForm(BaseModel, extra="forbid"):
    """One condition on a field · 属性条件."""

    field: Annotated[str, Field(max_length=100)]
    op: Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "starts", "is_null", "not_null"]
    value: str | float | bool | list[str | float] | None = None


class QuestionForm(BaseModel, extra="forbid"):
    """What is asked of a layer · 查询."""

    layer: Annotated[str, Field(max_length=200)]
    version: Annotated[str, Field(max_length=64)] | None = None
    as_of: Annotated[str, Field(max_length=20)] | None = None
    where: Annotated[list[WhereForm], Field(max_length=20)] = []
    polygon: dict[str, Any] | None = None
    unit: Annotated[str, Field(max_length=20)] | None = None
    limit: Annotated[int, Field(ge=0, le=MOST_FEATURES)] = 100
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0

    def question(self) -> Question:
        """Give it in the words of the capability · 转为查询."""
        return Question(
            where=tuple(Condition(item.field, item.op, item.value) for item in self.where),
            polygon=polygon_of(self.polygon) if self.polygon is not None else None,
            unit=self.unit,
        )


class StatisticsForm(QuestionForm):
    """What is to be counted and summed · 统计."""

    group_by: Annotated[str, Field(max_length=100)] | None = None


class PlateLayerForm(BaseModel, extra="forbid"):
    """A layer of a plate · 专题图图层."""

    name: Annotated[str, Field(max_length=200)]
    version: Annotated[str, Field(max_length=64)] | None = None


class PlateForm(BaseModel, extra="forbid"):
    """What a plate shows · 专题图."""

    title: Annotated[str, Field(max_length=80)] = ""
    bounds: tuple[float, float, float, float]
    layers: Annotated[list[PlateLayerForm], Field(min_length=1, max_length=12)]
    language: Literal["en", "zh"] = "zh"
    format: Literal["pdf", "png"] = "pdf"
    paper: Literal["a4", "a3"] = "a4"
    orientation: Literal["landscape", "portrait"] = "landscape"
    as_of: Annotated[str, Field(max_length=20)] | None = None


def box_of(text: str) -> tuple[float, float, float, float]:
    """Read a box of degrees · 解析范围.

    Parameters
    ----------
    text
        ``west,south,east,north``.

    Returns
    -------
    tuple of float
        The four.

    Raises
    ------
    QuestionRefused
        If it is none.
    """
    try:
        sides = [float(part) for part in text.split(",")]
    except ValueError:
        sides = []
    return checked_box(sides)


def checked_box(sides: list[float]) -> tuple[float, float, float, float]:
    """Refuse what is no box of degrees · 检查范围.

    Parameters
    ----------
    sides
        West, south, east, north.

    Returns
    -------
    tuple of float
        The four.

    Raises
    ------
    QuestionRefused
        If it is none.
    """
    sound = len(sides) == _SIDES and all(math.isfinite(side) for side in sides)
    if not sound or not (-180 <= sides[0] < sides[2] <= 180 and -85 <= sides[1] < sides[3] <= 85):  # noqa: PLR2004  # degrees of the web map
        raise QuestionRefused(
            Text("The box asked for is none.", "查询范围无效。"),
            Text("Give west,south,east,north in degrees.", "请按西,南,东,北（度）给出。"),
        )
    west, south, east, north = sides
    return west, south, east, north
