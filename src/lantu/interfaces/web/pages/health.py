"""Whether the application is up, for who watches over it · 健康检查."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from lantu import __version__
from lantu.interfaces.web.dependencies import Reading, requires
from lantu.stores.records.models import Person
from lantu.stores.records.querying import select

router = APIRouter()


@router.get("/healthz", dependencies=[Depends(requires("public.read"))])
def health(reading: Reading) -> dict[str, str]:
    """Answer once the records answer · 健康检查."""
    reading.scalar(select(Person.id).limit(1))
    return {"status": "ok", "version": __version__}
