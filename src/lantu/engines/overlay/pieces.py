"""Intersection pieces, built by GEOS where they are asked for · 交集图形."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.engines.overlay.polygons import Polygons


def cut_pieces(
    left: Polygons,
    right: Polygons,
    left_rows: npt.NDArray[np.int32],
    right_rows: npt.NDArray[np.int32],
    *,
    threads: int = 2,
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
    import shapely

    a = left.shapes(left_rows)
    b = right.shapes(right_rows)
    return shapely.intersection(a, b), np.zeros(len(a), bool)
