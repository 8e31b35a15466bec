"""How a project meets stored layers: pieces, areas, hits, distances · 项目与图层的套合计量."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.engines.overlay.areas import ellipsoidal_areas
from lantu.engines.overlay.distances import nearest_distance
from lantu.engines.overlay.overlaying import overlay, polygons_of
from lantu.engines.overlay.polygons import Polygons
from lantu.engines.overlay.projecting import project
from lantu.engines.overlay.slivers import Tally, Tolerance, Weight, classify_all, mean_width
from lantu.vocabulary.errors import GeometryInvalid, ReferenceMismatch
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.capabilities.plan_making.sheet_sources import SheetData, SheetSource
    from lantu.vocabulary.layer import Layer

_FIRST_WINDOW_M = 300.0
_GROWTH = 3.0
_AREAL = 2
_NAMING_FIELDS = ("identifier", "BSM", "parcel_number", "DKBH", "parcel_name", "DKMC", "name")
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Project:
    """The land of a project as one shape · 项目用地.

    Parameters
    ----------
    ids
        Ids of its parcels as delivered.
    shape
        All of it, valid, in the city's CRS.
    area_m2
        Planar.
    ellipsoidal_area_m2
        On the ellipsoid.
    codes
        Land-use codes that the parcels carry.
    """

    ids: tuple[str, ...]
    shape: Any
    area_m2: float
    ellipsoidal_area_m2: float
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extent:
    """An amount of land, and into what it falls · 面积及其碎块.

    Parameters
    ----------
    area_m2
        Planar.
    ellipsoidal_area_m2
        On the ellipsoid, as official areas are.
    pieces
        Number of pieces that do not touch along an edge.
    largest_m2
        Ellipsoidal area of the largest piece.
    weights
        Pieces and planar area taken for numerical, doubtful and real.
    """

    area_m2: float
    ellipsoidal_area_m2: float
    pieces: int
    largest_m2: float
    weights: dict[Weight, Tally]


@dataclass(frozen=True, eq=False)
class Hit:
    """One feature that shares land with the project · 压占要素.

    Parameters
    ----------
    id
        Its id.
    attributes
        Its fields, plain values.
    area_m2
        Shared planar area.
    ellipsoidal_area_m2
        Shared area on the ellipsoid.
    piece
        Shared land.
    classification
        Name of the classification of its codes.
    """

    id: str
    attributes: dict[str, Any]
    area_m2: float
    ellipsoidal_area_m2: float
    piece: Any
    classification: str


@dataclass(frozen=True, eq=False)
class Meeting:
    """How a project and one layer meet · 套合结果.

    Parameters
    ----------
    hits
        Features that share land with it, largest share first.
    shape
        Shared land, each spot once.
    unreadable
        Features near the project that are no sound polygons and could not be measured.
    """

    hits: tuple[Hit, ...]
    shape: Any
    unreadable: int


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest feature of a layer · 最近要素.

    Parameters
    ----------
    distance_m
        Planar distance; None where nothing lies within `within_m`.
    id
        Id of the feature, empty where there is none.
    within_m
        How far was looked; None for all of the layer.
    """

    distance_m: float | None
    id: str
    within_m: float | None


def land_of_project(parcels: Layer, crs: str) -> Project:
    """Take the parcels of a project together · 合并项目地块.

    Parameters
    ----------
    parcels
        Polygons in any known CRS.
    crs
        CRS of the city.

    Returns
    -------
    Project
        In the city's CRS; land in two parcels counts once.

    Raises
    ------
    GeometryInvalid
        If there is no polygon, or one that crosses itself.
    ReferenceMismatch
        If the CRS of the parcels is not known.
    """
    geometry = project(parcels, crs).geometry
    areal = np.flatnonzero(shapely.get_dimensions(geometry) == _AREAL)
    broken = [str(parcels.ids[row]) for row in areal if not geometry[row].is_valid]
    left_out = len(geometry) - len(areal)
    if broken or not len(areal) or left_out:
        ids = ", ".join(broken) if broken else ", ".join(map(str, np.delete(parcels.ids, areal)))
        raise GeometryInvalid(
            Text(
                f"The project cannot be measured: {ids or 'the file'} crosses itself or is no area.",
                f"项目无法计量：{ids or '文件'}自相交或不是面。",
            ),
            Text("Repair the rings; `lantu inspect` shows where.", "请修复图形；可用lantu inspect查看位置。"),
        )
    shape = shapely.union_all(geometry[areal])
    codes = tuple(dict.fromkeys(code for code in parcels.texts("land_use_code") if code)) if parcels.has("land_use_code") else ()
    return Project(_names(parcels), shape, float(shape.area), ellipsoidal_area(shape, crs), codes)


