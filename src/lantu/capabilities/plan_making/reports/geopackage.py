"""Findings as a GeoPackage that QGIS opens styled · GeoPackage报告."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

import numpy as np
import pyarrow as pa
import shapely

from lantu.capabilities.plan_making.reports.sarif import fingerprints
from lantu.stores.formats.writing import WritingOptions, write_layer
from lantu.vocabulary.findings import SEVERITY_NAMES, Severity
from lantu.vocabulary.layer import Layer
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from lantu.capabilities.plan_making.run_records import CheckRun, FindingRecord
    from lantu.vocabulary.text import Language

COLOURS = {Severity.MANDATORY: "163,32,29", Severity.MAJOR: "176,83,10", Severity.MINOR: "125,99,8", Severity.NOTICE: "53,100,141"}
MARKERS = {Severity.MANDATORY: "diamond", Severity.MAJOR: "triangle", Severity.MINOR: "circle", Severity.NOTICE: "square"}
POINTS, LINES, AREAS = 0, 1, 2


def write_geopackage(run: CheckRun, path: Path, language: Language) -> Path:
    """Write findings and unit outlines as a styled GeoPackage · 写出GeoPackage.

    ``finding_points`` holds one point for every finding that has a place, ``finding_areas`` and ``finding_lines`` the
    full places of those that are more than a point, ``findings_without_place`` the others, ``units`` the outlines.

    Parameters
    ----------
    run
        The run.
    path
        File to write.
    language
        Language of the styles' legends; the tables hold both.

    Returns
    -------
    pathlib.Path
        `path`.
    """
    shapes = np.asarray(shapely.from_wkb(np.array([record.geometry for record in run.findings], dtype=object)), dtype=object)
    names = np.array(fingerprints(run), dtype=object)
    # A table for every place, kept even where it is empty, so that a project in QGIS finds the same layers after each run.
    layers = [
        _unit_layer(run),
        *(_finding_layer(run, names, shapes, dimension) for dimension in (AREAS, LINES)),
        _finding_layer(run, names, shapely.point_on_surface(shapes), POINTS),
        _unplaced_layer(run, names, shapes),
    ]
    styles = {
        "units": _single_style(),
        "finding_areas": _severity_style(AREAS, language),
        "finding_lines": _severity_style(LINES, language),
        "finding_points": _severity_style(POINTS, language),
    }
    kept = [layer for layer in layers if len(layer)]
    options = WritingOptions(styles={name: styles[name] for name in styles if any(layer.name == name for layer in kept)}, day=_day(run))
    return write_layer(kept or [_unplaced_layer(run, names, shapes)], path, options=options)


def _day(run: CheckRun) -> dt.date:
    return dt.date.fromisoformat(run.run["today"])


def _unit_layer(run: CheckRun) -> Layer:
    drawn = [unit for unit in run.units if unit.outline is not None]
    found = {unit.code: sum(record.unit == unit.code for record in run.findings) for unit in drawn}
    table = pa.table(
        {
            "unit_code": pa.array([unit.code for unit in drawn], pa.string()),
            "name_en": pa.array([unit.name.en for unit in drawn], pa.string()),
            "name_zh": pa.array([unit.name.zh for unit in drawn], pa.string()),
            "package": pa.array([unit.package for unit in drawn], pa.string()),
            "findings": pa.array([found[unit.code] for unit in drawn], pa.int64()),
        }
    )
    return Layer("units", table, _column([unit.outline for unit in drawn]), run.crs)


def _finding_layer(run: CheckRun, names: npt.NDArray[Any], shapes: npt.NDArray[Any], dimension: int) -> Layer:
    title = {POINTS: "finding_points", LINES: "finding_lines", AREAS: "finding_areas"}[dimension]
    fits = (shapely.get_dimensions(shapes) == dimension) & ~shapely.is_empty(shapes)
    rows = np.flatnonzero(fits)
    flat = [_flat(shapes[row], dimension) for row in rows]
    return Layer(title, _table(run, names, rows), _column([shapely.to_wkb(shape, output_dimension=2) for shape in flat]), run.crs)


def _unplaced_layer(run: CheckRun, names: npt.NDArray[Any], shapes: npt.NDArray[Any]) -> Layer:
    rows = np.flatnonzero(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    return Layer("findings_without_place", _table(run, names, rows), _column([None] * len(rows)), run.crs)


def _flat(shape: Any, dimension: int) -> Any:  # noqa: ANN401  # a shapely geometry, whose types are not published
    """Give the parts of one dimension as one multiple geometry; a table of mixed kinds opens in few programs · 取同维部分."""
    parts = shapely.get_parts(shape)
    while any(part.geom_type.startswith(("Multi", "Geometry")) for part in parts):
        parts = shapely.get_parts(parts)
    parts = parts[shapely.get_dimensions(parts) == dimension]
    if dimension == POINTS:
        return parts[0]
    return shapely.multipolygons(parts) if dimension == AREAS else shapely.multilinestrings(parts)


def _column(values: Sequence[bytes | None]) -> pa.ChunkedArray[Any]:
    return pa.chunked_array([pa.array(values, pa.large_binary())], pa.large_binary())


def _table(run: CheckRun, names: npt.NDArray[Any], rows: npt.NDArray[Any]) -> pa.Table:
    records = [run.findings[row] for row in rows]

    def texts(give: Any) -> pa.Array[Any]:  # noqa: ANN401  # a function of one record
        return pa.array([give(record) for record in records], pa.string())

    def numbers(name: str) -> pa.Array[Any]:
        values = (getattr(record, name) for record in records)
        return pa.array([float(value) if isinstance(value, int | float) else None for value in values], pa.float64())

    def words(name: str) -> pa.Array[Any]:
        values = (getattr(record, name) for record in records)
        return pa.array([value if isinstance(value, str) else None for value in values], pa.string())

    units = {code: run.unit_name(code) for code in {record.unit for record in records}}

    def source(record: FindingRecord) -> Text:
        return run.rules[record.code].source if record.code in run.rules else Text("", "")

    return pa.table(
        {
            "finding": pa.array(names[rows], pa.string()),
            "code": texts(lambda record: record.code),
            "severity": texts(lambda record: record.severity.value),
            "unit_code": texts(lambda record: record.unit),
            "unit_en": texts(lambda record: units[record.unit].en),
            "unit_zh": texts(lambda record: units[record.unit].zh),
            "layer": texts(lambda record: record.layer),
            "layer_en": texts(lambda record: run.layer_name(record.layer).en),
            "layer_zh": texts(lambda record: run.layer_name(record.layer).zh),
            "features": texts(lambda record: ", ".join(record.features)),
            "measured": numbers("measured"),
            "measured_text": words("measured"),
            "limit_value": numbers("limit"),
            "limit_text": words("limit"),
            "unit_of_measure": texts(lambda record: record.unit_of_measure),
            "message_en": texts(lambda record: record.message.en),
            "message_zh": texts(lambda record: record.message.zh),
            "remedy_en": texts(lambda record: record.remedy.en),
            "remedy_zh": texts(lambda record: record.remedy.zh),
            "source_en": texts(lambda record: source(record).en),
            "source_zh": texts(lambda record: source(record).zh),
        }
    )


def _options(values: dict[str, str]) -> str:
    entries = "".join(f'<Option type="QString" name={quoteattr(name)} value={quoteattr(value)}/>' for name, value in values.items())
    return f'<Option type="Map">{entries}</Option>'


def _symbol(name: str, dimension: int, colour: str, marker: str = "circle") -> str:
    kind, layer_class, look = {
        POINTS: (
            "marker",
            "SimpleMarker",
            {"name": marker, "color": f"{colour},255", "outline_color": "255,255,255,255", "outline_width": "0.3", "size": "3.2"},
        ),
        LINES: ("line", "SimpleLine", {"line_color": f"{colour},255", "line_width": "0.7"}),
        AREAS: (
            "fill",
            "SimpleFill",
            {"color": f"{colour},80", "style": "solid", "outline_color": f"{colour},255", "outline_width": "0.4", "outline_style": "solid"},
        ),
    }[dimension]
    layer = f'<layer class="{layer_class}" enabled="1" locked="0" pass="0">{_options(look)}</layer>'
    return f'<symbol name="{name}" type="{kind}" alpha="1" clip_to_extent="1" force_rhr="0">{layer}</symbol>'


def _severity_style(dimension: int, language: Language) -> str:
    """Make a QGIS style with one symbol per severity, the heaviest drawn last · 按严重程度分类的样式."""
    categories = "".join(
        f'<category render="true" symbol="{number}" type="string" value="{severity.value}" '
        f"label={quoteattr(SEVERITY_NAMES[severity].speak(language))}/>"
        for number, severity in enumerate(Severity)
    )
    symbols = "".join(_symbol(str(number), dimension, COLOURS[severity], MARKERS[severity]) for number, severity in enumerate(Severity))
    renderer = (
        f'<renderer-v2 type="categorizedSymbol" attr="severity" forceraster="0" symbollevels="0" enableorderby="0">'
        f"<categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2>"
    )
    tip = '<mapTip><b>[% "code" %]</b> [% "message_{language}" %]</mapTip>'.replace("{language}", language)
    escaped = tip.removeprefix("<mapTip>").removesuffix("</mapTip>").replace("&", "&amp;").replace("<", "&lt;")
    return _qml(f"{renderer}<mapTip>{escaped}</mapTip>")


def _single_style() -> str:
    look = {"color": "0,0,0,0", "style": "no", "outline_color": "70,80,85,255", "outline_width": "0.46", "outline_style": "solid"}
    layer = f'<layer class="SimpleFill" enabled="1" locked="0" pass="0">{_options(look)}</layer>'
    symbol = f'<symbol name="0" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">{layer}</symbol>'
    return _qml(
        f'<renderer-v2 type="singleSymbol" forceraster="0" symbollevels="0" enableorderby="0"><symbols>{symbol}</symbols></renderer-v2>'
    )


def _qml(content: str) -> str:
    head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
    return f'{head}\n<qgis version="3.28.0" styleCategories="Symbology|MapTips">{content}</qgis>\n'
