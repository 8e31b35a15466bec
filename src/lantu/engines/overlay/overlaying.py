"""Two polygon layers laid over one another · 叠加分析."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lantu.engines.overlay.areas import ellipsoidal_areas
from lantu.engines.overlay.ellipsoid import NO_WEIGHT, scale_field
from lantu.engines.overlay.pairing import measure_rows
from lantu.engines.overlay.pieces import cut_pieces
from lantu.engines.overlay.polygons import Polygons
from lantu.vocabulary.errors import ReferenceMismatch
from lantu.vocabulary.layer import Layer
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from lantu.engines.overlay.kernel import Prepared, Weight

_ROWS_AT_ONCE = 4096
_FEWEST_AT_ONCE = 64
_PARTS_PER_THREAD = 8
_LARGE_LAYER = 10_000
_SMALL_JOB_VERTICES = 1_000_000
_FEW_SHARE = 0.25


@dataclass(frozen=True, eq=False)
class OverlayProduct:
    """Every pair of features that share an area · 叠加成果.

    A pair whose common area does not exceed the rounding of its own sum (some 1e-15 of it) is a contact, not an
    overlap.

    Parameters
    ----------
    left
        Rows of the left layer, int32, ascending, shape ``(n,)``.
    right
        Rows of the right layer, int32, ascending among equal `left`, shape ``(n,)``.
    area_m2
        Planar area of the intersection in the CRS of the layers; on the ellipsoid when the CRS is geographic,
        which has no plane.
    ellipsoidal_area_m2
        The same on the ellipsoid of the CRS; None where not asked for or the CRS is not known.
    pieces
        Shapely geometry of each intersection, None where not asked for; None for none at all.
    suspect
        Pairs (indices into the arrays) whose features cannot both be valid, because the area is impossible, a
        point is covered more than once, or GEOS found another area than the kernel; int64.
    contacts
        Number of pairs whose bounds meet and whose area is nothing but rounding; they are not listed.
    plane_area
        Area in the square of the CRS's unit; the same as `area_m2` but for a geographic CRS.
    """

    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    area_m2: npt.NDArray[np.float64]
    ellipsoidal_area_m2: npt.NDArray[np.float64] | None
    pieces: npt.NDArray[np.object_] | None
    suspect: npt.NDArray[np.int64]
    contacts: int
    plane_area: npt.NDArray[np.float64]

    def __len__(self) -> int:
        """Count the pairs · 对数."""
        return len(self.left)


PieceChoice = Literal["none", "all"] | Callable[[OverlayProduct], "npt.NDArray[np.bool_]"]


def overlay(  # noqa: PLR0913  # the options are named
    left: Layer | Polygons | Sequence[Any] | npt.NDArray[np.object_],
    right: Layer | Polygons | Sequence[Any] | npt.NDArray[np.object_],
    *,
    pieces: PieceChoice = "none",
    ellipsoidal: bool = True,
    crs: str = "",
    threads: int = 2,
) -> OverlayProduct:
    """Measure, and where asked build, the intersection of every pair of features · 叠加.

    Areas agree with GEOS within 1e-9 of the larger polygon's area and do not depend on the number of threads, on
    the order of features, or on the other features of either layer: bit for bit. Invalid features are overlaid as
    their rings wind; where that shows, the pair is listed in `suspect`. Judge layers by
    `lantu.engines.overlay.areas.self_overlaps` first where validity is not known: it finds every one of them.

    Parameters
    ----------
    left
        Polygons.
    right
        Polygons in the same CRS.
    pieces
        ``"none"``, ``"all"``, or a function that tells from the areas which pairs to build.
    ellipsoidal
        Whether to measure on the ellipsoid too.
    crs
        Authority and code where neither side is a layer; without it there are no ellipsoidal areas.
    threads
        Threads to share the work.

    Returns
    -------
    OverlayProduct
        One row per pair with an area, by left and right row.

    Raises
    ------
    ReferenceMismatch
        If the two sides are in different CRSs.
    GeometryInvalid
        If a feature is no polygon.

    Examples
    --------
    >>> import shapely
    >>> product = overlay([shapely.box(0, 0, 10, 10)], [shapely.box(5, 5, 20, 20), shapely.box(10, 0, 20, 5)])
    >>> product.right.tolist(), product.area_m2.tolist()
    ([0], [25.0])
    """
    reference = common_crs(left, right, crs)
    left_polygons, right_polygons = polygons_of(left), polygons_of(right)
    field = scale_field(reference) if reference else None
    geographic = field is not None and field.is_geographic
    measured = None
    if field is not None and (ellipsoidal or geographic):
        measured = field.weight(np.concatenate([left_polygons.bounds, right_polygons.bounds]))
    product = _measure_near(left_polygons, right_polygons, reference, measured, threads)
    if geographic and product.ellipsoidal_area_m2 is not None:
        product = replace(product, area_m2=product.ellipsoidal_area_m2)
    if pieces == "none":
        return product
    mask = np.ones(len(product), dtype=bool) if pieces == "all" else np.asarray(pieces(product), dtype=bool)
    return with_pieces(product, left_polygons, right_polygons, mask, threads=threads)


def with_pieces(
    product: OverlayProduct, left: Polygons, right: Polygons, mask: npt.NDArray[np.bool_], *, threads: int = 2
) -> OverlayProduct:
    """Build the intersections of some pairs of a product · 生成部分对的交集图形.

    Parameters
    ----------
    product
        Pairs of `left` and `right`.
    left
        Polygons.
    right
        Polygons in the same CRS.
    mask
        True where a piece is wanted, shape ``(n,)``; pieces that are there already are kept.
    threads
        Threads to share the work.

    Returns
    -------
    OverlayProduct
        With these pieces; pairs for which GEOS and the kernel disagree are added to `suspect`.
    """
    built = np.full(len(product), None, dtype=object) if product.pieces is None else product.pieces.copy()
    wanted = np.flatnonzero(mask if product.pieces is None else mask & are_missing(built))
    cut, doubtful = cut_pieces(left, right, product.left[wanted], product.right[wanted], product.plane_area[wanted], threads=threads)
    built[wanted] = cut
    return replace(product, pieces=built, suspect=np.union1d(product.suspect, wanted[doubtful]))


def are_missing(pieces: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Tell which pieces were not built yet · 尚未生成者.

    Parameters
    ----------
    pieces
        Geometries or None, shape ``(n,)``.

    Returns
    -------
    numpy.ndarray of bool
        True where there is None, shape ``(n,)``.
    """
    return np.fromiter((piece is None for piece in pieces), dtype=bool, count=len(pieces))


