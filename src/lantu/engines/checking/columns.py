"""Look at whole columns of a layer at once, and turn rows into findings · 按列检查."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from lantu.vocabulary.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer

    Rows = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

# The published stubs know fewer arguments than the functions take.
pc: Any = pyarrow.compute


def text_column(layer: Layer, name: str) -> Any:  # noqa: ANN401  # a pyarrow.ChunkedArray, which the stubs make generic
    """Give a field as text without surrounding blanks · 取去除首尾空白的文本列.

    Parameters
    ----------
    layer
        The layer.
    name
        Canonical field name.

    Returns
    -------
    pyarrow.ChunkedArray
        `large_string`, length ``n``, null where the field is null.
    """
    return pc.utf8_trim_whitespace(layer.column(name).cast(pa.large_string()))


def is_blank(layer: Layer, name: str) -> Mask:
    """Tell where a field is null or holds nothing but blanks · 空值.

    Parameters
    ----------
    layer
        The layer.
    name
        Canonical field name; a layer without the field is blank everywhere.

    Returns
    -------
    numpy.ndarray of bool
        Shape ``(n,)``.
    """
    if not layer.has(name):
        return np.ones(len(layer), dtype=np.bool_)
    return as_mask(pc.fill_null(pc.equal(text_column(layer, name), ""), fill_value=True))


def as_mask(values: Any) -> Mask:  # noqa: ANN401  # chunked or not, as the computation gives it
    """Turn a column of truth values into numpy, null being False · 转为布尔数组.

    Parameters
    ----------
    values
        Booleans.

    Returns
    -------
    numpy.ndarray of bool
        Shape ``(n,)``.
    """
    return np.asarray(pc.fill_null(values, fill_value=False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def is_in(layer: Layer, name: str, values: Sequence[str] | frozenset[str]) -> Mask:
    """Tell where a field holds one of some values · 取值属于集合.

    Parameters
    ----------
    layer
        The layer.
    name
        Canonical field name.
    values
        The values, without surrounding blanks.

    Returns
    -------
    numpy.ndarray of bool
        Shape ``(n,)``, False where the field is null.
    """
    return as_mask(pc.is_in(text_column(layer, name), value_set=pa.array(sorted(values), pa.large_string())))


def matches(layer: Layer, name: str, pattern: str) -> Mask:
    """Tell where a field fits a regular expression as a whole · 匹配正则.

    Parameters
    ----------
    layer
        The layer.
    name
        Canonical field name.
    pattern
        RE2 expression, anchored by this function.

    Returns
    -------
    numpy.ndarray of bool
        Shape ``(n,)``, False where the field is null.
    """
    return as_mask(pc.match_substring_regex(text_column(layer, name), f"^(?:{pattern})$"))


def rows_where(layer: Layer, names: Sequence[str], is_wrong: Callable[..., bool]) -> Rows:
    """Find the rows whose combination of values is wrong, asking once per combination · 逐组合判断.

    Parameters
    ----------
    layer
        The layer.
    names
        Canonical field names; all must be there.
    is_wrong
        Gets one text per field, without surrounding blanks, and never an empty one.

    Returns
    -------
    numpy.ndarray of int64
        Row numbers, ascending; rows with a blank in one of the fields are left to the check of mandatory values.
    """
    codes = np.zeros(len(layer), dtype=np.int64)
    dictionaries: list[list[str | None]] = []
    for name in names:
        encoded: Any = pa.concat_arrays([pa.array([], pa.large_string()), *text_column(layer, name).chunks]).dictionary_encode()
        dictionary = [*encoded.dictionary.to_pylist(), None]
        index = np.asarray(pc.fill_null(encoded.indices, len(dictionary) - 1).to_numpy(zero_copy_only=False), dtype=np.int64)
        codes = codes * len(dictionary) + index
        dictionaries.append(dictionary)
    distinct, inverse = np.unique(codes, return_inverse=True)
    wrong = np.zeros(len(distinct), dtype=np.bool_)
    for position, code in enumerate(distinct.tolist()):
        values: list[str | None] = []
        rest = code
        for dictionary in reversed(dictionaries):
            rest, place = divmod(rest, len(dictionary))
            values.append(dictionary[place])
        values.reverse()
        wrong[position] = all(values) and is_wrong(*values)
    return np.flatnonzero(wrong[inverse])


def repeated_values(layer: Layer, name: str) -> dict[str, int]:
    """Give the values that a field holds more than once · 重复值.

    Parameters
    ----------
    layer
        The layer.
    name
        Canonical field name.

    Returns
    -------
    dict of str to int
        How often, by value without surrounding blanks, in the order of first occurrence; blanks do not count.
    """
    counted = pc.value_counts(pc.drop_null(text_column(layer, name)))
    often = counted.filter(pc.greater(counted.field("counts"), 1))
    return {item["values"]: item["counts"] for item in often.to_pylist() if item["values"]}


def feature_findings(  # noqa: PLR0913  # a finding has as many parts
    layer: Layer,
    rows: Rows,
    measured: npt.NDArray[Any] | None = None,
    *,
    limit: npt.NDArray[Any] | float | str | None = None,
    unit: str = "",
    values: Mapping[str, object] | None = None,
) -> Iterator[Finding]:
    """Make one finding per row, at the place of its feature · 逐要素生成问题.

    Parameters
    ----------
    layer
        The layer.
    rows
        Row numbers.
    measured
        What was found, one value per row of the layer; None for nothing to show.
    limit
        What it was held against, the same for all or one value per row of the layer.
    unit
        Unit of both.
    values
        Further values for the message; an array holds one value per row of the layer.

    Yields
    ------
    Finding
        In the order of `rows`.
    """
    ids = layer.ids
    for row, place in zip(rows.tolist(), places_of(layer, rows), strict=True):
        yield Finding(
            (str(ids[row]),),
            _at(measured, row),
            _at(limit, row),
            unit,
            place,
            layer.name,
            {key: _at(value, row) for key, value in (values or {}).items()},
        )


def _at(value: Any, row: int) -> Any:  # noqa: ANN401  # a number, a text or nothing
    if not isinstance(value, np.ndarray):
        return value
    item = value[row]
    return float(item) if isinstance(item, np.floating | np.integer) else str(item)


def places_of(layer: Layer, rows: Rows) -> npt.NDArray[Any]:
    """Give the geometry of some features without reading the others · 取部分要素的图形.

    Parameters
    ----------
    layer
        The layer.
    rows
        Row numbers.

    Returns
    -------
    numpy.ndarray of object
        Shapely geometries, None where a feature has none or it cannot be built.
    """
    if not len(rows):
        return np.empty(0, dtype=object)
    return layer.take(rows).geometry


def numbers_of(layer: Layer, name: str) -> npt.NDArray[np.float64]:
    """Give a field as numbers, whatever type it was delivered in · 取数值.

    Parameters
    ----------
    layer
        The layer.
    name
        Canonical field name.

    Returns
    -------
    numpy.ndarray of float64
        Shape ``(n,)``, NaN where the field is blank or no number; the check of field types names those.
    """
    column: Any = layer.column(name)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) or pa.types.is_null(column.type):
        text = text_column(layer, name)
        good = pc.match_substring_regex(text, r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")
        column = pc.if_else(pc.fill_null(good, fill_value=False), text, None)
    return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)


def dates_of(layer: Layer, name: str) -> npt.NDArray[np.datetime64]:
    """Give a field as days, whatever form it was delivered in · 取日期.

    Dates, ``2025-06-30``, ``2025/6/30``, ``20250630`` and ``2025年6月30日`` are understood.

    Parameters
    ----------
    layer
        The layer.
    name
        Canonical field name.

    Returns
    -------
    numpy.ndarray of datetime64[D]
        Shape ``(n,)``, NaT where the field is blank or no date.
    """
    column: Any = layer.column(name)
    if pa.types.is_temporal(column.type):
        return np.asarray(column.cast(pa.date32()).to_numpy(zero_copy_only=False), dtype="datetime64[D]")
    encoded: Any = pa.concat_arrays([pa.array([], pa.large_string()), *text_column(layer, name).chunks]).dictionary_encode()
    days = [_day(value) for value in encoded.dictionary.to_pylist()]
    lookup = np.array([*days, np.datetime64("NaT")], dtype="datetime64[D]")
    return lookup[np.asarray(pc.fill_null(encoded.indices, len(days)).to_numpy(zero_copy_only=False), dtype=np.int64)]


_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[T ].*)?")


def _day(text: str) -> np.datetime64:
    found = _DAY.fullmatch(text)
    if found is None:
        return np.datetime64("NaT")
    year, month, day = found[1], found[2] or found[4], found[3] or found[5]
    try:
        return np.datetime64(dt.date(int(year), int(month), int(day)), "D")
    except ValueError:
        return np.datetime64("NaT")
