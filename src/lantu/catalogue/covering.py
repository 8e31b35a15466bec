"""Whether a child plan keeps what its parent has drawn in the unit · 上位规划图形的落实."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.engines.overlay.slivers import mean_width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.layer import Layer

_AREAL = 2


@dataclass(frozen=True, eq=False)
class Uncovered:
    """The part of one parent feature that a child has not taken up · 未落实部分.

    Parameters
    ----------
    row
        Row of the parent's layer.
    place
        The part, within the unit.
    area_m2
        Its planar area.
    """

    row: int
    place: Any
    area_m2: float


def uncovered(  # noqa: PLR0913  # tolerances go by name
    parent: Layer,
    child: Layer | None,
    local_unit: Layer,
    *,
    within_m: float,
    doubtful_area_m2: float,
    doubtful_mean_width_m: float,
) -> Iterator[Uncovered]:
    """Find what of the parent's features in the unit no feature of the child covers · 查找未落实的图形.

    Parameters
    ----------
    parent
        Polygons of the parent plan; metres.
    child
        Polygons of the unit's plan, same CRS; None where it has none.
    local_unit
        The unit, same CRS.
    within_m
        A child's edge may run this far inside the parent's.
    doubtful_area_m2
        Smaller parts are matters of digitising.
    doubtful_mean_width_m
        Narrower parts are matters of digitising.

    Yields
    ------
    Uncovered
        One per parent feature, in order of row, all its parts together.
    """
    unit = shapely.union_all(local_unit.geometry)
    own = np.empty(0, dtype=object) if child is None else child.geometry
    tree = shapely.STRtree(own)
    for row, shape in enumerate(parent.geometry):
        if shape is None:
            continue
        # An edge that the unit's own boundary has cut is no edge of the parent's feature, so the part is cut first.
        due = shapely.intersection(shape, unit)
        if due.area == 0:
            continue
        near = own[tree.query(due, predicate="dwithin", distance=within_m)]
        rest = shapely.difference(due, shapely.buffer(shapely.union_all(near), within_m)) if len(near) else due
        parts = shapely.get_parts(rest)
        parts = parts[shapely.get_dimensions(parts) == _AREAL]
        real = parts[(shapely.area(parts) >= doubtful_area_m2) & (mean_width(parts) >= doubtful_mean_width_m)]
        if len(real):
            yield Uncovered(row, shapely.multipolygons(real), float(shapely.area(real).sum()))
