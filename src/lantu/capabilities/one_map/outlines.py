"""Polygons that people bring along: files and pasted coordinates · 多边形读取."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Protocol

import shapely

from lantu.capabilities.one_map.asking import QuestionRefused
from lantu.engines.overlay.areas import ellipsoidal_areas
from lantu.engines.overlay.polygons import Polygons
from lantu.engines.overlay.projecting import outline_in
from lantu.engines.tiling.web_mercator import LON_LAT
from lantu.stores.formats.diagnose import diagnose
from lantu.vocabulary.layer import layer_from_shapes
from lantu.vocabulary.layer_definitions import load_layers
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.stores.formats.diagnosis import FileDiagnosis, IntakeProfile
    from lantu.vocabulary.layer import Layer

_MOST_PARCELS = 500
_MOST_VERTICES = 100_000
_SMALLEST_RING, _PAIR = 3, 2
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_AREAL = 2


class CityOfOutlines(Protocol):
    """A city as reading outlines needs it · 城市."""

    @property
    def intake(self) -> IntakeProfile:
        """What coordinates are held against · 入库依据."""


def read_outlines(path: Path, city: CityOfOutlines) -> dict[str, Any]:
    """Read polygons out of a file and say what was seen of it · 读取多边形并诊断.

    Parameters
    ----------
    path
        TXT of coordinates, zipped shapefile, GeoJSON or GeoPackage.
    city
        What coordinates are held against.

    Returns
    -------
    dict
        GeoJSON collection in degrees with ``diagnosis``.

    Raises
    ------
    QuestionRefused
        If it holds no polygon; the first problem that was met says why.
    """
    diagnoses = diagnose(path, vocabulary=load_layers(), profile=city.intake)
    layers = [item.layer for diagnosis in diagnoses for item in diagnosis.layers if item.layer is not None]
    features = [feature for layer in layers for feature in _features(layer)]
    problems = [problem for diagnosis in diagnoses for problem in diagnosis.problems]
    if not features:
        if problems:
            raise QuestionRefused(problems[0].message, problems[0].remedy)
        raise QuestionRefused(
            Text("The file holds no polygon with known coordinates.", "文件中没有坐标明确的面。"),
            Text("Give TXT, a zipped shapefile, GeoJSON or GeoPackage with polygons.", "请提供含面的TXT、SHP压缩包、GeoJSON或GPKG。"),
        )
    return {
        "type": "FeatureCollection",
        "features": features[:_MOST_PARCELS],
        "left_off": max(len(features) - _MOST_PARCELS, 0),
        "diagnosis": [note for diagnosis in diagnoses for note in _notes(diagnosis)],
    }


def read_pasted(text: str, crs: str) -> dict[str, Any]:
    """Read a polygon from pasted pairs of numbers, one vertex a line · 读取粘贴的坐标.

    Parameters
    ----------
    text
        Longitude and latitude in degrees, or x (east) and y (north) in the city's own CRS; blanks, commas or tabs between.
    crs
        The city's CRS.

    Returns
    -------
    dict
        As `read_outlines`.

    Raises
    ------
    QuestionRefused
        If it is no ring of at least three places.
    """
    pairs = [[float(number) for number in found] for line in text.splitlines() if len(found := _NUMBER.findall(line)) >= _PAIR]
    ring = [(pair[-2], pair[-1]) for pair in pairs]
    if len(ring) < _SMALLEST_RING or len(ring) > _MOST_VERTICES:
        raise QuestionRefused(
            Text("Pasted text must hold at least three places, one a line.", "粘贴内容至少应有三个坐标点，每行一点。"),
            Text("Give longitude and latitude, or east and north, of each corner.", "请逐点给出经度、纬度，或东坐标、北坐标。"),
        )
    degrees = all(abs(x) <= 180 and abs(y) <= 90 for x, y in ring)  # noqa: PLR2004  # degrees
    layer = layer_from_shapes("pasted", {"1": shapely.Polygon(ring)}, crs="EPSG:4490" if degrees else crs)
    return {"type": "FeatureCollection", "features": _features(layer), "left_off": 0, "diagnosis": []}


def _features(layer: Layer) -> list[dict[str, Any]]:
    found = []
    for row, shape in enumerate(layer.geometry):
        if shape is None or shape.is_empty or shapely.get_dimensions(shape) != _AREAL or not layer.crs:
            continue
        sound = shape if shape.is_valid else shapely.make_valid(shape, method="structure", keep_collapsed=False)
        area = float(ellipsoidal_areas(Polygons.from_shapely([sound]), layer.crs).sum())
        placed = outline_in(shapely.force_2d(sound), layer.crs, LON_LAT)
        found.append(
            {
                "type": "Feature",
                "id": str(layer.ids[row]),
                "geometry": json.loads(shapely.to_geojson(placed)),
                "properties": {"name": str(layer.ids[row]), "ellipsoidal_area_m2": area, "mended": sound is not shape},
            }
        )
    return found


def _notes(diagnosis: FileDiagnosis) -> list[dict[str, Any]]:
    return [{"message": problem.message.as_json(), "remedy": problem.remedy.as_json()} for problem in diagnosis.problems]
