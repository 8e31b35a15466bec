"""The invented city put together in memory · 示例城市的组装."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

from lantu.engines.overlay.areas import ellipsoidal_areas
from lantu.engines.overlay.polygons import Polygons
from lantu.examples.fabric import Fabric, weave
from lantu.examples.landscape import LAKE, RIVER, Course, Landscape, lay_out
from lantu.examples.layers import (
    BASE_YEAR,
    PLANNED_CLASSIFICATION,
    PRESENT_CLASSIFICATION,
    SURVEY_YEAR,
    TARGET_YEAR,
    Maker,
    names_of,
    pick,
)
from lantu.examples.sites import of_a_site
from lantu.examples.uses import (
    BOUNDARY_ZONES,
    BUILT,
    CONCENTRATED,
    CULTIVATED,
    PLANNED_CODES,
    PLANNING_ZONE_CODES,
    PLANNING_ZONES,
    PRESENT,
    PRESENT_CODES,
    SETTLEMENTS,
    Uses,
    code_number,
    planned_numbers,
    put_to_use,
)
from lantu.standards.quantities import convert
from lantu.vocabulary.plans import WHOLE_CITY, RequirementKind

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import CityProfile

    Progress = Callable[[str, int, int], None]
    UnitLayers = dict[str, dict[str, Layer]]

RESIDENTS_2020 = {
    "320582": 1_432_044, "320581": 1_677_050, "320585": 831_113, "320583": 2_092_496, "320509": 1_545_023,
    "320506": 1_388_972, "320507": 891_055, "320508": 924_083, "320571": 1_133_927, "320505": 832_499,
}  # fmt: skip
_ZONE_CODES = ("", "410", "420", "430")
_FUNCTIONS = ("城市化地区", "农产品主产区", "重点生态功能区")
_FACILITIES = (
    ("0804", "小学", "社区级"), ("0804", "中学", "街道级"), ("0806", "医院", "区级"), ("0807", "养老院", "街道级"), ("1401", "公园", "社区级"),  # noqa: E501  # a table row
    ("0803", "文化活动中心", "社区级"), ("0805", "体育场馆", "区级"), ("1302", "污水处理厂", "市级"),
)  # fmt: skip


@dataclass(frozen=True)
class DemoCity:
    """The invented city before anything is written or planted · 内存中的示例城市.

    Parameters
    ----------
    profile
        Profile of the city over whose outline it is laid.
    landscape
        Water, hills, roads and cores.
    fabric
        The parcels.
    uses
        What is on them.
    units
        Layers of each unit's plan, by unit code and canonical name.
    base
        Layers common to all units.
    municipal
        Layers of the plan above them.
    sealed
        The three lines as sealed.
    """

    profile: CityProfile
    landscape: Landscape
    fabric: Fabric
    uses: Uses
    units: UnitLayers
    base: dict[str, Layer]
    municipal: dict[str, Layer]
    sealed: dict[str, Layer]


def draw_city(profile: CityProfile, *, parcels: int, seed: int, progress: Progress | None = None) -> DemoCity:
    """Invent a city over the outline of a profile's units · 生成示例城市.

    Parameters
    ----------
    profile
        The profile; its outline says where the units are.
    parcels
        Parcels of present land use, thirty at least.
    seed
        Seed of everything that looks random.
    progress
        Told what is being done, how much is done, and how much there is.

    Returns
    -------
    DemoCity
        The same for the same arguments.
    """
    steps = iter(range(100))

    def tell(what: str) -> None:
        if progress is not None:
            progress(what, next(steps), 4)

    tell("laying out the landscape · 布置格局")
    landscape = lay_out(outlines_of(profile), profile.crs, seed)
    tell("cutting parcels · 剖分地块")
    fabric = weave(landscape, parcels, seed)
    uses = put_to_use(fabric, landscape, seed, least_redline_m2=_asked_of_city_m2(profile, "ecological_redline_area"))
    tell("drawing layers · 生成图层")
    maker = Maker(
        fabric,
        uses,
        profile.crs,
        {code: profile.units[code].name.zh for code in fabric.codes},
        {code: profile.units[code].district_codes[0] for code in fabric.codes},
    )
    shapes = _unit_shapes(maker)
    units = _unit_layers(maker, landscape, shapes, seed)
    base = _base_layers(maker, seed)
    tell("the plan above · 上位规划")
    lines = ("permanent_basic_farmland", "ecological_redline", "urban_development_boundary")
    sealed = {name: _together([units[code][name] for code in fabric.codes if name in units[code]]) for name in lines}
    above = (
        "planning_zone", "town_main_function", "ecological_corridor", "road", "river", "nature_reserve", "detailed_planning_unit",
    )  # fmt: skip
    municipal = {name: _together(own) for name in above if (own := [units[code][name] for code in fabric.codes if name in units[code]])}
    # Of the four lines the municipal plan holds what is of structure: one yellow line per unit.
    structural = [units[code]["yellow_line"].take([0]) for code in fabric.codes if "yellow_line" in units[code]]
    if structural:
        municipal["yellow_line"] = _together(structural)
    return DemoCity(profile, landscape, fabric, uses, units, base, municipal, sealed)


def _asked_of_city_m2(profile: CityProfile, subject: str) -> float:
    """Give the most that a clause of the real plan above asks the whole city for, in m²."""
    asked = [
        convert(item.value, item.unit, "m2", "area")
        for item in profile.requirements
        if item.subject == subject and item.target_unit == WHOLE_CITY and item.kind is RequirementKind.AT_LEAST and item.value is not None
    ]
    return max(asked, default=0.0)


def outlines_of(profile: CityProfile) -> dict[str, Any]:
    """Read the outline of every unit of a profile · 读取板块范围.

    Parameters
    ----------
    profile
        The profile.

    Returns
    -------
    dict of str to shapely geometry
        By unit code, in degrees (CGCS2000).
    """
    features = json.loads(Path(profile.outline_path).read_text(encoding="utf-8"))["features"]
    return {str(item["properties"]["unit_code"]): shapely.geometry.shape(item["geometry"]) for item in features}


def _together(layers: list[Layer]) -> Layer:
    first = layers[0]
    table = pa.concat_tables([layer.table for layer in layers])
    wkb = pa.chunked_array([chunk for layer in layers for chunk in layer.wkb.chunks], pa.large_binary())
    return type(first)(name=first.name, table=table, wkb=wkb, crs=first.crs, source=first.source, classification=first.classification)


def _key(*parts: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Make one whole number of several, so that equal rows have equal numbers."""
    key = np.zeros(len(parts[0]), np.int64)
    for part in parts:
        key = key * (int(part.max()) + 1) + part
    return key


