"""Coordinate TXT of boundary surveys, in the variety that arrives."""

from __future__ import annotations

import pytest
from intake_cases import codes, look_at_one, repairs

from lantu.stores.formats.diagnosis import IntakeProfile

HEADER = (
    "[属性描述]\n格式版本号=1.01版本\n数据产生单位=某院\n坐标系=2000国家大地坐标系\n几度分带=3\n"
    "投影类型=高斯克吕格\n计量单位=米\n{zone}精度=0.001\n[地块坐标]\n"
)
OUTER = [(3467000.0, 40561000.0), (3467000.0, 40561100.0), (3467100.0, 40561100.0), (3467100.0, 40561000.0)]
HOLE = [(3467010.0, 40561010.0), (3467030.0, 40561010.0), (3467030.0, 40561030.0), (3467010.0, 40561030.0)]


def txt(  # noqa: PLR0913  # one switch per thing that varies in real files
    *, zone="带号=40\n", close=True, hole=True, count=8, area="0.9600", shift=0.0, swap=False, comma=","
):
    lines = [comma.join([str(count), area, "DK01", "某地块", "面", "I51H012034", "工业用地", "1001", "@"])]
    number = 0
    for ring, points in ((1, OUTER), (2, HOLE if hole else [])):
        chosen = [*points, points[0]] if close and points else points
        for place, (north, east) in enumerate(chosen):
            label = f"J{number + 1 + place if place < len(points) else number + 1}"
            first, second = (east - shift, north) if swap else (north, east - shift)
            lines.append(comma.join([label, str(ring), f"{first:.3f}", f"{second:.3f}"]))
        number += len(points)
    return HEADER.format(zone=zone) + "\n".join(lines) + "\n"


def read(tmp_path, text, *, encoding="utf-8", **expectations):
    path = tmp_path / "DK.txt"
    path.write_text(text, encoding=encoding)
    return look_at_one(path, **expectations)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig", "utf-16"])
def test_a_parcel_with_a_hole_has_its_net_area(tmp_path, encoding):
    found = read(tmp_path, txt(), encoding=encoding)
    layer = found.layers[0].layer
    assert found.format == "coordinate TXT"
    assert (found.crs.code, found.crs.how) == ("EPSG:4528", "declared")
    assert [shape.area for shape in layer.geometry] == [9600.0]
    assert layer.geometry[0].bounds == (40561000.0, 3467000.0, 40561100.0, 3467100.0)
    assert (list(layer.ids), list(layer.texts("land_use_code")), list(layer.numbers("declared_area_ha"))) == (["DK01"], ["1001"], [0.96])
    assert codes(found) == ["IN46"]
    assert repairs(found) == []


def test_a_missing_closing_point_is_added(tmp_path):
    found = read(tmp_path, txt(close=False))
    assert (repairs(found), found.layers[0].layer.geometry[0].area) == (["RP02"], 9600.0)


def test_full_width_marks_mean_the_same(tmp_path):
    found = read(tmp_path, txt(comma="，"), encoding="gbk")
    assert (repairs(found), found.layers[0].layer.geometry[0].area) == (["RP09"], 9600.0)


def test_a_missing_zone_is_taken_from_the_coordinates(tmp_path):
    found = read(tmp_path, txt(zone=""))
    assert (found.crs.code, repairs(found)) == ("EPSG:4528", ["RP12"])


def test_a_zone_in_the_header_serves_coordinates_without_it(tmp_path):
    assert read(tmp_path, txt(shift=40e6)).crs.code == "EPSG:4549"


def test_a_zone_nowhere_is_a_question(tmp_path):
    found = read(tmp_path, txt(zone="", shift=40e6))
    assert (found.crs.code, codes(found)) == (None, ["IN42", "IN10", "IN46"])


def test_a_zone_nowhere_is_answered_by_the_city(tmp_path):
    found = read(tmp_path, txt(zone="", shift=40e6), profile=IntakeProfile(crs=("EPSG:4549",), extent=(119.9, 30.7, 121.4, 32.1)))
    assert (found.crs.code, found.crs.how) == ("EPSG:4549", "profile")


def test_east_before_north_is_put_right(tmp_path):
    found = read(tmp_path, txt(swap=True))
    assert repairs(found) == ["RP03"]
    assert found.layers[0].layer.geometry[0].bounds == (40561000.0, 3467000.0, 40561100.0, 3467100.0)


def test_two_zone_numbers_contradict_each_other(tmp_path):
    found = read(tmp_path, txt(zone="带号=39\n"))
    assert "IN45" in codes(found)


def test_a_wrong_count_and_a_wrong_area_are_named(tmp_path):
    found = read(tmp_path, txt(count=9, area="1.0400"))
    assert codes(found)[:2] == ["IN40", "IN41"]
    assert "declares 1.0400 ha; its boundary points enclose 0.9600 ha" in found.problems[1].message.en


def test_the_count_may_include_the_closing_points(tmp_path):
    assert codes(read(tmp_path, txt(count=10))) == ["IN46"]


def test_blank_fields_stay_blank(tmp_path):
    text = txt().replace(",某地块,面,I51H012034,工业用地,1001,@", ",,面,,,,@")
    found = read(tmp_path, text)
    assert list(found.layers[0].layer.texts("land_use_code")) == [None]
    assert found.layers[0].layer.geometry[0].area == 9600.0


def test_a_line_that_is_no_point_is_named_with_its_number(tmp_path):
    found = read(tmp_path, txt() + "此处有误,,\n")
    assert codes(found)[0] == "IN44"
    assert "Line 22" in found.problems[0].message.en


def test_a_ring_of_two_points_is_no_ring(tmp_path):
    text = HEADER.format(zone="带号=40\n") + "2,0.1,DK02,,面,,,,@\nJ1,1,3467000,40561000\nJ2,1,3467000,40561100\n"
    found = read(tmp_path, text)
    assert codes(found) == ["IN43", "IN23", "IN46"]
