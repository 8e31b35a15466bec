"""Many polygons as a few flat arrays · 以平面数组存放的多边形集合."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa

from lantu.engines.overlay.index import FeatureTree, grow_feature_tree, prepare
from lantu.engines.overlay.wkb_parsing import MALFORMED, NOT_FINITE, NOT_POLYGONAL, SOUND, count_rings, fill_rings, take_rings
from lantu.vocabulary.errors import GeometryInvalid
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from lantu.engines.overlay.kernel import Prepared

_NAMED_ROWS = 10

_FAULTS = {
    NOT_POLYGONAL: Text("is no polygon", "不是面"),
    MALFORMED: Text(
        "is damaged (cut short, or a ring that is not closed or has fewer than four vertices)", "已损坏（数据不完整，或环未闭合、少于四点）"
    ),
    NOT_FINITE: Text("has an infinite or missing coordinate", "坐标为无穷或缺失"),
}


@dataclass(frozen=True, eq=False)
class Polygons:
    """Polygons and multipolygons of a layer, ring after ring · 多边形集合.

    Rings are closed (the first vertex is repeated at the end) and run in the direction they were
    delivered in. The first ring of a part is its shell, the others are its holes.

    Parameters
    ----------
    coords
        Vertices x (east), y (north), in the units of the layer's CRS, float64, shape ``(n_vertices, 2)``.
    ring_start
        First vertex of each ring, and the end of the last, int64, shape ``(n_rings + 1,)``.
    ring_part
        Part of its feature that each ring belongs to, counted from 0 within the feature, int64, shape ``(n_rings,)``.
    feature_start
        First ring of each feature, and the end of the last, int64, shape ``(n_features + 1,)``.
    bounds
        xmin, ymin, xmax, ymax of each feature, NaN where it has no rings, float64, shape ``(n_features, 4)``.
    skipped
        Rows that were no sound polygons and were left without rings on request, int64.
    ellipsoidal_by_crs
        Areas on the ellipsoid once they were measured, m², by CRS.
    """

    coords: npt.NDArray[np.float64]
    ring_start: npt.NDArray[np.int64]
    ring_part: npt.NDArray[np.int64]
    feature_start: npt.NDArray[np.int64]
    bounds: npt.NDArray[np.float64]
    skipped: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    ellipsoidal_by_crs: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        """Count the features · 要素数."""
        return len(self.feature_start) - 1

    @property
    def vertex_counts(self) -> npt.NDArray[np.int64]:
        """Vertices of each feature, closing ones included · 各要素顶点数, shape ``(n_features,)``."""
        at = self.ring_start[self.feature_start]
        return np.asarray(at[1:] - at[:-1])

    def vertex_counts_of(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Vertices of some features, closing ones included · 部分要素顶点数.

        Parameters
        ----------
        rows
            Row numbers.

        Returns
        -------
        numpy.ndarray of int64
            Shape of `rows`.
        """
        return np.asarray(self.ring_start[self.feature_start[rows + 1]] - self.ring_start[self.feature_start[rows]])

    @cached_property
    def prepared(self) -> Prepared:
        """Ring directions, areas and edge trees, made when first asked for · 内核所需数组."""
        return prepare(self)

    @cached_property
    def tree(self) -> FeatureTree:
        """Tree over the bounds of the features, made when first asked for · 要素树."""
        return grow_feature_tree(self.bounds)

    @classmethod
    def from_wkb(cls, wkb: pa.Array[Any] | pa.ChunkedArray[Any], *, other: Literal["raise", "skip"] = "raise") -> Polygons:
        """Read polygons from WKB, ISO or extended, either byte order · 由 WKB 读取.

        Parameters
        ----------
        wkb
            One geometry per feature, binary or large binary. Nulls and empty geometries become features
            without rings; Z and M are dropped.
        other
            What to do with rows that hold points, lines, collections, curves or damaged bytes: ``"raise"``
            names them in an error, ``"skip"`` leaves them without rings and lists them in `skipped`.

        Returns
        -------
        Polygons
            One feature per row.

        Raises
        ------
        GeometryInvalid
            If a row is no polygon and `other` is ``"raise"``.
        """
        chunks = wkb.chunks if isinstance(wkb, pa.ChunkedArray) else [wkb]
        counted = [_count(chunk) for chunk in chunks]
        rings = np.concatenate([np.empty(0, np.int64), *(each.rings for each in counted)])
        feature_start = _starts(rings)
        coords = np.empty((sum(int(each.vertices.sum()) for each in counted), 2))
        ring_start = np.zeros(feature_start[-1] + 1, np.int64)
        ring_part = np.empty(feature_start[-1], np.int64)
        bounds = np.empty((len(rings), 4))
        flat = coords.reshape(-1).view(np.uint8)
        row = 0
        for each in counted:
            end = row + len(each.rings)
            fill_rings(
                each.data, each.offsets, each.rings, feature_start[row], coords, flat, ring_start, ring_part, bounds[row:end], each.status
            )
            row = end
        status = np.concatenate([np.empty(0, np.uint8), *(each.status for each in counted)])
        bad = np.flatnonzero(status)
        polygons = cls(coords, ring_start, ring_part, feature_start, bounds, bad)
        if not len(bad):
            return polygons
        if other == "raise":
            raise _invalid(bad, status)
        if (status == NOT_FINITE).any():
            # Their rings were read before the coordinates were seen to be bad: leave them out now.
            return polygons._without(bad)
        return polygons

    @classmethod
    def from_shapely(cls, shapes: npt.NDArray[np.object_] | Sequence[Any], *, other: Literal["raise", "skip"] = "raise") -> Polygons:
        """Read polygons from shapely geometries · 由 shapely 图形读取.

        Parameters
        ----------
        shapes
            Polygons, multipolygons or None, shape ``(n,)``.
        other
            As in `from_wkb`.

        Returns
        -------
        Polygons
            One feature per geometry.
        """
        import shapely  # noqa: PLC0415  # heavy; layers come as WKB

        wkb = shapely.to_wkb(np.asarray(shapes, dtype=object))
        return cls.from_wkb(pa.array(wkb, pa.large_binary(), from_pandas=True), other=other)

    def take(self, rows: npt.NDArray[np.int64] | Sequence[int]) -> Polygons:
        """Give some of the features, in the order asked for · 取部分要素.

        Parameters
        ----------
        rows
            Row numbers, shape ``(n,)``; repeats are allowed.

        Returns
        -------
        Polygons
            The features, copied.
        """
        wanted = np.asarray(rows, dtype=np.int64)
        feature_start = _starts(np.diff(self.feature_start)[wanted])
        ring_start = np.zeros(feature_start[-1] + 1, np.int64)
        ring_part = np.empty(feature_start[-1], np.int64)
        coords = np.empty((int(self.vertex_counts[wanted].sum()), 2))
        take_rings(wanted, self.feature_start, self.ring_start, self.ring_part, self.coords, feature_start, ring_start, ring_part, coords)
        return Polygons(coords, ring_start, ring_part, feature_start, self.bounds[wanted])

    def shapes(self, rows: npt.NDArray[np.int64] | Sequence[int] | None = None) -> npt.NDArray[np.object_]:
        """Build shapely geometries of some or all features · 转为 shapely 图形.

        Parameters
        ----------
        rows
            Row numbers; None for all.

        Returns
        -------
        numpy.ndarray of object
            Polygons, multipolygons where there are several parts, empty polygons where there are no rings.
        """
        import shapely  # noqa: PLC0415  # heavy; areas never need it

        chosen = self if rows is None else self.take(rows)
        count = len(chosen.ring_part)
        shell = np.ones(count, dtype=bool)
        first = np.zeros(count + 1, dtype=bool)
        first[chosen.feature_start] = True
        shell[1:] = (chosen.ring_part[1:] != chosen.ring_part[:-1]) | first[1:-1]
        part_start = np.append(np.flatnonzero(shell), count)
        feature_part = np.searchsorted(part_start, chosen.feature_start)
        parts = np.asarray(
            shapely.from_ragged_array(shapely.GeometryType.POLYGON, chosen.coords, (chosen.ring_start, part_start)), dtype=object
        )
        sizes = np.diff(feature_part)
        shapes = np.full(len(chosen), shapely.Polygon(), dtype=object)
        single = sizes == 1
        shapes[single] = parts[feature_part[:-1][single]]
        for row in np.flatnonzero(sizes > 1):
            shapes[row] = shapely.multipolygons(parts[feature_part[row] : feature_part[row + 1]])
        return shapes

    def _without(self, rows: npt.NDArray[np.int64]) -> Polygons:
        """Empty the features named · 清空所列要素."""
        rings = np.diff(self.feature_start)
        rings[rows] = 0
        kept = np.setdiff1d(np.arange(len(self)), rows)
        remaining = self.take(kept)
        bounds = self.bounds.copy()
        bounds[rows] = np.nan
        return Polygons(remaining.coords, remaining.ring_start, remaining.ring_part, _starts(rings), bounds, rows)


