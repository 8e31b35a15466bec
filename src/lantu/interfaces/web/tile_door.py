"""A door of its own for tiles, before everything that pages need and tiles do not · 瓦片快速通道.

A screen asks for dozens of tiles at a time, and reading one takes a hundredth of what routing, dependencies and middleware take. This
door answers what is plain: a tile of a layer that who asks may see. Whatever else it is asked (a layer that is unknown or hidden, a
program's token, a first password, a damaged archive) it hands on unanswered, so that there is one place that refuses, and it refuses
in the same words.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import cookie_parser

from lantu.capabilities.office.secret_tokens import token_hash
from lantu.catalogue.rights import may
from lantu.interfaces.web.identity import Identity, identity_of_session, session_cookie
from lantu.interfaces.web.map_access import shelf_of
from lantu.interfaces.web.security import security_headers
from lantu.interfaces.web.tile_answers import TilePlace, answer_tile
from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.people import Actor

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from lantu.interfaces.web.office import Office
    from lantu.interfaces.web.tile_answers import TileAnswer

_ADDRESS = re.compile(r"/tiles/([^/]+)/([^/]+)/([0-9]{1,2})/([0-9]{1,8})/([0-9]{1,8})\.(mvt|webp)")
_PREFIX = "/tiles/"
_ACTION = "map.read"
_READS = frozenset({"GET", "HEAD"})
_ASKED_FOR = frozenset({b"cookie", b"if-none-match", b"accept-encoding"})


class KnownSessions:
    """Who stands behind the cookies that were shown within the last moments · 近期会话.

    What is remembered counts until anything is written here (a sign-out, a closed account), and two seconds at the longest, for what
    other processes write.

    Parameters
    ----------
    office
        The city that is served.
    """

    GOOD_FOR_S = 2.0
    MOST = 2048

    def __init__(self, office: Office) -> None:
        self._office = office
        self._known: OrderedDict[str, tuple[float, int, Identity]] = OrderedDict()

    async def of(self, token: str) -> Identity:
        """Tell who shows a cookie · 识别会话.

        Parameters
        ----------
        token
            From the cookie; only its hash is remembered.

        Returns
        -------
        Identity
            Anonymous where the session ended or never was.
        """
        moment, writes, key = time.monotonic(), self._office.records.commits, token_hash(token)
        kept = self._known.get(key)
        if kept is not None and kept[1] == writes and moment - kept[0] < self.GOOD_FOR_S:
            return kept[2]
        found = await run_in_threadpool(identity_of_session, self._office, token)
        self._known[key] = (moment, writes, found)
        self._known.move_to_end(key)
        while len(self._known) > self.MOST:
            self._known.popitem(last=False)
        return found


class TileDoor:
    """Answers tiles of published layers; everything else passes · 瓦片中间件.

    Parameters
    ----------
    app
        What comes behind; its route of the same address declares the right and answers all that this door does not.
    office
        The city that is served.
    """

    def __init__(self, app: ASGIApp, office: Office) -> None:
        self._app = app
        self._office = office
        self._cookie = session_cookie(secure=office.settings.secure)
        self._sessions = KnownSessions(office)
        self._security = [(name.encode(), value.encode()) for name, value in security_headers(office.settings).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on · 处理请求."""
        answer = None
        if scope["type"] == "http" and scope["path"].startswith(_PREFIX) and scope["method"] in _READS:
            asked = _ADDRESS.fullmatch(scope["path"])
            if asked is not None and self._office.city.store is not None:
                try:
                    answer = await self._answer(scope, asked)
                except LantuError:
                    # What comes behind meets the same and says it in our words.
                    answer = None
        if answer is None:
            await self._app(scope, receive, send)
            return
        headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers + self._security})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.content})

    async def _answer(self, scope: Scope, asked: re.Match[str]) -> TileAnswer | None:
        said: dict[bytes, str] = {}
        for name, value in scope["headers"]:
            if name == b"authorization":
                return None
            if name in _ASKED_FOR:
                said[name] = value.decode("latin-1")
        token = cookie_parser(said[b"cookie"]).get(self._cookie, "") if b"cookie" in said else ""
        actor = Actor.anonymous()
        if token:
            known = await self._sessions.of(token)
            if known.must_change_password:
                return None
            actor = known.actor
        shelf = shelf_of(scope["app"])
        if not shelf.is_fresh:
            await run_in_threadpool(shelf.layers)
        name, version, z, x, y, kind = asked.groups()
        layer = shelf.known(name, version)
        if layer is None or not may(actor, _ACTION) or not layer.seen_by(actor):
            return None
        place = TilePlace(int(z), int(x), int(y), kind)
        return answer_tile(shelf, layer, place, said.get(b"if-none-match", ""), said.get(b"accept-encoding", ""))
