"""The edges that nothing cancels: where a coverage stops being one · 未抵消的边界链."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.engines.overlay.edge_matching import cancel, merge_points, points_on_edges, ring_areas, signed_edges
from lantu.engines.overlay.slivers import Tally

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.engines.overlay.polygons import Polygons

_GRID_CELLS = 1 << 28
_ROUNDS = 12


@dataclass(frozen=True, eq=False)
class BoundaryChain:
    """A signed sum of edges: the boundary of "how many features cover this point" · 覆盖层数的边界.

    Add the boundaries of all features with the interior on the left: an edge shared by two neighbours is
    walked once each way and vanishes. What stays separates places that are covered a different number
    of times, so every gap and every overlap is bounded by it, and nothing else needs exact geometry.
    The sum is linear: a change of some features is added to it, old ones with the opposite sign.

    Parameters
    ----------
    ends
        Both ends of each edge, the lesser one (by x, then y) first, sorted, float64, shape ``(n, 4)``.
    net
        How often it is walked from the first end to the second, minus how often back; never 0, int32, shape ``(n,)``.
    """

    ends: npt.NDArray[np.float64]
    net: npt.NDArray[np.int32]

    def __len__(self) -> int:
        """Count the edges · 边数."""
        return len(self.net)

    @classmethod
    def of(cls, polygons: Polygons) -> BoundaryChain:
        """Sum the boundaries of polygons · 求多边形边界之和.

        Parameters
        ----------
        polygons
            Valid ones; rings may run either way.

        Returns
        -------
        BoundaryChain
            Shared edges gone.
        """
        rings = len(polygons.ring_part)
        shell = np.ones(rings, dtype=bool)
        starts_feature = np.zeros(rings + 1, dtype=bool)
        starts_feature[polygons.feature_start] = True
        shell[1:] = (polygons.ring_part[1:] != polygons.ring_part[:-1]) | starts_feature[1:-1]
        anticlockwise = ring_areas(polygons.coords, polygons.ring_start) > 0
        sign = np.where(shell == anticlockwise, 1, -1).astype(np.int32)
        return cls.summed(*signed_edges(polygons.coords, polygons.ring_start, sign))

    @classmethod
    def summed(cls, ends: npt.NDArray[np.float64], net: npt.NDArray[np.int32]) -> BoundaryChain:
        """Sum edges that stand lesser end first · 合并有向边.

        Parameters
        ----------
        ends
            Shape ``(n, 4)``.
        net
            Shape ``(n,)``.

        Returns
        -------
        BoundaryChain
            Each edge once, sorted.
        """
        ends = np.ascontiguousarray(ends)
        kept, total = cancel(ends, ends.view(np.uint64), net)
        order = np.lexsort(ends[kept].T[::-1])
        return cls(ends[kept][order], total[order])

    @classmethod
    def total(cls, *chains: BoundaryChain) -> BoundaryChain:
        """Add chains · 求和.

        Parameters
        ----------
        *chains
            At least one.

        Returns
        -------
        BoundaryChain
            Their sum.
        """
        return cls.summed(np.concatenate([chain.ends for chain in chains]), np.concatenate([chain.net for chain in chains]))

    def __neg__(self) -> BoundaryChain:
        """Turn every edge round · 反向."""
        return BoundaryChain(self.ends, -self.net)

    def snapped(self, distance_m: float) -> tuple[BoundaryChain, Tally]:
        """Close what is apart by no more than a distance, missing T-vertices included · 容差内咬合，含缺失的T型结点.

        Vertices within the distance become one; an edge that passes a vertex within the distance is led
        through it. Both copies of a border then consist of the same edges and vanish.

        Parameters
        ----------
        distance_m
            The topology tolerance.

        Returns
        -------
        tuple
            The chain that is left, and how many vertices were met with the area swept by it.
        """
        (chain,), swept = snap_together([self], distance_m)
        return chain, swept

    def faces(self) -> npt.NDArray[np.object_]:
        """Give the bounded faces between the edges · 求边界链围成的面.

        Returns
        -------
        numpy.ndarray of object
            Shapely polygons, each covered evenly, in no promised order.
        """
        if not len(self):
            return np.empty(0, dtype=object)
        lines = shapely.multilinestrings(shapely.linestrings(self.ends.reshape(-1, 2, 2)))
        # Edges that meet at their ends alone come back from noding as they were, in the same order, at 1.4 KB each.
        noded = lines if shapely.is_simple(lines) else shapely.unary_union(lines)
        return np.asarray(shapely.get_parts(shapely.polygonize([noded])), dtype=object)


def snap_together(chains: list[BoundaryChain], distance_m: float) -> tuple[list[BoundaryChain], Tally]:
    """Snap several chains to each other's vertices and to their own, without summing them · 多条边界链共同咬合.

    Parameters
    ----------
    chains
        Such as the boundaries of two neighbouring layers.
    distance_m
        The topology tolerance.

    Returns
    -------
    tuple
        The chains in the same order, and how many vertices were met with the area swept by it.
    """
    swept = Tally()
    for _ in range(_ROUNDS):
        chains, merged = _with_merged_vertices(chains, distance_m)
        chains, split = _with_edges_led_through_vertices(chains, distance_m)
        swept = swept + merged + split
        if not split.count:
            break
    return chains, swept


def _vertices(chains: list[BoundaryChain]) -> npt.NDArray[np.float64]:
    """Give the distinct vertices, sorted by x, then y · 结点, shape ``(n, 2)``."""
    points = np.concatenate([chain.ends for chain in chains]).reshape(-1, 2)
    points = points[np.lexsort((points[:, 1], points[:, 0]))]
    fresh = np.ones(len(points), dtype=bool)
    fresh[1:] = (points[1:] != points[:-1]).any(axis=1)
    return np.ascontiguousarray(points[fresh])


def _with_merged_vertices(chains: list[BoundaryChain], distance_m: float) -> tuple[list[BoundaryChain], Tally]:
    """Make vertices within a distance one · 合并相近结点."""
    points = _vertices(chains)
    if not len(points):
        return chains, Tally()
    low = points.min(axis=0)
    step = max(distance_m, float((points.max(axis=0) - low).max()) / _GRID_CELLS)
    cell, order, keys = _grid(points, low - step, step)
    target = merge_points(points, cell, order, keys, distance_m)
    moved = target != np.arange(len(points))
    if not moved.any():
        return chains, Tally()
    merged, area = [], 0.0
    for chain in chains:
        places = np.searchsorted(_as_keys(points), _as_keys(chain.ends.reshape(-1, 2)))
        ends = points[target[places]].reshape(-1, 4)
        before, after = chain.ends.reshape(-1, 2, 2), ends.reshape(-1, 2, 2)
        area += float(np.abs(_quadrilateral_area(before[:, 0], before[:, 1], after[:, 1], after[:, 0])).sum())
        merged.append(_from_loose(ends, chain.net))
    return merged, Tally(int(moved.sum()), area)


def _with_edges_led_through_vertices(chains: list[BoundaryChain], distance_m: float) -> tuple[list[BoundaryChain], Tally]:
    """Lead edges through the vertices they pass within a distance · 边经过相近结点."""
    points = _vertices(chains)
    if not len(points):
        return chains, Tally()
    low = points.min(axis=0)
    ends = np.concatenate([chain.ends for chain in chains])
    mean_length = float(np.hypot(*(ends[:, 2:] - ends[:, :2]).T).mean())
    step = max(mean_length, 4 * distance_m, float((points.max(axis=0) - low).max()) / _GRID_CELLS)
    _, order, keys = _grid(points, low, step)
    led, swept = [], Tally()
    for chain in chains:
        edges, found, along, apart = points_on_edges(chain.ends, points, low[0], low[1], step, order, keys, distance_m)
        if not len(edges):
            led.append(chain)
            continue
        ordered = np.lexsort((along, edges))
        edges, found, apart = edges[ordered], found[ordered], apart[ordered]
        path, owner = _paths(chain.ends, points, edges, found)
        untouched = np.ones(len(chain), dtype=bool)
        untouched[edges] = False
        net = np.concatenate([chain.net[untouched], chain.net[owner]])
        length = np.hypot(*(chain.ends[edges, 2:] - chain.ends[edges, :2]).T)
        swept = swept + Tally(len(edges), float((apart * length / 2).sum()))
        led.append(_from_loose(np.concatenate([chain.ends[untouched], path]), net))
    return led, swept


def _as_keys(points: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    """See points as complex numbers, which sort by x, then y · 以复数表示点."""
    return np.ascontiguousarray(points).view(np.complex128).reshape(-1)


def _grid(points: npt.NDArray[np.float64], origin: npt.NDArray[np.float64], step: float) -> tuple[npt.NDArray[np.int64], ...]:
    """Sort points into a grid: column and row of each, the order by cell, the sorted keys · 点入格网."""
    cell = np.floor((points - origin) / step).astype(np.int64)
    keys = (cell[:, 0] << 32) | cell[:, 1]
    order = np.argsort(keys, kind="stable")
    return cell, order, keys[order]


def _from_loose(ends: npt.NDArray[np.float64], net: npt.NDArray[np.int32]) -> BoundaryChain:
    """Sum edges that may stand in either direction or have shrunk to a point · 整理后求和."""
    back = (ends[:, 2] < ends[:, 0]) | ((ends[:, 2] == ends[:, 0]) & (ends[:, 3] < ends[:, 1]))
    ends = np.where(back[:, None], ends[:, [2, 3, 0, 1]], ends)
    net = np.where(back, -net, net).astype(np.int32)
    real = (ends[:, :2] != ends[:, 2:]).any(axis=1)
    return BoundaryChain.summed(ends[real], net[real])


def _paths(
    ends: npt.NDArray[np.float64],
    points: npt.NDArray[np.float64],
    edges: npt.NDArray[np.int64],
    found: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Lead each edge through its points, given in order along it; gives new ends and the edge each came from · 折线化."""
    first = np.ones(len(edges), dtype=bool)
    first[1:] = edges[1:] != edges[:-1]
    last = np.append(first[1:], True)
    start = np.where(first[:, None], ends[edges, :2], points[np.append(found[-1], found[:-1])])
    into = np.concatenate([start, points[found]], axis=1)
    out = np.concatenate([points[found[last]], ends[edges[last], 2:]], axis=1)
    return np.concatenate([into, out]), np.concatenate([edges, edges[last]])


def _quadrilateral_area(*corners: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Signed area of quadrilaterals, corner by corner · 四边形面积."""
    a, b, c, d = corners
    first, second = c - a, d - b
    return np.asarray(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / 2
