"""One data set from bytes to layers: read, judge, repair what is proved · 读取并判定一个数据."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from lantu.stores.formats.coordinate_txt import read_coordinates
from lantu.stores.formats.crs import judge_crs, judge_place
from lantu.stores.formats.diagnosis import FileDiagnosis, IntakeLayer
from lantu.stores.formats.fields import canonical_table, judge_classification
from lantu.stores.formats.found import FoundLayer, ReadingFailed
from lantu.stores.formats.gcj02 import suspect_gcj02
from lantu.stores.formats.gdal import configure, read_with_gdal
from lantu.stores.formats.messages import repaired, tell
from lantu.stores.formats.shapefile import read_lone_dbf, read_shapefile
from lantu.stores.formats.shapes import FAMILY_NAMES, Shapes, look_at, swap_axes
from lantu.stores.formats.sniff import DOCUMENTS, WAYS_OUT, read_text
from lantu.stores.formats.tables import read_delimited, read_parquet, read_workbook
from lantu.vocabulary.layer import Layer
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.stores.formats.diagnosis import Expectations
    from lantu.stores.formats.discover import Delivery
    from lantu.vocabulary.layer_definitions import LayerDefinition

_GDAL_FORMATS = frozenset(
    {
        "GeoPackage",
        "FileGDB",
        "GeoJSON",
        "GML",
        "KML",
        "MapInfo TAB",
        "MapInfo MIF",
        "FlatGeobuf",
        "GPX",
        "DXF",
        "TopoJSON",
        "OpenDocument table",
    }
)
_XML_FORMATS = frozenset({"GML", "KML", "GPX"})
# CRS that a format prescribes for data that declare none.
_PRESCRIBED_CRS = {"GeoJSON": "EPSG:4326", "KML": "EPSG:4326", "GPX": "EPSG:4326", "TopoJSON": "EPSG:4326"}
_GEOGRAPHIC_LABELS = frozenset({"EPSG:4326", "EPSG:4490"})
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)

configure()


def diagnose_one(delivery: Delivery, expectations: Expectations) -> FileDiagnosis:
    """Diagnose one data set · 诊断一个数据.

    Parameters
    ----------
    delivery
        What to read, with its format as sniffed.
    expectations
        What it is held against.

    Returns
    -------
    FileDiagnosis
        Also where it cannot be read: then with a problem and no layer.
    """
    diagnosis = FileDiagnosis(delivery.shown, delivery.format, size_bytes=delivery.size_bytes)
    if delivery.format in DOCUMENTS:
        return diagnosis
    if delivery.format in WAYS_OUT:
        tell(diagnosis, "IN39", format=delivery.format, way_out=WAYS_OUT[delivery.format])
        return diagnosis
    try:
        found = _read(delivery.path, diagnosis, expectations)
    except ReadingFailed as failure:
        tell(diagnosis, failure.code, **failure.values)
        return diagnosis
    shown: dict[str, list[str]] = {}
    for layer in found:
        intake = _finish(layer, diagnosis, expectations)
        diagnosis.layers.append(intake)
        if intake.recognised_as:
            shown.setdefault(intake.recognised_as, []).append(intake.name_in_file)
    _judge_whole(diagnosis, shown, expectations)
    return diagnosis


def _read(path: Path, diagnosis: FileDiagnosis, expectations: Expectations) -> list[FoundLayer]:  # noqa: PLR0911  # one line per kind of reader
    kind = diagnosis.format
    if kind == "Shapefile":
        return read_shapefile(path, diagnosis)
    if kind == "DBF":
        return read_lone_dbf(path, diagnosis)
    if kind == "GeoParquet":
        return read_parquet(path, diagnosis)
    if kind == "Excel":
        return read_workbook(path, diagnosis)
    if kind in {"CSV", "coordinate TXT"}:
        text = _decoded(path, diagnosis)
        if kind == "CSV":
            return read_delimited(path, text, diagnosis)
        return read_coordinates(path, text, diagnosis, expectations.profile)
    if kind == "GeoJSON":
        return _read_geojson(path, diagnosis)
    if kind in _GDAL_FORMATS:
        return _read_aside(path, diagnosis)
    raise ReadingFailed(code="IN01")


def _decoded(path: Path, diagnosis: FileDiagnosis) -> str:
    text, encoding, certain, candidates = read_text(path.read_bytes())
    diagnosis.encoding = encoding
    if not certain:
        sample = next((line for line in text.splitlines() if not line.isascii()), "")[:40]
        tell(diagnosis, "IN07", candidates=", ".join(candidates), encoding=encoding, sample=sample)
    return text


def _read_aside(path: Path, diagnosis: FileDiagnosis) -> list[FoundLayer]:
    """Read with GDAL from a link in a folder of our own, so that nothing appears beside the delivery."""
    if diagnosis.format in _XML_FORMATS and path.suffix.lower() != ".kmz":
        with path.open("rb") as source:
            if _ENTITY.search(source.read(65_536)):
                raise ReadingFailed(code="IN50")
        diagnosis.encoding = _xml_encoding(path)
    if diagnosis.format in {"MapInfo TAB", "MapInfo MIF"}:
        return read_with_gdal(path, diagnosis)
    suffix = {"FileGDB": ".gdb", "GML": ".gml", "KML": ".kml", "GeoPackage": ".gpkg"}.get(diagnosis.format, path.suffix.lower())
    suffix = ".kmz" if path.suffix.lower() == ".kmz" else suffix
    with tempfile.TemporaryDirectory(prefix="lantu-intake-", ignore_cleanup_errors=True) as folder:
        link = Path(folder) / f"{path.stem}{suffix}"
        link.symlink_to(path.resolve(), target_is_directory=path.is_dir())
        schema = path.with_suffix(".xsd")
        if diagnosis.format == "GML" and schema.is_file():
            link.with_suffix(".xsd").symlink_to(schema.resolve())
        found = read_with_gdal(link, diagnosis)
        if not found and not diagnosis.problems:
            tell(diagnosis, "IN22")
        return found


def _xml_encoding(path: Path) -> str:
    with path.open("rb") as source:
        head = source.read(200)
    declared = re.search(rb"encoding=[\"']([A-Za-z0-9_.-]+)[\"']", head)
    return declared.group(1).decode("ascii") if declared else "UTF-8"


def _read_geojson(path: Path, diagnosis: FileDiagnosis) -> list[FoundLayer]:
    data = path.read_bytes()
    text, encoding, certain, candidates = read_text(data)
    diagnosis.encoding = "UTF-8" if encoding == "ASCII" else encoding
    needs_copy = encoding not in {"ASCII", "UTF-8", "UTF-8 with BOM"}
    if needs_copy and certain:
        repaired(diagnosis, "RP13", encoding=encoding, format="GeoJSON")
    elif needs_copy:
        tell(diagnosis, "IN07", candidates=", ".join(candidates), encoding=encoding, sample=_beyond_ascii(text))
    try:
        with tempfile.TemporaryDirectory(prefix="lantu-intake-", ignore_cleanup_errors=True) as folder:
            link = Path(folder) / f"{path.stem}.geojson"
            if needs_copy:
                link.write_text(text, encoding="utf-8")
            else:
                link.symlink_to(path.resolve())
            found = read_with_gdal(link, diagnosis)
    except ReadingFailed:
        _explain_json(text)
        raise
    if not found and not diagnosis.problems:
        _explain_json(text)
        tell(diagnosis, "IN22")
    for layer in found:
        # GDAL fills in what the standard prescribes; here only the file's own word counts as declared.
        if '"crs"' not in text[:20_000] and '"crs"' not in text[-2_000:]:
            layer.declared_crs = None
        if layer.name in {"OGRGeoJSON", "features"}:
            layer.name = path.stem
    return found


def _beyond_ascii(text: str) -> str:
    found = re.search(r"[^\x00-\x7f]+", text)
    return found.group()[:20] if found else ""


def _explain_json(text: str) -> None:
    try:
        content = json.loads(text.lstrip("﻿"))
    except json.JSONDecodeError as error:
        raise ReadingFailed(code="IN34", reason=error.msg, line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise ReadingFailed(code="IN34", reason="nested too deeply", line=1, column=1) from error
    if isinstance(content, dict) and content.get("features") == []:
        return
    if isinstance(content, list) or not isinstance(content, dict) or "type" not in content:
        raise ReadingFailed(
            code="IN03",
            format="GeoJSON",
            reason=Text("it has no FeatureCollection, Feature or geometry", "缺少FeatureCollection、Feature或几何"),
        )


def _finish(found: FoundLayer, diagnosis: FileDiagnosis, expectations: Expectations) -> IntakeLayer:
    definition = expectations.vocabulary.recognise(found.name) or _by_file_name(found, diagnosis, expectations)
    name = definition.name if definition else found.name
    rows = len(found.wkb) if found.wkb is not None else found.table.num_rows
    result = IntakeLayer(found.name, definition.name if definition else None, features=rows)
    table, sources = _columns(found, definition, diagnosis)
    wkb, code = pa.chunked_array([pa.nulls(rows, pa.large_binary())]), ""
    if found.wkb is not None:
        shapes, code = _place(found, diagnosis, expectations)
        wkb = shapes.wkb
        result.geometry_type = shapes.geometry_type
        if definition:
            _judge_type(shapes, definition, diagnosis, found.name)
    if not rows:
        tell(diagnosis, "IN22", layer=found.name)
    if definition:
        default = expectations.profile.classification if expectations.profile else ""
        result.classification = judge_classification(
            table, definition, expectations.classifications, diagnosis, layer=found.name, source_names=sources, default=default
        )
    elif found.wkb is not None:
        tell(diagnosis, "IN46", layer=found.name, name=found.name)
    if expectations.read:
        result.layer = Layer(name, table, wkb, code, source=diagnosis.path, classification=result.classification, source_names=sources)
    return result


def _by_file_name(found: FoundLayer, diagnosis: FileDiagnosis, expectations: Expectations) -> LayerDefinition | None:
    """Recognise by the name of the file: one layer is often named after what it holds, whatever the layer inside is called."""
    stem = Path(diagnosis.path).stem
    return (
        expectations.vocabulary.recognise(stem)
        if stem != found.name and diagnosis.format not in {"FileGDB", "GeoPackage", "Excel"}
        else None
    )


def _columns(found: FoundLayer, definition: LayerDefinition | None, diagnosis: FileDiagnosis) -> tuple[pa.Table, dict[str, str]]:
    table, sources = canonical_table(found.table, definition, diagnosis, found.name) if definition else (found.table, {})
    # A format with fields of its own names those that the vocabulary did not claim.
    own = {original: canonical for canonical, original in found.source_names.items() if canonical not in sources}
    left = {column: own[column] for column in table.column_names if column in own}
    renamed = table.rename_columns([left.get(column, column) for column in table.column_names])
    return renamed, {**sources, **{canonical: original for original, canonical in left.items()}}


def _place(found: FoundLayer, diagnosis: FileDiagnosis, expectations: Expectations) -> tuple[Shapes, str]:
    shapes = look_at(found, diagnosis)
    profile = expectations.profile
    default = _PRESCRIBED_CRS.get(diagnosis.format)
    verdict = judge_crs(shapes.bounds, found.declared_crs, diagnosis, layer=found.name, profile=profile, default=default)
    if verdict.swap:
        shapes = swap_axes(shapes)
    code = verdict.guess.code
    if diagnosis.crs.how == "unknown" and (verdict.guess.code or not diagnosis.layers):
        diagnosis.crs = verdict.guess
    if code is None:
        return shapes, ""
    if profile is not None:
        judge_place(shapes.bounds, code, diagnosis, layer=found.name, profile=profile)
        if profile.outline is not None and code in _GEOGRAPHIC_LABELS:
            suspect_gcj02(shapes.geometry, profile.outline, code, diagnosis, layer=found.name)
    return shapes, code


def _judge_type(shapes: Shapes, definition: LayerDefinition, diagnosis: FileDiagnosis, layer: str) -> None:
    expected = FAMILY_NAMES.get(definition.geometry)
    if expected and shapes.family and shapes.family not in {definition.geometry, "mixed"}:
        tell(diagnosis, "IN21", layer=layer, found=FAMILY_NAMES[shapes.family], layer_name=definition.text, expected=expected)


def _judge_whole(diagnosis: FileDiagnosis, recognised: dict[str, list[str]], expectations: Expectations) -> None:
    for name, names in recognised.items():
        if len(names) > 1:
            tell(diagnosis, "IN47", names=", ".join(names), layer_name=expectations.vocabulary[name].text)
    codes = sorted(
        {item.layer.crs for item in diagnosis.layers if item.layer is not None and item.layer.crs and item.geometry_type != "None"}
    )
    if len(codes) > 1:
        tell(diagnosis, "IN52", found=", ".join(code if len(code) < 40 else f"{code[:30]}…" for code in codes))  # noqa: PLR2004  # a whole WKT is no name
