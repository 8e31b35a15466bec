"""What the OGC doors refuse, and how they say so · 拒绝理由."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.vocabulary.text import Language

FILTER = "filter"
BBOX = "bbox"


class QueryRefused(LantuError):
    """A request asks for something in a form that is not known · 请求参数有误."""


class NotOffered(LantuError):
    """There is nothing there, or nothing that this person may see · 不存在或无权查看."""

    http_status = 404


class NotAcceptable(LantuError):
    """None of the forms that the client understands is offered · 不提供所求格式."""

    http_status = 406


PROBLEM_TYPE = "application/problem+json"


def problem_document(  # noqa: PLR0913  # what a problem consists of
    status: int, message: Text, remedy: Text, language: Language, *, kind: str = "", path: str = ""
) -> dict[str, Any]:
    """Give a problem of RFC 9457, the same at every door · 问题详情.

    Parameters
    ----------
    status
        Of the answer.
    message
        What is wrong.
    remedy
        The way out.
    language
        Of the request.
    kind
        Name of the error's class; empty for those of HTTP itself.
    path
        Of the request; left out where the answer must not tell one address from another.

    Returns
    -------
    dict
        In the language of the request, and in both.
    """
    return {
        "type": f"urn:lantu:problem:{_kebab(kind)}" if kind else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": message.speak(language),
        "remedy": remedy.speak(language),
        **({"instance": path} if path else {}),
        "message": message.as_json(),
        "way_out": remedy.as_json(),
    }


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def parameter_refused(name: str, english: str, chinese: str) -> QueryRefused:
    """Say what is wrong with a parameter · 参数有误.

    Parameters
    ----------
    name
        Name of the parameter.
    english
        What it should be.
    chinese
        The same in Chinese.

    Returns
    -------
    QueryRefused
        To be raised.
    """
    return QueryRefused(
        Text(f"The parameter {name} cannot be used: {english}.", f"参数{name}无法使用：{chinese}。"),
        Text("Correct it; the API definition shows its form.", "请更正；格式见接口定义。"),
    )


def nothing_there() -> NotOffered:
    """Say that there is nothing, in the same words whatever the reason · 不存在.

    Returns
    -------
    NotOffered
        To be raised.
    """
    return NotOffered(
        Text("There is nothing at this address that you may see.", "此地址没有您可查看的内容。"),
        Text("Look at the list of collections, or sign in.", "请查看图层列表，或登录。"),
    )