def _only(mask: npt.NDArray[np.bool_], key: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.where(mask, key, -1)


def _unit_shapes(maker: Maker) -> dict[str, Any]:
    drawn = maker.polygons("local_unit", np.zeros(len(maker.fabric)), lambda _: {})
    return {code: shapely.union_all(layer.geometry) for code, layer in drawn.items()}


def _unit_layers(maker: Maker, landscape: Landscape, shapes: dict[str, Any], seed: int) -> UnitLayers:
    units: UnitLayers = {code: {} for code in maker.fabric.codes}

    def add(layers: dict[str, Layer]) -> None:
        for code, layer in layers.items():
            units[code][layer.name] = layer

    add(_present(maker))
    add(_planned(maker))
    for layers in _lines_and_zones(maker):
        add(layers)
    for layers in _further_polygons(maker, seed):
        add(layers)
    for layers in _maintenance(maker, seed):
        add(layers)
    add(_courses(maker, "road", landscape.roads, shapes))
    rivers = _courses(maker, "river", landscape.rivers, shapes)
    add(rivers)
    if not any("ecological_corridor" in own for own in units.values()):
        add(_corridors(maker, rivers, shapes))
    add(_facilities(maker, seed))
    return units


def _present(maker: Maker) -> dict[str, Layer]:
    fabric, uses = maker.fabric, maker.uses
    names = names_of(PRESENT_CLASSIFICATION, PRESENT_CODES)
    places = [f"{maker.district_codes[fabric.codes[u]]}{number + 1:03d}" for number, u in enumerate(uses.towns)]
    rank = np.empty(len(fabric), np.int64)
    rank[np.lexsort((np.arange(len(fabric)), fabric.block))] = np.arange(len(fabric))

    def columns(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        return {
            "patch_number": _numbered(len(face)),
            "land_use_code": pick(PRESENT_CODES, uses.present[face]),
            "land_use_name": pick(names, uses.present[face]),
            "ownership": pick(("20", "30"), (uses.settlement[face] == 0).astype(np.int8)),
            "settlement_code": pick(SETTLEMENTS, uses.settlement[face]),
            "deduction_ratio": np.zeros(len(face)),
            "location_unit_code": pick(places, uses.town[face]),
            "year": np.full(len(face), SURVEY_YEAR, np.int32),
        }

    return maker.polygons(
        "present_land_use", rank, columns, classification=PRESENT_CLASSIFICATION, area_fields=("patch_area_m2", "net_area_m2")
    )


def _numbered(n: int) -> pa.Array:
    return pa.array(np.arange(1, n + 1)).cast(pa.large_string())


def _planned(maker: Maker) -> dict[str, Layer]:
    fabric, uses = maker.fabric, maker.uses
    names = names_of(PLANNED_CLASSIFICATION, PLANNED_CODES)
    changed = uses.changed.astype(np.int8)
    before = np.where(uses.changed, uses.present, uses.planned)
    key = _key(fabric.block, uses.planned, uses.planning_zone, changed, before)

    def columns(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        return {
            "land_use_code": pick(PLANNED_CODES, uses.planned[face]),
            "land_use_name": pick(names, uses.planned[face]),
            "base_land_use_code": pick(PLANNED_CODES, before[face]),
            "base_land_use_name": pick(names, before[face]),
            "planning_state": pick(("10", "20"), changed[face]),
        }

    return maker.polygons(
        "planned_land_use", key, columns, classification=PLANNED_CLASSIFICATION, area_fields=("patch_area_m2", "net_area_m2")
    )


def _lines_and_zones(maker: Maker) -> list[dict[str, Layer]]:
    fabric, uses = maker.fabric, maker.uses
    present_names = names_of(PRESENT_CLASSIFICATION, PRESENT_CODES)
    blank = np.zeros(len(fabric), np.int64)

    def farmland(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        return {
            "patch_number": _numbered(len(face)),
            "land_use_code": pick(PRESENT_CODES, uses.present[face]),
            "land_use_name": pick(present_names, uses.present[face]),
            "slope_grade": pick(("1",), blank[face]),
            "protected_from": pa.array([dt.date(2022, 10, 1)] * len(face), pa.date32()),
            "protected_until": pa.array([dt.date(TARGET_YEAR, 12, 31)] * len(face), pa.date32()),
            "year": np.full(len(face), SURVEY_YEAR, np.int32),
        }

    def redline(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        water = np.isin(uses.present[face], [code_number("1102"), code_number("1106")])
        return {
            "redline_type": pick(("水土保持生态保护红线", "生物多样性维护生态保护红线"), water.astype(np.int8)),
            "redline_name": pick(uses.places, uses.place[face]),
            "control_zone": pick(("一般控制区", "核心保护区"), (water & (uses.place[face] % 2 == 0)).astype(np.int8)),
        }

    def boundary(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        return {"zone_code": pick(_ZONE_CODES, uses.zone[face]), "zone_name": pick(BOUNDARY_ZONES, uses.zone[face])}

    def zones(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        return {
            "zone_code": pick(PLANNING_ZONE_CODES, uses.planning_zone[face]),
            "zone_name": pick(PLANNING_ZONES, uses.planning_zone[face]),
        }

    function = _town_functions(fabric, uses)

    def towns(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        return {"main_function": pick(_FUNCTIONS, function[uses.town[face]])}

    return [
        maker.polygons(
            "permanent_basic_farmland",
            _only(uses.farmland, _key(fabric.block, uses.present)),
            farmland,
            classification=PRESENT_CLASSIFICATION,
            area_fields=("area_m2", "patch_area_m2", "farmland_area_m2"),
        ),
        maker.polygons("ecological_redline", _only(uses.redline, uses.place.astype(np.int64)), redline),
        maker.polygons("urban_development_boundary", _only(uses.zone > 0, uses.zone.astype(np.int64)), boundary),
        maker.polygons("planning_zone", _key(uses.town, uses.planning_zone), zones),
        maker.polygons("town_main_function", uses.town.astype(np.int64), towns),
    ]


def _town_functions(fabric: Fabric, uses: Uses) -> npt.NDArray[np.int8]:
    count = len(uses.towns)
    total = np.bincount(uses.town, fabric.area_m2, count)
    core = np.bincount(uses.town, fabric.area_m2 * (uses.zone > 0), count) / total
    wild = np.bincount(uses.town, fabric.area_m2 * uses.redline, count) / total
    return np.where(core > 0.3, 0, np.where(wild > 0.4, 2, 1)).astype(np.int8)  # noqa: PLR2004  # shares of a town's land


def _further_polygons(maker: Maker, seed: int) -> list[dict[str, Layer]]:
    fabric, uses = maker.fabric, maker.uses
    generator = np.random.default_rng([seed, 5])
    number = np.arange(len(fabric), dtype=np.int64)
    river_or_lake = np.isin(fabric.kind, (RIVER, LAKE))
    in_core = uses.zone == CONCENTRATED
    park = in_core & (uses.planned == code_number("0810"))
    built = in_core & ~fabric.street & np.isin(uses.planned, BUILT) & (uses.planned != code_number("0810"))
    plant = in_core & (uses.planned == code_number("0809"))
    plant = plant if plant.any() else _some(fabric, built, 2, generator)
    old_town = in_core & (uses.present == code_number("0701")) & ~uses.changed
    heritage = _some(fabric, old_town, 4, generator)
    projects = _some(fabric, _or_else(fabric, in_core & uses.changed, built), 6, generator)
    cultivated = np.isin(uses.planned, CULTIVATED)
    grades = ("省级", "市级")
    sites = [f"示例历史地段{n}号" for n in range(1, len(fabric) + 1)]

    def reserve(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        return {"land_use_code": pick(PLANNED_CODES, uses.planned[face])}

    def site(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        names = [f"{maker.names[fabric.codes[fabric.unit[f]]]}{sites[k]}" for k, f in enumerate(face)]
        return {"site_name": np.array(names, object), "site_grade": pick(grades, (face % 2).astype(np.int8))}

    def nature(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        return {
            "site_name": pick([f"{name}自然保护地" for name in uses.places], uses.place[face]),
            "site_grade": pick(grades, (uses.place[face] % 2).astype(np.int8)),
        }

    def corridor(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        return {
            "corridor_name": pick([f"{name}生态廊道" for name in fabric.features], fabric.feature[face]),
            "required_width_m": np.full(len(face), 60.0),
        }

    def project(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        codes = [f"2025-{fabric.codes[fabric.unit[f]]}-01-01-{k + 1:06d}" for k, f in enumerate(face)]
        names = [f"示例重大项目{k + 1}号" for k in range(len(face))]
        kinds = pick(("产业", "民生"), (uses.planned[face] != code_number("0601")).astype(np.int8))
        years = np.full(len(face), 2027, np.int32)
        return {
            "project_code": np.array(codes, object),
            "project_name": np.array(names, object),
            "project_kind": kinds,
            "planned_year": years,
        }

    return [
        maker.polygons(
            "cultivated_land_reserve", _only(cultivated, _key(fabric.block, uses.planned)), reserve, classification=PLANNED_CLASSIFICATION
        ),
        of_a_site(maker.polygons("green_line", _only(park, fabric.block.astype(np.int64)), lambda _: {})),
        maker.polygons("blue_line", _only(river_or_lake, fabric.feature.astype(np.int64)), lambda _: {}),
        of_a_site(maker.polygons("purple_line", _only(heritage, number), lambda _: {})),
        of_a_site(maker.polygons("yellow_line", _only(plant, number), lambda _: {})),
        maker.polygons("flood_risk_line", _only(fabric.kind == RIVER, fabric.feature.astype(np.int64)), lambda _: {}),
        of_a_site(maker.polygons("heritage_line", _only(heritage, number), site)),
        maker.polygons("nature_reserve", _only(uses.redline, uses.place.astype(np.int64)), nature),
        maker.polygons("ecological_corridor", _only(fabric.kind == RIVER, fabric.feature.astype(np.int64)), corridor),
        of_a_site(maker.polygons("key_project", _only(projects, number), project)),
        _capacities(maker.polygons("detailed_planning_unit", _only(in_core, uses.town.astype(np.int64)), lambda _: {})),
    ]


def _capacities(layers: dict[str, Layer]) -> dict[str, Layer]:
    """Give every unit of detailed planning residents, floor area and open space by its size."""
    full = {}
    for code, layer in layers.items():
        area = layer.numbers("area_m2")
        table = layer.table
        for name, values in (
            ("resident_cap", np.round(area / 110.0, -1).astype(np.int32)),
            ("building_cap_m2", np.round(1.1 * area, -2)),
            ("open_space_m2", np.round(0.12 * area, -1)),
        ):
            table = table.append_column(name, pa.array(values))
        full[code] = replace(layer, table=table, version="")
    return full


def _maintenance(maker: Maker, seed: int) -> list[dict[str, Layer]]:
    """Let every unit exchange one lot of its boundary for a larger one: before, after and the change set between."""
    fabric, uses = maker.fabric, maker.uses
    generator = np.random.default_rng([seed, 8])
    field = (uses.zone == 0) & ~uses.farmland & ~uses.redline & (fabric.kind == 0) & (uses.settlement == 0)
    added = np.zeros(len(fabric), bool)
    removed = np.zeros(len(fabric), bool)
    for u in range(len(fabric.codes)):
        lots = np.flatnonzero((uses.zone == CONCENTRATED) & ~fabric.street & (fabric.unit == u))
        fields = np.flatnonzero(field & (fabric.unit == u))
        if len(lots) < 2 or not len(fields):  # noqa: PLR2004  # one lot must stay
            continue
        small = int(lots[np.argmin(fabric.area_m2[lots])])
        larger = fields[fabric.area_m2[fields] > fabric.area_m2[small]]
        if len(larger):
            added[small] = True
            removed[generator.choice(larger)] = True
    known = np.isin(fabric.unit, fabric.unit[added])
    number = np.arange(len(fabric), dtype=np.int64)
    within = _only((uses.zone > 0) & known, uses.zone.astype(np.int64))
    earlier = np.where(added, -1, np.where(removed, number + len(BOUNDARY_ZONES), within))

    def zone(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        return {"zone_name": pick(BOUNDARY_ZONES, np.maximum(uses.zone[face], CONCENTRATED))}

    def change(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        gone = removed[face].astype(np.int8)
        return {
            "change_type": pick(("1", "3"), gone),
            "change_reason": pick(("城镇开发边界局部优化调入", "城镇开发边界局部优化调出"), gone),
            "change_number": np.array([f"{fabric.codes[fabric.unit[f]]}-2025-{'C' if removed[f] else 'R'}01" for f in face], object),
        }

    return [
        maker.polygons("before_change", earlier, zone),
        maker.polygons("after_change", within, zone),
        maker.polygons("change", _only(added | removed, number), change),
    ]


def _some(fabric: Fabric, fit: npt.NDArray[np.bool_], most: int, generator: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Choose at most so many of the fit parcels in every unit."""
    chosen = np.zeros(len(fabric), bool)
    for u in range(len(fabric.codes)):
        own = np.flatnonzero(fit & (fabric.unit == u))
        if len(own):
            chosen[generator.choice(own, min(most, len(own)), replace=False)] = True
    return chosen


def _or_else(fabric: Fabric, fit: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Take the other parcels in the units that have no fit one."""
    has = np.zeros(len(fabric.codes), bool)
    has[fabric.unit[fit]] = True
    return fit | (other & ~has[fabric.unit])


def _corridors(maker: Maker, rivers: dict[str, Layer], shapes: dict[str, Any]) -> dict[str, Layer]:
    """Lay a corridor along a straight reach of a river in each unit, where no parcel is narrow enough to be one."""
    layers = {}
    for code, layer in rivers.items():
        found: list[Any] = []
        names: list[str] = []
        for line, name in zip(layer.geometry, layer.texts("river_name"), strict=True):
            points = shapely.get_coordinates(line)
            steps = np.diff(points, axis=0)
            k = int(np.argmax(np.hypot(*steps.T)))
            length = float(np.hypot(*steps[k]))
            along, middle = steps[k] / length, (points[k] + points[k + 1]) / 2
            across = np.array([-along[1], along[0]])
            half = min(0.3 * length, 2000.0)
            corners = [middle + s * half * along + t * 40.0 * across for s, t in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
            reach = shapely.Polygon(np.round(corners, 3))
            if half > 100.0 and shapely.contains(shapes[code], reach) and not any(shapely.intersects(reach, other) for other in found):  # noqa: PLR2004  # metres
                found.append(reach)
                names.append(f"{name}生态廊道")
        if found:
            wkb = pa.array(shapely.to_wkb(np.array(found, object)), pa.large_binary())
            columns = {"corridor_name": np.array(names, object), "required_width_m": np.full(len(found), 60.0)}
            area = np.round(ellipsoidal_areas(Polygons.from_wkb(wkb), maker.crs), 2)
            layers[code] = maker.layer("ecological_corridor", code, wkb, {**columns, "area_m2": area})
    return layers


def _courses(maker: Maker, name: str, courses: tuple[Course, ...], shapes: dict[str, Any]) -> dict[str, Layer]:
    layers = {}
    prefix = "road" if name == "road" else "river"
    for code, shape in shapes.items():
        shapely.prepare(shape)
        lines: list[Any] = []
        owners: list[Course] = []
        for course in courses:
            inside = shapely.intersection(course.line, shape)
            for part in shapely.get_parts(shapely.line_merge(inside) if inside.geom_type == "MultiLineString" else inside):
                if part.geom_type == "LineString" and part.length > 50.0:  # noqa: PLR2004  # metres; shorter ones only graze the border
                    points = np.round(shapely.get_coordinates(part), 3)
                    lines.append(shapely.LineString(points))
                    owners.append(course)
        if not lines:
            continue
        columns: dict[str, Any] = {
            f"{prefix}_name": np.array([course.name for course in owners], object),
            f"{prefix}_class": np.array([course.grade for course in owners], object),
        }
        if name == "road":
            columns["planned_year"] = np.array([course.year for course in owners], np.int32)
            columns["width_m"] = np.array([course.width_m for course in owners], float)
        layers[code] = maker.layer(name, code, pa.array(shapely.to_wkb(np.array(lines, object)), pa.large_binary()), columns)
    return layers


def _facilities(maker: Maker, seed: int) -> dict[str, Layer]:
    fabric, uses = maker.fabric, maker.uses
    generator = np.random.default_rng([seed, 6])
    layers = {}
    most = int(np.clip(len(fabric) // 1000, 2, 60))
    for u, code in enumerate(fabric.codes):
        faces: list[int] = []
        kinds: list[tuple[str, str]] = []
        free = np.ones(len(fabric), bool)
        for planned, kind, grade in _FACILITIES:
            own = np.flatnonzero((fabric.unit == u) & free & (uses.planned == planned_numbers(planned)[0]) & (uses.zone > 0))
            if len(own):
                chosen = generator.choice(own, min(most, len(own)), replace=False)
                faces += [int(f) for f in np.sort(chosen)]
                free[chosen] = False
                kinds += [(kind, grade)] * len(chosen)
        if not faces:
            continue
        points = shapely.points(np.round(np.column_stack([fabric.x[faces], fabric.y[faces]]), 3))
        columns = {
            "facility_name": np.array([f"示例{kind}{n + 1:03d}" for n, (kind, _) in enumerate(kinds)], object),
            "facility_kind": np.array([kind for kind, _ in kinds], object),
            "facility_grade": np.array([grade for _, grade in kinds], object),
        }
        layers[code] = maker.layer("facility", code, pa.array(shapely.to_wkb(points), pa.large_binary()), columns)
    return layers


def _base_layers(maker: Maker, seed: int) -> dict[str, Layer]:
    fabric, uses = maker.fabric, maker.uses
    generator = np.random.default_rng([seed, 7])
    base_names = names_of(PRESENT_CLASSIFICATION, PRESENT_CODES)
    number = np.arange(len(fabric), dtype=np.int64)
    young = uses.base != uses.present
    field = np.isin(uses.present, CULTIVATED) & ~uses.farmland & (uses.zone == 0)
    core = (uses.zone == CONCENTRATED) & ~fabric.street
    stock = core & np.isin(uses.planned, BUILT) & (uses.planned != code_number("0810"))
    supply = _or_else(fabric, (uses.zone == CONCENTRATED) & uses.changed & (uses.planned < len(PRESENT)), stock)
    approved = _or_else(fabric, young, core & np.isin(uses.present, BUILT))

    def unit(_: npt.NDArray[np.int32]) -> dict[str, Any]:
        return {}

    def base(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        return {
            "land_use_code": pick(PRESENT_CODES, uses.base[face]),
            "land_use_name": pick(base_names, uses.base[face]),
            "settlement_code": pick(SETTLEMENTS, uses.base_settlement[face]),
        }

    def approval(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        days = [dt.date(2021 + int(f) % 4, 1 + int(f) % 12, 1 + int(f) % 28) for f in face]
        return {
            "approval_number": np.array([f"示例政地〔{day.year}〕{k + 1}号" for k, day in enumerate(days)], object),
            "approval_date": pa.array(days, pa.date32()),
        }

    def temporary(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        return {
            "approval_number": np.array([f"示例临地〔2025〕{k + 1}号" for k in range(len(face))], object),
            "expires_on": pa.array([dt.date(2027, 6, 30)] * len(face), pa.date32()),
        }

    def parcel(face: npt.NDArray[np.int32]) -> dict[str, Any]:
        return {
            "parcel_number": np.array([f"{fabric.codes[fabric.unit[f]]}-2026-{k + 1:05d}" for k, f in enumerate(face)], object),
            "planned_use_code": pick(PLANNED_CODES, uses.planned[face]),
            "supply_year": np.full(len(face), 2026, np.int32),
        }

    drawn = {
        "administrative_district": maker.polygons("administrative_district", np.zeros(len(fabric)), unit),
        "local_unit": maker.polygons("local_unit", np.zeros(len(fabric)), unit, area_fields=()),
        "base_land_use": maker.polygons(
            "base_land_use", _key(fabric.block, uses.base, uses.base_settlement), base, classification=PRESENT_CLASSIFICATION
        ),
        "approval": of_a_site(
            maker.polygons(
                "approval", _only(_some(fabric, approved, 200, generator), number), approval, area_fields=("area_m2", "approved_area_m2")
            )
        ),
        "temporary_land": of_a_site(maker.polygons("temporary_land", _only(_some(fabric, field, 3, generator), number), temporary)),
        "supply_parcel": of_a_site(
            maker.polygons(
                "supply_parcel", _only(_some(fabric, supply, 250, generator), number), parcel, classification=PLANNED_CLASSIFICATION
            )
        ),
    }
    layers = {name: _together([own[code] for code in fabric.codes if code in own]) for name, own in drawn.items() if own}
    layers["local_unit"] = _named_units(layers["local_unit"], maker)
    layers["building"] = _buildings(maker, generator)
    layers["residents"] = _residents(maker)
    return layers


def _named_units(layer: Layer, maker: Maker) -> Layer:
    codes = [text[:6] for text in layer.texts("identifier")]
    table = pa.table(
        {
            "identifier": layer.column("identifier"),
            "unit_code": pa.array(codes, pa.large_string()),
            "unit_name": pa.array([maker.names[code] for code in codes], pa.large_string()),
            "remark": layer.column("remark"),
        }
    )
    return type(layer)(name=layer.name, table=table, wkb=layer.wkb, crs=layer.crs, source=layer.source)


def _buildings(maker: Maker, generator: np.random.Generator) -> Layer:
    """Draw a house on built lots, of two dates: on lots that are new since the base year only of the later."""
    fabric, uses = maker.fabric, maker.uses
    built = np.isin(uses.present, BUILT) & ~fabric.street & (uses.settlement > 0) & (uses.present != code_number("0810"))
    faces = np.flatnonzero(_some(fabric, built, 3000, generator))
    faces = faces[np.argsort(fabric.unit[faces], kind="stable")]
    half = np.clip(0.16 * np.sqrt(fabric.area_m2[faces]), 4.0, 60.0)
    old = uses.base[faces] == uses.present[faces]
    at = np.concatenate([np.flatnonzero(old), np.arange(len(faces))])
    late = np.concatenate([np.zeros(int(old.sum()), bool), np.ones(len(faces), bool)])
    order = np.lexsort((late, at))
    at, late = at[order], late[order]
    x, y, h = fabric.x[faces[at]], fabric.y[faces[at]], half[at]
    boxes = shapely.box(np.round(x - h, 3), np.round(y - 0.7 * h, 3), np.round(x + h, 3), np.round(y + 0.7 * h, 3))
    parts = []
    for u, code in enumerate(fabric.codes):
        own = np.flatnonzero(fabric.unit[faces[at]] == u)
        if len(own):
            columns = {
                "floors": (1 + faces[at[own]] % 17).astype(np.int32),
                "survey_date": pa.array([dt.date(SURVEY_YEAR if is_late else BASE_YEAR, 12, 31) for is_late in late[own]], pa.date32()),
            }
            parts.append(maker.layer("building", code, pa.array(shapely.to_wkb(boxes[own]), pa.large_binary()), columns))
    return _together(parts)


def _residents(maker: Maker) -> Layer:
    """Put the residents of each unit where the homes are, by the area of the homes, not one more or less than counted."""
    fabric, uses = maker.fabric, maker.uses
    homes = np.isin(uses.present, [code_number("0701"), code_number("0702")])
    parts = []
    for u, code in enumerate(fabric.codes):
        own = np.flatnonzero(homes & (fabric.unit == u))
        if not len(own):
            own = np.flatnonzero((uses.zone > 0) & (fabric.unit == u))
        own = own[np.argsort(-fabric.area_m2[own], kind="stable")[:20_000]]
        total = RESIDENTS_2020.get(code, 1_000_000)
        weight = fabric.area_m2[own] * np.where(uses.settlement[own] == 3, 0.25, 1.0)  # noqa: PLR2004  # 203, villages live wider
        exact = np.cumsum(weight / weight.sum()) * total
        count = np.diff(np.round(exact).astype(np.int64), prepend=0)
        keep = count > 0
        points = shapely.points(np.round(np.column_stack([fabric.x[own], fabric.y[own]]), 3))[keep]
        wkb = pa.array(shapely.to_wkb(points), pa.large_binary())
        parts.append(maker.layer("residents", code, wkb, {"resident_count": count[keep].astype(np.int32)}))
    return _together(parts)
