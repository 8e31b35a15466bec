"""What browsers are told and what is asked of them: headers, and forms only from our own pages · 安全策略."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware

from lantu.interfaces.web.identity import session_cookie
from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from lantu.interfaces.web.settings import Settings

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_PAGES = frozenset({"same-origin", "none"})
_PACKED_ALREADY = ("/tiles/", "/static/build/assets/noto")

SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(self), payment=(), usb=()",
}
_HTTPS_ONLY = {"strict-transport-security": "max-age=31536000"}


class ForeignForm(LantuError):
    """A form came from a page that is not ours · 跨站请求."""

    http_status = 403


def foreign_form() -> ForeignForm:
    """Say that a form came from elsewhere · 跨站请求说明.

    Returns
    -------
    ForeignForm
        With the way out.
    """
    return ForeignForm(
        Text("This was sent from a page that is not part of this application; nothing was done.", "该请求并非来自本系统页面，未予执行。"),
        Text(
            "Open the page here and send it again. Behind a proxy, LANTU_PUBLIC_ORIGIN must be the address that browsers see.",
            "请在本系统页面重新提交；经反向代理访问时，LANTU_PUBLIC_ORIGIN须为浏览器所见地址。",
        ),
    )


def is_foreign(connection: HTTPConnection, method: str, settings: Settings) -> bool:
    """Tell whether a request that writes came from somebody else's page · 是否跨站写请求.

    Browsers say where a request comes from in ``Sec-Fetch-Site``, older ones in ``Origin``. A program with a token
    carries no cookie that a foreign page could borrow; one without cookie and token has nothing to lose.

    Parameters
    ----------
    connection
        What came in.
    method
        Its method.
    settings
        For the origin that browsers see.

    Returns
    -------
    bool
        True to refuse.
    """
    headers = connection.headers
    if method in _SAFE or headers.get("authorization", "").lower().startswith("bearer "):
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in _OWN_PAGES
    origin = headers.get("origin")
    if origin is not None:
        return origin != settings.public_origin and urlsplit(origin).netloc != headers.get("host", "")
    return session_cookie(secure=settings.secure) in connection.cookies


def security_headers(settings: Settings) -> dict[str, str]:
    """Give the headers that every answer carries · 安全响应头.

    Parameters
    ----------
    settings
        For whether browsers come by https.

    Returns
    -------
    dict of str to str
        Names in lower case.
    """
    return {**SECURITY_HEADERS, **(_HTTPS_ONLY if settings.secure else {})}


class SecurityHeaders:
    """Sets the headers of security on every answer · 安全响应头.

    Parameters
    ----------
    app
        What comes behind.
    settings
        For whether browsers come by https.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._headers = security_headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and set the headers on the way back · 处理请求."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if "cache-control" not in headers and not scope["path"].startswith("/static/"):
                    headers["cache-control"] = "no-store"
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Compression:
    """Packs answers, except what is packed already · 压缩.

    Parameters
    ----------
    app
        What comes behind.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._packing = GZipMiddleware(app, minimum_size=1000, compresslevel=5)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, packing on the way back · 处理请求."""
        packed = scope["type"] != "http" or scope["path"].startswith(_PACKED_ALREADY)
        await (self._plain if packed else self._packing)(scope, receive, send)
