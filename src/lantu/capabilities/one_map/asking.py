"""Questions to a layer of the map: by attribute, by polygon, by unit, at a place · 查询与识别."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from lantu.engines.overlay.areas import ellipsoidal_areas, planar_areas
from lantu.engines.overlay.moving import move_points
from lantu.engines.overlay.overlaying import overlay
from lantu.engines.overlay.polygons import Polygons
from lantu.engines.overlay.projecting import outline_in
from lantu.engines.tiling.web_mercator import LON_LAT, degrees_in_crs
from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from lantu.capabilities.one_map.map_shelf import MapShelf, PublishedLayer
    from lantu.stores.layers import LayerStore
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.people import Actor

    Box = tuple[float, float, float, float]
    Rows = npt.NDArray[np.int64]

Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "starts", "is_null", "not_null"]
OPERATORS: tuple[Operator, ...] = ("eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "starts", "is_null", "not_null")
MOST_FEATURES = 1_000
_MOST_VERTICES = 200_000
_AREAL = 2
_KEPT_AREAS = 24
OUTLINE_LAYER = "local_unit"
_TRUTHS = {"true": True, "false": False}
_ORDERED: Mapping[str, Callable[[Any, Any], Any]] = {"lt": pc.less, "le": pc.less_equal, "gt": pc.greater, "ge": pc.greater_equal}


class QuestionRefused(LantuError):
    """A question to the map that has no meaning as it stands · 查询条件无效."""

    http_status = 422


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a field · 属性条件.

    Parameters
    ----------
    field
        Its name.
    op
        One of `OPERATORS`.
    value
        What it is held against; a list for ``in``.
    """

    field: str
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one layer · 查询.

    Parameters
    ----------
    where
        Conditions that all have to hold.
    polygon
        Polygon in degrees; features that meet it.
    unit
        Code of a unit; its own features.
    ids
        Identifiers wanted.
    bbox
        West, south, east, north in degrees.
    """

    where: tuple[Condition, ...] = ()
    polygon: Any = None
    unit: str | None = None
    ids: tuple[str, ...] | None = None
    bbox: Box | None = None


@dataclass(frozen=True, eq=False)
class FoundPart:
    """Features of one owner that answer a question · 查询结果的一部分.

    Parameters
    ----------
    owner
        Whose they are.
    layer
        The features.
    clip
        Polygon in the layer's CRS that areas are cut to, None for whole features.
    whole
        Whether it is the whole layer version, nothing left out.
    """

    owner: str
    layer: Layer
    clip: Any
    whole: bool


def polygon_of(geometry: Mapping[str, Any]) -> Any:  # noqa: ANN401  # shapely carries no types
    """Read a polygon somebody drew · 读取查询多边形.

    Parameters
    ----------
    geometry
        GeoJSON geometry, feature or collection of features.

    Returns
    -------
    shapely.Geometry
        Valid polygon or multipolygon, in degrees.

    Raises
    ------
    QuestionRefused
        If it is none, or has too many vertices.
    """
    try:
        if geometry.get("type") == "FeatureCollection":
            shape = shapely.union_all([shapely.geometry.shape(item["geometry"]) for item in geometry["features"]])
        else:
            shape = shapely.geometry.shape(geometry["geometry"] if geometry.get("type") == "Feature" else geometry)
        counted = shapely.get_num_coordinates(shape)
        sound = shape.geom_type in {"Polygon", "MultiPolygon"} and not shape.is_empty and counted <= _MOST_VERTICES
        sound = sound and bool(np.isfinite(shapely.get_coordinates(shape)).all()) and shapely.is_valid(shape)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, shapely.errors.ShapelyError) as error:
        raise _no_polygon() from error
    west, south, east, north = shape.bounds if sound else (0.0, 0.0, 0.0, 0.0)
    if not sound or not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004  # degrees
        raise _no_polygon()
    return shape


def _no_polygon() -> QuestionRefused:
    return QuestionRefused(
        Text("The area asked for is no valid polygon in degrees of longitude and latitude.", "查询范围不是有效的经纬度多边形。"),
        Text("Draw it again without crossing its own edge, or upload it as a file.", "请重新绘制（边线不得自相交），或以文件上传。"),
    )


def find_parts(shelf: MapShelf, actor: Actor, layer: PublishedLayer, question: Question) -> Iterator[FoundPart]:
    """Find what answers a question · 查找要素.

    Parameters
    ----------
    shelf
        The map.
    actor
        Who asks; the outline of a unit is looked up with the same rights.
    layer
        A layer that the actor may see.
    question
        What is asked.

    Yields
    ------
    FoundPart
        Owner by owner; only those with a feature.
    """
    owners = {owner for owner, _, _ in layer.parts}
    polygon = question.polygon
    if question.unit is not None and question.unit not in owners:
        outline = unit_outline(shelf, actor, question.unit)
        polygon = outline if polygon is None else shapely.intersection(polygon, outline)
    for owner, stored, version in layer.parts:
        if question.unit is not None and question.unit in owners and owner != question.unit:
            continue
        record = shelf.store.find(stored, version)
        clip = None if polygon is None else outline_in(polygon, LON_LAT, record.crs)
        box = clip.bounds if clip is not None and not clip.is_empty else None
        if question.bbox is not None:
            box = _narrower(box, degrees_in_crs(record.crs, question.bbox))
        if clip is not None and clip.is_empty:
            continue
        found = shelf.store.get(stored, version, bbox=box, ids=question.ids)
        keep = np.ones(len(found), bool)
        for condition in question.where:
            keep &= _matching(found, condition)
        if clip is not None and keep.any():
            shapely.prepare(clip)
            keep &= np.asarray(shapely.intersects(clip, found.geometry))
        narrowed = found if keep.all() else found.take(np.flatnonzero(keep))
        if len(narrowed):
            yield FoundPart(owner, narrowed, clip, bool(found.version) and bool(keep.all()))


def unit_outline(shelf: MapShelf, actor: Actor, unit: str) -> Any:  # noqa: ANN401  # shapely carries no types
    """Give the outline of a unit in degrees · 板块范围.

    Parameters
    ----------
    shelf
        The map.
    actor
        Who asks.
    unit
        Code.

    Returns
    -------
    shapely.Geometry
        Its polygon.

    Raises
    ------
    QuestionRefused
        If the map knows no such unit.
    """
    for candidate in shelf.in_force(actor):
        if candidate.style.get("canonical") != OUTLINE_LAYER:
            continue
        for _, stored, version in candidate.parts:
            layer = shelf.store.get(stored, version)
            rows = np.flatnonzero(layer.texts("unit_code") == unit) if layer.has("unit_code") else np.empty(0, np.int64)
            if len(rows):
                return outline_in(shapely.union_all(layer.geometry[rows]), layer.crs, LON_LAT)
    raise QuestionRefused(
        Text("The map shows no unit of that code.", "一张图上没有该代码的板块。"),
        Text("Choose one of the units listed.", "请从板块列表中选择。"),
    )


def _narrower(first: Box | None, second: Box) -> Box:
    if first is None:
        return second
    return max(first[0], second[0]), max(first[1], second[1]), min(first[2], second[2]), min(first[3], second[3])


def _matching(layer: Layer, condition: Condition) -> npt.NDArray[np.bool_]:
    """Tell which features a condition holds for; a field that the layer lacks is refused, never taken for empty."""
    if condition.op not in OPERATORS:
        raise QuestionRefused(
            Text(f"There is no operator {condition.op}.", f"没有运算符{condition.op}。"),
            Text(f"Use one of {', '.join(OPERATORS)}.", f"可用：{'、'.join(OPERATORS)}。"),
        )
    if not layer.has(condition.field):
        known = ", ".join(layer.table.column_names)
        raise QuestionRefused(
            Text(f"The layer has no field {condition.field}; it has {known}.", f"图层没有字段{condition.field}；现有：{known}。"),
            Text("Choose one of its fields.", "请选择已有字段。"),
        )
    column = layer.column(condition.field)
    if condition.op in {"is_null", "not_null"}:
        null = np.asarray(column.is_null().to_numpy(), bool)
        return null if condition.op == "is_null" else ~null
    if condition.op in {"contains", "starts"}:
        texts = column.cast(pa.large_string())
        match = pc.match_substring if condition.op == "contains" else pc.starts_with
        return _as_bools(match(texts, pattern=str(condition.value)))
    values = condition.value if condition.op == "in" and isinstance(condition.value, list) else [condition.value]
    wanted = pa.array([_typed(column.type, value, condition.field) for value in values], column.type)
    if condition.op in _ORDERED:
        return _as_bools(_ORDERED[condition.op](column, wanted[0]))
    inside = np.asarray(pc.is_in(column, value_set=wanted).to_numpy(), bool)
    return inside if condition.op in {"eq", "in"} else ~inside & ~np.asarray(column.is_null().to_numpy(), bool)


def _as_bools(found: Any) -> npt.NDArray[np.bool_]:  # noqa: ANN401  # pyarrow carries no types
    return np.asarray(pc.fill_null(found, fill_value=False).to_numpy(zero_copy_only=False), bool)


def _typed(kind: pa.DataType, value: Any, field: str) -> Any:  # noqa: ANN401  # a value of JSON
    try:
        if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            return float(value)
        if pa.types.is_integer(kind):
            return _whole_number(value)
        if pa.types.is_date(kind):
            return dt.date.fromisoformat(str(value))
        if pa.types.is_boolean(kind):
            return _TRUTHS[str(value).lower()]
        return None if value is None else str(value)
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise QuestionRefused(
            Text(f"Field {field} is not held against {json.dumps(value)}: it holds {kind}.", f"字段{field}类型为{kind}，不能与该值比较。"),
            Text("Give a value of its kind.", "请给出同类型的值。"),
        ) from error


def _whole_number(value: Any) -> int:  # noqa: ANN401  # as above
    number = int(value)
    if isinstance(value, float) and number != value:
        # Cut off, it would answer another question than the one that was asked.
        raise ValueError(value)
    return number


def query(  # noqa: PLR0913  # who asks what of which layer, and how much of it
    shelf: MapShelf, actor: Actor, layer: PublishedLayer, question: Question, *, limit: int = 100, offset: int = 0
) -> dict[str, Any]:
    """Count and list what answers a question · 查询.

    Parameters
    ----------
    shelf
        The map.
    actor
        Who asks.
    layer
        A layer that the actor may see.
    question
        What is asked.
    limit
        Most features to list.
    offset
        How many to pass over.

    Returns
    -------
    dict
        ``matched``, ``returned``, ``features`` as GeoJSON.
    """
    matched = 0
    features: list[dict[str, Any]] = []
    for part in find_parts(shelf, actor, layer, question):
        first = max(offset - matched, 0)
        room = min(limit, MOST_FEATURES) - len(features)
        if room > 0 and first < len(part.layer):
            features += as_features(part.layer.take(np.arange(first, min(first + room, len(part.layer)))), part.owner)
        matched += len(part.layer)
    return {
        "type": "FeatureCollection",
        "matched": matched,
        "returned": len(features),
        "features": features,
        "layer": layer.name,
        "version": layer.version,
    }


def as_features(layer: Layer, owner: str) -> list[dict[str, Any]]:
    """Write features as GeoJSON in degrees · 转为 GeoJSON.

    Parameters
    ----------
    layer
        The features.
    owner
        Whose they are.

    Returns
    -------
    list of dict
        With areas where they have any.
    """

    def move(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.round(move_points(points, layer.crs, LON_LAT), 8)

    there = ~shapely.is_missing(layer.geometry)
    shapes = np.full(len(layer), None, dtype=object)
    shapes[there] = shapely.transform(layer.geometry[there], move)
    _, ellipsoidal = areas_of(layer)
    rows = layer.table.to_pylist()
    return [
        {
            "type": "Feature",
            "id": str(layer.ids[row]),
            "geometry": json.loads(shapely.to_geojson(shapes[row])) if there[row] else None,
            "properties": {key: _plain(value) for key, value in rows[row].items()}
            | {"unit": owner, "ellipsoidal_area_m2": float(ellipsoidal[row])},
        }
        for row in range(len(layer))
    ]


def _plain(value: Any) -> Any:  # noqa: ANN401  # whatever a column holds
    if isinstance(value, dt.date):
        return value.isoformat()
    return (
        value if value is None or isinstance(value, str | int | bool) or (isinstance(value, float) and np.isfinite(value)) else str(value)
    )


_keeping = threading.Lock()
_areas: OrderedDict[tuple[str, str], tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]] = OrderedDict()


def areas_of(layer: Layer) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Measure features in the plane and on the ellipsoid; whole versions are measured once · 面积.

    Parameters
    ----------
    layer
        The features.

    Returns
    -------
    tuple of numpy.ndarray of float64
        Planar and ellipsoidal, m²; 0 for lines and points.
    """
    key = layer.name, layer.version
    known = _areas.get(key) if layer.version else None
    if known is not None:
        return known
    polygons = Polygons.from_wkb(layer.wkb, other="skip")
    measured = planar_areas(polygons), ellipsoidal_areas(polygons, layer.crs)
    if layer.version:
        with _keeping:
            _areas[key] = measured
            while len(_areas) > _KEPT_AREAS:
                _areas.popitem(last=False)
    return measured


