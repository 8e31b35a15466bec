"""Attribute columns as the numbers and the bytes that tiles are written from · 瓦片属性编码."""

# ruff: noqa: ANN001, ANN202  # numba infers the types of compiled functions
# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False, disallow-untyped-calls=False

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import numpy.typing as npt

_STRING_VALUE, _DOUBLE_VALUE, _BOOL_VALUE = 0x0A, 0x19, 0x38
_TILE_VALUES = 0x22
_LARGEST_EXACT = 2**53


@dataclass(frozen=True, eq=False)
class Attributes:
    """What tiles say of each feature · 瓦片属性.

    Parameters
    ----------
    names
        Columns.
    codes
        Number of each feature's value among all values, -1 for none, int32, shape ``(n, columns)``.
    value_start
        First byte of each value, and the end of the last.
    values
        Values as the tile specification encodes them, with their field header, uint8.
    """

    names: tuple[str, ...]
    codes: npt.NDArray[np.int32]
    value_start: npt.NDArray[np.int64]
    values: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        """Count the features · 要素数."""
        return len(self.codes)


def read_attributes(table: pa.Table, names: tuple[str, ...]) -> Attributes:
    """Encode columns of a layer; every value once · 属性列编码.

    Parameters
    ----------
    table
        Attributes of a layer.
    names
        Columns wanted; one that is not there is null throughout.

    Returns
    -------
    lantu.engines.tiling.attributes.Attributes
        Row for row.
    """
    codes = np.full((table.num_rows, len(names)), -1, np.int32)
    starts: list[npt.NDArray[np.int64]] = [np.zeros(1, np.int64)]
    values: list[npt.NDArray[np.uint8]] = []
    count, size = 0, 0
    for column, name in enumerate(names):
        if name not in table.column_names:
            continue
        own_codes, own_start, own_values = _encode(table.column(name))
        codes[:, column] = np.where(own_codes >= 0, own_codes + count, -1)
        starts.append(own_start[1:] + size)
        values.append(own_values)
        count += len(own_start) - 1
        size += len(own_values)
    return Attributes(names, codes, np.concatenate(starts), np.concatenate([np.empty(0, np.uint8), *values]))


def _encode(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    kind = column.type
    if pa.types.is_integer(kind) and _exceeds_numbers(column):
        column = column.cast(pa.large_string())
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    elif not pa.types.is_boolean(kind):
        column = column.cast(pa.large_string())
    encoded: Any = column.combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.concat_arrays(encoded.chunks) if encoded.num_chunks else pa.array([], encoded.type)
    encoded = encoded.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    distinct = encoded.dictionary
    if pa.types.is_large_string(distinct.type):
        return codes, *_encode_texts(distinct)
    if pa.types.is_boolean(distinct.type):
        numbers = np.asarray(distinct.to_numpy(zero_copy_only=False), np.uint8)
        rows = np.column_stack([np.full(len(numbers), value, np.uint8) for value in (_TILE_VALUES, 2, _BOOL_VALUE)] + [numbers])
    else:
        numbers = np.ascontiguousarray(distinct.to_numpy(zero_copy_only=False), "<f8")
        head = np.tile(np.array([_TILE_VALUES, 9, _DOUBLE_VALUE], np.uint8), (len(numbers), 1))
        rows = np.column_stack([head, numbers.view(np.uint8).reshape(-1, 8)])
    return codes, np.arange(len(rows) + 1, dtype=np.int64) * rows.shape[1], np.ascontiguousarray(rows).reshape(-1)


def _exceeds_numbers(column: pa.ChunkedArray) -> bool:
    """Tell whether a whole number is so large that browsers, which know only doubles, would show another."""
    least, most = pc.min_max(column).values()
    return bool(most.is_valid and (most.as_py() > _LARGEST_EXACT or least.as_py() < -_LARGEST_EXACT))


def _encode_texts(distinct: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    if not len(distinct):
        return np.zeros(1, np.int64), np.empty(0, np.uint8)
    _, offset_buffer, data_buffer = distinct.buffers()
    offsets = np.frombuffer(offset_buffer, np.int64)[distinct.offset : distinct.offset + len(distinct) + 1]
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer is not None and data_buffer.size else np.zeros(1, np.uint8)
    starts = np.empty(len(distinct) + 1, np.int64)
    values = np.empty(int(offsets[-1] - offsets[0]) + 12 * len(distinct), np.uint8)
    used = _write_texts(data, offsets, starts, values)
    return starts, values[:used].copy()


@numba.njit(nogil=True, cache=True)
def _length_of_number(value):
    length = 1
    while value >= 128:  # noqa: PLR2004  # seven bits a byte
        value >>= 7
        length += 1
    return length


@numba.njit(nogil=True, cache=True)
def _put_number(out, at, value):
    while value >= 128:  # noqa: PLR2004  # seven bits a byte
        out[at] = (value & 127) | 128
        value >>= 7
        at += 1
    out[at] = value
    return at + 1


@numba.njit(nogil=True, cache=True)
def _write_texts(data, offsets, starts, values):
    """Write each text as a value of a tile, header and all."""
    at = np.int64(0)
    for item in range(len(offsets) - 1):
        starts[item] = at
        size = offsets[item + 1] - offsets[item]
        values[at] = _TILE_VALUES
        at = _put_number(values, at + 1, size + 1 + _length_of_number(size))
        values[at] = _STRING_VALUE
        at = _put_number(values, at + 1, size)
        values[at : at + size] = data[offsets[item] : offsets[item + 1]]
        at += size
    starts[len(offsets) - 1] = at
    return at
