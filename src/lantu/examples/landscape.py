"""Water, hills, roads and cores of the invented city, and the first faces they cut the units into · 山水格局与初始分块."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely
import yaml

from lantu.vocabulary.errors import GeometryInvalid
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

LAND, LAKE, RIVER, ROAD = 0, 1, 2, 3

_GRID_M = 0.001
_SMALLEST_M2 = 8_000.0
_THINNEST_M = 14.0
_ACUTEST_DEGREES = 24.0
_GAP_M = 9.0
_SHORTEST_M = 4.0
_FOUR = 4
_FEWEST_FOR_LAKES = 150
_FEWEST_FOR_CORRIDORS = 2_000


@dataclass(frozen=True)
class Blob:
    """A rounded patch of the landscape: a lake, a hill or a core · 团块.

    Parameters
    ----------
    name
        Its invented or public name.
    x
        Easting of its centre in metres.
    y
        Northing of its centre in metres.
    radius_x_m
        Half its extent along its own first axis.
    radius_y_m
        Half its extent along its own second axis.
    turn
        Angle of its first axis in radians.
    rank
        1 for a city, 2 for a town; 0 for anything else.
    """

    name: str
    x: float
    y: float
    radius_x_m: float
    radius_y_m: float
    turn: float
    rank: int = 0

    def reach(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Measure how far points lie from the centre, in radii · 相对距离.

        Parameters
        ----------
        x
            Eastings in metres.
        y
            Northings in metres.

        Returns
        -------
        numpy.ndarray of float64
            0 at the centre, 1 at the rim, of the shape of `x`.
        """
        dx, dy = x - self.x, y - self.y
        along = dx * np.cos(self.turn) + dy * np.sin(self.turn)
        across = -dx * np.sin(self.turn) + dy * np.cos(self.turn)
        return np.asarray(np.hypot(along / self.radius_x_m, across / self.radius_y_m), np.float64)

    def outline(self, generator: np.random.Generator) -> Any:  # noqa: ANN401  # a shapely polygon
        """Draw its rim, a little uneven · 轮廓.

        Parameters
        ----------
        generator
            Source of the unevenness.

        Returns
        -------
        shapely.Polygon
            In metres, on whole millimetres.
        """
        size = np.sqrt(self.radius_x_m * self.radius_y_m)
        n = int(np.clip(size / 120.0, 16, 160))
        angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
        radius = np.ones(n)
        for k in range(2, 8):
            radius += generator.uniform(-0.5, 0.5) * 0.16 / k * np.cos(k * angle + generator.uniform(0, 2 * np.pi))
        along, across = radius * self.radius_x_m * np.cos(angle), radius * self.radius_y_m * np.sin(angle)
        x = self.x + along * np.cos(self.turn) - across * np.sin(self.turn)
        y = self.y + along * np.sin(self.turn) + across * np.cos(self.turn)
        return shapely.Polygon(np.round(np.column_stack([x, y]), 3))


@dataclass(frozen=True)
class Course:
    """The centre line of a road or a river through several units · 线性要素中线.

    Parameters
    ----------
    name
        Its name.
    grade
        Its class.
    width_m
        Its width.
    year
        Year it is planned for; 0 for a river.
    line
        Shapely line in metres.
    """

    name: str
    grade: str
    width_m: float
    year: int
    line: Any


@dataclass(frozen=True)
class Landscape:
    """Everything the city is laid over · 格局.

    Parameters
    ----------
    crs
        Projected CRS of every coordinate.
    units
        Outline of each unit by code, in metres, on whole millimetres.
    lakes
        Lakes.
    hills
        Hills.
    centres
        Urban cores, cities first.
    rivers
        Rivers.
    roads
        Main roads.
    lake_shapes
        Rim of each lake, in the order of `lakes`.
    """

    crs: str
    units: Mapping[str, Any]
    lakes: tuple[Blob, ...]
    hills: tuple[Blob, ...]
    centres: tuple[Blob, ...]
    rivers: tuple[Course, ...]
    roads: tuple[Course, ...]
    lake_shapes: tuple[Any, ...]


@cache
def _record() -> Mapping[str, Any]:
    text = resources.files("lantu.examples").joinpath("demo_landscape.yaml").read_text(encoding="utf-8")
    record: Mapping[str, Any] = yaml.safe_load(text)
    return record


