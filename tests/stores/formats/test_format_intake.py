"""GeoPackage, FileGDB, GeoJSON, GeoParquet, GML, KML, CSV, Excel and their faults."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import struct

import numpy as np
import openpyxl
import pyarrow as pa
import pyogrio
import pytest
import shapely
from intake_cases import CODES, codes, deliver, look, look_at_one, repairs, squares

from lantu.stores.formats.diagnosis import IntakeProfile
from lantu.stores.formats.writing import WritingOptions, write_layer
from lantu.vocabulary.layer import layer_from_shapes


@pytest.mark.parametrize("name", ["DLTB.gpkg", "data.gdb", "DLTB.geojson", "DLTB.parquet", "DLTB.shp"])
def test_what_is_written_is_read_again_in_every_format(tmp_path, name):
    layer = squares()
    found = look_at_one(deliver(layer, tmp_path / name))
    (read,) = found.layers
    assert (read.recognised_as, read.features, found.crs.code, codes(found)) == ("present_land_use", 3, "EPSG:4549", [])
    assert list(read.layer.ids) == list(layer.ids)
    assert shapely.equals(shapely.normalize(read.layer.geometry), shapely.normalize(layer.geometry)).all()
    assert read.layer.source_names["patch_area_m2"] == "TBMJ"


def test_prefixes_and_years_do_not_hide_a_layer(tmp_path):
    layer = squares()
    write_layer(layer, tmp_path / "a.gpkg", options=WritingOptions(tables={layer.name: "320581_DLTB2023"}))
    assert look_at_one(tmp_path / "a.gpkg").layers[0].recognised_as == "present_land_use"


def test_two_tables_of_one_kind_are_named(tmp_path):
    first, second = squares(), squares(north=3470000.0)
    object.__setattr__(second, "name", "other")
    write_layer([first, second], tmp_path / "a.gpkg", options=WritingOptions(tables={"present_land_use": "DLTB", "other": "DLTB2023"}))
    assert codes(look_at_one(tmp_path / "a.gpkg")) == ["IN47"]


def test_null_empty_and_mixed_geometry_are_told(tmp_path):
    shapes = {"a": shapely.box(0, 0, 1, 1), "b": None, "c": shapely.Point(1, 1)}
    layer = layer_from_shapes(
        "present_land_use",
        {key: value and shapely.transform(value, lambda places: places + np.array([560000, 3460000])) for key, value in shapes.items()},
    )
    found = look_at_one(deliver(layer, tmp_path / "DLTB.gpkg"))
    assert codes(found) == ["IN23", "IN20"]
    assert found.layers[0].geometry_type == "Mixed"


def test_lines_where_polygons_belong_are_a_fault(tmp_path):
    layer = layer_from_shapes("present_land_use", {"a": shapely.LineString([(560000, 3460000), (560100, 3460000)])})
    assert codes(look_at_one(deliver(layer, tmp_path / "DLTB.gpkg"))) == ["IN21"]


def test_heights_are_dropped_and_said(tmp_path):
    shape = shapely.force_3d(shapely.box(560000, 3460000, 560100, 3460100), 5.0)
    layer = layer_from_shapes("present_land_use", {"a": shape})
    raised = layer.__class__(
        layer.name,
        layer.table,
        pa.chunked_array([pa.array([shapely.to_wkb(shape, output_dimension=3, flavor="iso")], pa.large_binary())]),
        layer.crs,
    )
    found = look_at_one(deliver(raised, tmp_path / "DLTB.parquet"))
    assert repairs(found) == ["RP07"]
    assert not found.layers[0].layer.geometry[0].has_z


def test_curves_become_chords_and_are_a_fault(tmp_path):
    arc = bytes.fromhex("01") + (10).to_bytes(4, "little") + (1).to_bytes(4, "little")
    ring = b"\x01" + (8).to_bytes(4, "little") + (5).to_bytes(4, "little")
    points = [(0, 0), (1, 1), (2, 0), (1, -1), (0, 0)]
    wkb = arc + ring + b"".join(struct.pack("<dd", 560000 + 100 * x, 3460000 + 100 * y) for x, y in points)
    table = pa.table({"DLBM": ["0101"], "geometry": pa.array([wkb], pa.binary())})
    pyogrio.write_arrow(
        table, tmp_path / "a.gpkg", layer="DLTB", driver="GPKG", geometry_name="geometry", geometry_type="Unknown", crs="EPSG:4549"
    )
    found = look_at_one(tmp_path / "a.gpkg")
    assert codes(found) == ["IN19"]
    assert found.layers[0].layer.geometry[0].area == pytest.approx(31416, rel=0.002)


def test_a_geopackage_of_images_only_says_so(tmp_path):
    deliver(squares(), tmp_path / "a.gpkg")
    with contextlib.closing(sqlite3.connect(tmp_path / "a.gpkg")) as connection, connection:
        connection.execute("UPDATE gpkg_contents SET data_type = 'tiles'")
        connection.execute("DELETE FROM gpkg_geometry_columns")
    assert codes(look_at_one(tmp_path / "a.gpkg")) == ["IN35"]


def test_invalid_json_is_told_with_its_place(tmp_path):
    (tmp_path / "a.geojson").write_text('{"type": "FeatureCollection",\n "features": [}', encoding="utf-8")
    found = look_at_one(tmp_path / "a.geojson")
    assert codes(found) == ["IN34"]
    assert "line 2, column 15" in found.problems[0].message.en


def _geojson(path, rings, **more):
    features = [
        {"type": "Feature", "properties": {"DLMC": "水田"}, "geometry": {"type": "Polygon", "coordinates": [ring]}} for ring in rings
    ]
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features, **more}, ensure_ascii=False), encoding=more.pop("encoding", "utf-8")
    )
    return path


def test_an_open_ring_is_closed_by_definition(tmp_path):
    found = look_at_one(_geojson(tmp_path / "DLTB.json", [[[120, 31], [121, 31], [121, 32]]]))
    assert (repairs(found), found.layers[0].layer.geometry[0].area) == (["RP02"], 0.5)


def test_geojson_in_gbk_is_converted_for_reading(tmp_path):
    path = _geojson(tmp_path / "DLTB.json", [[[120, 31], [121, 31], [121, 32], [120, 31]]])
    path.write_text(path.read_text(encoding="utf-8"), encoding="gbk")
    found = look_at_one(path)
    assert (repairs(found), found.encoding, list(found.layers[0].layer.texts("land_use_name"))) == (["RP13"], "GBK", ["水田"])


def test_metres_in_geojson_without_crs_contradict_the_format(tmp_path):
    found = look_at_one(
        _geojson(tmp_path / "DLTB.json", [[[40560000, 3460000], [40560100, 3460000], [40560100, 3460100], [40560000, 3460000]]])
    )
    assert (found.crs.code, found.crs.how, codes(found)) == ("EPSG:4528", "inferred", ["IN12", "IN11"])


def test_wkt_in_csv_is_geometry_and_bad_wkt_a_fault(tmp_path):
    path = tmp_path / "DLTB.csv"
    path.write_text('DLBM,WKT\n0101,"POLYGON ((120 31, 121 31, 121 32, 120 31))"\n0102,POLYGON nothing\n', encoding="utf-8")
    found = look_at_one(path)
    assert codes(found) == ["IN48", "IN23", "IN11"]
    assert list(found.layers[0].layer.texts("land_use_code")) == ["0101", "0102"]


def test_coordinate_columns_in_csv_are_points(tmp_path):
    path = tmp_path / "SS.csv"
    path.write_text("名称;经度;纬度\n学校;120.6;31.3\n", encoding="gbk")
    found = look_at_one(path)
    assert (found.encoding, found.layers[0].geometry_type, found.layers[0].layer.geometry[0].wkt) == ("GBK", "Point", "POINT (120.6 31.3)")


def test_lines_with_too_many_values_are_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n3,4,5\n", encoding="utf-8")
    assert codes(look_at_one(path)) == ["IN53"]


def test_sheets_are_tables_under_their_title_lines(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "指标表"
    for row in (["规划指标表", None, None], ["指标", "单位", "数值"], ["耕地保有量", "km2", 100.004], ["常住人口", "万人", 12]):
        book.active.append(row)
    book.create_sheet("空表")
    book.save(tmp_path / "a.xlsx")
    (sheet,) = look_at_one(tmp_path / "a.xlsx").layers
    assert (sheet.name_in_file, sheet.features) == ("指标表", 2)
    assert list(sheet.layer.numbers("数值")) == [100.004, 12.0]


def test_xml_with_entities_is_refused(tmp_path):
    (tmp_path / "a.kml").write_text('<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaa">]><kml>&a;</kml>', encoding="utf-8")
    assert codes(look_at_one(tmp_path / "a.kml")) == ["IN50"]


def test_documents_are_listed_without_a_fault(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4\n")
    (tmp_path / "b.xml").write_text("<?xml version='1.0'?><record/>", encoding="utf-8")
    assert [(item.format, codes(item)) for item in look(tmp_path)] == [("PDF document", []), ("XML document", [])]


@pytest.mark.parametrize(
    ("values", "default", "expected", "told"),
    [
        (["0101", "0205", "0101"], "", "new", []),
        (["0101", "0702", "0101"], "", "old", []),
        (["1101", "1101", "0601"], "", "survey", []),
        (["0101", "0204", "0101"], "", "", ["IN17"]),
        (["0101", "0204", "0101"], "new", "new", []),
        (["0101", "0205", "9999"], "", "new", ["IN18"]),
        (["9999", "9998", "9997"], "", "", ["IN18"]),
    ],
)
def test_codes_prove_the_classification_or_it_is_asked(tmp_path, values, default, expected, told):
    path = deliver(squares(land_use_code=values), tmp_path / "DLTB.gpkg")
    found = look_at_one(path, classifications=CODES, profile=IntakeProfile(classification=default))
    assert (found.layers[0].classification, found.layers[0].layer.classification, codes(found)) == (expected, expected, told)


def test_without_features_the_diagnosis_is_the_same(tmp_path):
    path = deliver(squares(), tmp_path / "DLTB.gpkg")
    with_features, without = look_at_one(path), look_at_one(path, read=False)
    assert without.layers[0].layer is None
    assert without.as_json() == with_features.as_json()
    assert set(without.as_json()) == {"path", "format", "encoding", "crs", "layers", "problems", "repairs"}
