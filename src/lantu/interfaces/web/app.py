"""The application: one city, served · 应用工厂."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from mimetypes import guess_type
from stat import S_ISREG
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from starlette.datastructures import Headers
from starlette.middleware.sessions import SessionMiddleware
from starlette.staticfiles import StaticFiles

from lantu import __version__
from lantu.interfaces.web.assets import STATIC, require_front_end
from lantu.interfaces.web.discovery import API, PAGES, modules_of
from lantu.interfaces.web.identity import Recogniser
from lantu.interfaces.web.navigation import Offers
from lantu.interfaces.web.office import open_office
from lantu.interfaces.web.problems import answer_error, handle_errors
from lantu.interfaces.web.security import Compression, SecurityHeaders
from lantu.interfaces.web.tile_door import TileDoor
from lantu.interfaces.web.too_large import TooLarge

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from os import PathLike, stat_result

    from starlette.responses import Response
    from starlette.types import Scope

    from lantu.interfaces.web.settings import Settings

API_ROOT = "/api/v1"
# Large files come in pieces of 8 MB; nothing else is larger than a drawn or uploaded parcel.
_MOST_BODY_BYTES = 64 * 1024 * 1024
# Holds state, nonce and code verifier while a browser is at the identity provider, and nothing else.
_ROUND_TRIP_COOKIE = "lantu_round_trip"
_ROUND_TRIP_SECONDS = 600
_NAMED_BY_CONTENT = re.compile(r"build/assets/")


class _StaticFiles(StaticFiles):
    """Files that browsers keep for ever where their name holds their hash, and ask about otherwise; packed when they were built."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if _NAMED_BY_CONTENT.match(path.replace("\\", "/")) and "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            packed, found = self.lookup_path(f"{path}.gz")
            if found is not None and S_ISREG(found.st_mode):
                response = self.file_response(packed, found, scope)
                if response.status_code == HTTPStatus.OK:
                    response.headers["content-type"] = guess_type(path)[0] or "application/octet-stream"
                    response.headers["content-encoding"] = "gzip"
                response.headers["vary"] = "Accept-Encoding"
                return response
        return await super().get_response(path, scope)

    def file_response(self, full_path: PathLike[str] | str, stat_result: stat_result, scope: Scope, status_code: int = 200) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        for_ever = _NAMED_BY_CONTENT.search(str(full_path).replace("\\", "/"))
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if for_ever else "public, max-age=3600"
        return response


def create_app(settings: Settings) -> FastAPI:
    """Make the application of one city · 创建应用.

    Parameters
    ----------
    settings
        How it is served.

    Returns
    -------
    fastapi.FastAPI
        With every page and API module of the packages; ``app.state.office`` is what they stand on.

    Raises
    ------
    FrontEndMissing
        If the scripts and styles were not built.
    """
    require_front_end()
    office = open_office(settings)
    pages, families = modules_of(PAGES), modules_of(API)
    starts = [module.lifespan for module in (*pages, *families) if hasattr(module, "lifespan")]

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        """Start what the pages need, and close the office at the end · 启动与关闭."""
        async with AsyncExitStack() as opened:
            opened.callback(office.close)
            for start in starts:
                await opened.enter_async_context(start(app))
            yield

    app = FastAPI(
        title=f"Lantu · {office.city.profile.name.en} · {office.city.profile.name.zh}",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.office = office
    entries = sorted((entry for module in pages for entry in getattr(module, "navigation", ())), key=lambda entry: entry.order)
    app.state.offers = Offers(tuple(entries), tuple(module.waiting for module in pages if hasattr(module, "waiting")))
    handle_errors(app)
    for module in pages:
        app.include_router(module.router, include_in_schema=False, max_body_size=_MOST_BODY_BYTES)
    api = APIRouter(prefix=API_ROOT)
    for module in families:
        api.include_router(module.router)
    app.include_router(api, max_body_size=_MOST_BODY_BYTES)
    app.mount("/static", _StaticFiles(directory=STATIC), name="static")
    # The last one added stands outermost.
    if settings.oidc is not None:
        app.add_middleware(
            SessionMiddleware,
            secret_key=office.signing_key,
            session_cookie=_ROUND_TRIP_COOKIE,
            max_age=_ROUND_TRIP_SECONDS,
            path="/sign-in/oidc",
            same_site="lax",
            https_only=settings.secure,
        )
    app.add_middleware(TooLarge)
    app.add_middleware(Recogniser, office=office, answer=answer_error)
    app.add_middleware(Compression)
    app.add_middleware(SecurityHeaders, settings=settings)
    app.add_middleware(TileDoor, office=office)
    return app