def polygons_of(side: Layer | Polygons | Sequence[Any] | npt.NDArray[np.object_]) -> Polygons:
    """See one side of an overlay as flat polygons · 取面要素.

    Parameters
    ----------
    side
        Layer, polygons, or shapely geometries.

    Returns
    -------
    Polygons
        One feature per row.
    """
    if isinstance(side, Polygons):
        return side
    if isinstance(side, Layer):
        return Polygons.from_wkb(side.wkb)
    return Polygons.from_shapely(side)


def common_crs(left: object, right: object, crs: str = "") -> str:
    """Give the CRS that both sides share · 取共同坐标系.

    Parameters
    ----------
    left
        Layer, or geometries without a CRS of their own.
    right
        As above.
    crs
        CRS of the sides that have none.

    Returns
    -------
    str
        Authority and code; empty where none is known.

    Raises
    ------
    ReferenceMismatch
        If they differ.
    """
    left_crs = left.crs if isinstance(left, Layer) else crs
    right_crs = right.crs if isinstance(right, Layer) else crs
    if left_crs and right_crs and left_crs != right_crs:
        raise ReferenceMismatch(
            Text(f"One layer is in {left_crs}, the other in {right_crs}.", f"两图层坐标系不同：{left_crs}与{right_crs}。"),
            Text("Transform one of them first.", "请先统一坐标系。"),
        )
    return left_crs or right_crs


