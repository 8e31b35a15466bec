"""Tiles of the map · 瓦片."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response

from lantu.capabilities.one_map.map_shelf import no_such_layer
from lantu.catalogue.rights import may
from lantu.interfaces.web.dependencies import Reading, TheOffice, requires
from lantu.interfaces.web.drafts import draft_of
from lantu.interfaces.web.map_access import TheMap  # noqa: TC001  # FastAPI reads the annotations when it runs
from lantu.interfaces.web.tile_answers import TilePlace, answer_tile
from lantu.stores.records.models import Submission
from lantu.vocabulary.people import Actor  # noqa: TC001  # FastAPI reads the annotations when it runs

router = APIRouter(include_in_schema=False)

_VECTOR_TYPE = "application/vnd.mapbox-vector-tile"


@router.api_route("/tiles/{name}/{version}/{z}/{x}/{y}.{kind}", methods=["GET", "HEAD"], response_class=Response)
async def tile(  # noqa: PLR0913, PLR0917  # a tile's address has that many parts
    request: Request,
    shelf: TheMap,
    actor: Annotated[Actor, Depends(requires("map.read"))],
    name: str,
    version: str,
    z: int,
    x: int,
    y: int,
    kind: Literal["mvt", "webp"],
) -> Response:
    """Give a tile of a published layer; it never changes. `TileDoor` answers most before they come here · 已发布瓦片."""
    layer = shelf.of_tiles(actor, name, version)
    known, accepted = (request.headers.get(name, "") for name in ("if-none-match", "accept-encoding"))
    answer = answer_tile(shelf, layer, TilePlace(z, x, y, kind), known, accepted)
    return Response(answer.content, status_code=answer.status, headers=answer.headers)


@router.get("/tiles/submissions/{submission_id}/{number}/{name}/{z}/{x}/{y}.mvt", response_class=Response)
def submission_tile(  # noqa: PLR0913, PLR0917  # a tile's address has that many parts
    the_office: TheOffice,
    session: Reading,
    actor: Annotated[Actor, Depends(requires("submission.read"))],
    submission_id: str,
    number: int,
    name: str,
    z: int,
    x: int,
    y: int,
) -> Response:
    """Draw a tile of a submission as it stands · 报送件瓦片."""
    found = session.get(Submission, submission_id)
    if found is None or not may(actor, "submission.read", unit_code=found.unit_code):
        raise no_such_layer()
    draft = draft_of(the_office, session, found, number)
    if draft is None:
        raise no_such_layer()
    content = draft.tile(name, (z, x, y))
    return Response(content, status_code=200 if content else 204, media_type=_VECTOR_TYPE, headers={"cache-control": "private, no-cache"})
