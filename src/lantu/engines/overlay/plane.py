"""What every measure in metres asks of its layers · 平面量算的前提."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import shapely

from lantu.vocabulary.errors import ReferenceMismatch
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer

_GRID_M = 1e-6


@cache
def _is_geographic(crs: str) -> bool:
    import pyproj  # noqa: PLC0415  # heavy; asked once per CRS

    return pyproj.CRS(crs).is_geographic


def require_plane(layer: Layer, crs: str | None = None) -> None:
    """Refuse a layer in degrees, or in another CRS than its partner · 要求投影坐标系且一致.

    Parameters
    ----------
    layer
        The layer; one without any CRS is taken at its numbers.
    crs
        CRS of the partner, None where there is none.

    Raises
    ------
    ReferenceMismatch
        If metres cannot be measured.
    """
    if layer.crs and _is_geographic(layer.crs):
        raise ReferenceMismatch(
            Text(
                f"Layer {layer.name} is in degrees ({layer.crs}); metres cannot be measured.",
                f"图层{layer.name}为经纬度坐标（{layer.crs}），无法按米量算。",
            ),
            Text("Project it to the plane CRS of the city first.", "请先投影到城市平面坐标系。"),
        )
    if crs is not None and layer.crs != crs:
        raise ReferenceMismatch(
            Text(f"Layer {layer.name} is in {layer.crs}, its partner in {crs}.", f"图层{layer.name}为{layer.crs}，另一图层为{crs}。"),
            Text("Bring both into one CRS.", "请统一坐标系。"),
        )


def union_of(shapes: npt.NDArray[np.object_]) -> Any:  # noqa: ANN401  # shapely publishes no types
    """Unite polygons, even where valid ones defeat the union in floating point · 合并多边形.

    Parameters
    ----------
    shapes
        Shapely geometries; None and what has no area is left out.

    Returns
    -------
    shapely.Geometry
        Polygon or multipolygon.
    """
    present = shapes[~shapely.is_missing(shapes) & (shapely.get_dimensions(shapes) == 2)]  # noqa: PLR2004  # areas have two dimensions
    sound = shapely.make_valid(present)
    try:
        return shapely.union_all(sound)
    except shapely.errors.GEOSException:
        # Side-location conflicts come from rounding; on a grid far below any tolerance they cannot arise.
        return shapely.union_all(sound, grid_size=_GRID_M)
