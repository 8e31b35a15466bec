"""The abstract tests of OGC 17-069r4 (Features, Core), 18-058r1 (CRS), 19-079r2 (Filtering) and 20-057 (Tiles), by their identifiers.

OGC's own executable suites could not be had from the package registries (see the decision on the OGC door), so each abstract test is
walked here by its identifier; `test_every_abstract_test_is_walked` holds the list against what is written.
"""

import datetime as dt
import json

import jsonschema
import pytest
import shapely

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
NAMES = ("present_land_use", "planning_unit")
ITEMS = "/collections/present_land_use/items"
WALKED: dict[str, list[str]] = {}

CORE = [
    "http",
    "root-op",
    "root-success",
    "api-definition-op",
    "api-definition-success",
    "conformance-op",
    "conformance-success",
    "fc-md-op",
    "fc-md-success",
    "fc-md-links",
    "fc-md-items",
    "fc-md-items-links",
    "fc-md-extent",
    "fc-md-extent-multi",
    "sfc-md-op",
    "sfc-md-success",
    "crs84",
    "fc-op",
    "fc-bbox-definition",
    "fc-bbox-response",
    "fc-limit-definition",
    "fc-limit-response",
    "fc-time-definition",
    "fc-time-response",
    "fc-response",
    "fc-links",
    "fc-timeStamp",
    "fc-numberMatched",
    "fc-numberReturned",
    "f-op",
    "f-success",
    "f-links",
    "query-param-unknown",
    "query-param-invalid",
]
OTHERS = [
    "geojson/definition",
    "geojson/content",
    "html/definition",
    "html/content",
    "oas30/oas-impl",
    "oas30/definition-1",
    "oas30/definition-2",
    "oas30/completeness",
    "oas30/exception-codes",
    "oas30/security",
    "crs/crs-uri",
    "crs/default-crs",
    "crs/storageCrs",
    "crs/crs-parameter",
    "crs/crs-parameter-default",
    "crs/crs-parameter-invalid",
    "crs/crs-parameter-transform",
    "crs/crs-transform",
    "crs/bbox-crs-parameter",
    "crs/bbox-crs-parameter-default",
    "crs/bbox-crs-parameter-invalid",
    "queryables/queryables-link",
    "queryables/get-queryables-op",
    "queryables/get-queryables-response",
    "queryables/expression-construction",
    "queryables-query-parameters/parameters",
    "filter/filter-param",
    "filter/filter-lang-param",
    "filter/filter-crs-wgs84",
    "filter/filter-crs-param",
    "filter/mixing-expressions",
    "filter/expression-construction",
    "filter/response",
    "features-filter/response",
    "tiles/core/tc-op",
    "tiles/core/tc-success",
    "tiles/core/tc-error",
    "tiles/tileset/tileset-success",
    "tiles/tilesets-list/tsl-op",
    "tiles/tilesets-list/tsl-success",
    "tiles/geodata-tilesets/desc-tileset",
    "tiles/mvt/content",
    "tms/json-tilematrixset",
]


def abstract_test(*identifiers):
    def keep(function):
        for identifier in identifiers:
            WALKED.setdefault(identifier, []).append(function.__name__)
        return function

    return keep


def link(document, rel, kind=""):
    return next(item for item in document["links"] if item["rel"] == rel and kind in item.get("type", ""))


def follow(door, address):
    return door.client.get(address.removeprefix("http://testserver"))


def test_every_abstract_test_is_walked():
    assert set(WALKED) == {f"core/{name}" for name in CORE} | set(OTHERS)


@abstract_test("core/http")
def test_answers_come_over_http_with_their_media_type(door):
    answer = door.ask("/")
    assert answer.http_version == "HTTP/1.1"
    assert answer.headers["content-type"] == "application/json"
    assert door.client.head("/ogc/").status_code == 200
    assert door.client.post("/ogc/").status_code == 405


@abstract_test("core/root-op", "core/root-success")
def test_the_landing_page_links_to_everything(door):
    document = door.read("/")
    assert {"service-desc", "service-doc", "conformance", "data", "self", "alternate"} <= {item["rel"] for item in document["links"]}
    for item in document["links"]:
        assert follow(door, item["href"]).status_code == 200, item


