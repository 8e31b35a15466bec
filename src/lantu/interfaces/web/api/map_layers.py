"""The city and the layers of its map · 城市与图层接口."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from lantu.capabilities.one_map.asking import MOST_FEATURES, Question, query
from lantu.capabilities.one_map.differences import layer_difference
from lantu.capabilities.one_map.layer_tree import layer_tree
from lantu.capabilities.one_map.searching import search
from lantu.capabilities.one_map.unit_outlines import unit_outlines
from lantu.interfaces.web.dependencies import TheOffice, requires
from lantu.interfaces.web.map_access import TheMap, day_of
from lantu.interfaces.web.map_questions import box_of
from lantu.vocabulary.people import Actor

router = APIRouter(tags=["map"])

Viewer = Annotated[Actor, Depends(requires("map.read"))]


@router.get("/city")
def city(the_office: TheOffice, shelf: TheMap, actor: Viewer, *, public: bool = False) -> dict[str, Any]:
    """Describe the city: its units, bounds and day; ``public`` as residents see them · 城市概况."""
    profile = the_office.city.profile
    bounds = unit_outlines(shelf, _who(actor, public=public)).bounds
    return {
        "code": profile.code,
        "name": profile.name.as_json(),
        "bounds": profile.extent,
        "crs": profile.crs,
        "invented": the_office.city.invented,
        "today": the_office.city.today.isoformat(),
        "units": [
            {"code": code, "name": unit.name.as_json(), "bounds": bounds.get(code, profile.extent)} for code, unit in profile.units.items()
        ],
        "outline": "/api/v1/city/outline" + ("?public=true" if public else ""),
    }


@router.get("/city/outline")
def outline(shelf: TheMap, actor: Viewer, *, public: bool = False) -> Response:
    """Give the outlines of the units; ``public`` as residents see them · 板块范围."""
    return Response(unit_outlines(shelf, _who(actor, public=public)).document, media_type="application/json")


@router.get("/layers")
def layers(shelf: TheMap, actor: Viewer, as_of: str | None = None, *, public: bool = False) -> dict[str, Any]:
    """List the layers on the map in their families; ``public`` as residents see them · 图层目录."""
    return layer_tree(shelf, _who(actor, public=public), day_of(as_of))


@router.get("/layers/{name}/difference")
def difference(  # noqa: PLR0913, PLR0917  # what is compared
    shelf: TheMap,
    actor: Viewer,
    name: str,
    first: Annotated[str, Query(alias="from")],
    second: Annotated[str, Query(alias="to")],
    unit: str | None = None,
) -> dict[str, Any]:
    """Tell what changed between two versions of a layer · 版本差异."""
    return layer_difference(shelf, shelf.find(actor, name, first), shelf.find(actor, name, second), unit)


@router.get("/layers/{name}/{version}/features")
def features(  # noqa: PLR0913, PLR0917  # every one narrows the answer
    shelf: TheMap,
    actor: Viewer,
    name: str,
    version: str,
    bbox: str | None = None,
    ids: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_FEATURES)] = 100,
) -> dict[str, Any]:
    """Give features of a layer as GeoJSON · 图层要素."""
    question = Question(bbox=box_of(bbox) if bbox else None, ids=tuple(ids.split(",")) if ids else None)
    return query(shelf, actor, shelf.find(actor, name, version), question, limit=limit)


@router.get("/search")
def places(
    the_office: TheOffice, shelf: TheMap, actor: Viewer, q: Annotated[str, Query(max_length=100)] = "", *, public: bool = False
) -> dict[str, Any]:
    """Find units, named features, projects and parcels; ``public`` as residents find them · 搜索."""
    return {"places": search(shelf, _who(actor, public=public), q, the_office.city.profile.units)}


def _who(actor: Actor, *, public: bool) -> Actor:
    return Actor.anonymous() if public else actor
