"""Whether neighbouring layers meet along their common border · 接边检查."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely

from lantu.engines.overlay.boundary_chain import BoundaryChain, snap_together
from lantu.engines.overlay.coverage_reading import Reading, read_features
from lantu.engines.overlay.plane import require_plane

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer

Side = Literal["left", "right"]

# An edge faces another where the shortest way over leaves it within 60 degrees of its normal.
_FACING = 0.5
_RUN = 4
_ALONG = (0.05, 0.5, 0.95)
_KIND = "U9"


class SeamKind(StrEnum):
    """How the two sides of a border agree along a stretch · 接边情形."""

    MATCHED = "matched"
    GAP = "gap"
    OVERLAP = "overlap"
    UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """One stretch of a border between one feature of either side · 一段接边.

    Parameters
    ----------
    kind
        ``matched``: both sides coincide within the tolerance; ``gap`` and ``overlap``: they face each other and
        do not; ``unmatched``: a run between such stretches that faces nothing.
    place
        Shapely line in the CRS of the layers, on the side of `side`.
    length_m
        Its length.
    deviation_m
        Largest distance to the other side.
    side
        The side whose edge this is; the right one only where the left has no edge to tell it by.
    left
        Id of the left feature.
    right
        Id of the right feature.
    left_class
        Its class, None where no class was asked for or it has none.
    right_class
        As `left_class`.
    """

    kind: SeamKind
    place: Any
    length_m: float
    deviation_m: float
    side: Side
    left: str
    right: str
    left_class: str | None
    right_class: str | None

    @property
    def same_class(self) -> bool | None:
        """Whether both sides are of one class, None where that is not known · 两侧地类是否一致."""
        if self.left_class is None or self.right_class is None:
            return None
        return self.left_class == self.right_class


@dataclass(frozen=True, eq=False)
class SeamResult:
    """The border of two neighbouring layers, stretch by stretch · 接边检查结果.

    Parameters
    ----------
    stretches
        Sorted by kind and place.
    tolerance_m
        What counts as coinciding.
    reach_m
        How far apart two edges may be and still be taken for the same border.
    """

    stretches: tuple[Stretch, ...]
    tolerance_m: float
    reach_m: float

    @cached_property
    def length_m(self) -> dict[SeamKind, float]:
        """Length by kind, every kind present · 各类长度."""
        return {kind: float(sum(item.length_m for item in self.stretches if item.kind is kind)) for kind in SeamKind}


def seam(
    left: Layer,
    right: Layer,
    *,
    tolerance_m: float,
    reach_m: float = 10.0,
    class_field: str | None = None,
) -> SeamResult:
    """Compare the edges of two neighbouring polygon layers along their common border · 比对相邻图层的接边.

    Parameters
    ----------
    left
        Polygons of one unit, projected CRS, metres.
    right
        Polygons of its neighbour, same CRS.
    tolerance_m
        Edges within this distance coincide.
    reach_m
        Edges further apart than this are not taken for one border.
    class_field
        Canonical name of the field that holds the class, None to leave classes out.

    Returns
    -------
    SeamResult
        Empty where the layers do not come near each other.

    Raises
    ------
    ReferenceMismatch
        If a layer is in degrees or the two differ in CRS.
    FieldMissing
        If a layer lacks `class_field`.
    """
    require_plane(left)
    require_plane(right, left.crs)
    sides = (_Side.near(left, right, reach_m, class_field), _Side.near(right, left, reach_m, class_field))
    delivered = (sides[0].reading.chain(sides[0].rows), sides[1].reading.chain(sides[1].rows))
    chains, _ = snap_together(list(delivered), tolerance_m)
    stretches = _Comparison(sides, delivered, (chains[0], chains[1]), tolerance_m, reach_m).stretches()
    stretches.sort(key=lambda item: (item.kind.value, *shapely.bounds(item.place).tolist(), item.left, item.right))
    return SeamResult(tuple(stretches), tolerance_m, reach_m)


@dataclass(frozen=True, eq=False)
class _Side:
    """The features of one layer that lie near the other · 一侧要素."""

    reading: Reading
    rows: npt.NDArray[np.int64]
    tree: shapely.STRtree
    ids: npt.NDArray[np.object_]
    classes: npt.NDArray[np.object_] | None

    @classmethod
    def near(cls, layer: Layer, other: Layer, reach_m: float, class_field: str | None) -> _Side:
        reading = read_features(layer.wkb)
        boxes = read_features(other.wkb).bounds
        rows = np.empty(0, np.int64)
        if np.isfinite(boxes).any():
            low, high = np.nanmin(boxes[:, :2], axis=0) - reach_m, np.nanmax(boxes[:, 2:], axis=0) + reach_m
            rows = np.flatnonzero((reading.bounds[:, 2:] >= low).all(axis=1) & (reading.bounds[:, :2] <= high).all(axis=1))
        classes = None if class_field is None else layer.texts(class_field)
        return cls(reading, rows, shapely.STRtree(reading.shapes(rows)), layer.ids, classes)

    def nearest(self, points: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
        """Row of the nearest feature to each point, the first of several · 最近要素行号."""
        point, found = self.tree.query_nearest(points)
        first = np.unique(point, return_index=True)[1]
        order = np.lexsort((found, point))
        return self.rows[found[order][first]] if len(order) else np.empty(0, np.int64)

    def holds(self, points: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
        """Tell which points lie in any feature · 点是否落入."""
        inside = np.zeros(len(points), dtype=bool)
        inside[self.tree.query(points, predicate="intersects")[0]] = True
        return inside

    def name(self, row: int) -> str:
        return str(self.ids[row])

    def class_of(self, row: int) -> str | None:
        return None if self.classes is None else self.classes[row]


@dataclass(frozen=True, eq=False)
class _Edges:
    """Directed edges of one side, interior on the left · 有向边."""

    start: npt.NDArray[np.float64]
    end: npt.NDArray[np.float64]

    @classmethod
    def of(cls, chain: BoundaryChain) -> _Edges:
        forward = (chain.net > 0)[:, None]
        first, second = chain.ends[:, :2], chain.ends[:, 2:]
        return cls(np.where(forward, first, second), np.where(forward, second, first))

    def __len__(self) -> int:
        return len(self.start)

    def only(self, chosen: npt.NDArray[Any]) -> _Edges:
        return _Edges(self.start[chosen], self.end[chosen])

    def cut(self, length_m: float) -> _Edges:
        """Cut long edges into equal pieces, so that one piece faces one place · 等分长边."""
        pieces = np.maximum(1, np.ceil(self.lengths / length_m)).astype(np.int64)
        owner = np.repeat(np.arange(len(self)), pieces)
        number = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        step = (self.end - self.start)[owner] / pieces[owner][:, None]
        start = self.start[owner] + step * number[:, None]
        last = number == pieces[owner] - 1
        # The last piece ends on the vertex itself, bit for bit, so that pieces join up again.
        end = np.where(last[:, None], self.end[owner], self.start[owner] + step * (number + 1)[:, None])
        return _Edges(start, end)

    @property
    def lengths(self) -> npt.NDArray[np.float64]:
        return np.asarray(np.hypot(*(self.end - self.start).T))

    @property
    def lines(self) -> npt.NDArray[np.object_]:
        return np.asarray(shapely.linestrings(np.stack([self.start, self.end], axis=1)), dtype=object)

    @property
    def middle(self) -> npt.NDArray[np.float64]:
        return (self.start + self.end) / 2

    @property
    def outward(self) -> npt.NDArray[np.float64]:
        """Unit normals that leave the interior · 外法向."""
        along = (self.end - self.start) / self.lengths[:, None]
        return np.column_stack([along[:, 1], -along[:, 0]])


@dataclass(frozen=True, eq=False)
class _Comparison:
    """Two snapped borders held against each other · 两侧边界比对."""

    sides: tuple[_Side, _Side]
    delivered: tuple[BoundaryChain, BoundaryChain]
    chains: tuple[BoundaryChain, BoundaryChain]
    tolerance_m: float
    reach_m: float

    def stretches(self) -> list[Stretch]:
        left, right = self.chains
        if not len(left) or not len(right):
            return []
        rest = BoundaryChain.total(left, right)
        matched = _absent_from(left, rest)
        shared = _Edges.of(left).only(matched)
        loose_left = self._loose(0, _Edges.of(left).only(~matched))
        loose_right = self._loose(1, _Edges.of(right).only(~_absent_from(right, rest)))
        told = self._told("left", shared, self._apart(shared), np.full(len(shared), SeamKind.MATCHED.value))
        told += self._told("left", *loose_left)
        told += self._told("right", *self._untold(loose_right, loose_left[0], shared))
        return told

    def _apart(self, edges: _Edges) -> npt.NDArray[np.float64]:
        """Measure how far the delivered borders lay from the edge that now stands for both · 吻合边的原始偏差."""
        if not len(edges):
            return np.empty(0)
        # Not at the ends themselves: there the border goes on into edges that run across it.
        points = shapely.points(np.concatenate([edges.start * (1 - part) + edges.end * part for part in _ALONG]))
        apart = np.zeros(len(points))
        for chain in self.delivered:
            lines = shapely.STRtree(_Edges.of(chain).lines)
            (index, _), distance = lines.query_nearest(points, return_distance=True, all_matches=False)
            apart[index] = np.maximum(apart[index], distance)
        return np.asarray(apart.reshape(len(_ALONG), -1).max(axis=0))

    def _loose(self, side: int, edges: _Edges) -> tuple[_Edges, npt.NDArray[np.float64], npt.NDArray[np.str_]]:
        """Classify the edges of one side that nothing of the other coincides with · 未吻合边的判定."""
        other = shapely.STRtree(_Edges.of(self.chains[1 - side]).lines)
        near = np.unique(other.query(edges.lines, predicate="dwithin", distance=self.reach_m)[0])
        edges = edges.only(near).cut(self.reach_m)
        if not len(edges):
            return edges, np.empty(0), np.empty(0, dtype=_KIND)
        middle = shapely.points(edges.middle)
        index, found = other.query_nearest(middle, all_matches=False)
        line = other.geometries[found[np.argsort(index)]]
        over = shapely.get_coordinates(shapely.shortest_line(middle, line)).reshape(-1, 2, 2)
        way = over[:, 1] - over[:, 0]
        distance = np.hypot(*way.T)
        lean = np.divide((way * edges.outward).sum(axis=1), distance, out=np.zeros(len(edges)), where=distance > 0)
        inside = self.sides[1 - side].holds(shapely.points(edges.middle - edges.outward * 2 * self.tolerance_m))
        facing = np.where(inside, lean <= -_FACING, lean >= _FACING)
        facing &= inside | ~self._blocked(side, over, distance)
        kind = np.where(inside, SeamKind.OVERLAP.value, SeamKind.GAP.value).astype(_KIND)
        kind[~facing] = SeamKind.UNMATCHED.value
        ends = shapely.points(np.concatenate([edges.start, edges.end]))
        deviation = np.maximum(distance, shapely.distance(ends, np.tile(line, 2)).reshape(2, -1).max(axis=0))
        keep = (distance <= self.reach_m) & (facing | self._between(side, edges, facing))
        return edges.only(keep), deviation[keep], kind[keep]

    def _blocked(self, side: int, over: npt.NDArray[np.float64], distance: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Tell whether the way over to the other side runs through the own features · 是否被本侧要素阻隔."""
        probe = over[:, 0] + (over[:, 1] - over[:, 0]) * 0.5
        blocked = self.sides[side].holds(shapely.points(probe))
        return blocked & (distance > self.tolerance_m)

    def _between(self, side: int, edges: _Edges, facing: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Tell which edges belong to a short run with the seam at both of its ends · 夹在接边之间的短段."""
        chain = self.chains[side]
        matched = _Edges.of(chain).only(_absent_from(chain, BoundaryChain.total(*self.chains)))
        known = edges.only(facing)
        anchors = {tuple(point) for each in (matched, known) for point in np.concatenate([each.start, each.end]).tolist()}
        turned = np.flatnonzero(~facing)
        between = np.zeros(len(edges), dtype=bool)
        runs = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(edges.only(turned).lines)))
        held = [
            run
            for run in runs
            if shapely.length(run) <= _RUN * self.reach_m
            and {tuple(point) for point in shapely.get_coordinates(shapely.boundary(run)).tolist()} <= anchors
        ]
        if held:
            hit = shapely.STRtree(held).query(shapely.points(edges.middle[turned]), predicate="dwithin", distance=self.tolerance_m)[0]
            between[turned[hit]] = True
        return between

    def _untold(
        self,
        loose: tuple[_Edges, npt.NDArray[np.float64], npt.NDArray[np.str_]],
        told: _Edges,
        shared: _Edges,
    ) -> tuple[_Edges, npt.NDArray[np.float64], npt.NDArray[np.str_]]:
        """Leave the edges of the right side that no stretch of the left tells already · 左侧未表述的右侧边."""
        edges, deviation, kind = loose
        if not len(edges) or not len(told):
            return loose
        lines = np.concatenate([told.lines, shared.lines])
        index, found = shapely.STRtree(lines).query_nearest(shapely.points(edges.middle))
        spoken = np.zeros(len(edges), dtype=bool)
        spoken[index[found < len(told)]] = True
        return edges.only(~spoken), deviation[~spoken], kind[~spoken]

    def _told(self, side: Side, edges: _Edges, deviation: npt.NDArray[np.float64], kind: npt.NDArray[np.str_]) -> list[Stretch]:
        """Join edges of one kind between the same two features into stretches · 合并成段."""
        if not len(edges):
            return []
        inward = shapely.points(edges.middle - edges.outward * 2 * self.tolerance_m)
        own, facing = self.sides if side == "left" else self.sides[::-1]
        here, there = own.nearest(inward), facing.nearest(shapely.points(edges.middle))
        groups: dict[tuple[str, int, int], list[int]] = {}
        for number, key in enumerate(zip(kind.tolist(), here.tolist(), there.tolist(), strict=True)):
            groups.setdefault(key, []).append(number)
        stretches = []
        lines = edges.lines
        for (name, mine, theirs), numbers in groups.items():
            merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines[numbers])))
            # Each edge belongs to the merged line that its middle lies on.
            home = shapely.STRtree(merged).query_nearest(shapely.points(edges.middle[numbers]), all_matches=False)[1]
            left_row, right_row = (mine, theirs) if side == "left" else (theirs, mine)
            for index, line in enumerate(merged):
                worst = float(deviation[np.asarray(numbers)[home == index]].max(initial=0.0))
                stretches.append(self._stretch(SeamKind(name), line, worst, side, left_row, right_row))
        return stretches

    def _stretch(self, kind: SeamKind, line: Any, deviation_m: float, side: Side, left_row: int, right_row: int) -> Stretch:  # noqa: ANN401, PLR0913, PLR0917  # a shapely line, and as many facts as a stretch has
        left, right = self.sides
        return Stretch(
            kind,
            line,
            float(shapely.length(line)),
            deviation_m,
            side,
            left.name(left_row),
            right.name(right_row),
            left.class_of(left_row),
            right.class_of(right_row),
        )


def _absent_from(chain: BoundaryChain, rest: BoundaryChain) -> npt.NDArray[np.bool_]:
    """Tell which edges of a chain a sum has cancelled · 已抵消的边."""
    remaining = set(map(bytes, np.ascontiguousarray(rest.ends).view("V32").ravel()))
    return np.array([bytes(edge) not in remaining for edge in np.ascontiguousarray(chain.ends).view("V32").ravel()], dtype=bool)
