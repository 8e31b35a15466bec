"""Coordinates from one reference system to another, in one thread for all · 坐标变换.

pyproj makes every transformer anew in every thread that uses it, which takes longer than most of what is asked of it: a server that
answers in forty threads would pay for each of them. So one thread keeps the transformers and moves for all, save for layers so large
that making a transformer is nothing beside moving them.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyproj

if TYPE_CHECKING:
    import numpy.typing as npt

    Box = tuple[float, float, float, float]

_MOVING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lantu-moving")
_LARGE_POINTS = 200_000
_PIECES_OF_AN_EDGE = 11


@cache
def _transformer(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def _moved(points: npt.NDArray[np.float64], source: str, target: str) -> npt.NDArray[np.float64]:
    return np.column_stack(_transformer(source, target).transform(points[:, 0], points[:, 1]))


def _moved_box(box: Box, source: str, target: str) -> Box:
    left, bottom, right, top = _transformer(source, target).transform_bounds(*box, densify_pts=_PIECES_OF_AN_EDGE)
    return float(left), float(bottom), float(right), float(top)


def move_points(points: npt.NDArray[np.float64], source: str, target: str) -> npt.NDArray[np.float64]:
    """Give points in another reference system · 变换点坐标.

    Parameters
    ----------
    points
        x (east or longitude) before y, in `source`, shape ``(n, 2)``.
    source
        Authority and code.
    target
        Authority and code.

    Returns
    -------
    numpy.ndarray of float64
        In `target`, same shape and order.
    """
    if len(points) > _LARGE_POINTS:
        return _moved(points, source, target)
    return _MOVING.submit(_moved, points, source, target).result()


def move_box(box: Box, source: str, target: str) -> Box:
    """Give a box in another reference system that holds the box · 变换范围.

    Parameters
    ----------
    box
        xmin, ymin, xmax, ymax in `source`, x before y.
    source
        Authority and code.
    target
        Authority and code.

    Returns
    -------
    tuple of float
        In `target`; its edges are curved there, so points along them are asked for.
    """
    return _MOVING.submit(_moved_box, box, source, target).result()
