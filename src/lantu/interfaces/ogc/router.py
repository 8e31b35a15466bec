"""The addresses of the OGC door · OGC 接口路由."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse

from lantu.interfaces.ogc import documents as docs
from lantu.interfaces.ogc import pages
from lantu.interfaces.ogc.definition import api_definition
from lantu.interfaces.ogc.encoding import collection_text, feature_text, feature_texts
from lantu.interfaces.ogc.parameters import ITEMS_PARAMETERS, form_wanted, items_request, single_values
from lantu.interfaces.ogc.reading import Wanted
from lantu.interfaces.ogc.reference_systems import CRS84, crs_named, offered, uri_of
from lantu.interfaces.ogc.refusals import PROBLEM_TYPE, nothing_there, problem_document
from lantu.vocabulary.errors import LantuError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from lantu.interfaces.ogc.house import House, Sheet
    from lantu.interfaces.ogc.parameters import ItemsRequest
    from lantu.interfaces.ogc.shelf import Collection
    from lantu.vocabulary.text import Language

_MOST_ZOOM = 24
_LONGEST_NUMBER = 9


class _Refusing(APIRoute):
    """Answers a refusal as a problem document, RFC 9457, in the language of the request."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def careful(request: Request) -> Response:
            try:
                return await handle(request)
            except LantuError as error:
                language: Language = "zh" if getattr(request.state, "language", "en") == "zh" else "en"
                status, kind = error.http_status, type(error).__name__
                problem = problem_document(status, error.message, error.remedy, language, kind=kind)
                return JSONResponse(problem, status, media_type=PROBLEM_TYPE)

        return careful


