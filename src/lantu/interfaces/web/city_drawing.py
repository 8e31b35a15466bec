"""A drawing of the city's units for the first page · 板块示意图."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from lantu.vocabulary.plans import CityProfile
    from lantu.vocabulary.text import Language, Text

_WIDTH = 600.0
_SMALLEST_STEP = 1.2
_LETTER_PX = 15
_LAST_NARROW = 0x2FF  # letters beyond, such as Chinese ones, are as wide as high
_WIDER_THAN_HIGH = 3.0
_ENOUGH_ROOM = 0.97


@dataclass(frozen=True, slots=True)
class DrawnUnit:
    """One unit as an SVG path with the place of its name · 一个板块.

    Parameters
    ----------
    code
        Of the unit.
    name
        Of the unit.
    path
        What SVG calls ``d``.
    x
        Middle of the name.
    y
        Foot of the name.
    is_named
        False where the name has no room within the unit.
    """

    code: str
    name: Text
    path: str
    x: int
    y: int
    is_named: bool


@dataclass(frozen=True, slots=True)
class CityDrawing:
    """All units of a city that have an outline · 板块示意图.

    Parameters
    ----------
    width
        Of the view box.
    height
        Of the view box.
    units
        In the order of the profile.
    """

    width: int
    height: int
    units: tuple[DrawnUnit, ...]


def draw_units(profile: CityProfile, language: Language) -> CityDrawing:
    """Draw the outlines that come with a city's profile · 绘制板块示意图.

    Parameters
    ----------
    profile
        Of the city.
    language
        In which the names are written; they need more room in one than in the other.

    Returns
    -------
    CityDrawing
        Without units where the profile has no outlines.
    """
    return _draw(profile.outline_path, tuple((code, unit.name) for code, unit in profile.units.items()), language)


@cache
def _draw(outline_path: str, names: tuple[tuple[str, Text], ...], language: Language) -> CityDrawing:
    if not outline_path:
        return CityDrawing(0, 0, ())
    features = json.loads(Path(outline_path).read_text(encoding="utf-8"))["features"]
    shapes = {str(item["properties"]["unit_code"]): shapely.geometry.shape(item["geometry"]) for item in features}
    west, south, east, north = shapely.total_bounds(list(shapes.values()))
    narrowing = math.cos(math.radians((south + north) / 2))
    scale = _WIDTH / ((east - west) * narrowing)

    def place(shape: shapely.Geometry) -> shapely.Geometry:
        moved = shapely.transform(
            shape,
            lambda points: (points - (west, north)) * (narrowing * scale, -scale),  # degrees to the drawing's own units
        )
        return shapely.simplify(moved, _SMALLEST_STEP)

    drawn = []
    for code, name in names:
        if code not in shapes:
            continue
        shape = place(shapes[code])
        middle = _middle(shape)
        # A name that its own unit has no room for is left to the tooltip: across a border it could be read as the neighbour's.
        room = _room_of(name.speak(language), middle)
        named = shape.intersection(room).area >= _ENOUGH_ROOM * room.area
        drawn.append(DrawnUnit(code, name, _path(shape), round(middle.x), round(middle.y) + _LETTER_PX // 3, named))
    return CityDrawing(round(_WIDTH), math.ceil((north - south) * scale), tuple(drawn))


def _middle(shape: shapely.Geometry) -> shapely.Point:
    """Find the place that is furthest from every border, in a space pressed flat: names are wider than high."""
    flat = shapely.transform(shape, lambda points: points * (1 / _WIDER_THAN_HIGH, 1))
    inside = shapely.get_point(shapely.maximum_inscribed_circle(flat, tolerance=1.0), 0)
    return shapely.Point(inside.x * _WIDER_THAN_HIGH, inside.y)


def _room_of(name: str, middle: shapely.Point) -> shapely.Geometry:
    half = sum(_LETTER_PX if ord(letter) > _LAST_NARROW else _LETTER_PX * 0.55 for letter in name) / 2
    return shapely.box(middle.x - half, middle.y - _LETTER_PX / 2, middle.x + half, middle.y + _LETTER_PX / 2)


def _path(shape: shapely.Geometry) -> str:
    rings = []
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in ring.coords[:-1])
            rings.append(f"M{points}Z")
    return "".join(rings)