@abstract_test("core/api-definition-op", "core/api-definition-success")
def test_the_definition_is_reached_from_the_landing_page(door):
    answer = follow(door, link(door.read("/"), "service-desc")["href"])
    assert answer.headers["content-type"].startswith("application/vnd.oai.openapi+json;version=3.0")
    assert answer.json()["openapi"].startswith("3.0.")
    assert "text/html" in follow(door, link(door.read("/"), "service-doc")["href"]).headers["content-type"]


@abstract_test("core/conformance-op", "core/conformance-success")
def test_conformance_names_the_classes(door):
    classes = door.read("/conformance")["conformsTo"]
    for name in ("1/1.0/conf/core", "1/1.0/conf/oas30", "1/1.0/conf/geojson", "1/1.0/conf/html", "2/1.0/conf/crs", "3/1.0/conf/filter"):
        assert f"http://www.opengis.net/spec/ogcapi-features-{name}" in classes
    assert len(classes) == len(set(classes))


@abstract_test("core/fc-md-op", "core/fc-md-success", "core/fc-md-links", "core/fc-md-items")
def test_collections_are_listed_with_links_to_themselves(door):
    document = door.read("/collections")
    assert [item["id"] for item in document["collections"]] == list(NAMES)
    assert {"self", "alternate"} <= {item["rel"] for item in document["links"]}


@abstract_test("core/fc-md-items-links")
def test_every_collection_links_to_its_features_in_every_form(door):
    for collection in door.read("/collections")["collections"]:
        kinds = {item["type"] for item in collection["links"] if item["rel"] == "items"}
        assert kinds == {"application/geo+json", "text/html"}
        for item in collection["links"]:
            assert follow(door, item["href"]).status_code == 200, item


@abstract_test("core/fc-md-extent", "core/fc-md-extent-multi", "core/crs84")
def test_extents_hold_every_feature(door):
    for collection in door.read("/collections")["collections"]:
        spatial = collection["extent"]["spatial"]
        assert spatial["crs"] == CRS84
        assert len(spatial["bbox"]) == 1
        west, south, east, north = spatial["bbox"][0]
        features = door.read(f"/collections/{collection['id']}/items", limit=1000)["features"]
        bounds = shapely.total_bounds(shapely.from_geojson([json.dumps(item["geometry"]) for item in features]))
        assert west <= bounds[0] + 1e-8
        assert south <= bounds[1] + 1e-8
        assert east >= bounds[2] - 1e-8
        assert north >= bounds[3] - 1e-8
        assert 119 < west < east < 122
        begin, end = collection["extent"]["temporal"]["interval"][0]
        assert begin.endswith("Z")
        assert end is None


@abstract_test("core/sfc-md-op", "core/sfc-md-success")
def test_a_collection_says_the_same_alone_as_in_the_list(door):
    for collection in door.read("/collections")["collections"]:
        alone = door.read(f"/collections/{collection['id']}")
        assert {key: value for key, value in alone.items() if key != "links"} == {
            key: value for key, value in collection.items() if key != "links"
        }
        assert link(alone, "self")["type"] == "application/json"


@abstract_test("core/fc-op", "core/fc-response", "core/fc-links", "core/fc-timeStamp")
def test_features_come_with_links_and_a_time(door):
    document = door.read(ITEMS)
    assert document["type"] == "FeatureCollection"
    assert {"self", "alternate", "next", "collection"} == {item["rel"] for item in document["links"]}
    assert all("type" in item for item in document["links"])
    moment = dt.datetime.fromisoformat(document["timeStamp"])
    assert abs(dt.datetime.now(dt.UTC) - moment) < dt.timedelta(minutes=1)


@abstract_test("core/fc-numberMatched", "core/fc-numberReturned")
def test_the_numbers_are_those_of_all_pages_together(door):
    seen, address = [], f"/ogc{ITEMS}?limit=37&filter=floors<120"
    while address:
        document = door.client.get(address).json()
        assert document["numberMatched"] == 120
        assert document["numberReturned"] == len(document["features"])
        seen += [item["id"] for item in document["features"]]
        onward = [item["href"] for item in document["links"] if item["rel"] == "next"]
        address = onward[0].removeprefix("http://testserver") if onward else None
    assert len(seen) == len(set(seen)) == 120


def parameters_of(door, path=ITEMS):
    definition = door.read("/api")
    found = {}
    for item in definition["paths"][path]["get"]["parameters"]:
        resolved = definition["components"]["parameters"][item["$ref"].rsplit("/", 1)[1]] if "$ref" in item else item
        found[resolved["name"]] = resolved
    return found


