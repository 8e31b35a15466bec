"""One parcel against everything: areas, pieces, distances, verdicts, and what would be needed."""

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from lantu.capabilities.plan_making.compliance_sheet import compliance_sheet
from lantu.capabilities.plan_making.parcel_sheets.composing import compose
from lantu.capabilities.plan_making.sheet_measuring import land_of_project, nearest
from lantu.capabilities.plan_making.sheet_sources import SheetSource, data_of_store
from lantu.capabilities.plan_making.sheet_text import render_sheet
from lantu.engines.overlay.slivers import Weight
from lantu.standards.control_lines import load_control_lines
from lantu.standards.limits import limits_with
from lantu.stores.formats.diagnose import diagnose
from lantu.stores.layers import LayerStore
from lantu.vocabulary.errors import GeometryInvalid, InputAmbiguous, LimitUnknown, ReferenceMismatch
from lantu.vocabulary.layer import layer_from_shapes
from lantu.vocabulary.layer_definitions import load_layers

TODAY = dt.date(2026, 1, 1)
LIMITS = limits_with({}, "test")
X, Y = 560_000.0, 3_460_000.0


def at(west, south, east, north):
    return box(X + west, Y + south, X + east, Y + north)


def parcel(*shapes, **columns):
    return layer_from_shapes("supply_parcel", {f"P{number}": shape for number, shape in enumerate(shapes, 1)}, **columns)


def full_city():
    """A square kilometre in which every layer says something of every spot."""
    west, east = at(0, 0, 500, 1000), at(500, 0, 1000, 1000)
    layers = [
        layer_from_shapes(
            "permanent_basic_farmland", {"F1": at(0, 0, 100, 100), "F2": at(100, 0, 200, 100)}, land_use_code=["0101", "0103"]
        ),
        layer_from_shapes(
            "ecological_redline", {"R1": at(0, 800, 100, 1000), "R2": at(100, 800, 200, 1000)}, control_zone=["核心保护区", "一般控制区"]
        ),
        layer_from_shapes(
            "urban_development_boundary",
            {"B1": at(500, 0, 800, 1000), "B2": at(800, 0, 900, 1000), "B3": at(900, 0, 1000, 1000)},
            zone_name=["城镇集中建设区", "城镇弹性发展区", "特别用途区"],
        ),
        replace(
            layer_from_shapes("planned_land_use", {"L1": west, "L2": east}, land_use_code=["0101", "1001"]), classification="landuse-2023"
        ),
        replace(
            layer_from_shapes(
                "present_land_use",
                {"D1": at(0, 0, 150, 1000), "D2": at(150, 0, 1000, 1000)},
                land_use_code=["0101", "1102"],
                land_use_name=["水田", "湖泊水面"],
            ),
            classification="third-survey",
        ),
        layer_from_shapes("planning_zone", {"Z1": west, "Z2": east}, zone_name=["农田保护区", "城镇集中建设区"]),
        layer_from_shapes("local_unit", {"U1": at(0, 0, 1000, 1000)}, unit_code=["320571"], unit_name=["苏州工业园区"]),
        layer_from_shapes("administrative_district", {"A1": at(0, 0, 1000, 1000)}, district_code=["320506"], district_name=["吴中区"]),
    ]
    further = ("nature_reserve", "heritage_line", "flood_risk_line", "green_line", "blue_line", "purple_line", "yellow_line")
    return layers + [layer_from_shapes(name, {"X": at(0, 5_000, 10, 5_010)}) for name in further]


@pytest.fixture
def city(tmp_path):
    return data_of(tmp_path, full_city())


def data_of(folder, layers):
    store = LayerStore(folder)
    for layer in layers:
        store.put(layer)
    return data_of_store(store, "EPSG:4549")


def ask(data, *shapes, columns=None, **options):
    return compliance_sheet(parcel(*shapes, **(columns or {})), data, today=TODAY, limits=LIMITS, **options)


def cases(line):
    return [decision.case for decision in line.decisions]


def test_farmland_blocks_and_the_sheet_names_every_patch_its_crop_and_the_land_to_replace(city):
    line = ask(city, at(50, 50, 250, 150)).line("permanent_basic_farmland")
    assert (line.verdict, cases(line)) == ("block", ["inside"])
    assert line.inside.area_m2 == pytest.approx(7_500, abs=1e-6)
    assert line.inside.ellipsoidal_area_m2 == pytest.approx(7_500, rel=5e-4)
    assert line.inside.ellipsoidal_area_m2 != line.inside.area_m2
    assert line.inside.pieces == 1, "two patches side by side take one piece out of the project"
    assert [(hit.id, round(hit.area_m2), hit.attributes["land_use_code"]) for hit in line.hits] == [
        ("F2", 5_000, "0103"),
        ("F1", 2_500, "0101"),
    ]
    assert line.cultivated_m2 == pytest.approx(5_000, rel=5e-4)
    assert line.nearest is None
    assert any("补划" in text.zh and "亩" in text.zh for text in line.decisions[0].needed)


