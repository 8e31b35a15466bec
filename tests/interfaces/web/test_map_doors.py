"""The map's doors: what each person sees of plans in force, and that nobody sees more."""

import datetime as dt
import gzip
import json

import numpy as np
import pytest
import shapely

from lantu.capabilities.one_map.publishing import publish_city, publish_plan_version
from lantu.stores.records.models import MapLayer, PlanRecord, PlanVersion
from lantu.stores.records.querying import select
from lantu.vocabulary.people import Actor, Role

IN_FORCE = dt.date(2021, 1, 1)


def put_in_force(session, plan, number, layers, day):
    version = PlanVersion(plan_id=plan.id, number=number, in_force_from=day, layers=layers)
    session.add(version)
    session.flush()
    session.step(version, "in_force", lambda *_: 0.0)
    return version


@pytest.fixture(scope="module")
def office(app):
    """The ten plans of the demo city in force, and on the map."""
    office = app.state.office
    with office.records.writing(Actor.system("tests")) as session:
        for path in office.city.package_paths():
            package = office.city.package(path)
            code = package.facts.unit_code
            plan = PlanRecord(code=f"plan-{code}", name_en=code, name_zh=code, level="county", kind="master", owner_unit=code)
            session.add(plan)
            session.flush()
            layers = {name: package.versions[name] for name in ("planned_land_use", "road", "approval") if name in package.versions}
            put_in_force(session, plan, 1, layers, IN_FORCE)
    publish_city(office.city, office.records, office.folders)
    return office


@pytest.fixture(scope="module")
def people(office, client, client_as, units):
    del office
    return {
        "resident": client,
        "planner": client_as(Role.UNIT_PLANNER, units[0]),
        "neighbour": client_as(Role.UNIT_PLANNER, units[1]),
        "reviewer": client_as(Role.MUNICIPAL_REVIEWER),
    }


def layers_of(client, **asked):
    families = client.get("/api/v1/layers", params=asked).json()["families"]
    return {layer["name"]: layer for family in families for layer in family["layers"]}


def middle_tile(layer, z):
    from lantu.engines.tiling.web_mercator import tile_at  # noqa: PLC0415  # here alone

    west, south, east, north = layer["bounds"]
    return z, *tile_at(z, (west + east) / 2, (south + north) / 2)


def tile_address(layer, place):
    return layer["tiles"].format(z=place[0], x=place[1], y=place[2])


def test_the_tree_has_four_families_and_a_legend_in_the_colours_of_the_standard(people):
    tree = people["reviewer"].get("/api/v1/layers").json()
    assert [family["code"] for family in tree["families"]] == ["present", "planning", "management", "social"]
    planned = layers_of(people["reviewer"])["planned_land_use"]
    classes = {"01": "#f5f8dc", "02": "#bfe9aa", "03": "#68b167", "07": "#ffff2d", "08": "#ff6ab4", "17": "#338ec0"}
    shown = {entry["value"][:2]: entry["fill"] for entry in planned["legend"] if entry["value"][:2] in classes}
    assert shown
    assert shown == {code: classes[code] for code in shown}
    assert planned["legend_field"] == "land_use_code"


def test_residents_see_generalised_public_layers_only(people):
    seen = layers_of(people["resident"])
    assert "planned_land_use_public" in seen
    assert {layer["visibility"] for layer in seen.values()} == {"public"}
    assert all(layer["generalised"] for layer in seen.values())
    assert {field["name"] for field in seen["planned_land_use_public"]["fields"]} <= {"identifier", "land_use_code", "land_use_name"}


def test_a_planner_sees_the_own_units_layers_beside_the_public_ones(people, units):
    seen = layers_of(people["planner"])
    assert f"planned_land_use.{units[0]}" in seen
    assert f"planned_land_use.{units[1]}" not in seen
    assert "planned_land_use" not in seen
    assert "planned_land_use_public" in seen


