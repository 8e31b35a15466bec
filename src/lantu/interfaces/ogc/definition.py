"""The door described in OpenAPI 3.0, as OGC wants it and as clients read it · 接口定义."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lantu.interfaces.ogc.documents import GEOJSON, HTML, JSON, MVT, OPENAPI, SCHEMA, WEB_MERCATOR_QUAD
from lantu.interfaces.ogc.parameters import DEFAULT_LIMIT, MOST_FEATURES
from lantu.interfaces.ogc.reference_systems import CRS84, offered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lantu.interfaces.ogc.shelf import Collection
    from lantu.vocabulary.text import Language, Text

_PROBLEM = "application/problem+json"
_TYPES = {"string": "string", "number": "number", "integer": "integer", "boolean": "boolean", "date": "string", "moment": "string"}
_RESERVED = {"f", "language", "limit", "bbox", "datetime", "crs", "ids", "sortby", "filter", "after"}


def _parameter(name: str, schema: dict[str, Any], description: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401  # any member of OpenAPI
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description, **more}


_PARAMETERS: dict[str, dict[str, Any]] = {
    "f": _parameter("f", {"type": "string", "enum": ["json", "html"]}, "Form of the answer, before the header Accept · 格式"),
    "language": _parameter("language", {"type": "string", "enum": ["en", "zh"]}, "Language of titles · 语言"),
    "limit": _parameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST_FEATURES, "default": DEFAULT_LIMIT},
        "Most features on a page · 每页要素数上限",
        style="form",
        explode=False,
    ),
    "bbox": _parameter(
        "bbox",
        {
            "type": "array",
            "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
            "items": {"type": "number"},
        },
        "Only features whose geometry touches this box, lower corner first, in CRS84 unless bbox-crs says otherwise · 范围",
        style="form",
        explode=False,
    ),
    "datetime": _parameter(
        "datetime",
        {"type": "string"},
        "A date, a date-time or an interval with .. for open ends: features of the edition in force then · 时点",
        style="form",
        explode=False,
    ),
    "after": _parameter("after", {"type": "string"}, "Key of the last feature of the page before, from the link `next` · 分页键"),
    "ids": _parameter("ids", {"type": "string"}, "Features by id, joined by commas · 按标识取要素"),
    "sortby": _parameter("sortby", {"type": "string", "enum": ["id", "-id"]}, "Order of features · 排序"),
    "filter": _parameter("filter", {"type": "string"}, "Condition in CQL2; see the queryables · CQL2 过滤条件"),
    "filter-lang": _parameter(
        "filter-lang", {"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"}, "Language of the filter · 过滤语言"
    ),
    "filter-crs": _parameter(
        "filter-crs", {"type": "string", "format": "uri", "default": CRS84}, "Reference system of coordinates in the filter · 过滤坐标系"
    ),
}


def _refer(*names: str) -> list[dict[str, str]]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _answer(description: str, *kinds: str, schema: str = "Document") -> dict[str, Any]:
    content = {
        kind: {"schema": {"type": "string"} if kind in {HTML, MVT} else {"$ref": f"#/components/schemas/{schema}"}} for kind in kinds
    }
    return {"description": description, "content": content}


def _operation(  # noqa: PLR0913  # each is one line of the definition
    identifier: str, tag: str, summary: str, answer: dict[str, Any], parameters: list[dict[str, Any]], *, absent: bool = False
) -> dict[str, Any]:
    responses = {"200": answer, **{code: {"$ref": "#/components/responses/Problem"} for code in ("400", "406", "500")}}
    if absent:
        responses["404"] = {"$ref": "#/components/responses/Problem"}
    return {
        "get": {
            "operationId": identifier,
            "tags": [tag],
            "summary": summary,
            "parameters": parameters,
            "responses": dict(sorted(responses.items())),
        }
    }


def api_definition(root: str, title: Text, collections: Iterable[Collection], language: Language) -> dict[str, Any]:
    """Describe the door for one person: only collections that the person may see are named · 生成接口定义.

    Parameters
    ----------
    root
        Address of the landing page.
    title
        Name of the service.
    collections
        Collections to describe.
    language
        Language of titles.

    Returns
    -------
    dict
        An OpenAPI 3.0 document.
    """
    plain = _refer("f", "language")
    paths: dict[str, Any] = {
        "/": _operation("landing", "Capabilities", "Landing page · 首页", _answer("Links to all else.", JSON, HTML), plain),
        "/conformance": _operation(
            "conformance", "Capabilities", "Conformance classes · 符合性声明", _answer("Their identifiers.", JSON, HTML), plain
        ),
        "/api": _operation("definition", "Capabilities", "This definition · 接口定义", _answer("OpenAPI 3.0.", OPENAPI, HTML), plain),
        "/collections": _operation(
            "collections", "Capabilities", "Collections · 图层列表", _answer("What you may see.", JSON, HTML), plain
        ),
        "/tileMatrixSets": _operation("matrixSets", "Tiles", "Tile matrix sets · 瓦片矩阵集", _answer("Their names.", JSON, HTML), plain),
        f"/tileMatrixSets/{WEB_MERCATOR_QUAD}": _operation(
            "matrixSet", "Tiles", "WebMercatorQuad · 瓦片矩阵集定义", _answer("Its definition.", JSON, HTML), plain
        ),
    }
    for collection in collections:
        paths |= _collection_paths(collection, language)
    return {
        "openapi": "3.0.3",
        "info": {"title": title.speak(language), "version": "1.0", "description": "OGC API - Features and Tiles"},
        "servers": [{"url": root}],
        "tags": [{"name": "Capabilities"}, {"name": "Data"}, {"name": "Tiles"}],
        "paths": paths,
        "components": _components(),
    }


def _collection_paths(collection: Collection, language: Language) -> dict[str, Any]:
    name = collection.name
    path, label = f"/collections/{name}", collection.title.speak(language)
    edition = collection.editions[0]
    systems = {"type": "string", "format": "uri", "enum": list(offered(edition.crs)), "default": CRS84}
    properties = [
        _parameter(item, {"type": _TYPES[kind]}, "Only features with this value · 属性等值")
        for item, kind in edition.kinds.items()
        if item not in _RESERVED
    ]
    crs = _parameter("crs", systems, "Reference system of the answer · 输出坐标系")
    items = [
        *_refer("f", "language", "limit", "bbox", "datetime", "after", "ids", "sortby", "filter", "filter-lang", "filter-crs"),
        crs,
        _parameter("bbox-crs", systems, "Reference system of bbox · 范围坐标系"),
        *properties,
    ]
    feature = {
        "name": "featureId",
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
        "description": "Id of the feature · 要素标识",
    }
    plain = _refer("f", "language")
    found = {
        path: _operation(f"describe.{name}", "Capabilities", label, _answer("The collection.", JSON, HTML), plain, absent=True),
        f"{path}/queryables": _operation(
            f"queryables.{name}",
            "Capabilities",
            f"{label}: queryables · 可查询属性",
            _answer("A JSON schema.", SCHEMA, HTML),
            plain,
            absent=True,
        ),
        f"{path}/items": _operation(
            f"features.{name}",
            "Data",
            f"{label}: features · 要素",
            _answer("A page of features.", GEOJSON, HTML, schema="FeatureCollection"),
            items,
            absent=True,
        ),
        f"{path}/items/{{featureId}}": _operation(
            f"feature.{name}",
            "Data",
            f"{label}: one feature · 单个要素",
            _answer("The feature.", GEOJSON, HTML, schema="Feature"),
            [feature, *plain, crs],
            absent=True,
        ),
    }
    if collection.tiled:
        found |= _tile_paths(name, path, label, plain)
    return found


def _tile_paths(name: str, path: str, label: str, plain: list[dict[str, Any]]) -> dict[str, Any]:
    place = [
        {"name": item, "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0}, "description": text}
        for item, text in (("tileMatrix", "Zoom · 级别"), ("tileRow", "Row from the north · 行"), ("tileCol", "Column from the west · 列"))
    ]
    tile = _operation(f"tile.{name}", "Tiles", f"{label}: tile · 瓦片", _answer("A vector tile.", MVT), place, absent=True)
    tile["get"]["responses"]["204"] = {"description": "Nothing is there · 空瓦片"}
    return {
        f"{path}/tiles": _operation(
            f"tileSets.{name}", "Tiles", f"{label}: tile sets · 瓦片集", _answer("Tile sets.", JSON, HTML), plain, absent=True
        ),
        f"{path}/tiles/{WEB_MERCATOR_QUAD}": _operation(
            f"tileSet.{name}", "Tiles", f"{label}: tile set · 瓦片集元数据", _answer("The tile set.", JSON, HTML), plain, absent=True
        ),
        f"{path}/tiles/{WEB_MERCATOR_QUAD}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": tile,
    }


def _components() -> dict[str, Any]:
    link = {"type": "object", "required": ["href"], "properties": {key: {"type": "string"} for key in ("href", "rel", "type", "title")}}
    feature = {
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": {"type": "object", "nullable": True},
            "properties": {"type": "object", "nullable": True},
            "links": {"type": "array", "items": {"$ref": "#/components/schemas/Link"}},
        },
    }
    return {
        "parameters": _PARAMETERS,
        "responses": {
            "Problem": {
                "description": "What is wrong and the way out, RFC 9457 · 错误与处理办法",
                "content": {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
        },
        "schemas": {
            "Link": link,
            "Document": {"type": "object"},
            "Feature": feature,
            "FeatureCollection": {
                "type": "object",
                "required": ["type", "features"],
                "properties": {
                    "type": {"type": "string", "enum": ["FeatureCollection"]},
                    "features": {"type": "array", "items": {"$ref": "#/components/schemas/Feature"}},
                    "links": {"type": "array", "items": {"$ref": "#/components/schemas/Link"}},
                    "timeStamp": {"type": "string", "format": "date-time"},
                    "numberMatched": {"type": "integer", "minimum": 0},
                    "numberReturned": {"type": "integer", "minimum": 0},
                },
            },
            "Problem": {
                "type": "object",
                "required": ["title", "status"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "remedy": {"type": "string"},
                },
            },
        },
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "Without a token: public collections only · 无令牌仅见公开图层"}
        },
    }
