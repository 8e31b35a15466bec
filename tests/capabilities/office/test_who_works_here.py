"""Accounts, sessions and tokens: what each refuses, and what ends with what."""

import datetime as dt
import threading

import pytest

from lantu.capabilities.office import sessions, tokens
from lantu.capabilities.office.passwords import PasswordUnfit, hash_password, suggest_password, verify_password
from lantu.capabilities.office.people import Particulars, PersonInvalid, add_person, change_person, set_password
from lantu.stores.records import open_records, verify_trail
from lantu.stores.records.models import ApiToken, Event, Person, SignIn
from lantu.stores.records.querying import select
from lantu.vocabulary.people import Actor, Role

ADMIN = Actor("p-admin", "Administrator", frozenset({Role.ADMINISTRATOR}), None)
SENTENCE = "the lake is calm today"
MACHINE = "10.0.0.7"


@pytest.fixture
def records(tmp_path):
    database = open_records(f"sqlite:///{tmp_path / 'records.sqlite3'}")
    yield database
    database.close()


def enter(records, login, *roles, unit=None):
    with records.writing(ADMIN) as session:
        particulars = Particulars(login, login.title(), frozenset(roles or {Role.EVALUATOR}), unit)
        return add_person(session, particulars, SENTENCE, must_change=False).id


def test_who_knows_the_password_is_let_in_and_the_trail_says_so(records):
    person = enter(records, "zhao")
    signed = sessions.sign_in(records, " zhao ", SENTENCE, MACHINE)
    with records.reading() as session:
        known = sessions.recognise(session, signed.token)
        assert known.actor.person_id == person
        assert known.actor.roles == {Role.EVALUATOR, Role.RESIDENT}
        assert session.scalars(select(SignIn.token_hash)).one() != signed.token
        assert session.scalars(select(Event).where(Event.kind == "sign_in")).one().record_id == person
    sessions.sign_out(records, signed.token)
    with records.reading() as session:
        assert sessions.recognise(session, signed.token) is None
    assert verify_trail(records) == []


@pytest.mark.parametrize(("login", "password"), [("zhao", "the lake is calm"), ("nobody", SENTENCE), ("", "")])
def test_a_wrong_password_and_an_unknown_login_are_refused_in_the_same_words(records, login, password):
    enter(records, "zhao")
    with pytest.raises(sessions.SignInRefused) as refused:
        sessions.sign_in(records, login, password, MACHINE)
    assert refused.value.message.en == "Login and password do not belong together, or the account is closed."


def test_many_guesses_at_once_do_not_outrun_the_limit(records):
    enter(records, "zhao")
    outcomes = []

    def guess():
        try:
            sessions.sign_in(records, "zhao", "wrong password", MACHINE)
        except (sessions.SignInRefused, sessions.TooManyAttempts) as refusal:
            outcomes.append(type(refusal))

    guesses = [threading.Thread(target=guess) for _ in range(8)]
    for one in guesses:
        one.start()
    for one in guesses:
        one.join()
    assert sorted(kind.__name__ for kind in outcomes) == ["SignInRefused"] * 5 + ["TooManyAttempts"] * 3
    with pytest.raises(sessions.TooManyAttempts):
        sessions.sign_in(records, "zhao", SENTENCE, MACHINE)


def test_another_role_a_new_password_and_a_closed_account_sign_out_everywhere(records):
    person = enter(records, "zhao")
    enter(records, "admin", Role.ADMINISTRATOR)

    def after(change):
        token = sessions.sign_in(records, "zhao", SENTENCE, MACHINE).token
        with records.writing(ADMIN) as session:
            change(session, session.find(Person, person))
        with records.reading() as session:
            return sessions.recognise(session, token)

    other = Particulars("zhao", "Zhao", frozenset({Role.MUNICIPAL_REVIEWER}))
    assert after(lambda session, found: set_password(session, found, SENTENCE, must_change=False)) is None
    assert after(lambda session, found: change_person(session, found, other, active=True)) is None
    renamed = Particulars("zhao", "Zhao Min", frozenset({Role.MUNICIPAL_REVIEWER}))
    assert after(lambda session, found: change_person(session, found, renamed, active=True)) is not None
    assert after(lambda session, found: change_person(session, found, renamed, active=False)) is None