def _measure_near(left: Polygons, right: Polygons, crs: str, weight: Weight | None, threads: int) -> OverlayProduct:
    """Measure all pairs, leaving out most of a large layer where the other touches little of it · 仅测量邻近要素."""
    left_rows, right_rows = _rows_near(left, right), _rows_near(right, left)
    product = _measure(
        left if left_rows is None else left.take(left_rows), right if right_rows is None else right.take(right_rows), crs, weight, threads
    )
    return replace(
        product,
        left=product.left if left_rows is None else left_rows[product.left].astype(np.int32),
        right=product.right if right_rows is None else right_rows[product.right].astype(np.int32),
    )


def _rows_near(polygons: Polygons, others: Polygons) -> npt.NDArray[np.int64] | None:
    """List the features within the extent of the others; None where it is better to go through all of them · 邻近要素行号."""
    if len(polygons) < _LARGE_LAYER or not len(others) or "prepared" in vars(polygons):
        return None
    west, south = np.fmin.reduce(others.bounds[:, :2])
    east, north = np.fmax.reduce(others.bounds[:, 2:])
    bounds = polygons.bounds
    near = np.flatnonzero((bounds[:, 0] < east) & (bounds[:, 2] > west) & (bounds[:, 1] < north) & (bounds[:, 3] > south))
    return near if len(near) < _FEW_SHARE * len(polygons) else None


def _measure(left: Polygons, right: Polygons, crs: str, weight: Weight | None, threads: int) -> OverlayProduct:
    """Measure all pairs, going through the longer side · 测量所有对."""
    turned = len(left) < len(right)
    outer, inner = (right, left) if turned else (left, right)
    outer_prepared, inner_prepared = _with_ellipsoid(outer, crs, weight, threads), _with_ellipsoid(inner, crs, weight, threads)
    most = int(inner.vertex_counts.max(initial=0))
    tree = inner.tree
    step = max(min(len(outer) // (threads * _PARTS_PER_THREAD), _ROWS_AT_ONCE), _FEWEST_AT_ONCE)
    parts = [np.arange(begin, min(begin + step, len(outer))) for begin in range(0, len(outer), step)]

    def measure(rows: npt.NDArray[np.int64]) -> tuple[Any, Any, Any, int]:
        return measure_rows(outer_prepared, rows, inner_prepared, tree, weight or NO_WEIGHT, most)  # type: ignore[no-any-return]  # compiled

    if threads == 1 or len(left.coords) + len(right.coords) < _SMALL_JOB_VERTICES:
        results = [measure(part) for part in parts]
    else:
        # Compiled code is loaded by one thread: several of them at once would all pay for it.
        results = [measure(part) for part in parts[:1]]
        with ThreadPoolExecutor(threads) as pool:
            results += pool.map(measure, parts[1:])
    pairs = np.concatenate([np.empty((0, 2), np.int32), *(result[0] for result in results)])
    areas = np.concatenate([np.empty((0, 2)), *(result[1] for result in results)])
    flags = np.concatenate([np.empty(0, np.uint8), *(result[2] for result in results)])
    if turned:
        order = np.lexsort((pairs[:, 0], pairs[:, 1]))
        pairs, areas, flags = pairs[order][:, ::-1], areas[order], flags[order]
    plane_area = np.ascontiguousarray(areas[:, 0])
    return OverlayProduct(
        left=np.ascontiguousarray(pairs[:, 0]),
        right=np.ascontiguousarray(pairs[:, 1]),
        area_m2=plane_area,
        ellipsoidal_area_m2=None if weight is None else np.ascontiguousarray(areas[:, 1]),
        pieces=None,
        suspect=np.flatnonzero(flags),
        contacts=sum(int(result[3]) for result in results),
        plane_area=plane_area,
    )


def _with_ellipsoid(polygons: Polygons, crs: str, weight: Weight | None, threads: int) -> Prepared:
    """Add the ellipsoidal areas of whole features, which the kernel gives for features that lie within others · 附椭球面积."""
    if weight is None:
        return polygons.prepared
    return polygons.prepared._replace(ellipsoidal=ellipsoidal_areas(polygons, crs, threads=threads))
