"""Tables: delimited text, Excel sheets, Parquet · 表格类文件."""

from __future__ import annotations

import csv
import io
import json
import re
import warnings
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from lantu.stores.formats.dbf import unique_names
from lantu.stores.formats.found import FoundLayer, ReadingFailed
from lantu.stores.formats.messages import repaired, tell
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from lantu.stores.formats.diagnosis import FileDiagnosis

_WKT = r"^\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION|CURVE|SURFACE)\b"
_EAST_NAMES = ("longitude", "lon", "lng", "long", "经度", "x", "geox", "easting", "point_x", "东坐标", "x坐标")
_NORTH_NAMES = ("latitude", "lat", "纬度", "y", "geoy", "northing", "point_y", "北坐标", "y坐标")
_DELIMITERS = (",", ";", "\t", "|")
_FEWEST_ROWS_OF_GEOMETRY = 0.5
_MOST_CELLS = 20_000_000
_MOST_UNPACKED_BYTES = 512 * 1024 * 1024
# Excel writes long numbers of a code as floats; beyond this a float no longer holds every integer.
_EXACT_FLOAT = 2.0**53


def read_delimited(path: Path, text: str, diagnosis: FileDiagnosis) -> list[FoundLayer]:
    """Read delimited text, with geometry from a WKT column or two coordinate columns · 读取CSV.

    Parameters
    ----------
    path
        The file.
    text
        Its content, decoded.
    diagnosis
        Gets problems and repairs appended.

    Returns
    -------
    list of FoundLayer
        One layer.

    Raises
    ------
    ReadingFailed
        If the text has no lines.
    """
    name = path.stem
    delimiter = _delimiter(text)
    csv.field_size_limit(64 * 1024 * 1024)
    try:
        rows = list(csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ReadingFailed(code="IN03", format="CSV", reason=str(error)) from error
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise ReadingFailed(code="IN02")
    header, body = rows[0], rows[1:]
    bad = [
        number for number, row in enumerate(body, start=2) if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :])
    ]
    if bad:
        reason = Text(f"more values than the {len(header)} columns", f"值多于{len(header)}列")
        tell(diagnosis, "IN53", layer=name, count=len(bad), line=bad[0], reason=reason)
    width = len(header)
    padded = [(*row[:width], *([""] * (width - len(row)))) for row in body]
    columns = list(zip(*padded, strict=True)) if padded else [()] * width
    return [_table_layer(name, header, [_texts(column) for column in columns], diagnosis)]


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(_DELIMITERS, key=first.count)


def _texts(values: Iterable[str]) -> pa.Array:
    return pa.array([value if value != "" else None for value in values], pa.large_string())


def _table_layer(name: str, header: Sequence[str], columns: Sequence[pa.Array], diagnosis: FileDiagnosis) -> FoundLayer:
    if all(_looks_like_value(cell) for cell in header if cell) and any(header):
        tell(diagnosis, "IN49", layer=name, name=name)
    cleaned = [cell.strip() or f"column_{index + 1}" for index, cell in enumerate(header)]
    names = unique_names(cleaned, diagnosis, name)
    arrays = dict(zip(names, columns, strict=True))
    return _with_geometry(name, arrays, diagnosis)


def _looks_like_value(cell: str) -> bool:
    return bool(re.fullmatch(r"\s*-?\d+([.,]\d+)?\s*", cell)) or bool(re.match(_WKT, cell.upper()))


def _with_geometry(name: str, arrays: dict[str, pa.Array], diagnosis: FileDiagnosis) -> FoundLayer:
    for column, values in arrays.items():
        if pa.types.is_large_string(values.type) and _is_wkt(values):
            rest = {key: _typed(value) for key, value in arrays.items() if key != column}
            return FoundLayer(name, _as_table(rest, len(values)), _from_wkt(values, column, name, diagnosis), declared_crs=_srid(values))
    lowered = {column.strip().lower(): column for column in arrays}
    east = next((lowered[key] for key in _EAST_NAMES if key in lowered), None)
    north = next((lowered[key] for key in _NORTH_NAMES if key in lowered), None)
    table = _as_table({key: _typed(value) for key, value in arrays.items()}, len(next(iter(arrays.values()))) if arrays else 0)
    if east and north:
        points = _points(table.column(east), table.column(north))
        if points is not None:
            return FoundLayer(name, table, points)
    return FoundLayer(name, table, None)


def _as_table(arrays: dict[str, pa.Array], rows: int) -> pa.Table:
    return pa.table(arrays) if arrays else pa.table({"row": pa.array(np.arange(rows))}).select([])


