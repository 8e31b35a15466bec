"""The stored run: what goes in comes out, and the published form holds."""

import hashlib
import importlib.resources
import json
import os
import subprocess
import sys
import zipfile

import jsonschema
import numpy as np
import pytest
import shapely
from pyproj import Geod
from synthetic_runs import synthetic_run

from lantu.capabilities.plan_making.publishing import write_reports
from lantu.capabilities.plan_making.run_records import CheckRun, OutcomeRecord, geojson_places, record_result, run_head
from lantu.engines.checking.card import card_of, check
from lantu.engines.checking.run import CheckResult
from lantu.vocabulary.errors import InputUnreadable, StoreDamaged
from lantu.vocabulary.findings import Finding, Outcome, Severity
from lantu.vocabulary.text import Text

SCHEMA = json.loads(importlib.resources.files("lantu.standards").joinpath("schemas/check_run.schema.json").read_text("utf-8"))


def test_a_run_comes_back_as_it_was_stored(tmp_path):
    run = synthetic_run()
    assert CheckRun.read(run.write(tmp_path / "run.zip")) == run


def test_a_run_of_nothing_comes_back_as_it_was_stored(tmp_path):
    full = synthetic_run(0, 1)
    run = CheckRun(run=full.run, outcomes=(), findings=())
    assert CheckRun.read(run.write(tmp_path / "run.zip")) == run
    assert run.verdict is Outcome.NOT_CHECKED


def test_a_run_stored_in_another_process_and_time_zone_has_the_same_bytes(tmp_path):
    first = tmp_path / "first.zip"
    synthetic_run().write(first)
    second = tmp_path / "second.zip"
    program = (
        "import sys, pathlib; from lantu.capabilities.plan_making.run_records import CheckRun\n"
        "CheckRun.read(pathlib.Path(sys.argv[1])).write(pathlib.Path(sys.argv[2]))"
    )
    environment = {**os.environ, "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "11"}
    subprocess.run([sys.executable, "-c", program, first, second], check=True, env=environment)
    assert hashlib.sha256(first.read_bytes()).digest() == hashlib.sha256(second.read_bytes()).digest()


def test_a_damaged_run_is_refused(tmp_path):
    path = synthetic_run().write(tmp_path / "run.zip")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["map.parquet"] = parts["map.parquet"][:-1] + b"\0"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(StoreDamaged, match=r"map\.parquet"):
        CheckRun.read(path)


def test_a_file_that_is_no_run_is_refused(tmp_path):
    path = tmp_path / "run.zip"
    path.write_text("not a run")
    with pytest.raises(InputUnreadable, match="is no stored run"):
        CheckRun.read(path)


def test_a_run_of_a_later_format_is_refused(tmp_path):
    path = tmp_path / "run.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("run.json", json.dumps({"format": 3}))
    with pytest.raises(InputUnreadable, match="run format 3; this version reads 1 and 2"):
        CheckRun.read(path)


def test_a_run_stored_while_sources_were_bare_strings_is_still_read(tmp_path):
    run = synthetic_run()
    path = run.write(tmp_path / "run.zip")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    head = json.loads(parts["run.json"])
    for rule in head["rules"]:
        rule["source"] = rule["source"]["en"]
    parts["run.json"] = json.dumps({**head, "format": 1}).encode()
    parts["run.sha256"] = hashlib.sha256(parts["run.json"]).hexdigest().encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    old = CheckRun.read(path)
    assert {rule.source for rule in old.rules.values()} == {Text.of(rule.source.en) for rule in run.rules.values()}
    assert (old.run, old.outcomes, old.findings) == (run.run, run.outcomes, run.findings)
    again = CheckRun.read(old.write(tmp_path / "again.zip"))
    assert again == old
    assert {path.name for path in write_reports(old, tmp_path / "reports", "zh")} >= {"report.html", "report.xlsx", "findings.gpkg"}


def test_a_verdict_that_was_altered_is_refused(tmp_path):
    path = synthetic_run().write(tmp_path / "run.zip")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(b'"failed"', b'"passed"') if name == "run.json" else content)
    with pytest.raises(StoreDamaged, match=r"run\.json"):
        CheckRun.read(path)


