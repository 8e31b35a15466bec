"""Seeing a GCJ-02 shift against the borders of the city · GCJ-02偏移的识别."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.stores.formats.messages import tell

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.stores.formats.diagnosis import FileDiagnosis

    Degrees = npt.NDArray[np.float64]

# Ellipsoid of the published formula (Krasovsky 1940).
_SEMI_MAJOR_M = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_INVERSE_STEPS = 4
_METRES_PER_DEGREE = 111_320.0
# Vertices nearer to a border than this may belong to it, shifted or not; GCJ-02 is off by up to 700 m.
_NEAR_BORDER_M = 1500.0
_MATCH_M = (25.0, 60.0, 150.0)
_LEAST_MATCHES = 10
_MOST_VERTICES = 200_000
_LEAST_GAIN = 3.0


def to_gcj02(degrees: Degrees) -> Degrees:
    """Shift longitudes and latitudes as GCJ-02 does · 加GCJ-02偏移.

    Parameters
    ----------
    degrees
        Longitude and latitude in WGS 84 or CGCS2000, shape ``(n, 2)``.

    Returns
    -------
    numpy.ndarray
        Shifted longitude and latitude, shape ``(n, 2)``.
    """
    x, y = degrees[:, 0] - 105.0, degrees[:, 1] - 35.0
    root = np.sqrt(np.abs(x))
    wave = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    latitude = np.radians(degrees[:, 1])
    factor = 1.0 - _ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    north_degrees = np.degrees(north * factor**1.5 / (_SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_SQUARED)))
    east_degrees = np.degrees(east * np.sqrt(factor) / (_SEMI_MAJOR_M * np.cos(latitude)))
    return np.column_stack([degrees[:, 0] + east_degrees, degrees[:, 1] + north_degrees])


def from_gcj02(degrees: Degrees) -> Degrees:
    """Take the GCJ-02 shift back, by iteration · 去GCJ-02偏移.

    Parameters
    ----------
    degrees
        Longitude and latitude in GCJ-02, shape ``(n, 2)``.

    Returns
    -------
    numpy.ndarray
        Longitude and latitude without the shift, within a centimetre, shape ``(n, 2)``.
    """
    plain = degrees.copy()
    for _ in range(_INVERSE_STEPS):
        plain += degrees - to_gcj02(plain)
    return plain


def suspect_gcj02(shapes: npt.NDArray[Any], outline: Any, code: str, diagnosis: FileDiagnosis, *, layer: str) -> bool:  # noqa: ANN401  # shapely is untyped
    """Suspect GCJ-02 where borders match the outline only once the shift is taken back · 疑似GCJ-02判定.

    Of the vertices near the outline, those that lie on it are counted as delivered and with the shift
    taken back. Data that follow no border give no evidence and are never suspected.

    Parameters
    ----------
    shapes
        Shapely geometries in degrees, shape ``(n,)``.
    outline
        Polygon or multipolygon in EPSG:4490.
    code
        CRS on the label.
    diagnosis
        Gets the problem appended.
    layer
        Name of the layer in messages.

    Returns
    -------
    bool
        True if GCJ-02 is suspected.
    """
    vertices = np.unique(shapely.get_coordinates(shapes), axis=0)
    vertices = vertices[:: max(1, len(vertices) // _MOST_VERTICES)]
    inside = (np.abs(vertices[:, 0]) <= 180) & (np.abs(vertices[:, 1]) < 89)  # noqa: PLR2004  # degrees
    vertices = vertices[inside]
    if not len(vertices):
        return False
    scale = np.array([np.cos(np.radians(np.median(vertices[:, 1]))) * _METRES_PER_DEGREE, _METRES_PER_DEGREE])
    border = shapely.get_parts(shapely.boundary(shapely.get_parts(outline)))
    segments = _segments(shapely.transform(border, lambda degrees: degrees * scale))
    tree = shapely.STRtree(segments)
    plain = _distances(tree, segments, vertices * scale)
    near = plain <= _NEAR_BORDER_M
    if int(near.sum()) < _LEAST_MATCHES:
        return False
    restored = from_gcj02(vertices[near])
    back = _distances(tree, segments, restored * scale)
    shift_m = float(np.median(np.hypot(*((restored - vertices[near]) * scale).T)))
    for tolerance in _MATCH_M:
        matched, unshifted = int((back <= tolerance).sum()), int((plain[near] <= tolerance).sum())
        chance = tolerance / _NEAR_BORDER_M * int(near.sum())
        if matched >= _LEAST_MATCHES and matched >= _LEAST_GAIN * max(unshifted, chance):
            tell(
                diagnosis,
                "IN16",
                layer=layer,
                crs=code,
                matched_share=f"{matched / int(near.sum()):.0%}",
                plain_share=f"{unshifted / int(near.sum()):.0%}",
                shift_m=f"{shift_m:.0f}",
            )
            return True
    return False


def _segments(lines: npt.NDArray[Any]) -> npt.NDArray[Any]:
    pieces = []
    for line in shapely.get_parts(lines):
        points = shapely.get_coordinates(line)
        pieces.append(shapely.linestrings(np.stack([points[:-1], points[1:]], axis=1)))
    return np.concatenate(pieces)


def _distances(tree: shapely.STRtree, segments: npt.NDArray[Any], places: Degrees) -> npt.NDArray[np.float64]:
    points = shapely.points(places)
    nearest = tree.nearest(points)
    return np.asarray(shapely.distance(points, segments[nearest]), dtype=np.float64)