def _is_wkt(values: pa.Array) -> bool:
    present = values.drop_null()
    if not len(present):
        return False
    looks = pc.match_substring_regex(present[:1000], _WKT, ignore_case=True)
    return float(pc.mean(looks.cast(pa.float64())).as_py()) >= _FEWEST_ROWS_OF_GEOMETRY


def _srid(values: pa.Array) -> str | None:
    found = re.match(r"\s*SRID=(\d+);", str(values.drop_null()[0].as_py()))
    return f"EPSG:{found.group(1)}" if found else None


def _from_wkt(values: pa.Array, column: str, name: str, diagnosis: FileDiagnosis) -> pa.ChunkedArray:
    plain = pc.replace_substring_regex(values, r"^\s*SRID=\d+;\s*", "")
    raw = plain.to_numpy(zero_copy_only=False)
    shapes = np.asarray(shapely.from_wkt(raw, on_invalid="ignore"), dtype=object)
    odd = shapely.is_missing(shapes) & np.asarray(values.is_valid())
    if odd.any():
        # A ring that is not closed is a fault of the geometry, not of the text.
        fixed = np.asarray(shapely.from_wkt(raw[odd], on_invalid="fix"), dtype=object)
        closed = ~shapely.is_missing(fixed) & (np.asarray(shapely.area(fixed)) > 0)
        rows = np.flatnonzero(odd)
        shapes[rows[closed]] = fixed[closed]
        if closed.any():
            repaired(diagnosis, "RP02", layer=name, features=int(closed.sum()), count=int(closed.sum()))
        if not closed.all():
            sample = str(raw[rows[~closed][0]])[:60]
            tell(diagnosis, "IN48", layer=name, field=column, count=int((~closed).sum()), sample=sample)
    encoded = shapely.to_wkb(shapes, flavor="iso")
    return pa.chunked_array([pa.array(encoded, pa.large_binary(), from_pandas=True)], pa.large_binary())


def _points(east: pa.ChunkedArray, north: pa.ChunkedArray) -> pa.ChunkedArray | None:
    if not all(pa.types.is_floating(column.type) or pa.types.is_integer(column.type) for column in (east, north)):
        return None
    x = east.cast(pa.float64()).to_numpy(zero_copy_only=False)
    y = north.cast(pa.float64()).to_numpy(zero_copy_only=False)
    known = np.isfinite(x) & np.isfinite(y)
    shapes = np.full(len(x), None, dtype=object)
    shapes[known] = shapely.points(x[known], y[known])
    return pa.chunked_array([pa.array(shapely.to_wkb(shapes), pa.large_binary(), from_pandas=True)], pa.large_binary())


def _typed(values: pa.Array) -> pa.Array:
    """Turn a column of texts into numbers only where writing them back gives the same texts."""
    if not pa.types.is_large_string(values.type) or values.null_count == len(values):
        return values
    trimmed = pc.utf8_trim_whitespace(values)
    # A leading zero or plus makes it a code; nineteen digits and more are no numbers to compute with.
    looks = pc.all(pc.match_substring_regex(trimmed, r"^-?(0|[1-9]\d{0,17})(\.\d+)?$")).as_py()
    if not looks:
        return values
    for kind in (pa.int64(), pa.float64()):
        try:
            return trimmed.cast(kind)
        except pa.ArrowInvalid:
            continue
    return values


def read_workbook(path: Path, diagnosis: FileDiagnosis) -> list[FoundLayer]:
    """Read every sheet of an Excel workbook as a table · 读取Excel.

    Parameters
    ----------
    path
        An ``.xlsx`` or ``.xlsm``; formulas count with their last computed values, macros are never run.
    diagnosis
        Gets problems appended.

    Returns
    -------
    list of FoundLayer
        One table per sheet that has cells.

    Raises
    ------
    ReadingFailed
        If the workbook is damaged or would unpack to more than 512 MB.
    """
    import openpyxl  # noqa: PLC0415  # heavy, and needed for workbooks only
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415  # as above

    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > _MOST_UNPACKED_BYTES:
            raise ReadingFailed(code="IN37", reason=Text(f"{unpacked // 2**20} MB when unpacked", f"解压后{unpacked // 2**20} MB"))
        with warnings.catch_warnings():
            # Warnings are about styles and validation rules that a table does not need.
            warnings.simplefilter("ignore")
            # Given as a stream, because a workbook need not have the suffix of one.
            with path.open("rb") as source:
                book = openpyxl.load_workbook(source, read_only=True, data_only=True)
                sheets = [_sheet(sheet, diagnosis) for sheet in book.worksheets]
                book.close()
    except (zipfile.BadZipFile, InvalidFileException, OSError, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError,
            SyntaxError, NotImplementedError, RuntimeError, OverflowError, zlib.error) as error:  # fmt: skip
        raise ReadingFailed(code="IN03", format="Excel", reason=type(error).__name__) from error
    return [sheet for sheet in sheets if sheet is not None]