def test_the_last_administrator_stays(records):
    admin = enter(records, "admin", Role.ADMINISTRATOR)
    stepped_down = Particulars("admin", "Admin", frozenset({Role.EVALUATOR}))
    with pytest.raises(PersonInvalid, match="last active administrator"), records.writing(ADMIN) as session:
        change_person(session, session.find(Person, admin), stepped_down, active=True)
    enter(records, "second", Role.ADMINISTRATOR)
    with records.writing(ADMIN) as session:
        change_person(session, session.find(Person, admin), stepped_down, active=True)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"login": "a"}, "cannot be a login"),
        ({"name": " "}, "name is empty"),
        ({"roles": frozenset()}, "no role"),
        ({"roles": frozenset({Role.UNIT_PLANNER})}, "has no unit"),
        ({"unit_code": "unit-z"}, "There is no unit"),
        ({"roles": frozenset({Role.ADMINISTRATOR, Role.EVALUATOR})}, "further roles"),
    ],
)
def test_particulars_that_contradict_themselves_are_refused(changed, word):
    sound = {"login": "zhao", "name": "Zhao", "roles": frozenset({Role.EVALUATOR})}
    Particulars(**sound).check({"unit-a"})
    with pytest.raises(PersonInvalid, match=word):
        Particulars(**{**sound, **changed}).check({"unit-a"})


def test_a_login_is_given_once(records):
    enter(records, "zhao")
    with pytest.raises(PersonInvalid, match="taken"):
        enter(records, "zhao")


def test_a_password_is_kept_as_its_hash_and_never_holds_for_nobody():
    kept = hash_password(SENTENCE, "zhao")
    assert SENTENCE not in kept
    assert verify_password(SENTENCE, kept) == (True, None)
    assert verify_password(SENTENCE, None) == (False, None)
    for unfit in ("short", "x" * 201, "zhao-12345"):
        with pytest.raises(PasswordUnfit):
            hash_password(unfit, "zhao")
    assert len({suggest_password() for _ in range(50)}) == 50


def test_a_token_holds_until_it_is_revoked_or_over_and_is_never_kept(records):
    person = enter(records, "zhao")
    with records.writing(ADMIN) as session:
        secret = tokens.add_token(session, person, "nightly", frozenset({"read"}), 30)
    with records.reading() as session:
        holder = tokens.recognise_token(session, secret)
        assert (holder.actor.person_id, holder.scopes) == (person, {"read"})
        assert tokens.recognise_token(session, secret + "x") is None
        (kept,) = tokens.list_tokens(session, person)
        assert secret not in {kept.token_hash, kept.name}
    with records.writing(ADMIN) as session:
        session.get(ApiToken, kept.id).expires_at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    with records.reading() as session:
        assert tokens.recognise_token(session, secret) is None
    with records.writing(ADMIN) as session:
        again = tokens.add_token(session, person, "again", frozenset({"read"}), 1)
        tokens.revoke_token(session, person, next(item.id for item in tokens.list_tokens(session, person) if item.name == "again"))
    with records.reading() as session:
        assert tokens.recognise_token(session, again) is None


@pytest.mark.parametrize(("name", "scopes", "days"), [(" ", {"read"}, 1), ("a", set(), 1), ("a", {"read"}, 0), ("a", {"read"}, 366)])
def test_a_token_without_name_scope_or_end_is_refused(records, name, scopes, days):
    person = enter(records, "zhao")
    with pytest.raises(tokens.TokenInvalid), records.writing(ADMIN) as session:
        tokens.add_token(session, person, name, frozenset(scopes), days)
