"""Which rows a filter selects: CQL2 over columns, with SQL's three truths · 过滤条件到行."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from lantu.interfaces.ogc.reference_systems import brought_in
from lantu.interfaces.ogc.refusals import FILTER, parameter_refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

GEOMETRY = "geometry"
_DEEPEST_FILTER = 40
_MOST_LITERAL_POINTS = 10_000
_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": pc.equal,
    "<>": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}
_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": pc.add,
    "-": pc.subtract,
    "*": pc.multiply,
    "/": pc.divide,
}
# The first argument is the literal, so that it can be prepared once: within and contains change places.
_SPATIAL: Mapping[str, Callable[[Any, Any], Any]] = {
    "s_intersects": shapely.intersects,
    "s_disjoint": shapely.disjoint,
    "s_within": shapely.contains,
    "s_contains": shapely.within,
    "s_touches": shapely.touches,
    "s_crosses": shapely.crosses,
    "s_overlaps": shapely.overlaps,
    "s_equals": shapely.equals,
}


class Rows(Protocol):
    """The rows that a filter looks at · 待过滤的行."""

    crs: str
    columns: tuple[str, ...]

    def __len__(self) -> int:
        """Count them · 行数."""

    def column(self, name: str) -> pa.ChunkedArray:
        """Give one attribute of every row · 属性列.

        Parameters
        ----------
        name
            One of `columns`.
        """

    def near(self, bounds: tuple[float, float, float, float]) -> npt.NDArray[np.int64]:
        """Find the rows whose bounds touch a box · 外包框相交的行.

        Parameters
        ----------
        bounds
            xmin, ymin, xmax, ymax in the CRS of the rows.
        """

    def shapes(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        """Give the geometries of some rows · 图形.

        Parameters
        ----------
        rows
            Row numbers.
        """


@dataclass(frozen=True, slots=True)
class _Value:
    """A column or a literal, with what kind of thing it is: text, number, truth, date or moment."""

    kind: str
    data: Any
    folded: bool = False


def select(expression: Any, rows: Rows, filter_crs: str) -> npt.NDArray[np.bool_]:  # noqa: ANN401  # CQL2 JSON is any JSON
    """Tell which rows a filter selects · 求满足条件的行.

    Parameters
    ----------
    expression
        CQL2 JSON.
    rows
        The rows.
    filter_crs
        Authority and code of the coordinates in the filter.

    Returns
    -------
    numpy.ndarray of bool
        Shape ``(n,)``. As in SQL, a comparison with a missing value is neither true nor false, and selects nothing.

    Raises
    ------
    QueryRefused
        If the filter names an unknown property or operation, compares unlike things, or is too deep.
    """
    _check_depth(expression)
    try:
        truth = _as_truth(_Reading(rows, filter_crs).value(expression))
    except (pa.ArrowException, shapely.errors.ShapelyError, TypeError, ValueError, OverflowError) as error:
        raise parameter_refused(FILTER, "its values do not fit one another", "其中的值彼此不符") from error
    if isinstance(truth, pa.Scalar | bool):
        holds = truth if isinstance(truth, bool) else truth.as_py() is True
        return np.full(len(rows), holds)
    return np.asarray(pc.fill_null(truth, fill_value=False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _check_depth(expression: object) -> None:
    level = [expression]
    for _ in range(_DEEPEST_FILTER):
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    raise parameter_refused(FILTER, "it is nested too deep", "嵌套过深")


def _children(node: object) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


class _Reading:
    """Works an expression out over some rows."""

    def __init__(self, rows: Rows, filter_crs: str) -> None:
        self._rows = rows
        self._crs = filter_crs

    def value(self, node: Any) -> _Value:  # noqa: ANN401  # CQL2 JSON is any JSON
        if isinstance(node, bool):
            return _Value("truth", pa.scalar(node))
        if isinstance(node, int | float):
            return _Value("number", pa.scalar(float(node)))
        if isinstance(node, str):
            return _Value("text", pa.scalar(node, pa.large_string()))
        if not isinstance(node, dict):
            raise parameter_refused(FILTER, "it holds something that is no CQL2", "含有非CQL2内容")
        if "property" in node:
            return self._property(node["property"])
        if "date" in node or "timestamp" in node:
            return _moment(node)
        if isinstance(node.get("op"), str) and isinstance(node.get("args"), list):
            return self._operation(node["op"].lower(), node["args"])
        raise parameter_refused(FILTER, "it holds something that is no CQL2", "含有非CQL2内容")

    def _property(self, name: object) -> _Value:
        if not isinstance(name, str) or name not in self._rows.columns:
            raise parameter_refused(
                FILTER,
                "it names a property that the collection does not have; see its queryables",
                "含有该图层没有的属性；请查看可查询属性",
            )
        return _column_value(self._rows.column(name))

    def _operation(self, name: str, arguments: list[Any]) -> _Value:
        if name in {"and", "or"} and arguments:
            return self._joined(pc.and_kleene if name == "and" else pc.or_kleene, arguments)
        if name == "in":
            self._need(name, arguments, 2)
            return self._among(arguments)
        if name in _SPATIAL:
            self._need(name, arguments, 2)
            return self._spatial(name, arguments)
        if name not in _PLAIN:
            raise parameter_refused(
                FILTER, "it uses an operation that is not offered; see the conformance classes", "含有未提供的运算；请查看符合性声明"
            )
        needed, work = _PLAIN[name]
        self._need(name, arguments, needed)
        return work(*(self.value(item) for item in arguments))

    @staticmethod
    def _need(name: str, arguments: list[Any], count: int) -> None:
        if len(arguments) != count:
            raise parameter_refused(FILTER, f"the operation {name[:20]!a} takes {count} values", f"运算{name[:20]!a}需要{count}个值")

    def _joined(self, join: Callable[[Any, Any], Any], arguments: list[Any]) -> _Value:
        truth = _as_truth(self.value(arguments[0]))
        for item in arguments[1:]:
            truth = join(truth, _as_truth(self.value(item)))
        return _Value("truth", truth)

    def _among(self, arguments: list[Any]) -> _Value:
        value, choices = self.value(arguments[0]), arguments[1]
        if not isinstance(choices, list) or not choices:
            raise parameter_refused(FILTER, "IN takes a list of values", "IN需要值列表")
        truth: Any = None
        if all(isinstance(item, str) for item in choices) and value.kind == "text" and not value.folded:
            found = pc.is_in(value.data, value_set=pa.array(choices, pa.large_string()))
            return _Value("truth", pc.if_else(pc.is_valid(value.data), found, pa.scalar(None, pa.bool_())))
        for item in choices:
            same = _compared("=", value, self.value(item)).data
            truth = same if truth is None else pc.or_kleene(truth, same)
        return _Value("truth", truth)

    def _spatial(self, name: str, arguments: list[Any]) -> _Value:
        left, right = (self._shape(item) for item in arguments)
        if left is not None and right is not None:
            return _Value("truth", pa.scalar(bool(_SPATIAL[name](right, left))))
        literal = right if left is None else left
        if literal is None:
            raise parameter_refused(
                FILTER, "a spatial operation takes the geometry and one drawn shape", "空间运算需要图形属性与一个给定图形"
            )
        if left is not None:
            name = {"s_within": "s_contains", "s_contains": "s_within"}.get(name, name)
        bounds = shapely.bounds(literal)
        near = self._rows.near((float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3])))
        placed = self._rows.near((-np.inf, -np.inf, np.inf, np.inf))
        truth = np.zeros(len(self._rows), np.bool_)
        if name == "s_disjoint":
            truth[placed] = True
        shapely.prepare(literal)
        truth[near] = _SPATIAL[name](literal, self._rows.shapes(near))
        missing = np.ones(len(self._rows), np.bool_)
        missing[placed] = False
        return _Value("truth", pa.array(truth, mask=missing))

    def _shape(self, node: Any) -> Any | None:  # noqa: ANN401  # CQL2 JSON is any JSON
        """Give a drawn shape in the CRS of the rows, None for the rows' own geometry."""
        if not isinstance(node, dict):
            raise parameter_refused(FILTER, "a spatial operation takes geometries", "空间运算需要图形")
        if "property" in node:
            if node["property"] != GEOMETRY:
                raise parameter_refused(FILTER, "the geometry of a collection is called geometry", "图层的图形属性名为geometry")
            return None
        if "wkt" in node:
            shape = shapely.from_wkt(node["wkt"])
        elif "bbox" in node:
            shape = self._box(node["bbox"])
        elif "type" in node and ("coordinates" in node or "geometries" in node):
            shape = shapely.from_geojson(json.dumps({key: node[key] for key in node if key in {"type", "coordinates", "geometries"}}))
        else:
            raise parameter_refused(FILTER, "a spatial operation takes geometries", "空间运算需要图形")
        points = shapely.get_coordinates(shape)
        if not 0 < len(points) <= _MOST_LITERAL_POINTS or not np.isfinite(points).all() or not shapely.is_valid(shape):
            raise parameter_refused(
                FILTER,
                f"a drawn shape must be valid and have 1 to {_MOST_LITERAL_POINTS} points",
                f"给定图形须有效，且为1至{_MOST_LITERAL_POINTS}个点",
            )
        moved = brought_in(shapely.force_2d(shape), self._crs, self._rows.crs)
        if not np.isfinite(shapely.get_coordinates(moved)).all():
            raise parameter_refused(
                FILTER, "a drawn shape lies outside the area of the collection's reference system", "给定图形超出坐标系适用范围"
            )
        return moved

    @staticmethod
    def _box(numbers: Any) -> Any:  # noqa: ANN401  # CQL2 JSON is any JSON
        sides = [float(item) for item in numbers]
        if len(sides) == 6:  # noqa: PLR2004  # with heights, which are left aside
            sides = [sides[0], sides[1], sides[3], sides[4]]
        if len(sides) != 4:  # noqa: PLR2004  # two corners
            raise parameter_refused(FILTER, "BBOX takes four or six numbers", "BBOX需要四个或六个数")
        return shapely.box(*sides)


