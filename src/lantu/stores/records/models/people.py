"""People, their sessions and their tokens · 人员、会话与令牌."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # the mapping reads the annotations
from typing import ClassVar

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from lantu.stores.records.models.record import Record, Row, reference


class Person(Record, kw_only=True, eq=False, repr=False):
    """Somebody who may sign in · 人员."""

    __tablename__ = "people"
    secrets: ClassVar[frozenset[str]] = frozenset({"password_hash"})

    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str | None] = mapped_column(default=None)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    oidc_subject: Mapped[str | None] = mapped_column(default=None, unique=True)
    roles: Mapped[list[str]] = mapped_column(default_factory=list)
    unit_code: Mapped[str | None] = mapped_column(default=None)
    language: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)


class SignIn(Row, kw_only=True, eq=False, repr=False):
    """A session in a browser; volatile, known by the hash of its token · 登录会话."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(reference("people.id"), index=True)
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    last_seen_at: Mapped[dt.datetime]


class SignInAttempt(Row, kw_only=True, eq=False, repr=False):
    """An attempt to sign in, for the limit on their rate; volatile · 登录尝试."""

    __tablename__ = "sign_in_attempts"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True, init=False)
    login: Mapped[str] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(index=True)
    at: Mapped[dt.datetime]
    succeeded: Mapped[bool]


class ApiToken(Record, kw_only=True, eq=False, repr=False):
    """A token for programs, known by its hash · 接口令牌."""

    __tablename__ = "api_tokens"
    secrets: ClassVar[frozenset[str]] = frozenset({"token_hash"})

    person_id: Mapped[str] = mapped_column(reference("people.id"), index=True)
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    scopes: Mapped[list[str]] = mapped_column(default_factory=list)
