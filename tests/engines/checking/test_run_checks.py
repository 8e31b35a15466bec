"""Outcomes are kept apart, layers are handed over as promised, and a second run finds what a full one finds."""

# ruff: noqa: ARG001  # the parameters of a check say what it asks for

import dataclasses
import datetime as dt
import random

import numpy as np
import pytest
import shapely

from lantu.engines.checking.card import card_of, check
from lantu.engines.checking.discover import discover
from lantu.engines.checking.run import NotChecked, Previous, Subject, message_of, refuse_unknown_facts, run_check, run_checks
from lantu.engines.overlay.products import Products
from lantu.standards.classifications import load_classifications
from lantu.standards.limits import limits_with
from lantu.vocabulary.errors import CatalogueBroken, LayerMissing, LimitUnknown
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.layer import layer_from_shapes
from lantu.vocabulary.layer_definitions import load_layers
from lantu.vocabulary.plans import CityProfile, PackageFacts, Plan, Unit
from lantu.vocabulary.text import Text

ANYTHING = {
    "title": Text("t", "t"),
    "message": Text("{feature}", "{feature}"),
    "remedy": Text("r", "r"),
    "severity": Severity.MINOR,
    "source": "s",
    "reference": "x",
}
SQUARE = shapely.box(0, 0, 1, 1)


def unknown(name):
    raise LimitUnknown(Text(f"No limit {name}.", f"无{name}。"), Text("Set it.", "请设定。"))


def subject(layers, limit=unknown, scope="unit", **facts):
    return Subject(scope, layers, facts, limit)


def declared(function, **extra):
    return card_of(check("ZZ01", **{**ANYTHING, **extra})(function))


def roads(*ids):
    return layer_from_shapes("road", dict.fromkeys(ids, SQUARE))


