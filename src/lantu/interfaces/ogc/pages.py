"""The documents of the door as people read them · 供人阅读的页面."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lantu.interfaces.ogc.documents import WEB_MERCATOR_QUAD
from lantu.interfaces.ogc.house import Sheet
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.interfaces.ogc.documents import Links
    from lantu.interfaces.ogc.shelf import Collection

_COLLECTIONS = Text("Collections", "图层")
_MOST_COLUMNS = 8
_MOST_SHOWN = 60_000


def _home(links: Links, *steps: tuple[str, str]) -> list[tuple[str, str]]:
    return [("OGC API", links.root + "/?f=html"), *((words, links.root + path) for words, path in steps)]


def landing(document: Mapping[str, Any], links: Links) -> Sheet:
    """Show the landing page · 首页.

    Parameters
    ----------
    document
        The document.
    links
        Where the door stands.

    Returns
    -------
    Sheet
        The page.
    """
    speak = links.language
    entries = [
        (
            _COLLECTIONS,
            "/collections?f=html",
            Text("Layers that you may see, with their features and tiles.", "您可查看的图层及其要素、瓦片。"),
        ),
        (
            Text("Definition", "接口定义"),
            "/api?f=html",
            Text("Every address and parameter, as OpenAPI 3.0.", "全部地址与参数（OpenAPI 3.0）。"),
        ),
        (Text("Conformance", "符合性"), "/conformance?f=html", Text("OGC classes that this door keeps to.", "本接口符合的OGC标准类。")),
        (
            Text("Tile matrix sets", "瓦片矩阵集"),
            "/tileMatrixSets?f=html",
            Text("How the tiles divide the world.", "瓦片的划分方式。"),
        ),
    ]
    return Sheet(
        title=document["title"],
        lead=document["description"],
        entries=[(word.speak(speak), links.root + path, text.speak(speak)) for word, path, text in entries],
        facts=[
            (Text("Address for QGIS and GDAL", "供QGIS与GDAL使用的地址").speak(speak), links.root + "/"),
            ("ogrinfo", f"ogrinfo OAPIF:{links.root}/"),
        ],
    )


def conformance(document: Mapping[str, Any], links: Links) -> Sheet:
    """Show the conformance classes · 符合性声明.

    Parameters
    ----------
    document
        The document.
    links
        Where the door stands.

    Returns
    -------
    Sheet
        The page.
    """
    return Sheet(
        title=Text("Conformance", "符合性").speak(links.language),
        trail=_home(links),
        header=[Text("Class", "标准类").speak(links.language)],
        rows=[("", [name]) for name in document["conformsTo"]],
    )


def definition(document: Mapping[str, Any], links: Links) -> Sheet:
    """Show the definition · 接口定义.

    Parameters
    ----------
    document
        The document.
    links
        Where the door stands.

    Returns
    -------
    Sheet
        The page: a row per address.
    """
    speak = links.language
    rows = [
        ("" if "{" in path else links.root + path, [f"GET {path}", operation["get"]["summary"], ", ".join(_names(operation["get"]))])
        for path, operation in document["paths"].items()
    ]
    return Sheet(
        title=Text("Definition of the door", "接口定义").speak(speak),
        lead=Text("The same as OpenAPI 3.0: add f=json.", "附加f=json即得OpenAPI 3.0文档。").speak(speak),
        trail=_home(links),
        header=[
            Text("Address", "地址").speak(speak),
            Text("What it gives", "内容").speak(speak),
            Text("Parameters", "参数").speak(speak),
        ],
        rows=rows,
    )


def _names(operation: Mapping[str, Any]) -> list[str]:
    return [item.get("name") or item["$ref"].rsplit("/", 1)[-1] for item in operation["parameters"]]


def collections(document: Mapping[str, Any], links: Links) -> Sheet:
    """Show the collections · 图层列表.

    Parameters
    ----------
    document
        The document.
    links
        Where the door stands.

    Returns
    -------
    Sheet
        The page.
    """
    speak = links.language
    return Sheet(
        title=_COLLECTIONS.speak(speak),
        lead=Text("What you may see; nothing else is counted here.", "仅列出您可查看的图层。").speak(speak),
        trail=_home(links),
        header=[Text("Layer", "图层").speak(speak), Text("Name", "名称").speak(speak), Text("In force", "有效期").speak(speak)],
        rows=[
            (f"{links.root}/collections/{item['id']}?f=html", [item["title"], item["id"], _days(item)]) for item in document["collections"]
        ],
    )


def _days(item: Mapping[str, Any]) -> str:
    begin, end = item["extent"]["temporal"]["interval"][0]
    return f"{(begin or '…')[:10]} – {(end or '…')[:10]}"


def collection(document: Mapping[str, Any], links: Links) -> Sheet:
    """Show one collection · 图层元数据.

    Parameters
    ----------
    document
        The document.
    links
        Where the door stands.

    Returns
    -------
    Sheet
        The page.
    """
    speak, path = links.language, f"{links.root}/collections/{document['id']}"
    entries = [
        (Text("Features", "要素"), f"{path}/items?f=html", Text("Page by page, with filter.", "分页浏览，可过滤。")),
        (Text("Queryables", "可查询属性"), f"{path}/queryables?f=html", Text("What a filter may name.", "过滤条件可用的属性。")),
    ]
    if any(item["rel"].endswith("tilesets-vector") for item in document["links"]):
        entries.append(
            (Text("Tiles", "瓦片"), f"{path}/tiles/{WEB_MERCATOR_QUAD}?f=html", Text("Vector tiles (MVT).", "矢量瓦片（MVT）。"))
        )
    facts = [
        (Text("Name", "名称").speak(speak), document["id"]),
        (Text("In force", "有效期").speak(speak), _days(document)),
        (Text("Stored in", "存储坐标系").speak(speak), document["storageCrs"]),
        (Text("Handed out in", "可输出坐标系").speak(speak), ", ".join(uri.rsplit("/", 1)[-1] for uri in document["crs"])),
    ]
    if "spatial" in document["extent"]:
        facts.append((Text("Extent", "范围").speak(speak), ", ".join(f"{side:.5f}" for side in document["extent"]["spatial"]["bbox"][0])))
    return Sheet(
        title=document["title"],
        lead=document["description"],
        trail=_home(links, (_COLLECTIONS.speak(speak), "/collections?f=html")),
        entries=[(word.speak(speak), address, text.speak(speak)) for word, address, text in entries],
        facts=facts,
    )


def queryables(document: Mapping[str, Any], found: Collection, links: Links) -> Sheet:
    """Show the properties that a filter may name · 可查询属性.

    Parameters
    ----------
    document
        The document.
    found
        The collection.
    links
        Where the door stands.

    Returns
    -------
    Sheet
        The page.
    """
    speak = links.language
    return Sheet(
        title=f"{document['title']} · {Text('queryables', '可查询属性').speak(speak)}",
        trail=_in(found, links),
        header=[Text("Property", "属性").speak(speak), Text("Means", "含义").speak(speak), Text("Kind", "类型").speak(speak)],
        rows=[
            ("", [name, item.get("title", ""), item.get("type", item.get("format", ""))]) for name, item in document["properties"].items()
        ],
    )


def _in(found: Collection, links: Links) -> list[tuple[str, str]]:
    speak = links.language
    return _home(links, (_COLLECTIONS.speak(speak), "/collections?f=html"), (found.title.speak(speak), f"/collections/{found.name}?f=html"))


def items(document: Mapping[str, Any], features: Sequence[Mapping[str, Any]], found: Collection, links: Links) -> Sheet:
    """Show a page of features · 要素分页.

    Parameters
    ----------
    document
        What the feature collection says besides its features.
    features
        The features.
    found
        The collection.
    links
        Where the door stands.

    Returns
    -------
    Sheet
        The page.
    """
    speak = links.language
    columns = [name for name in (features[0]["properties"] if features else {}) if name != "identifier"][:_MOST_COLUMNS]
    onward = [item["href"] for item in document["links"] if item["rel"] == "next"]
    count = Text("Features that match: {matched:,}; shown: {returned}.", "符合条件{matched:,}个要素，显示{returned}个。").format(
        matched=document["numberMatched"], returned=document["numberReturned"]
    )
    return Sheet(
        title=found.title.speak(speak),
        lead=count.speak(speak),
        trail=_in(found, links),
        header=["id", *columns],
        rows=[
            (
                f"{links.root}/collections/{found.name}/items/{quote(item['id'], safe='')}?f=html",
                [item["id"], *(_cell(item["properties"].get(name)) for name in columns)],
            )
            for item in features
        ],
        pager=[(Text("Next page", "下一页").speak(speak), address) for address in onward],
    )


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def item(feature: Mapping[str, Any], found: Collection, links: Links) -> Sheet:
    """Show one feature · 单个要素.

    Parameters
    ----------
    feature
        The feature.
    found
        The collection.
    links
        Where the door stands.

    Returns
    -------
    Sheet
        The page.
    """
    geometry = json.dumps(feature["geometry"], ensure_ascii=False)
    return Sheet(
        title=str(feature["id"]),
        lead=found.title.speak(links.language),
        trail=_in(found, links),
        facts=[(name, _cell(value)) for name, value in feature["properties"].items()],
        document=geometry[:_MOST_SHOWN],
    )


def plain(title: str, document: Mapping[str, Any], links: Links) -> Sheet:
    """Show a document as it is · 原样显示.

    Parameters
    ----------
    title
        Heading.
    document
        The document.
    links
        Where the door stands.

    Returns
    -------
    Sheet
        The page.
    """
    return Sheet(title=title, trail=_home(links), document=json.dumps(document, ensure_ascii=False, indent=2)[:_MOST_SHOWN])
