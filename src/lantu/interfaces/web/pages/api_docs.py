"""The description of the API, for people · 接口说明页."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from lantu.interfaces.web.dependencies import requires
from lantu.interfaces.web.describing import api_document
from lantu.interfaces.web.navigation import Entry
from lantu.interfaces.web.rendering import render
from lantu.interfaces.worker.telling.topics import TOPICS
from lantu.vocabulary.people import Actor  # noqa: TC001  # FastAPI reads the annotations when it runs
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

router = APIRouter()
navigation = (
    Entry(
        "/api/docs",
        Text("API for programs", "程序接口"),
        "document",
        "public.read",
        order=91,
        explanation=Text("Every address of the JSON API, and how to be told what happens.", "JSON接口全部地址，以及事件订阅方式。"),
        in_head=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """One thing that an operation takes · 参数.

    Parameters
    ----------
    name
        Its name.
    place
        ``query``, ``path`` or ``body``.
    kind
        What it is.
    required
        Whether it must be there.
    words
        What it means.
    """

    name: str
    place: str
    kind: str
    required: bool
    words: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the page shows it · 接口操作.

    Parameters
    ----------
    method
        Of HTTP.
    path
        Its address.
    summary
        In both languages.
    prose
        What else there is to say.
    rights
        Actions that it needs.
    taken
        What it takes.
    statuses
        What it may answer.
    """

    method: str
    path: str
    summary: Text
    prose: str
    rights: tuple[str, ...]
    taken: tuple[Taken, ...]
    statuses: tuple[tuple[str, str], ...]


@router.get("/api/docs", response_class=HTMLResponse)
def api_docs(request: Request, _actor: Annotated[Actor, Depends(requires("public.read"))]) -> HTMLResponse:
    """Show every operation of the API · 接口说明."""
    document = api_document(request.app)
    families: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            family = (operation.get("tags") or ["other"])[0]
            families.setdefault(family, []).append(_operation(document, path, method, operation))
    return render(request, "doors/api.html", families=families, topics=TOPICS)


def _operation(document: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]) -> Operation:
    parameters = [
        Taken(item["name"], item["in"], _kind(item.get("schema", {})), item.get("required", False), item.get("description", ""))
        for item in operation.get("parameters", ())
    ]
    return Operation(
        method=method.upper(),
        path=path,
        summary=Text(operation["summary"], operation["x-summary-zh"]),
        prose=operation["description"].partition("\n\n")[2],
        rights=tuple(operation["x-rights"]),
        taken=(*parameters, *_body(document, operation)),
        statuses=tuple((status, answer["description"]) for status, answer in sorted(operation["responses"].items())),
    )


def _body(document: Mapping[str, Any], operation: Mapping[str, Any]) -> tuple[Taken, ...]:
    content = operation.get("requestBody", {}).get("content", {})
    found: list[Taken] = []
    for media_type, entry in content.items():
        schema = _resolved(document, entry.get("schema", {}))
        if "properties" not in schema:
            found.append(Taken(media_type, "body", _kind(schema), required=True, words=""))
        found += [
            Taken(name, "body", _kind(value), name in schema.get("required", ()), value.get("description", ""))
            for name, value in schema.get("properties", {}).items()
        ]
    return tuple(found)


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in schema:
        found: Mapping[str, Any] = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return found
    return schema


def _kind(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[1])
    if "anyOf" in schema or "oneOf" in schema:
        kinds = [_kind(item) for item in schema.get("anyOf", schema.get("oneOf", ()))]
        return " | ".join(kind for kind in kinds if kind != "null")
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    return str(schema.get("type", "any"))