@abstract_test("core/fc-bbox-definition", "core/fc-limit-definition", "core/fc-time-definition")
def test_the_parameters_are_declared_as_the_standard_has_them(door):
    for path in (ITEMS, "/collections/planning_unit/items"):
        declared = parameters_of(door, path)
        bbox = declared["bbox"]
        assert (bbox["in"], bbox["required"], bbox["style"], bbox["explode"]) == ("query", False, "form", False)
        assert bbox["schema"]["oneOf"] == [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}]
        assert bbox["schema"]["items"] == {"type": "number"}
        limit = declared["limit"]
        assert (limit["schema"]["type"], limit["schema"]["minimum"], limit["schema"]["maximum"]) == ("integer", 1, 10_000)
        assert limit["explode"] is False
        assert declared["datetime"]["schema"] == {"type": "string"}


def bbox_of(door, identifier):
    geometry = shapely.from_geojson(json.dumps(door.read(f"{ITEMS}/{identifier}")["geometry"]))
    return shapely.bounds(geometry).tolist()


@abstract_test("core/fc-bbox-response")
def test_a_box_selects_what_touches_it(door):
    west, south, east, north = bbox_of(door, "P0021")
    inner = [west + 1e-5, south + 1e-5, east - 1e-5, north - 1e-5]
    assert door.ids("present_land_use", bbox=",".join(map(str, inner))) == ["P0021"]
    with_heights = [*inner[:2], 0, *inner[2:], 100]
    assert door.ids("present_land_use", bbox=",".join(map(str, with_heights))) == ["P0021"]
    everything = door.read(ITEMS, bbox="-180,-90,180,90")
    assert everything["numberMatched"] == 400
    assert door.read(ITEMS, bbox="0,0,1,1")["numberMatched"] == 0
    # Over the antimeridian, away from here and round to here.
    assert door.read(ITEMS, bbox="170,-90,-170,90")["numberMatched"] == 0
    assert door.read(ITEMS, bbox="100,-90,-170,90")["numberMatched"] == 400


def test_a_box_agrees_with_looking_at_every_feature(door):
    features = door.read(ITEMS, limit=1000)["features"]
    shapes = shapely.from_geojson([json.dumps(item["geometry"]) for item in features])
    west, south, east, north = shapely.total_bounds(shapes)
    for share in (0.2, 0.5, 0.9):
        box = shapely.box(west + (east - west) * share / 3, south, west + (east - west) * share, south + (north - south) * share)
        expected = {item["id"] for item, touched in zip(features, shapely.intersects(box, shapes), strict=True) if touched}
        text = ",".join(str(side) for side in shapely.bounds(box).tolist())
        assert set(door.ids("present_land_use", bbox=text, limit=1000)) == expected


@abstract_test("core/fc-limit-response")
def test_the_limit_is_kept_to(door):
    for limit in (1, 7, 400):
        document = door.read(ITEMS, limit=limit)
        assert document["numberReturned"] == limit
    assert door.read(ITEMS, limit=999_999)["numberReturned"] == 400
    assert door.read(ITEMS)["numberReturned"] == 100


@abstract_test("core/fc-time-response")
def test_a_time_selects_the_edition_in_force(door):
    units = "/collections/planning_unit/items"
    assert door.read(units)["numberMatched"] == 12
    assert door.read(units, datetime="2024-06-30")["numberMatched"] == 3
    assert door.read(units, datetime="2024-06-30T12:00:00Z")["numberMatched"] == 3
    assert door.read(units, datetime="2019-12-31")["numberMatched"] == 0
    assert door.read(units, datetime="../2025-12-31")["numberMatched"] == 3
    assert door.read(units, datetime="2025-12-31/..")["numberMatched"] == 12
    assert door.read(units, datetime="/2019-01-01")["numberMatched"] == 0
    assert door.read(units, datetime="2019-01-01/2020-01-01")["features"][0]["time"]["interval"] == ["2020-01-01", "2025-12-31"]


@abstract_test("core/f-op", "core/f-success", "core/f-links")
def test_every_feature_of_a_page_can_be_read_alone(door):
    for name in NAMES:
        for feature in door.read(f"/collections/{name}/items", limit=20)["features"]:
            alone = door.read(f"/collections/{name}/items/{feature['id']}")
            assert {key: alone[key] for key in feature} == feature
            assert {"self", "alternate", "collection"} == {item["rel"] for item in alone["links"]}
    assert door.read(f"{ITEMS}/nothing", status=404)["status"] == 404


