"""Shapefiles with parts missing, broken, mislabelled."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from intake_cases import codes, deliver, look, look_at_one, repairs, squares


@pytest.mark.parametrize(("encoding", "without"), [("GBK", (".cpg",)), ("UTF-8", (".cpg",)), ("GBK", ()), ("UTF-8", ())])
def test_texts_come_out_right_whatever_the_encoding(tmp_path, encoding, without):
    path = deliver(squares(), tmp_path / "DLTB.shp", encoding=encoding, without=without)
    found = look_at_one(path)
    layer = found.layers[0].layer
    assert found.encoding == encoding
    assert list(layer.texts("land_use_name")) == ["水田"] * 3
    assert layer.source_names["land_use_code"] == "DLBM"
    assert (found.layers[0].recognised_as, found.layers[0].geometry_type, found.layers[0].features) == ("present_land_use", "Polygon", 3)
    assert ("RP05" in repairs(found)) == bool(without)
    assert codes(found) == []


def test_a_wrong_code_page_is_reported_and_the_proof_taken(tmp_path):
    path = deliver(squares(), tmp_path / "DLTB.shp", encoding="GBK")
    path.with_suffix(".cpg").write_text("UTF-8")
    found = look_at_one(path)
    assert (found.encoding, codes(found), repairs(found)) == ("GBK", ["IN08"], ["RP05"])


def test_a_missing_index_is_rebuilt_from_the_records(tmp_path):
    path = deliver(squares(), tmp_path / "DLTB.shp")
    path.with_suffix(".shx").unlink()
    found = look_at_one(path)
    assert repairs(found) == ["RP01"]
    assert [shape.area for shape in found.layers[0].layer.geometry] == [10000.0] * 3
    assert not path.with_suffix(".shx").exists()


def test_an_index_that_points_nowhere_is_rebuilt(tmp_path):
    path = deliver(squares(), tmp_path / "DLTB.shp")
    index = path.with_suffix(".shx")
    index.write_bytes(index.read_bytes()[:108] + b"\x7f\xff\xff\xff" * 4)
    assert repairs(look_at_one(path)) == ["RP01"]


def test_a_cut_shape_file_gives_what_is_whole_and_says_what_is_lost(tmp_path):
    path = deliver(squares(), tmp_path / "DLTB.shp")
    path.write_bytes(path.read_bytes()[:-40])
    found = look_at_one(path)
    assert codes(found) == ["IN28", "IN29", "IN23"]
    layer = found.layers[0].layer
    assert [shape is None for shape in layer.geometry] == [False, False, True]


def test_a_cut_attribute_table_keeps_every_geometry(tmp_path):
    path = deliver(squares(), tmp_path / "DLTB.shp")
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes()[:-30])
    found = look_at_one(path)
    assert codes(found) == ["IN28", "IN29"]
    assert [shape.area for shape in found.layers[0].layer.geometry] == [10000.0] * 3
    assert list(found.layers[0].layer.texts("land_use_code")) == ["0101", "0101", None]


def test_a_missing_attribute_table_is_a_fault(tmp_path):
    path = deliver(squares(), tmp_path / "DLTB.shp")
    path.with_suffix(".dbf").unlink()
    found = look_at_one(path)
    assert codes(found) == ["IN26"]
    assert found.layers[0].features == 3


def test_a_table_alone_is_read_as_a_table(tmp_path):
    path = deliver(squares(), tmp_path / "DLTB.shp", encoding="GBK")
    for part in (".shp", ".shx", ".prj"):
        path.with_suffix(part).unlink()
    (found,) = look(tmp_path)
    assert (found.format, found.encoding, found.layers[0].geometry_type) == ("DBF", "GBK", "None")


def test_an_index_alone_asks_for_its_main_file(tmp_path):
    path = deliver(squares(), tmp_path / "DLTB.shp")
    for part in (".shp", ".dbf", ".prj", ".cpg"):
        path.with_suffix(part).unlink()
    found = look(tmp_path)
    assert [codes(item) for item in found] == [["IN27"]]
    assert "DLTB.shp" in found[0].problems[0].message.en


def test_a_part_named_on_the_way_in_leads_to_the_whole(tmp_path):
    path = deliver(squares(), tmp_path / "DLTB.shp")
    assert look_at_one(path.with_suffix(".dbf")).path == str(path)


def test_names_cut_to_ten_bytes_are_completed(tmp_path):
    layer = squares(owner=["a", "b", "c"])
    path = deliver(layer, tmp_path / "YJJBNTTB.shp")
    table = path.with_suffix(".dbf")
    # YJJBNTTBMJ has just ten letters; the number of the patch, YJJBNTTBBH, too: rename a field to a cut Chinese name.
    raw = table.read_bytes().replace(b"DLMC\0\0\0\0\0\0\0", "地类名".encode("gbk").ljust(11, b"\0"))
    table.write_bytes(raw)
    path.with_suffix(".cpg").write_text("GBK")
    found = look_at_one(path)
    assert found.layers[0].recognised_as == "permanent_basic_farmland"
    assert found.layers[0].layer.source_names["identifier"] == "BSM"


def test_deleted_records_are_left_out_with_their_geometry(tmp_path):
    path = deliver(squares(), tmp_path / "DLTB.shp")
    table = path.with_suffix(".dbf")
    raw = bytearray(table.read_bytes())
    header, record = struct.unpack_from("<HH", raw, 8)
    raw[header + record] = 0x2A
    table.write_bytes(raw)
    found = look_at_one(path)
    assert (found.layers[0].features, repairs(found)) == (2, ["RP11"])
    assert list(found.layers[0].layer.ids) == ["32050", "32052"]


def test_codes_stored_as_numbers_are_a_fault_because_a_zero_is_lost(tmp_path):
    found = look_at_one(deliver(squares(land_use_code=[101, 101, 702]), tmp_path / "DLTB.shp"))
    assert codes(found) == ["IN32"]
    assert list(found.layers[0].layer.texts("land_use_code")) == ["101", "101", "702"]


def test_areas_stored_as_text_become_numbers_without_loss(tmp_path):
    found = look_at_one(deliver(squares(patch_area_m2=["10000.5", " 9999", None]), tmp_path / "DLTB.shp"))
    assert repairs(found) == ["RP08"]
    np.testing.assert_array_equal(found.layers[0].layer.numbers("patch_area_m2"), [10000.5, 9999.0, np.nan])


def test_text_among_numbers_is_left_as_it_is(tmp_path):
    found = look_at_one(deliver(squares(patch_area_m2=["10000", "约一公顷", "1"]), tmp_path / "DLTB.shp"))
    assert codes(found) == ["IN33"]
    assert list(found.layers[0].layer.texts("patch_area_m2")) == ["10000", "约一公顷", "1"]


def test_nothing_appears_beside_the_delivery(tmp_path):
    path = deliver(squares(), tmp_path / "DLTB.shp")
    path.with_suffix(".shx").unlink()
    before = sorted(entry.name for entry in tmp_path.iterdir())
    look(tmp_path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == before
