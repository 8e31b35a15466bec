"""From the faces of a boundary chain to faults at their place · 由边界链的面求覆盖问题."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.engines.overlay.coverage_reading import polygons_only
from lantu.engines.overlay.edge_matching import box_pairs
from lantu.engines.overlay.slivers import mean_width

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from lantu.engines.overlay.coverage_reading import Reading

_MANY = 24


class FaultKind(StrEnum):
    """What can be wrong with a coverage · 覆盖问题类别."""

    GAP = "gap"
    OVERLAP = "overlap"
    DUPLICATE = "duplicate"
    CONTAINMENT = "containment"
    OUTSIDE = "outside"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One place that is covered too often, too little or where it must not be · 一处问题图形.

    Parameters
    ----------
    kind
        What is wrong.
    rows
        Rows of the features concerned.
    place
        Shapely polygon.
    """

    kind: FaultKind
    rows: tuple[int, ...]
    place: Any


@dataclass(eq=False)
class FaultFinder:
    """Finds faults in the faces of a boundary chain · 问题查找.

    Parameters
    ----------
    reading
        The features.
    boundary
        What they should tile, None where only enclosed gaps count.
    allowed
        Shapely polygons that may stay uncovered, shape ``(k,)``.
    snap_m
        The topology tolerance.
    slits
        What was found to be thinner, polygons.
    """

    reading: Reading
    boundary: Any
    allowed: npt.NDArray[np.object_]
    snap_m: float
    slits: list[Any] = field(default_factory=list)

    def find(self, faces: npt.NDArray[np.object_]) -> Iterator[Piece]:
        """Tell what is wrong in each face · 逐面判定.

        Parameters
        ----------
        faces
            Polygons, each covered evenly.

        Yields
        ------
        Piece
            In no promised order.
        """
        faces = self._wide(faces)
        depth, inside = self._depth(faces)
        yield from self._gaps(faces[(depth == 0) & inside])
        crowded = faces[depth > (inside if self.boundary is not None else 1)]
        face, row = self._meeting(crowded, 0.0)
        yield from self._overlaps(face, row)
        if self.boundary is not None:
            yield from self._outside(np.unique(row))

    def _wide(self, shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """Leave out what is thinner than the topology tolerance, and count it · 剔除并累计极窄面."""
        if not len(shapes):
            return shapes
        thin = mean_width(shapes) < self.snap_m
        self.slits += list(shapes[thin])
        return shapes[~thin]

    def _depth(self, faces: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Count the features over each face, and tell whether it lies inside the boundary · 覆盖层数."""
        points = shapely.point_on_surface(faces)
        places, rows = self._near(points, 0.0)
        hit = shapely.intersects(self._shapes_of(rows), points[places])
        depth = np.bincount(places[hit], minlength=len(faces))
        if self.boundary is None:
            return depth, np.ones(len(faces), dtype=bool)
        shapely.prepare(self.boundary)
        return depth, np.asarray(shapely.contains(self.boundary, points), dtype=bool)

    def _near(self, shapes: npt.NDArray[np.object_], margin: float) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Pair shapes with the features whose boxes they meet · 外框初选."""
        places, rows = box_pairs(shapely.bounds(shapes).reshape(-1, 4), self.reading.bounds, margin)
        return places, rows

    def _meeting(self, shapes: npt.NDArray[np.object_], distance: float) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Pair shapes with the features they touch or come close to · 相接配对."""
        places, rows = self._near(shapes, distance)
        features = self._shapes_of(rows)
        shapely.prepare(shapes)
        mine = shapes[places]
        hit = shapely.dwithin(mine, features, distance) if distance > 0 else shapely.intersects(mine, features)
        return places[hit], rows[hit]

    def _shapes_of(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
        """Build each feature once, however often it is asked for · 取图形."""
        distinct, back = np.unique(rows, return_inverse=True)
        return self.reading.shapes(distinct)[back]

    def _gaps(self, gaps: npt.NDArray[np.object_]) -> Iterator[Piece]:
        left = self._wide(self._without_allowed(gaps))
        places, rows = self._meeting(left, self.snap_m)
        order = np.argsort(places, kind="stable")
        starts = np.searchsorted(places[order], np.arange(len(left) + 1))
        for number, place in enumerate(left):
            neighbours = rows[order[starts[number] : starts[number + 1]]]
            yield Piece(FaultKind.GAP, tuple(neighbours.tolist()), place)

    def _without_allowed(self, gaps: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """Take the allowed gaps out of the gaps · 扣除允许的空隙."""
        if not len(self.allowed) or not len(gaps):
            return gaps
        gap, allowed = box_pairs(shapely.bounds(gaps), shapely.bounds(self.allowed), 0.0)
        left = gaps.copy()
        for number in np.unique(gap):
            left[number] = shapely.difference(gaps[number], shapely.union_all(self.allowed[allowed[gap == number]]))
        return _areal_parts(left)[1]

    def _overlaps(self, face: npt.NDArray[np.int64], row: npt.NDArray[np.int64]) -> Iterator[Piece]:
        first, second = self._pairs(face, row)
        a, b = self._shapes_of(first), self._shapes_of(second)
        pieces = shapely.intersection(a, b)
        owner, parts = _areal_parts(pieces)
        wide = mean_width(parts) >= self.snap_m
        self.slits += list(parts[~wide])
        shared = np.bincount(owner[wide], weights=shapely.area(parts[wide]), minlength=len(first))
        # A copy that was moved by less than the tolerance differs by at most this much.
        a_inside = shared >= shapely.area(a) - self.snap_m * shapely.length(a)
        b_inside = shared >= shapely.area(b) - self.snap_m * shapely.length(b)
        told: set[int] = set()
        for pair, part in zip(owner[wide].tolist(), parts[wide], strict=True):
            rows = (int(first[pair]), int(second[pair]))
            if not (a_inside[pair] or b_inside[pair]):
                yield Piece(FaultKind.OVERLAP, rows, part)
            elif pair not in told:
                told.add(pair)
                kind = FaultKind.DUPLICATE if a_inside[pair] and b_inside[pair] else FaultKind.CONTAINMENT
                rows = rows if a_inside[pair] else rows[::-1]
                yield Piece(kind, rows, polygons_only(pieces[pair]))

    def _pairs(self, face: npt.NDArray[np.int64], row: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Pair the features that meet in a face covered more than once · 面内要素两两配对."""
        order = np.argsort(face, kind="stable")
        face, row = face[order], row[order]
        groups = np.split(row, np.flatnonzero(np.diff(face)) + 1) if len(row) else []
        found = [np.empty((0, 2), np.int64)]
        for group in groups:
            members = np.sort(group)
            if len(members) > _MANY:
                left, right = box_pairs(self.reading.bounds[members], self.reading.bounds[members], 0.0)
            else:
                left, right = np.triu_indices(len(members), 1)
            found.append(np.column_stack([members[left], members[right]]))
        pairs = np.unique(np.concatenate(found), axis=0)
        pairs = pairs[pairs[:, 0] < pairs[:, 1]]
        a, b = self.reading.bounds[pairs[:, 0]], self.reading.bounds[pairs[:, 1]]
        meet = (np.maximum(a[:, :2], b[:, :2]) < np.minimum(a[:, 2:], b[:, 2:])).all(axis=1)
        return pairs[meet, 0], pairs[meet, 1]

    def _outside(self, rows: npt.NDArray[np.int64]) -> Iterator[Piece]:
        shapes = self.reading.shapes(rows)
        boxes = shapely.bounds(shapes).reshape(-1, 4) + np.array([-1.0, -1.0, 1.0, 1.0])
        for row, shape, box in zip(rows.tolist(), shapes, boxes, strict=True):
            nearby = shapely.make_valid(shapely.clip_by_rect(self.boundary, *box))
            _, parts = _areal_parts(np.array([shapely.difference(shape, nearby)], dtype=object))
            for part in self._wide(parts):
                yield Piece(FaultKind.OUTSIDE, (row,), part)


def _areal_parts(shapes: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    """Split geometries into their polygons; gives the number of the owner of each · 拆分为单个面."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    polygon = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    solid = polygon & ~shapely.is_empty(parts)
    return owner[inner][solid], parts[solid]
