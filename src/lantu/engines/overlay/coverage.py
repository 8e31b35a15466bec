"""Whether a layer tiles its boundary: gaps, overlaps and what else stands in the way · 覆盖检查：缝隙与重叠."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.engines.overlay.boundary_chain import BoundaryChain
from lantu.engines.overlay.coverage_change import Step, step_between
from lantu.engines.overlay.coverage_faults import FaultFinder, FaultKind, Piece
from lantu.engines.overlay.coverage_reading import polygons_only, read_features
from lantu.engines.overlay.plane import require_plane, union_of
from lantu.engines.overlay.polygons import Polygons
from lantu.engines.overlay.slivers import Tally, Tolerance, Weight, classify_all, mean_width, must_report_sum
from lantu.vocabulary.layer import Layer

# Snapping moves a vertex by less than the tolerance and an edge by less than twice that; further away nothing changes.
_MARGIN = 4

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import numpy.typing as npt

    from lantu.engines.overlay.coverage_reading import Reading


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """One fault of a coverage, at its place · 一处覆盖问题.

    Parameters
    ----------
    kind
        What is wrong.
    features
        Ids of the features concerned, sorted: the neighbours of a gap, both sides of an overlap; of a
        containment the contained one first.
    place
        Shapely polygon in the CRS of the layer; for a feature that is no polygon whatever it is, None where it is null.
    area_m2
        Planar area.
    mean_width_m
        As `lantu.engines.overlay.slivers.mean_width` defines it.
    weight
        Whether it is real or to be confirmed by a person.
    reason
        For an invalid feature, what is wrong with it; else empty.
    """

    kind: FaultKind
    features: tuple[str, ...]
    place: Any
    area_m2: float
    mean_width_m: float
    weight: Weight
    reason: str = ""


@dataclass(frozen=True, eq=False)
class Basis:
    """What a coverage was found from · 覆盖检查的依据.

    Parameters
    ----------
    reading
        The features as they were; holds on to the geometry of the layer.
    ids
        Their ids.
    chain
        Their boundary chain before snapping.
    slits
        Places thinner than the topology tolerance.
    frame
        Digest of boundary, allowed gaps and topology tolerance.
    """

    reading: Reading
    ids: npt.NDArray[np.object_]
    chain: BoundaryChain
    slits: tuple[Any, ...]
    frame: bytes


@dataclass(frozen=True, eq=False)
class CoverageResult:
    """Everything that keeps a layer from tiling its boundary · 覆盖检查结果.

    Parameters
    ----------
    faults
        Sorted by kind and place, whatever the order of the features.
    numerical
        Pieces that were taken for numerical, sorted likewise; they are no faults.
    snapped
        Vertices that were met within the topology tolerance (missing T-vertices are among them) and slits
        thinner than it, with the area swept by closing them.
    tolerance
        The limits it was made with.
    basis
        From which a changed layer is checked again.
    """

    faults: tuple[Fault, ...]
    numerical: tuple[Fault, ...]
    snapped: Tally
    tolerance: Tolerance
    basis: Basis

    @cached_property
    def ignored(self) -> dict[FaultKind, Tally]:
        """What was taken for numerical, counted and summed by kind, every kind present · 各类忽略计数与面积."""
        tallies = dict.fromkeys(FaultKind, Tally())
        for piece in self.numerical:
            tallies[piece.kind] = tallies[piece.kind] + Tally(1, piece.area_m2)
        return tallies

    @cached_property
    def counts(self) -> dict[FaultKind, int]:
        """Faults by kind, every kind present · 各类问题数."""
        return {kind: sum(fault.kind is kind for fault in self.faults) for kind in FaultKind}

    @property
    def ignored_in_all(self) -> Tally:
        """What was ignored, all kinds together · 忽略合计."""
        return sum(self.ignored.values(), Tally())

    @property
    def ignored_must_be_reported(self) -> bool:
        """Whether the sum of what was ignored is too large to stay unsaid · 忽略之和是否须上报."""
        return must_report_sum(self.ignored_in_all, self.tolerance)


def coverage(  # noqa: PLR0913  # a layer, what it tiles, and how exactly
    layer: Layer,
    *,
    tolerance: Tolerance,
    within: Any | None = None,  # noqa: ANN401  # a shapely geometry, whose types are not published
    allowed_gaps: Layer | None = None,
    snap_m: float = 0.001,
    changed: tuple[CoverageResult, Collection[str]] | None = None,
) -> CoverageResult:
    """Find where a layer does not tile its boundary · 检查图层是否无缝无叠地铺满范围.

    Parameters
    ----------
    layer
        Polygons in a projected CRS, metres. Invalid ones are reported and stand repaired in the search.
    tolerance
        Which pieces are numerical, doubtful or real.
    within
        The boundary to be tiled, a shapely polygon or a `Layer` in the CRS of `layer`. Without it only
        enclosed gaps count, and nothing is outside.
    allowed_gaps
        Places that may stay uncovered, in the CRS of `layer`.
    snap_m
        Topology tolerance in metres: vertices and edges closer than this are one.
    changed
        The result of an earlier version of the layer, and the ids of the features that were added, removed or
        redrawn since; the geometry of all others is taken to be what it was. Only the neighbourhood of
        these is looked at, and the answer is that of a full run. Where boundary, allowed gaps or tolerances
        differ from those of the earlier result, the whole layer is looked at.

    Returns
    -------
    CoverageResult
        All faults, and the count and area of what was left out.

    Raises
    ------
    ReferenceMismatch
        If the layer is in degrees, or the boundary or the allowed gaps are in another CRS.
    """
    require_plane(layer)
    boundary = _boundary(layer, within)
    allowed = _allowed(layer, allowed_gaps)
    frame = _frame(boundary, allowed, snap_m)
    if changed is not None and changed[0].basis.frame == frame and changed[0].tolerance == tolerance:
        step = step_between(changed[0].basis.reading, changed[0].basis.ids, layer, changed[1])
        if step is not None:
            return _judge_again(layer, changed[0], step, FaultFinder(step.reading, boundary, allowed, snap_m))
    reading = read_features(layer.wkb)
    finder = FaultFinder(reading, boundary, allowed, snap_m)
    chain = reading.chain()
    snapped, swept = _with_boundary(chain, boundary).snapped(snap_m)
    faults, numerical = _weigh(finder.find(snapped.faces()), layer.ids, tolerance)
    basis = Basis(reading, layer.ids, chain, tuple(finder.slits), frame)
    return _result(layer, faults, numerical, swept, tolerance, basis)


def _frame(boundary: Any, allowed: npt.NDArray[np.object_], snap_m: float) -> bytes:  # noqa: ANN401  # as in coverage
    digest = hashlib.sha256(repr(snap_m).encode())
    for shape in (boundary, *allowed):
        digest.update(b"-" if shape is None else shapely.to_wkb(shape))
    return digest.digest()


def _with_boundary(chain: BoundaryChain, boundary: Any) -> BoundaryChain:  # noqa: ANN401  # as in coverage
    """Take the boundary off, so that what is left separates too much from too little · 减去范围边界."""
    if boundary is None:
        return chain
    return BoundaryChain.total(chain, -BoundaryChain.of(Polygons.from_shapely([boundary])))


def _judge_again(layer: Layer, before: CoverageResult, step: Step, finder: FaultFinder) -> CoverageResult:
    """Look only at the faces that touch what has changed; everything else stands · 局部复检."""
    margin_m = _MARGIN * finder.snap_m
    chain = BoundaryChain.total(before.basis.chain, -before.basis.reading.chain(step.gone), step.reading.chain(step.come))
    whole = _with_boundary(chain, finder.boundary)
    boxes = shapely.box(*step.windows(margin_m).T)
    around = shapely.STRtree(np.concatenate([boxes, _edges_through(whole, boxes)]))

    def touched(places: Sequence[Any]) -> npt.NDArray[np.bool_]:
        hit = np.zeros(len(places), dtype=bool)
        hit[around.query(np.array(places, dtype=object), predicate="dwithin", distance=margin_m)[0]] = True
        return hit

    snapped, swept = whole.snapped(finder.snap_m)
    faces = snapped.faces()
    found = _weigh(finder.find(faces[touched(list(faces))]), layer.ids, before.tolerance)

    def merged(old: Sequence[Fault], new: Sequence[Fault]) -> list[Fault]:
        listed = [fault for fault in old if fault.kind is not FaultKind.INVALID]
        near_old, near_new = touched([fault.place for fault in listed]), touched([fault.place for fault in new])
        kept = [fault for fault, near in zip(listed, near_old, strict=True) if not near]
        return kept + [fault for fault, near in zip(new, near_new, strict=True) if near]

    slits = [place for place, near in zip(before.basis.slits, touched(before.basis.slits), strict=True) if not near]
    slits += [place for place, near in zip(finder.slits, touched(finder.slits), strict=True) if near]
    basis = Basis(step.reading, layer.ids, chain, tuple(slits), before.basis.frame)
    return _result(layer, merged(before.faults, found[0]), merged(before.numerical, found[1]), swept, before.tolerance, basis)


def _edges_through(chain: BoundaryChain, boxes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Give the edges that reach into a box: led through a vertex that came, or not through one that went, they run otherwise all along."""
    edges = shapely.linestrings(chain.ends.reshape(-1, 2, 2))
    return np.asarray(edges[np.unique(shapely.STRtree(boxes).query(edges, predicate="intersects")[0])], dtype=object)