def test_the_published_schema_holds():
    document = json.loads(json.dumps(synthetic_run().as_json(), allow_nan=False))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(document, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert set(document) == {"run", "outcomes", "findings"}
    assert len(document["findings"]) == 200


@pytest.mark.parametrize(
    ("record", "word"),
    [
        ({"outcome": "not_checked", "reason": None, "findings": 0}, "reason"),
        ({"outcome": "failed", "reason": None, "findings": 0}, "findings"),
        ({"outcome": "passed", "reason": None, "findings": 3}, "findings"),
    ],
)
def test_the_schema_refuses_an_outcome_that_contradicts_itself(record, word):
    document = synthetic_run(0, 1).as_json()
    document["outcomes"] = [{"code": "CL01", "local_unit": "city", "limits": {}, **record}]
    with pytest.raises(jsonschema.ValidationError) as caught:
        jsonschema.validate(document, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert caught.value.absolute_path[-1] == word


def test_places_are_given_in_degrees_longitude_first():
    # On the central meridian of EPSG:4549 the easting is 500 km and the longitude 120 degrees exactly.
    place = geojson_places([shapely.to_wkb(shapely.Point(500_000, 3_464_000)), None], "EPSG:4549")
    assert place[0]["type"] == "Point"
    assert place[0]["coordinates"][0] == pytest.approx(120.0, abs=1e-9)
    # The northing there is the length of the meridian from the equator.
    _, _, arc_m = Geod(ellps="GRS80").inv(120, 0, 120, place[0]["coordinates"][1])
    assert arc_m == pytest.approx(3_464_000, abs=1e-3)
    assert place[1] is None


def test_the_id_of_a_run_follows_its_inputs_and_not_their_order():
    given = {
        "program_version": "1",
        "rule_set_version": "r",
        "city_code": "c",
        "city_name": Text("C", "市"),
        "crs": "EPSG:4549",
        "today": "2026-01-01",
        "parameters": {"b": 1, "a": 2},
        "invented": True,
    }
    one = run_head(**given, layers={"2": {"x": "1", "y": "2"}, "1": {}})
    other = run_head(**{**given, "parameters": {"a": 2, "b": 1}}, layers={"1": {}, "2": {"y": "2", "x": "1"}})
    changed = run_head(**given, layers={"2": {"x": "1", "y": "3"}, "1": {}})
    assert one == other
    assert one["id"] != changed["id"]
    assert len(one["id"]) == 64


def invented_check(planned_land_use):
    return planned_land_use


# A check's theme is the room its module stands in, and a test stands in none.
invented_check.__module__ = "invented.geometry.zz01_invented_check"
check(
    "ZZ01",
    title=Text("A", "甲"),
    message=Text("{layer}: {measured} {unit} over {limit}", "{layer}：{measured}{unit}，限{limit}"),
    remedy=Text("Mend it.", "请修改。"),
    severity=Severity.MAJOR,
    source="INVENTED-STD 1",
    reference="3.6",
)(invented_check)


def test_a_result_becomes_records_with_messages_filled():
    place = shapely.box(0, 0, 2, 3)
    findings = (
        Finding(("a", "b"), np.float64(25.5), 1, "m2", place, "planned_land_use"),
        Finding((), float("nan"), None, "", None, "planned_land_use", {"local_unit": "990502"}),
    )
    result = CheckResult("ZZ01", Outcome.FAILED, findings, limits={"b": 2.0, "a": 1.0})
    outcome, (first, second) = record_result(card_of(invented_check), result, "990501", {"planned_land_use": Text("Land use", "用地")})
    assert outcome == OutcomeRecord("ZZ01", "990501", Outcome.FAILED, None, {"a": 1.0, "b": 2.0}, 2)
    assert first.message == Text("Land use: 25.5 m2 over 1", "用地：25.5m2，限1")
    assert (first.measured, first.bounds, first.unit) == (25.5, (0.0, 0.0, 2.0, 3.0), "990501")
    assert type(first.measured) is float
    assert shapely.from_wkb(first.geometry).equals(place)
    assert (second.measured, second.limit, second.geometry, second.unit) == ("nan", None, None, "990502")


def test_the_verdict_never_takes_unchecked_for_passed():
    full = synthetic_run(0, 1)
    passed = OutcomeRecord("AT03", "990500", Outcome.PASSED)
    unchecked = OutcomeRecord("AT03", "990500", Outcome.NOT_CHECKED, Text("Why.", "因。"))
    failed = OutcomeRecord("AT03", "990500", Outcome.FAILED, findings=1)
    verdicts = [
        CheckRun(full.run, tuple(outcomes), ()).verdict for outcomes in ([passed], [passed, unchecked], [passed, unchecked, failed])
    ]
    assert verdicts == [Outcome.PASSED, Outcome.NOT_CHECKED, Outcome.FAILED]
