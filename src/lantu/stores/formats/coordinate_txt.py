"""Coordinate TXT of boundary surveys 勘测定界, as every bureau gets it daily · 报批坐标TXT."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely

from lantu.stores.formats.crs import GaussKruger, grid_of_zone
from lantu.stores.formats.found import FoundLayer
from lantu.stores.formats.messages import repaired, tell
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.stores.formats.diagnosis import FileDiagnosis, IntakeProfile

# Names for a file that stands for no layer of the vocabulary; its parcels still need names to work with.
_CANONICAL = {
    "identifier": "地块编号", "parcel_name": "地块名称", "figure_kind": "图形属性", "map_sheet": "图幅号", "land_use_name": "地块用途",
    "land_use_code": "地类编码", "point_count": "点数", "declared_area_ha": "面积_公顷",
}  # fmt: skip
_SECTION = re.compile(r"^\[(.+)\]$")
_POINT = re.compile(r"^\s*[^,\d@]{0,8}\d*[^,@]{0,8},")
_PREFIX_UNIT = 1_000_000
_SQUARE_METRES_PER_HECTARE = 10_000
_AREA_TOLERANCE_HA = 0.0001
_AREA_TOLERANCE_SHARE = 0.001
_FEWEST_PARTS = 4
_LEAST_NORTHING = 1.0e6


@dataclass(slots=True)
class _Parcel:
    head: list[str]
    line: int
    rings: dict[int, list[tuple[float, float]]] = field(default_factory=dict)
    points: int = 0

    def value(self, place: int) -> str:
        return self.head[place].strip() if place < len(self.head) else ""

    @property
    def label(self) -> str:
        return self.value(2) or self.value(3) or f"line {self.line}"


@dataclass(slots=True)
class _Parsed:
    header: dict[str, str] = field(default_factory=dict)
    parcels: list[_Parcel] = field(default_factory=list)
    odd: list[tuple[int, str]] = field(default_factory=list)
    normalised: int = 0


def looks_like_coordinates(text: str) -> bool:
    """Tell whether a text is a coordinate TXT · 是否坐标TXT.

    Parameters
    ----------
    text
        The beginning of the text, decoded.

    Returns
    -------
    bool
        True if it has one of the sections, or a parcel line followed by point lines.
    """
    if "[地块坐标]" in text or "[属性描述]" in text:
        return True
    lines = [unicodedata.normalize("NFKC", line).strip() for line in text.splitlines() if line.strip()][:12]
    heads = [line for line in lines if line.endswith("@")]
    return bool(heads) and any(re.match(r"^\D{0,3}\d+,\d+,\d+(\.\d+)?,\d+", line) for line in lines)


def read_coordinates(path: Path, text: str, diagnosis: FileDiagnosis, profile: IntakeProfile | None) -> list[FoundLayer]:
    """Read a coordinate TXT · 读取坐标TXT.

    X is north and Y is east, with the zone number as survey files have it; rings of number 2 and up
    are holes of the same parcel. What the file declares is compared with what its points say.

    Parameters
    ----------
    path
        The file.
    text
        Its content, decoded.
    diagnosis
        Gets problems and repairs appended.
    profile
        Decides the zone where neither header nor coordinates tell it.

    Returns
    -------
    list of FoundLayer
        One layer, one feature per parcel.
    """
    name = path.stem
    parsed = _parse(text)
    if parsed.normalised:
        repaired(diagnosis, "RP09", layer=name, features=parsed.normalised, count=parsed.normalised)
    if parsed.odd:
        line, sample = parsed.odd[0]
        tell(diagnosis, "IN44", layer=name, line=line, sample=sample[:40], count=len(parsed.odd))
    _put_right(parsed, diagnosis, name)
    declared = _declared_crs(parsed, diagnosis, name, profile)
    geometry = [_polygon(parcel, diagnosis, name) for parcel in parsed.parcels]
    closed = sum(1 for parcel in parsed.parcels for ring in parcel.rings.values() if ring and ring[0] != ring[-1])
    if closed:
        repaired(diagnosis, "RP02", layer=name, features=closed, count=closed)
    for parcel, shape in zip(parsed.parcels, geometry, strict=True):
        _compare(parcel, shape, diagnosis, name)
    wkb = pa.chunked_array(
        [pa.array(shapely.to_wkb(np.array(geometry, dtype=object)), pa.large_binary(), from_pandas=True)], pa.large_binary()
    )
    return [FoundLayer(name, _table(parsed), wkb, declared_crs=declared, source_names=dict(_CANONICAL))]


def _parse(text: str) -> _Parsed:
    parsed = _Parsed()
    for number, raw in enumerate(text.splitlines(), start=1):
        plain = unicodedata.normalize("NFKC", raw.replace("﻿", "")).replace("、", ",")
        line = plain.strip().strip("\0")
        if not line:
            continue
        if plain != raw.replace("﻿", ""):
            parsed.normalised += 1
        header = _SECTION.match(line)
        if header:
            continue
        if "=" in line and "," not in line.split("=")[0]:
            for pair in re.findall(r"([^=\s]+)\s*=\s*([^=]*?)(?=\s+[^=\s]+\s*=|$)", line):
                parsed.header[pair[0]] = pair[1].strip()
        else:
            _content_line(parsed, line, number)
    return parsed


def _content_line(parsed: _Parsed, line: str, number: int) -> None:
    parts = [part.strip() for part in line.split(",")]
    if line.endswith("@") or "@" in parts:
        parsed.parcels.append(_Parcel(parts, number))
        return
    point = _point(parts)
    if point is None or not parsed.parcels:
        parsed.odd.append((number, line))
        return
    ring, first, second = point
    parcel = parsed.parcels[-1]
    parcel.points += 1
    parcel.rings.setdefault(ring, []).append((first, second))


def _point(parts: list[str]) -> tuple[int, float, float] | None:
    while parts and not parts[-1]:
        parts = parts[:-1]
    if len(parts) < _FEWEST_PARTS - 1:
        return None
    try:
        first, second = float(parts[-2]), float(parts[-1])
        # A blank ring number means the outer ring.
        ring = int(float(parts[-3])) if len(parts) >= _FEWEST_PARTS and parts[-3] else 1
    except (ValueError, OverflowError):
        return None
    return (ring, first, second) if np.isfinite(first) and np.isfinite(second) else None


def _put_right(parsed: _Parsed, diagnosis: FileDiagnosis, name: str) -> None:
    """Turn (north, east) into (east, north), or leave it where the file already has east first."""
    places = np.array([place for parcel in parsed.parcels for ring in parcel.rings.values() for place in ring], dtype=float).reshape(-1, 2)
    if not len(places):
        return
    first, second = np.median(places, axis=0)
    # In China a northing lies between 2 and 6 million metres, an easting below 1 million or, with its zone, above 13 million.
    east_first = _is_easting(first) and _is_northing(second) and not (_is_northing(first) and _is_easting(second))
    for parcel in parsed.parcels:
        for ring, points in parcel.rings.items():
            parcel.rings[ring] = points if east_first else [(east, north) for north, east in points]
    if east_first:
        repaired(
            diagnosis, "RP03", layer=name, features=len(parsed.parcels), x=f"{first:.0f}", y=f"{second:.0f}",
            crs=Text("a Gauss-Krüger grid (X north, Y east)", "高斯平面（X北、Y东）"),
        )  # fmt: skip


def _is_northing(value: float) -> bool:
    return bool(_LEAST_NORTHING <= value <= 6.1e6)  # noqa: PLR2004  # northernmost China


def _is_easting(value: float) -> bool:
    return bool(value < _PREFIX_UNIT or grid_of_zone(int(value // _PREFIX_UNIT)))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _declared_crs(parsed: _Parsed, diagnosis: FileDiagnosis, name: str, profile: IntakeProfile | None) -> str | None:
    eastings = [place[0] for parcel in parsed.parcels for ring in parcel.rings.values() for place in ring]
    if not eastings:
        return None
    zones = {int(east // _PREFIX_UNIT) for east in eastings}
    prefix = zones.pop() if len(zones) == 1 else 0
    width_text = _number(parsed.header.get("几度分带", ""))
    width = int(width_text) if width_text in {3.0, 6.0} else 0
    stated_number = _number(parsed.header.get("带号", ""))
    stated = int(stated_number) if stated_number else 0
    system = parsed.header.get("坐标系", "")
    datum = "Xian 1980" if "80" in system else "Beijing 1954" if "54" in system else "CGCS2000"
    found = prefix if grid_of_zone(prefix) else 0
    if stated and found and stated != found:
        tell(diagnosis, "IN45", layer=name, declared=stated, found=found)
        return None
    zone = stated or found
    if not zone:
        return _zone_by_profile(eastings[0], diagnosis, name, profile)
    grid = _grid(datum, width or (3 if zone > 24 else 6), zone, prefixed=bool(found))  # noqa: PLR2004  # numbers of 3-degree zones start at 25
    if grid is None:
        tell(diagnosis, "IN42", layer=name, y=f"{eastings[0]:.0f}", candidates=Text("none in China", "中国境内无此带"))
        return None
    if not stated:
        repaired(diagnosis, "RP12", layer=name, features=len(parsed.parcels), zone=found, crs=grid.code)
    return grid.code


def _grid(datum: str, width: int, zone: int, *, prefixed: bool) -> GaussKruger | None:
    meridian = 3 * zone if width == 3 else 6 * zone - 3  # noqa: PLR2004  # the narrower zones
    return GaussKruger(datum, width, meridian, prefixed) if 75 <= meridian <= 135 else None  # noqa: PLR2004  # meridians over China


def _zone_by_profile(east: float, diagnosis: FileDiagnosis, name: str, profile: IntakeProfile | None) -> str | None:
    # Without a zone number the grid can only come from the city: the general inference takes its CRS and extent.
    if profile is None or profile.extent is None:
        tell(diagnosis, "IN42", layer=name, y=f"{east:.0f}", candidates="EPSG:4534–4554")
    return None


def _polygon(parcel: _Parcel, diagnosis: FileDiagnosis, name: str) -> shapely.Polygon | None:
    usable: dict[int, list[tuple[float, float]]] = {}
    for number, points in parcel.rings.items():
        different = len(set(points))
        if different < 3:  # noqa: PLR2004  # a ring encloses nothing with fewer
            tell(diagnosis, "IN43", layer=name, ring=number, parcel=parcel.label, points=different)
        else:
            usable[number] = points
    if not usable:
        return None
    outer = min(usable)
    return shapely.Polygon(usable[outer], [ring for number, ring in usable.items() if number != outer])


def _compare(parcel: _Parcel, shape: shapely.Polygon | None, diagnosis: FileDiagnosis, name: str) -> None:
    declared_points = _number(parcel.value(0))
    # Some count the closing point, some do not: both are right.
    repeats = sum(1 for ring in parcel.rings.values() if len(ring) > 1 and ring[0] == ring[-1])
    if declared_points is not None and int(declared_points) not in {parcel.points, parcel.points - repeats}:
        tell(diagnosis, "IN40", layer=name, parcel=parcel.label, declared=int(declared_points), actual=parcel.points - repeats)
    declared = _number(parcel.value(1))
    if declared is None or shape is None:
        return
    computed = _net_area(shape) / _SQUARE_METRES_PER_HECTARE
    if abs(declared - computed) > max(_AREA_TOLERANCE_HA, _AREA_TOLERANCE_SHARE * computed):
        tell(diagnosis, "IN41", layer=name, parcel=parcel.label, declared_ha=f"{declared:.4f}", computed_ha=f"{computed:.4f}")


def _net_area(shape: shapely.Polygon) -> float:
    return float(shape.area)


def _table(parsed: _Parsed) -> pa.Table:
    parcels = parsed.parcels
    text = pa.large_string()

    def texts(place: int) -> pa.Array:
        return pa.array([parcel.value(place) or None for parcel in parcels], text)

    return pa.table(
        {
            "地块编号": texts(2),
            "地块名称": texts(3),
            "图形属性": texts(4),
            "图幅号": texts(5),
            "地块用途": texts(6),
            "地类编码": texts(7),
            "点数": pa.array([None if (number := _number(parcel.value(0))) is None else int(number) for parcel in parcels], pa.int64()),
            "面积_公顷": pa.array([_number(parcel.value(1)) for parcel in parcels], pa.float64()),
        }
    )