def _names(parcels: Layer) -> tuple[str, ...]:
    """Name parcels by whatever their file names them by."""
    for field in _NAMING_FIELDS:
        if parcels.has(field) and all(parcels.texts(field)):
            return tuple(parcels.texts(field))
    return tuple(map(str, parcels.ids))


def ellipsoidal_area(shape: Any, crs: str) -> float:  # noqa: ANN401  # shapely carries no types
    """Measure one shape on the ellipsoid · 椭球面积.

    Parameters
    ----------
    shape
        Polygon or multipolygon.
    crs
        Its CRS.

    Returns
    -------
    float
        Square metres; 0 for nothing.
    """
    return 0.0 if shape.is_empty else float(ellipsoidal_areas(polygons_of(np.array([shape], dtype=object)), crs)[0])


def measure_extent(shape: Any, crs: str, tolerance: Tolerance) -> Extent:  # noqa: ANN401  # shapely carries no types
    """Measure land and weigh its pieces · 计量并判定碎块.

    Parameters
    ----------
    shape
        Polygon or multipolygon.
    crs
        Its CRS.
    tolerance
        Policy of slivers.

    Returns
    -------
    Extent
        All zero for nothing.
    """
    parts = shapely.get_parts(shape)
    parts = parts[shapely.area(parts) > 0]
    if not len(parts):
        return Extent(0.0, 0.0, 0, 0.0, {weight: Tally() for weight in Weight})
    planar = shapely.area(parts)
    curved = ellipsoidal_areas(polygons_of(parts), crs)
    kinds = classify_all(planar, mean_width(parts), tolerance)
    weights = {weight: Tally(int((kinds == weight).sum()), float(planar[kinds == weight].sum())) for weight in Weight}
    return Extent(float(planar.sum()), float(curved.sum()), len(parts), float(curved.max()), weights)


def meet(land: Project, data: SheetData, layer: str) -> Meeting:
    """Overlay a project with the stored features that lie where it lies · 项目与图层套合.

    Parameters
    ----------
    land
        The project.
    data
        Where layers come from.
    layer
        Canonical name of a layer that `data` has.

    Returns
    -------
    Meeting
        Only row groups near the project are read.
    """
    bounds = land.shape.bounds
    own = polygons_of(np.array([land.shape], dtype=object))
    hits: list[Hit] = []
    unreadable = 0
    for source in data.sources[layer]:
        if not touches(source, bounds):
            continue
        _same_crs(source, data)
        part = data.store.get(source.stored, source.version, bbox=bounds)
        if not len(part):
            continue
        others = Polygons.from_wkb(part.wkb, other="skip")
        unreadable += len(others.skipped)
        product = overlay(own, others, pieces="all", crs=data.crs, ellipsoidal=True, threads=1)
        hits += [
            Hit(
                id=str(part.ids[row]),
                attributes={name: _plain(value) for name, value in part.table.slice(int(row), 1).to_pylist()[0].items()},
                area_m2=float(product.area_m2[index]),
                ellipsoidal_area_m2=float(product.ellipsoidal_area_m2[index]),  # type: ignore[index]  # asked for
                piece=product.pieces[index],  # type: ignore[index]  # asked for
                classification=source.classification,
            )
            for index, row in enumerate(product.right)
        ]
    hits.sort(key=lambda hit: (-hit.area_m2, hit.id))
    return Meeting(tuple(hits), shared_land([hit.piece for hit in hits]), unreadable)