def statistics(shelf: MapShelf, actor: Actor, layer: PublishedLayer, question: Question, group_by: str | None) -> dict[str, Any]:
    """Count features and sum areas by a field · 统计.

    Where a polygon is asked for, or a unit that owns no part of the layer, areas are those of the parts inside, by the overlay engine.

    Parameters
    ----------
    shelf
        The map.
    actor
        Who asks.
    layer
        A layer that the actor may see.
    question
        What is asked.
    group_by
        Field to sum by, ``unit`` for owners; None for the total alone.

    Returns
    -------
    dict
        Rows and total with both areas, and what they mean.
    """
    sums: dict[str, list[float]] = {}
    owners = {owner for owner, _, _ in layer.parts}
    clipped = question.polygon is not None or (question.unit is not None and question.unit not in owners)
    for part in find_parts(shelf, actor, layer, question):
        planar, ellipsoidal = _areas_inside(part)
        keys = _keys(part, group_by)
        values, places = np.unique(keys, return_inverse=True)
        counts = np.bincount(places, minlength=len(values))
        for place, value in enumerate(values):
            own = places == place
            row = sums.setdefault(str(value), [0.0, 0.0, 0.0])
            row[0] += int(counts[place])
            row[1] += float(ellipsoidal[own].sum())
            row[2] += float(planar[own].sum())
    total = [sum(row[item] for row in sums.values()) for item in range(3)]
    labels = (
        {entry["value"]: entry["label"] for entry in layer.style.get("legend", [])} if group_by == layer.style.get("legend_field") else {}
    )
    rows = [
        {
            "key": key,
            "label": labels.get(key, {"en": key or "–", "zh": key or "–"}),
            **_amounts(row),
            "share": row[1] / total[1] if total[1] else None,
        }
        for key, row in sorted(sums.items())
    ]
    definition = _INSIDE if clipped else _WHOLE
    return {
        "rows": rows if group_by else [],
        "total": _amounts(total),
        "layer": layer.name,
        "version": layer.version,
        "group_by": group_by,
        "definition": definition.as_json(),
    }


