"""What somebody may try on the running application, and what comes of it: nothing."""

import json
import statistics
import time

import pytest
from fastapi.testclient import TestClient
from test_rights_walk import SAFE, routes_of
from visitors import PASSWORD, add_person, browser

from lantu.vocabulary.people import Role

REQUESTS = "/api/v1/compliance-requests"
PAGES = (
    "/",
    "/sign-in",
    "/map",
    "/ogc/",
    "/ogc/collections",
    "/api/docs",
    "/api/v1/openapi.json",
    "/nothing",
    "/api/v1/nothing",
    "/healthz",
)
TRIANGLE = '"geometry": {"type": "Polygon", "coordinates": [[[120.6, 31.3], [120.61, 31.3], [120.61, 31.31], [120.6, 31.3]]]}}'
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "https:evil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "/ok\r\nSet-Cookie: lantu_session=stolen",
    "/ok%0d%0aSet-Cookie:%20lantu_session=stolen",
    "///evil.example",
    "http://lantu.test@evil.example/",
)


def visitor(app):
    """A browser that says nothing of where its forms come from, so that the tests can."""
    return TestClient(app, follow_redirects=False, base_url="http://lantu.test", raise_server_exceptions=False)


@pytest.fixture(scope="module")
def cookie(client_as):
    return client_as(Role.MUNICIPAL_REVIEWER).cookies["lantu_session"]


@pytest.mark.parametrize(
    "sent",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://lantu.test.evil.example"},
        {},
    ],
)
def test_no_foreign_page_writes_with_the_cookie_of_who_signed_in(app, cookie, sent):
    client = visitor(app)
    client.cookies.set("lantu_session", cookie)
    passed = []
    for route in routes_of(app):
        for method in route.methods - SAFE:
            path = route.path.replace("{", "").replace("}", "")
            for body in ({"data": {"a": "1"}}, {"json": {"a": 1}}, {}):
                answer = client.request(method, path, headers=sent, **body)
                if answer.status_code != 403:
                    passed.append((method, path, answer.status_code))
    assert passed == []


def test_a_form_that_claims_to_be_another_method_is_none(app, cookie):
    client = visitor(app)
    client.cookies.set("lantu_session", cookie)
    for path in ("/sign-out", "/webhooks"):
        answer = client.get(path, params={"_method": "POST", "url": "http://127.0.0.1/"}, headers={"X-HTTP-Method-Override": "POST"})
        assert answer.status_code in {403, 405}


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_headers_of_security(client, path):
    answer = client.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "server" not in answer.headers or "uvicorn" not in answer.headers["server"]


def test_who_signed_in_is_kept_by_no_shared_cache(client_as):
    assert client_as(Role.MUNICIPAL_REVIEWER).get("/").headers["cache-control"] == "no-store"


def sign_in(client, login, password=PASSWORD, **more):
    return client.post("/sign-in", data={"login": login, "password": password, **more}, headers={"sec-fetch-site": "same-origin"})


def test_a_session_that_was_planted_before_signing_in_opens_nothing(app):
    add_person(app, "fixated", {Role.MUNICIPAL_REVIEWER})
    client = browser(app)
    client.cookies.set("lantu_session", "planted-by-somebody-else")
    answer = sign_in(client, "fixated")
    assert answer.status_code == 303
    given = answer.headers["set-cookie"]
    assert "planted" not in given
    assert "HttpOnly" in given
    assert "samesite=lax" in given.lower()
    planted = browser(app)
    planted.cookies.set("lantu_session", "planted-by-somebody-else")
    assert planted.get("/api/v1/feed").status_code == 401


def test_a_session_that_was_ended_stays_ended(app):
    add_person(app, "leaving", {Role.MUNICIPAL_REVIEWER})
    client = browser(app)
    sign_in(client, "leaving")
    kept = client.cookies["lantu_session"]
    assert client.get("/api/v1/feed").status_code == 200
    client.post("/sign-out")
    thief = browser(app)
    thief.cookies.set("lantu_session", kept)
    assert thief.get("/api/v1/feed").status_code == 401


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_led_elsewhere(app, target):
    login = f"led-{ELSEWHERE.index(target)}"
    add_person(app, login, {Role.MUNICIPAL_REVIEWER})
    client = browser(app)
    for answer in (client.get("/language/zh", params={"next": target}), sign_in(client, login, next=target)):
        assert answer.status_code in {302, 303, 307}
        location = answer.headers["location"]
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\", "/\t"))
        assert "stolen" not in str(answer.headers.get_list("set-cookie"))


