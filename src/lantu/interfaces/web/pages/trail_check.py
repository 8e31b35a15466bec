"""Whether anybody tampered with the trail · 留痕核验."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from lantu.interfaces.web.dependencies import TheOffice, requires
from lantu.interfaces.web.rendering import render
from lantu.stores.records import verify_trail
from lantu.stores.records.models import Event
from lantu.stores.records.querying import func, select

router = APIRouter()


@router.get("/trail/verify", response_class=HTMLResponse, dependencies=[Depends(requires("trail.read"))])
def verify(request: Request, office: TheOffice) -> HTMLResponse:
    """Hold the trail against itself, the records and its seal · 核验留痕."""
    found = verify_trail(office.records)
    with office.records.reading() as session:
        count = session.scalar(select(func.count()).select_from(Event)) or 0
    return render(request, "trail/verified.html", found=found, count=count)
