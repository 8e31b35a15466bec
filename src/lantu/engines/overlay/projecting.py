"""Move a layer into another coordinate system · 坐标转换."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyproj
import shapely

from lantu.engines.overlay.moving import move_points
from lantu.vocabulary.errors import ReferenceMismatch
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.vocabulary.layer import Layer


@cache
def _plain_shift(source: str, target: str) -> tuple[float, float] | None:
    """Tell the shift between two CRS that differ in nothing but their false origin, such as with and without zone prefix."""
    first, second = pyproj.CRS(source), pyproj.CRS(target)
    there, here = first.coordinate_operation, second.coordinate_operation
    if there is None or here is None or there.method_name != here.method_name or first.geodetic_crs != second.geodetic_crs:
        return None
    before = {item.name: float(item.value) for item in there.params}
    after = {item.name: float(item.value) for item in here.params}
    origin = {"False easting", "False northing"}
    if before.keys() != after.keys() or not origin <= before.keys():
        return None
    if any(before[name] != after[name] for name in before.keys() - origin):
        return None
    return after["False easting"] - before["False easting"], after["False northing"] - before["False northing"]


def project(layer: Layer, target: str) -> Layer:
    """Give the same features in another CRS · 转换到目标坐标系.

    Where the two differ in their false origin alone (zone prefix or none) coordinates are shifted, so that no digit
    is lost in a projection there and back.

    Parameters
    ----------
    layer
        Any layer with a known CRS.
    target
        Authority and code, such as ``EPSG:4549``.

    Returns
    -------
    Layer
        The layer itself if it is there already, else a new one without a version.

    Raises
    ------
    ReferenceMismatch
        If the CRS of the layer is unknown.
    """
    if layer.crs == target:
        return layer
    if not layer.crs:
        raise ReferenceMismatch(
            Text(f"The coordinate system of layer {layer.name} is unknown.", f"图层{layer.name}的坐标系未知。"),
            Text("Declare it in the file, or in the city profile.", "请在文件或城市配置中声明。"),
        )
    geometry = layer.geometry
    shift = _plain_shift(layer.crs, target)

    def move(coordinates: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        if shift is not None:
            return np.asarray(coordinates + np.array(shift))
        return move_points(coordinates, layer.crs, target)

    moved = shapely.transform(geometry, move)
    wkb = pa.array(shapely.to_wkb(moved), pa.large_binary(), from_pandas=True)
    return replace(layer, wkb=pa.chunked_array([wkb], pa.large_binary()), crs=target, version="")


def outline_in(geometry: Any, source: str, target: str) -> Any:  # noqa: ANN401  # any shapely geometry
    """Give one geometry in another CRS · 单个图形的坐标转换.

    Parameters
    ----------
    geometry
        A shapely geometry in `source`.
    source
        Authority and code.
    target
        Authority and code.

    Returns
    -------
    shapely.Geometry
        The geometry in `target`.
    """
    return shapely.transform(geometry, lambda points: move_points(points, source, target))
