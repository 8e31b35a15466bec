"""Accounts and tokens: what administrators and owners may do with them."""

import contextlib
import re
import sqlite3

from visitors import add_person, browser

from lantu.stores.records.models import ApiToken, Event, Person
from lantu.stores.records.querying import select
from lantu.vocabulary.people import Actor, Role

NEW = {"name": "李明", "login": "li.ming", "roles": "unit_planner", "language": "zh"}


def test_an_administrator_opens_an_account_and_the_trail_says_so(app, client_as, units):
    admin = client_as(Role.ADMINISTRATOR)
    page = admin.post("/people", data={**NEW, "unit_code": units[0]})
    assert page.status_code == 200
    password = re.search(r'<code id="secret">([^<]+)</code>', page.text).group(1)
    answer = browser(app).post("/sign-in", data={"login": "li.ming", "password": password})
    assert answer.headers["location"] == "/account/password"
    with app.state.office.records.reading() as session:
        person = session.scalar(select(Person).where(Person.login == "li.ming"))
        event = session.scalar(select(Event).where(Event.kind == "people", Event.record_id == person.id, Event.action == "created"))
    assert event.actor_roles == ["administrator", "resident"]
    assert event.after["unit_code"] == units[0]
    assert "$argon2" not in str(event.after)
    assert person.password_hash.startswith("$argon2id$")


def test_what_contradicts_itself_is_refused_with_the_way_out(client_as, units):
    admin = client_as(Role.ADMINISTRATOR)
    for change, said in (
        ({"unit_code": ""}, "has no unit"),
        ({"roles": ["administrator", "municipal_reviewer"]}, "further roles"),
        ({"roles": []}, "no role"),
        ({"login": "a b"}, "cannot be a login"),
        ({"unit_code": "XXX"}, "There is no unit XXX"),
    ):
        page = admin.post("/people?language=en", data={**NEW, "login": "other", "unit_code": units[0], **change})
        assert page.status_code == 422, change
        assert said in page.text


def test_two_administrators_at_once_do_not_overwrite_one_another(app, client_as):
    admin = client_as(Role.ADMINISTRATOR)
    person = add_person(app, "both", {Role.EVALUATOR})
    form = {"name": "Both", "roles": "evaluator", "active": "true", "revision": person.revision}
    assert admin.post(f"/people/{person.id}", data={**form, "email": "first@example.org"}).status_code == 303
    assert admin.post(f"/people/{person.id}", data={**form, "email": "second@example.org"}).status_code == 409


def test_the_last_administrator_stays(app, client_as):
    admin = client_as(Role.ADMINISTRATOR)
    with app.state.office.records.reading() as session:
        own = session.scalar(select(Person).where(Person.login == "administrator-city"))
    form = {"name": "x", "roles": "administrator", "revision": own.revision}
    page = admin.post(f"/people/{own.id}?language=en", data=form)
    assert page.status_code == 422
    assert "last active administrator" in page.text


def test_who_loses_a_role_is_signed_out_at_once(app, client_as):
    admin, planner = client_as(Role.ADMINISTRATOR), client_as(Role.EVALUATOR)
    assert planner.get("/account").status_code == 200
    with app.state.office.records.reading() as session:
        person = session.scalar(select(Person).where(Person.login == "evaluator-city"))
    form = {"name": "x", "roles": "enforcement_officer", "active": "true", "revision": person.revision}
    assert admin.post(f"/people/{person.id}", data=form).status_code == 303
    assert planner.get("/account").status_code == 303


def test_a_token_is_shown_once_is_limited_and_can_be_revoked(app, client_as):
    engineer = client_as(Role.DATA_ENGINEER)
    page = engineer.post("/account/tokens", data={"name": "QGIS", "days": 30, "scopes": ["read", "office"]})
    secret = re.search(r'<code id="secret">([^<]+)</code>', page.text).group(1)
    assert secret not in engineer.get("/account").text
    with app.state.office.records.reading() as session:
        token = session.scalar(select(ApiToken).where(ApiToken.name == "QGIS"))
        assert token.scopes == ["read"], "a scope that is not offered is not given"
        kept = str([event.after for event in session.scalars(select(Event).where(Event.kind == "api_tokens"))])
    assert secret not in kept
    assert token.token_hash not in kept
    program = browser(app)
    program.headers["authorization"] = f"Bearer {secret}"
    del program.headers["sec-fetch-site"]
    assert program.get("/").status_code == 200
    assert program.get("/account", headers={"accept": "application/json"}).status_code == 403, "accounts stay with people"
    refused = program.post("/account/tokens", data={"name": "x", "days": 1, "scopes": "read"}, headers={"accept": "application/json"})
    assert refused.status_code == 403
    assert engineer.post(f"/account/tokens/{token.id}/revoke").status_code == 303
    assert program.get("/", headers={"accept": "application/json"}).status_code == 401


def test_nobody_revokes_the_token_of_another(app, client_as):
    client_as(Role.DATA_ENGINEER).post("/account/tokens", data={"name": "mine", "days": 30, "scopes": "read"})
    with app.state.office.records.reading() as session:
        token = session.scalar(select(ApiToken).where(ApiToken.name == "mine"))
    other = client_as(Role.MUNICIPAL_REVIEWER)
    assert other.post(f"/account/tokens/{token.id}/revoke").status_code == 404
    with app.state.office.records.reading() as session:
        assert session.get(ApiToken, token.id).revoked_at is None


def test_the_trail_page_shows_before_and_after(app, client_as):
    with app.state.office.records.writing(Actor.system("tests"), "renamed in a test") as session:
        person = session.scalar(select(Person).where(Person.login == "data-engineer-city"))
        person.name = "徐思齐"
    page = client_as(Role.MUNICIPAL_REVIEWER).get("/trail", params={"kind": "people", "language": "en"})
    assert "renamed in a test" in page.text
    row = page.text.split("renamed in a test")[1].split("</details>")[0]
    assert 'data-engineer-city</td><td class="code">徐思齐' in row
    assert "No event fits" in client_as(Role.MUNICIPAL_REVIEWER).get("/trail?who=nobody%25&language=en").text


def test_the_trail_is_verified_on_the_page_and_tampering_is_shown(client_as, city_folder):
    reviewer = client_as(Role.MUNICIPAL_REVIEWER)
    assert "agree with one another" in reviewer.get("/trail/verify?language=en").text
    with contextlib.closing(sqlite3.connect(city_folder / "office" / "records.sqlite3")) as database, database:
        database.execute("UPDATE people SET name = 'somebody else' WHERE login = 'municipal-reviewer-city'")
    found = reviewer.get("/trail/verify?language=en").text
    assert "The trail was tampered with: 1 place does not agree." in found