@abstract_test("core/query-param-unknown")
@pytest.mark.parametrize("path", ["/", "/conformance", "/api", "/collections", "/collections/planning_unit", ITEMS, f"{ITEMS}/P0001"])
def test_an_unknown_parameter_is_refused(door, path):
    assert door.read(path, status=400, nosuchparameter="1")["status"] == 400


@abstract_test("core/query-param-invalid")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("bbox", value) for value in ("1", "1,2,3", "1,2,3,x", "1,2,3,4,5", "nan,0,1,1", "0,1,1,0", "", "0,0,inf,1")],
        *[("limit", value) for value in ("0", "-1", "x", "1.5", "", "1e3", "²", "9" * 50)],
        *[
            ("datetime", value)
            for value in ("x", "2025-13-01", "2025-1-1", "2025-01-01/2024-01-01", "/", "a/b/c", "2025-01-01T00:00:00", "")
        ],
        ("datetime", "../../.."),
        ("bbox-crs", "http://example.org/crs"),
        ("crs", EPSG + "9999"),
        ("filter-lang", "sql"),
        ("after", "x"),
        ("after", "c" * 64 + ".-1"),
        ("sortby", "floors"),
        ("f", "xml"),
        ("floors", "many"),
        ("vacant", "yes"),
    ],
)
def test_an_invalid_value_is_refused(door, name, value):
    problem = door.read(ITEMS, status=400, **{name: value})
    assert problem["detail"]


@abstract_test("geojson/definition", "geojson/content")
def test_features_are_geojson(door):
    answer = door.ask(ITEMS)
    assert answer.headers["content-type"] == "application/geo+json"
    for feature in answer.json()["features"]:
        assert feature["type"] == "Feature"
        ring = feature["geometry"]["coordinates"][0]
        assert ring[0] == ring[-1]
        assert shapely.is_ccw(shapely.linearrings(ring)), "RFC 7946 wants outer rings to turn left"
        assert "NaN" not in json.dumps(feature["properties"])


@abstract_test("html/definition", "html/content")
def test_every_document_is_a_page_too(door):
    for path in ("/", "/conformance", "/api", "/collections", "/collections/planning_unit", ITEMS, f"{ITEMS}/P0001"):
        assert door.ask(path, f="html").headers["content-type"].startswith("text/html")
        answer = door.client.get("/ogc" + path, headers={"Accept": "text/html,application/json;q=0.1"})
        assert answer.headers["content-type"].startswith("text/html")
        plain = door.client.get("/ogc" + path, headers={"Accept": "text/html;q=0.1,*/*;q=0.2"})
        assert "json" in plain.headers["content-type"]
        assert door.client.get("/ogc" + path, headers={"Accept": "image/png"}).status_code == 406


@abstract_test(
    "oas30/oas-impl", "oas30/definition-1", "oas30/definition-2", "oas30/completeness", "oas30/exception-codes", "oas30/security"
)
def test_the_definition_names_every_address_and_every_refusal(door):
    definition = door.read("/api")
    assert {"openapi", "info", "servers", "paths", "components"} <= definition.keys()
    names = [operation["get"]["operationId"] for operation in definition["paths"].values()]
    assert len(names) == len(set(names))
    for path, operation in definition["paths"].items():
        assert {"200", "400", "500"} <= operation["get"]["responses"].keys(), path
        if "{" not in path:
            assert door.client.get("/ogc" + path).status_code == 200, path
    for name in NAMES:
        for suffix in ("", "/items", "/items/{featureId}", "/queryables"):
            assert f"/collections/{name}{suffix}" in definition["paths"]
    assert "token" in definition["components"]["securitySchemes"]


@abstract_test("crs/crs-uri", "crs/default-crs", "crs/storageCrs")
def test_reference_systems_are_named_by_uri(door):
    for collection in door.read("/collections")["collections"]:
        assert collection["crs"][0] == CRS84
        assert {EPSG + code for code in ("4490", "4549", "4528")} <= set(collection["crs"])
        assert collection["storageCrs"] == EPSG + "4549"


