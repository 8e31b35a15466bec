"""Bodies that are too large, refused in our words · 请求体过大."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import Request

from lantu.interfaces.web.problems import too_large

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class TooLarge:
    """Puts our words in place of the framework's where it refuses a body for its size · 改写413应答.

    Parameters
    ----------
    app
        What comes behind.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and reword a refusal on the way back · 处理请求."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reworded = False

        async def reword(message: Message) -> None:
            nonlocal reworded
            if message["type"] == "http.response.start" and message["status"] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                plain = dict(message.get("headers", ())).get(b"content-type", b"").startswith(b"text/plain")
                if plain:
                    reworded = True
                    await too_large(Request(scope))(scope, receive, send)
            if not reworded:
                await send(message)

        await self._app(scope, receive, reword)