@pytest.mark.parametrize("who", ["resident", "planner", "neighbour"])
def test_no_door_tells_a_hidden_layer_from_one_that_is_not_there(people, who):
    hidden = layers_of(people["reviewer"])["planned_land_use"]
    west, south, east, north = hidden["bounds"]
    client = people[who]

    def doors(name, version):
        z, x, y = middle_tile(hidden, 12)
        yield client.get(f"/tiles/{name}/{version}/{z}/{x}/{y}.mvt")
        yield client.get(f"/tiles/{name}/{version}/{z}/{x}/{y}.webp")
        yield client.get(f"/api/v1/layers/{name}/{version}/features")
        yield client.get(f"/api/v1/layers/{name}/difference", params={"from": version, "to": version})
        yield client.get("/api/v1/identify", params={"lon": (west + east) / 2, "lat": (south + north) / 2, "layers": name})
        for door in ("query", "statistics"):
            yield client.post(f"/api/v1/{door}", json={"layer": name})
            yield client.post(f"/api/v1/{door}", json={"layer": name, "version": version, "where": [{"field": "no_such", "op": "eq"}]})
        yield client.post("/api/v1/plates", json={"bounds": hidden["bounds"], "layers": [{"name": name, "version": version}]})

    for told, invented in zip(doors("planned_land_use", hidden["version"]), doors("no_such_layer", "0" * 16), strict=True):
        assert told.status_code == invented.status_code == 404, told.url
        first, second = told.json() if told.content else {}, invented.json() if invented.content else {}
        assert {key: value for key, value in first.items() if key != "instance"} == {
            key: value for key, value in second.items() if key != "instance"
        }


def test_search_finds_only_what_may_be_seen(people):
    unit = people["reviewer"].get("/api/v1/search", params={"q": "昆山"}).json()["places"]
    assert unit[0]["kind"] == "unit"
    for words in ("Kunshan", "kunsh", "320583"):
        assert people["resident"].get("/api/v1/search", params={"q": words}).json()["places"][0] == unit[0], words
    assert unit[0]["title"] == {"en": "Kunshan", "zh": "昆山市"}
    assert (
        unit[0]["bounds"]
        == people["reviewer"]
        .get("/api/v1/city")
        .json()["units"][[one["code"] for one in people["reviewer"].get("/api/v1/city").json()["units"]].index("320583")]["bounds"]
    )
    version = layers_of(people["reviewer"])["planned_land_use"]["version"]
    identifier = people["reviewer"].get(f"/api/v1/layers/planned_land_use/{version}/features").json()["features"][0]["id"]
    found = {who: people[who].get("/api/v1/search", params={"q": identifier}).json()["places"] for who in ("reviewer", "resident")}
    assert {place["layer"] for place in found["reviewer"]} == {"planned_land_use"}
    assert {place["layer"] for place in found["resident"]} == {"planned_land_use_public"}


def test_tiles_are_kept_for_good_and_answer_a_mark(people):
    layer = layers_of(people["resident"])["planned_land_use_public"]
    address = tile_address(layer, middle_tile(layer, 10))
    found = people["resident"].get(address)
    assert found.status_code == 200
    assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert people["resident"].get(address, headers={"if-none-match": found.headers["etag"]}).status_code == 304
    plain = people["resident"].get(address, headers={"accept-encoding": "identity"})
    assert plain.content == found.content
    inner = layers_of(people["reviewer"])["planned_land_use"]
    assert people["reviewer"].get(tile_address(inner, middle_tile(inner, 10))).headers["cache-control"].startswith("private")
    assert people["resident"].get(tile_address(layer, (10, 0, 0))).status_code == 204


# Whoever shows an authorization of any kind is led past the door of tiles, to the route behind it.
PAST_THE_DOOR = {"authorization": "Basic -"}


def by_both_ways(client, address, method="GET", **headers):
    answers = [client.request(method, address, headers={**headers, **more}) for more in ({}, PAST_THE_DOOR)]
    dated = {"date"}
    return [(answer.status_code, answer.content, {k: v for k, v in answer.headers.items() if k not in dated}) for answer in answers]


@pytest.mark.parametrize("who", ["resident", "planner", "neighbour", "reviewer"])
def test_the_door_of_tiles_answers_byte_for_byte_as_the_route_behind_it(people, units, who):
    everything = layers_of(people["reviewer"]) | layers_of(people["planner"])
    wanted = {"planned_land_use", "planned_land_use_public", f"planned_land_use.{units[0]}"}
    assert wanted <= set(everything)
    for layer in (everything[name] for name in sorted(wanted)):
        address = tile_address(layer, middle_tile(layer, 12))
        for path in (address, address.replace(".mvt", ".webp"), tile_address(layer, (10, 0, 0)), tile_address(layer, (99, 0, 0))):
            door, route = by_both_ways(people[who], path)
            assert door == route, path
        mark = f'"{layer["version"]}.{".".join(str(part) for part in middle_tile(layer, 12))}.mvt"'
        for headers in ({"if-none-match": f'W/"x", {mark}'}, {"accept-encoding": "identity"}, {"if-none-match": "*"}):
            door, route = by_both_ways(people[who], address, **headers)
            assert door == route, headers