def test_two_millimetres_along_a_shared_edge_are_numerical_and_a_small_square_is_shown(tmp_path):
    farmland = layer_from_shapes("permanent_basic_farmland", {"F": at(0, 0, 300, 100)})
    data = data_of(tmp_path, [farmland])
    sliver = ask(data, at(0, 100 - 0.002, 300, 200)).line("permanent_basic_farmland")
    assert (sliver.verdict, cases(sliver)) == ("clear", ["numerical"])
    assert sliver.inside.weights[Weight.NUMERICAL].count == 1
    assert sliver.inside.weights[Weight.NUMERICAL].area_m2 == pytest.approx(0.6, abs=1e-6)
    assert "0.60" in sliver.decisions[0].reason.en, "counted and said, never silent"
    square = ask(data, at(300 - 0.8, 100 - 0.75, 400, 200)).line("permanent_basic_farmland")
    assert (square.verdict, cases(square)) == ("review", ["doubtful"])
    assert square.inside.weights[Weight.DOUBTFUL].area_m2 == pytest.approx(0.6, abs=1e-6)


def test_numerical_pieces_that_sum_up_are_not_left_unsaid(tmp_path):
    # Each sliver is 0.099 m wide and 0.99 m² large; eighty of them exceed a tenth of a mu.
    slivers = {f"F{row}": at(0, row * 20, 10, row * 20 + 0.099) for row in range(80)}
    line = ask(data_of(tmp_path, [layer_from_shapes("permanent_basic_farmland", slivers)]), at(0, 0, 10, 2_000)).line(
        "permanent_basic_farmland"
    )
    assert line.inside.weights[Weight.NUMERICAL].count == 80
    assert (line.verdict, cases(line)) == ("review", ["numerical_sum"])


@pytest.mark.parametrize(
    ("shape", "activity", "verdict", "expected"),
    [
        ((120, 850, 180, 900), None, "block", ["inside"]),
        ((120, 850, 180, 900), "6", "review", ["inside_activity"]),
        ((50, 850, 180, 900), "6", "block", ["inside_core", "inside_activity"]),
        ((50, 850, 180, 900), "1", "review", ["inside_activity"]),
        ((300, 850, 380, 900), "6", "clear", ["clear"]),
    ],
    ids=["no activity named", "a limited activity", "linear works in the core zone", "guarding in the core zone", "not touched"],
)
def test_the_redline_asks_for_the_activity_and_keeps_its_core(city, shape, activity, verdict, expected):
    line = ask(city, at(*shape), activity_code=activity).line("ecological_redline")
    assert (line.verdict, cases(line)) == (verdict, expected)


@pytest.mark.parametrize(
    ("shape", "kind", "verdict", "expected"),
    [
        ((400, 0, 600, 100), "urban", "block", ["outside_urban"]),
        ((400, 0, 600, 100), "linear", "review", ["outside_admitted"]),
        ((400, 0, 600, 100), None, "review", ["outside_unknown"]),
        ((300, 300, 400, 400), "farming", "clear", ["outside_farming"]),
        ((600, 0, 700, 100), None, "clear", ["inside"]),
        ((750, 0, 850, 100), None, "review", ["zone_flexible"]),
        ((850, 0, 950, 100), None, "review", ["zone_flexible", "zone_special"]),
    ],
)
def test_the_development_boundary_is_left_by_some_kinds_only_and_its_zones_differ(city, shape, kind, verdict, expected):
    line = ask(city, at(*shape), project_kind=kind).line("urban_development_boundary")
    assert (line.verdict, cases(line)) == (verdict, expected)


def test_a_boundary_left_by_two_millimetres_is_not_left(city):
    line = ask(city, at(500 - 0.002, 0, 600, 300), project_kind="urban").line("urban_development_boundary")
    assert (line.verdict, cases(line)) == ("clear", ["numerical", "inside"])
    assert line.outside.weights[Weight.NUMERICAL].area_m2 == pytest.approx(0.6, abs=1e-6)


