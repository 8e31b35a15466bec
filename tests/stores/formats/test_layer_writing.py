"""Writing: same bytes, styles, all or nothing."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import time

import pyarrow as pa
import pytest
import shapely
from intake_cases import deliver, look_at_one, squares

from lantu.stores.formats.writing import WritingOptions, coordinate_text, write_layer
from lantu.vocabulary.errors import InputUnreadable


def fingerprint(folder):
    digest = hashlib.sha256()
    for file in sorted(entry for entry in folder.rglob("*") if entry.is_file()):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


@pytest.mark.parametrize("name", ["DLTB.gpkg", "DLTB.gdb", "DLTB.shp", "DLTB.geojson", "DLTB.parquet", "DLTB.txt"])
def test_the_same_layer_gives_the_same_bytes(tmp_path, name):
    layer = squares()
    for turn in ("first", "second"):
        deliver(layer, tmp_path / turn / name, styles={layer.name: "<qgis/>"})
        # A clock that moved on must leave no mark.
        time.sleep(1.1 if turn == "first" else 0)
    assert fingerprint(tmp_path / "first") == fingerprint(tmp_path / "second")


def test_a_style_travels_with_the_geopackage(tmp_path):
    layer = squares()
    deliver(layer, tmp_path / "a.gpkg", styles={layer.name: "<qgis styled='yes'/>"})
    with contextlib.closing(sqlite3.connect(tmp_path / "a.gpkg")) as connection:
        rows = connection.execute("SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles").fetchall()
        columns = connection.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall()
    assert rows == [("DLTB", "geom", 1, "<qgis styled='yes'/>")]
    # QGIS looks a style up by the column that the table really has.
    assert columns == [("DLTB", "geom")]
    assert [item.name_in_file for item in look_at_one(tmp_path / "a.gpkg").layers] == ["DLTB"]


def test_single_and_multiple_parts_share_a_layer(tmp_path):
    layer = squares(count=2)
    pair = shapely.MultiPolygon([shapely.box(560500, 3460000, 560501, 3460001), shapely.box(560600, 3460000, 560601, 3460001)])
    mixed = layer.__class__(
        layer.name, layer.table, pa.chunked_array([pa.array(shapely.to_wkb([layer.geometry[0], pair]), pa.large_binary())]), layer.crs
    )
    found = look_at_one(deliver(mixed, tmp_path / "DLTB.gpkg"))
    assert (found.layers[0].geometry_type, found.layers[0].features, found.problems) == ("MultiPolygon", 2, [])


def test_a_coordinate_txt_is_read_back_to_the_millimetre(tmp_path):
    layer = squares(east=40560000.1234, crs="EPSG:4528")
    write_layer(layer, tmp_path / "DLTB.txt", options=WritingOptions(encoding="GBK"))
    found = look_at_one(tmp_path / "DLTB.txt")
    read = found.layers[0].layer
    assert (found.crs.code, found.encoding, list(read.ids)) == ("EPSG:4528", "GBK", list(layer.ids))
    assert abs(read.geometry[0].bounds[0] - 40560000.123) < 1e-9


def test_a_coordinate_txt_needs_a_gauss_kruger_grid():
    with pytest.raises(InputUnreadable, match="needs a Gauss-Krüger grid"):
        coordinate_text(squares(crs="EPSG:32650"))


def test_a_writing_that_fails_leaves_what_was_there(tmp_path):
    path = deliver(squares(), tmp_path / "DLTB.gpkg")
    before = path.read_bytes()
    with pytest.raises(InputUnreadable):
        write_layer(squares(crs="EPSG:999999"), path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["DLTB.gpkg"]


def test_two_layers_do_not_fit_a_shapefile(tmp_path):
    with pytest.raises(InputUnreadable, match="2 layers cannot be written"):
        write_layer([squares(), squares()], tmp_path / "a.shp")
