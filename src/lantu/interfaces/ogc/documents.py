"""The documents of the door: landing page, conformance, collections, queryables, tile sets · 元数据文档."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lantu.interfaces.ogc.reference_systems import CRS84, offered, uri_of
from lantu.vocabulary.layer_definitions import load_layers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lantu.interfaces.ogc.shelf import Collection, Edition
    from lantu.vocabulary.text import Language, Text

GEOJSON = "application/geo+json"
JSON = "application/json"
HTML = "text/html"
MVT = "application/vnd.mapbox-vector-tile"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
WEB_MERCATOR_QUAD = "WebMercatorQuad"
_MATRIX_SET_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
_WEB_MERCATOR_URI = "http://www.opengis.net/def/crs/EPSG/0/3857"
_DEEPEST_ZOOM = 24
_PUBLIC_SUFFIX = "_public"
_COARSEST_SCALE = 559082264.028717
_COARSEST_CELL_M = 156543.033928041
_EDGE_M = 20037508.3427892

_FEATURES = "http://www.opengis.net/spec/ogcapi-features-"
_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
_TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
_COMMON = "http://www.opengis.net/spec/ogcapi-common-"
CONFORMANCE = (
    _COMMON + "1/1.0/conf/core",
    _COMMON + "1/1.0/conf/html",
    _COMMON + "1/1.0/conf/json",
    _COMMON + "2/1.0/conf/collections",
    _FEATURES + "1/1.0/conf/core",
    _FEATURES + "1/1.0/conf/oas30",
    _FEATURES + "1/1.0/conf/html",
    _FEATURES + "1/1.0/conf/geojson",
    _FEATURES + "2/1.0/conf/crs",
    _FEATURES + "3/1.0/conf/queryables",
    _FEATURES + "3/1.0/conf/queryables-query-parameters",
    _FEATURES + "3/1.0/conf/filter",
    _FEATURES + "3/1.0/conf/features-filter",
    _CQL2 + "cql2-text",
    _CQL2 + "cql2-json",
    _CQL2 + "basic-cql2",
    _CQL2 + "advanced-comparison-operators",
    _CQL2 + "case-insensitive-comparison",
    _CQL2 + "accent-insensitive-comparison",
    _CQL2 + "basic-spatial-functions",
    _CQL2 + "basic-spatial-functions-plus",
    _CQL2 + "spatial-functions",
    _CQL2 + "property-property",
    _CQL2 + "arithmetic",
    _TILES + "core",
    _TILES + "tileset",
    _TILES + "tilesets-list",
    _TILES + "geodata-tilesets",
    _TILES + "mvt",
    _TILES + "oas30",
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
)
_JSON_TYPES = {"string": "string", "number": "number", "integer": "integer", "boolean": "boolean", "date": "string", "moment": "string"}
_JSON_FORMATS = {"date": "date", "moment": "date-time"}
_DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}


class Links:
    """Writes links of the door, all under one address · 链接.

    Parameters
    ----------
    root
        Address of the landing page, without a slash at the end.
    language
        Language of the titles.
    """

    def __init__(self, root: str, language: Language) -> None:
        self.root = root
        self.language: Language = language

    def link(self, path: str, rel: str, kind: str, title: Text | None = None) -> dict[str, str]:
        """Write one link · 写一个链接.

        Parameters
        ----------
        path
            Below the landing page, with its query.
        rel
            Relation.
        kind
            Media type.
        title
            What stands there.

        Returns
        -------
        dict of str to str
            The link.
        """
        record = {"href": self.root + path, "rel": rel, "type": kind}
        return record | ({"title": title.speak(self.language)} if title else {})

    def both(self, path: str, *, shown: str, json: str = JSON) -> list[dict[str, str]]:
        """Write the links of a document to itself and to its other form · 自身与另一格式的链接.

        Parameters
        ----------
        path
            Below the landing page, without a query.
        shown
            Form at hand, ``json`` or ``html``.
        json
            Media type of the JSON form.

        Returns
        -------
        list of dict
            ``self`` and ``alternate``.
        """
        return [
            self.link(f"{path}?f=json", "self" if shown == "json" else "alternate", json),
            self.link(f"{path}?f=html", "self" if shown == "html" else "alternate", HTML),
        ]


def landing(links: Links, title: Text, description: Text, form: str) -> dict[str, Any]:
    """Write the landing page · 首页文档.

    Parameters
    ----------
    links
        Where the door stands.
    title
        Name of the service.
    description
        What it gives.
    form
        Form at hand.

    Returns
    -------
    dict
        The document.
    """
    return {
        "title": title.speak(links.language),
        "description": description.speak(links.language),
        "links": [
            *links.both("/", shown=form),
            links.link("/api?f=json", "service-desc", OPENAPI),
            links.link("/api?f=html", "service-doc", HTML),
            links.link("/conformance", "conformance", JSON),
            links.link("/conformance", "http://www.opengis.net/def/rel/ogc/1.0/conformance", JSON),
            links.link("/collections", "data", JSON),
            links.link("/collections", "http://www.opengis.net/def/rel/ogc/1.0/data", JSON),
            links.link("/tileMatrixSets", "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes", JSON),
        ],
    }


def collection_document(collection: Collection, links: Links, form: str) -> dict[str, Any]:
    """Describe one collection · 图层元数据.

    Parameters
    ----------
    collection
        The collection.
    links
        Where the door stands.
    form
        Form at hand.

    Returns
    -------
    dict
        The document.
    """
    path = f"/collections/{collection.name}"
    edition = collection.editions[0]
    document: dict[str, Any] = {
        "id": collection.name,
        "title": collection.title.speak(links.language),
        "description": collection.description.speak(links.language),
        "itemType": "feature",
        "crs": list(offered(edition.crs)),
        "storageCrs": uri_of(edition.crs),
        "extent": {"temporal": {"interval": [_span(collection.editions)]}},
        "links": [
            *links.both(path, shown=form),
            links.link(f"{path}/items?f=json", "items", GEOJSON),
            links.link(f"{path}/items?f=html", "items", HTML),
            links.link(f"{path}/queryables", "http://www.opengis.net/def/rel/ogc/1.0/queryables", SCHEMA),
        ],
    }
    if edition.bounds:
        document["extent"]["spatial"] = {"bbox": [list(edition.bounds)], "crs": CRS84}
    if collection.tiled:
        document["links"].append(links.link(f"{path}/tiles", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", JSON))
    return document


def _span(editions: Sequence[Edition]) -> list[str | None]:
    begins, ends = [item.valid_from for item in editions], [item.valid_until for item in editions]
    first = min((day for day in begins if day), default=None) if None not in begins else None
    last = max((day for day in ends if day), default=None) if None not in ends else None
    return [f"{first}T00:00:00Z" if first else None, f"{last}T23:59:59Z" if last else None]


def collections_document(collections: Iterable[Collection], links: Links, form: str) -> dict[str, Any]:
    """List the collections · 图层列表.

    Parameters
    ----------
    collections
        Those that the person may see.
    links
        Where the door stands.
    form
        Form at hand.

    Returns
    -------
    dict
        The document.
    """
    return {
        "links": links.both("/collections", shown=form),
        "crs": list(offered("OGC:CRS84")),
        "collections": [collection_document(item, links, form="") for item in collections],
    }


def queryables(collection: Collection, links: Links) -> dict[str, Any]:
    """Say which properties a filter may name · 可查询属性.

    Parameters
    ----------
    collection
        The collection.
    links
        Where the door stands.

    Returns
    -------
    dict
        A JSON schema.
    """
    # The copy for residents and the part of one unit have the columns of the layer that they are of.
    known = load_layers().layers.get(collection.name.removesuffix(_PUBLIC_SUFFIX).partition(".")[0])
    properties: dict[str, Any] = {}
    for name, kind in collection.editions[0].kinds.items():
        definition = known.fields.get(name) if known else None
        entry: dict[str, Any] = {"type": _JSON_TYPES[kind], "title": name}
        if kind in _JSON_FORMATS:
            entry["format"] = _JSON_FORMATS[kind]
        if definition is not None:
            entry["title"] = definition.label if links.language == "zh" else name.replace("_", " ")
            if definition.unit:
                entry["x-ogc-unit"] = definition.unit
        properties[name] = entry
    properties["geometry"] = {"format": f"geometry-{_shape(collection.geometry)}", "x-ogc-role": "primary-geometry"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{links.root}/collections/{collection.name}/queryables",
        "type": "object",
        "title": collection.title.speak(links.language),
        "properties": properties,
        "additionalProperties": False,
    }


def _shape(geometry: str) -> str:
    return {"point": "point-or-multipoint", "line": "linestring-or-multilinestring", "polygon": "polygon-or-multipolygon"}.get(
        geometry, "any"
    )


def matrix_sets(links: Links) -> dict[str, Any]:
    """List the tile matrix sets · 瓦片矩阵集列表.

    Parameters
    ----------
    links
        Where the door stands.

    Returns
    -------
    dict
        The document: there is one, which every map knows.
    """
    return {
        "tileMatrixSets": [
            {
                "id": WEB_MERCATOR_QUAD,
                "title": "Google Maps Compatible for the World",
                "uri": _MATRIX_SET_URI,
                "crs": _WEB_MERCATOR_URI,
                "links": [links.link(f"/tileMatrixSets/{WEB_MERCATOR_QUAD}", "self", JSON)],
            }
        ]
    }


def matrix_set() -> dict[str, Any]:
    """Define WebMercatorQuad, OGC 17-083r4 annex D · 瓦片矩阵集定义.

    Returns
    -------
    dict
        The document.
    """
    return {
        "id": WEB_MERCATOR_QUAD,
        "title": "Google Maps Compatible for the World",
        "uri": _MATRIX_SET_URI,
        "crs": _WEB_MERCATOR_URI,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [
            {
                "id": str(zoom),
                "scaleDenominator": _COARSEST_SCALE / 2**zoom,
                "cellSize": _COARSEST_CELL_M / 2**zoom,
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": [-_EDGE_M, _EDGE_M],
                "matrixWidth": 2**zoom,
                "matrixHeight": 2**zoom,
                "tileWidth": 256,
                "tileHeight": 256,
            }
            for zoom in range(_DEEPEST_ZOOM + 1)
        ],
    }


def tile_sets(collection: Collection, links: Links) -> dict[str, Any]:
    """List the tile sets of a collection · 图层的瓦片集.

    Parameters
    ----------
    collection
        A collection that has tiles.
    links
        Where the door stands.

    Returns
    -------
    dict
        The document.
    """
    path = f"/collections/{collection.name}/tiles"
    return {
        "links": [links.link(path, "self", JSON)],
        "tilesets": [
            {
                "title": collection.title.speak(links.language),
                "dataType": "vector",
                "crs": _WEB_MERCATOR_URI,
                "tileMatrixSetURI": _MATRIX_SET_URI,
                "links": [
                    links.link(f"{path}/{WEB_MERCATOR_QUAD}", "self", JSON),
                    links.link(f"/tileMatrixSets/{WEB_MERCATOR_QUAD}", "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme", JSON),
                ],
            }
        ],
    }


def tile_set(collection: Collection, links: Links) -> dict[str, Any]:
    """Describe the vector tiles of a collection · 瓦片集元数据.

    Parameters
    ----------
    collection
        A collection that has tiles.
    links
        Where the door stands.

    Returns
    -------
    dict
        The document.
    """
    path = f"/collections/{collection.name}/tiles/{WEB_MERCATOR_QUAD}"
    edition = collection.editions[0]
    smallest, largest = collection.tiled or (0, _DEEPEST_ZOOM)
    schema = {name: {"type": _JSON_TYPES[kind]} for name, kind in edition.kinds.items()}
    document: dict[str, Any] = {
        "title": collection.title.speak(links.language),
        "dataType": "vector",
        "crs": _WEB_MERCATOR_URI,
        "tileMatrixSetURI": _MATRIX_SET_URI,
        "links": [
            links.link(path, "self", JSON),
            links.link(f"/tileMatrixSets/{WEB_MERCATOR_QUAD}", "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme", JSON),
            links.link(path + "/{tileMatrix}/{tileRow}/{tileCol}?f=mvt", "item", MVT) | {"templated": True},
        ],
        "layers": [
            {
                "id": collection.name,
                "title": collection.title.speak(links.language),
                "dataType": "vector",
                "geometryDimension": _DIMENSIONS.get(collection.geometry, 2),
                "minTileMatrix": str(smallest),
                "maxTileMatrix": str(largest),
                "propertiesSchema": {"type": "object", "properties": schema},
            }
        ],
    }
    if edition.bounds:
        west, south, east, north = edition.bounds
        document["boundingBox"] = {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84}
        document["centerPoint"] = {
            "coordinates": [(west + east) / 2, (south + north) / 2],
            "crs": CRS84,
            "tileMatrix": str(smallest),
        }
    return document
