"""Signing in, staying signed in, signing out; forms from elsewhere; limits."""

import datetime as dt

import pytest
from visitors import PASSWORD, add_person, browser

from lantu.capabilities.office.secret_tokens import token_hash
from lantu.stores.records.models import Event, Person, SignIn
from lantu.stores.records.querying import select
from lantu.vocabulary.people import Actor, Role

pytestmark = pytest.mark.usefixtures("reviewer")


def sign_in(client, login, password=PASSWORD, **more):
    return client.post("/sign-in", data={"login": login, "password": password, **more})


@pytest.fixture(scope="module")
def reviewer(app):
    return add_person(app, "shen", {Role.MUNICIPAL_REVIEWER}, name="沈文清")


@pytest.fixture
def guest(app):
    return browser(app)


def test_the_right_password_opens_a_session(app, reviewer, guest):
    answer = sign_in(guest, "shen", next="/trail")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/trail"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    token = guest.cookies["lantu_session"]
    with app.state.office.records.reading() as session:
        assert session.get(SignIn, token_hash(token)).person_id == reviewer.id
        assert session.get(SignIn, token) is None, "the secret itself is nowhere kept"
        noted = session.scalars(select(Event).where(Event.kind == "sign_in", Event.record_id == reviewer.id)).all()
    assert [(event.reason, event.actor_name) for event in noted] == [("signed in", "沈文清")]
    assert "沈文清" in guest.get("/").text


def test_a_wrong_password_and_an_unknown_login_are_told_apart_by_nobody(guest):
    wrong, unknown = sign_in(guest, "shen", "not the password"), sign_in(guest, "nobody-at-all", "not the password")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("shen", "X") == unknown.text.replace("nobody-at-all", "X")
    assert "lantu_session" not in guest.cookies


