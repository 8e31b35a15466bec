"""About: which program, which rules, which data · 关于与版本."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from lantu.capabilities.plan_making.checking import rule_set_version, select_cards
from lantu.catalogue.rights import may
from lantu.interfaces.web.dependencies import Reading, TheOffice, requires
from lantu.interfaces.web.rendering import render
from lantu.stores.records.models import MapLayer
from lantu.stores.records.querying import select
from lantu.vocabulary.people import Actor  # noqa: TC001  # FastAPI reads the annotations when it runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.stores.records import RecordSession

router = APIRouter()


@router.get("/about", response_class=HTMLResponse)
def about(request: Request, reading: Reading, office: TheOffice, actor: Annotated[Actor, Depends(requires("public.read"))]) -> HTMLResponse:
    """Show the versions of the program, the rules and the data · 版本信息."""
    cards = select_cards(["ALL"])
    return render(
        request,
        "about/about.html",
        rules=len(cards),
        rule_set=rule_set_version(cards, office.city),
        python=platform.python_version(),
        database="PostgreSQL" if office.records.dialect == "postgresql" else "SQLite",
        layers=_layers(reading, internal=may(actor, "map.read_internal")),
    )


def _layers(session: RecordSession, *, internal: bool) -> Sequence[MapLayer]:
    """Give the latest version of every layer that who asks may see."""
    latest: dict[str, MapLayer] = {}
    for layer in session.scalars(select(MapLayer).order_by(MapLayer.name, MapLayer.valid_from)):
        if internal or layer.visibility == "public":
            latest[layer.name] = layer
    return list(latest.values())
