"""Whether a layer tiles its boundary: gaps, overlaps and what else stands in the way · 覆盖检查：缝隙与重叠."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.engines.overlay.boundary_chain import BoundaryChain
from lantu.engines.overlay.coverage_faults import FaultFinder, FaultKind, Piece
from lantu.engines.overlay.coverage_reading import polygons_only, read_features
from lantu.engines.overlay.plane import require_plane, union_of
from lantu.engines.overlay.polygons import Polygons
from lantu.engines.overlay.slivers import Tally, Tolerance, Weight, classify_all, mean_width, must_report_sum
from lantu.vocabulary.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
class CoverageResult:
    """Everything that keeps a layer from tiling its boundary · 覆盖检查结果.

    Parameters
    ----------
    faults
        Sorted by kind and place, whatever the order of the features.
    ignored
        What was taken for numerical, by kind.
    snapped
        Vertices that were met within the topology tolerance (missing T-vertices are among them) and slits
        thinner than it, with the area swept by closing them.
    tolerance
        The limits it was made with.
    chain
        The boundary chain of the layer before snapping, from which a changed layer is checked again.
    """

    faults: tuple[Fault, ...]
    ignored: Mapping[FaultKind, Tally]
    snapped: Tally
    tolerance: Tolerance
    chain: BoundaryChain

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


def coverage(
    layer: Layer,
    *,
    tolerance: Tolerance,
    within: Any | None = None,  # noqa: ANN401  # a shapely geometry, whose types are not published
    allowed_gaps: Layer | None = None,
    snap_m: float = 0.001,
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
    reading = read_features(layer.wkb)
    finder = FaultFinder(reading, boundary, _allowed(layer, allowed_gaps), snap_m)
    return _judge(layer, reading, reading.chain(), finder, tolerance)


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


def _judge(layer: Layer, reading: Reading, chain: BoundaryChain, finder: FaultFinder, tolerance: Tolerance) -> CoverageResult:
    whole = chain
    if finder.boundary is not None:
        whole = BoundaryChain.total(chain, -BoundaryChain.of(Polygons.from_shapely([finder.boundary])))
    snapped, swept = whole.snapped(finder.snap_m)
    faults, ignored = _weigh(finder.find(snapped.faces()), layer.ids, tolerance)
    faults += [_invalid(reading, layer, row, reason) for row, reason in reading.reasons.items()]
    faults.sort(key=_order)
    return CoverageResult(tuple(faults), ignored, swept + finder.thin, tolerance, chain)


def _weigh(pieces: Iterable[Piece], ids: npt.NDArray[np.object_], tolerance: Tolerance) -> tuple[list[Fault], dict[FaultKind, Tally]]:
    """Set the numerical pieces aside, counted and summed · 按容差取舍."""
    listed = list(pieces)
    places = np.array([piece.place for piece in listed], dtype=object)
    areas, widths = shapely.area(places), mean_width(places)
    faults: list[Fault] = []
    ignored = dict.fromkeys(FaultKind, Tally())
    for piece, area, width, weight in zip(listed, areas.tolist(), widths.tolist(), classify_all(areas, widths, tolerance), strict=True):
        if weight is Weight.NUMERICAL:
            ignored[piece.kind] = ignored[piece.kind] + Tally(1, area)
            continue
        names = tuple(str(ids[row]) for row in piece.rows)
        names = names if piece.kind is FaultKind.CONTAINMENT else tuple(sorted(names))
        faults.append(Fault(piece.kind, names, piece.place, area, width, weight))
    return faults, ignored


def _invalid(reading: Reading, layer: Layer, row: int, reason: str) -> Fault:
    shape = shapely.from_wkb(reading.wkb[row].as_py(), on_invalid="ignore")
    mended = reading.repaired.get(row)
    area = 0.0 if mended is None else float(shapely.area(mended))
    width = 0.0 if mended is None else float(mean_width([mended])[0])
    return Fault(FaultKind.INVALID, (str(layer.ids[row]),), shape, area, width, Weight.REAL, reason)


def _order(fault: Fault) -> tuple[Any, ...]:
    box = (0.0,) * 4 if fault.place is None else tuple(np.nan_to_num(shapely.bounds(fault.place)).tolist())
    return (fault.kind.value, *box, fault.features)
