"""Units of figures, and which use belongs in which zone."""

from fractions import Fraction

import pytest

from lantu.standards.cities import load_city
from lantu.standards.classifications import load_classifications
from lantu.standards.quantities import convert, is_unit_of, load_quantities, name_of
from lantu.standards.zone_rules import load_zone_rules
from lantu.vocabulary.errors import ReferenceMismatch
from lantu.vocabulary.layer_definitions import load_layers


@pytest.mark.parametrize(
    ("value", "source", "target", "dimension", "expected"),
    [
        (193.77, "万亩", "平方公里", "area", 1291.8),
        (1.0, "km2", "亩", "area", 1500.0),
        (1.0, "公顷", "mu", "area", 15.0),
        (667.0, "m2", "亩", "area", 1.0005),
        (66.4, "亿立方米", "万立方米", "volume", 664000.0),
        (1274.8262, "万人", "人", "persons", 12748262.0),
        (40.0, "%", "share", "share", 0.4),
    ],
)
def test_figure_is_converted_exactly(value, source, target, dimension, expected):
    assert convert(value, source, target, dimension) == pytest.approx(expected, rel=1e-15)


def test_conversion_does_not_round_on_the_way():
    assert convert(convert(79.996, "平方公里", "万亩", "area"), "万亩", "平方公里", "area") == pytest.approx(79.996, rel=1e-15)
    assert Fraction(convert(1.0, "亩", "m2", "area")) != 666  # a mu is no whole number of square metres


def test_unit_of_another_dimension_is_refused():
    with pytest.raises(ReferenceMismatch, match="万人"):
        convert(1.0, "万人", "平方公里", "area")
    assert not is_unit_of("万人", "area")
    assert is_unit_of(" 万亩 ", "area")


def test_subjects_of_the_city_are_the_quantities_and_their_units_fit():
    quantities = load_quantities()
    subjects = load_city("suzhou").package["subjects"]
    assert set(subjects) == set(quantities)
    assert [name for name, record in subjects.items() if not is_unit_of(record["unit"], quantities[name].dimension)] == []


def test_quantity_and_list_have_names_in_both_languages():
    assert name_of("cultivated_land_area").zh == "耕地保有量"
    assert name_of("nature_reserve").en == "nature reserves"
    assert name_of("something else").en == "something else"


def test_codes_of_the_zone_rules_exist():
    rules, final = load_zone_rules(), load_classifications()
    codes = {code for listed in (rules.hard, rules.review, rules.facility_sites) for item in listed.values() for code in item}
    codes |= {code for pair in rules.incompatible for code in pair}
    assert [code for code in sorted(codes) if not final["landuse-2023"].is_known(code)] == []
    for table in (rules.urban_development, rules.forbidden_on_farmland):
        assert [code for name, listed in table.items() for code in listed if not final[name].is_known(code)] == []


def test_names_of_the_boundary_parts_are_those_of_the_layer():
    domain = load_layers()["urban_development_boundary"].fields["zone_name"].domain
    assert {name for names in load_zone_rules().boundary_zones.values() for name in names} == set(domain)


def test_deeper_code_is_judged_by_what_it_stands_under():
    final = load_classifications()["landuse-2023"]
    roots = load_zone_rules().urban_development["landuse-2023"]
    assert [load_zone_rules().is_any(code, roots, final) for code in ("070102", "100101", "0703", "1202", None)] == [
        True, True, False, False, False,
    ]  # fmt: skip