class Door:
    """Answers the addresses of the door for one house · 接口应答.

    Parameters
    ----------
    house
        What the house gives.
    prefix
        Path of the landing page.
    """

    def __init__(self, house: House, prefix: str) -> None:
        self._house = house
        self._prefix = prefix

    def landing(self, request: Request) -> Response:
        """Answer the landing page · 首页.

        Parameters
        ----------
        request
            The request.

        Returns
        -------
        Response
            JSON or HTML.
        """
        single_values(request, ())
        links, form = self._links(request), form_wanted(request)
        document = docs.landing(links, self._house.title(request), self._house.description, form)
        return self._answer(request, form, document, lambda: pages.landing(document, links))

    def conformance(self, request: Request) -> Response:
        """Name the conformance classes · 符合性声明.

        Parameters
        ----------
        request
            The request.

        Returns
        -------
        Response
            JSON or HTML.
        """
        single_values(request, ())
        links, form = self._links(request), form_wanted(request)
        document = {"conformsTo": list(docs.CONFORMANCE)}
        return self._answer(request, form, document, lambda: pages.conformance(document, links))

    def definition(self, request: Request) -> Response:
        """Give the definition of the door · 接口定义.

        Parameters
        ----------
        request
            The request.

        Returns
        -------
        Response
            OpenAPI 3.0, or the same as a page.
        """
        single_values(request, ())
        links, form = self._links(request), form_wanted(request)
        collections = self._house.shelf(request).collections()
        document = api_definition(links.root, self._house.title(request), collections, links.language)
        return self._answer(request, form, document, lambda: pages.definition(document, links), kind=docs.OPENAPI)

    def collections(self, request: Request) -> Response:
        """List the collections · 图层列表.

        Parameters
        ----------
        request
            The request.

        Returns
        -------
        Response
            JSON or HTML.
        """
        single_values(request, ())
        links, form = self._links(request), form_wanted(request)
        document = docs.collections_document(self._house.shelf(request).collections(), links, form)
        return self._answer(request, form, document, lambda: pages.collections(document, links))

    def collection(self, request: Request, collection_id: str) -> Response:
        """Describe one collection · 图层元数据.

        Parameters
        ----------
        request
            The request.
        collection_id
            Name of the collection.

        Returns
        -------
        Response
            JSON or HTML.
        """
        single_values(request, ())
        links, form, found = self._links(request), form_wanted(request), self._found(request, collection_id)
        document = docs.collection_document(found, links, form)
        return self._answer(request, form, document, lambda: pages.collection(document, links))

    def queryables(self, request: Request, collection_id: str) -> Response:
        """Say which properties a filter may name · 可查询属性.

        Parameters
        ----------
        request
            The request.
        collection_id
            Name of the collection.

        Returns
        -------
        Response
            A JSON schema, or the same as a page.
        """
        single_values(request, ())
        links, form, found = self._links(request), form_wanted(request), self._found(request, collection_id)
        document = docs.queryables(found, links)
        return self._answer(request, form, document, lambda: pages.queryables(document, found, links), kind=docs.SCHEMA)

    def items(self, request: Request, collection_id: str) -> Response:
        """Give a page of features · 要素分页.

        Parameters
        ----------
        request
            The request.
        collection_id
            Name of the collection.

        Returns
        -------
        Response
            GeoJSON or HTML, with the reference system of its coordinates in the header.
        """
        found = self._found(request, collection_id)
        properties = found.editions[0].columns
        values = single_values(request, (*ITEMS_PARAMETERS, *properties))
        links, form = self._links(request), form_wanted(request)
        asked = items_request(found, values)
        # A page for people shows degrees and few rows; a program says how many it wants.
        if form == "html":
            asked = replace(asked, crs="OGC:CRS84", limit=min(asked.limit, 50))
        document, features = self._features(found, asked, links, values, form)
        headers = {"Content-Crs": f"<{uri_of(asked.crs)}>"}
        if form == "html":
            parsed = [json.loads(feature) for feature in features]
            return self._house.draw(request, pages.items(document, parsed, found, links))
        return Response(collection_text(features, document), media_type=docs.GEOJSON, headers=headers)

    def item(self, request: Request, collection_id: str, feature_id: str) -> Response:
        """Give one feature · 单个要素.

        Parameters
        ----------
        request
            The request.
        collection_id
            Name of the collection.
        feature_id
            Its id.

        Returns
        -------
        Response
            GeoJSON or HTML.
        """
        found = self._found(request, collection_id)
        values = single_values(request, ("crs",))
        links, form = self._links(request), form_wanted(request)
        edition = found.edition(None)
        if edition is None:
            raise nothing_there()
        crs = crs_named(values.get("crs", CRS84), "crs", offered(edition.crs)) if form == "json" else "OGC:CRS84"
        page = self._house.reader.page(edition, Wanted(ids=(feature_id,)), limit=1)
        if not page.ids:
            raise nothing_there()
        path = f"/collections/{found.name}/items/{quote(feature_id, safe='')}"
        own = [*links.both(path, shown=form, json=docs.GEOJSON), links.link(f"/collections/{found.name}", "collection", docs.JSON)]
        text = feature_text(feature_texts(page, edition, crs)[0], own)
        if form == "html":
            return self._house.draw(request, pages.item(json.loads(text), found, links))
        return Response(text, media_type=docs.GEOJSON, headers={"Content-Crs": f"<{uri_of(crs)}>"})

    def matrix_sets(self, request: Request) -> Response:
        """List the tile matrix sets · 瓦片矩阵集.

        Parameters
        ----------
        request
            The request.

        Returns
        -------
        Response
            JSON or HTML.
        """
        single_values(request, ())
        links, form = self._links(request), form_wanted(request)
        document = docs.matrix_sets(links)
        return self._answer(request, form, document, lambda: pages.plain("TileMatrixSets", document, links))

    def matrix_set(self, request: Request, matrix_set_id: str) -> Response:
        """Define a tile matrix set · 瓦片矩阵集定义.

        Parameters
        ----------
        request
            The request.
        matrix_set_id
            Its name.

        Returns
        -------
        Response
            JSON or HTML.
        """
        single_values(request, ())
        if matrix_set_id != docs.WEB_MERCATOR_QUAD:
            raise nothing_there()
        links, form = self._links(request), form_wanted(request)
        document = docs.matrix_set()
        return self._answer(request, form, document, lambda: pages.plain(matrix_set_id, document, links))

    def tile_sets(self, request: Request, collection_id: str) -> Response:
        """List the tile sets of a collection · 图层瓦片集.

        Parameters
        ----------
        request
            The request.
        collection_id
            Name of the collection.

        Returns
        -------
        Response
            JSON or HTML.
        """
        single_values(request, ())
        links, form, found = self._links(request), form_wanted(request), self._tiled(request, collection_id)
        document = docs.tile_sets(found, links)
        return self._answer(request, form, document, lambda: pages.plain(found.title.speak(links.language), document, links))

    def tile_set(self, request: Request, collection_id: str, matrix_set_id: str) -> Response:
        """Describe the tiles of a collection · 瓦片集元数据.

        Parameters
        ----------
        request
            The request.
        collection_id
            Name of the collection.
        matrix_set_id
            Name of the tile matrix set.

        Returns
        -------
        Response
            JSON or HTML.
        """
        single_values(request, ())
        links, form, found = self._links(request), form_wanted(request), self._tiled(request, collection_id)
        if matrix_set_id != docs.WEB_MERCATOR_QUAD:
            raise nothing_there()
        document = docs.tile_set(found, links)
        return self._answer(request, form, document, lambda: pages.plain(found.title.speak(links.language), document, links))

    def tile(self, request: Request, collection_id: str, matrix_set_id: str, place: tuple[str, str, str]) -> Response:
        """Give one vector tile · 矢量瓦片.

        Parameters
        ----------
        request
            The request.
        collection_id
            Name of the collection.
        matrix_set_id
            Name of the tile matrix set.
        place
            Zoom, row and column.

        Returns
        -------
        Response
            MVT; 204 where nothing is.
        """
        single_values(request, ())
        form_wanted(request, offers=("mvt",))
        found = self._tiled(request, collection_id)
        if matrix_set_id != docs.WEB_MERCATOR_QUAD or not all(
            item.isascii() and item.isdecimal() and len(item) <= _LONGEST_NUMBER for item in place
        ):
            raise nothing_there()
        zoom, row, column = (int(item) for item in place)
        if zoom > _MOST_ZOOM or max(row, column) >= 2**zoom:
            raise nothing_there()
        content = self._house.shelf(request).tile(found, zoom, column, row)
        headers = {"Cache-Control": "private, max-age=60", "Vary": "Cookie, Authorization"}
        return Response(content, 200 if content else 204, media_type=docs.MVT, headers=headers)

    def _links(self, request: Request) -> docs.Links:
        return docs.Links(self._house.origin(request) + self._prefix, self._house.language(request))

    def _found(self, request: Request, name: str) -> Collection:
        found = self._house.shelf(request).collection(name)
        if found is None or not found.editions:
            raise nothing_there()
        return found

    def _tiled(self, request: Request, name: str) -> Collection:
        found = self._found(request, name)
        if found.tiled is None:
            raise nothing_there()
        return found

    def _answer(
        self, request: Request, form: str, document: Mapping[str, Any], sheet: Callable[[], Sheet], *, kind: str = docs.JSON
    ) -> Response:
        if form == "html":
            return self._house.draw(request, sheet())
        return Response(json.dumps(document, ensure_ascii=False), media_type=kind)

    def _features(
        self, found: Collection, asked: ItemsRequest, links: docs.Links, values: Mapping[str, str], form: str
    ) -> tuple[dict[str, Any], list[str]]:
        path = f"/collections/{found.name}/items"
        query = {name: value for name, value in values.items() if name not in {"after", "f"}}
        following, features, matched = None, [], 0
        if asked.edition is not None:
            page = self._house.reader.page(asked.edition, asked.wanted, limit=asked.limit, after=asked.after)
            following, matched = page.following, page.matched
            features = feature_texts(page, asked.edition, asked.crs)
        own = query | ({"after": values["after"]} if "after" in values else {})
        addresses = [
            links.link(f"{path}?{urlencode(own | {'f': other})}", "self" if other == form else "alternate", kind)
            for other, kind in (("json", docs.GEOJSON), ("html", docs.HTML))
        ]
        addresses.append(links.link(f"/collections/{found.name}", "collection", docs.JSON))
        if following is not None and asked.edition is not None:
            onward = query | {"after": f"{asked.edition.version}.{following}", "f": form}
            addresses.append(links.link(f"{path}?{urlencode(onward)}", "next", docs.GEOJSON if form == "json" else docs.HTML))
        document = {
            "links": addresses,
            "timeStamp": dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "numberMatched": matched,
            "numberReturned": len(features),
        }
        return document, features


