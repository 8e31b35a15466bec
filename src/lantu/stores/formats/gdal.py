"""The only door to GDAL, which reads what we do not read ourselves · GDAL读取."""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyogrio
from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from lantu.stores.formats.found import FoundLayer, ReadingFailed
from lantu.stores.formats.messages import tell

if TYPE_CHECKING:
    from lantu.stores.formats.diagnosis import FileDiagnosis

# All that pyogrio raises for a file it cannot read; an Arrow error means that a batch is inconsistent.
GDAL_ERRORS = (
    DataSourceError,
    DataLayerError,
    FeatureError,
    FieldError,
    GeometryError,
    CRSError,
    pa.ArrowException,
    UnicodeDecodeError,
    ValueError,
    OSError,
    RuntimeError,
    OverflowError,
)
_CONFIGURATION = {
    # No side effects on the folder of the delivery, no network, no plugins.
    "GML_SAVE_RESOLVED_TO": "NONE",
    "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
    "GDAL_HTTP_TIMEOUT": "1",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "200",
    "SHAPE_RESTORE_SHX": "NO",
    "OGR_SQLITE_JOURNAL": "OFF",
}
_OPEN_OPTIONS = {
    "GML": {"WRITE_GFS": "NO", "SKIP_RESOLVE_ELEMS": "ALL", "EXPOSE_GML_ID": "YES", "DOWNLOAD_SCHEMA": "NO"},
    "GeoJSON": {"FLATTEN_NESTED_ATTRIBUTES": "NO"},
}
_DRIVERS = {
    "GeoPackage": "GPKG",
    "FileGDB": "OpenFileGDB",
    "GeoJSON": "GeoJSON",
    "GML": "GML",
    "KML": "LIBKML",
    "MapInfo TAB": "MapInfo File",
    "MapInfo MIF": "MapInfo File",
    "FlatGeobuf": "FlatGeobuf",
    "GPX": "GPX",
    "DXF": "DXF",
    "TopoJSON": "TopoJSON",
    "OpenDocument table": "ODS",
    "SQLite": "SQLite",
    "GeoJSON sequence": "GeoJSONSeq",
}
# ISO WKB types of curves: circular string, compound curve, curve polygon, multi curve, multi surface, curve, surface.
CURVE_TYPES = frozenset({8, 9, 10, 11, 12, 13, 14})
_COLLECTION = 7
# Tables in which QGIS keeps styles and projects beside the data.
_HOUSEKEEPING = frozenset({"layer_styles", "qgis_projects"})


def configure() -> None:
    """Set GDAL up so that reading leaves no trace · 配置GDAL.

    Called once per reading process; values are those of the running process only.
    """
    pyogrio.set_gdal_config_options(_CONFIGURATION)


def read_geometry(path: Path, count: int) -> pa.ChunkedArray:
    """Read only the geometry of a single-layer file · 只读取图形.

    Parameters
    ----------
    path
        The file.
    count
        How many features there must be.

    Returns
    -------
    pyarrow.ChunkedArray
        WKB, `pyarrow.large_binary`, length `count`.

    Raises
    ------
    ReadingFailed
        If GDAL cannot read it or gives another number of features.
    """
    try:
        with warnings.catch_warnings():
            # A warning that measures become heights: both are dropped later, and reported.
            warnings.simplefilter("ignore")
            meta, table = pyogrio.read_arrow(path, columns=[])
    except GDAL_ERRORS as error:
        raise ReadingFailed(code="IN03", format="Shapefile", reason=_reason(error)) from error
    column = table.column(meta["geometry_name"] or "wkb_geometry").cast(pa.large_binary())
    if len(column) != count:
        raise ReadingFailed(code="IN03", format="Shapefile", reason=f"{count} records, {len(column)} geometries")
    return column


def read_with_gdal(path: Path, diagnosis: FileDiagnosis) -> list[FoundLayer]:
    """Read every layer of a file that GDAL knows · 以GDAL读取全部图层.

    Parameters
    ----------
    path
        File, or folder of a FileGDB.
    diagnosis
        Says the format; gets problems appended, one for each layer that cannot be read.

    Returns
    -------
    list of FoundLayer
        Layers that could be read, in the order of the file.

    Raises
    ------
    ReadingFailed
        If the file cannot be opened at all.
    """
    driver = _DRIVERS[diagnosis.format]
    options = _OPEN_OPTIONS.get(driver, {})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            listed = pyogrio.list_layers(path)
    except GeometryError as error:
        if driver != "GPKG":
            raise ReadingFailed(code="IN03", format=diagnosis.format, reason=_reason(error)) from error
        with tempfile.TemporaryDirectory(prefix="lantu-intake-") as folder:
            return read_with_gdal(_without_heights(path, Path(folder)), diagnosis)
    except GDAL_ERRORS as error:
        if driver == "GPKG":
            _explain_geopackage(path)
        raise ReadingFailed(code="IN03", format=diagnosis.format, reason=_reason(error)) from error
    found: list[FoundLayer] = []
    failed = 0
    for name, _ in listed:
        if name in _HOUSEKEEPING:
            continue
        try:
            found.append(_layer(path, str(name), options))
        except GDAL_ERRORS as error:
            failed += 1
            tell(diagnosis, "IN51", layer=str(name), name=str(name), reason=_reason(error))
    return found


def _explain_geopackage(path: Path) -> None:
    """Say why GDAL sees no features in a GeoPackage that can be opened as a database."""
    contents = contents_of(path)
    if contents is None:
        return
    rasters = [name for name, kind in contents if "til" in kind or "grid" in kind]
    if rasters:
        raise ReadingFailed(code="IN35", names=", ".join(rasters))
    if not contents:
        raise ReadingFailed(code="IN22")