def test_the_door_of_tiles_answers_before_the_router(app, people, monkeypatch):
    """Else the test before compares the route with itself."""
    layer = layers_of(people["reviewer"])["planned_land_use"]
    address = tile_address(layer, middle_tile(layer, 12))

    async def nothing(*_):
        message = "the router was asked"
        raise AssertionError(message)

    people["reviewer"].get(address)
    monkeypatch.setattr(app.router, "middleware_stack", nothing)
    found = people["reviewer"].head(address)
    assert (found.status_code, found.content) == (200, b"")
    assert int(found.headers["content-length"]) > 0
    assert found.headers["content-security-policy"].startswith("default-src 'self'")


def test_who_signed_out_gets_no_inner_tile_any_more(office, client_as):
    del office
    client = client_as(Role.MUNICIPAL_REVIEWER)
    layer = layers_of(client)["planned_land_use"]
    address = tile_address(layer, middle_tile(layer, 12))
    assert client.get(address).status_code == 200
    cookies = dict(client.cookies)
    assert client.post("/sign-out").status_code == 303
    client.cookies.update(cookies)
    assert client.get(address).status_code == 404


def test_the_ogc_door_gives_the_tiles_that_were_published(people):
    for who, name in (("resident", "planned_land_use_public"), ("reviewer", "planned_land_use")):
        layer = layers_of(people[who])[name]
        z, x, y = middle_tile(layer, 12)
        published = people[who].get(tile_address(layer, (z, x, y)))
        given = people[who].get(f"/ogc/collections/{name}/tiles/WebMercatorQuad/{z}/{y}/{x}")
        assert published.status_code == given.status_code == 200
        assert published.content == given.content
    assert people["resident"].get("/ogc/collections/planned_land_use/tiles/WebMercatorQuad/0/0/0").status_code == 404


def test_statistics_tie_with_the_sums_of_the_layer_store(people, office):
    asked = {"layer": "planned_land_use", "group_by": "land_use_code"}
    found = people["reviewer"].post("/api/v1/statistics", json=asked).json()
    with office.records.reading() as session:
        row = session.scalars(select(MapLayer).where(MapLayer.name == "planned_land_use")).one()
    layers = [office.city.store.get(part["layer"], part["version"]) for part in row.parts.values()]
    planar = sum(float(shapely.area(layer.geometry).sum()) for layer in layers)
    assert found["total"]["planar_area_m2"] == pytest.approx(planar, rel=1e-9)
    assert found["total"]["features"] == sum(map(len, layers)) == row.features
    assert sum(item["ellipsoidal_area_m2"] for item in found["rows"]) == pytest.approx(found["total"]["ellipsoidal_area_m2"], rel=1e-12)
    assert sum(item["share"] for item in found["rows"]) == pytest.approx(1)


def test_statistics_inside_a_polygon_are_cut_to_it(people):
    layer = layers_of(people["reviewer"])["planned_land_use"]
    west, south, east, north = layer["bounds"]
    middle = (west + east) / 2
    halves = [shapely.box(west - 1, south - 1, middle, north + 1), shapely.box(middle, south - 1, east + 1, north + 1)]
    sums = [
        people["reviewer"]
        .post("/api/v1/statistics", json={"layer": "planned_land_use", "polygon": json.loads(shapely.to_geojson(half))})
        .json()
        for half in halves
    ]
    whole = people["reviewer"].post("/api/v1/statistics", json={"layer": "planned_land_use"}).json()
    for kind in ("planar_area_m2", "ellipsoidal_area_m2"):
        assert sum(item["total"][kind] for item in sums) == pytest.approx(whole["total"][kind], rel=1e-4)


def test_statistics_of_a_unit_say_whether_areas_are_cut_to_it(people, units):
    whole = people["reviewer"].post("/api/v1/statistics", json={"layer": "planned_land_use", "unit": units[0]}).json()
    assert "whole features" in whole["definition"]["en"]
    cut = people["reviewer"].post("/api/v1/statistics", json={"layer": "sealed_permanent_basic_farmland", "unit": units[0]}).json()
    assert "inside the area asked for" in cut["definition"]["en"]


def test_numbers_are_never_cut_off_before_they_are_compared(people):
    layer = layers_of(people["reviewer"])["supply_parcel"]
    assert "supply_year" in {field["name"] for field in layer["fields"]}
    asked = {"layer": "supply_parcel", "where": [{"field": "supply_year", "op": "le", "value": 2020.5}]}
    assert people["reviewer"].post("/api/v1/query", json=asked).status_code == 422


