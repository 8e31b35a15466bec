"""Thematic plates: a map with frame, legend, scale, north arrow, source and date · 专题图."""

from __future__ import annotations

import io
import json
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import typst
from PIL import Image, ImageDraw

from lantu.capabilities.one_map.legends import colour_rows, palette_of, rgba
from lantu.engines.tiling.overview import PIXELS, Painted, draw_window
from lantu.engines.tiling.shapes import read_shapes
from lantu.engines.tiling.web_mercator import degrees_in_crs, world_transform
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from lantu.capabilities.one_map.map_shelf import MapShelf, PublishedLayer
    from lantu.engines.tiling.shapes import Shapes
    from lantu.vocabulary.text import Language

    Box = tuple[float, float, float, float]
    Window = tuple[float, float, float, float]

_PAPER_MM = {"a4": (297, 210), "a3": (420, 297)}
_PIXELS_PER_MM = 8
_LEGEND_MM, _MARGIN_MM, _HEAD_MM, _FOOT_MM = 58, 12, 16, 14
_EARTH_M = 40_075_016.685578488
_OVERVIEW_ZOOM, _LOWEST_ZOOM = 12, 6
_OUTLINED = 20_000
_PRINT_PPI = 144.0
_INVENTED = Text("Invented data over public boundaries; no real plan.", "虚构数据，仅借用公开边界，不反映真实规划。")


@dataclass(frozen=True, slots=True)
class PlateOrder:
    """What a plate shows · 出图要求.

    Parameters
    ----------
    title
        At the top.
    bounds
        West, south, east, north in degrees.
    layers
        From the bottom to the top; the one who asks may see them.
    language
        Language of the words.
    format
        ``pdf`` or ``png``.
    paper
        ``a4`` or ``a3``.
    orientation
        ``landscape`` or ``portrait``.
    city
        Name of the city.
    invented
        Whether the plate must say that the data are invented.
    day
        The day it shows.
    """

    title: str
    bounds: Box
    layers: Sequence[PublishedLayer]
    language: Language
    format: Literal["pdf", "png"]
    paper: Literal["a4", "a3"]
    orientation: Literal["landscape", "portrait"]
    city: Text
    invented: bool
    day: dt.date


def draw_plate(shelf: MapShelf, order: PlateOrder, fonts: Path | None) -> bytes:
    """Draw a plate · 出图.

    Parameters
    ----------
    shelf
        The map.
    order
        What to show.
    fonts
        Folder of fonts with Chinese; those of the system where None.

    Returns
    -------
    bytes
        PDF or PNG.
    """
    width_mm, height_mm = _PAPER_MM[order.paper]
    if order.orientation == "portrait":
        width_mm, height_mm = height_mm, width_mm
    across = width_mm - 2 * _MARGIN_MM - _LEGEND_MM
    along = height_mm - 2 * _MARGIN_MM - _HEAD_MM - _FOOT_MM
    window = _window(order.bounds, across / along)
    picture = _picture(shelf, order.layers, window, across * _PIXELS_PER_MM)
    latitude = math.radians((order.bounds[1] + order.bounds[3]) / 2)
    metres_per_mm = (window[2] - window[0]) * _EARTH_M * math.cos(latitude) / across
    chinese = order.language == "zh"
    data = {
        "title": order.title,
        "width": width_mm,
        "height": height_mm,
        "across": across,
        "along": along,
        "legend": _legend(order),
        "bar": _scale_bar(metres_per_mm),
        "scale": f"1 : {round(metres_per_mm * 1000, -2):,.0f}",
        "words": {
            "legend": "图例" if chinese else "Legend",
            "continued": "图例（续）" if chinese else "Legend, continued",
            "next": "续下页" if chinese else "continued on the next page",
            "north": "北" if chinese else "N",
            "source": f"{'资料来源' if chinese else 'Source'}：{order.city.speak(order.language)}"
            if chinese
            else f"Source: {order.city.en}, layers in force",
            "date": f"{'数据时点' if chinese else 'As of'} {order.day.isoformat()}",
            "projection": "网络墨卡托投影，比例尺按图幅中心纬度" if chinese else "Web Mercator; scale at the centre of the plate",
            "invented": _INVENTED.speak(order.language) if order.invented else "",
        },
    }
    files = {"main.typ": _TEMPLATE.encode(), "plate.json": json.dumps(data, ensure_ascii=False).encode(), "map.png": picture}
    options: dict[str, Any] = {"ppi": _PRINT_PPI} if order.format == "png" else {}
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        made: Any = typst.compile(
            str(Path(folder) / "main.typ"),
            format=order.format,
            font_paths=[str(fonts)] if fonts is not None else [],
            ignore_system_fonts=fonts is not None,
            **options,
        )
    return _one_picture(made) if isinstance(made, list) else bytes(made)


def _one_picture(pages: Sequence[bytes]) -> bytes:
    """Put pages below each other."""
    opened = [Image.open(io.BytesIO(page)).convert("RGB") for page in pages]
    whole = Image.new("RGB", (max(page.width for page in opened), sum(page.height for page in opened)), (255, 255, 255))
    top = 0
    for page in opened:
        whole.paste(page, (0, top))
        top += page.height
    out = io.BytesIO()
    whole.save(out, "PNG")
    return out.getvalue()


