"""The geometry column: types, nulls, open rings, heights, impossible coordinates · 图形列的检查与规整."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

from lantu.stores.formats.messages import repaired, tell
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.stores.formats.diagnosis import FileDiagnosis
    from lantu.stores.formats.found import FoundLayer

# No grid on Earth has coordinates beyond this, zone numbers included.
_FARTHEST = 1.0e8
_NAMES = {0: "Point", 1: "LineString", 2: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon", 7: "Mixed"}
_FAMILIES = {
    "Point": "point",
    "MultiPoint": "point",
    "LineString": "line",
    "MultiLineString": "line",
    "Polygon": "polygon",
    "MultiPolygon": "polygon",
}
FAMILY_NAMES = {
    "point": Text("points", "点"),
    "line": Text("lines", "线"),
    "polygon": Text("polygons", "面"),
    "mixed": Text("several types", "多种类型"),
}


@dataclass(slots=True)
class Shapes:
    """The geometry column of a layer, planar and closed · 规整后的图形列.

    Parameters
    ----------
    wkb
        ISO WKB of two dimensions, `pyarrow.large_binary`, null where there is no geometry.
    geometry
        The same as shapely geometries, shape ``(n,)``.
    bounds
        West, south, east, north of each feature, NaN where it has none, shape ``(n, 4)``.
    geometry_type
        As in `IntakeLayer`.
    family
        ``point``, ``line``, ``polygon``, ``mixed``, or empty where there is no geometry at all.
    """

    wkb: pa.ChunkedArray
    geometry: npt.NDArray[Any]
    bounds: npt.NDArray[np.float64]
    geometry_type: str
    family: str


def look_at(found: FoundLayer, diagnosis: FileDiagnosis) -> Shapes:
    """Parse and judge a geometry column · 检查图形列.

    Parameters
    ----------
    found
        The layer as read, with a geometry column.
    diagnosis
        Gets problems and repairs appended.

    Returns
    -------
    Shapes
        Geometry that cannot be used is null and counted in a problem.

    Raises
    ------
    ValueError
        If the layer has no geometry column.
    """
    if found.wkb is None:
        raise ValueError(found.name)
    raw = found.wkb.to_numpy(zero_copy_only=False)
    given = np.asarray(found.wkb.is_valid())
    geometry = _parsed(raw)
    broken = given & shapely.is_missing(geometry)
    changed = False
    if broken.any():
        changed = _close_rings(raw, geometry, broken, found.name, diagnosis)
    changed |= _flatten(geometry, found.name, diagnosis)
    changed |= _drop_impossible(geometry, found.name, diagnosis)
    empty = np.asarray(shapely.is_empty(geometry)) & given
    missing = int((~given | empty).sum())
    if missing and len(raw):
        tell(diagnosis, "IN23", layer=found.name, count=missing, total=len(raw))
    if found.curves:
        tell(diagnosis, "IN19", layer=found.name, count=found.curves)
    name, family = _type_name(geometry, found.name, diagnosis)
    wkb = found.wkb if not changed and _is_plain(found.wkb) else _encode(geometry)
    return Shapes(wkb, geometry, np.asarray(shapely.bounds(geometry)).reshape(-1, 4), name, family)


def _parsed(raw: npt.NDArray[Any]) -> npt.NDArray[Any]:
    try:
        return np.asarray(shapely.from_wkb(raw, on_invalid="ignore"), dtype=object)
    except NotImplementedError:
        # One curve among them stops the whole array: take them one by one, so that only the curves are lost.
        return np.array([_parsed_one(item) for item in raw], dtype=object)


def _parsed_one(item: bytes | None) -> Any:  # noqa: ANN401  # shapely is untyped
    try:
        return shapely.from_wkb(item, on_invalid="ignore")
    except NotImplementedError:
        return None


def _is_plain(wkb: pa.ChunkedArray) -> bool:
    return all(_first_bytes_little(chunk) for chunk in wkb.chunks)


def _first_bytes_little(chunk: pa.Array) -> bool:
    valid = chunk.drop_null()
    return not len(valid) or valid[0].as_py()[:1] == b"\x01"


def _encode(geometry: npt.NDArray[Any]) -> pa.ChunkedArray:
    encoded = shapely.to_wkb(geometry, output_dimension=2, byte_order=1, flavor="iso")
    return pa.chunked_array([pa.array(encoded, pa.large_binary(), from_pandas=True)], pa.large_binary())


def _close_rings(
    raw: npt.NDArray[Any], geometry: npt.NDArray[Any], broken: npt.NDArray[np.bool_], name: str, diagnosis: FileDiagnosis
) -> bool:
    rows = np.flatnonzero(broken)
    fixed = _fixed(raw[rows])
    # A ring of one or two points can be closed as well, but that makes no polygon.
    usable = ~shapely.is_missing(fixed) & (np.asarray(shapely.area(fixed)) > 0)
    geometry[rows[usable]] = fixed[usable]
    if usable.any():
        repaired(diagnosis, "RP02", layer=name, features=int(usable.sum()), count=int(usable.sum()))
    if not usable.all():
        reason = Text("rings of fewer than four points or damaged bytes", "环不足四点或数据损坏")
        tell(diagnosis, "IN24", layer=name, count=int((~usable).sum()), reason=reason)
    return bool(usable.any())


def _fixed(raw: npt.NDArray[Any]) -> npt.NDArray[Any]:
    try:
        return np.asarray(shapely.from_wkb(raw, on_invalid="fix"), dtype=object)
    except (NotImplementedError, shapely.errors.GEOSException):
        return np.full(len(raw), None, dtype=object)


def _flatten(geometry: npt.NDArray[Any], name: str, diagnosis: FileDiagnosis) -> bool:
    raised = np.asarray(shapely.has_z(geometry)) | np.asarray(shapely.has_m(geometry))
    if not raised.any():
        return False
    geometry[raised] = shapely.force_2d(geometry[raised])
    repaired(diagnosis, "RP07", layer=name, features=int(raised.sum()), count=int(raised.sum()))
    return True


def _drop_impossible(geometry: npt.NDArray[Any], name: str, diagnosis: FileDiagnosis) -> bool:
    places = shapely.get_coordinates(geometry)
    # One look decides for all in the usual case; NaN makes the comparison false.
    if not len(places) or (places.min() > -_FARTHEST and places.max() < _FARTHEST):
        return False
    places, owners = shapely.get_coordinates(geometry, return_index=True)
    with np.errstate(invalid="ignore"):
        bad = ~((np.abs(places) < _FARTHEST).all(axis=1))
    if not bad.any():
        return False
    rows = np.unique(owners[bad])
    sample = places[bad][0]
    tell(diagnosis, "IN25", layer=name, count=len(rows), sample=f"({sample[0]:.6g}, {sample[1]:.6g})")
    geometry[rows] = None
    return True


def _type_name(geometry: npt.NDArray[Any], name: str, diagnosis: FileDiagnosis) -> tuple[str, str]:
    ids, counts = np.unique(np.asarray(shapely.get_type_id(geometry)), return_counts=True)
    names = [_NAMES[int(type_id)] for type_id in ids if type_id >= 0]
    if not names:
        return "None", ""
    families = {_FAMILIES.get(kind, "mixed") for kind in names}
    if len(families) > 1 or "mixed" in families:
        types = ", ".join(f"{_NAMES[int(type_id)]} {count}" for type_id, count in zip(ids, counts, strict=True) if type_id >= 0)
        tell(diagnosis, "IN20", layer=name, types=types.replace("Mixed", "GeometryCollection"))
        return "Mixed", "mixed"
    family = families.pop()
    return (max(names, key=len) if len(names) > 1 else names[0]), family


def swap_axes(shapes: Shapes) -> Shapes:
    """Exchange first and second coordinate of every vertex · 对调坐标轴.

    Parameters
    ----------
    shapes
        As delivered.

    Returns
    -------
    Shapes
        New; the given one is unchanged.
    """
    geometry = shapely.transform(shapes.geometry, lambda places: places[:, ::-1])
    return Shapes(_encode(geometry), geometry, shapes.bounds[:, [1, 0, 3, 2]], shapes.geometry_type, shapes.family)
