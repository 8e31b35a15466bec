"""What the plans of the invented city state: figures, named things, metadata, requirements · 示例规划的申报内容."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely

from lantu.examples.layers import BASE_YEAR, INVENTED, TARGET_YEAR
from lantu.standards.classifications import load_classifications
from lantu.standards.quantities import convert
from lantu.vocabulary.plans import NamedItem, PackageFacts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.examples.city import DemoCity
    from lantu.vocabulary.layer import Layer

MUNICIPAL_PLAN, MUNICIPAL_VERSION = "demo-municipal-2035", "1.0"
_KM2 = 1e6


@dataclass(frozen=True)
class Statement:
    """One figure as a plan states it · 一项指标.

    Parameters
    ----------
    subject
        Canonical quantity.
    value
        The number, in `unit`.
    unit
        Unit, in Chinese.
    """

    subject: str
    value: float
    unit: str


@dataclass(frozen=True)
class Clause:
    """One row of the requirements that the municipal plan lays down · 一条传导要求.

    Parameters
    ----------
    clause
        Number of the clause.
    kind
        How the child is compared.
    subject
        Quantity, list or layer.
    value
        Number asked for, None for lists and geometries.
    unit
        Unit of `value`.
    target
        Code of the unit, or ``city``.
    binding
        True for 约束性.
    quotation
        The clause in its own words.
    tolerance
        Share that a ``within`` requirement allows.
    items
        Items of a list.
    """

    clause: str
    kind: str
    subject: str
    value: float | None
    unit: str
    target: str
    binding: bool
    quotation: str
    tolerance: float = 0.0
    items: tuple[NamedItem, ...] = ()


@dataclass
class UnitStatements:
    """Everything one plan says besides its layers · 一个规划的申报内容.

    Parameters
    ----------
    figures_in_table
        As the table states them.
    figures_in_text
        As the text states them.
    items
        Named things.
    metadata
        Metadata record.
    """

    figures_in_table: list[Statement]
    figures_in_text: list[Statement]
    items: list[NamedItem]
    metadata: dict[str, str]


@dataclass
class Statements:
    """What all plans state · 全部申报内容.

    Parameters
    ----------
    units
        By unit code.
    municipal_metadata
        Metadata of the municipal plan.
    clauses
        What the municipal plan asks for.
    """

    units: dict[str, UnitStatements]
    municipal_metadata: dict[str, str]
    clauses: list[Clause] = field(default_factory=list)


_LABELS = {
    "cultivated_land_area": "耕地保有量", "permanent_basic_farmland_area": "永久基本农田保护面积", "ecological_redline_area": "生态保护红线面积",  # noqa: E501  # a table row
    "urban_development_boundary_area": "城镇开发边界面积", "expansion_multiple": "城镇开发边界扩展倍数", "construction_land_area": "建设用地总规模",  # noqa: E501  # a table row
    "urban_rural_construction_land_area": "城乡建设用地规模", "new_construction_land_area": "新增建设用地规模", "water_use_total": "用水总量",  # noqa: E501  # a table row
    "forest_land_area": "林地保有量", "wetland_area": "湿地面积", "gdp_land_reduction_share": "单位国内生产总值建设用地使用面积下降率",
    "urban_construction_land_per_resident_m2": "人均城镇建设用地面积", "road_density_km_per_km2": "道路网密度",
    "park_walk_coverage_share": "公园绿地、广场步行5分钟覆盖率", "residents": "常住人口规模", "urbanisation_share": "常住人口城镇化率",
}  # fmt: skip
# How far a requirement leaves room to what the plan holds: at least a little less, at most a little more.
_AT_LEAST = {
    "cultivated_land_area": 0.985, "permanent_basic_farmland_area": 0.985, "ecological_redline_area": 0.985, "forest_land_area": 0.97,
    "wetland_area": 0.97, "gdp_land_reduction_share": 1.0, "road_density_km_per_km2": 0.95, "park_walk_coverage_share": 0.95,
}  # fmt: skip
_AT_MOST = {
    "urban_development_boundary_area": 1.015, "construction_land_area": 1.03, "urban_rural_construction_land_area": 1.03,
    "new_construction_land_area": 1.05, "water_use_total": 1.02, "urban_construction_land_per_resident_m2": 1.05, "expansion_multiple": 1.0,
}  # fmt: skip
_WITHIN = {"residents": 0.05, "urbanisation_share": 0.05}
_SUMMED = frozenset(
    {
        "cultivated_land_area", "permanent_basic_farmland_area", "ecological_redline_area", "urban_development_boundary_area",
        "construction_land_area", "urban_rural_construction_land_area", "new_construction_land_area", "water_use_total", "forest_land_area",
        "wetland_area", "residents",
    }
)  # fmt: skip


def label_of(subject: str) -> str:
    """Give the name a table calls a quantity by · 指标名称.

    Parameters
    ----------
    subject
        Canonical quantity.

    Returns
    -------
    str
        Its Chinese name.
    """
    return _LABELS[subject]


def state(city: DemoCity, residents_2020: Mapping[str, int]) -> Statements:
    """Derive from the layers what the plans say of them · 由图层生成申报内容.

    Parameters
    ----------
    city
        The city.
    residents_2020
        Residents counted in 2020, by unit.

    Returns
    -------
    Statements
        Figures to the hundredth of their unit agree with the layers.
    """
    units = {}
    for code in city.fabric.codes:
        figures = _figures(city, code, residents_2020[code])
        units[code] = UnitStatements(figures, list(figures), _items(city, code), _metadata(city, code))
    municipal = {
        **_metadata(city, city.fabric.codes[0]),
        "规划名称": f"示例市国土空间总体规划（2021—{TARGET_YEAR}年）（{INVENTED}）",
        "规划编号": MUNICIPAL_PLAN,
        "板块代码": city.profile.code,
        "规划层级": "市级",
        "版本": MUNICIPAL_VERSION,
        "上位规划": "demo-province-2035",
        "上位规划版本": "1.0",
        "审批机关": "国务院",
    }
    return Statements(units, municipal)


def _sum_km2(layer: Layer | None, column: str, prefixes: tuple[str, ...] | None = None) -> float:
    if layer is None:
        return 0.0
    areas = layer.numbers(column)
    if prefixes is not None:
        areas = areas[np.array([str(code).startswith(prefixes) for code in layer.texts("land_use_code")], bool)]
    return float(areas.sum()) / _KM2


def _figures(city: DemoCity, code: str, residents: int) -> list[Statement]:
    own = city.units[code]
    classification = load_classifications()["landuse-2023"]
    planned = own["planned_land_use"]
    codes = planned.texts("land_use_code")
    areas = planned.numbers("patch_area_m2") / _KM2
    built = np.array([str(classification.legal_class(str(item))) == "construction" or str(item) == "16" for item in codes], bool)
    settled = built & ~np.array(
        [str(item).startswith(("12", "13", "15")) and str(item)[:4] not in ("1207", "1208") for item in codes], bool
    )
    new = built & (planned.texts("planning_state") == "20")
    base = city.base["base_land_use"]
    urban = np.isin(base.texts("settlement_code").astype(str), ["201", "202"]) & np.array(
        [str(item).startswith(code) for item in base.texts("identifier")], bool
    )
    from lantu.engines.overlay.areas import ellipsoidal_areas  # noqa: PLC0415  # brings the kernel, which plain statements never need
    from lantu.engines.overlay.polygons import Polygons  # noqa: PLC0415  # as above

    base_m2 = float(ellipsoidal_areas(Polygons.from_wkb(base.wkb), base.crs)[urban].sum())
    boundary = _sum_km2(own["urban_development_boundary"], "area_m2")
    unit_km2 = float(areas.sum())
    length_km = sum(shapely.length(own[name].geometry).sum() for name in ("road",) if name in own) / 1000.0
    people = residents * 1.12 / 1e4
    values = {
        "cultivated_land_area": (_sum_km2(planned, "patch_area_m2", ("01",)), "平方公里"),
        "permanent_basic_farmland_area": (_sum_km2(own["permanent_basic_farmland"], "area_m2"), "平方公里"),
        "ecological_redline_area": (_sum_km2(own["ecological_redline"], "area_m2"), "平方公里"),
        "urban_development_boundary_area": (boundary, "平方公里"),
        "expansion_multiple": (boundary * _KM2 / base_m2, "倍"),
        "construction_land_area": (float(areas[built].sum()), "平方公里"),
        "urban_rural_construction_land_area": (float(areas[settled].sum()), "平方公里"),
        "new_construction_land_area": (float(areas[new].sum()), "平方公里"),
        "water_use_total": (residents * 650 / 1e8, "亿立方米"),
        "forest_land_area": (_sum_km2(planned, "patch_area_m2", ("03",)), "平方公里"),
        "wetland_area": (_sum_km2(planned, "patch_area_m2", ("05",)), "平方公里"),
        "gdp_land_reduction_share": (41.5, "%"),
        "urban_construction_land_per_resident_m2": (boundary * 1e6 / (people * 1e4), "平方米/人"),
        "road_density_km_per_km2": (4.0 + length_km / unit_km2, "公里/平方公里"),
        "park_walk_coverage_share": (85.0 + int(code[-1]), "%"),
        "residents": (people, "万人"),
        "urbanisation_share": (78.0 + int(code[-1]), "%"),
    }
    return [Statement(subject, round(value, 4), unit) for subject, (value, unit) in values.items()]


def _items(city: DemoCity, code: str) -> list[NamedItem]:
    own = city.units[code]
    transformer = pyproj.Transformer.from_crs(city.profile.crs, "EPSG:4490", always_xy=True)
    items: list[NamedItem] = []
    sources = (
        ("nature_reserve", "nature_reserve", "site_name", "site_grade", None),
        ("heritage_site", "heritage_line", "site_name", "site_grade", None),
        ("transport_corridor", "road", "road_name", "road_class", "width_m"),
        ("ecological_corridor", "ecological_corridor", "corridor_name", None, "required_width_m"),
        ("key_project", "key_project", "project_name", "project_kind", None),
    )
    for list_name, layer_name, name_field, grade_field, width_field in sources:
        layer = own.get(layer_name)
        if layer is None:
            continue
        seen: set[str] = set()
        points = shapely.point_on_surface(layer.geometry)
        for row, name in enumerate(layer.texts(name_field)):
            if name in seen:
                continue
            seen.add(name)
            longitude, latitude = transformer.transform(shapely.get_x(points[row]), shapely.get_y(points[row]))
            grade = str(layer.texts(grade_field)[row]) if grade_field else ""
            width = float(layer.numbers(width_field)[row]) if width_field else None
            items.append(NamedItem(list_name, str(name), grade, width, round(longitude, 7), round(latitude, 7)))
    facilities = own.get("facility")
    kinds = {"医院": "regional_facility", "污水处理厂": "municipal_facility"}
    if facilities is not None:
        done: set[str] = set()
        for row, kind in enumerate(facilities.texts("facility_kind")):
            if kind in kinds and kind not in done:
                done.add(kind)
                point = facilities.geometry[row]
                longitude, latitude = transformer.transform(point.x, point.y)
                name, grade = str(facilities.texts("facility_name")[row]), str(facilities.texts("facility_grade")[row])
                items.append(NamedItem(kinds[kind], name, grade, None, round(longitude, 7), round(latitude, 7)))
    return items


def _metadata(city: DemoCity, code: str) -> dict[str, str]:
    unit = city.profile.units[code]
    return {
        "规划名称": f"{unit.name.zh}国土空间总体规划（2021—{TARGET_YEAR}年）（{INVENTED}）",
        "规划编号": f"demo-{code}-2035",
        "板块代码": code,
        "规划层级": "县级",
        "规划类型": "总体规划",
        "版本": "1.0",
        "基期年": str(BASE_YEAR),
        "目标年": str(TARGET_YEAR),
        "上位规划": MUNICIPAL_PLAN,
        "上位规划版本": MUNICIPAL_VERSION,
        "审批机关": unit.statutory_approver.zh or "江苏省人民政府",
        "坐标系": "2000国家大地坐标系",
        "高程基准": "1985国家高程基准",
        "地类标准": "国土空间调查、规划、用途管制用地用海分类指南（2023）",
        "生产日期": "2025-12-01",
        "生效日期": "2025-02-01",
        "数据说明": INVENTED,
    }


def lay_down(city: DemoCity, statements: Statements) -> list[Clause]:
    """Let the municipal plan ask for a little less, or allow a little more, than the plans hold · 制定传导要求.

    Parameters
    ----------
    city
        The city.
    statements
        What its plans state.

    Returns
    -------
    list of Clause
        One per quantity and unit, one per sum, one per list and unit.
    """
    clauses: list[Clause] = []
    sums: dict[str, float] = {}
    number = 0
    for subject in _LABELS:
        number += 1
        for code in city.fabric.codes:
            figure = next(item for item in statements.units[code].figures_in_table if item.subject == subject)
            kind, value, tolerance = _asked(subject, figure.value)
            clauses.append(_clause(f"第{number}条", kind, subject, value, figure.unit, code, city.profile.units[code].name.zh, tolerance))
            sums[subject] = sums.get(subject, 0.0) + figure.value
        if subject in _SUMMED:
            unit = next(item.unit for item in statements.units[city.fabric.codes[0]].figures_in_table if item.subject == subject)
            kind, value, tolerance = _asked(subject, sums[subject])
            clauses.append(_clause(f"第{number}条", kind, subject, value, unit, "city", "全市", tolerance))
    lists = (
        "nature_reserve",
        "heritage_site",
        "transport_corridor",
        "ecological_corridor",
        "key_project",
        "regional_facility",
        "municipal_facility",
    )
    for list_name in lists:
        number += 1
        for code in city.fabric.codes:
            items = tuple(item for item in statements.units[code].items if item.list_name == list_name)
            if items:
                name = city.profile.units[code].name.zh
                clauses.append(Clause(f"第{number}条", "list", list_name, None, "", code, True, f"{name}应落实下列要素", items=items))  # noqa: FBT003  # numba takes no keywords
    return clauses


def _asked(subject: str, value: float) -> tuple[str, float, float]:
    if subject in _AT_LEAST:
        return ">=", np.floor(value * _AT_LEAST[subject] * 1e4) / 1e4, 0.0
    if subject == "expansion_multiple":
        return "<=", 1.3, 0.0
    if subject in _AT_MOST:
        return "<=", np.ceil(value * _AT_MOST[subject] * 1e4) / 1e4, 0.0
    return "within", round(value, 4), _WITHIN[subject]


def _clause(  # noqa: PLR0913, PLR0917  # every one is needed
    clause: str, kind: str, subject: str, value: float, unit: str, target: str, target_name: str, tolerance: float
) -> Clause:
    word = {">=": "不低于", "<=": "不超过", "within": "控制在"}[kind]
    tail = "左右" if kind == "within" else ""
    quotation = f"到{TARGET_YEAR}年，{target_name}{_LABELS[subject]}{word}{value:.10g}{unit}{tail}。"
    return Clause(clause, kind, subject, float(value), unit, target, kind != "within", quotation, tolerance)


def state_as_measured(statements: UnitStatements, layers: Mapping[str, Layer]) -> None:
    """State of every area what the layers measure, in table and text alike · 按图层重填面积.

    Parameters
    ----------
    statements
        What the plan states; changed in place.
    layers
        Layers of the plan, as they will be filed.
    """
    from lantu.catalogue.quantities import is_measured, measured  # noqa: PLC0415  # brings the overlay engine
    from lantu.engines.checking.run import NotChecked  # noqa: PLC0415  # as above
    from lantu.engines.overlay.products import Products  # noqa: PLC0415  # as above

    products = Products()
    for number, figure in enumerate(statements.figures_in_table):
        if not is_measured(figure.subject):
            continue
        try:
            holding = measured(figure.subject, layers, PackageFacts(), products, load_classifications())
        except NotChecked:
            continue
        if holding is not None:
            value = round(convert(holding.value, holding.unit, figure.unit, holding.dimension), 4)
            statements.figures_in_table[number] = statements.figures_in_text[number] = replace(figure, value=value)
