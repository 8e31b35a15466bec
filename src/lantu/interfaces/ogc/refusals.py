"""What the OGC doors refuse, and how they say so · 拒绝理由."""

from __future__ import annotations

from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.text import Text

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
