"""In which CRS coordinates are: declared, contradicted, or inferred by their size · 坐标系的判定."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pyproj
from pyproj.exceptions import CRSError, ProjError

from lantu.stores.formats.diagnosis import CrsGuess
from lantu.stores.formats.messages import repaired, tell
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.stores.formats.diagnosis import FileDiagnosis, IntakeProfile

    Bounds = npt.NDArray[np.float64]

# China's extent in degrees, with a margin, and its northings in metres.
_WEST, _SOUTH, _EAST, _NORTH = 73.0, 3.0, 136.0, 54.5
_LEAST_NORTHING, _MOST_NORTHING = 3.0e5, 6.1e6
_LEAST_EASTING, _MOST_EASTING = 5.0e4, 9.5e5
_PREFIX_UNIT = 1_000_000
_FALSE_EASTING = 500_000
# How far outside its area of use data may lie before the label is called wrong.
_AREA_OF_USE_MARGIN_DEGREES = 8.0
_EXTENT_MARGIN_DEGREES = 0.3
_READABLE = (
    "PROJCS",
    "GEOGCS",
    "GEODCRS",
    "GEOGCRS",
    "PROJCRS",
    "COMPD_CS",
    "COMPOUNDCRS",
    "BOUNDCRS",
    "LOCAL_CS",
    "GEOCCS",
    "ENGCRS",
    "{",
)


@dataclass(frozen=True, slots=True)
class GaussKruger:
    """One Gauss-Krüger grid of a Chinese datum · 高斯-克吕格坐标系.

    Parameters
    ----------
    datum
        ``CGCS2000``, ``Xian 1980`` or ``Beijing 1954``.
    width
        Width of a zone, 3 or 6 degrees.
    meridian
        Central meridian, degrees east.
    prefixed
        Whether eastings carry the zone number.
    """

    datum: str
    width: int
    meridian: int
    prefixed: bool

    @property
    def zone(self) -> int:
        """Zone number · 带号."""
        return self.meridian // 3 if self.width == 3 else (self.meridian + 3) // 6  # noqa: PLR2004  # the narrower zones

    @property
    def code(self) -> str:
        """Authority and code · 代码."""
        return _CODE_OF_GRID[self]

    def twin(self) -> GaussKruger:
        """Give the same grid with or without the zone number · 有无带号互换."""
        return GaussKruger(self.datum, self.width, self.meridian, not self.prefixed)


# First EPSG code of each family, by datum and zone width: with the zone number, and without.
_FAMILIES = {
    ("CGCS2000", 3): (4513, 4534),
    ("CGCS2000", 6): (4491, 4502),
    ("Xian 1980", 3): (2349, 2370),
    ("Xian 1980", 6): (2327, 2338),
    ("Beijing 1954", 3): (2401, 2422),
    ("Beijing 1954", 6): (21413, 21453),
}
_CODE_OF_GRID = {
    GaussKruger(datum, width, 75 + width * step, prefixed): f"EPSG:{first + step}"
    for (datum, width), pair in _FAMILIES.items()
    for prefixed, first in zip((True, False), pair, strict=True)
    for step in range(60 // width + 1)
}
_GRID_OF_CODE = {code: grid for grid, code in _CODE_OF_GRID.items()}


def grid_of_zone(zone: int) -> GaussKruger | None:
    """Find the CGCS2000 grid of a zone number; 3° and 6° zones have different numbers in China · 由带号取坐标系.

    Parameters
    ----------
    zone
        Zone number, 25–45 for 3°, 13–23 for 6°.

    Returns
    -------
    GaussKruger or None
        With the zone number in its eastings; None where China has no such zone.
    """
    if 25 <= zone <= 45:  # noqa: PLR2004  # zones of 3 degrees over China
        return GaussKruger("CGCS2000", 3, 3 * zone, prefixed=True)
    if 13 <= zone <= 23:  # noqa: PLR2004  # zones of 6 degrees over China
        return GaussKruger("CGCS2000", 6, 6 * zone - 3, prefixed=True)
    return None


def grid_of_code(code: str | None) -> GaussKruger | None:
    """Find the Gauss-Krüger grid that a code stands for · 由代码取高斯坐标系.

    Parameters
    ----------
    code
        Such as ``EPSG:4549``.

    Returns
    -------
    GaussKruger or None
        None for any other CRS.
    """
    return _GRID_OF_CODE.get(code or "")


@lru_cache(maxsize=512)
def read_declaration(text: str) -> tuple[str, bool] | None:
    """Understand a declared CRS · 解读坐标系声明.

    Parameters
    ----------
    text
        Code, WKT of any flavour or PROJJSON.

    Returns
    -------
    tuple or None
        Code (the WKT itself where no code matches) and whether it is geographic; None where it is not understood.
    """
    plain = text.strip()
    is_code = plain.upper().startswith(("EPSG:", "ESRI:", "IGNF:", "OGC:", "URN:OGC:DEF:CRS", "HTTP://WWW.OPENGIS.NET"))
    # PROJ strings can name files; nothing in a delivery needs them.
    if not is_code and not plain.upper().startswith(_READABLE):
        return None
    try:
        crs = pyproj.CRS.from_user_input(plain)
        if crs.is_compound and crs.sub_crs_list:
            crs = crs.sub_crs_list[0]
        if crs.is_bound and crs.source_crs:
            crs = crs.source_crs
        authority = _authority(crs)
        if not crs.is_geographic and not crs.is_projected:
            return None
    except (CRSError, ProjError, ValueError, UnicodeError):
        return None
    if authority == ("OGC", "CRS84"):
        authority = ("EPSG", "4326")
    return (":".join(authority) if authority else crs.to_wkt(), bool(crs.is_geographic))


def _authority(crs: pyproj.CRS) -> tuple[str, str] | None:
    best = crs.to_authority(min_confidence=60)
    if best is None or best[0] == "EPSG":
        return None if best is None else (str(best[0]), str(best[1]))
    # National registers know the same CRS under names of their own; EPSG is what everything else speaks.
    for item in crs.list_authority("EPSG", min_confidence=20):
        candidate = pyproj.CRS.from_epsg(int(item.code))
        if _numbers_of(candidate) == _numbers_of(crs):
            return (item.auth_name, item.code)
    return (best[0], best[1])


def _numbers_of(crs: pyproj.CRS) -> tuple[object, ...]:
    operation, ellipsoid = crs.coordinate_operation, crs.ellipsoid
    figure = (round(ellipsoid.semi_major_metre, 3), round(ellipsoid.inverse_flattening, 5)) if ellipsoid else ()
    # Registers differ in the order of the two standard parallels, which means nothing: values without names.
    values = tuple(sorted(round(float(item.value), 6) for item in operation.params)) if operation else ()
    return (figure, operation.method_name if operation else "", values)


def is_compound(text: str) -> bool:
    """Tell whether a declared CRS has a height part · 是否复合坐标系.

    Parameters
    ----------
    text
        As for `read_declaration`, and understood by it.

    Returns
    -------
    bool
        True for a compound CRS.
    """
    return bool(pyproj.CRS.from_user_input(text.strip()).is_compound)


@lru_cache(maxsize=256)
def _to_degrees(code: str) -> pyproj.Transformer:
    crs = pyproj.CRS.from_user_input(code)
    geographic = crs.geodetic_crs or pyproj.CRS.from_epsg(4490)
    return pyproj.Transformer.from_crs(crs, geographic, always_xy=True)


@lru_cache(maxsize=256)
def _area_of_use(code: str) -> tuple[float, float, float, float] | None:
    area = pyproj.CRS.from_user_input(code).area_of_use
    return None if area is None else (area.west, area.south, area.east, area.north)


def in_degrees(code: str, x: float, y: float) -> tuple[float, float] | None:
    """Bring a place to degrees on the datum of its own CRS · 换算为经纬度.

    Parameters
    ----------
    code
        CRS of `x` and `y`.
    x
        East.
    y
        North.

    Returns
    -------
    tuple of float or None
        Longitude and latitude; None where the projection has no such place.
    """
    try:
        longitude, latitude = _to_degrees(code).transform(x, y)
    except (ProjError, CRSError):
        return None
    if not (np.isfinite(longitude) and np.isfinite(latitude)):
        return None
    return float(longitude), float(latitude)


def _inside(place: tuple[float, float] | None, box: tuple[float, float, float, float], margin: float) -> bool:
    if place is None:
        return False
    west, south, east, north = box
    if west > east:  # an area of use across the date line
        west, east = -180.0, 180.0
    return west - margin <= place[0] <= east + margin and south - margin <= place[1] <= north + margin


def _kind(x: float, y: float) -> str:  # one line per row of the table of magnitudes, reference 3.4
    if abs(x) <= 180 and abs(y) <= 90:  # noqa: PLR2004  # degrees
        return "degrees"
    if abs(x) <= 90 and 90 < abs(y) <= 180:  # noqa: PLR2004  # degrees
        return "degrees swapped"
    for first, second, swapped in ((x, y, ""), (y, x, " swapped")):
        if not _LEAST_NORTHING <= second <= _MOST_NORTHING:
            continue
        if grid_of_zone(int(first // _PREFIX_UNIT)) and _LEAST_EASTING <= first % _PREFIX_UNIT <= _MOST_EASTING:
            return "prefixed" + swapped
        # Without a zone number only northings beyond any easting can be told from eastings.
        if _LEAST_EASTING <= first <= _MOST_EASTING < second:
            return "plain" + swapped
    return "other"


@dataclass(slots=True)
class CrsVerdict:
    """What was found out about the CRS of one layer · 坐标系判定结果.

    Parameters
    ----------
    guess
        The CRS and how it is known.
    swap
        True if first and second coordinate must be exchanged to be in it.
    """

    guess: CrsGuess
    swap: bool = False


def judge_crs(  # noqa: PLR0913  # the last three are named at every call
    bounds: Bounds, declared: str | None, diagnosis: FileDiagnosis, *, layer: str, profile: IntakeProfile | None, default: str | None = None
) -> CrsVerdict:
    """Judge the CRS of a layer from its declaration and its coordinates · 判定图层坐标系.

    Parameters
    ----------
    bounds
        West, south, east, north of each feature as delivered, NaN where it has none, shape ``(n, 4)``.
    declared
        What the file declares, None where it declares nothing.
    diagnosis
        Gets problems and repairs appended.
    layer
        Name of the layer in messages.
    profile
        What the city expects.
    default
        CRS that the format itself prescribes where a file declares none, such as EPSG:4326 for GeoJSON.

    Returns
    -------
    CrsVerdict
        With code None where only the owner of the data can tell.
    """
    read = read_declaration(declared) if declared else None
    if declared and read is None:
        tell(diagnosis, "IN54", layer=layer, sample=declared.strip()[:60])
    if declared and read and is_compound(declared):
        tell(diagnosis, "IN57", layer=layer, declared=declared.strip()[:60].split(",")[0], crs=read[0])
    usable = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(usable):
        code = read[0] if read else default
        return CrsVerdict(CrsGuess(code, "declared" if code else "unknown", 1.0 if read else 0.5 * bool(code)))
    _report_strangers(usable, diagnosis, layer)
    middles = (usable[:, :2] + usable[:, 2:]) / 2
    x, y = (float(value) for value in np.median(middles, axis=0))
    if read:
        return _judge_declared(read, (x, y), diagnosis, layer, profile)
    if default and _kind(x, y) == "degrees":
        return CrsVerdict(CrsGuess(default, "declared", 0.9))
    if default:
        tell(diagnosis, "IN12", layer=layer, declared=default, x=_say(x), y=_say(y), hint=Text("", ""))
    return _infer((x, y), usable, diagnosis, layer, profile)


def _say(value: float) -> str:
    return f"{value:.6g}" if abs(value) <= 360 else f"{value:.0f}"  # noqa: PLR2004  # degrees


def _report_strangers(usable: Bounds, diagnosis: FileDiagnosis, layer: str) -> None:
    """Report features whose coordinates are of another kind than most."""
    degrees = (np.abs(usable[:, [0, 2]]) <= 180).all(axis=1) & (np.abs(usable[:, [1, 3]]) <= 180).all(axis=1)  # noqa: PLR2004  # degrees
    zones = np.where(degrees, -1, (usable[:, 0] // _PREFIX_UNIT)).astype(np.int64)
    rows = _some_rows(zones)
    kinds = {_kind(float(usable[row, 0]), float(usable[row, 1])).removesuffix(" swapped") for row in rows}
    zones_found = sorted({int(zones[row]) for row in rows if _kind(float(usable[row, 0]), float(usable[row, 1])) == "prefixed"})
    # Degrees beside metres cannot be one CRS, whatever it is; nor can two zone numbers.
    if ("degrees" in kinds and kinds & {"plain", "prefixed"}) or {"plain", "prefixed"} <= kinds or len(zones_found) > 1:
        found = ", ".join(sorted(kinds) if len(kinds) > 1 else [f"zone {zone}" for zone in zones_found])
        tell(diagnosis, "IN52", layer=layer, found=found)


def _some_rows(zones: npt.NDArray[np.int64]) -> list[int]:
    _, first = np.unique(zones, return_index=True)
    return [int(row) for row in first[:50]]


def _judge_declared(
    read: tuple[str, bool], place: tuple[float, float], diagnosis: FileDiagnosis, layer: str, profile: IntakeProfile | None
) -> CrsVerdict:
    code, geographic = read
    x, y = place
    kind = _kind(x, y)
    declared = CrsGuess(code, "declared", 1.0)
    if geographic:
        if kind == "degrees" and not _swapped_by_profile(code, place, profile):
            return CrsVerdict(declared)
        if kind in {"degrees", "degrees swapped"}:
            repaired(diagnosis, "RP03", layer=layer, x=_say(y), y=_say(x), crs=code)
            return CrsVerdict(declared, swap=True)
        return _contradicted(code, place, diagnosis, layer)
    grid = grid_of_code(code)
    if grid:
        return _judge_grid(grid, place, diagnosis, layer)
    if kind == "degrees" and (abs(x) > 1 or abs(y) > 1):
        return _contradicted(code, place, diagnosis, layer)
    return _judge_area_of_use(code, place, diagnosis, layer)


def _swapped_by_profile(code: str, place: tuple[float, float], profile: IntakeProfile | None) -> bool:
    if profile is None or profile.extent is None:
        return False
    del code
    x, y = place
    return _inside((y, x), profile.extent, _EXTENT_MARGIN_DEGREES) and not _inside((x, y), profile.extent, _EXTENT_MARGIN_DEGREES)


def _judge_grid(grid: GaussKruger, place: tuple[float, float], diagnosis: FileDiagnosis, layer: str) -> CrsVerdict:
    x, y = place
    kind = _kind(x, y)
    swap = kind.endswith(" swapped")
    east, north = (y, x) if swap else (x, y)
    plain_kind = kind.removesuffix(" swapped")
    if plain_kind not in {"plain", "prefixed"} or (plain_kind == "prefixed" and int(east // _PREFIX_UNIT) != grid.zone):
        return _contradicted(grid.code, place, diagnosis, layer)
    chosen = grid
    if (plain_kind == "prefixed") != grid.prefixed:
        chosen = grid.twin()
        shape = (
            Text(f"carries zone number {grid.zone}", f"带有带号{grid.zone}")
            if chosen.prefixed
            else Text("carries no zone number", "不带带号")
        )
        repaired(diagnosis, "RP04", layer=layer, declared=grid.code, x=_say(east), shape=shape, crs=chosen.code)
    if swap:
        repaired(diagnosis, "RP03", layer=layer, x=_say(east), y=_say(north), crs=chosen.code)
    return CrsVerdict(CrsGuess(chosen.code, "declared", 1.0 if chosen is grid else 0.95), swap=swap)


def _judge_area_of_use(code: str, place: tuple[float, float], diagnosis: FileDiagnosis, layer: str) -> CrsVerdict:
    area = _area_of_use(code)
    declared = CrsGuess(code, "declared", 1.0)
    if area is None or _inside(in_degrees(code, *place), area, _AREA_OF_USE_MARGIN_DEGREES):
        return CrsVerdict(declared)
    x, y = place
    if _inside(in_degrees(code, y, x), area, 0.0):
        repaired(diagnosis, "RP03", layer=layer, x=_say(y), y=_say(x), crs=code)
        return CrsVerdict(declared, swap=True)
    return _contradicted(code, place, diagnosis, layer)


def _contradicted(code: str, place: tuple[float, float], diagnosis: FileDiagnosis, layer: str) -> CrsVerdict:
    x, y = place
    guess = _by_size(place)
    hint = Text(f"; by their size they look like {guess.code}", f"；按数值大小像是{guess.code}") if guess else Text("", "")
    tell(diagnosis, "IN12", layer=layer, declared=code if len(code) < 40 else f"{code[:40]}…", x=_say(x), y=_say(y), hint=hint)  # noqa: PLR2004  # a whole WKT is no name
    return CrsVerdict(CrsGuess(None, "unknown", 0.0))


def _by_size(place: tuple[float, float]) -> CrsGuess | None:
    x, y = place
    kind = _kind(x, y)
    if kind.startswith("degrees"):
        east, north = (y, x) if kind.endswith("swapped") else (x, y)
        in_china = _WEST <= east <= _EAST and _SOUTH <= north <= _NORTH
        return CrsGuess("EPSG:4490" if in_china else "EPSG:4326", "inferred", 0.6 if in_china else 0.5)
    if kind.startswith("prefixed"):
        grid = grid_of_zone(int((y if kind.endswith("swapped") else x) // _PREFIX_UNIT))
        return CrsGuess(grid.code, "inferred", 0.8) if grid else None
    return None


def _by_profile(place: tuple[float, float], profile: IntakeProfile | None) -> list[tuple[str, bool]]:
    """Find the CRS of the profile in which the place lies inside the city; the flag says swapped."""
    if profile is None or profile.extent is None:
        return []
    x, y = place
    candidates: list[str] = []
    for code in profile.crs:
        candidates.append(code)
        grid = grid_of_code(code)
        if grid:
            candidates.append(grid.twin().code)
    candidates.append("EPSG:4490")
    fitting: list[tuple[str, bool]] = []
    for code in dict.fromkeys(candidates):
        for swapped in (False, True):
            spot = (y, x) if swapped else (x, y)
            declared = read_declaration(code)
            if declared and declared[1] != (_kind(*spot) == "degrees"):
                continue
            if _inside(in_degrees(code, *spot), profile.extent, _EXTENT_MARGIN_DEGREES):
                fitting.append((code, swapped))
    geographic = [item for item in fitting if item[0] in {"EPSG:4490", "EPSG:4326"}]
    # CGCS2000 and WGS 84 differ by centimetres: that is no ambiguity.
    return fitting if len(geographic) < 2 else [item for item in fitting if item not in geographic[1:]]  # noqa: PLR2004  # a pair


def _infer(place: tuple[float, float], usable: Bounds, diagnosis: FileDiagnosis, layer: str, profile: IntakeProfile | None) -> CrsVerdict:
    fitting = _by_profile(place, profile)
    x, y = place
    kind = _kind(x, y)
    if len(fitting) == 1:
        code, swap = fitting[0]
        guess = CrsGuess(code, "profile", 0.95)
    else:
        found = _by_size(place)
        if found is None or found.code is None:
            return _unknown(kind, place, usable, diagnosis, layer)
        guess, code, swap = found, found.code, kind.endswith("swapped")
    if swap:
        repaired(diagnosis, "RP03", layer=layer, x=_say(y), y=_say(x), crs=code)
    tell(diagnosis, "IN11", layer=layer, crs=code, certainty=f"{guess.certainty:.0%}")
    return CrsVerdict(guess, swap=swap)


def _unknown(kind: str, place: tuple[float, float], usable: Bounds, diagnosis: FileDiagnosis, layer: str) -> CrsVerdict:
    x, y = place
    if kind == "plain swapped":
        tell(diagnosis, "IN13", layer=layer, x=_say(x), y=_say(y))
    candidates = (
        Text("every grid without a zone number (EPSG:4534–4554 and others)", "各不带带号的高斯坐标系（EPSG:4534–4554等）")
        if kind.startswith("plain")
        else Text("no CRS by their size", "无，数值不足以断定")
    )
    box = [_say(float(value)) for value in (*usable[:, :2].min(axis=0), *usable[:, 2:].max(axis=0))]
    tell(diagnosis, "IN10", layer=layer, west=box[0], south=box[1], east=box[2], north=box[3], candidates=candidates)
    return CrsVerdict(CrsGuess(None, "unknown", 0.0))


def judge_place(bounds: Bounds, code: str, diagnosis: FileDiagnosis, *, layer: str, profile: IntakeProfile) -> None:
    """Hold CRS and extent of a layer against what the city expects · 与城市要求比对.

    Parameters
    ----------
    bounds
        West, south, east, north of each feature in `code`, shape ``(n, 4)``.
    code
        CRS of the layer.
    diagnosis
        Gets problems appended.
    layer
        Name of the layer in messages.
    profile
        What the city expects.
    """
    if profile.crs and code not in profile.crs:
        name = code if len(code) < 40 else "a CRS without a code"  # noqa: PLR2004  # a whole WKT is no name
        tell(diagnosis, "IN14", layer=layer, crs=name, accepted=", ".join(profile.crs))
    usable = bounds[np.isfinite(bounds).all(axis=1)]
    if profile.extent is None or not len(usable):
        return
    west, south = usable[:, :2].min(axis=0)
    east, north = usable[:, 2:].max(axis=0)
    corners = [in_degrees(code, float(x), float(y)) for x in (west, east) for y in (south, north)]
    known = [corner for corner in corners if corner]
    if not known or all(_inside(corner, profile.extent, _EXTENT_MARGIN_DEGREES) for corner in known):
        return
    degrees = np.array(known)
    low, high = degrees.min(axis=0), degrees.max(axis=0)
    tell(diagnosis, "IN15", layer=layer, west=f"{low[0]:.3f}", east=f"{high[0]:.3f}", south=f"{low[1]:.3f}", north=f"{high[1]:.3f}")
