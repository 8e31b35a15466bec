"""The OGC door built into the application · 接入 OGC 接口."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fastapi import Depends, Request

from lantu.interfaces.ogc.house import House
from lantu.interfaces.ogc.router import ogc_router
from lantu.interfaces.web.dependencies import office, requires
from lantu.interfaces.web.map_access import shelf_of
from lantu.interfaces.web.navigation import Entry
from lantu.interfaces.web.published import PublishedShelf
from lantu.interfaces.web.rendering import render
from lantu.vocabulary.text import Language, Text

if TYPE_CHECKING:
    from fastapi.responses import HTMLResponse

    from lantu.interfaces.ogc.house import Sheet

navigation = (
    Entry(
        "/ogc/",
        Text("Data for other programs", "数据接口"),
        "link",
        "map.read",
        order=90,
        explanation=Text("Open the map's layers in QGIS or GDAL: OGC API Features and Tiles.", "在QGIS、GDAL等软件中打开图层（OGC API）。"),
        in_head=False,
    ),
)


def _shelf(request: Request) -> PublishedShelf:
    return PublishedShelf(office(request), request.state.actor, partial(shelf_of, request.app))


def _language(request: Request) -> Language:
    return "zh" if request.state.language == "zh" else "en"


def _origin(request: Request) -> str:
    return office(request).settings.public_origin or f"{request.url.scheme}://{request.url.netloc}"


def _draw(request: Request, sheet: Sheet) -> HTMLResponse:
    return render(request, "ogc/sheet.html", sheet=sheet)


def _title(request: Request) -> Text:
    name = office(request).city.profile.name
    return Text(f"Map layers of {name.en}", f"{name.zh}一张图图层")


router = ogc_router(
    House(
        shelf=_shelf,
        language=_language,
        origin=_origin,
        draw=_draw,
        title=_title,
        description=Text(
            "Published layers with their features and tiles, as OGC API - Features and Tiles.",
            "已发布图层的要素与瓦片服务，遵循OGC API – Features与Tiles。",
        ),
        right=Depends(requires("map.read")),
    )
)
