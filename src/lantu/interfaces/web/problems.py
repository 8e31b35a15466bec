"""Errors as pages that name the way out, or as problems of RFC 9457 for programs · 错误页面与问题详情."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from lantu.interfaces.ogc.refusals import PROBLEM_TYPE, problem_document
from lantu.interfaces.web.dependencies import PasswordChangeNeeded, SignInNeeded
from lantu.interfaces.web.rendering import render
from lantu.interfaces.web.security import SECURITY_HEADERS
from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.people import Actor
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

    from lantu.vocabulary.text import Language

FOR_PROGRAMS = ("/api/", "/tiles/", "/ogc/")
ACCOUNT_PASSWORD = "/account/password"  # noqa: S105  # a path
_log = logging.getLogger("lantu.web")

_WORDS = {
    400: (Text("This request cannot be read.", "无法识别该请求。"), Text("Go back and try it from the page.", "请返回页面重试。")),
    404: (
        Text("There is nothing at this address, or it is not open to you.", "此地址没有内容，或未向您开放。"),
        Text("Check the address, or start from the home page.", "请核对地址，或从首页重新进入。"),
    ),
    405: (
        Text("This address does not take that kind of request.", "此地址不支持该请求方法。"),
        Text("Use the page or the API's description.", "请使用页面，或查阅接口说明。"),
    ),
    413: (Text("This is too large.", "内容过大。"), Text("Split it, or ask for a higher limit.", "请拆分，或申请提高上限。")),
}
_BROKEN = (
    Text("Something broke on our side; nothing was half-written.", "系统内部出错，未留下残缺数据。"),
    Text(
        "Try again. If it stays so, tell your administrator the time; the log has the rest.",
        "请重试；如仍出错，请将时间告知系统管理员，日志中有详情。",
    ),
)


def handle_errors(app: FastAPI) -> None:
    """Teach an application to answer errors in our words · 注册错误处理.

    Parameters
    ----------
    app
        Before it serves.
    """
    app.add_exception_handler(LantuError, answer_error)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _broken)


def problem(request: Request, status: int, message: Text, remedy: Text, kind: str = "", **more: object) -> JSONResponse:
    """Give a problem of RFC 9457 · 问题详情.

    Parameters
    ----------
    request
        What came in.
    status
        Of the answer.
    message
        What is wrong.
    remedy
        The way out.
    kind
        Name of the error's class; empty for those of HTTP itself.
    **more
        Further members.

    Returns
    -------
    fastapi.responses.JSONResponse
        In the language of the request, and in both.
    """
    body = problem_document(status, message, remedy, _language(request), kind=kind, path=request.url.path) | more
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(body, status_code=status, media_type=PROBLEM_TYPE, headers=headers)


def too_large(request: Request) -> Response:
    """Answer a body that is larger than the address takes · 内容过大.

    Parameters
    ----------
    request
        What came in.

    Returns
    -------
    fastapi.responses.Response
        A page or a problem, as other errors are answered.
    """
    return _answer(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, *_WORDS[413])


def answer_error(request: Request, error: Exception) -> Response:
    """Answer an error that we raised on purpose · 答复已知错误.

    Parameters
    ----------
    request
        What came in.
    error
        A `LantuError`.

    Returns
    -------
    fastapi.responses.Response
        A page, a part of one, a problem, or the way to the sign-in page.
    """
    if not isinstance(error, LantuError):
        raise error
    status = type(error).http_status
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("%s", error, exc_info=error)
    if not _for_programs(request):
        if isinstance(error, SignInNeeded):
            return _go(request, f"/sign-in?next={quote(_back(request))}")
        if isinstance(error, PasswordChangeNeeded):
            return _go(request, ACCOUNT_PASSWORD)
    return _answer(request, status, error.message, error.remedy, type(error).__name__)


def _unfit(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [{"where": ".".join(str(part) for part in fault["loc"]), "what": str(fault["msg"])} for fault in error.errors()]
    listed = "; ".join(f"{fault['where']}: {fault['what']}" for fault in faults)
    message = Text(f"What was sent does not fit: {listed}.", f"提交内容不符合要求：{listed}。")
    remedy = Text("Correct it and send it again.", "请更正后重新提交。")
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, message, remedy, "RequestUnfit", errors=faults)


def _plain(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    phrase = Text(f"{error.detail}.", f"{error.detail}。")
    message, remedy = _WORDS.get(error.status_code, (phrase, _WORDS[404][1]))
    answer = _answer(request, error.status_code, message, remedy)
    answer.headers.update(error.headers or {})
    return answer


def _broken(request: Request, error: Exception) -> Response:
    _log.error("%s %s", request.method, request.url.path, exc_info=error)
    answer = _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, *_BROKEN, "Broken")
    # This answer is made outside of the layer that sets them.
    answer.headers.update(SECURITY_HEADERS)
    return answer


def _answer(request: Request, status: int, message: Text, remedy: Text, kind: str = "", **more: object) -> Response:
    if _for_programs(request):
        return problem(request, status, message, remedy, kind, **more)
    if not hasattr(request.state, "actor"):
        request.state.actor, request.state.language = Actor.anonymous(), _language(request)
    part = "shell/notice.html" if request.headers.get("hx-request") else "shell/problem.html"
    return render(request, part, status_code=status, status=int(status), message=message, remedy=remedy, tone="bad")


def _for_programs(request: Request) -> bool:
    return request.url.path.startswith(FOR_PROGRAMS) or request.headers.get("accept", "").startswith("application/json")


def _go(request: Request, path: str) -> Response:
    if request.headers.get("hx-request"):
        return Response(status_code=HTTPStatus.OK, headers={"HX-Redirect": path})
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


def _back(request: Request) -> str:
    if request.method != "GET" or request.headers.get("hx-request"):
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _language(request: Request) -> Language:
    language: Any = getattr(request.state, "language", "en")
    return "zh" if language == "zh" else "en"