def test_query_by_typed_attribute_and_unit(people, units):
    every = people["reviewer"].post("/api/v1/query", json={"layer": "planned_land_use", "limit": 1000}).json()
    assert every["matched"] == every["returned"] == len(every["features"])
    areas = np.array([item["properties"]["patch_area_m2"] for item in every["features"]])
    limit = float(np.median(areas))
    asked = {"layer": "planned_land_use", "where": [{"field": "patch_area_m2", "op": "gt", "value": limit}]}
    assert people["reviewer"].post("/api/v1/query", json=asked).json()["matched"] == int((areas > limit).sum())
    own = people["reviewer"].post("/api/v1/query", json={"layer": "planned_land_use", "unit": units[0], "limit": 1000}).json()
    assert own["matched"] == sum(item["properties"]["unit"] == units[0] for item in every["features"]) > 0
    wrong = {"layer": "planned_land_use", "where": [{"field": "patch_area_m2", "op": "gt", "value": "large"}]}
    assert people["reviewer"].post("/api/v1/query", json=wrong).status_code == 422


def test_identify_says_what_lies_at_a_place(people):
    found = people["reviewer"].post("/api/v1/query", json={"layer": "planned_land_use", "limit": 1}).json()["features"][0]
    point = shapely.point_on_surface(shapely.geometry.shape(found["geometry"]))
    hits = people["reviewer"].get("/api/v1/identify", params={"lon": point.x, "lat": point.y, "layers": "planned_land_use"}).json()["hits"]
    assert found["id"] in {hit["id"] for hit in hits}
    assert all(hit["ellipsoidal_area_m2"] > 0 for hit in hits)


def test_a_polygon_comes_from_pasted_coordinates_and_from_geojson(people):
    pasted = people["resident"].post("/api/v1/polygons", data={"coordinates": "120.6 31.3\n120.61 31.3\n120.61 31.31"}).json()
    ring = {"type": "Polygon", "coordinates": [[[120.6, 31.3], [120.61, 31.3], [120.61, 31.31], [120.6, 31.3]]]}
    uploaded = people["resident"].post("/api/v1/polygons", files={"file": ("place.geojson", json.dumps(ring).encode())}).json()
    first, second = (item["features"][0]["properties"]["ellipsoidal_area_m2"] for item in (pasted, uploaded))
    assert first == pytest.approx(second, rel=1e-6)
    assert people["resident"].post("/api/v1/polygons", data={"coordinates": "nowhere"}).status_code == 422


def test_staff_may_look_at_the_map_as_residents_see_it(people):
    assert layers_of(people["reviewer"], public="true") == layers_of(people["resident"])


def test_staff_who_look_as_residents_find_what_residents_find(people):
    found = people["reviewer"].post("/api/v1/query", json={"layer": "planned_land_use", "limit": 1}).json()["features"][0]
    words = found["properties"]["identifier"]

    def layers_found(who, **more):
        places = people[who].get("/api/v1/search", params={"q": words, **more}).json()["places"]
        return [(place["layer"], place["id"]) for place in places]

    assert ("planned_land_use", found["id"]) in layers_found("reviewer")
    assert layers_found("reviewer", public="true") == layers_found("resident")
    asked = people["reviewer"].get("/api/v1/city", params={"public": "true"}).json()
    assert asked["outline"].endswith("?public=true")
    assert people["reviewer"].get(asked["outline"]).content == people["resident"].get("/api/v1/city/outline").content


def test_a_plate_is_drawn_with_everything_it_must_carry(people):
    layer = layers_of(people["resident"])["planned_land_use_public"]
    asked = {"title": "规划图", "bounds": layer["bounds"], "layers": [{"name": layer["name"], "version": layer["version"]}]}
    assert people["resident"].post("/api/v1/plates", json=asked).content.startswith(b"%PDF")
    assert people["resident"].post("/api/v1/plates", json={**asked, "format": "png", "language": "en"}).content.startswith(b"\x89PNG")


def test_publishing_again_changes_nothing(office):
    with office.records.reading() as session:
        before = {row.id: row.revision for row in session.scalars(select(MapLayer)).all()}
    assert publish_city(office.city, office.records, office.folders) == []
    with office.records.reading() as session:
        assert {row.id: row.revision for row in session.scalars(select(MapLayer)).all()} == before


