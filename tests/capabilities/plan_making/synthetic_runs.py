"""Invented runs for the tests of records and reports: a city of Voronoi cells, no real place."""

import hashlib

import numpy as np
import shapely

from lantu.capabilities.plan_making.run_records import (
    AreaRow,
    BackdropRecord,
    CheckRun,
    FindingRecord,
    OutcomeRecord,
    RuleRecord,
    TransmissionRow,
    UnitRecord,
    Verdict,
    run_head,
)
from lantu.vocabulary.findings import Outcome, Severity
from lantu.vocabulary.text import Text

RULES = (
    ("PK01", "package", Severity.MANDATORY, "Every required file is in the package", "成果包文件齐全", "permanent_basic_farmland"),
    ("AT03", "attributes", Severity.MAJOR, "Land-use codes are in the code table", "地类编码应在代码表内", "planned_land_use"),
    ("GM02", "geometry", Severity.MINOR, "Rings do not touch themselves", "图形环不得自接触", "planned_land_use"),
    ("TP01", "topology", Severity.MAJOR, "Planned land use tiles the unit without gap", "规划用地应无缝覆盖", "planned_land_use"),
    (
        "CL01",
        "control_lines",
        Severity.MANDATORY,
        "Farmland lies outside the development boundary",
        "永久基本农田不得划入城镇开发边界",
        "permanent_basic_farmland",
    ),
    ("CL04", "control_lines", Severity.NOTICE, "Redline patches carry a name", "生态保护红线应有名称", "ecological_redline"),
    ("TR01", "transmission", Severity.MANDATORY, "Cultivated land is kept as required", "耕地保有量不低于上级下达", ""),
    ("CH01", "changes", Severity.MAJOR, "Changes carry an approval", "变更须有批准文件", "planned_land_use"),
)
NAMES = ("Lake", "Old Town", "Harbour", "Hills", "Delta", "Orchard", "Gate", "Weirs", "Reeds", "Terraces")
CHINESE_NAMES = ("湖区", "古城区", "港区", "山区", "洲区", "果园区", "关区", "堰区", "苇区", "台地区")
LAYERS = {
    "permanent_basic_farmland": Text("Permanent basic farmland", "永久基本农田"),
    "ecological_redline": Text("Ecological conservation redline", "生态保护红线"),
    "urban_development_boundary": Text("Urban development boundary", "城镇开发边界"),
    "planned_land_use": Text("Planned land use", "规划用地"),
}


def synthetic_run(n_findings=200, n_units=4, seed=7):
    """A run whose content follows from its arguments alone."""
    random = np.random.default_rng(seed)
    units = _units(n_units, random)
    findings = [_finding(random, units) for _ in range(n_findings)]
    outcomes = _outcomes(units, findings)
    head = run_head(
        program_version="0.1.0",
        rule_set_version=hashlib.sha256(b"rules").hexdigest(),
        city_code="invented",
        city_name=Text("Invented City", "虚构市"),
        crs="EPSG:4549",
        today="2026-01-01",
        layers={unit.code: {name: hashlib.sha256(f"{unit.code}{name}".encode()).hexdigest() for name in LAYERS} for unit in units},
        parameters={"select": ["ALL"]},
        invented=True,
    )
    return CheckRun(
        run=head,
        outcomes=outcomes,
        findings=tuple(findings),
        rules={
            code: RuleRecord(
                code,
                theme,
                Text(en, zh),
                Text("Redraw it. <Then> ask & send again.", "请重新绘制后报送。"),
                severity,
                Text(f"Invented norm, {code}", f"《虚构规范》{code}"),
                "3.6",
            )
            for code, theme, severity, en, zh, _ in RULES
        },
        units=units,
        transmission=_transmission(units),
        areas=_areas(units, random),
        backdrop=_backdrop(units, random),
        layer_names=LAYERS,
    )


def _units(count, random):
    frame = shapely.box(540_000, 3_430_000, 600_000, 3_490_000).buffer(-1).segmentize(4_000)
    edge = np.asarray(frame.exterior.coords)
    frame = shapely.Polygon(edge + random.normal(0, 900, edge.shape))
    seeds = shapely.MultiPoint(random.uniform((545_000, 3_435_000), (595_000, 3_485_000), (count, 2)))
    cells = shapely.intersection(np.array(list(shapely.voronoi_polygons(seeds, extend_to=frame).geoms)), frame.buffer(0))
    return tuple(
        UnitRecord(
            f"9905{index:02d}",
            Text(f"{NAMES[index]} Unit", CHINESE_NAMES[index]),
            shapely.to_wkb(cell),
            f"9905{index:02d}{CHINESE_NAMES[index]}国土空间总体规划",
        )
        for index, cell in enumerate(cells)
    )