def test_after_five_failures_a_login_waits_even_with_the_right_password(app, guest):
    add_person(app, "hasty", {Role.EVALUATOR})
    assert [sign_in(guest, "hasty", "wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    assert sign_in(guest, "hasty").status_code == 429
    assert sign_in(guest, "shen").status_code == 303, "others are not kept out"


def test_a_closed_account_opens_nothing(app, guest):
    person = add_person(app, "gone", {Role.EVALUATOR})
    sign_in(guest, "gone")
    assert guest.get("/account").status_code == 200
    with app.state.office.records.writing(Actor.system("tests")) as session:
        session.get_one(Person, person.id).active = False
    assert guest.get("/account").status_code == 303
    assert sign_in(guest, "gone").status_code == 401


def test_a_session_ends_when_nobody_uses_it_and_at_last_in_any_case(app, guest):
    sign_in(guest, "shen")
    key = token_hash(guest.cookies["lantu_session"])
    for column, ago in (("last_seen_at", dt.timedelta(minutes=121)), ("expires_at", dt.timedelta(seconds=1))):
        sign_in(guest, "shen")
        key = token_hash(guest.cookies["lantu_session"])
        assert guest.get("/account").status_code == 200
        with app.state.office.records.writing(Actor.system("tests")) as session:
            setattr(session.get_one(SignIn, key), column, dt.datetime.now(dt.UTC) - ago)
        assert guest.get("/account").headers.get("location", "").startswith("/sign-in")


def test_using_a_session_keeps_it_alive(app, guest):
    sign_in(guest, "shen")
    key = token_hash(guest.cookies["lantu_session"])
    with app.state.office.records.writing(Actor.system("tests")) as session:
        session.get_one(SignIn, key).last_seen_at = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=60)
    guest.get("/account")
    with app.state.office.records.reading() as session:
        assert dt.datetime.now(dt.UTC) - session.get_one(SignIn, key).last_seen_at < dt.timedelta(minutes=1)


def test_signing_out_ends_the_session_here_and_everywhere(app):
    here, there = browser(app), browser(app)
    sign_in(here, "shen")
    sign_in(there, "shen")
    kept = here.cookies["lantu_session"]
    assert here.post("/sign-out").status_code == 303
    again = browser(app)
    again.cookies.set("lantu_session", kept)
    assert again.get("/account").status_code == 303, "the old cookie is worth nothing"
    assert there.get("/account").status_code == 200
    there.post("/account/sign-out-everywhere")
    assert there.get("/account").status_code == 303


def test_the_first_password_must_be_replaced_before_anything_else(app, guest):
    add_person(app, "fresh", {Role.MUNICIPAL_REVIEWER}, must_change_password=True)
    answer = sign_in(guest, "fresh", next="/trail")
    assert answer.headers["location"] == "/account/password"
    assert guest.get("/trail").headers["location"] == "/account/password"
    assert guest.get("/api/v1/nothing").status_code == 404
    new = {"old": PASSWORD, "new": "an even calmer sea", "again": "an even calmer sea"}
    assert guest.post("/account/password", data={**new, "again": "other"}).status_code == 422
    assert guest.post("/account/password", data={**new, "old": "wrong"}).status_code == 422
    assert guest.post("/account/password", data={**new, "new": "short", "again": "short"}).status_code == 422
    before = guest.cookies["lantu_session"]
    assert guest.post("/account/password", data=new).status_code == 303
    assert guest.cookies["lantu_session"] != before
    assert guest.get("/trail").status_code == 200
    assert sign_in(browser(app), "fresh", "an even calmer sea").status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://lantu.test"}, 403),
        ({"origin": "http://lantu.test"}, 303),
        ({"origin": "http://elsewhere.test"}, 403),
        ({"origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_forms_come_from_our_own_pages_only(guest, headers, status):
    sign_in(guest, "shen")
    del guest.headers["sec-fetch-site"]
    assert guest.post("/account/language", data={"language": "en"}, headers=headers).status_code == status


def test_nobody_is_sent_elsewhere_after_signing_in(guest):
    for place in ("https://elsewhere.test/", "//elsewhere.test", "/\\elsewhere.test", "javascript:alert(1)"):
        assert sign_in(guest, "shen", next=place).headers["location"] == "/"
        assert guest.get("/language/en", params={"next": place}).headers["location"] == "/"


def test_over_https_the_cookie_insists_on_it(city_folder):
    from lantu.capabilities.office.sessions import SignedIn  # noqa: PLC0415  # as above
    from lantu.interfaces.web.identity import session_cookie  # noqa: PLC0415  # only this test looks inside
    from lantu.interfaces.web.pages.sign_in import let_in  # noqa: PLC0415  # as above
    from lantu.interfaces.web.settings import read_settings  # noqa: PLC0415  # as above

    settings = read_settings(city_folder, {"LANTU_PUBLIC_ORIGIN": "https://lantu.example"})
    signed = SignedIn("secret", Actor.anonymous(), "en", must_change_password=False, lives_seconds=60)
    cookie = let_in(signed, settings, "/").headers["set-cookie"]
    assert cookie.startswith("__Host-lantu_session=secret")
    assert "Secure" in cookie
    assert session_cookie(secure=True) == "__Host-lantu_session"


@pytest.mark.parametrize(
    ("kept", "browsers", "spoken"), [("", "en", "en"), ("", "zh-CN", "zh-CN"), ("zh", "en", "zh-CN"), ("en", "zh-CN", "en")]
)
def test_signing_in_keeps_the_browsers_language_unless_the_account_has_one(app, guest, kept, browsers, spoken):
    add_person(app, f"speaker-{kept}-{browsers}", {Role.MUNICIPAL_REVIEWER}, language=kept)
    sign_in(guest, f"speaker-{kept}-{browsers}")
    page = guest.get("/", headers={"accept-language": browsers})
    assert f'<html lang="{spoken}"' in page.text


def test_a_language_that_was_chosen_before_signing_in_stays(app, guest):
    add_person(app, "speaker", {Role.MUNICIPAL_REVIEWER}, language="zh")
    guest.get("/language/en")
    sign_in(guest, "speaker")
    assert '<html lang="en"' in guest.get("/").text
