"""Code tables of land use, their versions and the legal classes."""

import pytest

from lantu.standards.classifications import (
    classification_from,
    load_classifications,
    load_correspondence,
    load_settlement_codes,
)
from lantu.vocabulary.errors import CatalogueBroken, ClassificationUnknown

HEAD = "# classification: sample\n# title: Sample\n# source: none\n# since: 2020-01-01\ncode,name,level,parent,certain\n"


@pytest.mark.parametrize(
    ("name", "by_level"),
    [
        ("landuse-2023", [24, 111, 40]),
        ("landuse-2020-trial", [24, 113, 37]),
        ("third-survey", [13, 55, 13]),
        ("gbt21010-2017", [12, 73, 0]),
    ],
)
def test_tables_hold_as_many_codes_as_their_documents(name, by_level):
    codes = load_classifications()[name].codes.values()
    assert [sum(code.level == level for code in codes) for level in (1, 2, 3)] == by_level


@pytest.mark.parametrize("code", ["0204", "0602", "1311", "1312", "2302", "2303"])
def test_same_code_means_something_else_in_the_trial_version(code):
    final, trial = load_classifications()["landuse-2023"], load_classifications()["landuse-2020-trial"]
    assert final.name_of(code) != trial.name_of(code)
    assert not trial[code].certain


def test_names_of_the_two_versions_are_those_of_their_documents():
    final, trial = load_classifications()["landuse-2023"], load_classifications()["landuse-2020-trial"]
    assert [final.name_of(code) for code in ("0204", "0602", "1311", "1312", "2302", "2303")] == [
        "油料园地", "设施农用地", "水工设施用地", "其他公用设施用地", "后备耕地", "田坎",
    ]  # fmt: skip
    assert [trial.name_of(code) for code in ("0204", "0602", "1311", "1312", "2302", "2303")] == [
        "其他园地", "种植设施建设用地", "干渠", "水工设施用地", "田坎", "田间道",
    ]  # fmt: skip
    assert [trial.is_known(code) for code in ("0205", "0604", "1313", "060201")] == [False, True, True, False]


@pytest.mark.parametrize(
    ("name", "code", "legal_class"),
    [
        ("landuse-2023", "06", "agricultural"),
        ("landuse-2023", "060202", "agricultural"),
        ("landuse-2023", "100103", "construction"),
        ("landuse-2023", "2301", "construction"),
        ("landuse-2023", "0403", "unused"),
        ("landuse-2023", "04", "mixed"),
        ("landuse-2023", "17", "mixed"),
        ("landuse-2023", "2001", ""),
        ("third-survey", "0303", "agricultural"),
        ("third-survey", "0603", "construction"),
        ("third-survey", "10", "mixed"),
        ("third-survey", "1006", "agricultural"),
        ("third-survey", "0201K", "agricultural"),
        ("third-survey", "1109", "construction"),
        ("third-survey", "1106", "unused"),
        ("gbt21010-2017", "1202", "agricultural"),
        ("gbt21010-2017", "1201", "construction"),
    ],
)
def test_legal_class_follows_the_law_not_the_name(name, code, legal_class):
    assert load_classifications()[name].legal_class(code) == legal_class


def test_every_land_code_has_a_legal_class_and_no_sea_code_has():
    for code in load_classifications()["landuse-2023"].codes.values():
        at_sea = code.code[:2] in {"18", "19", "20", "21", "22", "24"}
        assert (code.legal_class == "") is at_sea


def test_ancestors_follow_the_table_not_the_prefix():
    assert load_classifications()["third-survey"].ancestors("0303") == ("00",)
    assert load_classifications()["landuse-2023"].ancestors("070102") == ("0701", "07")


def test_cultivated_land_is_class_01_and_nothing_unknown():
    final = load_classifications()["landuse-2023"]
    assert [final.is_cultivated(code) for code in ("01", "0103", "0201", None, "1")] == [True, True, False, False, False]


def test_unknown_code_is_refused_with_a_way_out():
    with pytest.raises(ClassificationUnknown) as refused:
        load_classifications()["landuse-2023"].legal_class("1313")
    assert "1313" in refused.value.message.zh
    assert refused.value.remedy.en


def test_colour_falls_back_to_the_class_above():
    final = load_classifications()["landuse-2023"]
    assert final.colour_of("070102") == (255, 255, 45)
    assert final.colour_of("2001") is None


def test_table_with_a_code_twice_or_a_lost_parent_is_refused():
    with pytest.raises(CatalogueBroken):
        classification_from(HEAD + "A,a,1,,yes\nA,b,1,,yes\n", {}, {}, "")
    with pytest.raises(CatalogueBroken):
        classification_from(HEAD + "A1,a,2,A,yes\n", {}, {}, "")


def test_settlement_codes_tell_urban_from_rural():
    codes = load_settlement_codes()
    assert {code for code, item in codes.items() if item.urban} == {"201", "201A", "202", "202A"}
    assert {code for code, item in codes.items() if item.settlement} == {"201", "201A", "202", "202A", "203", "203A"}


def test_survey_codes_map_only_where_one_target_is_certain():
    table = load_correspondence("third-survey", "landuse-2023")
    assert table.target_of("0305") == "0303"
    assert table.target_of("1109") == "1311"
    for code in ("05H1", "08H1", "08H2", "0809", "09", "1002", "1005", "0204"):
        assert table.target_of(code) is None
    assert table.candidates["05H1"] == ("0901", "0902", "0903", "0904")


def test_both_ends_of_the_mapping_exist_and_keep_their_legal_class_where_certain():
    table = load_correspondence("third-survey", "landuse-2023")
    survey, final = load_classifications()["third-survey"], load_classifications()["landuse-2023"]
    for code, targets in table.candidates.items():
        assert survey.is_known(code)
        assert all(final.is_known(target) for target in targets)
    assert [code for code in table.certain if survey.legal_class(code) != final.legal_class(table.target_of(code))] == []


def test_mapping_that_nobody_wrote_down_is_refused():
    with pytest.raises(CatalogueBroken):
        load_correspondence("gbt21010-2017", "landuse-2023")
