"""Profiles of cities: what they hold, and that a broken one is refused."""

import json
import os
from pathlib import Path

import pyogrio
import pyproj
import pytest
import shapely
import yaml

from lantu.standards.cities import known_cities, load_city
from lantu.standards.limits import limits_with
from lantu.standards.quantities import convert
from lantu.vocabulary.errors import ProfileInvalid
from lantu.vocabulary.layer_definitions import load_layers

REAL_DATA = Path(os.environ.get("LANTU_REAL_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))
ELLIPSOID = pyproj.Geod(a=6378137, rf=298.257222101)


def test_two_profiles_come_with_the_program():
    assert {"suzhou", "french_communes"} <= set(known_cities())


def test_suzhou_has_ten_units_whose_areas_add_up_to_the_yearbook():
    suzhou = load_city("suzhou")
    assert len(suzhou.units) == 10
    # Each area was rounded by itself, so their sum misses the published 8657.32 by one in the last place.
    assert sum(unit.official_area_km2 for unit in suzhou.units.values()) == pytest.approx(8657.33, abs=1e-9)
    assert suzhou.crs == "EPSG:4549"
    assert "EPSG:4528" in suzhou.accepted_crs


def test_codes_of_the_industrial_park_and_of_old_wujiang_are_known():
    suzhou = load_city("suzhou")
    assert suzhou.units["320571"].district_codes == ("320571", "320576", "320506")
    assert "320584" in suzhou.units["320509"].district_codes
    assert {"320571", "320576", "320584"} <= suzhou.district_codes


def test_a_parcel_of_the_park_counts_once_in_the_city_once_by_unit_once_by_district():
    suzhou = load_city("suzhou")
    parcels = [("320571", "320506", 1.25), ("320506", "320506", 2.0)]
    by_unit: dict[str, float] = {}
    by_district: dict[str, float] = {}
    for unit, district, area_km2 in parcels:
        assert district in suzhou.units[unit].district_codes
        by_unit[unit] = by_unit.get(unit, 0.0) + area_km2
        by_district[district] = by_district.get(district, 0.0) + area_km2
    assert by_unit == {"320571": 1.25, "320506": 2.0}
    assert by_district == {"320506": 3.25}
    assert sum(by_unit.values()) == sum(by_district.values()) == 3.25


def test_assigned_figures_are_those_of_the_approval():
    by_subject = {item.subject: item for item in load_city("suzhou").requirements}
    cultivated = by_subject["cultivated_land_area"]
    assert convert(cultivated.value, cultivated.unit, "平方公里", "area") == pytest.approx(1291.8)
    farmland = by_subject["permanent_basic_farmland_area"]
    assert convert(farmland.value, farmland.unit, "平方公里", "area") == pytest.approx(1152.0666667)
    assert by_subject["ecological_redline_area"].value == 1950.71
    assert by_subject["gdp_land_reduction_share"].value == 40
    assert all(item.target_unit == "city" and item.binding for item in by_subject.values())


def test_outlines_tile_the_city_and_give_the_park_its_published_area():
    suzhou = load_city("suzhou")
    document = json.loads(Path(suzhou.outline_path).read_text(encoding="utf-8"))
    shapes = {item["properties"]["unit_code"]: shapely.geometry.shape(item["geometry"]) for item in document["features"]}
    assert set(shapes) == set(suzhou.units)
    assert shapely.coverage_is_valid(list(shapes.values()))
    whole = shapely.union_all(list(shapes.values()))
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0
    area_km2 = {code: abs(ELLIPSOID.geometry_area_perimeter(shape)[0]) / 1e6 for code, shape in shapes.items()}
    assert area_km2["320571"] == pytest.approx(278.19, abs=1e-3)
    for code, unit in suzhou.units.items():
        assert area_km2[code] == pytest.approx(unit.official_area_km2, rel=0.025)
    assert "not for publication" in document["note"]
    assert any("invented" in source for source in document["sources"])


def test_outlines_lie_in_the_extent():
    suzhou = load_city("suzhou")
    document = json.loads(Path(suzhou.outline_path).read_text(encoding="utf-8"))
    west, south, east, north = shapely.total_bounds([shapely.geometry.shape(item["geometry"]) for item in document["features"]])
    extent = suzhou.extent
    assert extent[0] <= west
    assert extent[1] <= south
    assert east <= extent[2]
    assert north <= extent[3]


def test_package_rules_name_layers_that_exist():
    definitions = load_layers()
    for city in known_cities():
        profile = load_city(city)
        assert all(name in definitions.layers for name in profile.package["required_layers"])
        assert all(name in definitions.layers for name in profile.table_aliases)
        for layer, fields in profile.field_aliases.items():
            assert set(fields) <= set(definitions[layer].fields)


def test_french_tables_and_codes_are_known_by_data_alone():
    profile = load_city("french_communes")
    vocabulary = load_layers().extended(profile.table_aliases, profile.field_aliases)
    assert vocabulary.recognise("ZONE_URBA").name == "planned_land_use"
    assert vocabulary.recognise("30014_ZONE_URBA_20171013").name == "planned_land_use"
    assert vocabulary.recognise("SECTEUR_CC").name == "planned_land_use"
    assert vocabulary.recognise("PRESCRIPTION_SURF") is None
    assert vocabulary["planned_land_use"].field_for("TYPEZONE").name == "land_use_code"
    zones = profile.classifications["cnig-zones-2014"]
    assert [zones.is_known(code) for code in ("U", "AUc", "Nh", "01", "0701")] == [True, True, True, True, False]
    assert not profile.classifications["cnig-zones-2017"].is_known("Nh")


@pytest.mark.real_data
def test_codes_of_the_real_french_zonings_are_in_the_code_list():
    folder = REAL_DATA / "french_plans" / "documents"
    if not folder.is_dir():
        pytest.skip("the French plans are not here (LANTU_REAL_DATA)")
    zones = load_city("french_communes").classifications["cnig-zones-2014"]
    seen: dict[str, int] = {}
    for file, field in (
        ("41175_PLU_20140603/Donnees_geographiques/ZONE_URBA.shp", "TYPEZONE"),
        ("30014_PLU_20171013/Donnees_geographiques/30014_ZONE_URBA_20171013.shp", "TYPEZONE"),
        ("200011781_PLUi_20180101/Donnees_geographiques/ZONE_URBA.shp", "TYPEZONE"),
        ("50545_CC_20130902/Donnees_geographiques/SECTEUR_CC.shp", "TYPESECT"),
    ):
        for code in pyogrio.read_dataframe(folder / file, read_geometry=False)[field]:
            seen[code] = seen.get(code, 0) + 1
    assert sum(seen.values()) == 118 + 90 + 222 + 3
    assert [code for code in seen if not zones.is_known(code)] == []


def test_city_limit_goes_before_the_national_one(tmp_path):
    record = yaml.safe_load((Path(load_city("suzhou").outline_path).parent / "profile.yaml").read_text(encoding="utf-8"))
    record["limits"] = {"expansion_multiple": {"value": 1.2556, "since": "2025-01-21"}}
    del record["outline"]
    (tmp_path / "profile.yaml").write_text(yaml.safe_dump(record, allow_unicode=True), encoding="utf-8")
    profile = load_city(tmp_path)
    day = limits_with({}, "none").entries[0].since.replace(year=2026)
    assert limits_with(profile.limits, "profile").on("expansion_multiple", day).value == 1.2556
    assert limits_with(load_city("suzhou").limits, "profile").on("expansion_multiple", day).value == 1.3
    assert not limits_with(load_city("suzhou").limits, "profile").on("expansion_multiple", day).certain


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"units": None}, "units"),
        ({"time_zone": None}, "time_zone"),
        ({"time_zone": "Nowhere/City"}, "time_zone"),
        ({"extent": [121, 31, 120, 32]}, "extent"),
        ({"extent": [120, 31]}, "extent"),
        ({"outline": "nowhere.geojson"}, "nowhere.geojson"),
        ({"units": {"1": {}}}, "no name"),
        ({"requirements": [{"parent_plan": "p", "clause": "1", "kind": ">=", "subject": "residents", "target_unit": "9"}]}, "9"),
    ],
)
def test_broken_profile_is_refused_and_the_fault_named(tmp_path, change, named):
    record = {"code": "1", "name": "One", "crs": "EPSG:4549", "time_zone": "Asia/Shanghai", "units": {"1": {"name": "One"}}} | change
    record = {key: value for key, value in record.items() if value is not None}
    (tmp_path / "profile.yaml").write_text(yaml.safe_dump(record), encoding="utf-8")
    with pytest.raises(ProfileInvalid, match=named):
        load_city(tmp_path)


def test_unknown_city_is_refused_and_the_known_ones_named():
    with pytest.raises(ProfileInvalid, match="suzhou"):
        load_city("atlantis")


def test_profile_that_is_no_yaml_is_refused(tmp_path):
    (tmp_path / "profile.yaml").write_text("code: [1", encoding="utf-8")
    with pytest.raises(ProfileInvalid, match="YAML"):
        load_city(tmp_path / "profile.yaml")
