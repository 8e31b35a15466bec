"""How far a feature is from the nearest one of a layer · 最近距离."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.engines.overlay.overlaying import polygons_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from lantu.engines.overlay.polygons import Polygons
    from lantu.vocabulary.layer import Layer

_FIRST_TRY = 8
_ROUNDING = 1e-12


def nearest_distance(
    geometry: Any,  # noqa: ANN401  # shapely carries no types
    others: Layer | Polygons | Sequence[Any] | npt.NDArray[np.object_],
) -> tuple[float, int]:
    """Find the feature of a layer that is nearest to a geometry · 求最近要素及距离.

    Parameters
    ----------
    geometry
        Shapely geometry of any kind, in the CRS of `others`.
    others
        Polygons, projected, metres.

    Returns
    -------
    tuple of float and int
        Planar distance in m, 0 where they meet, and the row; the lowest row among equals; infinity and -1 where
        there is nothing to be near to.
    """
    import shapely  # noqa: PLC0415  # heavy; areas never need it

    polygons = polygons_of(others)
    west, south, east, north = shapely.bounds(geometry)
    across = np.maximum(np.maximum(polygons.bounds[:, 0] - east, west - polygons.bounds[:, 2]), 0.0)
    along = np.maximum(np.maximum(polygons.bounds[:, 1] - north, south - polygons.bounds[:, 3]), 0.0)
    at_least = np.hypot(across, along)
    candidates = np.flatnonzero(~np.isnan(at_least))
    if not len(candidates):
        return np.inf, -1
    first = candidates[np.argsort(at_least[candidates], kind="stable")[:_FIRST_TRY]]
    bound = shapely.distance(geometry, polygons.shapes(first)).min()
    # The bound of boxes may round to a hair above the distance itself, and the nearest must not fall out for that.
    rows = candidates[at_least[candidates] <= bound * (1 + _ROUNDING)]
    distances = shapely.distance(geometry, polygons.shapes(rows))
    nearest = int(np.argmin(distances))
    return float(distances[nearest]), int(rows[nearest])
