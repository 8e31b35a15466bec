"""A layer read for its coverage: sound rows, unsound rows, and the edges that nothing cancels · 读取待检覆盖层."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

from lantu.engines.overlay.boundary_chain import BoundaryChain
from lantu.engines.overlay.polygons import Polygons

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

# Rows that are read at once: few enough to stay in a small part of memory, many enough that most
# neighbours meet within one batch.
BATCH = 50_000
_AREAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_CURVE_BITS = 16


@dataclass(frozen=True, eq=False)
class Reading:
    """The features of a layer as its coverage sees them · 覆盖层要素.

    Parameters
    ----------
    wkb
        Geometry of each feature as delivered.
    bounds
        Box of each feature, NaN where it has no area, shape ``(n, 4)``.
    reasons
        Why a row is unsound, by row: ``null``, ``empty``, ``curved``, ``unreadable``, ``not polygonal`` or what GEOS says of it.
    repaired
        What stands in for an invalid polygon in the search for gaps and overlaps, by row.
    """

    wkb: pa.ChunkedArray[Any]
    bounds: npt.NDArray[np.float64]
    reasons: Mapping[int, str]
    repaired: Mapping[int, Any]

    def shapes(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
        """Build shapely geometries of some rows · 取部分要素的图形.

        Parameters
        ----------
        rows
            Row numbers.

        Returns
        -------
        numpy.ndarray of object
            Valid polygons and multipolygons, repaired where the delivered ones are invalid.
        """
        shapes = np.asarray(shapely.from_wkb(take_wkb(self.wkb, rows).to_numpy(zero_copy_only=False)), dtype=object)
        if self.repaired:
            for place in np.flatnonzero(np.isin(rows, np.fromiter(self.repaired, np.int64))):
                shapes[place] = self.repaired[int(rows[place])]
        return shapes

    def chain(self, rows: npt.NDArray[np.int64] | None = None) -> BoundaryChain:
        """Sum the boundaries of some or all features · 求边界链.

        Parameters
        ----------
        rows
            Row numbers; None for all.

        Returns
        -------
        BoundaryChain
            Exact edges, nothing snapped yet.
        """
        chosen = np.arange(len(self.bounds)) if rows is None else rows
        chosen = chosen[~np.isnan(self.bounds[chosen, 0])]
        repaired = np.fromiter(self.repaired, np.int64, len(self.repaired))
        sound = chosen[~np.isin(chosen, repaired)]
        chains = [BoundaryChain.of(Polygons.from_shapely([self.repaired[int(row)] for row in np.intersect1d(chosen, repaired)]))]
        ordered = sound[_along_curve(self.bounds[sound])]
        chains += [
            BoundaryChain.of(Polygons.from_wkb(take_wkb(self.wkb, ordered[at : at + BATCH]))) for at in range(0, len(ordered), BATCH)
        ]
        return BoundaryChain.total(*chains)


def take_wkb(wkb: pa.ChunkedArray[Any], rows: npt.NDArray[np.int64]) -> pa.ChunkedArray[Any]:
    """Take rows from the chunks they lie in · 分块取行.

    Taking from a chunked array joins all of its chunks first, the whole layer for a few rows.

    Parameters
    ----------
    wkb
        One geometry per row.
    rows
        Row numbers.

    Returns
    -------
    pyarrow.ChunkedArray
        In the order of `rows`.
    """
    start = np.concatenate([[0], np.cumsum([len(chunk) for chunk in wkb.chunks])])
    home = np.searchsorted(start, rows, side="right") - 1
    order = np.argsort(home, kind="stable")
    edges = np.searchsorted(home[order], np.arange(wkb.num_chunks + 1))
    parts = []
    for number, chunk in enumerate(wkb.chunks):
        mine = rows[order[edges[number] : edges[number + 1]]]
        if len(mine):
            parts.append(chunk.take(pa.array(mine - start[number], pa.int64())))
    if not parts:
        return wkb.slice(0, 0)
    back = np.empty(len(rows), np.int64)
    back[order] = np.arange(len(rows))
    joined = parts[0] if len(parts) == 1 else pa.concat_arrays(parts)
    return pa.chunked_array([joined.take(pa.array(back, pa.int64()))])


def _along_curve(bounds: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Order boxes along a space-filling curve, so that a batch holds neighbours · 空间填充曲线序."""
    if not len(bounds):
        return np.empty(0, np.int64)
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2
    low, high = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    scale = ((1 << _CURVE_BITS) - 1) / max(float((high - low).max()), 1e-9)
    cell = np.clip((middle - low) * scale, 0, (1 << _CURVE_BITS) - 1).astype(np.uint64)
    return np.argsort(_spread(cell[:, 0]) | (_spread(cell[:, 1]) << np.uint64(1)), kind="stable")