def _column_value(column: pa.ChunkedArray) -> _Value:
    kind = column.type
    if pa.types.is_boolean(kind):
        return _Value("truth", column)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _Value("number", column.cast(pa.float64(), safe=False))
    if pa.types.is_date(kind):
        return _Value("date", column.cast(pa.date32()))
    if pa.types.is_timestamp(kind):
        return _Value("moment", column.cast(pa.timestamp("us", "UTC"), safe=False))
    return _Value("text", column.cast(pa.large_string()))


def _moment(node: Mapping[str, Any]) -> _Value:
    if "date" in node:
        return _Value("date", pa.scalar(dt.date.fromisoformat(node["date"])))
    moment = dt.datetime.fromisoformat(node["timestamp"])
    if moment.tzinfo is None:
        raise parameter_refused(FILTER, "a timestamp ends in Z", "时间戳须以Z结尾")
    return _Value("moment", pa.scalar(moment.astimezone(dt.UTC), pa.timestamp("us", "UTC")))


def _as_truth(value: _Value) -> Any:  # noqa: ANN401  # a scalar or a column
    if value.kind != "truth":
        raise parameter_refused(FILTER, "a condition is needed where it has a plain value", "需要条件之处却是普通值")
    return value.data


def _alike(left: _Value, right: _Value) -> tuple[_Value, _Value]:
    """Let a date meet a moment or a text that is a date; refuse what cannot be compared."""
    if left.kind == right.kind:
        return left, right
    kinds = {left.kind, right.kind}
    if kinds == {"date", "moment"}:
        wanted = pa.timestamp("us", "UTC")
        return tuple(_Value("moment", side.data.cast(wanted)) for side in (left, right))  # type: ignore[return-value]  # two in, two out
    if kinds == {"date", "text"}:
        # Dates of plan databases often stand in text fields, written as ISO has it.
        return tuple(_Value("text", side.data.cast(pa.large_string())) for side in (left, right))  # type: ignore[return-value]  # as above
    raise parameter_refused(
        FILTER, "it compares things of different kinds, such as a text with a number", "比较了不同类型的值，如文本与数值"
    )


