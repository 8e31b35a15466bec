"""Neighbours in space become neighbours in the file · 希尔伯特排序."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

_BITS = 16


def hilbert_keys(bounds: npt.NDArray[np.float64]) -> npt.NDArray[np.uint64]:
    """Place each box's centre on a Hilbert curve over the extent of all · 计算希尔伯特序号.

    Parameters
    ----------
    bounds
        xmin, ymin, xmax, ymax in one CRS, NaN where a feature has no coordinates, shape ``(n, 4)``.

    Returns
    -------
    numpy.ndarray of uint64
        Position along the curve of 2¹⁶ by 2¹⁶ cells; features without coordinates come after all others, shape ``(n,)``.
    """
    # At the ends of the range of floats a sum would overflow, so halves are added.
    x, y = bounds[:, 0] / 2 + bounds[:, 2] / 2, bounds[:, 1] / 2 + bounds[:, 3] / 2
    placed = np.isfinite(x) & np.isfinite(y)
    keys = np.full(len(bounds), np.iinfo(np.uint64).max, np.uint64)
    if not placed.any():
        return keys
    cells = []
    for values in (x[placed], y[placed]):
        lowest, span = values.min(), np.ptp(values)
        scaled = np.zeros(len(values)) if span == 0 else (values - lowest) / span * ((1 << _BITS) - 1)
        cells.append(scaled.astype(np.uint32))
    keys[placed] = _positions(*cells)
    return keys


def _positions(x: npt.NDArray[np.uint32], y: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
    """Turn cells into positions along the curve, bit by bit from the coarsest square to the finest."""
    position = np.zeros(len(x), np.uint64)
    x, y = x.copy(), y.copy()
    for bit in range(_BITS - 1, -1, -1):
        right, upper = (x >> bit) & 1, (y >> bit) & 1
        position |= ((3 * right) ^ upper).astype(np.uint64) << np.uint64(2 * bit)
        # In the two lower quarters the curve inside is mirrored, and turned.
        mirrored = (upper == 0) & (right == 1)
        whole = np.uint32((1 << _BITS) - 1)
        x, y = np.where(mirrored, whole - x, x), np.where(mirrored, whole - y, y)
        turned = upper == 0
        x, y = np.where(turned, y, x), np.where(turned, x, y)
    return position
