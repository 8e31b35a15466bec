"""What can be wrong with the geometry of a layer by itself · 图形问题."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt


class GeometryFaultKind(StrEnum):
    """Kinds of geometry fault · 图形问题类别."""

    NULL = "null_geometry"
    EMPTY = "empty_geometry"
    UNREADABLE = "unreadable"
    CURVE = "curve"
    WRONG_TYPE = "wrong_type"
    NOT_FINITE = "not_finite"
    INVALID_RING = "invalid_ring"
    SELF_INTERSECTION = "self_intersection"
    SELF_CONTACT = "self_contact"
    HOLE_OUTSIDE_SHELL = "hole_outside_shell"
    NESTED = "nested"
    DISCONNECTED_INTERIOR = "disconnected_interior"
    RING_ORIENTATION = "ring_orientation"
    REPEATED_VERTEX = "repeated_vertex"
    SHORT_SEGMENT = "short_segment"
    ACUTE_ANGLE = "acute_angle"
    SPIKE = "spike"
    SLIVER = "sliver"
    TINY_PART = "tiny_part"
    TINY_HOLE = "tiny_hole"
    TINY_LINE = "tiny_line"
    MULTIPART = "multipart"
    DUPLICATE = "duplicate"
    DANGLE = "dangle"
    UNDERSHOOT = "undershoot"
    OVERSHOOT = "overshoot"
    SELF_CROSSING = "self_crossing"


@dataclass(frozen=True, slots=True)
class InspectionLimits:
    """What the geometry of a layer is held against · 图形检查限值.

    Parameters
    ----------
    repeated_vertex_m
        Consecutive vertices no further apart are one.
    short_segment_m
        Segments shorter than this are short.
    acute_angle_degree
        Angles below this are acute.
    spike_angle_degree
        Angles below this are spikes: the path runs out and back, inward or outward.
    tiny_area_m2
        Parts and holes below this are tiny.
    sliver_width_m
        Tiny parts whose mean width is below this are slivers.
    tiny_line_m
        Lines shorter than this are tiny.
    near_miss_m
        A line end that misses another line by less was meant to meet it; one that runs past a line by less was meant to end there.
    """

    repeated_vertex_m: float = 0.001
    short_segment_m: float = 0.01
    acute_angle_degree: float = 10.0
    spike_angle_degree: float = 1.0
    tiny_area_m2: float = 400.0
    sliver_width_m: float = 2.0
    tiny_line_m: float = 0.2
    near_miss_m: float = 0.2

    @classmethod
    def for_scale(cls, scale: int) -> InspectionLimits:
        """Give the customary limits of a map scale · 按比例尺取限值.

        Parameters
        ----------
        scale
            Denominator, 10 000 for 1:10 000.

        Returns
        -------
        InspectionLimits
            Area of 0.04 m² and lengths of 0.02 mm per unit of the denominator, width of 0.2 mm on the
            map; angles and vertex tolerance do not depend on scale.
        """
        return cls(tiny_area_m2=scale * 0.04, sliver_width_m=scale * 0.0002, tiny_line_m=scale * 0.00002, near_miss_m=scale * 0.00002)


@dataclass(frozen=True, slots=True, eq=False)
class GeometryFault:
    """One fault of one feature, at its place · 一处图形问题.

    Parameters
    ----------
    kind
        What is wrong.
    feature
        Id of the feature.
    place
        Shapely geometry, usually a point, None where the fault has no place.
    measured
        What was measured, NaN where nothing is.
    limit
        What it was held against, NaN where nothing is.
    unit
        Unit of both.
    other
        Id of the other feature, for a duplicate or a line end; else empty.
    """

    kind: GeometryFaultKind
    feature: str
    place: Any
    measured: float
    limit: float
    unit: str
    other: str = ""


@dataclass(frozen=True, eq=False)
class FaultColumn:
    """Faults of one kind, column by column · 同类问题.

    Parameters
    ----------
    kind
        What is wrong.
    rows
        Rows of the features, shape ``(n,)``.
    places
        Shapely geometries or None, shape ``(n,)``.
    measured
        Shape ``(n,)``.
    limit
        The same for all.
    unit
        Unit of `measured` and `limit`.
    others
        Rows of the other features, -1 where there is none, shape ``(n,)``.
    """

    kind: GeometryFaultKind
    rows: npt.NDArray[np.int64]
    places: npt.NDArray[np.object_]
    measured: npt.NDArray[np.float64]
    limit: float = float("nan")
    unit: str = ""
    others: npt.NDArray[np.int64] | None = None


def column_of(  # noqa: PLR0913  # a column has as many parts
    kind: GeometryFaultKind,
    rows: npt.ArrayLike,
    places: npt.ArrayLike | None = None,
    measured: npt.ArrayLike | None = None,
    *,
    limit: float = float("nan"),
    unit: str = "",
    others: npt.NDArray[np.int64] | None = None,
) -> FaultColumn:
    """Build a column, with None and NaN where nothing is given · 建列.

    Parameters
    ----------
    kind
        What is wrong.
    rows
        Rows of the features.
    places
        Shapely geometries, or coordinates of shape ``(n, 2)`` for points.
    measured
        What was measured.
    limit
        What it was held against.
    unit
        Unit of both.
    others
        Rows of the other features.

    Returns
    -------
    FaultColumn
        As long as `rows`.
    """
    index = np.asarray(rows, dtype=np.int64)
    count = len(index)
    shapes: npt.NDArray[Any] = np.full(count, None, dtype=object) if places is None else np.asarray(places)
    if shapes.dtype == np.float64:
        shapes = shapely.points(shapes.reshape(-1, 2))
    values = np.full(count, np.nan) if measured is None else np.asarray(measured, dtype=np.float64)
    return FaultColumn(kind, index, shapes, values, limit, unit, others)


@dataclass(frozen=True, eq=False)
class Inspection:
    """Every fault of the geometry of a layer · 图形检查结果.

    Parameters
    ----------
    columns
        Faults by kind, in the order of `GeometryFaultKind`, by row within a kind; kinds without a fault are left out.
    ids
        Ids of the features of the layer.
    """

    columns: tuple[FaultColumn, ...]
    ids: npt.NDArray[np.object_] = field(repr=False)

    @classmethod
    def gathered(cls, columns: list[FaultColumn], ids: npt.NDArray[np.object_]) -> Inspection:
        """Put the columns of all batches together · 汇总.

        Parameters
        ----------
        columns
            In any order, several of a kind, empty ones among them.
        ids
            Ids of the features.

        Returns
        -------
        Inspection
            One column per kind.
        """
        merged = []
        for kind in GeometryFaultKind:
            same = [column for column in columns if column.kind is kind and len(column.rows)]
            if same:
                merged.append(_joined(same))
        return cls(tuple(merged), ids)

    @property
    def counts(self) -> dict[GeometryFaultKind, int]:
        """Faults by kind, every kind present · 各类问题数."""
        found = dict.fromkeys(GeometryFaultKind, 0)
        found.update({column.kind: len(column.rows) for column in self.columns})
        return found

    def __len__(self) -> int:
        """Count the faults · 问题数."""
        return sum(len(column.rows) for column in self.columns)

    def __iter__(self) -> Iterator[GeometryFault]:
        """Give the faults one by one · 逐条给出."""
        for column in self.columns:
            others = np.full(len(column.rows), -1) if column.others is None else column.others
            for row, place, measured, other in zip(
                column.rows.tolist(), column.places, column.measured.tolist(), others.tolist(), strict=True
            ):
                name = "" if other < 0 else str(self.ids[other])
                yield GeometryFault(column.kind, str(self.ids[row]), place, measured, column.limit, column.unit, name)

    def of(self, kind: GeometryFaultKind) -> list[GeometryFault]:
        """Give the faults of one kind · 取一类问题.

        Parameters
        ----------
        kind
            The kind.

        Returns
        -------
        list of GeometryFault
            By row.
        """
        return list(Inspection(tuple(column for column in self.columns if column.kind is kind), self.ids))


def _joined(columns: list[FaultColumn]) -> FaultColumn:
    rows = np.concatenate([column.rows for column in columns])
    order = np.argsort(rows, kind="stable")
    places = np.concatenate([column.places for column in columns])[order]
    measured = np.concatenate([column.measured for column in columns])[order]
    others = None
    if columns[0].others is not None:
        others = np.concatenate([column.others for column in columns if column.others is not None])[order]
    return FaultColumn(columns[0].kind, rows[order], places, measured, columns[0].limit, columns[0].unit, others)
