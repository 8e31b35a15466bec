"""Areas of features by themselves · 要素面积."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from lantu.engines.overlay.ellipsoid import NO_WEIGHT, scale_field
from lantu.engines.overlay.pairing import measure_alone, measure_with_itself

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from lantu.engines.overlay.polygons import Polygons

_ROWS_AT_ONCE = 16_384


def planar_areas(polygons: Polygons) -> npt.NDArray[np.float64]:
    """Measure features in the plane of their CRS · 平面面积.

    Parameters
    ----------
    polygons
        The features, projected, metres.

    Returns
    -------
    numpy.ndarray of float64
        Shells less holes, m², whichever way the rings run; 0 where a feature has no rings; shape ``(n,)``.
    """
    return polygons.prepared.area


def ellipsoidal_areas(polygons: Polygons, crs: str, *, threads: int = 1) -> npt.NDArray[np.float64]:
    """Measure features on the ellipsoid of their CRS · 椭球面积.

    Edges are the straight lines of the CRS (see `lantu.engines.overlay.ellipsoid`).

    Parameters
    ----------
    polygons
        The features.
    crs
        Authority and code; projected in metres, or geographic.
    threads
        Threads to share the work.

    Returns
    -------
    numpy.ndarray of float64
        m², within 1e-8 of the truth, shape ``(n,)``; computed once and kept with the polygons.
    """
    known = polygons.ellipsoidal_by_crs.get(crs)
    if known is not None:
        return known
    weight = scale_field(crs).weight(polygons.bounds)
    areas = np.zeros(len(polygons))
    _in_parts(len(polygons), threads, lambda rows: measure_alone(polygons.prepared, rows, weight, areas))
    polygons.ellipsoidal_by_crs[crs] = areas
    return areas


def self_overlaps(polygons: Polygons, *, threads: int = 1) -> npt.NDArray[np.float64]:
    """Measure how much of each feature its own rings cover otherwise than once · 自身重叠面积.

    Rings that cross themselves or one another, holes outside their shell and parts on top of one another
    all wind around some points more than once or the wrong way. No area of such a feature is to be
    trusted, by whatever way it is computed.

    Parameters
    ----------
    polygons
        The features.
    threads
        Threads to share the work.

    Returns
    -------
    numpy.ndarray of float64
        Area of the feature with itself less its own, m², exactly 0 for a valid feature; shape ``(n,)``.
    """
    excess = np.zeros(len(polygons))
    _in_parts(len(polygons), threads, lambda rows: measure_with_itself(polygons.prepared, rows, NO_WEIGHT, excess))
    return excess


def _in_parts(count: int, threads: int, work: Callable[[npt.NDArray[np.int64]], object]) -> None:
    """Share rows among threads · 多线程分行处理."""
    parts = [np.arange(begin, min(begin + _ROWS_AT_ONCE, count)) for begin in range(0, count, _ROWS_AT_ONCE)]
    if threads == 1 or len(parts) == 1:
        for part in parts:
            work(part)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, parts))