_WHOLE = Text(
    "Areas of whole features on the CGCS2000 ellipsoid (official) and in the city's plane, in m²; rounded only to be shown.",
    "要素全面积：CGCS2000椭球面积（法定口径）与城市投影平面面积，以平方米计算，仅显示时取整。",
)
_INSIDE = Text(
    "Areas of features inside the area asked for, on the ellipsoid (official) and in the plane, in m²; rounded only to be shown.",
    "要素位于查询范围内部分的面积：椭球面积（法定口径）与平面面积，以平方米计算，仅显示时取整。",
)


def _amounts(row: Sequence[float]) -> dict[str, Any]:
    return {"features": int(row[0]), "ellipsoidal_area_m2": row[1], "planar_area_m2": row[2]}


def _keys(part: FoundPart, group_by: str | None) -> npt.NDArray[np.str_]:
    if group_by is None or group_by == "unit":
        return np.full(len(part.layer), part.owner if group_by else "", dtype=object).astype(str)
    if not part.layer.has(group_by):
        raise QuestionRefused(
            Text(f"The layer has no field {group_by}.", f"图层没有字段{group_by}。"), Text("Choose one of its fields.", "请选择已有字段。")
        )
    return np.array(["" if value is None else value for value in part.layer.texts(group_by)], dtype=str)