@dataclass(frozen=True, eq=False)
class _Counted:
    """One chunk of WKB and what it holds · 一块 WKB 及其统计."""

    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]
    rings: npt.NDArray[np.int64]
    vertices: npt.NDArray[np.int64]
    status: npt.NDArray[np.uint8]


def _count(chunk: pa.Array[Any]) -> _Counted:
    """See a chunk as bytes and count what is in it · 统计一块 WKB."""
    if not pa.types.is_large_binary(chunk.type):
        chunk = chunk.cast(pa.large_binary())
    buffers: Any = chunk.buffers()
    _, offset_buffer, data_buffer = buffers
    offsets = np.frombuffer(offset_buffer, np.int64)[chunk.offset : chunk.offset + len(chunk) + 1] if len(chunk) else np.zeros(1, np.int64)
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer is not None and data_buffer.size else np.zeros(1, np.uint8)
    null = chunk.is_null().to_numpy(zero_copy_only=False) if chunk.null_count else np.zeros(len(chunk), dtype=bool)
    rings = np.empty(len(chunk), np.int64)
    vertices = np.empty(len(chunk), np.int64)
    status = np.full(len(chunk), SOUND, np.uint8)
    count_rings(data, offsets, null, rings, vertices, status)
    return _Counted(data, offsets, rings, vertices, status)


def _starts(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Turn counts into starts with the end appended · 由计数得起点."""
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts


def _invalid(rows: npt.NDArray[np.int64], status: npt.NDArray[np.uint8]) -> GeometryInvalid:
    """Say which rows are no polygons and why · 指出不可用的行及原因."""
    named = rows[:_NAMED_ROWS]
    more = len(rows) > _NAMED_ROWS
    english = ", ".join(f"row {row} {_FAULTS[int(status[row])].en}" for row in named) + (", …" if more else "")
    chinese = "，".join(f"第{row}行{_FAULTS[int(status[row])].zh}" for row in named) + ("，……" if more else "")
    return GeometryInvalid(
        Text(
            f"Features that cannot be overlaid: {len(rows)} of {len(status)} (rows count from 0): {english}.",
            f"{len(status)}个要素中有{len(rows)}个无法参与叠加（行号从0起）：{chinese}。",
        ),
        Text("Deliver these features as polygons, or leave them out of the layer.", "请以面要素提交，或将其移出该图层。"),
    )
