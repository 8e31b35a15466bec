"""Who asks: by the browser's session or by a program's token · 识别访问者."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request

from lantu.capabilities.office.sessions import recognise, renew
from lantu.capabilities.office.tokens import recognise_token
from lantu.interfaces.web.languages import language_of
from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.people import Actor

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from lantu.interfaces.web.office import Office

_BEARER = "bearer "
_WITHOUT_IDENTITY = ("/static/", "/healthz")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, and by which means · 访问者.

    Parameters
    ----------
    actor
        Who it is; anonymous for who showed nothing valid.
    language
        Language of that person, None for nobody.
    session_token
        Secret of the browser's session; empty without.
    scopes
        What a program's token is good for; None for people.
    must_change_password
        Whether only the page of a new password is open.
    bad_token
        Whether a token was shown that is none.
    """

    actor: Actor
    language: str | None = None
    session_token: str = ""
    scopes: frozenset[str] | None = None
    must_change_password: bool = False
    bad_token: bool = False


def session_cookie(*, secure: bool) -> str:
    """Name the cookie of the session · 会话Cookie名.

    Parameters
    ----------
    secure
        Whether browsers come by https; the prefix then makes them insist on it.

    Returns
    -------
    str
        Its name.
    """
    return "__Host-lantu_session" if secure else "lantu_session"


def identity_of_session(office: Office, token: str) -> Identity:
    """Tell who shows a cookie, and write its use where that is due · 按会话识别.

    Parameters
    ----------
    office
        The city that is served.
    token
        From the cookie.

    Returns
    -------
    Identity
        Anonymous where the session ended or never was.
    """
    with office.records.reading() as session:
        found = recognise(session, token)
    if found is None:
        return Identity(Actor.anonymous())
    if found.is_stale:
        renew(office.records, token)
    return Identity(found.actor, found.language, token, must_change_password=found.must_change_password)


class Recogniser:
    """Puts who asks, and the language to answer in, on every request · 识别中间件.

    Parameters
    ----------
    app
        What comes behind.
    office
        The city that is served.
    answer
        Says in our words what went wrong, as it does for routes.
    """

    def __init__(self, app: ASGIApp, office: Office, answer: Callable[[Request, Exception], Response]) -> None:
        self._app = app
        self._office = office
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Recognise, then pass on · 处理请求."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        state = scope.setdefault("state", {})
        state["actor"], state["language"] = Actor.anonymous(), language_of(connection, None, self._office.settings.language)
        try:
            known = await self._recognise(connection)
        except LantuError as error:
            await self._answer(Request(scope, receive), error)(scope, receive, send)
            return
        state["identity"] = known
        state["actor"] = known.actor
        state["language"] = language_of(connection, known.language, self._office.settings.language)
        await self._app(scope, receive, send)

    async def _recognise(self, connection: HTTPConnection) -> Identity:
        known = Identity(Actor.anonymous())
        if not connection.url.path.startswith(_WITHOUT_IDENTITY):
            shown = connection.headers.get("authorization", "")
            token = connection.cookies.get(session_cookie(secure=self._office.settings.secure), "")
            if shown.lower().startswith(_BEARER):
                known = await run_in_threadpool(self._by_token, shown[len(_BEARER) :].strip())
            elif token:
                known = await run_in_threadpool(identity_of_session, self._office, token)
        return known

    def _by_token(self, token: str) -> Identity:
        with self._office.records.reading() as session:
            found = recognise_token(session, token)
        if found is None:
            return Identity(Actor.anonymous(), bad_token=True)
        return Identity(found.actor, found.language, scopes=found.scopes)