def contents_of(path: Path) -> list[tuple[str, str]] | None:
    """List the contents that a GeoPackage declares · 列出GeoPackage内容.

    Parameters
    ----------
    path
        The GeoPackage.

    Returns
    -------
    list of tuple or None
        Table name and kind of data; None where the list cannot be read.
    """
    try:
        with contextlib.closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True)) as connection:
            rows = connection.execute("SELECT table_name, data_type FROM gpkg_contents").fetchall()
    except (sqlite3.Error, UnicodeError):
        return None
    return [(str(name), str(kind)) for name, kind in rows]


def _without_heights(path: Path, folder: Path) -> Path:
    """Copy a GeoPackage and take the heights out of its list of layers.

    pyogrio refuses a layer declared as “any geometry, with heights”; the geometries themselves it reads.
    """
    copy = folder / path.name
    shutil.copyfile(path.resolve(), copy)
    try:
        with contextlib.closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute("UPDATE gpkg_geometry_columns SET z = 0, m = 0 WHERE z + m > 0 AND upper(geometry_type_name) = 'GEOMETRY'")
            if not connection.total_changes:
                raise ReadingFailed(code="IN03", format="GeoPackage", reason="its geometry types are not supported")
    except sqlite3.Error as error:
        raise ReadingFailed(code="IN03", format="GeoPackage", reason=_reason(error)) from error
    return copy


def _layer(path: Path, name: str, options: dict[str, str]) -> FoundLayer:
    with warnings.catch_warnings():
        # Warnings of GDAL are about its own habits; what matters is judged from the features.
        warnings.simplefilter("ignore")
        info = pyogrio.read_info(path, layer=name, **options)
        has_geometry = info["geometry_type"] is not None
        meta, table = pyogrio.read_arrow(path, layer=name, read_geometry=has_geometry, datetime_as_string=False, **options)
    if not has_geometry:
        return FoundLayer(name, _plain(table), None)
    column = meta["geometry_name"] or "wkb_geometry"
    wkb = table.column(column).cast(pa.large_binary())
    attributes = _plain(table.drop_columns([column]))
    curves = count_curves(wkb)
    if curves or bool(np.any(wkb_types(wkb) % 1000 == _COLLECTION)):
        # A collection may hold curves inside, where its own type does not show them.
        wkb = _linear(path, name)
    return FoundLayer(name, attributes, wkb, declared_crs=meta["crs"], curves=curves)


def _linear(path: Path, name: str) -> pa.ChunkedArray:
    # The non-Arrow road of pyogrio turns arcs into chords (4 degrees a step, GDAL's default).
    geometry = pyogrio.raw.read(path, layer=name, columns=[])[2]
    return pa.chunked_array([pa.array(list(geometry), pa.large_binary(), from_pandas=True)], pa.large_binary())


def count_curves(wkb: pa.ChunkedArray) -> int:
    """Count geometries with curved edges by their WKB type · 统计含弧段的图形.

    Parameters
    ----------
    wkb
        Geometry column.

    Returns
    -------
    int
        Features whose outermost type is a curve type.
    """
    return int(np.isin(wkb_types(wkb) % 1000, list(CURVE_TYPES)).sum())


def wkb_types(wkb: pa.ChunkedArray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Read the geometry type of each WKB without parsing it · 读取WKB类型.

    Parameters
    ----------
    wkb
        Geometry column, `pyarrow.large_binary`.

    Returns
    -------
    numpy.ndarray of int64
        ISO type code without the flags of extended WKB (Z as +1000), 0 for null or too short ones, shape ``(n,)``.
    """
    parts = [_chunk_types(chunk) for chunk in wkb.chunks]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _chunk_types(chunk: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    result = np.zeros(len(chunk), dtype=np.int64)
    if not len(chunk):
        return result
    _, offsets_buffer, data_buffer = chunk.buffers()
    if data_buffer is None or not data_buffer.size:
        return result
    offsets = np.frombuffer(offsets_buffer, dtype=np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
    data = np.frombuffer(data_buffer, dtype=np.uint8)
    usable = np.asarray(chunk.is_valid()) & (np.diff(offsets) >= 5)  # noqa: PLR2004  # byte order and type
    starts = offsets[:-1][usable]
    little = data[starts] == 1
    places = [data[starts + 1 + place].astype(np.int64) for place in range(4)]
    forward = places[0] | places[1] << 8 | places[2] << 16 | places[3] << 24
    backward = places[3] | places[2] << 8 | places[1] << 16 | places[0] << 24
    code = np.where(little, forward, backward)
    extended = (code & 0x80000000) != 0
    measured = (code & 0x40000000) != 0
    result[usable] = (code & 0x0FFFFFFF) + 1000 * extended + 2000 * measured
    return result


def _plain(table: pa.Table) -> pa.Table:
    """Use large strings throughout, which concatenate and filter without overflow."""
    columns = []
    for column in table.columns:
        if pa.types.is_string(column.type):
            columns.append(column.cast(pa.large_string()))
        elif pa.types.is_binary(column.type):
            columns.append(column.cast(pa.large_binary()))
        else:
            columns.append(column)
    return pa.table(dict(zip(table.column_names, columns, strict=True))) if table.num_columns else table


def _reason(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    line = (text[0] if text else type(error).__name__).split("; It might help")[0]
    line = re.sub(r"'[^']*/[^']*'", "…", line)
    # Paths of temporary copies mean nothing to the reader of the message.
    words = [word if "/" not in word and "\\" not in word else "…" for word in line.split(" ")]
    return " ".join(words).rstrip(".")[:200]
