"""Signing in, staying signed in, signing out · 登录、会话与退出."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.capabilities.office.passwords import verify_password
from lantu.capabilities.office.people import actor_of
from lantu.capabilities.office.secret_tokens import new_token, token_hash
from lantu.standards.sign_in import load_sign_in_rules
from lantu.stores.records.models import Person, SignIn, SignInAttempt
from lantu.stores.records.querying import func, select
from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.people import Actor
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.stores.records import Database, RecordSession

_DOORKEEPER = Actor.system("sign-in")


class SignInRefused(LantuError):
    """Login and password do not belong together, or the account is closed · 登录被拒绝."""

    http_status = 401


class TooManyAttempts(LantuError):
    """Too many failures in too short a time · 尝试过多."""

    http_status = 429


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was opened · 已登录.

    Parameters
    ----------
    token
        Secret of the browser; the house keeps only its hash.
    actor
        Who it is.
    language
        Language of that person.
    must_change_password
        Whether the next page is that of a new password.
    lives_seconds
        Longest life of the cookie.
    """

    token: str
    actor: Actor
    language: str
    must_change_password: bool
    lives_seconds: int


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who stands behind a cookie · 会话中的人员.

    Parameters
    ----------
    actor
        Who it is.
    language
        Language of that person.
    must_change_password
        Whether only the page of a new password is open.
    is_stale
        Whether its last use should be written.
    """

    actor: Actor
    language: str
    must_change_password: bool
    is_stale: bool


def sign_in(records: Database, login: str, password: str, address: str) -> SignedIn:
    """Open a session for who knows the password · 口令登录.

    The attempt is written before the password is looked at, so that many at a time cannot outrun the limit.

    Parameters
    ----------
    records
        The city's.
    login
        As it was typed.
    password
        As it was typed.
    address
        Network address of the browser.

    Returns
    -------
    SignedIn
        With the secret of the browser.

    Raises
    ------
    SignInRefused
        If login and password do not belong together; it does not say which.
    TooManyAttempts
        If the limit is reached.
    """
    name = login.strip()[:64]
    attempt = _write_attempt(records, name, address)
    with records.reading() as session:
        person = session.scalar(select(Person).where(Person.login == name))
    right, renewed = verify_password(password, person.password_hash if person is not None else None)
    if person is None or not right or not person.active:
        if person is not None:
            with records.writing(_DOORKEEPER) as session:
                records.note(session, "sign_in", person.id, "refused", {"login": name, "address": address})
        raise SignInRefused(
            Text("Login and password do not belong together, or the account is closed.", "登录名与口令不匹配，或账号已停用。"),
            Text("Try again, or ask your administrator for a new password.", "请重试，或请系统管理员重设口令。"),
        )
    with records.writing(actor_of(person)) as session:
        session.get_one(SignInAttempt, attempt).succeeded = True
        found = session.get_one(Person, person.id)
        if renewed is not None:
            found.password_hash = renewed
        return open_session(records, session, found, address, "password")


def open_session(records: Database, session: RecordSession, person: Person, address: str, way: str) -> SignedIn:
    """Open a session for somebody who proved who they are · 建立会话.

    Parameters
    ----------
    records
        The city's.
    session
        Open for writing.
    person
        Of that session.
    address
        Network address of the browser.
    way
        How it was proved: ``password`` or ``oidc``.

    Returns
    -------
    SignedIn
        With the secret of the browser.
    """
    rules, moment = load_sign_in_rules(), dt.datetime.now(dt.UTC)
    for old in session.scalars(select(SignIn).where(SignIn.expires_at < moment)):
        session.delete(old)
    token = new_token()
    session.add(
        SignIn(
            token_hash=token_hash(token),
            person_id=person.id,
            created_at=moment,
            expires_at=moment + rules.longest_session,
            last_seen_at=moment,
        )
    )
    records.note(session, "sign_in", person.id, "signed in", {"address": address, "way": way})
    return SignedIn(
        token,
        actor_of(person),
        person.language,
        person.must_change_password and way == "password",
        int(rules.longest_session.total_seconds()),
    )


def recognise(session: RecordSession, token: str) -> Recognised | None:
    """Tell who stands behind a browser's secret · 识别会话.

    Parameters
    ----------
    session
        Open for reading.
    token
        From the cookie.

    Returns
    -------
    Recognised or None
        None where the session ended or never was.
    """
    rules, moment = load_sign_in_rules(), dt.datetime.now(dt.UTC)
    opened = session.get(SignIn, token_hash(token))
    if opened is None or opened.expires_at <= moment or opened.last_seen_at + rules.idle <= moment:
        return None
    person = session.get(Person, opened.person_id)
    if person is None or not person.active:
        return None
    stale = opened.last_seen_at + rules.renew_every <= moment
    return Recognised(actor_of(person), person.language, person.must_change_password, stale)


def renew(records: Database, token: str) -> None:
    """Write that a session was used just now · 更新会话.

    Parameters
    ----------
    records
        The city's.
    token
        From the cookie.
    """
    with records.writing(_DOORKEEPER) as session:
        opened = session.get(SignIn, token_hash(token))
        if opened is not None:
            opened.last_seen_at = dt.datetime.now(dt.UTC)


def sign_out(records: Database, token: str) -> None:
    """End one session · 退出.

    Parameters
    ----------
    records
        The city's.
    token
        From the cookie.
    """
    with records.writing(_DOORKEEPER) as session:
        opened = session.get(SignIn, token_hash(token))
        if opened is not None:
            records.note(session, "sign_in", opened.person_id, "signed out", {})
            session.delete(opened)


def _write_attempt(records: Database, login: str, address: str) -> int:
    rules, moment = load_sign_in_rules(), dt.datetime.now(dt.UTC)
    since = moment - rules.window
    with records.writing(_DOORKEEPER) as session:
        for old in session.scalars(select(SignInAttempt).where(SignInAttempt.at < since)):
            session.delete(old)
        session.flush()
        failed = select(func.count()).select_from(SignInAttempt).where(SignInAttempt.succeeded.is_(False))
        of_login = session.scalar(failed.where(SignInAttempt.login == login)) or 0
        of_address = session.scalar(failed.where(SignInAttempt.address == address)) or 0
        if of_login >= rules.most_failures_per_login or of_address >= rules.most_failures_per_address:
            minutes = int(rules.window.total_seconds() // 60)
            raise TooManyAttempts(
                Text("Signing in failed too often.", "登录失败次数过多。"),
                Text(f"Wait {minutes} minutes, then try again.", f"请{minutes}分钟后再试。"),
            )
        attempt = SignInAttempt(login=login, address=address, at=moment, succeeded=False)
        session.add(attempt)
        session.flush()
        return attempt.number


def count_sessions(session: RecordSession, person_id: str) -> int:
    """Count where somebody is signed in · 会话数.

    Parameters
    ----------
    session
        Open for reading.
    person_id
        Whose sessions.

    Returns
    -------
    int
        Those that have not ended.
    """
    rules, moment = load_sign_in_rules(), dt.datetime.now(dt.UTC)
    opened = select(func.count()).select_from(SignIn).where(SignIn.person_id == person_id, SignIn.expires_at > moment)
    return session.scalar(opened.where(SignIn.last_seen_at > moment - rules.idle)) or 0