@abstract_test("crs/crs-parameter", "crs/crs-parameter-default", "crs/crs-parameter-transform", "crs/crs-transform")
def test_coordinates_come_in_the_order_of_the_register(door):
    default = door.ask(f"{ITEMS}/P0000")
    assert default.headers["content-crs"] == f"<{CRS84}>"
    west, south = bbox_of(door, "P0000")[:2]

    def corner(code):
        answer = door.ask(f"{ITEMS}/P0000", crs=EPSG + code)
        assert answer.headers["content-crs"] == f"<{EPSG}{code}>"
        return shapely.bounds(shapely.from_geojson(json.dumps(answer.json()["geometry"]))).tolist()[:2]

    assert corner("4490") == pytest.approx([south, west], abs=1e-9)
    assert corner("4549") == [3_450_000.0, 500_000.0]
    northing, easting = corner("4528")
    assert northing == pytest.approx(3_450_000.0, abs=1e-3)
    assert easting == pytest.approx(40_500_000.0, abs=1e-3)
    page = door.ask(ITEMS, crs=EPSG + "4549", limit=1)
    assert page.headers["content-crs"] == f"<{EPSG}4549>"


@abstract_test("crs/crs-parameter-invalid", "crs/bbox-crs-parameter-invalid")
def test_a_reference_system_that_is_not_offered_is_refused(door):
    for name in ("crs", "bbox-crs", "filter-crs"):
        assert door.read(ITEMS, status=400, **{name: EPSG + "27700"})["detail"]
    assert door.read(f"{ITEMS}/P0000", status=400, crs=EPSG + "27700")["detail"]


@abstract_test("crs/bbox-crs-parameter", "crs/bbox-crs-parameter-default")
def test_a_box_may_come_in_any_offered_reference_system(door):
    west, south, east, north = bbox_of(door, "P0021")
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    degrees = f"{middle_x},{middle_y},{middle_x},{middle_y}"
    assert door.ids("present_land_use", bbox=degrees) == ["P0021"]
    assert door.ids("present_land_use", bbox=degrees, bbox_crs=CRS84) == ["P0021"]
    swapped = f"{middle_y},{middle_x},{middle_y},{middle_x}"
    assert door.ids("present_land_use", bbox=swapped, bbox_crs=EPSG + "4490") == ["P0021"]
    assert door.ids("present_land_use", bbox="3450055,500055,3450060,500060", bbox_crs=EPSG + "4549") == ["P0021"]
    assert door.ids("present_land_use", bbox="3450055,40500055,3450060,40500060", bbox_crs=EPSG + "4528") == ["P0021"]


@abstract_test("queryables/queryables-link", "queryables/get-queryables-op", "queryables/get-queryables-response")
def test_queryables_are_a_schema_of_what_a_filter_may_name(door):
    address = link(door.read("/collections/present_land_use"), "http://www.opengis.net/def/rel/ogc/1.0/queryables")["href"]
    answer = follow(door, address)
    assert answer.headers["content-type"] == "application/schema+json"
    document = answer.json()
    jsonschema.Draft202012Validator.check_schema(document)
    assert document["properties"]["floors"]["type"] == "integer"
    assert document["properties"]["容积率"]["type"] == "number"
    assert document["properties"]["surveyed"]["format"] == "date"
    assert document["properties"]["geometry"]["format"] == "geometry-polygon-or-multipolygon"
    assert document["additionalProperties"] is False


@abstract_test("queryables/expression-construction", "filter/expression-construction")
def test_a_filter_names_queryables_and_nothing_else(door):
    assert door.read(ITEMS, filter="floors < 3", limit=1)["numberMatched"] == 3
    assert door.read(ITEMS, status=400, filter="feature_hash > 3")["status"] == 400
    assert door.read(ITEMS, status=400, filter="bbox > 3")["status"] == 400


@abstract_test("queryables-query-parameters/parameters")
def test_properties_are_parameters(door):
    assert door.client.get("/ogc" + ITEMS, params={"land_use": "0701", "limit": 1}).json()["numberMatched"] == 100
    assert door.read(ITEMS, floors="7")["numberMatched"] == 1
    assert door.read(ITEMS, vacant="true")["numberMatched"] == 200
    assert door.read(ITEMS, 容积率="0.07")["numberMatched"] == 1
    assert "floors" in parameters_of(door)


@abstract_test("filter/filter-param", "filter/response", "features-filter/response", "filter/filter-lang-param")
def test_a_filter_is_read_in_both_languages(door):
    for text, language in (("floors < 3", None), ("floors < 3", "cql2-text"), ('{"op":"<","args":[{"property":"floors"},3]}', "cql2-json")):
        more = {"filter_lang": language} if language else {}
        assert sorted(door.ids("present_land_use", filter=text, **more)) == ["P0000", "P0001", "P0002"]
    assert parameters_of(door)["filter-lang"]["schema"]["enum"] == ["cql2-text", "cql2-json"]


