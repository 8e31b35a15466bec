"""The JSON API described: every address, what it takes, what it answers, what it refuses · 接口描述."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from lantu.catalogue.rights import right
from lantu.interfaces.web.dependencies import actions_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastapi import FastAPI

_ROOT = "/api/v1"
_PROBLEM = "application/problem+json"
_REFUSALS = {
    "400": "The request cannot be understood · 请求无法识别",
    "401": "Sign in, or show a token · 需要登录或令牌",
    "403": "Not among your rights · 无此权限",
    "404": "Nothing there, or not open to you · 不存在或未开放",
    "409": "Somebody else was faster, or the procedure does not allow it now · 编辑冲突或流程不允许",
    "413": "Too large · 内容过大",
    "422": "What was sent does not fit · 提交内容不符合要求",
}
_ABOUT = """What the pages do, programs can do: same rights, same records, same trail.

Sign in by a token (`Authorization: Bearer …`), made on the page of your account. Without one you see what is public. Whatever is
refused answers with a problem document (RFC 9457) that says what is wrong and the way out, in both languages.

页面所能，程序皆可：权限、记录、留痕一致。以令牌（`Authorization: Bearer …`，在账号页面新建）访问；无令牌仅见公开内容。
请求被拒时返回问题详情（RFC 9457），以中英文说明原因与处理办法。"""


def api_document(app: FastAPI) -> dict[str, Any]:
    """Describe the JSON API in OpenAPI 3.1 · 生成接口描述.

    Parameters
    ----------
    app
        The application.

    Returns
    -------
    dict
        Every operation with its summary in both languages, the right that it needs, and its refusals.
    """
    document = get_openapi(title=app.title, version=app.version, description=_ABOUT, routes=app.routes)
    document["paths"] = {path: methods for path, methods in document.get("paths", {}).items() if path.startswith(_ROOT)}
    for route in _routes(app):
        for method in route.methods or ():
            operation = document["paths"].get(_ROOT + route.path_format.removeprefix(_ROOT), {}).get(method.lower())
            if operation is not None and route.include_in_schema:
                _complete(operation, route)
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = _problem_schema()
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token of your account · 账号令牌"},
        "session": {"type": "apiKey", "in": "cookie", "name": "lantu_session", "description": "A signed-in browser · 已登录的浏览器"},
    }
    return document


def _routes(app: FastAPI) -> Iterable[APIRoute]:
    """Walk through routers within routers; a route says its path without the prefix of those around it."""
    waiting: list[Any] = list(app.routes)
    while waiting:
        route = waiting.pop(0)
        if isinstance(route, APIRoute):
            yield route
        else:
            waiting += getattr(getattr(route, "original_router", route), "routes", None) or []


def _complete(operation: dict[str, Any], route: APIRoute) -> None:
    first, _, rest = inspect.cleandoc(route.endpoint.__doc__ or "").partition("\n")
    english, _, chinese = first.rstrip(".").partition(" · ")
    operation["summary"] = english
    operation["x-summary-zh"] = chinese
    operation["description"] = f"{first}\n\n{_prose(rest)}".strip()
    actions = actions_of(route)
    public = all(right(action).public for action in actions)
    operation["x-rights"] = list(actions)
    operation["security"] = [*([{}] if public else []), {"token": []}, {"session": []}]
    responses = operation["responses"]
    wanted = ["400", "401", "404", "422", *([] if public else ["403"])]
    wanted += ["403", "409", "413"] if (route.methods or set()) - {"GET", "HEAD"} else []
    for status in sorted(set(wanted)):
        responses[status] = {
            "description": _REFUSALS[status],
            "content": {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def _prose(docstring: str) -> str:
    """Keep what a docstring says before its sections of parameters and results."""
    return docstring.partition("\nParameters\n")[0].partition("\nReturns\n")[0].partition("\nRaises\n")[0].strip()


def _problem_schema() -> dict[str, Any]:
    words = {"type": "object", "required": ["en", "zh"], "properties": {"en": {"type": "string"}, "zh": {"type": "string"}}}
    return {
        "type": "object",
        "title": "Problem",
        "description": "RFC 9457, with the way out · 问题详情",
        "required": ["type", "title", "status", "detail", "remedy"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "remedy": {"type": "string"},
            "instance": {"type": "string"},
            "message": words,
            "way_out": words,
        },
    }
