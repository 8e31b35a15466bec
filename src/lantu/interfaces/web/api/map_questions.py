"""Questions to the map: identify, query, statistics, polygons, plates · 一张图查询接口."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Query, Response, UploadFile

from lantu.capabilities.one_map import asking
from lantu.capabilities.one_map.map_shelf import no_such_layer
from lantu.capabilities.one_map.outlines import read_outlines, read_pasted
from lantu.capabilities.one_map.plates import PlateOrder, draw_plate
from lantu.interfaces.web.dependencies import TheOffice, requires
from lantu.interfaces.web.map_access import TheMap, day_of, print_fonts
from lantu.interfaces.web.map_questions import PlateForm, QuestionForm, StatisticsForm, checked_box
from lantu.stores.formats.coordinate_txt import looks_like_coordinates
from lantu.vocabulary.people import Actor
from lantu.vocabulary.text import Text

router = APIRouter(tags=["map"])

Viewer = Annotated[Actor, Depends(requires("map.read"))]
Asker = Annotated[Actor, Depends(requires("map.query"))]
Drawer = Annotated[Actor, Depends(requires("map.plate"))]

_LARGEST_UPLOAD = 20 * 1024 * 1024
_SUFFIXES = frozenset({".txt", ".zip", ".geojson", ".json", ".gpkg", ".kml"})
_PLATES = {"pdf": "application/pdf", "png": "image/png"}


@router.get("/identify")
def identify(  # noqa: PLR0913, PLR0917  # what the map asks with
    shelf: TheMap,
    actor: Viewer,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-85, le=85)],
    layers: Annotated[str, Query(max_length=4000)] = "",
    as_of: str | None = None,
    tolerance_m: Annotated[float, Query(ge=0, le=1000)] = 20.0,
) -> dict[str, Any]:
    """Tell what lies at a place · 识别."""
    seen = {layer.name: layer for layer in shelf.in_force(actor, day_of(as_of))}
    names = dict.fromkeys(name for name in layers.split(",") if name) or seen
    if any(name not in seen for name in names):
        raise no_such_layer()
    return {"hits": asking.identify(shelf, [seen[name] for name in names], lon, lat, tolerance_m)}


@router.post("/query")
def query(shelf: TheMap, actor: Asker, form: QuestionForm) -> dict[str, Any]:
    """List the features that answer a question · 查询."""
    layer = shelf.find(actor, form.layer, form.version, day_of(form.as_of))
    return asking.query(shelf, actor, layer, form.question(), limit=form.limit, offset=form.offset)


@router.post("/statistics")
def statistics(shelf: TheMap, actor: Asker, form: StatisticsForm) -> dict[str, Any]:
    """Count features and sum areas · 统计."""
    layer = shelf.find(actor, form.layer, form.version, day_of(form.as_of))
    return asking.statistics(shelf, actor, layer, form.question(), form.group_by)


@router.post("/polygons")
def polygons(
    the_office: TheOffice,
    actor: Asker,
    file: Annotated[UploadFile | None, File()] = None,
    coordinates: Annotated[str, Form(max_length=2_000_000)] = "",
) -> dict[str, Any]:
    """Read polygons from a file or from pasted coordinates · 读取多边形."""
    del actor
    name, content = "pasted.txt", coordinates.encode()
    if file is not None:
        suffix = Path(file.filename or "").suffix.lower()
        name, content = f"outline{suffix}", file.file.read(_LARGEST_UPLOAD + 1)
        if len(content) > _LARGEST_UPLOAD or suffix not in _SUFFIXES:
            raise asking.QuestionRefused(
                Text("The file is too large (over 20 MB) or of no known kind.", "文件过大（超过20MB）或类型不支持。"),
                Text("Give TXT, a zipped shapefile, GeoJSON or GeoPackage.", "请提供TXT、SHP压缩包、GeoJSON或GPKG。"),
            )
    elif not looks_like_coordinates(coordinates):
        return read_pasted(coordinates, the_office.city.profile.crs)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return read_outlines(path, the_office.city)


@router.post("/plates", response_class=Response)
def plates(the_office: TheOffice, shelf: TheMap, actor: Drawer, form: PlateForm) -> Response:
    """Draw a thematic plate · 出图."""
    day = day_of(form.as_of)
    chosen = [shelf.find(actor, item.name, item.version, day) for item in form.layers]
    city = the_office.city
    order = PlateOrder(
        title=form.title or chosen[-1].title.speak(form.language),
        bounds=checked_box(list(form.bounds)),
        layers=chosen,
        language=form.language,
        format=form.format,
        paper=form.paper,
        orientation=form.orientation,
        city=city.profile.name,
        invented=city.invented,
        day=day or city.today,
    )
    disposition = f'attachment; filename="plate.{form.format}"'
    return Response(draw_plate(shelf, order, print_fonts()), media_type=_PLATES[form.format], headers={"content-disposition": disposition})
