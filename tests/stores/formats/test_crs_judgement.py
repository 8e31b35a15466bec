"""CRS declared, contradicted, inferred; axes; GCJ-02."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from intake_cases import EAST, NORTH, codes, deliver, look_at_one, repairs, squares

from lantu.stores.formats.crs import grid_of_code, read_declaration
from lantu.stores.formats.diagnosis import IntakeProfile
from lantu.stores.formats.gcj02 import from_gcj02, to_gcj02
from lantu.vocabulary.layer import layer_from_shapes

SUZHOU = IntakeProfile(crs=("EPSG:4549", "EPSG:4528"), extent=(119.9, 30.7, 121.4, 32.1))
ESRI = (
    'PROJCS["CGCS2000_3_Degree_GK_{name}",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,'
    '298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",{easting}],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",120.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


@pytest.mark.parametrize(("name", "easting", "code"), [("Zone_40", "40500000.0", "EPSG:4528"), ("CM_120E", "500000.0", "EPSG:4549")])
def test_the_names_that_desktop_programs_write_are_matched(name, easting, code):
    assert read_declaration(ESRI.format(name=name, easting=easting)) == (code, False)


def test_a_definition_that_could_name_a_file_is_not_followed():
    assert read_declaration("+init=/etc/passwd:1") is None


@pytest.mark.parametrize(
    ("code", "twin"), [("EPSG:4549", "EPSG:4528"), ("EPSG:2385", "EPSG:2364"), ("EPSG:2437", "EPSG:2416"), ("EPSG:4509", "EPSG:4498")]
)
def test_every_grid_has_a_twin_with_or_without_zone_number(code, twin):
    assert grid_of_code(code).twin().code == twin
    assert grid_of_code(twin).twin().code == code


def _shape_file(tmp_path, **place):
    return deliver(squares(**place), tmp_path / "DLTB.shp", without=(".prj",))


def test_a_zone_number_tells_the_crs(tmp_path):
    found = look_at_one(_shape_file(tmp_path, east=40e6 + EAST, crs="EPSG:4528"))
    assert (found.crs.code, found.crs.how, found.crs.certainty) == ("EPSG:4528", "inferred", 0.8)
    assert codes(found) == ["IN11"]


def test_without_a_zone_number_the_crs_is_a_question(tmp_path):
    found = look_at_one(_shape_file(tmp_path))
    assert (found.crs.code, found.crs.how, codes(found)) == (None, "unknown", ["IN10"])
    assert found.layers[0].layer.crs == ""


def test_the_city_answers_that_question(tmp_path):
    found = look_at_one(_shape_file(tmp_path), profile=SUZHOU)
    assert (found.crs.code, found.crs.how, found.crs.certainty) == ("EPSG:4549", "profile", 0.95)


def test_degrees_in_china_are_taken_for_cgcs2000(tmp_path):
    found = look_at_one(_shape_file(tmp_path, east=120.6, north=31.3, side=0.001, crs="EPSG:4490"))
    assert (found.crs.code, found.crs.how) == ("EPSG:4490", "inferred")


@pytest.mark.parametrize("profile", [None, SUZHOU])
def test_swapped_axes_with_a_zone_number_are_put_right(tmp_path, profile):
    found = look_at_one(_shape_file(tmp_path, east=NORTH, north=40e6 + EAST, crs="EPSG:4528"), profile=profile)
    assert (found.crs.code, repairs(found)) == ("EPSG:4528", ["RP03"])
    assert found.layers[0].layer.geometry[0].bounds == (40e6 + EAST, NORTH, 40e6 + EAST + 100, NORTH + 100)


def test_swapped_axes_without_a_zone_number_are_a_question(tmp_path):
    found = look_at_one(_shape_file(tmp_path, east=NORTH, north=EAST))
    assert codes(found) == ["IN13", "IN10"]
    assert repairs(found) == []


def test_swapped_degrees_under_a_label_are_put_right(tmp_path):
    found = look_at_one(deliver(squares(east=31.3, north=120.6, side=0.001, crs="EPSG:4490"), tmp_path / "DLTB.shp"))
    assert (found.crs.code, repairs(found)) == ("EPSG:4490", ["RP03"])


def test_a_label_without_the_zone_number_in_the_coordinates_is_put_right(tmp_path):
    found = look_at_one(deliver(squares(east=40e6 + EAST, crs="EPSG:4549"), tmp_path / "DLTB.gpkg"))
    assert (found.crs.code, found.crs.how, repairs(found), codes(found)) == ("EPSG:4528", "declared", ["RP04"], [])


def test_coordinates_of_another_zone_contradict_the_label(tmp_path):
    found = look_at_one(deliver(squares(east=39e6 + EAST, crs="EPSG:4528"), tmp_path / "DLTB.gpkg"))
    assert (found.crs.code, codes(found)) == (None, ["IN12"])
    assert "EPSG:4527" in found.problems[0].message.en


def test_metres_under_a_label_of_degrees_contradict_it(tmp_path):
    found = look_at_one(deliver(squares(crs="EPSG:4490"), tmp_path / "DLTB.gpkg"))
    assert codes(found) == ["IN12"]


def test_a_crs_the_city_does_not_take_is_named(tmp_path):
    found = look_at_one(deliver(squares(crs="EPSG:2385"), tmp_path / "DLTB.gpkg"), profile=SUZHOU)
    assert codes(found) == ["IN14"]


def test_data_outside_the_city_are_named(tmp_path):
    found = look_at_one(deliver(squares(north=3900000.0), tmp_path / "DLTB.gpkg"), profile=SUZHOU)
    assert codes(found) == ["IN15"]


def test_features_in_degrees_among_metres_are_noticed(tmp_path):
    shapes = {
        "a": shapely.box(EAST, NORTH, EAST + 1, NORTH + 1),
        "b": shapely.box(EAST, NORTH, EAST + 1, NORTH + 1),
        "c": shapely.box(120, 31, 120.1, 31.1),
    }
    found = look_at_one(deliver(layer_from_shapes("present_land_use", shapes), tmp_path / "DLTB.gpkg"))
    assert codes(found) == ["IN52"]


def test_the_shift_and_its_inverse_cancel():
    places = np.array([[120.62, 31.3], [116.4, 39.9], [113.26, 23.13]])
    shifted = to_gcj02(places)
    metres = np.hypot((shifted - places)[:, 0] * 111320 * np.cos(np.radians(places[:, 1])), (shifted - places)[:, 1] * 111320)
    assert (metres > 100).all()
    assert (metres < 700).all()
    assert np.abs(from_gcj02(shifted) - places).max() < 1e-8


def _city_and_districts():
    angle = np.linspace(0, 2 * np.pi, 181)[:-1]
    ring = np.column_stack(
        [120.6 + (0.2 + 0.02 * np.sin(7 * angle)) * np.cos(angle), 31.3 + (0.2 + 0.02 * np.cos(5 * angle)) * np.sin(angle)]
    )
    city = shapely.Polygon(ring)
    halves = {"north": city.intersection(shapely.box(120, 31.3, 121, 32)), "south": city.intersection(shapely.box(120, 30, 121, 31.3))}
    return city, halves


@pytest.mark.parametrize("shifted", [False, True])
def test_gcj02_is_suspected_only_where_the_border_says_so(tmp_path, shifted):
    city, districts = _city_and_districts()
    shapes = {name: shapely.transform(shape, to_gcj02) if shifted else shape for name, shape in districts.items()}
    path = deliver(layer_from_shapes("administrative_district", shapes, crs="EPSG:4326"), tmp_path / "XZQ.gpkg")
    found = look_at_one(path, profile=IntakeProfile(extent=(119.9, 30.7, 121.4, 32.1), outline=city))
    assert codes(found) == (["IN16"] if shifted else [])


def test_parcels_away_from_any_border_are_never_suspected(tmp_path):
    city, _ = _city_and_districts()
    path = deliver(squares(east=120.6, north=31.3, side=0.001, crs="EPSG:4326"), tmp_path / "DLTB.gpkg")
    assert codes(look_at_one(path, profile=IntakeProfile(extent=(119.9, 30.7, 121.4, 32.1), outline=city))) == []
