"""Paging by key, ids, order, owners, and what a stranger must not learn."""

import datetime as dt
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from lantu.interfaces.ogc.documents import Links, queryables
from lantu.interfaces.ogc.reading import Reader, Wanted
from lantu.vocabulary.layer_definitions import load_layers


def pages(door, address):
    while address:
        document = door.client.get(address).json()
        yield document
        onward = [item["href"] for item in document["links"] if item["rel"] == "next"]
        address = onward[0].removeprefix("http://testserver") if onward else None


def test_pages_sorted_by_id_run_through_all_ids_in_order(door):
    for order, expected in (("id", range(400)), ("-id", range(399, -1, -1))):
        seen = [
            item["id"]
            for page in pages(door, f"/ogc/collections/present_land_use/items?limit=33&sortby={order}")
            for item in page["features"]
        ]
        assert seen == [f"P{number:04d}" for number in expected]


def test_features_of_several_owners_keep_ids_of_their_own(door):
    ids = door.ids("planning_unit", limit=100)
    assert len(ids) == len(set(ids)) == 12
    assert "320505.P0003" in ids
    assert "320506.P0003" in ids
    assert door.read("/collections/planning_unit/items/320506.P0003")["properties"]["note"] == "x"
    assert door.read("/collections/planning_unit/items/320505.P0003")["properties"]["note"] is None
    assert door.ids("planning_unit", filter="note = 'x'", limit=1) == ["320506.P0003"]


def test_several_features_are_read_by_their_ids(door):
    assert door.ids("present_land_use", ids="P0007,P0003,nothing", sortby="id") == ["P0003", "P0007"]
    # A row number names only features that have no identifier of their own.
    assert door.ids("present_land_use", ids="7") == []


def test_a_page_that_is_read_on_stays_in_its_edition(door):
    first = door.read("/collections/planning_unit/items", datetime="2024-06-30", limit=2)
    onward = next(item["href"] for item in first["links"] if item["rel"] == "next")
    rest = door.client.get(onward.removeprefix("http://testserver")).json()
    assert (first["numberMatched"], rest["numberMatched"], rest["numberReturned"]) == (3, 3, 1)


def test_what_may_not_be_seen_is_answered_like_what_is_not_there(door):
    for suffix in ("", "/items", "/items/P0001", "/queryables", "/tiles", "/tiles/WebMercatorQuad", "/tiles/WebMercatorQuad/0/0/0"):
        hidden = door.client.get(f"/ogc/collections/ecological_redline{suffix}")
        absent = door.client.get(f"/ogc/collections/no_such_layer{suffix}")
        assert (hidden.status_code, hidden.content) == (404, absent.content)
    for path in ("/", "/api", "/collections"):
        assert "redline" not in door.ask(path).text
    inside = door.client.get("/ogc/collections/ecological_redline/items", headers={"x-inside": "1"}).json()
    assert inside["numberMatched"] == 7


def test_a_key_of_an_edition_that_may_not_be_seen_opens_nothing(door):
    problem = door.read("/collections/present_land_use/items", status=400, after="d" * 64 + ".1")
    assert problem["status"] == 400


def test_boxes_that_nobody_asks_for_again_are_forgotten(all_collections):
    reader = Reader()
    (edition,) = all_collections["present_land_use"].editions
    west, south, east, north = edition.bounds

    def ask(number):
        step = number / 10_000 * (east - west)
        return reader.page(edition, Wanted(box=(west + step, south, east, north)), limit=5)

    first = ask(0)
    kept = []
    for number in range(1, 1_041):
        ask(number)
        if number % 520 == 0:
            kept.append(reader.kept_bytes)
    assert kept[1] <= kept[0] * 1.01
    assert ask(0).ids == first.ids


def test_titles_are_in_the_language_asked_for(door):
    assert door.read("/collections/present_land_use", language="zh")["title"] == "现状用地"
    assert door.read("/collections/present_land_use")["title"] == "Present land use"


def test_chinese_properties_and_values_pass_unharmed(door):
    document = door.read("/collections/present_land_use/items", filter="district_name = '姑苏区' AND 容积率 = 1.5")
    (feature,) = document["features"]
    assert feature["properties"]["容积率"] == 1.5
    assert json.dumps(feature["properties"]["surveyed"]) == '"2025-05-31"'


def test_twenty_people_at_once_wait_for_one_transformer_not_for_twenty(door):
    def ask(number):
        return door.client.get(f"/ogc/collections/present_land_use/items?limit=5&sortby=id&after={'a' * 64}.{number * 5}").json()[
            "features"
        ][0]["id"]

    def moving():
        return {thread.ident for thread in threading.enumerate() if thread.name.startswith("lantu-moving")}

    before = moving()  # those of other applications that this process has opened
    with ThreadPoolExecutor(20) as people:
        assert list(people.map(ask, range(20))) == [f"P{number * 5 + 1:04d}" for number in range(20)]
    assert len(moving() - before) <= 1


@pytest.mark.parametrize(("today", "version"), [("2025-12-31", "b"), ("2026-01-01", "c"), ("2019-12-31", None)])
def test_without_a_day_the_edition_of_the_citys_today_is_meant(all_collections, today, version):
    collection = replace(all_collections["planning_unit"], today=dt.date.fromisoformat(today))
    edition = collection.edition(None)
    assert (edition.version[0] if edition else None) == version


@pytest.mark.parametrize("name", ["present_land_use_public", "present_land_use.320505", "present_land_use"])
def test_columns_of_a_copy_have_the_names_of_the_layer_it_is_of(all_collections, name):
    collection = replace(all_collections["present_land_use"], name=name)
    told = queryables(collection, Links("http://testserver/ogc", "zh"))["properties"]
    assert told["district_name"]["title"] == load_layers().layers["present_land_use"].fields["district_name"].label
