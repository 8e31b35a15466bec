"""Signing in by the house's own identity provider (OpenID Connect) · 统一身份认证."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response  # noqa: TC002  # FastAPI reads the annotations when it runs
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool

from lantu.capabilities.office.sessions import SignInRefused
from lantu.capabilities.office.single_sign_on import sign_in_by_provider
from lantu.interfaces.web.dependencies import TheOffice, requires
from lantu.interfaces.web.pages.sign_in import address_of, let_in
from lantu.interfaces.web.rendering import render
from lantu.interfaces.web.returning import safe_path
from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.interfaces.web.settings import OidcSettings, Settings

router = APIRouter()
RETURN = "/sign-in/oidc/return"
_BACK = "lantu_next"
_MAY_SIGN_IN = Depends(requires("office.sign_in"))


class SingleSignOnMissing(LantuError):
    """Single sign-on is not set up here · 未启用统一身份认证."""

    http_status = 404


class ProviderRefused(LantuError):
    """The identity provider cannot be reached, or what it says does not hold · 身份认证失败."""

    http_status = 502


@router.get("/sign-in/oidc", dependencies=[_MAY_SIGN_IN])
async def go_to_provider(request: Request, office: TheOffice, back: Annotated[str, Query(alias="next")] = "/") -> Response:
    """Send the browser to the provider · 跳转认证方."""
    client = _client(_settings(office.settings))
    request.session[_BACK] = safe_path(back)
    try:
        answer: Response = await client.authorize_redirect(request, _own_address(request, office.settings) + RETURN)
    except (httpx2.HTTPError, AuthlibBaseError, RuntimeError, ValueError) as error:
        raise _refused() from error
    return answer


@router.get(RETURN, dependencies=[_MAY_SIGN_IN])
async def come_back(request: Request, office: TheOffice) -> Response:
    """Let in whom the provider vouches for: code, state, nonce, signature and issuer are checked · 认证返回."""
    oidc = _settings(office.settings)
    try:
        token = await _client(oidc).authorize_access_token(request)
    except (httpx2.HTTPError, AuthlibBaseError, JoseError, RuntimeError, ValueError) as error:
        raise _refused() from error
    claims: dict[str, Any] = token.get("userinfo") or {}
    if not claims.get("sub") or not claims.get("iss"):
        raise _refused()
    login = str(claims.get(oidc.claim) or "")
    if oidc.claim == "email" and not claims.get("email_verified"):
        login = ""
    back = safe_path(str(request.session.pop(_BACK, "/")))
    try:
        signed = await run_in_threadpool(
            sign_in_by_provider, office.records, str(claims["iss"]), str(claims["sub"]), login, address_of(request)
        )
    except SignInRefused as error:
        return render(
            request,
            "sign_in/sign_in.html",
            status_code=HTTPStatus.FORBIDDEN,
            next=back,
            login="",
            message=error.message,
            remedy=error.remedy,
        )
    return let_in(signed, office.settings, back)


@cache
def _client(oidc: OidcSettings) -> Any:  # noqa: ANN401  # Authlib has no types
    return OAuth().register(
        "house",
        server_metadata_url=f"{oidc.issuer}/.well-known/openid-configuration",
        client_id=oidc.client_id,
        client_secret=oidc.client_secret or None,
        client_kwargs={
            "scope": "openid profile email",
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_basic" if oidc.client_secret else "none",
            "timeout": 10,
        },
    )


def _settings(settings: Settings) -> OidcSettings:
    if settings.oidc is None:
        raise SingleSignOnMissing(
            Text("Single sign-on is not set up here.", "本系统未启用统一身份认证。"),
            Text("Sign in with login and password.", "请使用登录名和口令登录。"),
        )
    return settings.oidc


def _own_address(request: Request, settings: Settings) -> str:
    return settings.public_origin or str(request.base_url).rstrip("/")


def _refused() -> ProviderRefused:
    return ProviderRefused(
        Text("The identity provider cannot be reached, or its answer does not hold.", "无法连接统一身份认证，或其答复未通过校验。"),
        Text("Start again from the sign-in page, or sign in with your password.", "请从登录页重新开始，或使用口令登录。"),
    )