@abstract_test("filter/filter-crs-wgs84", "filter/filter-crs-param")
def test_shapes_of_a_filter_are_degrees_unless_it_says_otherwise(door):
    west, south, east, north = bbox_of(door, "P0021")
    point = f"{(west + east) / 2} {(south + north) / 2}"
    assert door.ids("present_land_use", filter=f"S_INTERSECTS(geometry, POINT({point}))") == ["P0021"]
    swapped = " ".join(reversed(point.split()))
    text = f"S_INTERSECTS(geometry, POINT({swapped}))"
    assert door.ids("present_land_use", filter=text, filter_crs=EPSG + "4490") == ["P0021"]


@abstract_test("filter/mixing-expressions")
def test_conditions_of_all_parameters_hold_together(door):
    west, south, east, north = door.read("/collections/present_land_use")["extent"]["spatial"]["bbox"][0]
    southern = f"{west},{south},{east},{(south + north) / 2}"
    alone = set(door.ids("present_land_use", bbox=southern, limit=1000))
    both = door.ids("present_land_use", bbox=southern, filter="floors < 150", vacant="true", limit=1000)
    assert set(both) == alone & {f"P{number:04d}" for number in range(0, 150, 2)}


@abstract_test("tiles/core/tc-op", "tiles/core/tc-success", "tiles/mvt/content")
def test_a_tile_is_reached_through_its_template(door):
    tileset = door.read("/collections/present_land_use/tiles/WebMercatorQuad")
    template = link(tileset, "item")
    assert template["templated"] is True
    assert template["type"] == "application/vnd.mapbox-vector-tile"
    address = template["href"].format(tileMatrix=10, tileRow=419, tileCol=853)
    answer = follow(door, address)
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert answer.content == b"\x1a\x02tile"
    assert follow(door, template["href"].format(tileMatrix=10, tileRow=0, tileCol=0)).status_code == 204


@abstract_test("tiles/core/tc-error")
@pytest.mark.parametrize("place", ["25/0/0", "3/8/0", "3/0/8", "-1/0/0", "x/0/0", "1/1/1e0", "²/0/0"])
def test_a_tile_outside_the_matrix_is_not_there(door, place):
    door.ask(f"/collections/present_land_use/tiles/WebMercatorQuad/{place}", status=404)


@abstract_test("tiles/tileset/tileset-success", "tiles/geodata-tilesets/desc-tileset")
def test_a_tile_set_says_what_it_holds(door):
    document = door.read("/collections/present_land_use/tiles/WebMercatorQuad")
    assert document["dataType"] == "vector"
    assert document["crs"] == EPSG + "3857"
    assert document["tileMatrixSetURI"] == "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
    assert document["layers"][0]["id"] == "present_land_use"
    assert (document["layers"][0]["minTileMatrix"], document["layers"][0]["maxTileMatrix"]) == ("8", "16")
    door.ask("/collections/present_land_use/tiles/Other", status=404)
    door.ask("/collections/planning_unit/tiles", status=404)


@abstract_test("tiles/tilesets-list/tsl-op", "tiles/tilesets-list/tsl-success")
def test_tile_sets_are_listed(door):
    address = link(door.read("/collections/present_land_use"), "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector")["href"]
    (entry,) = follow(door, address).json()["tilesets"]
    assert follow(door, link(entry, "self")["href"]).json()["dataType"] == "vector"


@abstract_test("tms/json-tilematrixset")
def test_the_matrix_set_is_the_one_that_every_map_knows(door):
    assert door.read("/tileMatrixSets")["tileMatrixSets"][0]["id"] == "WebMercatorQuad"
    document = door.read("/tileMatrixSets/WebMercatorQuad")
    third = document["tileMatrices"][3]
    assert third["id"] == "3"
    assert third["matrixWidth"] == 8
    assert third["scaleDenominator"] == pytest.approx(69885283.00358972)
    assert third["cellSize"] == pytest.approx(19567.87924100512)
    assert third["pointOfOrigin"] == [-20037508.3427892, 20037508.3427892]
    door.ask("/tileMatrixSets/Other", status=404)
