"""Coordinates in and out: names of reference systems, axis order, boxes · 坐标参照系.

Inside, x comes before y and degrees mean longitude before latitude. Outside, OGC wants the axis order of the system's
own register: latitude first for EPSG:4490, northing first for the Gauss-Kruger systems.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely
from pyproj.enums import TransformDirection

from lantu.interfaces.ogc.refusals import BBOX, parameter_refused

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.stores.layers.geoparquet import Box

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_OFFERED = ("EPSG:4490", "EPSG:4549", "EPSG:4528", "EPSG:3857")
# A tenth of a millimetre: finer digits of a transformed coordinate are noise, and make answers a third longer.
_DEGREE_DECIMALS = 9
_METRE_DECIMALS = 4
# Straight in degrees is not straight in metres: an edge is cut into this many pieces before it is transformed.
_PIECES_PER_EDGE = 24
_BOX_NUMBERS = (4, 6)
# pyproj makes every transformer anew in every thread that uses it, which takes longer than moving a whole page of features; twenty people
# at once waited a minute for that. One thread moves for all.
_MOVING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lantu-moving")


def uri_of(crs: str) -> str:
    """Name a reference system as OGC does · CRS 的 URI.

    Parameters
    ----------
    crs
        Authority and code, or ``OGC:CRS84``.

    Returns
    -------
    str
        Its URI.

    Examples
    --------
    >>> uri_of("EPSG:4549")
    'http://www.opengis.net/def/crs/EPSG/0/4549'
    """
    return CRS84 if crs == "OGC:CRS84" else _EPSG + crs.removeprefix("EPSG:")


def offered(storage: str) -> tuple[str, ...]:
    """List the reference systems in which a layer is handed out · 提供的 CRS.

    Parameters
    ----------
    storage
        Authority and code of the layer's own.

    Returns
    -------
    tuple of str
        URIs, CRS84 first, each once.
    """
    return tuple(dict.fromkeys([CRS84, uri_of(storage), *(uri_of(crs) for crs in _OFFERED)]))


def crs_named(value: str, parameter: str, allowed: tuple[str, ...]) -> str:
    """Understand the name of a reference system · 解析 CRS 参数.

    Parameters
    ----------
    value
        A URI, with or without angle brackets, or a safe CURIE such as ``[EPSG:4490]``.
    parameter
        Parameter that carries it, for the message.
    allowed
        URIs that the collection offers.

    Returns
    -------
    str
        Authority and code.

    Raises
    ------
    QueryRefused
        If the collection does not offer it.
    """
    uri = value.strip().strip("<>")
    curie = re.fullmatch(r"\[?(EPSG|OGC):(\w+)\]?", uri)
    if curie:
        uri = uri_of(f"{curie[1]}:{curie[2]}")
    if uri not in allowed:
        raise parameter_refused(parameter, "the collection is not offered in that reference system", "该图层不提供此坐标参照系")
    return "OGC:CRS84" if uri == CRS84 else f"EPSG:{uri.removeprefix(_EPSG)}"


@cache
def is_swapped(crs: str) -> bool:
    """Tell whether the register puts northing before easting · 是否北坐标在前.

    Parameters
    ----------
    crs
        Authority and code.

    Returns
    -------
    bool
        True for EPSG:4490 and the Gauss-Kruger systems.
    """
    return bool(pyproj.CRS(crs).axis_info[0].direction == "north")


@cache
def _transformer(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def _moved(x: Any, y: Any, source: str, target: str) -> tuple[Any, Any]:  # noqa: ANN401  # arrays of numbers
    moved: tuple[Any, Any] = _MOVING.submit(lambda: _transformer(source, target).transform(x, y)).result()
    return moved


@cache
def is_geographic(crs: str) -> bool:
    """Tell whether coordinates of a reference system are degrees · 是否地理坐标系.

    Parameters
    ----------
    crs
        Authority and code.

    Returns
    -------
    bool
        False for projected systems.
    """
    return bool(pyproj.CRS(crs).is_geographic)


def transformed(shapes: npt.NDArray[Any], source: str, target: str) -> npt.NDArray[Any]:
    """Hand shapes out in another reference system, in its own axis order · 输出坐标转换.

    Parameters
    ----------
    shapes
        Shapely geometries, x before y, shape ``(n,)``; not changed.
    source
        Authority and code they are in.
    target
        Authority and code wanted.

    Returns
    -------
    numpy.ndarray of object
        Shape ``(n,)``; rounded to a tenth of a millimetre where they were transformed, exact where not.
    """
    swapped = is_swapped(target)
    if source == target and not swapped:
        return shapes
    geographic = is_geographic(target)

    def change(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        if source == target:
            return points[:, ::-1]
        x, y = _moved(points[:, 0], points[:, 1], source, target)
        moved = np.round(np.column_stack([x, y]), _DEGREE_DECIMALS if geographic else _METRE_DECIMALS)
        return moved[:, ::-1] if swapped else moved

    return np.asarray(shapely.transform(shapes, change), dtype=object)


def brought_in(shape: Any, source: str, target: str) -> Any:  # noqa: ANN401  # shapely has no types
    """Bring a shape of a request into the reference system of a layer · 输入图形转换.

    Parameters
    ----------
    shape
        Shapely geometry in the axis order of its register.
    source
        Authority and code it is in.
    target
        Authority and code of the layer.

    Returns
    -------
    shapely geometry
        x before y. Edges are cut into pieces first, so that they stay where they were drawn.
    """
    if is_swapped(source):
        shape = shapely.transform(shape, lambda points: points[:, ::-1])
    if source == target:
        return shape
    west, south, east, north = shapely.bounds(shape)
    longest = max(east - west, north - south)
    if longest > 0:
        shape = shapely.segmentize(shape, longest / _PIECES_PER_EDGE)

    def change(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x, y = _moved(points[:, 0], points[:, 1], source, target)
        return np.column_stack([x, y])

    return shapely.transform(shape, change)


def box_named(value: str, crs: str) -> Box:
    """Read a ``bbox`` parameter · 解析 bbox.

    Parameters
    ----------
    value
        Four numbers, or six with heights that are left aside.
    crs
        Authority and code of its numbers, whose axis order they keep.

    Returns
    -------
    tuple of float
        xmin, ymin, xmax, ymax, x before y.

    Raises
    ------
    QueryRefused
        If they are not such numbers.
    """
    try:
        numbers = [float(item) for item in value.split(",")]
    except ValueError as error:
        raise _box_refused() from error
    if len(numbers) not in _BOX_NUMBERS or not np.isfinite(numbers).all():
        raise _box_refused()
    half = len(numbers) // 2
    first, second, third, fourth = (*numbers[:2], *numbers[half : half + 2])
    west, south, east, north = (second, first, fourth, third) if is_swapped(crs) else (first, second, third, fourth)
    if south > north or (west > east and not is_geographic(crs)):
        raise _box_refused()
    return west, south, east, north


def _box_refused() -> Exception:
    return parameter_refused(BBOX, "it should be four or six numbers, lower corner first", "应为四个或六个数，先下角后上角")


def box_shape(box: Box, source: str, target: str) -> Any | None:  # noqa: ANN401  # shapely has no types
    """Draw a box of a request in the reference system of a layer · bbox 转为图形.

    Parameters
    ----------
    box
        xmin, ymin, xmax, ymax; a box with xmin beyond xmax crosses the antimeridian.
    source
        Authority and code of the box.
    target
        Authority and code of the layer.

    Returns
    -------
    shapely geometry or None
        None where the box lies wholly outside the area of use of the layer's system, and so touches nothing.
    """
    west, south, east, north = box
    if is_geographic(source) and source != target:
        if west > east:
            halves = [box_shape(half, source, target) for half in ((west, south, 180.0, north), (-180.0, south, east, north))]
            parts = [half for half in halves if half is not None]
            return shapely.union_all(parts) if parts else None
        # A projection is only good near its own place: the world is cut down to where the layer can be.
        limits = _usable_degrees(target)
        west, east = max(west, limits[0]), min(east, limits[2])
        south, north = max(south, limits[1]), min(north, limits[3])
        if west > east or south > north:
            return None
    shape = shapely.box(west, south, east, north)
    if source == target:
        return shape
    straight = (lambda points: points[:, ::-1]) if is_swapped(source) else None
    return brought_in(shape if straight is None else shapely.transform(shape, straight), source, target)


@cache
def _usable_degrees(crs: str) -> Box:
    area = pyproj.CRS(crs).area_of_use
    if area is None or area.west >= area.east:
        return -180.0, -90.0, 180.0, 90.0
    # One zone is three degrees wide; plans of a city may reach over its edge.
    return area.west - 3.0, area.south - 1.0, area.east + 3.0, area.north + 1.0


def degrees_of(bounds: Box, crs: str) -> Box:
    """Give bounds in degrees · 转为经纬度范围.

    Parameters
    ----------
    bounds
        xmin, ymin, xmax, ymax.
    crs
        Authority and code they are in.

    Returns
    -------
    tuple of float
        West, south, east, north.
    """
    if crs == "OGC:CRS84":
        return bounds
    box = _MOVING.submit(lambda: _transformer("OGC:CRS84", crs).transform_bounds(*bounds, direction=TransformDirection.INVERSE)).result()
    return tuple(round(float(side), _DEGREE_DECIMALS) for side in box)  # type: ignore[return-value]  # four in, four out


def degrees_shape(shape: Any, crs: str) -> Any:  # noqa: ANN401  # shapely has no types
    """Give a shape in degrees · 转为经纬度图形.

    Parameters
    ----------
    shape
        Shapely geometry, x before y.
    crs
        Authority and code it is in.

    Returns
    -------
    shapely geometry
        Longitude before latitude.
    """
    if is_geographic(crs):
        return shape
    return transformed(np.array([shape], dtype=object), crs, "OGC:CRS84")[0]
