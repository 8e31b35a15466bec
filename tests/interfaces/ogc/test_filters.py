"""What a filter means: precedence, missing values, Chinese names, shapes, and what is refused."""

import json

import pytest

from lantu.interfaces.ogc.cql2_text import parse_text
from lantu.interfaces.ogc.refusals import QueryRefused

ITEMS = "/collections/present_land_use/items"


def matched(door, text, **more):
    return door.read(ITEMS, filter=text, limit=1, **more)["numberMatched"]


def test_and_binds_stronger_than_or():
    found = parse_text("a = 1 OR b = 2 AND c = 3")
    assert found["op"] == "or"
    assert found["args"][1]["op"] == "and"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("floors = 7", 1),
        ("floors < 10", 10),
        ("floors <= 10 AND NOT floors <> 10", 1),
        ("floors BETWEEN 5 AND 9", 5),
        ("floors NOT BETWEEN 5 AND 9", 395),
        ("floors IN (1, 2, 2, 999)", 2),
        ("land_use IN ('0701', '0801')", 200),
        ("land_use NOT IN ('0701', '0801')", 200),
        ("land_use LIKE '07%'", 200),
        ("land_use LIKE '_8%'", 100),
        ("land_use NOT LIKE '07%'", 200),
        ("CASEI(district_name) = CASEI('WUZHONG')", 200),
        ("CASEI(district_name) LIKE 'wu%'", 200),
        ("ACCENTI(district_name) = ACCENTI('Wúzhong')", 200),
        ("district_name = '姑苏区'", 200),
        ("容积率 IS NULL", 40),
        ("容积率 IS NOT NULL", 360),
        ('"容积率" > 3.9', 8),
        ("容积率 > 3.9 OR 容积率 <= 3.9", 360),
        ("NOT 容积率 > 3.9", 352),
        ("容积率 IN (0.01, 0.02)", 2),
        ("floors * 2 - 1 = 9 + 2 * 3 - 4 / 2", 1),
        ("floors * 2 = 9 + 3", 1),
        ("floors / 2 = 3.5", 1),
        ("-floors = -7", 1),
        ("vacant = TRUE", 200),
        ("vacant", 200),
        ("NOT vacant AND floors < 4", 2),
        ("surveyed = DATE('2025-01-03')", 1),
        ("surveyed < DATE('2025-01-03')", 2),
        ("surveyed < TIMESTAMP('2025-01-03T00:00:00Z')", 2),
        ("surveyed BETWEEN DATE('2025-01-01') AND DATE('2025-01-10')", 10),
        ("1 = 1", 400),
        ("1 = 2", 0),
        ("'a' = 'b' OR floors = 1", 1),
        ("identifier = 'P0003'", 1),
        ("identifier = 'it''s; DROP TABLE'", 0),
        ("floors >= 1e1 AND floors < .11e2", 1),
    ],
)
def test_a_filter_selects_so_many_features(door, text, count):
    assert matched(door, text) == count


def test_the_same_filter_as_json_selects_the_same(door):
    for text in ("floors < 10", "land_use IN ('0701')", "NOT 容积率 > 3.9", "floors BETWEEN 5 AND 9", "CASEI(district_name) LIKE 'wu%'"):
        as_json = json.dumps(parse_text(text))
        assert matched(door, as_json, filter_lang="cql2-json") == matched(door, text)


def corner(door):
    feature = door.read(f"{ITEMS}/P0000")
    west, south = feature["geometry"]["coordinates"][0][0][:2]
    ring = feature["geometry"]["coordinates"][0]
    return min(point[0] for point in ring), min(point[1] for point in ring), west, south


