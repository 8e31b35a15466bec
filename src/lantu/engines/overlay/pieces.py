"""Intersection pieces where they are asked for: traced where that is plain, else built by GEOS; judged by the kernel · 交集图形."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.engines.overlay.clipping import clip_rows
from lantu.engines.overlay.index import PLAIN_EDGES
from lantu.engines.overlay.tracing import Side, trace_pairs

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.engines.overlay.polygons import Polygons

_PAIRS_AT_ONCE = 2048

AGREEMENT = 1e-9
"""Share of the smaller feature's area by which GEOS may differ from the kernel."""

# Crossing points lie on the grid of floating-point numbers; a ring may sway by some of its steps.
_GRID_STEPS = 8.0

# A grid that much coarser than the floating-point one cures what floating precision gets wrong (libgeos/geos#942).
_SNAPPING_STEPS = 256.0

# No round share, so that no side of the padded box falls on an edge of the data.
_PADDING = 0.0123456789

_COLLECTION = 7
_POLYGONAL = (3, 6)


def cut_pieces(  # noqa: PLR0913  # two sides, their rows and areas
    left: Polygons,
    right: Polygons,
    left_rows: npt.NDArray[np.int32],
    right_rows: npt.NDArray[np.int32],
    area: npt.NDArray[np.float64],
    *,
    threads: int = 2,
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
    """Build the intersection of each pair · 生成交集图形.

    A feature that lies within the other is its own piece. Else large features are first cut down to
    the common box of the pair. Rings that cross plainly are traced; GEOS intersects the others, and those
    where the kernel found another area: first cut down, then whole, and at last on a fine grid.

    Parameters
    ----------
    left
        Polygons.
    right
        Polygons in the same CRS.
    left_rows
        Rows of `left`, shape ``(n,)``.
    right_rows
        Rows of `right`, shape ``(n,)``.
    area
        Area of each intersection in the plane of the coordinates, from the kernel.
    threads
        Threads to share the work.

    Returns
    -------
    tuple of numpy.ndarray
        Polygons or multipolygons; and True where GEOS and the kernel disagree to the last or GEOS
        refused the features.
    """
    parts = [slice(begin, begin + _PAIRS_AT_ONCE) for begin in range(0, len(left_rows), _PAIRS_AT_ONCE)]

    def cut(part: slice) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
        return _cut_part(left, right, left_rows[part].astype(np.int64), right_rows[part].astype(np.int64), area[part])

    if threads == 1 or len(parts) < 2:  # noqa: PLR2004  # one part needs no second thread
        results = [cut(part) for part in parts]
    else:
        results = [cut(parts[0])]
        with ThreadPoolExecutor(threads) as pool:
            results += pool.map(cut, parts[1:])
    pieces = np.concatenate([np.empty(0, dtype=object), *(result[0] for result in results)])
    doubtful = np.concatenate([np.empty(0, dtype=bool), *(result[1] for result in results)])
    return pieces, doubtful


def _cut_part(
    left: Polygons, right: Polygons, left_rows: npt.NDArray[np.int64], right_rows: npt.NDArray[np.int64], area: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
    """Build the pieces of some pairs · 生成部分交集."""
    left_area, right_area = left.prepared.area[left_rows], right.prepared.area[right_rows]
    pieces = np.full(len(area), None, dtype=object)
    doubtful = np.zeros(len(area), dtype=bool)
    left_inside = area == left_area
    right_inside = (area == right_area) & ~left_inside
    pieces[left_inside] = left.shapes(left_rows[left_inside])
    pieces[right_inside] = right.shapes(right_rows[right_inside])
    todo = np.flatnonzero(~left_inside & ~right_inside)
    tolerance = AGREEMENT * np.minimum(left_area, right_area)
    step = _GRID_STEPS * np.spacing(np.abs(np.fmax(left.bounds[left_rows], right.bounds[right_rows])).max(axis=1))
    boxes = _padded_boxes(left.bounds[left_rows], right.bounds[right_rows])
    traced, shapes = _trace(left, right, left_rows[todo], right_rows[todo], boxes[todo], area[todo], tolerance[todo], step[todo])
    pieces[todo[traced]] = shapes
    todo = todo[~traced]
    for whole, snapped in ((False, False), (True, False), (True, True)):
        if not len(todo):
            break
        one = left.shapes(left_rows[todo]) if whole else _near(left, left_rows[todo], boxes[todo])
        other = right.shapes(right_rows[todo]) if whole else _near(right, right_rows[todo], boxes[todo])
        grid = _SNAPPING_STEPS * float(step[todo].max()) if snapped else 0.0
        cut, refused = _intersect(one, other, grid)
        pieces[todo] = cut
        todo = todo[refused | _differs(cut, area[todo], tolerance[todo], step[todo] + grid)]
    doubtful[todo] = True
    return pieces, doubtful


def _trace(  # noqa: PLR0913, PLR0917  # two sides, their rows and what the result is held against
    left: Polygons,
    right: Polygons,
    left_rows: npt.NDArray[np.int64],
    right_rows: npt.NDArray[np.int64],
    boxes: npt.NDArray[np.float64],
    area: npt.NDArray[np.float64],
    tolerance: npt.NDArray[np.float64],
    step: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.object_]]:
    """Build the pieces of the pairs that cross plainly; tells which, and gives theirs · 追踪规则相交的各对."""
    import shapely  # noqa: PLC0415  # heavy; areas never need it

    found = trace_pairs(_side_near(left, left_rows, boxes), _side_near(right, right_rows, boxes))
    good = np.abs(found.area - area) <= tolerance + step * found.length
    rings = np.diff(found.feature_start)
    parts = np.asarray(
        shapely.from_ragged_array(shapely.GeometryType.POLYGON, found.coords, (found.ring_start, np.arange(len(found.ring_start)))),
        dtype=object,
    )
    shapes = np.full(len(area), None, dtype=object)
    single = rings == 1
    shapes[single] = parts[found.feature_start[:-1][single]]
    for pair in np.flatnonzero(good & (rings > 1)):
        shapes[pair] = shapely.multipolygons(parts[found.feature_start[pair] : found.feature_start[pair + 1]])
    # Borders that coincide but for rounding, and rings that touch themselves, can give a ring of the right area that crosses itself.
    good[good] = shapely.is_valid(shapes[good])
    return good, shapes[good]


def _side_near(polygons: Polygons, rows: npt.NDArray[np.int64], boxes: npt.NDArray[np.float64]) -> Side:
    """Give features as they are, large ones cut down to their boxes · 取框附近的要素."""
    large = np.flatnonzero(polygons.vertex_counts_of(rows) > PLAIN_EDGES)
    coords, ring_start, part_start, row_start, _ = clip_rows(polygons.prepared, rows[large], boxes[large])
    # Features that could not be cut down soundly are left without rings, and refused.
    chosen = rows.copy()
    chosen[large] = -1 - np.arange(len(large))
    return Side(polygons.coords, polygons.ring_start, polygons.feature_start, coords, ring_start, part_start[row_start], chosen)


def _padded_boxes(left: npt.NDArray[np.float64], right: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Give the common box of each pair with some room around it · 公共外包矩形外扩."""
    boxes = np.concatenate([np.maximum(left[:, :2], right[:, :2]), np.minimum(left[:, 2:], right[:, 2:])], axis=1)
    room = _PADDING * (boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0.0)[:, None]
    boxes[:, :2] -= room
    boxes[:, 2:] += room
    return boxes


def _near(polygons: Polygons, rows: npt.NDArray[np.int64], boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.object_]:
    """Give features as shapely geometries, large ones cut down to their boxes · 取框附近的图形."""
    import shapely  # noqa: PLC0415  # heavy; areas never need it

    shapes = np.empty(len(rows), dtype=object)
    large = polygons.vertex_counts_of(rows) > PLAIN_EDGES
    shapes[~large] = polygons.shapes(rows[~large])
    if large.any():
        coords, ring_start, part_start, row_start, sound = clip_rows(polygons.prepared, rows[large], boxes[large])
        clipped = np.asarray(
            shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, coords, (ring_start, part_start, row_start)), dtype=object
        )
        clipped[~sound] = polygons.shapes(rows[large][~sound])
        shapes[large] = clipped
    return shapes


def _intersect(
    one: npt.NDArray[np.object_], other: npt.NDArray[np.object_], grid: float
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
    """Intersect pairs of geometries and keep what has an area; tells which ones GEOS refused · 求交."""
    import shapely  # noqa: PLC0415  # heavy; areas never need it

    refused = np.zeros(len(one), dtype=bool)
    try:
        # A grid of zero is none, but GEOS takes a slower way with it.
        pieces = np.asarray(shapely.intersection(one, other, grid_size=grid or None), dtype=object)
    except shapely.errors.GEOSException:
        # One invalid feature stops the whole batch: go on pair by pair and repair what is refused.
        pieces = np.empty(len(one), dtype=object)
        for index, (first, second) in enumerate(zip(one, other, strict=True)):
            try:
                pieces[index] = shapely.intersection(first, second, grid_size=grid or None)
            except shapely.errors.GEOSException:
                pieces[index] = shapely.intersection(shapely.make_valid(first), shapely.make_valid(second))
                refused[index] = True
    kinds = shapely.get_type_id(pieces)
    for odd in np.flatnonzero(~np.isin(kinds, _POLYGONAL)):
        pieces[odd] = _polygonal(pieces[odd])
    return pieces, refused


def _polygonal(shape: Any) -> Any:  # noqa: ANN401  # shapely carries no types
    """Keep the polygons of a collection; touching lines and points have no area · 仅保留面."""
    import shapely  # noqa: PLC0415  # heavy; areas never need it

    parts = shapely.get_parts(shape) if shapely.get_type_id(shape) == _COLLECTION else np.empty(0, dtype=object)
    return shapely.union_all(parts[np.isin(shapely.get_type_id(parts), _POLYGONAL)]) if len(parts) else shapely.Polygon()


def _differs(
    pieces: npt.NDArray[np.object_], area: npt.NDArray[np.float64], tolerance: npt.NDArray[np.float64], step: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Tell which pieces have another area than the kernel found · 面积不符者."""
    import shapely  # noqa: PLC0415  # heavy; areas never need it

    return np.asarray(np.abs(shapely.area(pieces) - area) > tolerance + step * shapely.length(pieces))
