"""Run the YAML cases of a check · 运行规则用例."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import shapely
import yaml

from lantu.engines.checking.run import CheckResult, Subject, message_of, run_check
from lantu.engines.overlay.products import Products
from lantu.standards.classifications import load_classifications
from lantu.standards.limits import limits_with
from lantu.vocabulary.errors import LimitUnknown
from lantu.vocabulary.findings import Problem, Repair, Severity
from lantu.vocabulary.layer import Layer, layer_from_shapes
from lantu.vocabulary.layer_definitions import load_layers
from lantu.vocabulary.plans import CityProfile, DeclaredFigure, FileFacts, NamedItem, PackageFacts, Plan, Requirement, Unit
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lantu.engines.checking.card import Card

TODAY = dt.date(2026, 1, 1)
_RESERVED = frozenset({"name", "limits", "facts", "findings", "outcome", "units", "crs", "today", "reason", "classification"})


@dataclass(frozen=True, slots=True)
class Case:
    """One case as its file holds it · 一个用例.

    Parameters
    ----------
    name
        A sentence, English first.
    record
        The case as read.
    """

    name: str
    record: Mapping[str, Any]


def read_cases(path: Path) -> list[Case]:
    """Read a case file · 读取用例文件.

    Parameters
    ----------
    path
        A YAML file holding a list of cases.

    Returns
    -------
    list of Case
        In the order of the file.
    """
    return [Case(record["name"], record) for record in yaml.safe_load(path.read_text(encoding="utf-8"))]


def run_case(card: Card, case: Case) -> CheckResult:
    """Run a check on what a case describes · 按用例运行规则.

    Parameters
    ----------
    card
        The check's card.
    case
        The case; see the guide for its keys.

    Returns
    -------
    CheckResult
        What the check said.
    """
    record = case.record
    crs = record.get("crs", "EPSG:4549")
    classification = record.get("classification", "landuse-2023")
    if "units" in record:
        names = {name for unit in record["units"].values() for name in unit}
        layers: dict[str, Any] = {
            name: {str(code): _layer(name, unit[name], crs, classification) for code, unit in record["units"].items() if name in unit}
            for name in names
        }
    else:
        layers = {}
    layers |= {name: _layer(name, value, crs, classification) for name, value in record.items() if name not in _RESERVED}
    limits = limits_with(record.get("limits", {}) and {k: _limit_record(v) for k, v in record["limits"].items()}, "case")
    today = record.get("today", TODAY)

    def limit(name: str) -> float:
        if name in record.get("limits", {}) and record["limits"][name] is None:
            raise LimitUnknown(Text(f"No limit {name}.", f"没有限值{name}。"), Text("Set it.", "请设定。"))
        return limits.on(name, today).value

    return run_check(card, Subject(card.scope, layers, _facts(record.get("facts", {}), today), limit))


def compare(card: Card, case: Case, result: CheckResult) -> list[str]:
    """Tell how a result differs from what the case expects · 比较结论与用例.

    Parameters
    ----------
    card
        The check's card; every message is filled, so that a missing placeholder shows.
    case
        The case.
    result
        What the check said.

    Returns
    -------
    list of str
        One sentence per difference; empty if there is none.
    """
    for finding in result.findings:
        message_of(card, finding)
    expected = case.record.get("outcome", "failed" if case.record.get("findings") else "passed")
    if result.outcome != expected:
        return [f"outcome is {result.outcome} ({result.reason}), expected {expected}; found {result.findings}"]
    if expected == "not_checked":
        wanted = case.record.get("reason", "")
        return [] if result.reason is not None and wanted in result.reason.en else [f"reason is {result.reason}, expected {wanted!r}"]
    return _differences(list(case.record.get("findings", ())), list(result.findings))


def _differences(expected: list[Mapping[str, Any]], found: list[Any]) -> list[str]:
    unmatched = list(found)
    missing: list[str] = []
    for wanted in expected:
        hit = next((finding for finding in unmatched if _matches(wanted, finding)), None)
        if hit is None:
            missing.append(f"no finding {wanted}")
        else:
            unmatched.remove(hit)
    return missing + [f"unexpected finding {finding}" for finding in unmatched] if missing or unmatched else []


def _matches(wanted: Mapping[str, Any], finding: Any) -> bool:  # noqa: ANN401  # a Finding or a plugin's own
    severity = finding.severity.value if finding.severity is not None else "as the check"
    have = {"unit": finding.unit, "severity": severity, "layer": finding.layer}
    return (
        ("features" not in wanted or [str(item) for item in wanted["features"]] == list(finding.features))
        and all(_is_same_amount(wanted[key], getattr(finding, key)) for key in ("measured", "limit") if key in wanted)
        and all(wanted[key] == value for key, value in have.items() if key in wanted)
        and all(_printed(finding.values.get(key)) == str(value) for key, value in wanted.get("values", {}).items())
    )


def _is_same_amount(wanted: object, have: object) -> bool:
    if isinstance(wanted, int | float) and isinstance(have, int | float):
        return abs(have - wanted) <= 1e-6 * max(1.0, abs(wanted))  # cases are written with six digits at most
    return str(wanted) == str(have)


def _printed(value: object) -> str:
    return value.en if isinstance(value, Text) else str(value)


def _limit_record(value: Any) -> dict[str, Any]:  # noqa: ANN401  # a YAML scalar
    return {"value": 0.0 if value is None else value, "since": dt.date(1900, 1, 1)}


def _layer(name: str, features: Mapping[str, Any], crs: str, classification: str) -> Layer:
    records = {str(key): value if isinstance(value, dict) else {"wkt": value} for key, value in (features or {}).items()}
    shapes = {key: shapely.from_wkt(record["wkt"]) if record.get("wkt") else None for key, record in records.items()}
    names = sorted({key for record in records.values() for key in record if key != "wkt"})
    columns = {key: [record.get(key) for record in records.values()] for key in names}
    identifiers = columns.pop("identifier", None)
    layer = layer_from_shapes(name, shapes, crs=crs, **columns)
    if identifiers is not None:
        layer = _with_identifiers(layer, identifiers)
    return _classified(layer, classification)


def _with_identifiers(layer: Layer, identifiers: list[Any]) -> Layer:
    from dataclasses import replace  # noqa: PLC0415  # only cases that spoil identifiers need it

    import pyarrow as pa  # noqa: PLC0415  # as above

    position = layer.table.column_names.index("identifier")
    texts = [None if value is None else str(value) for value in identifiers]
    return replace(layer, table=layer.table.set_column(position, "identifier", pa.array(texts, pa.large_string())))


def _classified(layer: Layer, classification: str) -> Layer:
    from dataclasses import replace  # noqa: PLC0415  # kept beside its only use

    return replace(layer, classification=classification)


def _plain(kind: type, record: Mapping[str, Any]) -> Any:  # noqa: ANN401  # whichever fact it is
    values = dict(record)
    for item in fields(kind):
        if item.name == "name" and kind in (Unit, CityProfile):
            value = values.get("name", "")
            values["name"] = Text(value, value) if isinstance(value, str) else Text(**value)
    return kind(**values)


def _facts(record: Mapping[str, Any], today: dt.date) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "products": Products(),
        "today": today,
        "definitions": load_layers(),
        "classifications": load_classifications(),
    }
    if "unit" in record:
        facts["unit"] = _unit(record["unit"])
    if "units" in record:
        facts["units"] = {str(code): _unit({"code": str(code), **(value or {})}) for code, value in record["units"].items()}
    if "requirements" in record:
        facts["requirements"] = tuple(Requirement.from_mapping(item) for item in record["requirements"])
    if "package" in record:
        facts["package"] = _package(record["package"])
    if "packages" in record:
        facts["packages"] = {str(code): _package({"unit_code": str(code), **value}) for code, value in record["packages"].items()}
    if "parent_plan" in record:
        facts["parent_plan"] = Plan(**record["parent_plan"])
    if "city" in record:
        city = dict(record["city"])
        city["units"] = {str(code): _unit({"code": str(code), **(value or {})}) for code, value in city.get("units", {}).items()}
        city["district_codes"] = frozenset(str(code) for code in city.get("district_codes", ()))
        city["accepted_crs"] = tuple(city.get("accepted_crs", ()))
        city["extent"] = tuple(city["extent"]) if "extent" in city else None
        facts["city"] = _plain(CityProfile, {"code": "0000", "name": "case", "crs": "EPSG:4549", **city})
    return facts


def _unit(record: Mapping[str, Any]) -> Unit:
    values = dict(record)
    name = values.get("name", values["code"])
    values["name"] = Text(name, name) if isinstance(name, str) else Text(**name)
    values["code"] = str(values["code"])
    values["district_codes"] = tuple(str(code) for code in values.get("district_codes", ()))
    approver = values.get("statutory_approver", "")
    values["statutory_approver"] = Text(approver, approver) if isinstance(approver, str) else Text(**approver)
    return Unit(**values)


def _package(record: Mapping[str, Any]) -> PackageFacts:
    values = dict(record)
    if "plan" in values and values["plan"] is not None:
        values["plan"] = Plan(**values["plan"])
    values["files"] = tuple(FileFacts(**{**item, "layers": tuple(item.get("layers", ()))}) for item in values.get("files", ()))
    values["figures"] = tuple(DeclaredFigure(**item) for item in values.get("figures", ()))
    values["named_items"] = tuple(NamedItem(**item) for item in values.get("named_items", ()))
    values["problems"] = tuple(
        Problem(item["code"], Severity(item["severity"]), Text(**item["message"]), Text(**item["remedy"]), item.get("layer", ""))
        for item in values.get("problems", ())
    )
    values["repairs"] = tuple(
        Repair(item["code"], Text(**item["message"]), item.get("layer", ""), item.get("features", 0)) for item in values.get("repairs", ())
    )
    return PackageFacts(**values)