@pytest.mark.parametrize(
    "text", ["a\r\nX-Evil: 1", "a%0d%0aX-Evil:%201", "é\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")]
)
def test_no_parameter_becomes_a_header_or_breaks_an_answer(app, text):
    client = visitor(app)
    for path, names in (("/ogc/collections/road/items", ("after", "bbox", "filter", "crs")), ("/", ("language",)), ("/sign-in", ("next",))):
        for name in names:
            answer = client.get(path, params={name: text})
            assert answer.status_code < 500
            assert "x-evil" not in answer.headers


@pytest.mark.parametrize(
    "name",
    [
        "road'--",
        "road' OR '1'='1",
        'road";DROP TABLE events',
        "../../office/keys.json",
        "..%2f..%2foffice%2fkeys.json",
        "%00",
        "road%00.parquet",
        "a" * 5000,
    ],
)
def test_no_name_reaches_the_database_or_the_disk(app, name):
    client = visitor(app)
    for path in (
        f"/ogc/collections/{name}",
        f"/ogc/collections/{name}/items",
        f"/static/{name}",
        f"{REQUESTS}/{name}",
        f"/ogc/collections/road/items/{name}",
    ):
        answer = client.get(path)
        assert answer.status_code in {401, 404}, (path, answer.status_code)
        assert "signing" not in answer.text


def test_an_error_tells_nothing_of_the_inside(app, monkeypatch):
    def break_down(*_, **__):
        what = "/secret/place SELECT password_hash FROM people"
        raise RuntimeError(what)

    monkeypatch.setattr("lantu.interfaces.web.pages.ogc.PublishedShelf.collections", break_down)
    client = visitor(app)
    for accept in ("text/html", "application/json"):
        answer = client.get("/ogc/collections", headers={"accept": accept})
        assert answer.status_code == 500
        for word in ("secret", "SELECT", "Traceback", "RuntimeError", ".py"):
            assert word not in answer.text
        assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("login", ["nobody-of-this-name", "timed"])
def test_a_wrong_sign_in_says_the_same_whoever_is_named(app, login):
    if login == "timed":
        add_person(app, "timed", {Role.EVALUATOR})
    answer = sign_in(browser(app), login, password="wrong")  # noqa: S106  # of an invented person
    assert answer.status_code in {401, 403}
    assert "password" in answer.text.lower() or "口令" in answer.text
    assert "unknown" not in answer.text.lower()


def test_a_wrong_sign_in_takes_as_long_for_who_is_not_there(app):
    add_person(app, "clocked", {Role.EVALUATOR})

    def seconds(login):
        spent = []
        for number in range(3):
            client = browser(app)
            begin = time.process_time()
            sign_in(client, login.format(number), password="wrong")  # noqa: S106  # as above
            spent.append(time.process_time() - begin)
        return statistics.median(spent)

    known, unknown = seconds("clocked"), seconds("not-there-{}")
    assert 0.4 < unknown / known < 2.5


def test_what_is_too_large_is_refused_before_it_is_read(app, client_as):
    client = client_as(Role.IMPLEMENTATION_OFFICER)
    answer = client.post(
        REQUESTS, content=b'{"external_number": "' + b"x" * (5 * 1024 * 1024) + b'"}', headers={"content-type": "application/json"}
    )
    assert answer.status_code == 413
    assert answer.json()["remedy"]
    form = browser(app).post("/sign-in", data={"login": "x" * (65 * 1024 * 1024), "password": "x"})
    assert form.status_code in {413, 422}


def test_a_ring_of_a_million_vertices_costs_nothing(client_as):
    client = client_as(Role.IMPLEMENTATION_OFFICER)
    ring = [[120 + number * 1e-7, 31] for number in range(1_000_000)]
    body = json.dumps({"external_number": "1", "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}})
    begin = time.process_time()
    answer = client.post(REQUESTS, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"a":' * 20_000,
        '{"external_number": "1", "geometry": {"type": "Polygon", "coordinates": [[[1e400, 0], [1, 1], [0, 1], [1e400, 0]]]}}',
        '{"external_number": "1", "geometry": {"type": "Polygon", "coordinates": [[[NaN, 0], [1, 1], [0, 1], [NaN, 0]]]}}',
        '{"external_number": "\\u0000", ' + TRIANGLE,
        '{"external_number": "\\ud800", ' + TRIANGLE,
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        "",
    ],
)
def test_a_broken_body_is_refused_in_our_words(client_as, body):
    client = client_as(Role.IMPLEMENTATION_OFFICER)
    answer = client.post(REQUESTS, content=body.encode("utf-8"), headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}, answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    assert "root:" not in answer.text


def test_a_token_in_the_address_opens_nothing(client):
    assert client.get("/api/v1/feed", params={"token": "x", "access_token": "x"}).status_code == 401


def test_methods_that_nobody_needs_are_refused(client):
    for method in ("TRACE", "CONNECT", "PROPFIND"):
        assert client.request(method, "/").status_code == 405
