"""The switch of language in the head · 语言切换."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import RedirectResponse

from lantu.interfaces.web.dependencies import TheOffice, requires
from lantu.interfaces.web.languages import COOKIE
from lantu.interfaces.web.returning import safe_path

router = APIRouter()
_YEAR_SECONDS = 31_536_000


@router.get("/language/{language}", dependencies=[Depends(requires("office.language"))])
def switch(language: Literal["en", "zh"], office: TheOffice, back: Annotated[str, Query(alias="next")] = "/") -> RedirectResponse:
    """Remember a language in this browser and go back · 切换语言."""
    answer = RedirectResponse(safe_path(back), 303)
    answer.set_cookie(COOKIE, language, max_age=_YEAR_SECONDS, samesite="lax", secure=office.settings.secure)
    return answer
