"""Tiles of the map · 瓦片."""

from __future__ import annotations

import gzip
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response

from lantu.capabilities.one_map.map_shelf import no_such_layer
from lantu.catalogue.rights import may
from lantu.interfaces.web.dependencies import Reading, TheOffice, requires
from lantu.interfaces.web.drafts import draft_of
from lantu.interfaces.web.map_access import TheMap  # noqa: TC001  # FastAPI reads the annotations when it runs
from lantu.stores.records.models import Submission
from lantu.vocabulary.people import Actor  # noqa: TC001  # FastAPI reads the annotations when it runs

router = APIRouter(include_in_schema=False)

_TYPES = {"mvt": "application/vnd.mapbox-vector-tile", "webp": "image/webp"}
_YEAR_S = 31_536_000


@router.get("/tiles/{name}/{version}/{z}/{x}/{y}.{kind}", response_class=Response)
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
    """Give a tile of a published layer; it never changes · 已发布瓦片."""
    layer = shelf.of_tiles(actor, name, version)
    reach = "public" if layer.visibility == "public" else "private"
    mark = f'"{version}.{z}.{x}.{y}.{kind}"'
    headers = {"cache-control": f"{reach}, max-age={_YEAR_S}, immutable", "etag": mark, "vary": "Cookie, Authorization, Accept-Encoding"}
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers=headers)
    content = shelf.tile(layer, (z, x, y), picture=kind == "webp")
    if content is None:
        return Response(status_code=204, headers=headers)
    if kind == "mvt":
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
        else:
            content = gzip.decompress(content)
    return Response(content, media_type=_TYPES[kind], headers=headers)


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
    return Response(content, status_code=200 if content else 204, media_type=_TYPES["mvt"], headers={"cache-control": "private, no-cache"})
