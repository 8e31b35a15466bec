"""The hash that names a layer version · 图层版本的内容哈希."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

GEOMETRY = "geometry"
_NULL_LENGTH = -1


_KINDS = (
    (pa.types.is_string, "text", pa.large_binary()),
    (pa.types.is_large_string, "text", pa.large_binary()),
    (pa.types.is_string_view, "text", pa.large_binary()),
    (pa.types.is_binary, "bytes", pa.large_binary()),
    (pa.types.is_large_binary, "bytes", pa.large_binary()),
    (pa.types.is_binary_view, "bytes", pa.large_binary()),
    (pa.types.is_fixed_size_binary, "bytes", pa.large_binary()),
    (pa.types.is_boolean, "boolean", pa.uint8()),
    (pa.types.is_uint64, "integer", pa.uint64()),
    (pa.types.is_integer, "integer", pa.int64()),
    (pa.types.is_floating, "real", pa.float64()),
    (pa.types.is_date, "date", pa.date32()),
    (pa.types.is_null, "nothing", pa.uint8()),
)


def _kind_of(kind: pa.DataType) -> tuple[str, pa.DataType]:
    """Name what a column holds, whatever its width in memory, and the type it is hashed in."""
    if pa.types.is_dictionary(kind):
        return _kind_of(kind.value_type)
    if pa.types.is_timestamp(kind):
        return f"time {kind.tz or ''}", pa.timestamp("us", kind.tz)
    return next(((name, target) for test, name, target in _KINDS if test(kind)), ("other", pa.large_binary()))


def plain_kind(kind: pa.DataType) -> str:
    """Name what a column holds, whatever its width in memory · 列的内容类别.

    Parameters
    ----------
    kind
        Type of the column.

    Returns
    -------
    str
        Such as ``text``, ``integer`` or ``real``.
    """
    return _kind_of(kind)[0]


def plain_values(chunk: pa.Array) -> pa.Array:
    """Give values in the one type that stands for all widths of their kind · 统一列的内存类型.

    Parameters
    ----------
    chunk
        Values of any type.

    Returns
    -------
    pyarrow.Array
        Large binary, or a type of one to eight bytes a value, with zero behind every null.
    """
    if pa.types.is_dictionary(chunk.type):
        chunk = chunk.dictionary_decode()
    name, target = _kind_of(chunk.type)
    if name == "other":
        words = [None if value is None else json.dumps(value, default=str, sort_keys=True) for value in chunk.to_pylist()]
        chunk = pa.array(words, pa.large_string())
    if pa.types.is_string(chunk.type) or pa.types.is_string_view(chunk.type):
        chunk = chunk.cast(pa.large_string())
    chunk = chunk.cast(target, safe=not pa.types.is_timestamp(chunk.type))
    if not chunk.null_count or target == pa.large_binary():
        return chunk
    zero = pa.scalar(0, pa.int64() if target.bit_width == 64 else pa.int32()).cast(target)  # noqa: PLR2004  # bits of the wider numbers
    return pc.fill_null(chunk, zero)


def plain_bytes(values: pa.Array) -> memoryview:
    """Give the bytes behind plain values of a fixed width · 定长值的字节.

    Parameters
    ----------
    values
        From `plain_values`, no large binary.

    Returns
    -------
    memoryview
        As many bytes as the values take.
    """
    width = values.type.bit_width // 8
    return memoryview(values.buffers()[1] or b"")[values.offset * width : (values.offset + len(values)) * width]


class _ColumnDigest:
    """Hash one column as it comes, piece by piece, whatever the pieces are."""

    def __init__(self, kind: pa.DataType) -> None:
        self.name = plain_kind(kind)
        self._values = hashlib.sha256()
        self._lengths = hashlib.sha256()

    def update(self, chunk: pa.Array) -> None:
        """Take in the next rows."""
        missing = pc.is_null(chunk)
        values = plain_values(chunk)
        if values.type != pa.large_binary():
            self._lengths.update(np.asarray(missing.to_numpy(zero_copy_only=False), np.uint8).tobytes())
            self._values.update(plain_bytes(values))
            return
        lengths = pc.fill_null(pc.binary_length(values), _NULL_LENGTH).to_numpy(zero_copy_only=False).astype("<i8")
        self._lengths.update(lengths.tobytes())
        # A null may hide bytes behind it that are no content.
        dense = values if values.null_count == 0 else pc.drop_null(values)
        if len(dense):
            offsets = np.frombuffer(dense.buffers()[1], np.int64)[dense.offset : dense.offset + len(dense) + 1]
            self._values.update(memoryview(dense.buffers()[2] or b"")[offsets[0] : offsets[-1]])

    def digest(self) -> bytes:
        """Give the hash of all rows so far."""
        return self._lengths.digest() + self._values.digest()


class ContentDigest:
    """SHA-256 of a layer's content, taken in piece by piece · 内容哈希.

    It depends on the layer's name, CRS, classification and valid time, on the names, kinds and values of its
    columns and on its geometry, row by row in order. It does not depend on the order of the columns, on how rows
    are split into chunks, nor on the width of a type (``string`` or ``large_string``, ``int32`` or ``int64``). It
    depends on the order of the rows, because results are kept by row number under this hash; the layer store
    writes rows in an order of its own, so that a stored version does not depend on the order of delivery.

    Parameters
    ----------
    name
        Canonical layer name.
    crs
        Authority and code.
    classification
        Name of the land-use classification.
    valid_from
        First day of validity in ISO form, ``None`` as text where there is none.
    schema
        Names and types of the attribute columns.
    """

    def __init__(self, name: str, crs: str, classification: str, valid_from: str, schema: pa.Schema) -> None:
        self._head = (name, crs, classification, valid_from)
        self._columns: dict[str, _ColumnDigest] = {item.name: _ColumnDigest(item.type) for item in schema}
        self._geometry = _ColumnDigest(pa.large_binary())

    def update(self, table: pa.Table, wkb: pa.ChunkedArray) -> None:
        """Take in the next rows · 加入若干行.

        Parameters
        ----------
        table
            Attributes, the columns of the schema.
        wkb
            Geometry of the same rows.
        """
        for name, column in self._columns.items():
            for chunk in table.column(name).chunks:
                column.update(chunk)
        for chunk in wkb.chunks:
            self._geometry.update(chunk)

    def hexdigest(self) -> str:
        """Give the hash of all rows so far · 取哈希.

        Returns
        -------
        str
            64 hexadecimal digits.
        """
        digest = hashlib.sha256(repr(self._head).encode())
        for name in sorted(self._columns):
            column = self._columns[name]
            digest.update(repr((name, column.name)).encode())
            digest.update(column.digest())
        digest.update(self._geometry.digest())
        return digest.hexdigest()
