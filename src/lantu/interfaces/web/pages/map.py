"""The one map of the city's plans · 一张图页面."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from lantu.catalogue.rights import may
from lantu.interfaces.web.dependencies import requires
from lantu.interfaces.web.navigation import Entry
from lantu.interfaces.web.rendering import render
from lantu.vocabulary.people import Actor  # noqa: TC001  # FastAPI reads the annotations when it runs
from lantu.vocabulary.text import Text

router = APIRouter()
navigation = (
    Entry(
        "/map",
        Text("Map", "一张图"),
        "map",
        "map.read",
        order=10,
        explanation=Text("Every plan in force on one map, as of any date.", "全市现行规划一张图，可按时点查看。"),
    ),
)


@router.get("/map", response_class=HTMLResponse)
def one_map(request: Request, actor: Annotated[Actor, Depends(requires("map.read"))], *, public: bool = False) -> HTMLResponse:
    """Show the map; what it shows follows from the rights of who asks · 显示一张图.

    Parameters
    ----------
    request
        What came in; the view itself is read out of the address by the map.
    actor
        Who asks.
    public
        Show it as residents see it.

    Returns
    -------
    fastapi.responses.HTMLResponse
        The page; layers and tiles come from their own addresses.
    """
    inside = may(actor, "map.read_internal", unit_code=actor.unit_code)
    return render(request, "map/map.html", public_only=public or not inside)