def _compared(sign: str, left: _Value, right: _Value) -> _Value:
    first, second = _alike(left, right)
    return _Value("truth", _COMPARISONS[sign](first.data, second.data))


def _computed(sign: str, left: _Value, right: _Value) -> _Value:
    if left.kind != "number" or right.kind != "number":
        raise parameter_refused(FILTER, "it computes with something that is no number", "对非数值进行了运算")
    return _Value("number", _ARITHMETIC[sign](left.data, right.data))


def _folded(value: _Value, *, accents: bool) -> _Value:
    if value.kind != "text":
        raise parameter_refused(FILTER, "CASEI and ACCENTI take text", "CASEI与ACCENTI需要文本")
    if not accents:
        return _Value("text", pc.utf8_lower(value.data), folded=True)
    parted = pc.utf8_normalize(value.data, form="NFD")
    return _Value("text", pc.replace_substring_regex(parted, pattern=r"\p{Mn}", replacement=""), folded=True)


def _like(value: _Value, pattern: _Value) -> _Value:
    if value.kind != "text" or pattern.kind != "text" or not isinstance(pattern.data, pa.Scalar):
        raise parameter_refused(FILTER, "LIKE takes a text and a pattern in quotes", "LIKE需要文本与带引号的模式")
    return _Value("truth", pc.match_like(value.data, pattern=pattern.data.as_py()))


def _between(value: _Value, low: _Value, high: _Value) -> _Value:
    return _Value("truth", pc.and_kleene(_compared(">=", value, low).data, _compared("<=", value, high).data))


_PLAIN: Mapping[str, tuple[int, Callable[..., _Value]]] = {
    "not": (1, lambda value: _Value("truth", pc.invert(_as_truth(value)))),
    "isnull": (1, lambda value: _Value("truth", pc.is_null(value.data))),
    "casei": (1, partial(_folded, accents=False)),
    "accenti": (1, partial(_folded, accents=True)),
    "between": (3, _between),
    "like": (2, _like),
    **{sign: (2, partial(_compared, sign)) for sign in _COMPARISONS},
    **{sign: (2, partial(_computed, sign)) for sign in _ARITHMETIC},
}