def lay_out(outlines: Mapping[str, Any], crs: str, seed: int) -> Landscape:
    """Lay the invented landscape over the outlines of the units · 布置格局.

    Parameters
    ----------
    outlines
        Outline of each unit by code, in degrees (CGCS2000); neighbours share their vertices.
    crs
        Projected CRS to work in.
    seed
        Seed of what looks random.

    Returns
    -------
    Landscape
        In metres.
    """
    transformer = pyproj.Transformer.from_crs("EPSG:4490", crs, always_xy=True)

    def project(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.round(np.column_stack(transformer.transform(points[:, 0], points[:, 1])), 3)

    record = _record()
    generator = np.random.default_rng([seed, 1])

    def blob(item: Mapping[str, Any]) -> Blob:
        ((x, y),) = project(np.array([item["at"]], dtype=float))
        radii = item.get("radii_km", [item.get("radius_km")] * 2)
        return Blob(item["name"], x, y, radii[0] * 1e3, radii[1] * 1e3, np.radians(item.get("turn", 0)), item.get("rank", 0))

    def course(item: Mapping[str, Any], sway_m: float) -> Course:
        line = shapely.segmentize(shapely.LineString(project(np.array(item["course"], dtype=float))), 2_400.0)
        points = shapely.get_coordinates(line)
        points[1:-1] += generator.uniform(-sway_m, sway_m, (len(points) - 2, 2))
        smooth = points.copy()
        smooth[1:-1] = (points[:-2] + 2 * points[1:-1] + points[2:]) / 4
        return Course(item["name"], item["class"], item["width_m"], item.get("year", 0), shapely.LineString(np.round(smooth, 3)))

    lakes = tuple(blob(item) for item in record["lakes"])
    return Landscape(
        crs=crs,
        units={code: shapely.transform(shape, project) for code, shape in outlines.items()},
        lakes=lakes,
        hills=tuple(blob(item) for item in record["hills"]),
        centres=tuple(blob(item) for item in record["centres"]),
        rivers=tuple(course(item, 260.0) for item in record["rivers"]),
        roads=tuple(course(item, 90.0) for item in record["roads"]),
        lake_shapes=tuple(lake.outline(generator) for lake in lakes),
    )


@dataclass(frozen=True)
class Ground:
    """The first faces: no holes, no slivers, no acute corners, every vertex shared · 初始分块.

    Parameters
    ----------
    rings
        Ring of each face, counter-clockwise, not closed, in metres on whole millimetres.
    unit
        Code of the unit of each face.
    kind
        `LAND`, `LAKE`, `RIVER` or `ROAD` by face.
    feature
        Name of the lake, river or road of each face, empty for land.
    """

    rings: tuple[npt.NDArray[np.float64], ...]
    unit: tuple[str, ...]
    kind: npt.NDArray[np.int8]
    feature: tuple[str, ...]


def break_ground(landscape: Landscape, parcels: int) -> Ground:
    """Cut the units along lakes, rivers and main roads into first faces · 初始分块.

    Parameters
    ----------
    landscape
        The landscape.
    parcels
        How many parcels the city will have: with few there is no room for roads and rivers of their own.

    Returns
    -------
    Ground
        The first faces.
    """
    borders = [shapely.boundary(shape) for shape in landscape.units.values()]
    city = shapely.union_all(list(landscape.units.values()))
    lakes = list(landscape.lake_shapes) if parcels >= _FEWEST_FOR_LAKES else []
    water = shapely.union_all(lakes) if lakes else shapely.Polygon()
    bands: list[tuple[int, str, Any]] = [(LAKE, blob.name, shape) for blob, shape in zip(landscape.lakes, lakes, strict=False)]
    if parcels >= _FEWEST_FOR_CORRIDORS:
        for kind, courses in ((ROAD, landscape.roads), (RIVER, landscape.rivers)):
            for item in courses:
                shape = shapely.buffer(item.line, item.width_m / 2, cap_style="flat", join_style="mitre")
                shape = shapely.difference(shape, water)
                bands.append((kind, item.name, shape))
    edges = borders + [shapely.boundary(shape) for _, _, shape in bands]
    cuts: list[Any] = []
    for attempt in range(12):
        noded = shapely.union_all([*edges, *cuts], grid_size=_GRID_M)
        faces = np.asarray(shapely.get_parts(shapely.polygonize(list(shapely.get_parts(noded)))), dtype=object)
        inside = shapely.point_on_surface(faces)
        faces, inside = faces[shapely.contains(city, inside)], inside[shapely.contains(city, inside)]
        shapes, unit, kinds, feature = _merge(list(faces), *_classify(inside, landscape, bands))
        holed = [face for face in shapes if len(face.interiors)]
        if not holed:
            break
        for face in holed:
            west, _, east, _ = face.bounds
            for hole in face.interiors:
                _, low, _, high = hole.bounds
                level = round(low + (high - low) * (0.5 + 0.07 * attempt * (-1) ** attempt), 3)
                cuts.append(shapely.intersection(shapely.LineString([(west, level), (east, level)]), face))
    else:
        raise GeometryInvalid(
            Text("The landscape leaves a face with a hole.", "格局中仍有带洞的分块。"),
            Text("Move the lake or road that lies inside it.", "请移动其中的湖泊或道路。"),
        )
    rings = [np.round(shapely.get_coordinates(shapely.orient_polygons(face, exterior_cw=False).exterior)[:-1], 3) for face in shapes]
    rings = _blunt(_collapse(rings), unit)
    return Ground(tuple(rings), tuple(unit), np.array(kinds, np.int8), tuple(feature))


def _classify(
    points: npt.NDArray[Any], landscape: Landscape, bands: Sequence[tuple[int, str, Any]]
) -> tuple[list[str], list[int], list[str]]:
    unit = [""] * len(points)
    for code, shape in landscape.units.items():
        shapely.prepare(shape)
        for i in np.flatnonzero(shapely.contains(shape, points)):
            unit[i] = code
    kind, feature = [LAND] * len(points), [""] * len(points)
    for of_kind, name, shape in reversed(bands):
        shapely.prepare(shape)
        for i in np.flatnonzero(shapely.contains(shape, points)):
            kind[i], feature[i] = of_kind, name
    return unit, kind, feature


def _merge(faces: list[Any], unit: list[str], kind: list[int], feature: list[str]) -> tuple[list[Any], list[str], list[int], list[str]]:
    """Give every face that is too small or too thin to the neighbour of its unit that it shares most border with."""
    alive = dict(enumerate(faces))
    while True:
        area = {i: face.area for i, face in alive.items()}
        poor = [
            i
            for i, face in alive.items()
            if area[i] < _SMALLEST_M2 or 2 * area[i] / face.length < (_THINNEST_M if kind[i] in (RIVER, ROAD) else 2.5 * _THINNEST_M)
        ]
        poor.sort(key=lambda i: (area[i], i))
        numbers = np.array(list(alive), dtype=np.int64)
        tree = shapely.STRtree([alive[i] for i in numbers])
        touched: set[int] = set()
        for i in poor:
            near = [int(numbers[k]) for k in tree.query(alive[i])]
            options = []
            for j in near:
                if j == i or unit[j] != unit[i] or j in touched:
                    continue
                shared = shapely.intersection(alive[i].boundary, alive[j].boundary).length
                if shared > 1.0:
                    options.append((shared * (3.0 if kind[j] == kind[i] else 1.0), j))
            if i in touched or not options:
                continue
            _, j = max(options)
            # The union of two faces that share their vertices keeps every vertex; nothing is snapped.
            union = shapely.coverage_union_all([alive[i], alive[j]])
            if union.geom_type != "Polygon":
                union = shapely.get_parts(union)[0] if shapely.get_num_geometries(union) == 1 else None
            if union is None:
                continue
            winner, loser = (j, i) if area[j] >= area[i] else (i, j)
            alive[winner] = union
            del alive[loser]
            touched |= {i, j}
        if not touched:
            kept = sorted(alive)
            return [alive[i] for i in kept], [unit[i] for i in kept], [kind[i] for i in kept], [feature[i] for i in kept]


def _collapse(rings: list[npt.NDArray[np.float64]]) -> list[npt.NDArray[np.float64]]:
    """Make one of two vertices that lie closer than a surveyor would place them, in every face at once."""
    while True:
        degree: dict[tuple[float, float], int] = {}
        short: list[tuple[float, tuple[float, float], tuple[float, float]]] = []
        for ring in rings:
            following = np.roll(ring, -1, 0)
            lengths = np.hypot(*(following - ring).T)
            for point in map(tuple, ring):
                degree[point] = degree.get(point, 0) + 1
            short += [(lengths[k], tuple(ring[k]), tuple(following[k])) for k in np.flatnonzero(lengths < _SHORTEST_M)]
        if not short:
            return rings
        _, a, b = min(short)
        keep, drop = (a, b) if (degree[a], a) > (degree[b], b) else (b, a)
        for number, ring in enumerate(rings):
            hit = (ring == drop).all(1)
            if hit.any():
                ring[hit] = keep
                rings[number] = ring[(ring != np.roll(ring, 1, 0)).any(1)]


def _along(start: tuple[int, int], step: npt.NDArray[np.float64]) -> tuple[int, int]:
    """Go a step in metres from a vertex in millimetres."""
    return start[0] + round(float(step[0]) * 1000), start[1] + round(float(step[1]) * 1000)


def _blunt(rings: list[npt.NDArray[np.float64]], unit: Sequence[str]) -> list[npt.NDArray[np.float64]]:  # noqa: C901, PLR0915  # one closed walk, clearer whole
    """Cut off corners too acute to keep and give them to the neighbour of the same unit across."""
    work = [[(round(float(px) * 1000), round(float(py) * 1000)) for px, py in ring] for ring in rings]
    owner: dict[tuple[tuple[int, int], tuple[int, int]], int] = {}
    for f, ring in enumerate(work):
        for k, point in enumerate(ring):
            owner[point, ring[(k + 1) % len(ring)]] = f

    def insert(f: int, start: tuple[int, int], end: tuple[int, int], point: tuple[int, int]) -> None:
        ring = work[f]
        at = next(k for k in range(len(ring)) if ring[k] == start and ring[(k + 1) % len(ring)] == end)
        ring.insert(at + 1, point)
        del owner[start, end]
        owner[start, point] = owner[point, end] = f

    degree: dict[tuple[int, int], int] = {}
    for start, end in owner:
        degree[start] = degree.get(start, 0) + 1
        if (end, start) not in owner:
            degree[end] = degree.get(end, 0) + 1
    for f in range(len(work)):
        k = 0
        while k < len(work[f]):
            ring = work[f]
            before, here, after = ring[k - 1], ring[k], ring[(k + 1) % len(ring)]
            to_before = np.subtract(before, here) / 1000.0
            to_after = np.subtract(after, here) / 1000.0
            lengths = np.hypot(*to_before), np.hypot(*to_after)
            cosine = float(np.clip(to_before @ to_after / lengths[0] / lengths[1], -1, 1))
            angle = np.degrees(np.arccos(cosine))
            cross = to_after[0] * to_before[1] - to_after[1] * to_before[0]
            k += 1
            # Where four meet, a group of opposite faces would touch itself: cut one corner off, and three meet.
            crowded = degree.get(here, 2) >= _FOUR
            if (angle >= _ACUTEST_DEGREES and not crowded) or cross <= 0:
                continue
            step = _GAP_M if angle >= _ACUTEST_DEGREES else max(_GAP_M, 0.02 * min(lengths)) / (2 * np.sin(np.radians(max(angle, 0.5)) / 2))
            step = min(step, (0.7 if angle < _ACUTEST_DEGREES else 0.4) * min(lengths))
            p = _along(here, to_before / lengths[0] * step)
            q = _along(here, to_after / lengths[1] * step)
            left, right = owner.get((here, before)), owner.get((after, here))
            if left is not None and unit[left] == unit[f]:
                # `left` runs here -> before; it takes the triangle between.
                insert(left, here, before, p)
                insert(f, before, here, p)
                if right is not None:
                    insert(right, after, here, q)
                insert(f, here, after, q)
                at = work[left].index(here)
                work[left].insert(at + 1, q)
                taken = {(here, q): left, (q, p): left}
                del owner[here, p]
            elif right is not None and unit[right] == unit[f]:
                insert(right, after, here, q)
                insert(f, here, after, q)
                if left is not None:
                    insert(left, here, before, p)
                insert(f, before, here, p)
                at = work[right].index(here)
                work[right].insert(at, p)
                taken = {(q, p): right, (p, here): right}
                del owner[q, here]
            else:
                continue
            ring = work[f]
            ring.remove(here)
            degree[here] = degree.get(here, 2) - 1
            del owner[p, here], owner[here, q]
            owner[p, q] = f
            owner |= taken
            k = 0
    return [np.array(ring, dtype=np.float64) / 1000.0 for ring in work]