def test_what_is_to_be_built_is_held_against_planned_use_and_zone(city):
    sheet = ask(city, at(400, 0, 600, 100), columns={"land_use_code": ["100101"]})
    planned, present, zone = sheet.uses
    assert [(share.code, round(share.area_m2)) for share in planned.shares] == [("0101", 10_000), ("1001", 10_000)]
    assert [decision.case for decision in planned.decisions] == ["use_differs"]
    assert [(share.code, share.name) for share in present.shares] == [("1102", "湖泊水面")]
    assert [(decision.case, decision.verdict) for decision in zone.decisions] == [("zone_hard", "block")]
    agreeing = ask(city, at(510, 0, 600, 100), columns={"land_use_code": ["100101"]})
    assert [decision.case for decision in agreeing.uses[0].decisions] == ["use_agrees"]


def test_codes_are_named_by_their_own_classification_and_strange_ones_are_marked(tmp_path):
    squares = {"A": at(0, 0, 10, 10), "B": at(10, 0, 20, 10)}
    layer = layer_from_shapes("present_land_use", squares, land_use_code=["1102", "9999"], land_use_name=["", "?"])
    data = data_of(tmp_path, [replace(layer, classification="third-survey")])
    shares = ask(data, at(0, 0, 20, 10)).uses[1].shares
    assert [(share.code, share.name, share.known) for share in shares] == [("1102", "湖泊水面", True), ("9999", "?", False)]


def test_a_park_parcel_counts_in_its_unit_and_in_the_district_whose_code_it_carries(city):
    places = ask(city, at(600, 0, 700, 100)).places
    assert [(share.code, share.name) for share in places["local_unit"]] == [("320571", "苏州工业园区")]
    assert [(share.code, share.name) for share in places["administrative_district"]] == [("320506", "吴中区")]


def test_the_sheet_is_clear_only_where_everything_is(city):
    sheet = ask(city, at(600, 0, 700, 100), project_kind="urban", columns={"land_use_code": ["1001"]})
    assert sheet.verdict == "clear"
    assert {line.verdict for line in sheet.lines} == {"clear"}


def test_a_missing_layer_is_not_checked_and_never_clear(tmp_path):
    layers = [layer for layer in full_city() if layer.name != "ecological_redline"]
    sheet = ask(data_of(tmp_path, layers), at(600, 0, 700, 100), project_kind="urban")
    line = sheet.line("ecological_redline")
    assert (line.verdict, line.inside) == ("not_checked", None)
    assert "holds no layer Ecological conservation redline" in line.decisions[0].reason.en
    assert sheet.verdict == "not_checked"


def test_land_beyond_the_city_is_not_checked(city):
    sheet = ask(city, at(900, 900, 1_100, 1_000), project_kind="urban")
    line = sheet.line("permanent_basic_farmland")
    assert (line.verdict, cases(line)) == ("not_checked", ["not_checked"])
    assert "none of the city's units" in line.decisions[0].reason.en


def test_a_unit_whose_plan_lacks_a_layer_that_others_have_is_not_checked(city):
    (green,) = city.sources["green_line"]
    data = replace(city, sources={**city.sources, "green_line": (replace(green, unit="320505"),)})
    line = ask(data, at(600, 0, 700, 100)).line("green_line")
    assert (line.verdict, cases(line)) == ("not_checked", ["not_checked"])
    assert "苏州工业园区" in line.decisions[0].reason.zh


def test_land_of_which_a_layer_says_nothing_is_not_checked(tmp_path):
    layers = [layer for layer in full_city() if layer.name != "planned_land_use"]
    planned = layer_from_shapes("planned_land_use", {"L": at(0, 0, 650, 1000)}, land_use_code=["1001"])
    use = ask(data_of(tmp_path, [*layers, planned]), at(600, 0, 700, 100)).uses[0]
    assert use.verdict == "not_checked"
    assert use.uncovered.area_m2 == pytest.approx(5_000, abs=1e-6)


def test_broken_features_near_the_project_are_said(tmp_path):
    broken = layer_from_shapes("permanent_basic_farmland", {"F": shapely.LineString([(X, Y), (X + 10, Y + 10)])})
    line = ask(data_of(tmp_path, [broken]), at(0, 0, 20, 20)).line("permanent_basic_farmland")
    assert line.verdict == "not_checked"
    assert "Features near the project that are no sound polygons" in line.decisions[0].reason.en


def test_a_layer_in_another_system_is_not_checked_and_the_rest_is(city):
    (farmland,) = city.sources["permanent_basic_farmland"]
    data = replace(city, sources={**city.sources, "permanent_basic_farmland": (replace(farmland, crs="EPSG:4528"),)})
    sheet = ask(data, at(50, 50, 250, 150))
    assert sheet.line("permanent_basic_farmland").verdict == "not_checked"
    assert sheet.line("ecological_redline").verdict == "clear"


