"""Signing in by an identity provider that really answers."""

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from identity_provider import CLIENT, SECRET, Provider
from joserfc.jwk import RSAKey
from visitors import add_person, browser

from lantu.interfaces.web.app import create_app
from lantu.interfaces.web.settings import read_settings
from lantu.stores.records.models import Person
from lantu.vocabulary.people import Actor, Role


@pytest.fixture(scope="module")
def provider():
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture(scope="module")
def house(city_folder, provider):
    settings = read_settings(
        city_folder,
        {"LANTU_OIDC_ISSUER": provider.issuer, "LANTU_OIDC_CLIENT_ID": CLIENT, "LANTU_OIDC_CLIENT_SECRET": SECRET},
    )
    application = create_app(settings)
    add_person(application, "shen", {Role.MUNICIPAL_REVIEWER}, name="沈文清")
    yield application
    application.state.office.close()


@pytest.fixture(autouse=True)
def _honest(provider):
    provider.person, provider.spoil, provider.signing_key = {"sub": "0001", "preferred_username": "shen"}, {}, provider.key


def come_back_with(guest, path="/sign-in/oidc?next=/trail"):
    """Go to the provider as a browser would, and give the address it sends the browser back to."""
    leaving = guest.get(path)
    assert leaving.status_code == 302
    returning = httpx2.get(leaving.headers["location"])
    parts = urlsplit(returning.headers["location"])
    return f"{parts.path}?{parts.query}"


def test_who_is_vouched_for_comes_in(house, provider):
    guest = browser(house)
    assert "/sign-in/oidc" in guest.get("/sign-in").text
    answer = guest.get(come_back_with(guest))
    assert answer.status_code == 303
    assert answer.headers["location"] == "/trail"
    assert "沈文清" in guest.get("/").text
    asked = provider.asked[-1]
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["nonce"]) >= 16
    assert asked["redirect_uri"] == "http://lantu.test/sign-in/oidc/return"


def test_from_then_on_only_the_subject_counts(house, provider):
    provider.person = {"sub": "0002", "preferred_username": "shen"}
    guest = browser(house)
    answer = guest.get(come_back_with(guest) + "&language=en")
    assert answer.status_code == 403, "another person with the same name at the provider"
    provider.person = {"sub": "0001", "preferred_username": "renamed"}
    assert guest.get(come_back_with(guest)).status_code == 303


def test_a_stranger_is_told_whom_to_ask(house, provider):
    provider.person = {"sub": "0009", "preferred_username": "stranger"}
    guest = browser(house)
    answer = guest.get(come_back_with(guest) + "&language=en")
    assert answer.status_code == 403
    assert "an account with the login stranger" in answer.text
    assert "lantu_session" not in guest.cookies


def test_a_closed_account_stays_closed(house, provider):
    person = add_person(house, "left", {Role.EVALUATOR})
    with house.state.office.records.writing(Actor.system("tests")) as session:
        session.get_one(Person, person.id).active = False
    provider.person = {"sub": "0003", "preferred_username": "left"}
    guest = browser(house)
    assert guest.get(come_back_with(guest)).status_code == 403


@pytest.mark.parametrize(
    "spoil",
    [{"nonce": "another"}, {"iss": "http://elsewhere.test"}, {"aud": "another"}, {"exp": 1}, {"sub": ""}],
    ids=lambda spoil: next(iter(spoil)),
)
def test_a_token_that_does_not_hold_opens_nothing(house, provider, spoil):
    provider.spoil = spoil
    guest = browser(house)
    assert guest.get(come_back_with(guest)).status_code == 502
    assert "lantu_session" not in guest.cookies


def test_a_signature_by_another_key_opens_nothing(house, provider):
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    guest = browser(house)
    assert guest.get(come_back_with(guest)).status_code == 502


def test_the_return_belongs_to_the_browser_that_left_and_is_good_once(house):
    guest, other = browser(house), browser(house)
    address = come_back_with(guest)
    assert other.get(address).status_code == 502, "another browser has no state"
    assert guest.get(address.replace("state=", "state=x")).status_code == 502
    assert guest.get(come_back_with(guest)).status_code == 303
    assert browser(house).get(address).status_code == 502


def test_a_refusal_at_the_provider_leads_back(house):
    guest = browser(house)
    state = parse_qs(urlsplit(guest.get("/sign-in/oidc").headers["location"]).query)["state"][0]
    answer = guest.get(f"/sign-in/oidc/return?error=access_denied&state={state}&language=en")
    assert answer.status_code == 502
    assert "Start again from the sign-in page" in answer.text


def test_a_provider_that_is_away_is_said_so(city_folder):
    settings = read_settings(city_folder, {"LANTU_OIDC_ISSUER": "http://127.0.0.1:9", "LANTU_OIDC_CLIENT_ID": CLIENT})
    application = create_app(settings)
    assert browser(application).get("/sign-in/oidc").status_code == 502
    application.state.office.close()


def test_without_the_setting_there_is_no_such_door(client):
    assert client.get("/sign-in/oidc").status_code == 404
    assert "/sign-in/oidc" not in client.get("/sign-in").text
