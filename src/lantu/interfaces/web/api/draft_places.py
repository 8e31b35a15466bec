"""What a submission says of a place on the map · 报送件识别接口."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from lantu.interfaces.web.dependencies import Reading, TheOffice, requires
from lantu.interfaces.web.drafts import draft_of
from lantu.interfaces.web.submitting import submission_for
from lantu.vocabulary.people import Actor

router = APIRouter(tags=["submissions"])

Reader = Annotated[Actor, Depends(requires("submission.read"))]


@router.get("/submissions/{submission_id}/identify")
def identify(  # noqa: PLR0913, PLR0917  # what the map asks with
    request: Request,
    submission_id: str,
    reading: Reading,
    office: TheOffice,
    actor: Reader,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-85, le=85)],
    layers: Annotated[str, Query(max_length=4000)] = "",
    tolerance_m: Annotated[float, Query(ge=0, le=1000)] = 20.0,
    number: Annotated[int | None, Query(alias="round", ge=1, le=100_000)] = None,
) -> dict[str, Any]:
    """Tell what of the submitted layers lies at a place, in one round or else the latest · 报送件识别."""
    del actor
    draft = draft_of(office, reading, submission_for(request, reading, submission_id), number)
    if draft is None:
        return {"hits": []}
    names = [name.removeprefix("draft.") for name in layers.split(",") if name] or list(draft.own)
    return {"hits": draft.identify(names, (lon, lat), tolerance_m)}
