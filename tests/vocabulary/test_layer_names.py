"""Layers and fields under all the names that files give them."""

import pytest

from lantu.vocabulary.layer_definitions import load_layers


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("YJJBNT", "permanent_basic_farmland"),
        ("YJJBNTTB", "permanent_basic_farmland"),
        ("STBHHX", "ecological_redline"),
        ("CZKFBJ", "urban_development_boundary"),
        ("GHFQ", "planning_zone"),
        ("ZXCQGHYDYH", "planned_land_use"),
        ("DLTB", "present_land_use"),
        ("JQDLTB", "base_land_use"),
        ("XZQ", "administrative_district"),
        ("dltb", "present_land_use"),
        (" DLTB ", "present_land_use"),
        ("320581_DLTB", "present_land_use"),
        ("DLTB2023", "present_land_use"),
        ("苏州市永久基本农田", "permanent_basic_farmland"),
        ("320583_planned_land_use_2035", "planned_land_use"),
    ],
)
def test_table_is_known_by_what_people_call_it(table, name):
    assert load_layers().recognise(table).name == name


@pytest.mark.parametrize("table", ["", "XYZ", "GHFQ_DLTB", "roads2023x"])
def test_table_that_could_be_nothing_or_two_things_is_not_guessed(table):
    assert load_layers().recognise(table) is None


@pytest.mark.parametrize(
    ("layer", "column", "field"),
    [
        ("present_land_use", "DLBM", "land_use_code"),
        ("present_land_use", "dlbm", "land_use_code"),
        ("present_land_use", "地类编码", "land_use_code"),
        ("planned_land_use", "YDYHFLDM", "land_use_code"),
        ("permanent_basic_farmland", "YJJBNTMJ", "farmland_area_m2"),
        ("permanent_basic_farmland", "YJJBNTTBBH", "patch_number"),
        ("local_unit", "unit_code", "unit_code"),
    ],
)
def test_field_is_known_by_its_aliases(layer, column, field):
    assert load_layers()[layer].field_for(column).name == field


def test_name_cut_to_ten_bytes_is_completed_where_one_field_can_be_meant():
    definition = load_layers()["present_land_use"]
    assert definition.field_for("settlement").name == "settlement_code"
    assert definition.field_for("location_u") is None


def test_added_names_leave_the_vocabulary_itself_alone():
    plain = load_layers()
    more = plain.extended({"road": ["VOIRIE"]}, {"road": {"road_name": ["NOM_VOIE"]}})
    assert more.recognise("VOIRIE").name == "road"
    assert more["road"].field_for("NOM_VOIE").name == "road_name"
    assert plain.recognise("VOIRIE") is None
    assert plain["road"].field_for("NOM_VOIE") is None


def test_no_two_layers_share_a_table_name():
    owners: dict[str, str] = {}
    for name, definition in load_layers().layers.items():
        for table in definition.tables:
            assert owners.setdefault(table.upper(), name) == name


def test_mandatory_layers_are_the_six_of_a_master_plan():
    mandatory = {name for name, definition in load_layers().layers.items() if definition.obligation == "M"}
    lines = {"permanent_basic_farmland", "ecological_redline", "urban_development_boundary"}
    assert mandatory == lines | {"planning_zone", "planned_land_use", "present_land_use"}
