"""Whether roads, rivers and other lines of neighbours meet at the border · 线要素接边检查."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.engines.overlay.coverage_reading import batches
from lantu.engines.overlay.plane import require_plane

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.engines.overlay.seams import Side
    from lantu.vocabulary.layer import Layer


class EndKind(StrEnum):
    """How a line ends at the border · 线端点情形."""

    MET = "met"
    OFFSET = "offset"
    DANGLING = "dangling"


@dataclass(frozen=True, slots=True, eq=False)
class LineEnd:
    """One end of a line at the border, and the end of the neighbour nearest to it · 一处线端点.

    Parameters
    ----------
    kind
        ``met``: a partner ends within the tolerance; ``offset``: the nearest ends further off but within
        reach; ``dangling``: none within reach.
    side
        The side the line is on.
    feature
        Its id.
    place
        Shapely point.
    partner
        Id of the nearest line on the other side, empty where none is within reach.
    distance_m
        To the end of the partner; infinite where there is none.
    line_class
        Class of the line, None where no class was asked for or it has none.
    partner_class
        Class of the partner.
    """

    kind: EndKind
    side: Side
    feature: str
    place: Any
    partner: str
    distance_m: float
    line_class: str | None
    partner_class: str | None

    @property
    def same_class(self) -> bool | None:
        """Whether both lines are of one class, None where that is not known · 等级是否一致."""
        if self.line_class is None or self.partner_class is None:
            return None
        return self.line_class == self.partner_class


def line_ends_at_seam(  # noqa: PLR0913  # two layers, their border and three limits
    left: Layer,
    right: Layer,
    border: Any,  # noqa: ANN401  # a shapely line, whose types are not published
    *,
    tolerance_m: float,
    reach_m: float,
    class_field: str | None = None,
) -> tuple[LineEnd, ...]:
    """Find the lines that end at a border and say whether the neighbour takes them up · 检查线要素在边界处是否衔接.

    Parameters
    ----------
    left
        Lines of one unit, projected CRS, metres.
    right
        Lines of its neighbour, same CRS.
    border
        The common border, a shapely line in that CRS.
    tolerance_m
        Ends within this distance meet.
    reach_m
        Ends within this distance of the border belong to it, and partners are looked for as far.
    class_field
        Canonical name of the field with the class, None to leave classes out.

    Returns
    -------
    tuple of LineEnd
        Every end at the border of either side, the left one first, by place. An end that another line of its own
        layer takes up is none.

    Raises
    ------
    ReferenceMismatch
        If a layer is in degrees or the two differ in CRS.
    FieldMissing
        If a layer lacks `class_field`.
    """
    require_plane(left)
    require_plane(right, left.crs)
    sides = (_Ends.of(left, border, tolerance_m, reach_m, class_field), _Ends.of(right, border, tolerance_m, reach_m, class_field))
    return tuple(_paired("left", sides[0], sides[1], tolerance_m, reach_m) + _paired("right", sides[1], sides[0], tolerance_m, reach_m))


@dataclass(frozen=True, eq=False)
class _Ends:
    """The loose ends of a layer at the border · 边界处的自由端."""

    places: npt.NDArray[np.float64]
    rows: npt.NDArray[np.int64]
    ids: npt.NDArray[np.object_]
    classes: npt.NDArray[np.object_] | None

    @classmethod
    def of(cls, layer: Layer, border: Any, tolerance_m: float, reach_m: float, class_field: str | None) -> _Ends:  # noqa: ANN401  # as above
        classes = None if class_field is None else layer.texts(class_field)
        found, owners = [np.empty((0, 2))], [np.empty(0, np.int64)]
        shapely.prepare(border)
        for start, shapes in batches(layer.wkb):
            near = np.flatnonzero(shapely.dwithin(border, shapes, reach_m))
            parts, owner = shapely.get_parts(shapes[near], return_index=True)
            line = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
            for vertex in (0, -1):
                found.append(shapely.get_coordinates(shapely.get_point(parts[line], vertex)))
                owners.append(start + near[owner[line]])
        places, rows = np.concatenate(found), np.concatenate(owners)
        # Where two ends of one layer meet, the line goes on within the layer.
        alone = np.ones(len(places), dtype=bool)
        first, second = shapely.STRtree(shapely.points(places)).query(shapely.points(places), predicate="dwithin", distance=tolerance_m)
        alone[first[first != second]] = False
        alone &= shapely.dwithin(border, shapely.points(places), reach_m)
        order = np.lexsort((places[alone, 1], places[alone, 0]))
        return cls(places[alone][order], rows[alone][order], layer.ids, classes)

    def class_of(self, number: int) -> str | None:
        return None if self.classes is None else self.classes[self.rows[number]]


def _paired(side: Side, own: _Ends, other: _Ends, tolerance_m: float, reach_m: float) -> list[LineEnd]:
    points = shapely.points(own.places)
    partner = np.full(len(points), -1)
    distance = np.full(len(points), np.inf)
    if len(points) and len(other.places):
        tree = shapely.STRtree(shapely.points(other.places))
        (index, found), apart = tree.query_nearest(points, max_distance=reach_m, return_distance=True)
        for number in np.lexsort((found, index))[::-1]:
            partner[index[number]], distance[index[number]] = found[number], apart[number]
    ends = []
    for number, point in enumerate(points):
        match = int(partner[number])
        gap = float(distance[number])
        kind = EndKind.DANGLING if match < 0 else EndKind.MET if gap <= tolerance_m else EndKind.OFFSET
        ends.append(
            LineEnd(
                kind,
                side,
                str(own.ids[own.rows[number]]),
                point,
                "" if match < 0 else str(other.ids[other.rows[match]]),
                gap,
                own.class_of(number),
                None if match < 0 else other.class_of(match),
            )
        )
    return ends
