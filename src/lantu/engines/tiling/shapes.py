"""Points, lines and polygons of a layer as a few flat arrays · 点线面的平面数组."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

from lantu.engines.overlay.polygons import Polygons

if TYPE_CHECKING:
    import numpy.typing as npt

POINT, LINE, POLYGON = 1, 2, 3
"""Kinds of feature, numbered as the tiles number them."""


@dataclass(frozen=True, eq=False)
class Shapes:
    """Features of any kind, chain of vertices after chain of vertices · 图形集合.

    A chain is a ring of a polygon (closed, the first of a part is its shell), a line, or the points of a feature.

    Parameters
    ----------
    coords
        Vertices, float64, shape ``(n_vertices, 2)``.
    chain_start
        First vertex of each chain, and the end of the last.
    chain_part
        Part of its feature that each chain belongs to.
    feature_start
        First chain of each feature, and the end of the last.
    kind
        `POINT`, `LINE` or `POLYGON`; 0 where a feature has no geometry, shape ``(n_features,)``.
    bounds
        xmin, ymin, xmax, ymax, NaN where there is nothing, shape ``(n_features, 4)``.
    """

    coords: npt.NDArray[np.float64]
    chain_start: npt.NDArray[np.int64]
    chain_part: npt.NDArray[np.int64]
    feature_start: npt.NDArray[np.int64]
    kind: npt.NDArray[np.uint8]
    bounds: npt.NDArray[np.float64]

    def __len__(self) -> int:
        """Count the features · 要素数."""
        return len(self.kind)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Bounds of all features · 总范围; NaN where nothing has a geometry."""
        there = self.bounds[self.kind > 0]
        if not len(there):
            nothing = float("nan")
            return nothing, nothing, nothing, nothing
        low, high = there.min(axis=0), there.max(axis=0)
        return float(low[0]), float(low[1]), float(high[2]), float(high[3])


def read_shapes(wkb: pa.ChunkedArray[Any] | pa.Array[Any]) -> Shapes:
    """Read the geometries of a layer · 读取图形.

    Parameters
    ----------
    wkb
        One geometry per feature. Null, empty and damaged geometries become features of no kind; a collection keeps its parts of
        the highest dimension.

    Returns
    -------
    Shapes
        One feature per row.
    """
    polygons = Polygons.from_wkb(wkb, other="skip")
    filled = np.diff(polygons.feature_start) > 0
    if not len(polygons.skipped):
        kind = np.where(filled, POLYGON, 0).astype(np.uint8)
        return Shapes(polygons.coords, polygons.ring_start, polygons.ring_part, polygons.feature_start, kind, polygons.bounds)
    chunks = wkb.chunks if isinstance(wkb, pa.ChunkedArray) else [wkb]
    values = [value for chunk in chunks for value in chunk.to_numpy(zero_copy_only=False)]
    return shapes_of(np.asarray(shapely.from_wkb(np.array(values, dtype=object), on_invalid="ignore"), dtype=object))


def shapes_of(geometries: npt.NDArray[np.object_]) -> Shapes:
    """Lay shapely geometries out as flat arrays · 由 shapely 图形生成.

    Parameters
    ----------
    geometries
        Any shapely geometries, or None.

    Returns
    -------
    Shapes
        One feature per geometry.
    """
    dimension = shapely.get_dimensions(geometries)
    usable = ~shapely.is_missing(geometries) & ~shapely.is_empty(geometries)
    usable &= np.isfinite(np.nan_to_num(shapely.bounds(geometries), nan=np.inf)).all(axis=1)
    kind = np.where(usable, dimension + 1, 0).astype(np.uint8)
    chains: list[npt.NDArray[np.float64]] = []
    parts: list[int] = []
    counts = np.zeros(len(geometries), np.int64)
    for row in np.flatnonzero(usable):
        own = [part for part in shapely.get_parts(shapely.get_parts(geometries[row])) if shapely.get_dimensions(part) + 1 == kind[row]]
        for number, part in enumerate(own):
            pieces = [part.exterior, *part.interiors] if kind[row] == POLYGON else [part]
            if kind[row] == POINT and number:
                chains[-1] = np.concatenate([chains[-1], shapely.get_coordinates(part)])
                continue
            chains += [shapely.get_coordinates(piece) for piece in pieces]
            parts += [number] * len(pieces)
            counts[row] += len(pieces)
    sizes = np.array([len(chain) for chain in chains], np.int64)
    bounds = np.asarray(shapely.bounds(geometries), np.float64)
    bounds[~usable] = np.nan
    return Shapes(
        np.concatenate([np.empty((0, 2)), *chains]),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        np.array(parts, np.int64),
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        kind,
        bounds,
    )
