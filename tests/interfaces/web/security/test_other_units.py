"""What is another unit's looks exactly like what is not there, whichever door is tried."""

from __future__ import annotations

import math
import re

import pytest
from test_submissions import OTHER, UNIT, announce, create, packed, upload
from visitors import browser, routes_of

from lantu.interfaces.worker.queue import DirectQueue
from lantu.stores.records.models import Event, Job, PlanRecord, Upload
from lantu.stores.records.querying import func, select
from lantu.vocabulary.people import Actor, Role

# What only the table of parcels and people knows is walked in tests of its own.
KEYS = ("{submission_id}", "{upload_id}", "{job_id}", "{sheet_id}")
NOWHERE = "0" * 32
BODY = {
    "reason": "A reason that is long enough.",
    "kind": "fix",
    "decision": "granted",
    "number": "1",
    "date": "2025-12-01",
    "in_force_from": "2025-12-15",
    "document": "documents/x.pdf",
    "name": "a.zip",
    "size_bytes": 4,
}
RING = [[120.95, 31.38], [120.955, 31.38], [120.955, 31.385], [120.95, 31.385], [120.95, 31.38]]


@pytest.fixture(scope="module")
def things(app, city_folder, client_as):
    """Ids of a unit's own submission, upload, job and sheet, all of them real."""
    app.state.queue = DirectQueue(app.state.office.records, city_folder)
    with app.state.office.records.writing(Actor.system("tests")) as session:
        session.add(
            PlanRecord(code=f"{UNIT}-master", name_en="Master plan", name_zh="总体规划", level="county", kind="master", owner_unit=UNIT)
        )
    planner = client_as(Role.UNIT_PLANNER, UNIT)
    submission = create(planner)
    (folder,) = (city_folder / "packages").glob(f"{UNIT}*")
    assert upload(planner, submission, folder.name + ".zip", packed(folder)).status_code == 200
    told = planner.get(f"/api/v1/submissions/{submission}").json()
    assert told["job"]["state"] == "done", told["job"]
    waiting = announce(planner, submission, "b.zip", b"PK00").json()["id"]
    sheet = planner.post("/api/v1/sheets", json={"geometry": {"type": "Polygon", "coordinates": [RING]}}).json()["id"]
    key = planner.get(f"/api/v1/submissions/{submission}/findings").json()["findings"][0]["key"]
    return {
        "{submission_id}": submission,
        "{upload_id}": waiting,
        "{job_id}": told["job"]["id"],
        "{sheet_id}": sheet,
        "{key}": key,
        "{name}": "planned_land_use",
        "{number}": "1",
        "{form}": "json",
        "{z}": "10",
        "{x}": "856",
        "{y}": "417",
    }


def addresses(app, things):
    """Every route of a thing twice: once of the real one, once of one that is not there."""
    for route in routes_of(app):
        own = [key for key in KEYS if key in route.path]
        if not own:
            continue
        for method in sorted(route.methods - {"OPTIONS"}):
            paths = [route.path, route.path]
            for key, value in things.items():
                paths[0] = paths[0].replace(key, value)
                paths[1] = paths[1].replace(key, NOWHERE if key in KEYS else value)
            assert "{" not in paths[0], f"{route.path} has a part that this test does not know"
            yield method, route.path, paths[0], paths[1]


def ask(client, method, path):
    """Ask as a program and as a browser: with each kind of body that a route may want."""
    if method in {"GET", "HEAD"}:
        return [client.request(method, path), client.request(method, path, headers={"accept": "text/html", "hx-request": "true"})]
    return [
        client.request(method, path, json=BODY, headers={"upload-offset": "0"}),
        client.request(method, path, data=BODY, files={"document": ("a.pdf", b"%PDF-1.7")}, headers={"upload-offset": "0"}),
        client.request(method, path, content=b"PK00", headers={"upload-offset": "0"}),
    ]


def plain(answer, things):
    """Leave of an answer what must not tell the real thing from none: all but the ids that were asked for."""
    skipped = {"date", "content-length", "set-cookie", "server-timing"}
    told = [answer.text, *(f"{name}: {value}" for name, value in sorted(answer.headers.items()) if name not in skipped)]
    for key in KEYS:
        told = [text.replace(things[key], NOWHERE) for text in told]
    return answer.status_code, [re.sub(r'nonce-[\w-]+|"request_id": ?"[^"]*"', "", text) for text in told]


def written_by_others(app, things):
    """Events of the unit's own things that its own people and the machine did not write."""
    with app.state.office.records.reading() as session:
        query = select(func.count()).select_from(Event).where(Event.record_id.in_([things[key] for key in KEYS]))
        return session.scalar(query)


