"""What reports show beside the findings: units, areas, transmission, the map beneath · 报告汇总."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.capabilities.plan_making.remembering import fact_print
from lantu.capabilities.plan_making.run_records import AreaRow, BackdropRecord, TransmissionRow, UnitRecord, Verdict
from lantu.catalogue.quantities import measured
from lantu.engines.checking.run import NotChecked
from lantu.standards.quantities import convert, name_of
from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.findings import Outcome
from lantu.vocabulary.plans import RequirementKind
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.capabilities.plan_making.checking import UnitWork
    from lantu.capabilities.plan_making.remembering import ValuesMemory
    from lantu.engines.checking.run import CheckResult
    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer_definitions import LayerVocabulary
    from lantu.vocabulary.plans import Requirement

# Layers whose areas the bureau's table gives, with the field that names the class.
_AREA_CLASSES = {
    "permanent_basic_farmland": "",
    "ecological_redline": "",
    "urban_development_boundary": "zone_name",
    "planned_land_use": "land_use_code",
    "present_land_use": "land_use_code",
}
_BACKDROP = ("ecological_redline", "permanent_basic_farmland", "urban_development_boundary")
# A report's map is read at city scale: shapes coarser than this lose nothing that the eye could see there.
_BACKDROP_TOLERANCE_M = 120.0
_BACKDROP_LEAST_M2 = 40_000.0


# Which check decides on a clause, by the quantity it lays down; lists and geometries have checks of their own.
_DECIDED_BY = {
    "cultivated_land_area": "TR01",
    "permanent_basic_farmland_area": "TR02",
    "ecological_redline_area": "TR03",
    "urban_development_boundary_area": "TR04",
    "expansion_multiple": "TR04",
    "construction_land_area": "TR05",
    "urban_rural_construction_land_area": "TR05",
    "new_construction_land_area": "TR06",
    "water_use_total": "TR07",
    "forest_land_area": "TR08",
    "wetland_area": "TR08",
    "gdp_land_reduction_share": "TR09",
    "urban_construction_land_per_resident_m2": "TR10",
    "road_density_km_per_km2": "TR10",
    "park_walk_coverage_share": "TR10",
    "residents": "TR11",
    "urbanisation_share": "TR11",
}
_MEASURED_LAYERS = (
    "cultivated_land_reserve",
    "planned_land_use",
    "permanent_basic_farmland",
    "ecological_redline",
    "urban_development_boundary",
)
_LISTS, _LINES = "TR15", "TR16"
_VERDICTS = {"breached": Verdict.BREACHED, "absent": Verdict.ABSENT, "undecided": Verdict.NOT_CHECKED}
_WORST = (Verdict.FULFILLED, Verdict.NOT_CHECKED, Verdict.ABSENT, Verdict.BREACHED)


def unit_records(units: Sequence[UnitWork]) -> tuple[UnitRecord, ...]:
    """Give the units as reports show them · 板块信息.

    Parameters
    ----------
    units
        Units of the run.

    Returns
    -------
    tuple of UnitRecord
        In the order of the run.
    """
    records = []
    for item in units:
        outline = item.layers.get("local_unit")
        shape = shapely.union_all(outline.geometry) if outline is not None and len(outline) else None
        records.append(
            UnitRecord(item.unit.code, item.unit.name, None if shape is None else shapely.to_wkb(shape), item.package.facts.name)
        )
    return tuple(records)


def area_rows(units: Sequence[UnitWork], products: Products, memory: ValuesMemory) -> tuple[AreaRow, ...]:
    """Sum ellipsoidal areas by unit, layer and class · 面积统计.

    Parameters
    ----------
    units
        Units of the run.
    products
        Where areas are computed and remembered.
    memory
        Where sums of layers that have not changed are kept.

    Returns
    -------
    tuple of AreaRow
        Areas in square metres, unrounded.
    """
    rows: list[AreaRow] = []
    for item in units:
        for name, field in _AREA_CLASSES.items():
            if name in item.package.versions:
                sums = memory.get(["areas", name, field, item.layers.version(name)], partial(_area_sums, item, name, field, products))
                rows += [AreaRow(item.unit.code, name, key, Text(key, key), area_m2) for key, area_m2 in sums]
    return tuple(rows)


def _area_sums(item: UnitWork, name: str, field: str, products: Products) -> list[list[object]]:
    layer = item.layers[name]
    if len(layer) == 0 or not (shapely.get_dimensions(layer.geometry) == 2).all():  # noqa: PLR2004  # polygons alone
        return []
    if len(products.unsound_rows(layer)):
        # A sum with a polygon in it that encloses nobody knows what is no sum; the checks name the polygon.
        return []
    areas = products.ellipsoidal_areas(layer)
    codes = layer.texts(field) if field and layer.has(field) else np.full(len(layer), "", dtype=object)
    # The first two digits are the class of the first level, in every classification that is met here.
    keys = np.array(["" if code is None else str(code)[:2] if field == "land_use_code" else str(code) for code in codes], dtype=object)
    return [[key, float(areas[keys == key].sum())] for key in sorted(set(keys.tolist()))]


def backdrop(units: Sequence[UnitWork], vocabulary: LayerVocabulary, memory: ValuesMemory) -> tuple[BackdropRecord, ...]:
    """Draw the control lines coarsely, to lie under the findings · 底图.

    Parameters
    ----------
    units
        Units of the run.
    vocabulary
        Names of layers.
    memory
        Where drawings of layers that have not changed are kept.

    Returns
    -------
    tuple of BackdropRecord
        One per control line that some unit delivered.
    """
    records = []
    for name in _BACKDROP:
        delivered = [item for item in units if name in item.package.versions]
        versions = [item.layers.version(name) for item in delivered]
        together = memory.get(["backdrop", name, versions], partial(_together, delivered, name, memory))
        if together:
            records.append(BackdropRecord(name, vocabulary[name].text, bytes.fromhex(together)))
    return tuple(records)


def _together(units: Sequence[UnitWork], name: str, memory: ValuesMemory) -> str:
    drawn = [memory.get(["backdrop", name, item.layers.version(name)], partial(_drawn, item, name)) for item in units]
    shapes = [shape for wkb in drawn for shape in shapely.get_parts(shapely.from_wkb(wkb))]
    return str(shapely.to_wkb(shapely.multipolygons(np.array(shapes, dtype=object)), hex=True)) if shapes else ""


def _drawn(item: UnitWork, name: str) -> str:
    layer = item.layers[name]
    geometry = layer.geometry[shapely.get_dimensions(layer.geometry) == 2]  # noqa: PLR2004  # polygons alone
    coarse = shapely.simplify(geometry[shapely.area(geometry) > _BACKDROP_LEAST_M2], _BACKDROP_TOLERANCE_M)
    shapes = [shape for shape in shapely.get_parts(coarse) if shape.geom_type == "Polygon" and not shape.is_empty]
    return str(shapely.to_wkb(shapely.multipolygons(np.array(shapes, dtype=object)), hex=True))


def transmission_rows(
    units: Sequence[UnitWork], results: Mapping[str, Mapping[str, CheckResult]], memory: ValuesMemory
) -> tuple[TransmissionRow, ...]:
    """Say per unit and clause whether the plan above is carried out · 逐条落实情况.

    Parameters
    ----------
    units
        Units of the run.
    results
        Results by unit and code.
    memory
        Where measurements of layers that have not changed are kept.

    Returns
    -------
    tuple of TransmissionRow
        One per requirement of each unit.
    """
    rows: list[TransmissionRow] = []
    for item in units:
        for requirement in item.subject.facts.get("requirements", ()):
            rows += _rows_for(item, requirement, results.get(item.unit.code, {}), memory)
    return tuple(rows)


def _rows_for(item: UnitWork, requirement: Requirement, results: Mapping[str, CheckResult], memory: ValuesMemory) -> list[TransmissionRow]:
    code = _DECIDED_BY.get(requirement.subject, _LISTS if requirement.kind is RequirementKind.LIST else _LINES)
    result = results.get(code)
    if result is None:
        return []
    findings = [
        finding
        for own in results.values()
        for finding in own.findings
        if finding.values.get("clause") == requirement.clause and finding.values.get("subject_key") == requirement.subject
    ]
    verdict, reason = Verdict.FULFILLED, None
    if findings:
        verdict = max((_VERDICTS.get(str(finding.values.get("verdict")), Verdict.BREACHED) for finding in findings), key=_WORST.index)
    elif result.outcome is Outcome.NOT_CHECKED:
        verdict, reason = Verdict.NOT_CHECKED, result.reason
    required: float | str | None = requirement.value
    found: float | str | None = None
    if requirement.kind is RequirementKind.LIST:
        required = float(len(requirement.items))
        found = float(len(requirement.items) - sum(1 for finding in findings if finding.values.get("verdict") == "absent"))
    elif verdict is not Verdict.NOT_CHECKED and requirement.value is not None:
        versions = {name: item.layers.version(name) for name in _MEASURED_LAYERS if name in item.layers}
        found = memory.get(
            ["found", requirement.subject, requirement.unit, versions, fact_print(item.package.facts.figures)],
            partial(_found, item, requirement),
        )
    return [
        TransmissionRow(
            unit=item.unit.code,
            clause=requirement.clause,
            quotation=requirement.quotation,
            subject=name_of(requirement.subject),
            required=required,
            measured=found,
            verdict=verdict,
            unit_of_measure="" if requirement.kind is RequirementKind.LIST else requirement.unit,
            comparison=requirement.kind.value,
            binding=requirement.binding,
            code=code,
            reason=reason,
        )
    ]


def _found(item: UnitWork, requirement: Requirement) -> float | None:
    """Measure what the plan holds, in the unit of the clause; None where neither layers nor figures tell."""
    facts = item.subject.facts
    try:
        measurement = measured(requirement.subject, item.layers, item.package.facts, facts["products"], facts["classifications"])
    except (NotChecked, LantuError):
        return None
    if measurement is None:
        return None
    return convert(measurement.value, measurement.unit, requirement.unit, measurement.dimension)