def _areas_inside(part: FoundPart) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    if part.clip is None:
        return areas_of(part.layer)
    planar, ellipsoidal = np.zeros(len(part.layer)), np.zeros(len(part.layer))
    areal = np.flatnonzero(shapely.get_dimensions(part.layer.geometry) == _AREAL)
    if len(areal):
        product = overlay(part.layer.geometry[areal], np.array([part.clip], dtype=object), crs=part.layer.crs, threads=1)
        np.add.at(planar, areal[product.left], product.area_m2)
        if product.ellipsoidal_area_m2 is not None:
            np.add.at(ellipsoidal, areal[product.left], product.ellipsoidal_area_m2)
    return planar, ellipsoidal


def identify(shelf: MapShelf, layers: Sequence[PublishedLayer], lon: float, lat: float, tolerance_m: float) -> list[dict[str, Any]]:
    """Tell what lies at a place · 识别.

    Parameters
    ----------
    shelf
        The map.
    layers
        Layers that the one who asks may see.
    lon
        Degrees east.
    lat
        Degrees north.
    tolerance_m
        How far a line or point may be away.

    Returns
    -------
    list of dict
        Hits, layer by layer as they were asked for.
    """
    hits: list[dict[str, Any]] = []
    for layer in layers:
        described = {item["name"]: item for item in layer.style.get("fields", [])}
        about = {"layer": layer.name, "title": layer.title.as_json(), "version": layer.version}
        reach = 0.0 if layer.geometry_type == "polygon" else tolerance_m
        for owner, stored, version in layer.parts:
            hits += [about | hit for hit in hits_at(shelf.store, (owner, stored, version), described, (lon, lat), reach)]
    return hits


