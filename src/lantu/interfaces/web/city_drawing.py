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
    from lantu.vocabulary.text import Text

_WIDTH = 600.0
_SMALLEST_STEP = 1.2
_LETTER_PX = 15


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
    x
        Middle of the name.
    y
        Foot of the name.
    is_named
        False where the name would lie on another.
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


def draw_units(profile: CityProfile) -> CityDrawing:
    """Draw the outlines that come with a city's profile · 绘制板块示意图.

    Parameters
    ----------
    profile
        Of the city.

    Returns
    -------
    CityDrawing
        Without units where the profile has no outlines.
    """
    return _draw(profile.outline_path, tuple((code, unit.name) for code, unit in profile.units.items()))


@cache
def _draw(outline_path: str, names: tuple[tuple[str, Text], ...]) -> CityDrawing:
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
    taken: list[shapely.Geometry] = []
    # The largest first: a name that would lie on another is left to the tooltip.
    for code, name, shape in sorted(((code, name, place(shapes[code])) for code, name in names if code in shapes), key=_by_size):
        middle = shapely.point_on_surface(shape)
        room = _room_of(name, middle)
        free = not any(room.intersects(other) for other in taken)
        if free:
            taken.append(room)
        drawn.append(DrawnUnit(code, name, _path(shape), round(middle.x), round(middle.y) + _LETTER_PX // 3, free))
    return CityDrawing(round(_WIDTH), math.ceil((north - south) * scale), tuple(drawn))


def _by_size(item: tuple[str, Text, shapely.Geometry]) -> float:
    return -float(item[2].area)


def _room_of(name: Text, middle: shapely.Point) -> shapely.Geometry:
    half = max(len(name.zh) * _LETTER_PX, len(name.en) * _LETTER_PX // 2) / 2
    return shapely.box(middle.x - half, middle.y - _LETTER_PX, middle.x + half, middle.y + _LETTER_PX)


def _path(shape: shapely.Geometry) -> str:
    rings = []
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in ring.coords[:-1])
            rings.append(f"M{points}Z")
    return "".join(rings)