def test_shapes_select_by_place(door):
    west, south, *_ = corner(door)
    # 0.0011 degrees are about 105 m from west to east and 122 m from south to north: plots 0, 1, 2 and their rows.
    wide, high = west + 0.0011, south + 0.0011
    box = f"POLYGON(({west} {south}, {wide} {south}, {wide} {high}, {west} {high}, {west} {south}))"
    touched = matched(door, f"S_INTERSECTS(geometry, {box})")
    assert touched == 9
    assert matched(door, f"S_INTERSECTS(geometry, BBOX({west}, {south}, {wide}, {high}))") == touched
    assert matched(door, f"S_DISJOINT(geometry, {box})") == 400 - touched
    assert matched(door, f"S_WITHIN(geometry, {box})") < touched
    assert matched(door, f"S_CONTAINS({box}, geometry)") == matched(door, f"S_WITHIN(geometry, {box})")
    assert matched(door, f"S_CONTAINS(geometry, POINT({west + 0.0001} {south + 0.0001}))") == 1
    assert matched(door, f"S_OVERLAPS(geometry, {box})") == touched - matched(door, f"S_WITHIN(geometry, {box})")
    assert matched(door, f"S_CROSSES(geometry, LINESTRING({west - 1} {south + 0.0001}, {west + 0.0001} {south + 0.0001}))") == 1
    assert matched(door, f"S_TOUCHES(geometry, POINT({west - 1} {south}))") == 0
    assert matched(door, f"S_EQUALS(geometry, {box})") == 0


def test_shapes_may_come_in_the_reference_system_of_the_plan(door):
    # Northing before easting, as the register of EPSG:4549 has it.
    text = "S_INTERSECTS(geometry, POINT(3450020 500020))"
    assert matched(door, text, filter_crs="http://www.opengis.net/def/crs/EPSG/0/4549") == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "floors",
        "floors = ",
        "floors = 'seven'",
        "land_use = 7",
        "nothing = 1",
        "floors = 1 AND",
        "floors == 1",
        "sleep(5) = 1",
        "floors = 1; DROP TABLE layers",
        "T_AFTER(surveyed, DATE('2025-01-01'))",
        "surveyed = DATE('2025-02-30')",
        "S_INTERSECTS(geometry, POINT(nan nan))",
        "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))",
        "S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))",
        "S_INTERSECTS(floors, POINT(1 1))",
        "S_INTERSECTS(geometry, geometry)",
        "S_INTERSECTS(geometry, 1)",
        "floors IN ()",
        "land_use LIKE 7",
        "floors + 'a' = 1",
        "NOT " * 60 + "vacant",
        "(" * 3000 + "vacant",
        "a" * 30_000,
    ],
)
def test_what_cannot_be_understood_is_refused_with_a_way_out(door, text):
    answer = door.read(ITEMS, status=400, filter=text)
    assert answer["status"] == 400
    assert answer["detail"]
    assert answer["remedy"]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5000,
        "{}",
        "1",
        "null",
        '{"op": "=", "args": [{"property": ["a"]}, 1]}',
        '{"op": "=", "args": 3}',
        '{"op": {"a": 1}, "args": []}',
        '{"op": "and", "args": []}',
        '{"op": "between", "args": [{"property": "floors"}, 1]}',
        '{"op": "=", "args": [{"property": "floors"}, NaN]}',
        '{"op": "in", "args": [{"property": "floors"}, 4]}',
        '{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Polygon", "coordinates": "x"}]}',
        '{"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [1, 2, 3]}]}',
        '{"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": "abcd"}]}',
        '{"date": 5}',
        '{"op": "=", "args": [{"date": 5}, 1]}',
        '{"op": "=", "args": [{"timestamp": "2025-01-01T00:00:00"}, 1]}',
    ],
)
def test_json_that_is_no_filter_is_refused(door, text):
    assert door.read(ITEMS, status=400, filter=text, filter_lang="cql2-json")["status"] == 400


def test_a_text_too_long_says_so():
    with pytest.raises(QueryRefused, match="longer than"):
        parse_text("x" * 20_001)


@pytest.mark.parametrize("text", ["floors = " + "7" * 4400, "floors < -" + "7" * 4400])
def test_a_number_longer_than_any_number_is_refused(text):
    with pytest.raises(QueryRefused):
        parse_text(text)


def test_a_number_longer_than_any_number_is_refused_in_json_too(door):
    text = '{"op": "=", "args": [{"property": "floors"}, ' + "7" * 4400 + "]}"
    assert door.read(ITEMS, status=400, filter=text, filter_lang="cql2-json")["status"] == 400


def test_a_number_beyond_every_column_finds_nothing(door):
    assert door.read(ITEMS, filter="floors = " + "7" * 40)["numberMatched"] == 0