def test_a_new_plan_version_changes_the_map_from_its_day_and_only_its_tiles(office, people, units):
    store = office.city.store
    with office.records.writing(Actor.system("tests")) as session:
        plan = session.scalars(select(PlanRecord).where(PlanRecord.owner_unit == units[0])).one()
        first = session.scalars(select(PlanVersion).where(PlanVersion.plan_id == plan.id)).one()
        name = f"{units[0]}.planned_land_use"
        layer = store.get(name, first.layers["planned_land_use"])
        changed = store.put(layer.take(np.arange(len(layer) - 1)))
        day = office.city.today
        put_in_force(session, plan, 2, {**first.layers, "planned_land_use": changed.version}, day)
        first.in_force_until = day - dt.timedelta(days=1)
    old = layers_of(people["reviewer"])["planned_land_use"]
    made = publish_plan_version(office.city, office.records, office.folders, units[0])
    assert "planned_land_use" in made
    assert f"planned_land_use.{units[0]}" in made
    assert not any(item.endswith(units[1]) for item in made)
    new = layers_of(people["reviewer"])["planned_land_use"]
    assert (new["features"], new["valid_from"]) == (old["features"] - 1, day.isoformat())
    earlier = layers_of(people["reviewer"], as_of=(day - dt.timedelta(days=1)).isoformat())["planned_land_use"]
    assert earlier["version"] == old["version"]
    difference = (
        people["reviewer"].get("/api/v1/layers/planned_land_use/difference", params={"from": old["version"], "to": new["version"]}).json()
    )
    assert (difference["summary"]["removed"], difference["summary"]["added"]) == (1, 0)
    whole = office.folders.tiles / f"planned_land_use-{new['version']}.pmtiles"
    stepwise = whole.read_bytes()
    _assert_made_anew_alike(office, new, whole, stepwise)


def _assert_made_anew_alike(office, layer, path, stepwise):
    """What was pieced together from the archive before is, tile for tile, what is made from nothing."""
    from lantu.capabilities.one_map.publishing import PUBLIC_SUFFIX  # noqa: PLC0415  # here alone
    from lantu.capabilities.one_map.tile_building import LayerPart, TileOrder, build_tiles  # noqa: PLC0415  # here alone
    from lantu.stores.tiles import TileArchive  # noqa: PLC0415  # here alone

    assert not layer["name"].endswith(PUBLIC_SUFFIX)
    with office.records.reading() as session:
        row = session.scalars(select(MapLayer).where(MapLayer.name == layer["name"], MapLayer.version == layer["version"])).one()
    numbers = {code: number for number, code in enumerate(sorted(office.city.profile.units), start=1)}
    parts = tuple(LayerPart(owner, part["layer"], part["version"], numbers[owner]) for owner, part in sorted(row.parts.items()))
    fields = ("identifier", "land_use_code", "land_use_name")
    assert row.maxzoom == 14, "with so few parcels in a tile none finer is worth its making"
    order = TileOrder(row.name, row.version, parts, fields, "land_use_code", row.style["legend"], office.city.profile.extent, row.maxzoom)
    path.unlink()
    build_tiles(office.city.store, office.folders.tiles, order)
    fresh = {place: gzip.decompress(content) for place, content in TileArchive(path).tiles()}
    path.write_bytes(stepwise)
    pieced = {place: gzip.decompress(content) for place, content in TileArchive(path).tiles()}
    assert pieced == fresh


def test_killed_before_the_end_the_version_before_stays_in_force(office, people, units, monkeypatch):
    from lantu.capabilities.one_map import publishing  # noqa: PLC0415  # to break it

    before = layers_of(people["reviewer"])["road"]
    with office.records.writing(Actor.system("tests")) as session:
        plan = session.scalars(select(PlanRecord).where(PlanRecord.owner_unit == units[1])).one()
        first = session.scalars(select(PlanVersion).where(PlanVersion.plan_id == plan.id)).one()
        store = office.city.store
        layer = store.get(f"{units[1]}.road", first.layers["road"])
        layers = {**first.layers, "road": store.put(layer.take(np.arange(len(layer) - 1))).version}
        put_in_force(session, plan, 2, layers, office.city.today)
        first.in_force_until = office.city.today - dt.timedelta(days=1)

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "build_tiles", killed)
        with pytest.raises(KeyboardInterrupt):
            publish_plan_version(office.city, office.records, office.folders, units[1])
    assert layers_of(people["reviewer"])["road"] == before
    publish_plan_version(office.city, office.records, office.folders, units[1])
    assert layers_of(people["reviewer"])["road"]["features"] == before["features"] - 1
