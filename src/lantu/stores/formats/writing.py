"""Writing layers in the formats that offices exchange, the same bytes every time · 写出图层."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import sqlite3
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from lantu.stores.formats.crs import grid_of_code
from lantu.stores.formats.gdal import GDAL_ERRORS, wkb_types
from lantu.vocabulary.errors import InputUnreadable
from lantu.vocabulary.layer import Layer
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


DRIVERS = {
    ".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".gdb": "OpenFileGDB", ".geojson": "GeoJSON", ".json": "GeoJSON", ".parquet": "Parquet",
    ".geoparquet": "Parquet", ".txt": "coordinate TXT",
}  # fmt: skip
_SINGLE_LAYER = frozenset({"ESRI Shapefile", "GeoJSON", "Parquet", "coordinate TXT"})
_SHAPEFILE_NAME_BYTES = 10
_FIXED_DAY = dt.date(2000, 1, 1)
_TYPE_NAMES = {1: "Point", 2: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon"}
_SQUARE_METRES_PER_HECTARE = 10_000


@dataclass(frozen=True, slots=True)
class WritingOptions:
    """How a layer is written · 写出选项.

    Parameters
    ----------
    encoding
        Encoding of a shapefile's texts, such as ``GBK``.
    tables
        Table names by layer name; the layer's own name where none is given.
    fields
        Field names by layer name and canonical name; they go before the names the layer itself remembers.
    styles
        QML documents by layer name, stored in a GeoPackage so that QGIS opens it styled.
    without
        Suffixes of parts to leave out of a shapefile, such as ``.prj`` and ``.cpg``.
    day
        Day written where a format demands one.
    """

    encoding: str = "UTF-8"
    tables: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    styles: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    day: dt.date = _FIXED_DAY


def write_layer(layers: Layer | Sequence[Layer], path: Path, *, driver: str | None = None, options: WritingOptions | None = None) -> Path:
    """Write one or more layers to a file, all of it or nothing · 写出图层.

    The same layers give the same bytes. Columns carry the names they had in their file, where the
    layer remembers them.

    Parameters
    ----------
    layers
        What to write; several only into GeoPackage and FileGDB.
    path
        Target; replaced if it exists.
    driver
        Name of the format as GDAL has it, or ``coordinate TXT``; taken from the suffix where None.
    options
        How to write.

    Returns
    -------
    pathlib.Path
        The target.

    Raises
    ------
    InputUnreadable
        If the format is not known, takes one layer only, or the writing fails.
    """
    chosen = options or WritingOptions()
    many = [layers] if isinstance(layers, Layer) else list(layers)
    kind = driver or DRIVERS.get(path.suffix.lower(), "")
    if kind not in DRIVERS.values() or not many or (len(many) > 1 and kind in _SINGLE_LAYER):
        raise InputUnreadable(
            Text(f"{len(many)} layers cannot be written to {path.name}.", f"无法将{len(many)}个图层写入{path.name}。"),
            Text(
                f"Use one of {', '.join(sorted(DRIVERS))}; several layers go into .gpkg or .gdb.",
                "请使用受支持的格式；多图层请用.gpkg或.gdb。",
            ),
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".lantu-", dir=path.parent) as folder:
        scratch = Path(folder) / path.name
        try:
            _write(many, scratch, kind, chosen)
        except GDAL_ERRORS as error:
            raise InputUnreadable(
                Text(f"{path.name} cannot be written: {error}.", f"无法写出{path.name}：{error}。"),
                Text("Check names, encoding and free space.", "请检查名称、编码与磁盘空间。"),
            ) from error
        if path.is_dir():
            shutil.rmtree(path)
        for part in sorted(Path(folder).iterdir()):
            part.replace(path.parent / part.name)
    return path


def _write(layers: Sequence[Layer], scratch: Path, kind: str, options: WritingOptions) -> None:
    if kind == "coordinate TXT":
        scratch.write_bytes(coordinate_text(layers[0], options).encode(options.encoding))
        return
    if kind == "Parquet":
        _write_parquet(layers[0], scratch, options)
        return
    with _fixed_time(options.day):
        for number, layer in enumerate(layers):
            _write_with_gdal(layer, scratch, kind, options, append=number > 0)
    if kind == "GPKG" and options.styles:
        _add_styles(scratch, layers, options)
    if kind == "ESRI Shapefile":
        for suffix in options.without:
            scratch.with_suffix(suffix).unlink(missing_ok=True)


@contextlib.contextmanager
def _fixed_time(day: dt.date) -> Iterator[None]:
    settings = {"OGR_CURRENT_DATE": f"{day.isoformat()}T00:00:00.000Z", "OPENFILEGDB_REPRODUCIBLE_UUID": "YES"}
    pyogrio.set_gdal_config_options(settings)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(settings))


def _table_name(layer: Layer, scratch: Path, kind: str, options: WritingOptions) -> str:
    return options.tables.get(layer.name, layer.name) if kind in {"GPKG", "OpenFileGDB"} else scratch.stem


def _columns(layer: Layer, kind: str, options: WritingOptions) -> pa.Table:
    chosen = {**layer.source_names, **options.fields.get(layer.name, {})}
    names: list[str] = []
    for column in layer.table.column_names:
        name = chosen.get(column, column)
        names.append(_short(name, options.encoding, names) if kind == "ESRI Shapefile" else name)
    return layer.table.rename_columns(names)


def _short(name: str, encoding: str, taken: Sequence[str]) -> str:
    cut = name.encode(encoding, "replace")[:_SHAPEFILE_NAME_BYTES].decode(encoding, "ignore")
    number = 0
    while cut in taken:
        number += 1
        cut = f"{cut[: _SHAPEFILE_NAME_BYTES - 2]}_{number}"
    return cut


def _geometry_type(layer: Layer) -> str:
    kinds = {int(kind) for kind in np.unique(wkb_types(layer.wkb.cast(pa.large_binary())) % 1000) if kind}
    if not kinds:
        return "Unknown"
    if len(kinds) == 1:
        return _TYPE_NAMES.get(kinds.pop(), "Unknown")
    # A layer of single and multiple parts is declared as of multiple parts, which holds both.
    return next((_TYPE_NAMES[multi] for single, multi in ((1, 4), (2, 5), (3, 6)) if kinds == {single, multi}), "Unknown")


def _write_with_gdal(layer: Layer, scratch: Path, kind: str, options: WritingOptions, *, append: bool) -> None:
    table = _columns(layer, kind, options)
    geometry_type = _geometry_type(layer)
    wkb = layer.wkb
    if geometry_type.startswith("Multi") and kind in {"GPKG", "OpenFileGDB"}:
        wkb = _multi(layer)
    extra: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    if kind == "ESRI Shapefile":
        extra["encoding"] = options.encoding
        settings = {"DBF_DATE_LAST_UPDATE": options.day.isoformat()}
        geometry_type = geometry_type.removeprefix("Multi") if geometry_type != "MultiPoint" else geometry_type
    if kind == "GeoJSON":
        # Without this the numbers of a plane grid are turned into degrees.
        settings = {"RFC7946": "NO", "COORDINATE_PRECISION": "15" if layer.crs in {"EPSG:4326", "EPSG:4490"} else "4", "WRITE_NAME": "NO"}
    has_geometry = wkb.null_count < len(wkb) or not len(wkb)
    columns = {name: _plain(column) for name, column in zip(table.column_names, table.columns, strict=True)}
    if has_geometry:
        columns["geometry"] = wkb.cast(pa.binary())
    with warnings.catch_warnings():
        # GDAL warns of names it shortens and of a missing CRS; both are wanted here.
        warnings.simplefilter("ignore")
        pyogrio.write_arrow(
            pa.table(columns),
            scratch,
            layer=_table_name(layer, scratch, kind, options),
            driver=kind,
            geometry_name="geometry" if has_geometry else None,
            geometry_type=geometry_type if has_geometry else None,
            crs=layer.crs or None,
            append=append,
            layer_options=settings or None,
            **extra,
        )


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_null(column.type):
        return column.cast(pa.string())
    return column.cast(pa.string()) if pa.types.is_large_string(column.type) else column


def _multi(layer: Layer) -> pa.ChunkedArray:
    shapes = layer.geometry.copy()
    single = np.isin(shapely.get_type_id(shapes), [0, 1, 3])
    makers = {0: shapely.multipoints, 1: shapely.multilinestrings, 3: shapely.multipolygons}
    for row in np.flatnonzero(single):
        shapes[row] = makers[int(shapely.get_type_id(shapes[row]))]([shapes[row]])
    return pa.chunked_array([pa.array(shapely.to_wkb(shapes, flavor="iso"), pa.large_binary(), from_pandas=True)])


def _write_parquet(layer: Layer, scratch: Path, options: WritingOptions) -> None:
    import json  # noqa: PLC0415  # only for this format

    import pyarrow.parquet as pq  # noqa: PLC0415  # only for this format
    import pyproj  # noqa: PLC0415  # only for this format

    crs = pyproj.CRS.from_user_input(layer.crs).to_json_dict() if layer.crs else None
    kinds = sorted({shape.geom_type for shape in layer.geometry if shape is not None})
    geo = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": kinds, "crs": crs}},
    }
    table = _columns(layer, "Parquet", options).append_column("geometry", layer.wkb.cast(pa.binary()))
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo, ensure_ascii=False, sort_keys=True)}), scratch, compression="zstd")


def _add_styles(path: Path, layers: Sequence[Layer], options: WritingOptions) -> None:
    moment = f"{options.day.isoformat()}T00:00:00.000Z"
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "
            "f_table_catalog TEXT(256), f_table_schema TEXT(256), "
            "f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, "
            "description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)"
        )
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
            "VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)",
            (moment,),
        )
        for layer in layers:
            if layer.name in options.styles:
                table = options.tables.get(layer.name, layer.name)
                # QGIS finds a style by table and column; a style filed under another column is never seen.
                column = connection.execute("SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (table,)).fetchone()
                connection.execute(
                    "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
                    "styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) "
                    "VALUES ('', '', ?, ?, ?, ?, '', 1, '', '', NULL, ?)",
                    (table, column[0] if column else None, table[:30], options.styles[layer.name], moment),
                )


def coordinate_text(layer: Layer, options: WritingOptions | None = None) -> str:
    """Write polygons as a coordinate TXT of boundary surveys · 生成坐标TXT.

    Parameters
    ----------
    layer
        Polygons in a Gauss-Krüger grid; fields ``identifier``, ``parcel_name``, ``land_use_name`` and
        ``land_use_code`` are written where they exist. A multipolygon becomes one parcel whose parts
        are rings of the same parcel only if it has one part.
    options
        Its day goes into the header.

    Returns
    -------
    str
        X is north, Y is east, three decimals; rings are closed by repeating the first point.

    Raises
    ------
    InputUnreadable
        If the CRS is no Gauss-Krüger grid, or a feature is no polygon of one part.
    """
    grid = grid_of_code(layer.crs)
    if grid is None:
        raise InputUnreadable(
            Text(f"A coordinate TXT needs a Gauss-Krüger grid, not {layer.crs}.", f"坐标TXT须为高斯坐标系，而非{layer.crs}。"),
            Text("Project the layer first.", "请先投影。"),
        )
    day = (options or WritingOptions()).day
    system = {"CGCS2000": "2000国家大地坐标系", "Xian 1980": "1980西安坐标系", "Beijing 1954": "1954年北京坐标系"}[grid.datum]
    lines = [
        "[属性描述]",
        "格式版本号=1.01版本",
        "数据产生单位=",
        f"数据产生日期={day.isoformat()}",
        f"坐标系={system}",
        f"几度分带={grid.width}",
        "投影类型=高斯克吕格",
        "计量单位=米",
        f"带号={grid.zone}",
        "精度=0.001",
        "转换参数=0,0,0,0,0,0,0",
        "[地块坐标]",
    ]
    texts = {
        name: layer.texts(name) for name in ("identifier", "parcel_name", "map_sheet", "land_use_name", "land_use_code") if layer.has(name)
    }
    for row, shape in enumerate(layer.geometry):
        lines += _parcel_lines(shape, layer.ids[row], {name: values[row] for name, values in texts.items()})
    return "\r\n".join(lines) + "\r\n"


def _parcel_lines(shape: Any, identifier: str, texts: Mapping[str, str | None]) -> list[str]:  # noqa: ANN401  # shapely is untyped
    part = (
        shapely.get_geometry(shape, 0)
        if shape is not None and shape.geom_type == "MultiPolygon" and shapely.get_num_geometries(shape) == 1
        else shape
    )
    if part is None or part.geom_type != "Polygon":
        raise InputUnreadable(
            Text(f"Feature {identifier} is no polygon of one part.", f"要素{identifier}不是单部件面。"),
            Text("Split it first.", "请先拆分为单部件。"),
        )
    rings = [part.exterior, *part.interiors]
    count = sum(len(ring.coords) - 1 for ring in rings)
    values = [str(texts.get(name) or "") for name in ("identifier", "parcel_name")]
    tail = [str(texts.get(name) or "") for name in ("map_sheet", "land_use_name", "land_use_code")]
    lines = [",".join([str(count), f"{part.area / _SQUARE_METRES_PER_HECTARE:.4f}", *values, "面", *tail, "@"])]
    number = 0
    for ring_number, ring in enumerate(rings, start=1):
        points = list(ring.coords)
        first = number + 1
        for east, north in points[:-1]:
            number += 1
            lines.append(f"J{number},{ring_number},{north:.3f},{east:.3f}")
        east, north = points[0]
        lines.append(f"J{first},{ring_number},{north:.3f},{east:.3f}")
    return lines