def ogc_router(house: House, prefix: str = "/ogc") -> APIRouter:
    """Build the door into a house · 生成路由.

    Parameters
    ----------
    house
        What the house gives.
    prefix
        Path of the landing page.

    Returns
    -------
    APIRouter
        To be included in the application; every address depends on the house's right.
    """
    door = Door(house, prefix)
    router = APIRouter(prefix=prefix, route_class=_Refusing, dependencies=[house.right], include_in_schema=False)
    collection, sets = "/collections/{collection_id}", "/tileMatrixSets"
    tiles = collection + "/tiles"
    plain: dict[str, Callable[..., Response]] = {
        "": door.landing,
        "/": door.landing,
        "/conformance": door.conformance,
        "/api": door.definition,
        "/collections": door.collections,
        collection: door.collection,
        collection + "/queryables": door.queryables,
        collection + "/items": door.items,
        collection + "/items/{feature_id:path}": door.item,
        sets: door.matrix_sets,
        sets + "/{matrix_set_id}": door.matrix_set,
        tiles: door.tile_sets,
        tiles + "/{matrix_set_id}": door.tile_set,
    }
    for path, answer in plain.items():
        router.add_api_route(path, answer, methods=["GET", "HEAD"], response_class=Response, response_model=None)

    def tile(request: Request, collection_id: str, matrix_set_id: str, zoom: str, row: str, column: str) -> Response:  # noqa: PLR0913, PLR0917  # the parts of the address
        return door.tile(request, collection_id, matrix_set_id, (zoom, row, column))

    router.add_api_route(
        tiles + "/{matrix_set_id}/{zoom}/{row}/{column}", tile, methods=["GET", "HEAD"], response_class=Response, response_model=None
    )
    return router
