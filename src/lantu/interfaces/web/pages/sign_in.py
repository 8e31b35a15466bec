"""Signing in and out · 登录与退出."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from lantu.capabilities.office.sessions import SignInRefused, TooManyAttempts, sign_in, sign_out
from lantu.interfaces.web.dependencies import TheOffice, requires
from lantu.interfaces.web.identity import session_cookie
from lantu.interfaces.web.rendering import render
from lantu.interfaces.web.returning import safe_path

if TYPE_CHECKING:
    from lantu.capabilities.office.sessions import SignedIn
    from lantu.interfaces.web.settings import Settings

router = APIRouter()


@router.get("/sign-in", response_class=HTMLResponse, dependencies=[Depends(requires("office.sign_in"))])
def sign_in_page(request: Request, back: Annotated[str, Query(alias="next")] = "/") -> HTMLResponse:
    """Ask for login and password · 登录页面."""
    return render(request, "sign_in/sign_in.html", next=safe_path(back), login="", message=None, remedy=None)


@router.post("/sign-in", response_class=HTMLResponse, dependencies=[Depends(requires("office.sign_in"))])
def sign_in_with_password(
    request: Request,
    office: TheOffice,
    login: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)],
    back: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Let in who knows the password · 口令登录."""
    try:
        signed = sign_in(office.records, login, password, address_of(request))
    except (SignInRefused, TooManyAttempts) as error:
        return render(
            request,
            "sign_in/sign_in.html",
            status_code=error.http_status,
            next=safe_path(back),
            login=login,
            message=error.message,
            remedy=error.remedy,
        )
    return let_in(signed, office.settings, safe_path(back))


@router.post("/sign-out", dependencies=[Depends(requires("office.sign_out"))])
def leave(request: Request, office: TheOffice) -> RedirectResponse:
    """End the session of this browser · 退出."""
    if request.state.identity.session_token:
        sign_out(office.records, request.state.identity.session_token)
    answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    answer.delete_cookie(session_cookie(secure=office.settings.secure), secure=office.settings.secure, httponly=True, samesite="lax")
    return answer


def let_in(signed: SignedIn, settings: Settings, path: str) -> RedirectResponse:
    """Give the browser its session and go on · 建立会话并跳转.

    Parameters
    ----------
    signed
        The session that was opened.
    settings
        For whether browsers come by https.
    path
        Where to go.

    Returns
    -------
    fastapi.responses.RedirectResponse
        With the cookie.
    """
    answer = RedirectResponse("/account/password" if signed.must_change_password else path, HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        session_cookie(secure=settings.secure),
        signed.token,
        max_age=signed.lives_seconds,
        httponly=True,
        secure=settings.secure,
        samesite="lax",
    )
    return answer


def address_of(request: Request) -> str:
    """Give the network address of the browser · 网络地址.

    Parameters
    ----------
    request
        What came in; the server has put in what a trusted proxy says.

    Returns
    -------
    str
        Empty where the server does not know it.
    """
    return request.client.host if request.client else ""