def _spread(value: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Put a zero bit between the bits of a 16-bit number · 位交错."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        value = (value | (value << np.uint64(shift))) & np.uint64(mask)
    return value


def batches(wkb: pa.ChunkedArray[Any]) -> Iterator[tuple[int, npt.NDArray[np.object_]]]:
    """Read a geometry column batch by batch · 分批读取图形.

    Parameters
    ----------
    wkb
        One geometry per row.

    Yields
    ------
    tuple
        First row and the shapely geometries from there; unclosed rings and curves become None, as null does.
    """
    for start in range(0, len(wkb), BATCH):
        yield start, _decoded(wkb.slice(start, BATCH).to_numpy(zero_copy_only=False))


def _decoded(wkb: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Decode what can be decoded; GEOS gives up a whole batch for one curve · 逐条解码."""
    with np.errstate(invalid="ignore"):
        try:
            return np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
        except NotImplementedError:
            straight = np.array([value is not None and not is_curved(value) for value in wkb], dtype=bool)
            shapes = np.full(len(wkb), None, dtype=object)
            shapes[straight] = shapely.from_wkb(wkb[straight], on_invalid="ignore")
            return shapes


def is_curved(wkb: bytes | None) -> bool:
    """Tell whether WKB holds arcs, in a type of its own or inside a collection · 是否含弧段.

    Parameters
    ----------
    wkb
        One geometry, None for null.

    Returns
    -------
    bool
        True where GEOS cannot take it because of its curves.
    """
    if wkb is None:
        return False
    try:
        shapely.from_wkb(wkb, on_invalid="ignore")
    except NotImplementedError:
        return True
    return False


def polygons_only(shape: Any) -> Any:  # noqa: ANN401  # any shapely geometry goes in
    """Leave what has area of a geometry · 仅留面状部分.

    Parameters
    ----------
    shape
        Any geometry.

    Returns
    -------
    shapely.Geometry
        A polygon or multipolygon, perhaps empty.
    """
    parts = shapely.get_parts(shapely.get_parts([shape]))
    areal = parts[np.isin(shapely.get_type_id(parts), _AREAL)]
    areal = shapely.get_parts(areal)
    return areal[0] if len(areal) == 1 else shapely.multipolygons(areal)


def read_features(wkb: pa.ChunkedArray[Any]) -> Reading:
    """Look at every feature once and set aside the unsound ones · 逐一检查要素.

    Parameters
    ----------
    wkb
        One geometry per feature.

    Returns
    -------
    Reading
        Ready to have its boundaries summed.
    """
    bounds = np.full((len(wkb), 4), np.nan)
    reasons: dict[int, str] = {}
    repaired: dict[int, Any] = {}
    for start, shapes in batches(wkb):
        rows = np.arange(start, start + len(shapes))
        missing, empty = shapely.is_missing(shapes), shapely.is_empty(shapes)
        other = ~missing & ~empty & ~np.isin(shapely.get_type_id(shapes), _AREAL)
        null = np.asarray(wkb.slice(start, len(shapes)).is_null())
        reasons.update(dict.fromkeys(rows[missing & null].tolist(), "null"))
        for row in rows[missing & ~null].tolist():
            reasons[row] = "curved" if is_curved(wkb[row].as_py()) else "unreadable"
        reasons.update(dict.fromkeys(rows[empty].tolist(), "empty"))
        reasons.update(dict.fromkeys(rows[other].tolist(), "not polygonal"))
        areal = ~(missing | empty | other)
        invalid = areal & ~shapely.is_valid(shapes)
        finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)
        for place in np.flatnonzero(invalid):
            row = int(rows[place])
            reasons[row] = str(shapely.is_valid_reason(shapes[place]))
            if finite[place] and np.isfinite(shapely.get_coordinates(shapes[place])).all():
                mended = polygons_only(shapely.make_valid(shapes[place]))
                if not shapely.is_empty(mended):
                    repaired[row] = mended
                    bounds[row] = shapely.bounds(mended)
        sound = areal & ~invalid
        bounds[rows[sound]] = shapely.bounds(shapes[sound])
    return Reading(wkb, bounds, reasons, repaired)