def _finding(random, units):
    code, _, severity, en, zh, layer = RULES[random.choice([1, 2, 3, 4, 5, 6], p=[0.3, 0.25, 0.2, 0.1, 0.1, 0.05])]
    unit = units[random.integers(len(units))]
    place = None if code == "TR01" else _place(code, unit, random)
    measured = None if code == "AT03" else float(random.lognormal(4, 2))
    return FindingRecord(
        code=code,
        severity=severity,
        unit=unit.code,
        layer=layer,
        features=tuple(f"F{random.integers(100_000)}" for _ in range(1 if code == "AT03" else 2)) if layer else (),
        measured="0799X" if measured is None else measured,
        limit=1.0 if measured is not None else "landuse-2023",
        unit_of_measure="m2" if measured is not None else "",
        message=Text(
            f'{en}: found {measured or "0799X"} in {unit.name.en}, "quoted" </script> & more.',
            f"{zh}：{unit.name.zh}内为{measured or '0799X'}。",
        ),
        remedy=Text("Redraw it.", "请重新绘制。"),
        geometry=None if place is None else shapely.to_wkb(place),
        bounds=None if place is None else place.bounds,
    )


def _place(code, unit, random):
    cell = shapely.from_wkb(unit.outline)
    left, bottom, right, top = cell.bounds
    point = shapely.Point(random.uniform((left, bottom), (right, top)))
    if not cell.contains(point):
        point = cell.representative_point()
    if code == "GM02":
        return point
    if code == "AT03":
        return shapely.box(point.x, point.y, point.x + random.uniform(20, 400), point.y + random.uniform(20, 400))
    angles = np.sort(random.uniform(0, 2 * np.pi, 9))
    radii = random.uniform(40, 600, 9)
    return shapely.Polygon(np.column_stack([point.x + radii * np.cos(angles), point.y + radii * np.sin(angles)])).buffer(0)


def _outcomes(units, findings):
    counts = {}
    for finding in findings:
        counts[finding.unit, finding.code] = counts.get((finding.unit, finding.code), 0) + 1
    records = []
    for unit in units:
        for code, *_ in RULES:
            count = counts.get((unit.code, code), 0)
            if code == "CH01":
                reason = Text("The package has no layer of earlier land use.", "成果未提供上一版用地图层。")
                records.append(OutcomeRecord(code, unit.code, Outcome.NOT_CHECKED, reason))
            else:
                outcome = Outcome.FAILED if count else Outcome.PASSED
                records.append(OutcomeRecord(code, unit.code, outcome, None, {"sliver_area_m2": 1.0} if code == "CL01" else {}, count))
    return tuple(records)


def _transmission(units):
    rows = []
    for index, unit in enumerate(units):
        quotation = f"到2035年，{unit.name.zh}耕地保有量不低于12.3456万亩。"
        subject = Text("Cultivated land kept", "耕地保有量")
        measured = 82.31 - index * 0.02
        rows.append(
            TransmissionRow(
                unit.code,
                "第12条",
                quotation,
                subject,
                82.304,
                measured,
                Verdict.FULFILLED if measured >= 82.304 else Verdict.BREACHED,
                "km2",
                ">=",
                code="TR01",
            )
        )
        rows.append(
            TransmissionRow(
                unit.code,
                "第31条",
                "规划建设轨道交通延伸线。",
                Text("Transport corridors", "交通廊道"),
                "轨道延伸线",
                None,
                Verdict.ABSENT,
                "",
                "list",
                code="TR01",
            )
        )
        rows.append(
            TransmissionRow(
                unit.code,
                "第40条",
                "用水总量不超过上级下达指标。",
                Text("Water use", "用水总量"),
                3.2,
                None,
                Verdict.NOT_CHECKED,
                "1e8 m3",
                "<=",
                binding=False,
                code="TR01",
                reason=Text("The package states no water use.", "成果未申报用水总量。"),
            )
        )
    return tuple(rows)


def _areas(units, random):
    classes = {
        "permanent_basic_farmland": [("", Text("Permanent basic farmland", "永久基本农田"))],
        "urban_development_boundary": [
            ("1", Text("Concentrated zone", "集中建设区")),
            ("2", Text("Flexible zone", "弹性发展区")),
            ("3", Text("Special zone", "特别用途区")),
        ],
    }
    return tuple(
        AreaRow(unit.code, layer, code, name, float(random.uniform(1e6, 9e7)))
        for layer, entries in classes.items()
        for unit in units
        for code, name in entries
    )


def _backdrop(units, random):
    shapes = {"permanent_basic_farmland": [], "ecological_redline": [], "urban_development_boundary": []}
    for unit in units:
        cell = shapely.from_wkb(unit.outline)
        for name, share in (("urban_development_boundary", 0.22), ("permanent_basic_farmland", 0.3), ("ecological_redline", 0.15)):
            left, bottom, right, top = cell.bounds
            center = random.uniform((left, bottom), (right, top))
            angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
            radius = share * min(right - left, top - bottom) * (1 + 0.25 * np.sin(3 * angles) + 0.1 * random.normal(size=40))
            blob = shapely.Polygon(np.column_stack([center[0] + radius * np.cos(angles), center[1] + radius * np.sin(angles)])).buffer(0)
            shapes[name].append(blob.intersection(cell))
    return tuple(BackdropRecord(name, LAYERS[name], shapely.to_wkb(shapely.union_all(parts))) for name, parts in shapes.items())
