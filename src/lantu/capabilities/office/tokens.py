"""Tokens for programs: shown once, limited in scope and time, revoked at any time · 接口令牌."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.capabilities.office.people import actor_of
from lantu.capabilities.office.secret_tokens import new_token, token_hash
from lantu.standards.sign_in import load_sign_in_rules
from lantu.stores.records.models import ApiToken, Person
from lantu.stores.records.querying import select
from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.stores.records import RecordSession
    from lantu.vocabulary.people import Actor

PREFIX = "lantu_"


class TokenInvalid(LantuError):
    """What is asked of a token cannot be · 令牌要求有误."""

    http_status = 422


class TokenUnknown(LantuError):
    """There is no such token among the person's own · 令牌不存在."""

    http_status = 404


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """Who stands behind a token · 令牌持有人.

    Parameters
    ----------
    actor
        Who it is.
    language
        Language of that person.
    scopes
        What the token is good for.
    """

    actor: Actor
    language: str
    scopes: frozenset[str]


def add_token(session: RecordSession, person_id: str, name: str, scopes: frozenset[str], days: int) -> str:
    """Make a token · 新建令牌.

    Parameters
    ----------
    session
        Open for writing by that person.
    person_id
        Whose it is.
    name
        What it is for.
    scopes
        What it is good for; never more than the person may.
    days
        How long it lives.

    Returns
    -------
    str
        The secret, which is nowhere kept.

    Raises
    ------
    TokenInvalid
        If it has no name, no scope, or would live too long.
    """
    longest = load_sign_in_rules().longest_token.days
    if not name.strip() or not scopes or not 1 <= days <= longest:
        raise TokenInvalid(
            Text("A token needs a name, a scope and an end.", "令牌须有名称、授权范围和有效期。"),
            Text(f"Say what it is for; it may live up to {longest} days.", f"请填写用途；有效期最长{longest}天。"),
        )
    secret = new_token(PREFIX)
    session.add(
        ApiToken(
            person_id=person_id,
            name=name.strip(),
            token_hash=token_hash(secret),
            expires_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=days),
            scopes=sorted(scopes),
        )
    )
    return secret


def list_tokens(session: RecordSession, person_id: str) -> Sequence[ApiToken]:
    """List somebody's tokens, the newest first · 列出令牌.

    Parameters
    ----------
    session
        Open for reading.
    person_id
        Whose.

    Returns
    -------
    sequence of ApiToken
        Revoked and expired ones too.
    """
    return list(session.scalars(select(ApiToken).where(ApiToken.person_id == person_id).order_by(ApiToken.created_at.desc())))


def revoke_token(session: RecordSession, person_id: str, token_id: str) -> None:
    """Revoke a token at once · 撤销令牌.

    Parameters
    ----------
    session
        Open for writing by that person.
    person_id
        Whose it is.
    token_id
        Which one.

    Raises
    ------
    TokenUnknown
        If it is not theirs.
    """
    token = session.get(ApiToken, token_id)
    if token is None or token.person_id != person_id:
        raise TokenUnknown(Text("There is no such token among yours.", "您没有该令牌。"), Text("Look at the list.", "请查看令牌列表。"))
    token.revoked_at = token.revoked_at or dt.datetime.now(dt.UTC)


def recognise_token(session: RecordSession, secret: str) -> TokenHolder | None:
    """Tell who stands behind a program's secret · 识别令牌.

    Parameters
    ----------
    session
        Open for reading.
    secret
        As the program sent it.

    Returns
    -------
    TokenHolder or None
        None where it expired, was revoked, or never was.
    """
    token = session.scalar(select(ApiToken).where(ApiToken.token_hash == token_hash(secret)))
    if token is None or token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= dt.datetime.now(dt.UTC)):
        return None
    person = session.get(Person, token.person_id)
    if person is None or not person.active:
        return None
    return TokenHolder(actor_of(person), person.language, frozenset(token.scopes))
