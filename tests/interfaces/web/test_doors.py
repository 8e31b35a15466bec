"""Doors for approval systems: requests, feed, webhooks, each with its rights."""

import json
from dataclasses import replace

import pytest
import shapely

from lantu.capabilities.plan_making.sheet_sources import data_of_city
from lantu.interfaces.ogc.reference_systems import degrees_shape
from lantu.interfaces.web.api import compliance_requests
from lantu.interfaces.worker.telling.deliveries import Teller
from lantu.standards.cities import load_city
from lantu.stores.records.models import Webhook
from lantu.stores.records.querying import select
from lantu.vocabulary.people import Role

REQUESTS = "/api/v1/compliance-requests"


@pytest.fixture(scope="module")
def asked(app):
    """A request for a square of a hectare in the middle of the city."""
    west, south, east, north = app.state.office.city.base.layer("local_unit").geometry[0].bounds
    x, y = (west + east) / 2, (south + north) / 2
    square = json.loads(shapely.to_geojson(shapely.box(x, y, x + 100, y + 100)))
    return {"external_number": "2026-审-0017", "geometry": square, "crs": app.state.office.city.profile.crs, "name": "学校"}


@pytest.fixture(scope="module")
def answer(client_as, asked):
    answer = client_as(Role.IMPLEMENTATION_OFFICER).post(REQUESTS, json=asked)
    assert answer.status_code == 201, answer.text
    return answer


def test_a_request_is_answered_with_the_sheet(answer, asked, client_as):
    body = answer.json()
    assert body["state"] == "issued"
    assert body["external_number"] == asked["external_number"]
    assert body["verdict"] in {"block", "review", "not_checked", "clear"}
    assert body["sheet"]["project"]["area_m2"] == pytest.approx(10_000.0)
    assert len(body["document_hash"]) == 64
    again = client_as(Role.IMPLEMENTATION_OFFICER).get(answer.headers["location"])
    assert again.json() == body


def test_a_request_is_held_against_the_plans_in_force_and_its_sheet_is_stamped(app, client_as, asked, monkeypatch):
    opened = []

    def in_force(_session, city):
        opened.append(city)
        return data_of_city(city)

    monkeypatch.setattr("lantu.capabilities.plan_making.parcel_sheets.in_force.data_in_force", in_force)
    app.state.sheet_data = None
    officer = client_as(Role.IMPLEMENTATION_OFFICER)
    body = officer.post(REQUESTS, json=asked).json()
    assert len(opened) == 1
    assert body["sheet"]["program"].startswith("lantu ")
    assert body["sheet"]["rule_set_version"]
    assert officer.get(f"/parcel/{body['id']}").status_code == 200
    assert officer.get(f"/api/v1/sheets/{body['id']}/paper.docx").content.startswith(b"PK")


def test_degrees_and_metres_give_the_same_sheet(client_as, asked, answer):
    shape = degrees_shape(shapely.from_geojson(json.dumps(asked["geometry"])), asked["crs"])
    moved = {**asked, "geometry": json.loads(shapely.to_geojson(shape)), "crs": "OGC:CRS84"}
    body = client_as(Role.IMPLEMENTATION_OFFICER).post(REQUESTS, json=moved).json()
    assert body["verdict"] == answer.json()["verdict"]
    assert body["sheet"]["project"]["ellipsoidal_area_m2"] == pytest.approx(
        answer.json()["sheet"]["project"]["ellipsoidal_area_m2"], rel=1e-6
    )


def test_degrees_are_moved_where_the_city_accepts_no_degrees():
    """Taken for metres they would lie in the sea off Africa."""
    profile = replace(load_city("suzhou"), crs="EPSG:4549", accepted_crs=("EPSG:4549", "EPSG:4528"))
    metres = shapely.box(500_000, 3_450_000, 500_100, 3_450_100)
    degrees = json.loads(shapely.to_geojson(degrees_shape(metres, "EPSG:4549")))
    layer = compliance_requests._parcel(  # noqa: SLF001  # a served city accepts degrees; this one does not
        compliance_requests.ComplianceRequest(external_number="1", geometry=degrees), profile
    )
    assert layer.crs == "EPSG:4549"
    assert shapely.hausdorff_distance(layer.geometry[0], metres) < 0.001
    assert shapely.area(layer.geometry[0]) == pytest.approx(10_000, rel=1e-5)