def hits_at(
    store: LayerStore, part: tuple[str, str, str], described: Mapping[str, Mapping[str, Any]], place: tuple[float, float], reach: float
) -> list[dict[str, Any]]:
    """Tell what of one stored layer lies at a place · 单图层识别.

    Parameters
    ----------
    store
        Where it rests.
    part
        Whose it is, its name and its version in the store.
    described
        Its fields by name, with their labels.
    place
        Degrees east and north.
    reach
        How far in metres a feature may be away.

    Returns
    -------
    list of dict
        Hits without the layer's own title.
    """
    owner, stored, version = part
    crs = store.find(stored, version).crs
    point = outline_in(shapely.Point(*place), LON_LAT, crs)
    if not np.isfinite([point.x, point.y]).all():
        return []
    near = store.get(stored, version, bbox=(point.x - reach, point.y - reach, point.x + reach, point.y + reach))
    rows = np.flatnonzero(shapely.dwithin(near.geometry, point, reach)) if len(near) else np.empty(0, np.int64)
    hits: list[dict[str, Any]] = []
    for item in as_features(near.take(rows), owner):
        properties = item["properties"]
        area = properties.pop("ellipsoidal_area_m2")
        properties.pop("unit")
        hits.append(
            {
                "unit": owner,
                "id": item["id"],
                "attributes": [
                    {
                        "name": key,
                        "label": described.get(key, {}).get("label", {"en": key, "zh": key}),
                        "value": value,
                        "unit": described.get(key, {}).get("unit", ""),
                    }
                    for key, value in properties.items()
                ],
                "geometry": item["geometry"],
                "ellipsoidal_area_m2": area,
            }
        )
    return hits