def test_a_crash_is_not_checked_and_names_its_cause():
    def crashing(road):
        yield Finding((str(1 // (len(road) - 1)),))

    result = run_check(declared(crashing), subject({"road": roads("A")}))
    assert result.outcome == "not_checked"
    assert "ZeroDivisionError" in result.reason.en
    assert result.findings == ()


def test_a_crash_after_findings_keeps_none_of_them():
    def half(road):
        yield Finding((road.ids[0],))
        raise LayerMissing(Text("gone", "无"), Text("bring it", "补交"))

    result = run_check(declared(half), subject({"road": roads("A")}))
    assert (result.outcome, result.reason.en, result.findings) == ("not_checked", "gone", ())


def test_a_missing_layer_is_not_checked_and_the_known_cause_is_told():
    def any_road(road):
        yield from ()

    card = declared(any_road)
    assert run_check(card, subject({})).reason.en == "Layer road was not delivered."
    absent = dataclasses.replace(subject({}), absences={"road": Text("It is damaged.", "已损坏。")})
    assert run_check(card, absent).reason.zh == "已损坏。"


def test_an_optional_layer_may_be_missing():
    def any_road(road=None):
        if road is None:
            yield Finding(("none",))

    assert run_check(declared(any_road), subject({})).outcome == "failed"


def test_layers_in_different_systems_are_not_checked():
    def both(road, river):
        yield from ()

    layers = {"road": roads("A"), "river": layer_from_shapes("river", {"B": SQUARE}, crs="EPSG:4528")}
    assert "EPSG:4528, EPSG:4549" in run_check(declared(both), subject(layers)).reason.en


def test_an_unknown_limit_is_not_checked_unless_it_has_a_default():
    def needs(road, *, some_limit):
        yield Finding((), some_limit)

    def tolerates(road, *, some_limit=2.5):
        yield Finding((), some_limit)

    assert run_check(declared(needs), subject({"road": roads("A")})).reason.en == "No limit some_limit."
    assert run_check(declared(tolerates), subject({"road": roads("A")})).findings[0].measured == 2.5
    given = run_check(declared(tolerates), subject({"road": roads("A")}, limit=lambda _: 7.0))
    assert (given.findings[0].measured, given.limits) == (7.0, {"some_limit": 7.0})


def test_a_missing_fact_and_a_check_that_cannot_decide_are_not_checked():
    def asks(road, *, unit):
        yield from ()

    def undecided(road):
        yield from ()
        raise NotChecked(Text("cannot say", "无法判定"))

    assert "unit" in run_check(declared(asks), subject({"road": roads("A")})).reason.en
    assert run_check(declared(undecided), subject({"road": roads("A")})).reason.en == "cannot say"


def test_only_checks_of_the_subjects_scope_run():
    def for_city(road):
        yield from ()

    assert list(run_checks([declared(for_city, scope="city")], subject({}))) == []


def test_every_layer_means_what_the_package_delivers():
    def names(every_layer):
        yield Finding(tuple(every_layer))

    layers = {"road": roads("A"), "approval": roads("B"), "local_unit": roads("U"), "sealed_road": roads("S"), "parent_road": roads("P")}
    card = declared(names)
    assert run_check(card, subject(layers)).findings[0].features == ("approval", "road")
    own = dataclasses.replace(subject(layers), delivered=frozenset({"road"}))
    assert run_check(card, own).findings[0].features == ("road",)


def test_a_layer_asked_for_by_name_is_not_among_every_layer():
    def names(every_layer, approval):
        yield Finding(tuple(every_layer))

    layers = {"road": roads("A"), "approval": roads("B")}
    assert run_check(declared(names), subject(layers)).findings[0].features == ("road",)


def test_a_finding_without_layer_gets_that_of_the_card():
    def finds(road):
        yield Finding(("A",))

    assert run_check(declared(finds), subject({"road": roads("A")})).findings[0].layer == "road"


def test_a_message_with_a_hole_breaks_the_catalogue():
    def finds(road):
        yield Finding(("A",))

    card = declared(finds, message=Text("{nowhere}", "{nowhere}"))
    with pytest.raises(CatalogueBroken, match="nowhere"):
        message_of(card, Finding(("A",)))


def test_numbers_in_messages_keep_what_matters():
    def finds(road):
        yield Finding()

    card = declared(finds, message=Text("{measured} {limit}", "{measured} {limit}"))
    assert message_of(card, Finding((), 1234567.8, 0.000123456789)).en == "1,234,567.8 0.000123457"


def test_unknown_facts_are_refused():
    with pytest.raises(CatalogueBroken, match="weather"):
        refuse_unknown_facts({"unit": 1, "weather": 2})


def named(road):
    for row, name in enumerate(road.texts("road_name")):
        if not name:
            yield Finding((road.ids[row],))


def test_only_changed_features_are_looked_at_again_and_old_findings_stay():
    seen = []

    def watching(road):
        seen.append(list(road.ids))
        yield from named(road)

    card = declared(watching, locality="feature")
    before = layer_from_shapes("road", dict.fromkeys("ABCD", SQUARE), road_name=["", "x", "", "x"])
    after = layer_from_shapes("road", dict.fromkeys("ABCE", SQUARE), road_name=["", "", "x", ""])
    first = run_check(card, subject({"road": before}))
    previous = Previous({"ZZ01": first}, {"road": np.array([1, 2, 3])}, {"road": frozenset("BCD")})
    again = run_check(card, subject({"road": after}), previous)
    assert seen == [["A", "B", "C", "D"], ["B", "C", "E"]]
    assert [item.features for item in again.findings] == [("A",), ("B",), ("E",)]
    assert [item.features for item in again.findings] == [item.features for item in run_check(card, subject({"road": after})).findings]


def test_an_unchanged_layer_is_not_looked_at():
    def refuses(road):
        if len(road):
            raise AssertionError
        yield from ()

    card = declared(refuses, locality="feature")
    old = run_check(declared(named, locality="feature"), subject({"road": layer_from_shapes("road", {"A": SQUARE}, road_name=[""])}))
    result = run_check(card, subject({"road": roads("A")}), Previous({"ZZ01": old}, {}, {}))
    assert [item.features for item in result.findings] == [("A",)]


def test_rows_without_identifier_make_the_whole_layer_looked_at():
    card = declared(named, locality="feature")
    layer = layer_from_shapes("road", dict.fromkeys("AB", SQUARE), road_name=["", ""])
    bare = dataclasses.replace(layer, table=layer.table.drop_columns(["identifier"]))
    old = run_check(card, subject({"road": bare}))
    result = run_check(card, subject({"road": bare}), Previous({"ZZ01": old}, {"road": np.array([1])}, {"road": frozenset()}))
    assert [item.features for item in result.findings] == [("0",), ("1",)]


def test_whole_checks_and_changed_limits_run_anew():
    card = declared(named)
    layer = layer_from_shapes("road", {"A": SQUARE}, road_name=["x"])
    stale = run_check(declared(named), subject({"road": layer_from_shapes("road", {"A": SQUARE}, road_name=[""])}))
    assert run_check(card, subject({"road": layer}), Previous({"ZZ01": stale}, {}, {})).outcome == "passed"
    local = declared(named, locality="feature")
    assert run_check(local, subject({"road": layer}), Previous({"ZZ01": stale}, {}, {}, facts_unchanged=False)).outcome == "passed"


def fabric(generator, count):
    shapes, columns = {}, {name: [] for name in ("district_code", "land_use_code", "land_use_name", "patch_area_m2", "settlement_code")}
    for number in range(count):
        x, y = 500_000 + number % 20 * 100, 3_450_000 + number // 20 * 100
        width = generator.choice([100, 100, 100, 0.5, 130])
        shapes[f"P{number:04d}"] = None if generator.random() < 0.03 else shapely.box(x, y, x + width, y + 100)
        columns["district_code"].append(generator.choice(["320583", "320583", "999999", None]))
        columns["land_use_code"].append(generator.choice(["0101", "0601", "9999", "", "0602"]))
        columns["land_use_name"].append(generator.choice(["水田", "工业用地", " 水田 "]))
        columns["patch_area_m2"].append(generator.choice([10_000.0, -1.0, 50.0, None]))
        columns["settlement_code"].append(generator.choice(["201", "204", None]))
    return shapes, columns


def layer_of(shapes, columns):
    layer = layer_from_shapes("present_land_use", shapes, **columns)
    return dataclasses.replace(layer, classification="third-survey")


def everything(layer):
    code = "320583"
    unit = Unit(code, Text("昆山市", "昆山市"), (code,))
    facts = {
        "products": Products(),
        "package": PackageFacts(plan=Plan("p", base_year=2020, target_year=2035), metadata={"高程基准": "1985"}),
        "unit": unit,
        "city": CityProfile(code, Text("c", "c"), "EPSG:4549", units={code: unit}, district_codes=frozenset({code})),
        "classifications": load_classifications(),
        "definitions": load_layers(),
        "today": dt.date(2026, 1, 1),
        "requirements": (),
    }
    outline = layer_from_shapes("local_unit", {code: shapely.box(500_000, 3_450_000, 502_000, 3_451_000)})
    limits = limits_with({}, "test")
    layers = {"present_land_use": layer, "local_unit": outline}
    return Subject("unit", layers, facts, lambda name: limits.on(name, dt.date(2026, 1, 1)).value)


def told(result):
    place = [item.place.wkb if item.place is not None else None for item in result.findings]
    return [(item.features, item.measured, item.layer, str(item.values)) for item in result.findings], place, result.outcome


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_whole_catalogue_finds_the_same_after_a_change_as_in_a_full_run(seed):
    cards = [card for card in discover("lantu.catalogue.checks", plugins=False).values() if card.scope == "unit"]
    generator = random.Random(seed)  # noqa: S311  # a test wants the same numbers each time
    shapes, columns = fabric(generator, 200)
    before = layer_of(shapes, columns)
    new_shapes, new_columns = fabric(generator, 200)
    changed = sorted(generator.sample(range(200), 12))
    ids = list(shapes)
    for row in changed:
        shapes[ids[row]] = new_shapes[ids[row]]
        for name in columns:
            columns[name][row] = new_columns[name][row]
    after = layer_of(shapes, columns)
    first = {result.code: result for result in run_checks(cards, everything(before))}
    previous = Previous(first, {"present_land_use": np.array(changed)}, {"present_land_use": frozenset(ids[row] for row in changed)})
    again = {result.code: result for result in run_checks(cards, everything(after), previous)}
    full = {result.code: result for result in run_checks(cards, everything(after))}
    assert {code: told(result) for code, result in again.items()} == {code: told(result) for code, result in full.items()}
    assert sum(len(result.findings) for result in full.values()) > 300