def test_who_may_not_read_a_sheet_learns_nothing_of_it(answer, client, client_as, units):
    stranger = client_as(Role.UNIT_PLANNER, units[0])
    hidden, absent = stranger.get(answer.headers["location"]), stranger.get(f"{REQUESTS}/{'0' * 32}")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json()["detail"] == absent.json()["detail"]
    assert client.get(answer.headers["location"]).status_code == 401
    assert client_as(Role.ADMINISTRATOR).get(answer.headers["location"]).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]}},
        {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}},
        {"geometry": {"type": "Point", "coordinates": [0, 0]}},
        {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], ["x", 0]]]}},
        {"external_number": ""},
        {"project_kind": "castle"},
        {"unknown": 1},
        {"crs": "EPSG:2154"},
    ],
)
def test_a_request_that_cannot_be_read_is_refused_with_a_way_out(client_as, asked, change):
    answer = client_as(Role.IMPLEMENTATION_OFFICER).post(REQUESTS, json={**asked, **change})
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["remedy"]


def test_the_feed_tells_reviewers_of_it_and_nobody_else(answer, client, client_as):
    entries = client_as(Role.MUNICIPAL_REVIEWER).get("/api/v1/feed", params={"topics": "compliance.answered"}).json()["entries"]
    assert entries[0]["subject_id"] == answer.json()["id"]
    assert entries[0]["data"]["external_number"] == "2026-审-0017"
    assert client.get("/api/v1/feed").status_code == 401
    assert client_as(Role.IMPLEMENTATION_OFFICER).get("/api/v1/feed").status_code == 403
    assert client_as(Role.MUNICIPAL_REVIEWER).get("/api/v1/feed", params={"topics": "x"}).status_code == 400
    assert client_as(Role.MUNICIPAL_REVIEWER).get("/api/v1/feed", params={"since": -1}).status_code == 422


def test_webhooks_are_kept_by_the_data_engineer_on_hosts_that_were_named(app, client_as):
    keeper = client_as(Role.DATA_ENGINEER)
    page = keeper.post("/webhooks", data={"url": "http://127.0.0.1:9/in", "topics": ["compliance.answered", "layer.published"]})
    assert page.status_code == 200
    with app.state.office.records.reading() as session:
        (hook,) = session.scalars(select(Webhook))
    assert hook.secret in page.text
    listed = keeper.get("/webhooks").text
    assert "127.0.0.1:9" in listed
    assert hook.secret not in listed
    assert keeper.post("/webhooks", data={"url": "http://169.254.169.254/", "topics": ["layer.published"]}).status_code == 422
    assert keeper.post("/webhooks", data={"url": "http://127.0.0.1:9/in"}).status_code == 400
    assert client_as(Role.ADMINISTRATOR).post("/webhooks", data={"url": "http://127.0.0.1:9/in"}).status_code == 403
    assert keeper.post(f"/webhooks/{hook.id}/switch", data={"revision": hook.revision}).status_code == 303
    assert keeper.post(f"/webhooks/{hook.id}/switch", data={"revision": hook.revision}).status_code == 409


def test_the_page_of_webhooks_speaks_both_languages_and_shows_what_was_sent(app, client_as, asked):
    keeper = client_as(Role.DATA_ENGINEER)
    with app.state.office.records.reading() as session:
        hook = session.scalars(select(Webhook)).first()
    if not hook.active:
        keeper.post(f"/webhooks/{hook.id}/switch", data={"revision": hook.revision})
    client_as(Role.IMPLEMENTATION_OFFICER).post(REQUESTS, json=asked)
    assert Teller(app.state.office.records, ("127.0.0.1",)).turn() >= 1
    assert "待投递" in keeper.get("/webhooks?language=zh").text
    assert "Waiting" in keeper.get("/webhooks?language=en").text