@pytest.mark.parametrize(
    ("role", "unit"),
    [(Role.UNIT_PLANNER, OTHER), (Role.ENFORCEMENT_OFFICER, None), (Role.ADMINISTRATOR, None), (None, None)],
    ids=["planner of another unit", "enforcement officer", "administrator", "resident"],
)
def test_another_units_thing_is_as_if_it_were_not_there(app, client_as, things, role, unit):
    client = browser(app) if role is None else client_as(role, unit)
    before, differing, open_doors, walked = written_by_others(app, things), [], [], 0
    for method, route, real, none in addresses(app, things):
        if role not in {Role.UNIT_PLANNER, None} and ("{sheet_id}" in route or "{job_id}" in route):
            continue  # their rights are not kept to a unit
        for first, second in zip(ask(client, method, real), ask(client, method, none), strict=True):
            walked += 1
            if plain(first, things) != plain(second, things):
                differing.append((method, route, first.status_code, second.status_code, first.text[:80], second.text[:80]))
            leads_to = first.headers.get("location", "") + first.headers.get("hx-redirect", "")
            if first.status_code < 400 and not leads_to.startswith("/sign-in"):
                open_doors.append((method, route, first.status_code))
    assert differing == []
    assert open_doors == []
    assert walked > 40
    assert written_by_others(app, things) == before


def test_the_unit_itself_gets_through_the_same_doors(app, client_as, things):
    """The walk above tries real addresses: each that only reads is open to the owner."""
    owner = client_as(Role.UNIT_PLANNER, UNIT)
    closed = [
        (route, status)
        for method, route, real, _ in addresses(app, things)
        if method == "GET" and (status := owner.get(real).status_code) in {401, 403, 404, 500} and not route.endswith("/document")
    ]
    assert closed == []


def test_lists_totals_and_tasks_of_a_neighbour_name_nothing_of_it(client_as, things):
    neighbour = client_as(Role.UNIT_PLANNER, OTHER)
    for path in ("/", "/submissions", "/api/v1/submissions", "/api/v1/submissions?state=ready", "/parcel", "/plans", "/map"):
        answer = neighbour.get(path)
        assert answer.status_code == 200, path
        assert not any(things[key] in answer.text for key in KEYS), path
    assert neighbour.get("/api/v1/submissions").json() == {"matched": 0, "submissions": []}


def test_an_upload_of_another_unit_cannot_be_made_ones_own(app, client_as, things):
    """The neighbour has a submission of its own, and tries to close the other's upload into it."""
    with app.state.office.records.writing(Actor.system("tests")) as session:
        session.add(
            PlanRecord(code=f"{OTHER}-master", name_en="Master plan", name_zh="总体规划", level="county", kind="master", owner_unit=OTHER)
        )
    neighbour = client_as(Role.UNIT_PLANNER, OTHER)
    own = neighbour.post("/api/v1/submissions", json={"unit_code": OTHER, "plan_code": f"{OTHER}-master"}).json()["id"]
    tried = [neighbour.post(f"/api/v1/submissions/{own}/uploads/{upload_id}/finish") for upload_id in (things["{upload_id}"], NOWHERE)]
    assert [answer.status_code for answer in tried] == [404, 404]
    assert plain(tried[0], things) == plain(tried[1], things)
    with app.state.office.records.reading() as session:
        assert session.find(Upload, things["{upload_id}"]).state == "receiving"
        assert session.find(Job, things["{job_id}"]).state == "done"


def test_the_layers_of_a_submission_are_drawn_live_for_who_may_see_it(client_as, things):
    owner, reviewer = client_as(Role.UNIT_PLANNER, UNIT), client_as(Role.MUNICIPAL_REVIEWER)
    submission = things["{submission_id}"]
    told = owner.get(f"/api/v1/submissions/{submission}/map").json()
    layers = {layer["source_layer"]: layer for layer in told["layers"]}
    assert {"planned_land_use", "permanent_basic_farmland", "urban_development_boundary"} <= set(layers)
    assert not any(name.startswith(("sealed_", "parent_")) for name in layers), "only what the unit handed in"
    land_use = layers["planned_land_use"]
    assert land_use["shown"]
    assert land_use["title"]["zh"]
    assert land_use["legend"][0]["fill"].startswith("#")
    assert land_use["name"] not in {
        layer["name"] for family in owner.get("/api/v1/layers").json()["families"] for layer in family["layers"]
    }
    west, south, east, north = land_use["bounds"]
    zoom = 12
    x = int(((west + east) / 2 + 180) / 360 * 2**zoom)
    y = int((1 - math.asinh(math.tan(math.radians((south + north) / 2))) / math.pi) / 2 * 2**zoom)
    path = land_use["tiles"].format(z=zoom, x=x, y=y)
    for client in (owner, reviewer):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert b"planned_land_use" in answer.content
        assert b"identifier" in answer.content
        assert answer.headers["cache-control"] == "private, no-cache"
    assert client_as(Role.UNIT_PLANNER, OTHER).get(path).status_code == 404
    assert owner.get(land_use["tiles"].format(z=zoom, x=0, y=0)).status_code == 204
    assert owner.get(land_use["tiles"].format(z=25, x=0, y=0)).status_code == 404
    assert owner.get(path.replace("/1/", "/2/")).status_code == 404, "there is no second round"
    page = owner.get(f"/submissions/{submission}").text
    assert f'layers-from="/api/v1/submissions/{submission}/map"' in page