def test_parcels_that_overlap_count_once(city):
    sheet = ask(city, at(600, 0, 700, 100), at(650, 0, 750, 100))
    assert sheet.project.area_m2 == pytest.approx(15_000, abs=1e-6)
    assert sheet.project.ids == ("P1", "P2")


def test_a_parcel_file_with_a_hole_is_measured_without_it(tmp_path, city):
    # Worked example: 100 × 100 m with a ring of 20 × 20 m inside is 9,600 m².
    def ring(number, points):
        return [f"J{index},{number},{Y + y:.3f},{40_000_000 + X + x:.3f}" for index, (x, y) in enumerate([*points, points[0]], 1)]

    text = [
        "[属性描述]", "坐标系=2000国家大地坐标系", "几度分带=3", "计量单位=米", "带号=40", "[地块坐标]",
        "10,0.9600,1,某地块,面,,工业用地,1001,@",
        *ring(1, [(600, 0), (600, 100), (700, 100), (700, 0)]), *ring(2, [(640, 40), (640, 60), (660, 60), (660, 40)]),
    ]  # fmt: skip
    path = tmp_path / "parcel.txt"
    path.write_text("\n".join(text), encoding="gbk")
    ((found,),) = [[layer.layer for layer in item.layers] for item in diagnose(path, vocabulary=load_layers())]
    sheet = compliance_sheet(found, city, today=TODAY, limits=LIMITS)
    assert sheet.project.area_m2 == pytest.approx(9_600, abs=1e-3)
    assert sheet.project.codes == ("1001",)
    assert sheet.line("urban_development_boundary").inside.area_m2 == pytest.approx(9_600, abs=1e-3)


def test_much_land_needs_the_state_council(tmp_path):
    big = layer_from_shapes("present_land_use", {"A": at(0, 0, 1_000, 1_000)}, land_use_code=["0101"])
    data = data_of(tmp_path, [replace(big, classification="third-survey")])
    assert [note.en.split(":")[1].split("exceed")[0].split()[0] for note in ask(data, at(0, 0, 1_000, 1_000)).notes] == [
        "cultivated",
        "all",
    ]
    assert len(ask(data, at(0, 0, 500, 1_000)).notes) == 1
    assert ask(data, at(0, 0, 500, 600)).notes == ()


def test_the_project_must_be_a_sound_area(city):
    bow_tie = shapely.Polygon([(X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 10)])
    for shape in (bow_tie, shapely.LineString([(X, Y), (X + 10, Y)]), None):
        with pytest.raises(GeometryInvalid):
            ask(city, shape)
    with pytest.raises(ReferenceMismatch):
        compliance_sheet(layer_from_shapes("supply_parcel", {"P": at(0, 0, 1, 1)}, crs=""), city, today=TODAY, limits=LIMITS)


def test_unknown_activities_and_kinds_are_asked_back(city):
    with pytest.raises(InputAmbiguous, match="--activity 11 is none of 1, 2"):
        ask(city, at(0, 0, 1, 1), activity_code="11")
    with pytest.raises(InputAmbiguous, match="--kind city is none of urban"):
        ask(city, at(0, 0, 1, 1), project_kind="city")


def test_rules_apply_from_their_first_day(city):
    with pytest.raises(LimitUnknown, match="in force from 2022-08-16"):
        compliance_sheet(parcel(at(0, 850, 50, 900)), city, today=dt.date(2022, 8, 15), limits=LIMITS)


