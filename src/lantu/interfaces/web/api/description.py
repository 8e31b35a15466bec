"""The description of the API, for programs · 接口描述文档."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from lantu.interfaces.web.dependencies import requires
from lantu.interfaces.web.describing import api_document
from lantu.vocabulary.people import Actor  # noqa: TC001  # FastAPI reads the annotations when it runs

router = APIRouter(tags=["description"])


@router.get("/openapi.json")
def description(request: Request, _actor: Annotated[Actor, Depends(requires("public.read"))]) -> dict[str, Any]:
    """Describe every address of the API in OpenAPI 3.1 · 接口描述文档."""
    return api_document(request.app)