def _result(  # noqa: PLR0913, PLR0917  # a result has as many parts
    layer: Layer, faults: list[Fault], numerical: list[Fault], swept: Tally, tolerance: Tolerance, basis: Basis
) -> CoverageResult:
    invalid = [_invalid(basis.reading, layer, row, reason) for row, reason in basis.reading.reasons.items()]
    thin = Tally(len(basis.slits), float(shapely.area(np.array(basis.slits, dtype=object)).sum()))
    ordered = tuple(sorted(faults + invalid, key=_order))
    return CoverageResult(ordered, tuple(sorted(numerical, key=_order)), swept + thin, tolerance, basis)


def _boundary(layer: Layer, within: Any | None) -> Any:  # noqa: ANN401  # as in coverage
    if not isinstance(within, Layer):
        return within
    require_plane(within, layer.crs)
    return union_of(within.geometry)


def _allowed(layer: Layer, allowed_gaps: Layer | None) -> npt.NDArray[np.object_]:
    if allowed_gaps is None:
        return np.empty(0, dtype=object)
    require_plane(allowed_gaps, layer.crs)
    present = allowed_gaps.geometry[~shapely.is_missing(allowed_gaps.geometry)]
    return np.array([polygons_only(shape if shapely.is_valid(shape) else shapely.make_valid(shape)) for shape in present], dtype=object)