def _sheet(sheet: Any, diagnosis: FileDiagnosis) -> FoundLayer | None:  # noqa: ANN401  # openpyxl's read-only sheet has no public type
    rows: list[tuple[Any, ...]] = []
    cells = 0
    for row in sheet.iter_rows(values_only=True):
        cells += len(row)
        if cells > _MOST_CELLS:
            raise ReadingFailed(
                code="IN37",
                reason=Text(f"sheet {sheet.title} declares over {_MOST_CELLS} cells", f"工作表{sheet.title}超过{_MOST_CELLS}个单元格"),
            )
        if any(cell is not None and str(cell).strip() for cell in row):
            rows.append(row)
    if not rows:
        return None
    title = str(sheet.title)
    start = _header_row(rows)
    header = ["" if cell is None else str(cell) for cell in rows[start]]
    while header and not header[-1]:
        header.pop()
    columns = [_cells([row[index] if index < len(row) else None for row in rows[start + 1 :]]) for index in range(len(header))]
    return _table_layer(title, header, columns, diagnosis)


def _header_row(rows: Sequence[tuple[Any, ...]]) -> int:
    """Skip title lines: the header is the first line with as many texts as the table is wide."""
    widths = [sum(1 for cell in row if cell is not None and str(cell).strip()) for row in rows[:10]]
    widest = max(widths)
    return next((index for index, width in enumerate(widths) if width >= max(1, widest - 1) and width > widest // 2), 0)


def _cells(values: list[Any]) -> pa.Array:
    present = [value for value in values if value is not None]
    if present and all(isinstance(value, bool) for value in present):
        return pa.array(values, pa.bool_())
    if present and all(isinstance(value, int) and not isinstance(value, bool) and abs(value) < _EXACT_FLOAT for value in present):
        return pa.array(values, pa.int64())
    if present and all(isinstance(value, int | float) and not isinstance(value, bool) for value in present):
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    if present and all(hasattr(value, "year") and hasattr(value, "month") for value in present):
        return pa.array([None if value is None else value.date() if hasattr(value, "date") else value for value in values], pa.date32())
    return pa.array([None if value is None or str(value) == "" else str(value) for value in values], pa.large_string())


def read_parquet(path: Path, diagnosis: FileDiagnosis) -> list[FoundLayer]:
    """Read GeoParquet, or plain Parquet as a table · 读取GeoParquet.

    Parameters
    ----------
    path
        The file.
    diagnosis
        Says ``GeoParquet``, or ``Parquet`` where the file has no geometry; gets problems appended.

    Returns
    -------
    list of FoundLayer
        One layer.

    Raises
    ------
    ReadingFailed
        If the file is damaged or its geometry is not WKB.
    """
    try:
        file = pq.ParquetFile(path)
        table = file.read()
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        raise ReadingFailed(code="IN03", format="Parquet", reason=str(error).split("\n", maxsplit=1)[0][:160]) from error
    metadata = _geo_metadata(table)
    primary = metadata.get("primary_column", "geometry")
    if primary not in table.column_names or not _is_binary(table.column(primary).type):
        if metadata:
            raise ReadingFailed(code="IN03", format="GeoParquet", reason="the geometry column is not WKB")
        diagnosis.format = "Parquet"
        return [FoundLayer(path.stem, _flat(table), None)]
    column = metadata.get("columns", {}).get(primary, {})
    crs = column.get("crs", "OGC:CRS84" if metadata else None)
    declared = json.dumps(crs) if isinstance(crs, dict) else crs
    wkb = table.column(primary).cast(pa.large_binary())
    return [FoundLayer(path.stem, _flat(table.drop_columns([primary])), wkb, declared_crs=declared)]


def _geo_metadata(table: pa.Table) -> dict[str, Any]:
    raw = (table.schema.metadata or {}).get(b"geo")
    if not raw:
        return {}
    try:
        metadata = json.loads(raw)
    except ValueError:
        return {}
    return metadata if isinstance(metadata, dict) and isinstance(metadata.get("columns", {}), dict) else {}


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or str(kind).startswith("extension<geoarrow.wkb"))


def _flat(table: pa.Table) -> pa.Table:
    columns = {}
    for name in dict.fromkeys(table.column_names):
        column = table.column(table.column_names.index(name))
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        columns[name] = column.cast(pa.large_string()) if pa.types.is_string(column.type) else column
    return pa.table(columns) if columns else table.select([])
