"""One number per feature that tells whether it changed · 逐要素哈希."""

# ruff: noqa: ANN001, ANN202  # numba infers the types of compiled functions
# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False, disallow-untyped-calls=False

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numba
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lantu.vocabulary.content_hash import GEOMETRY, plain_bytes, plain_kind, plain_values

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer

# Odd constants of the splitmix64 generator; every bit of the input reaches every bit of the result.
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_NULL = np.uint64(0x6E756C6C6E756C6C)


@numba.njit(nogil=True, cache=True)
def _mix(value):
    value = (value ^ (value >> np.uint64(30))) * _FIRST
    value = (value ^ (value >> np.uint64(27))) * _SECOND
    return value ^ (value >> np.uint64(31))


@numba.njit(nogil=True, cache=True)
def _add_bytes(hashes, seed, data, offsets, null):
    for row in range(len(hashes)):
        if null[row]:
            hashes[row] = _mix(hashes[row] * _STEP + (seed ^ _NULL))
            continue
        start, end = offsets[row], offsets[row + 1]
        mixed = seed + np.uint64(end - start) * _STEP
        word = np.uint64(0)
        for position in range(start, end):
            word |= np.uint64(data[position]) << np.uint64(8 * ((position - start) & 7))
            if (position - start) & 7 == 7:  # noqa: PLR2004  # eight bytes make a word
                mixed = _mix(mixed ^ word) * _STEP
                word = np.uint64(0)
        hashes[row] = _mix(hashes[row] * _STEP + _mix(mixed ^ word))


@numba.njit(nogil=True, cache=True)
def _add_words(hashes, seed, words, null):
    for row in range(len(hashes)):
        mixed = seed ^ _NULL if null[row] else _mix(seed + words[row] * _STEP)
        hashes[row] = _mix(hashes[row] * _STEP + mixed)


def feature_hashes(layer: Layer) -> npt.NDArray[np.uint64]:
    """Hash the attributes and the geometry of every feature · 属性与图形的逐要素哈希.

    Parameters
    ----------
    layer
        Any layer.

    Returns
    -------
    numpy.ndarray of uint64
        Equal where kind and value of every attribute and the bytes of the geometry are equal; independent of the order
        of columns and rows, of chunks and of the width of types, shape ``(n,)``.
    """
    hashes = attribute_hashes(layer)
    _add_column(hashes, GEOMETRY, layer.wkb)
    return hashes


def attribute_hashes(layer: Layer, *, without: tuple[str, ...] = ()) -> npt.NDArray[np.uint64]:
    """Hash the attributes of every feature · 属性的逐要素哈希.

    Parameters
    ----------
    layer
        Any layer.
    without
        Columns that are left out.

    Returns
    -------
    numpy.ndarray of uint64
        As `feature_hashes`, shape ``(n,)``.
    """
    hashes = np.zeros(len(layer), np.uint64)
    for name in sorted(set(layer.table.column_names) - set(without)):
        _add_column(hashes, name, layer.table.column(name))
    return hashes


def geometry_hashes(layer: Layer) -> npt.NDArray[np.uint64]:
    """Hash the geometry of every feature · 图形的逐要素哈希.

    Parameters
    ----------
    layer
        Any layer.

    Returns
    -------
    numpy.ndarray of uint64
        Equal where the bytes of the geometry are equal, shape ``(n,)``.
    """
    hashes = np.zeros(len(layer), np.uint64)
    _add_column(hashes, GEOMETRY, layer.wkb)
    return hashes


def _add_column(hashes: npt.NDArray[np.uint64], name: str, column: pa.ChunkedArray) -> None:
    label = repr((name, plain_kind(column.type))).encode()
    seed = np.uint64(int.from_bytes(hashlib.sha256(label).digest()[:8], "little"))
    row = 0
    for chunk in column.chunks:
        if not len(chunk):
            continue
        null = np.asarray(pc.is_null(chunk).to_numpy(zero_copy_only=False), bool)
        values = plain_values(chunk)
        own = hashes[row : row + len(chunk)]
        row += len(chunk)
        if values.type == pa.large_binary():
            offsets = np.frombuffer(values.buffers()[1], np.int64)[values.offset : values.offset + len(values) + 1]
            content = values.buffers()[2]
            _add_bytes(own, seed, np.empty(0, np.uint8) if content is None else np.frombuffer(content, np.uint8), offsets, null)
            continue
        width = values.type.bit_width // 8
        words = np.frombuffer(plain_bytes(values), f"<u{width}").astype(np.uint64)
        _add_words(own, seed, words, null)