def _window(bounds: Box, ratio: float) -> Window:
    """Widen the bounds to the shape of the frame; west, north, east, south in the unit square."""
    west, south, east, north = bounds
    left, right = (west + 180) / 360, (east + 180) / 360
    top, bottom = (0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi) for lat in (north, south))
    width, height = max(right - left, 1e-7), max(bottom - top, 1e-7)
    if width / height < ratio:
        grow = (height * ratio - width) / 2
        left, right = left - grow, right + grow
    else:
        grow = (width / ratio - height) / 2
        top, bottom = top - grow, bottom + grow
    return left, top, right, bottom


def _picture(shelf: MapShelf, layers: Sequence[PublishedLayer], window: Window, width: int) -> bytes:
    height = round(width * (window[3] - window[1]) / (window[2] - window[0]))
    canvas = Image.new("RGBA", (width, height), (255, 255, 255, 255))
    zoom = math.log2(width / PIXELS / (window[2] - window[0]))
    for layer in layers:
        if layer.overview_archive and zoom <= _OVERVIEW_ZOOM + 0.5:
            canvas.alpha_composite(_from_overview(shelf, layer, window, (width, height), zoom))
        else:
            canvas.alpha_composite(_from_features(shelf, layer, window, (width, height)))
    out = io.BytesIO()
    canvas.convert("RGB").save(out, "PNG")
    return out.getvalue()


def _from_overview(shelf: MapShelf, layer: PublishedLayer, window: Window, size: tuple[int, int], zoom: float) -> Image.Image:
    """Put the pictures of the overview side by side and scale them: a million parcels cost what a hundred do."""
    z = min(max(math.ceil(zoom), _LOWEST_ZOOM), _OVERVIEW_ZOOM)
    count = 1 << z
    first_x, first_y = int(window[0] * count), int(window[1] * count)
    last_x, last_y = int(window[2] * count), int(window[3] * count)
    mosaic = Image.new("RGBA", ((last_x - first_x + 1) * PIXELS, (last_y - first_y + 1) * PIXELS))
    for x in range(first_x, last_x + 1):
        for y in range(first_y, last_y + 1):
            tile = shelf.tile(layer, (z, x, y), picture=True)
            if tile is not None:
                mosaic.paste(Image.open(io.BytesIO(tile)).convert("RGBA"), ((x - first_x) * PIXELS, (y - first_y) * PIXELS))
    box = tuple((side * count - origin) * PIXELS for side, origin in zip(window, (first_x, first_y, first_x, first_y), strict=True))
    return mosaic.resize(size, Image.Resampling.LANCZOS, box=box)  # type: ignore[arg-type]  # four numbers


def _from_features(shelf: MapShelf, layer: PublishedLayer, window: Window, size: tuple[int, int]) -> Image.Image:
    legend = layer.style.get("legend", [])
    field = layer.style.get("legend_field", "")
    degrees = (window[0] * 360 - 180, _latitude(window[3]), window[2] * 360 - 180, _latitude(window[1]))
    runs: list[Painted] = []
    for _, stored, version in layer.parts:
        record = shelf.store.find(stored, version)
        columns = [field] if field else []
        part = shelf.store.get(stored, version, bbox=degrees_in_crs(record.crs, degrees), columns=columns)
        shapes = read_shapes(part.wkb)
        if (shapes.kind > 0).any():
            runs.append(Painted(shapes, world_transform(part.crs, shapes.box)(shapes.coords), colour_rows(part, field, legend)))
    if not runs:
        return Image.new("RGBA", size)
    if layer.geometry_type == "polygon":
        drawn = Image.fromarray(draw_window(runs, palette_of(legend), window, size[0])).resize(size)
    else:
        drawn = Image.new("RGBA", size)
    if sum(len(run.shapes) for run in runs) <= _OUTLINED:
        pen = ImageDraw.Draw(drawn)
        for run in runs:
            _outline(pen, run, legend, window, size)
    return drawn


def _outline(pen: ImageDraw.ImageDraw, run: Painted, legend: Sequence[Any], window: Window, size: tuple[int, int]) -> None:
    scale = size[0] / (window[2] - window[0])
    points = (run.world - np.array(window[:2])) * scale
    shapes: Shapes = run.shapes
    for row in range(len(shapes)):
        colour = rgba(legend[max(int(run.colours[row]) - 1, 0)]["line"])
        for chain in range(shapes.feature_start[row], shapes.feature_start[row + 1]):
            own = points[shapes.chain_start[chain] : shapes.chain_start[chain + 1]]
            if shapes.kind[row] == 1:
                for x, y in own:
                    pen.ellipse((x - 5, y - 5, x + 5, y + 5), fill=rgba(legend[max(int(run.colours[row]) - 1, 0)]["fill"]), outline=colour)
            else:
                pen.line([tuple(point) for point in own.tolist()], fill=colour, width=2)