def _weigh(pieces: Iterable[Piece], ids: npt.NDArray[np.object_], tolerance: Tolerance) -> tuple[list[Fault], list[Fault]]:
    """Set the numerical pieces aside · 按容差取舍."""
    listed = list(pieces)
    places = np.array([piece.place for piece in listed], dtype=object)
    areas, widths = shapely.area(places), mean_width(places)
    faults: list[Fault] = []
    numerical: list[Fault] = []
    for piece, area, width, weight in zip(listed, areas.tolist(), widths.tolist(), classify_all(areas, widths, tolerance), strict=True):
        names = tuple(str(ids[row]) for row in piece.rows)
        names = names if piece.kind is FaultKind.CONTAINMENT else tuple(sorted(names))
        fault = Fault(piece.kind, names, piece.place, area, width, weight)
        (numerical if weight is Weight.NUMERICAL else faults).append(fault)
    return faults, numerical


def _invalid(reading: Reading, layer: Layer, row: int, reason: str) -> Fault:
    shape = shapely.from_wkb(reading.wkb[row].as_py(), on_invalid="ignore")
    mended = reading.repaired.get(row)
    area = 0.0 if mended is None else float(shapely.area(mended))
    width = 0.0 if mended is None else float(mean_width([mended])[0])
    return Fault(FaultKind.INVALID, (str(layer.ids[row]),), shape, area, width, Weight.REAL, reason)


def _order(fault: Fault) -> tuple[Any, ...]:
    box = (0.0,) * 4 if fault.place is None else tuple(np.nan_to_num(shapely.bounds(fault.place)).tolist())
    return (fault.kind.value, *box, fault.features)
