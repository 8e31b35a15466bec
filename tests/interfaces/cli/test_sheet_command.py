"""`lantu sheet`: a file and a city folder in, a sheet out; nothing is read twice."""

import json
import os

import pytest
import shapely
import yaml
from shapely.geometry import box
from typer.testing import CliRunner

from lantu.capabilities.plan_making import sheet_sources
from lantu.interfaces.cli.main import app
from lantu.stores.formats.writing import write_layer
from lantu.vocabulary.errors import InputAmbiguous, InputUnreadable
from lantu.vocabulary.layer import layer_from_shapes

X, Y = 560_000, 3_460_000


def at(west, south, east, north):
    return box(X + west, Y + south, X + east, Y + north)


@pytest.fixture
def city(tmp_path):
    folder = tmp_path / "city"
    settings = {"profile": "suzhou", "invented": True, "today": "2026-01-01", "sealed": "sealed", "base": "base", "packages": "packages"}
    (folder / "sealed").mkdir(parents=True)
    (folder / "base").mkdir()
    (folder / "city.yaml").write_text(yaml.safe_dump(settings).replace("'2026-01-01'", "2026-01-01"), encoding="utf-8")
    sealed = [
        layer_from_shapes("permanent_basic_farmland", {"F": at(0, 0, 100, 100)}),
        layer_from_shapes("ecological_redline", {"R": at(5_000, 0, 5_100, 100)}),
        layer_from_shapes("urban_development_boundary", {"B": at(500, 0, 1_000, 1_000)}, zone_name=["集中建设区"]),
    ]
    write_layer(sealed, folder / "sealed" / "lines.gpkg")
    unit = layer_from_shapes("local_unit", {"U": at(-1_000, -1_000, 6_000, 2_000)}, unit_code=["320506"], unit_name=["吴中区"])
    write_layer(unit, folder / "base" / "local_unit.gpkg")
    return folder


def parcel_file(folder, *shapes):
    path = folder / "parcel.geojson"
    features = [
        {"type": "Feature", "properties": {"BSM": f"P{number}"}, "geometry": json.loads(shapely.to_geojson(shape))}
        for number, shape in enumerate(shapes, 1)
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}), encoding="utf-8")
    return path


def call(*arguments):
    result = CliRunner().invoke(app, ["sheet", *(str(item) for item in arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_a_parcel_on_farmland_is_blocked_in_both_languages(tmp_path, city):
    parcel = parcel_file(tmp_path, at(50, 50, 150, 150))
    code, text = call(parcel, "--city", city, "--language", "zh")
    assert code == 1
    assert text.startswith("合规审查表，2026-01-01：不得占用")
    assert "2500" in text.replace("2499.", "2500.")
    assert "320506" in text
    document = json.loads(call(parcel, "--city", city, "--format", "json")[1])
    farmland, redline = document["lines"][:2]
    assert (farmland["verdict"], [hit["id"] for hit in farmland["hits"]]) == ("block", ["F"])
    assert farmland["inside"]["area_m2"] == pytest.approx(2_500, abs=1e-6)
    assert redline["nearest"] == {"distance_m": pytest.approx(4_850, abs=1e-6), "id": "R", "within_m": None}
    assert document["project"]["ids"] == ["P1"]


def test_what_a_city_does_not_have_is_not_checked(tmp_path, city):
    code, text = call(parcel_file(tmp_path, at(600, 0, 700, 100)), "--city", city, "--kind", "urban", "--language", "en")
    assert code == 2
    assert text.splitlines()[0] == "Compliance sheet, 2026-01-01: not checked"
    assert "holds no layer Planned land and sea use" in text


def test_the_second_sheet_reads_no_package_until_a_file_changes(tmp_path, city, monkeypatch):
    parcel = parcel_file(tmp_path, at(50, 50, 150, 150))
    first = call(parcel, "--city", city, "--format", "json")
    read = []
    gather = sheet_sources._gather  # noqa: SLF001  # what reads the city is counted, and still called
    monkeypatch.setattr(sheet_sources, "_gather", lambda *arguments: read.append(1) or gather(*arguments))
    assert call(parcel, "--city", city, "--format", "json") == first
    assert read == []
    os.utime(city / "sealed" / "lines.gpkg", (1, 1))
    assert call(parcel, "--city", city, "--format", "json") == first
    assert read == [1]


def test_the_sheet_is_written_where_asked(tmp_path, city):
    target = tmp_path / "sheet.json"
    code, text = call(parcel_file(tmp_path, at(50, 50, 150, 150)), "--city", city, "--format", "json", "-o", target)
    assert (code, text) == (1, "")
    assert json.loads(target.read_text(encoding="utf-8"))["verdict"] == "block"


def test_files_without_or_with_several_layers_of_parcels_are_refused(tmp_path, city):
    empty = parcel_file(tmp_path)
    with pytest.raises(InputUnreadable):
        call(empty, "--city", city)
    several = tmp_path / "several.gpkg"
    write_layer([layer_from_shapes("supply_parcel", {"A": at(0, 0, 1, 1)}), layer_from_shapes("approval", {"B": at(0, 0, 1, 1)})], several)
    with pytest.raises(InputAmbiguous, match="several layers"):
        call(several, "--city", city)