def _latitude(y: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))


def _legend(order: PlateOrder) -> list[dict[str, Any]]:
    """List the rows of the legend, the layer on top first; a layer of one class is one row."""
    rows = []
    for layer in reversed(list(order.layers)):
        title, classes = layer.title.speak(order.language), layer.style.get("legend", [])
        if len(classes) != 1:
            rows.append({"label": title, "kind": "title"})
        for entry in classes:
            label = title if len(classes) == 1 else entry["label"][order.language]
            rows.append({"label": label, "kind": layer.geometry_type, "fill": entry["fill"], "line": entry["line"]})
    return rows


def _scale_bar(metres_per_mm: float) -> dict[str, Any]:
    """Choose a round length of some three centimetres."""
    raw = metres_per_mm * 35
    power = 10 ** math.floor(math.log10(raw))
    length = max(step * power for step in (1, 2, 5) if step * power <= raw)
    label = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"  # noqa: PLR2004  # a kilometre
    return {"mm": length / metres_per_mm, "label": label}


_TEMPLATE = """
#let d = json("plate.json")
#set page(width: d.width * 1mm, height: d.height * 1mm, margin: 12mm)
#set text(font: ("Noto Sans SC", "Noto Sans CJK SC"), size: 8pt)
#set par(leading: 0.5em)
#let head(words) = block(height: 14mm, width: 100%, align(center + horizon, text(size: 18pt, weight: "bold", words)))
#let swatch(row) = {
  if row.kind == "line" {
    box(width: 7mm, height: 3.4mm, align(horizon, line(length: 7mm, stroke: 1.4pt + rgb(row.line))))
  } else if row.kind == "point" {
    box(width: 7mm, height: 3.4mm, align(center + horizon, circle(radius: 1.3mm, fill: rgb(row.fill), stroke: 0.6pt + rgb(row.line))))
  } else {
    box(width: 7mm, height: 3.4mm, fill: rgb(row.fill), stroke: 0.6pt + rgb(row.line))
  }
}
#let told(row) = {
  if row.kind == "title" {
    block(above: 1.6mm, below: 1mm, sticky: true, text(weight: "bold", row.label))
  } else {
    block(above: 1.2mm, below: 1.2mm, breakable: false,
      grid(columns: (7mm, 1fr), column-gutter: 1.5mm, align: horizon, swatch(row), row.label))
  }
}
#let fitting(width, height) = {
  let most = d.legend.len()
  let tall(count) = measure(block(width: width, d.legend.slice(0, count).map(told).join())).height
  if most == 0 or tall(most) <= height { return most }
  while most > 0 and tall(most) > height - 5mm { most -= 1 }
  if most > 0 and d.legend.at(most - 1).kind == "title" { most -= 1 }
  most
}
#head(d.title)
#grid(columns: (d.across * 1mm, 1fr), column-gutter: 4mm,
  box(stroke: 0.8pt + black, width: d.across * 1mm, height: d.along * 1mm, clip: true)[
    #image("map.png", width: d.across * 1mm, height: d.along * 1mm)
    #place(top + right, dx: -4mm, dy: 4mm, box(fill: white.transparentize(15%), inset: 1.5mm, radius: 1mm)[
      #align(center)[#text(weight: "bold", size: 9pt, d.words.north) \\
        #polygon(fill: black, (3mm, 0mm), (5.2mm, 9mm), (3mm, 7mm), (0.8mm, 9mm))]
    ])
  ],
  block(height: d.along * 1mm, width: 100%)[
    #block(below: 2.4mm, text(size: 11pt, weight: "bold", d.words.legend))
    #layout(room => context {
      let count = fitting(room.width, d.along * 1mm - 7mm)
      d.legend.slice(0, count).map(told).join()
      if count < d.legend.len() { block(above: 2mm, text(style: "italic", d.words.next)) }
    })
  ])
#v(1mm)
#grid(columns: (auto, 1fr, auto), column-gutter: 8mm, align: (left + horizon, left + horizon, right + horizon),
  [#box(width: d.bar.mm * 1mm, height: 1.6mm, fill: black, stroke: 0.5pt + black) #h(1mm)
    #d.bar.label #h(4mm) #d.scale \\ #text(size: 6.5pt, d.words.projection)],
  [#d.words.source #h(4mm) #d.words.date],
  text(fill: rgb("#a33"), weight: "bold", d.words.invented))
#context {
  let count = fitting((d.width - 24 - d.across - 4) * 1mm, d.along * 1mm - 7mm)
  if count < d.legend.len() {
    pagebreak()
    head(d.title)
    block(below: 3mm, text(size: 11pt, weight: "bold", d.words.continued))
    let across = calc.max(2, calc.floor((d.width - 24) / 62))
    block(height: (d.height - 24 - 14 - 22) * 1mm, columns(across, gutter: 5mm, d.legend.slice(count).map(told).join()))
    place(bottom + right, text(fill: rgb("#a33"), weight: "bold", d.words.invented))
  }
}
"""
