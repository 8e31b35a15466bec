"""Bounds and types of geometries, read off their WKB · 由 WKB 直接读取外包框与类型."""

# ruff: noqa: ANN001, ANN202, C901, PLR0911, PLR0912, PLR0913, PLR0917, PLR2004  # numba infers types; one compiled walk over the bytes of the norm
# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False, disallow-untyped-calls=False

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numba
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import numpy.typing as npt

SOUND = 0
MALFORMED = 1
CURVED = 2
EXTENDED = 3

_EWKB_FLAGS = 0xE0000000
_LARGEST_PLAIN_KIND = 7


@numba.njit(nogil=True, cache=True)
def _read_u32(data, position, little):
    if little:
        return (
            np.int64(data[position])
            | np.int64(data[position + 1]) << 8
            | np.int64(data[position + 2]) << 16
            | np.int64(data[position + 3]) << 24
        )
    return (
        np.int64(data[position + 3])
        | np.int64(data[position + 2]) << 8
        | np.int64(data[position + 1]) << 16
        | np.int64(data[position]) << 24
    )


@numba.njit(nogil=True, cache=True)
def _read_number(data, position, little, eight):
    for byte in range(8):
        eight[byte] = data[position + byte] if little else data[position + 7 - byte]
    return eight.view(np.float64)[0]


@numba.njit(nogil=True, cache=True)
def _widen(data, position, points, size, little, eight, box):
    for point in range(points):
        x = _read_number(data, position + point * size, little, eight)
        y = _read_number(data, position + point * size + 8, little, eight)
        # An empty point is written as NaN; comparisons with NaN are false, so it widens nothing.
        box[0] = min(x, box[0]) if x == x else box[0]  # noqa: PLR0124  # NaN is what differs from itself
        box[1] = min(y, box[1]) if y == y else box[1]  # noqa: PLR0124  # as above
        box[2] = max(x, box[2]) if x == x else box[2]  # noqa: PLR0124  # as above
        box[3] = max(y, box[3]) if y == y else box[3]  # noqa: PLR0124  # as above


@numba.njit(nogil=True, cache=True)
def _scan_one(data, position, end, eight, box):
    """Read one geometry; give status and the ISO type code of its outermost header."""
    outermost = np.int64(-1)
    status = SOUND
    waiting = 1
    while waiting > 0:
        waiting -= 1
        if position + 5 > end or data[position] > 1:
            return MALFORMED, outermost
        little = data[position] == 1
        raw = _read_u32(data, position + 1, little)
        position += 5
        dimension = 2
        if raw & _EWKB_FLAGS:
            status = EXTENDED
            dimension += (raw >> 31 & 1) + (raw >> 30 & 1)
            if raw >> 29 & 1:
                position += 4
            raw &= 0x1FFFFFFF
        kind = raw % 1000
        dimension += (raw // 1000 + 1) // 2
        if outermost < 0:
            outermost = raw
        if kind < 1 or raw >= 4000:
            return MALFORMED, outermost
        if kind > _LARGEST_PLAIN_KIND:
            return CURVED, outermost
        size = 8 * dimension
        if kind == 1:
            if position + size > end:
                return MALFORMED, outermost
            _widen(data, position, 1, size, little, eight, box)
            position += size
            continue
        if position + 4 > end:
            return MALFORMED, outermost
        count = _read_u32(data, position, little)
        position += 4
        if kind >= 4:
            # The smallest geometry takes nine bytes; a larger count is a broken one and must not keep us here.
            if count > (end - position) // 9 + 1:
                return MALFORMED, outermost
            waiting += count
            continue
        for _ in range(count if kind == 3 else 1):
            points = count
            if kind == 3:
                if position + 4 > end:
                    return MALFORMED, outermost
                points = _read_u32(data, position, little)
                position += 4
            if points > (end - position) // size:
                return MALFORMED, outermost
            _widen(data, position, points, size, little, eight, box)
            position += points * size
    return (status if position == end else MALFORMED), outermost


@numba.njit(nogil=True, cache=True)
def _scan(data, offsets, null, bounds, kinds, statuses):
    eight = np.empty(8, np.uint8)
    for row in range(len(offsets) - 1):
        box = bounds[row]
        if null[row]:
            box[:] = np.nan
            continue
        box[0] = box[1] = np.inf
        box[2] = box[3] = -np.inf
        statuses[row], kinds[row] = _scan_one(data, offsets[row], offsets[row + 1], eight, box)
        if not box[0] <= box[2] or not box[1] <= box[3]:
            box[:] = np.nan


@dataclass(frozen=True, eq=False)
class Scan:
    """What the WKB of some rows says · 扫描结果.

    Parameters
    ----------
    bounds
        xmin, ymin, xmax, ymax, NaN where a row has no coordinates, shape ``(n, 4)``.
    kinds
        ISO type code of each row, -1 for null, shape ``(n,)``.
    statuses
        `SOUND`, `MALFORMED`, `CURVED` or `EXTENDED` (EWKB, to be rewritten as ISO), shape ``(n,)``.
    """

    bounds: npt.NDArray[np.float64]
    kinds: npt.NDArray[np.int64]
    statuses: npt.NDArray[np.int8]


def scan_wkb(wkb: pa.ChunkedArray) -> Scan:
    """Read bounds, type and soundness of every geometry · 读取外包框、类型与完好性.

    Parameters
    ----------
    wkb
        ISO or extended WKB, large binary, length ``n``.

    Returns
    -------
    Scan
        Row for row.
    """
    bounds = np.full((len(wkb), 4), np.nan)
    kinds = np.full(len(wkb), -1, np.int64)
    statuses = np.zeros(len(wkb), np.int8)
    row = 0
    for chunk in wkb.chunks:
        piece = chunk.cast(pa.large_binary())
        if not len(piece):
            continue
        offsets = np.frombuffer(piece.buffers()[1], np.int64)[piece.offset : piece.offset + len(piece) + 1]
        content = piece.buffers()[2]
        data = np.empty(0, np.uint8) if content is None else np.frombuffer(content, np.uint8)
        null = np.asarray(pc.is_null(piece).to_numpy(zero_copy_only=False))
        rows = slice(row, row + len(piece))
        _scan(data, offsets, null, bounds[rows], kinds[rows], statuses[rows])
        row += len(piece)
    return Scan(bounds, kinds, statuses)