def shared_land(pieces: Sequence[Any]) -> Any:  # noqa: ANN401  # shapely carries no types
    """Take pieces together so that each spot counts once · 合并图形.

    Parameters
    ----------
    pieces
        Polygons and multipolygons.

    Returns
    -------
    shapely.Geometry
        Areal; the piece itself where there is but one.
    """
    if not pieces:
        return shapely.Polygon()
    return pieces[0] if len(pieces) == 1 else areal(shapely.union_all(np.array(pieces, dtype=object)))


def areal(shape: Any) -> Any:  # noqa: ANN401  # shapely carries no types
    """Keep what has an area · 仅保留面.

    Parameters
    ----------
    shape
        Any geometry.

    Returns
    -------
    shapely.Geometry
        A polygon or multipolygon, empty where nothing has an area.
    """
    if shape.geom_type in {"Polygon", "MultiPolygon"}:
        return shape
    parts = [part for part in shapely.get_parts(shape) if shapely.get_dimensions(part) == _AREAL]
    return shapely.union_all(parts) if parts else shapely.Polygon()


def nearest(land: Project, data: SheetData, layer: str, within_m: float | None) -> Nearest:
    """Find how far the nearest feature of a layer is · 求最近距离.

    Parameters
    ----------
    land
        The project.
    data
        Where layers come from.
    layer
        Canonical name of a layer that `data` has.
    within_m
        How far to look; None for as far as the layer goes.

    Returns
    -------
    Nearest
        Exact planar distance.
    """
    sources = [source for source in data.sources[layer] if source.bounds is not None]
    farthest = within_m if within_m is not None else max((_farthest(source, land.shape.bounds) for source in sources), default=0.0)
    window, best, name = min(_FIRST_WINDOW_M, farthest), np.inf, ""
    while sources:
        for source in sources:
            box = widened(land.shape.bounds, window)
            if not touches(source, box):
                continue
            part = data.store.get(source.stored, source.version, bbox=box, columns=["identifier"])
            distance, row = nearest_distance(land.shape, Polygons.from_wkb(part.wkb, other="skip"))
            if row >= 0 and distance < best:
                best, name = distance, str(part.ids[row])
        if best <= window or window >= farthest:
            break
        # What was found in the corner of a window may be farther than something just outside of it.
        window = min(best if np.isfinite(best) else window * _GROWTH, farthest)
    found = best <= farthest
    return Nearest(float(best) if found else None, name if found else "", within_m)


def touches(source: SheetSource, box: tuple[float, ...]) -> bool:
    """Tell whether a stored layer comes near a box · 图层范围是否相接.

    Parameters
    ----------
    source
        The layer.
    box
        xmin, ymin, xmax, ymax in its CRS.

    Returns
    -------
    bool
        False for a layer without coordinates.
    """
    own = source.bounds
    return own is not None and own[0] <= box[2] and own[2] >= box[0] and own[1] <= box[3] and own[3] >= box[1]


def widened(box: tuple[float, ...], by: float) -> tuple[float, float, float, float]:
    """Widen a box to all sides · 外扩范围.

    Parameters
    ----------
    box
        xmin, ymin, xmax, ymax.
    by
        Metres.

    Returns
    -------
    tuple of float
        The wider box.
    """
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _farthest(source: SheetSource, box: tuple[float, ...]) -> float:
    own = source.bounds or box
    return float(np.hypot(max(own[2] - box[0], box[2] - own[0]), max(own[3] - box[1], box[3] - own[1]))) * (1 + _ROUNDING)


def _same_crs(source: SheetSource, data: SheetData) -> None:
    if source.crs != data.crs:
        raise ReferenceMismatch(
            Text(
                f"{source.stored} is in {source.crs or 'an unknown CRS'}, not {data.crs}.",
                f"{source.stored}的坐标系为{source.crs or '未知'}，不是{data.crs}。",
            ),
            Text("Store the layer in the city's own coordinate system.", "请按城市坐标系重新入库。"),
        )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value