def test_areas_agree_with_geos_and_shares_add_up(city):
    shape = shapely.affinity.rotate(at(30, 20, 930, 610), 17.3)
    sheet = ask(city, shape)
    for line in sheet.lines[:3]:
        union = shapely.union_all(city.store.get(line.rule.layer).geometry)
        assert line.inside.area_m2 == pytest.approx(shape.intersection(union).area, abs=1e-6)
        if line.outside is not None:
            assert line.inside.ellipsoidal_area_m2 + line.outside.ellipsoidal_area_m2 == pytest.approx(
                sheet.project.ellipsoidal_area_m2, abs=1e-6
            )
    covered = sum(share.ellipsoidal_area_m2 for share in sheet.uses[1].shares) + sheet.uses[1].uncovered.ellipsoidal_area_m2
    assert covered == pytest.approx(sheet.project.ellipsoidal_area_m2, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_nearest_distance_is_that_of_a_full_search(tmp_path_factory, seed):
    random = np.random.default_rng(seed)
    spread = 10.0 ** random.uniform(1, 5)
    corners = random.uniform(-spread, spread, (random.integers(1, 30), 2))
    shapes = {f"F{row}": at(x, y, x + random.uniform(1, 50), y + random.uniform(1, 50)) for row, (x, y) in enumerate(corners)}
    data = data_of(tmp_path_factory.mktemp("store"), [layer_from_shapes("ecological_redline", shapes)])
    land = land_of_project(parcel(at(0, 0, 10, 10)), "EPSG:4549")
    expected = min(land.shape.distance(shape) for shape in shapes.values())
    found = nearest(land, data, "ecological_redline", None)
    assert found.distance_m == pytest.approx(expected, abs=1e-9)
    assert land.shape.distance(shapes[found.id]) == pytest.approx(expected, abs=1e-9)
    limited = nearest(land, data, "ecological_redline", 1_000.0)
    assert limited.distance_m == (pytest.approx(expected, abs=1e-9) if expected <= 1_000.0 else None)


def test_the_json_is_plain_complete_and_the_same_every_time(city):
    document = ask(city, at(50, 50, 250, 150)).as_json()
    assert json.loads(json.dumps(document)) == document
    assert document == ask(city, at(50, 50, 250, 150)).as_json()
    line = document["lines"][0]
    assert line["intersects"] is True
    assert line["inside"]["area_mu"] == pytest.approx(line["inside"]["ellipsoidal_area_m2"] * 15 / 10_000)
    assert line["inside"]["share"] == pytest.approx(0.375, rel=1e-6)
    assert line["sources"][0]["version"] == city.sources["permanent_basic_farmland"][0].version
    assert {item["name"] for item in document["limits"]} >= {"ignore_area_m2", "doubtful_area_m2"}


FARMLAND_LAW = {
    "en": "土地管理法 (2019) Art. 35, 37, 46; 基本农田保护条例 Art. 17",
    "zh": "《土地管理法》（2019）第35、37、46条；《基本农田保护条例》第17条",
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_paper_cites_in_its_language_and_an_older_sheet_as_it_was_stored(city, language):
    stamps = dict.fromkeys(("program", "rule_set", "made", "sheet", "hash"), "x")
    sheet = ask(city, at(50, 50, 250, 150)).as_json()
    assert sheet["lines"][0]["decisions"][0]["source"] == FARMLAND_LAW
    decided = compose(sheet, stamps, language, invented=True).tables[-3]
    assert decided.rows[0][-1] == FARMLAND_LAW[language]
    for line in [*sheet["lines"], *sheet["land_use"]]:
        for decision in line["decisions"]:
            decision["source"] = decision["source"]["en"]
    older = compose(sheet, stamps, language, invented=True).tables[-3]
    assert older.rows[0][-1] == FARMLAND_LAW["en"]
    assert [row[:-1] for row in older.rows] == [row[:-1] for row in decided.rows]


@pytest.mark.parametrize(("language", "declared"), [("en", "urban development, 0701"), ("zh", "城镇建设, 0701")])
def test_the_paper_calls_the_kind_of_project_as_people_do(city, language, declared):
    stamps = dict.fromkeys(("program", "rule_set", "made", "sheet", "hash"), "x")
    sheet = ask(city, at(50, 50, 250, 150), columns={"land_use_code": ["0701"]}, project_kind="urban").as_json()
    assert declared in [value for _, value in compose(sheet, stamps, language, invented=True).facts]


@pytest.mark.parametrize(("language", "words"), [("en", ["blocked", "needed: Move the project"]), ("zh", ["不得占用", "办理要求", "亩"])])
def test_the_text_speaks_both_languages(city, language, words):
    text = render_sheet(ask(city, at(50, 50, 250, 150)), language)
    assert all(word in text for word in words)
    assert "F1" in text
    assert city.sources["permanent_basic_farmland"][0].version[:12] in text


def test_sources_name_the_file_and_not_where_it_lay(city):
    layer = replace(full_city()[0], valid_from=TODAY, source="C:\\plans\\secret\\lines.gdb")
    record = city.store.put(layer)
    assert SheetSource.of(layer.name, record).source == "lines.gdb"


def test_every_rule_is_dated_cited_and_speaks_both_languages():
    rules = load_control_lines()
    listed = [*rules.general.values(), *(case for line in rules.lines.values() for case in line.cases.values())]
    for case in listed:
        assert case.verdict in {"block", "review", "clear"}
        assert case.reason.placeholders()[0] == case.reason.placeholders()[1], case.name
        assert all(text.placeholders()[0] == text.placeholders()[1] for text in case.needed), case.name
    assert set(rules.lines) <= set(load_layers().layers)
    assert list(rules.activities) == [str(number) for number in range(1, 11)]
