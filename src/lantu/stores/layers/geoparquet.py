"""How a layer version stands in a file: GeoParquet 1.1 · 图层版本的文件形式."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lantu.vocabulary.errors import StoreDamaged
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer

OWN_KEY = b"lantu"
GEO_KEY = b"geo"
# Measured on a million parcels: smaller groups cost nothing in size or writing, and one parcel is answered in half the time of 8,192.
ROWS_PER_GROUP = 2_048
# Who asks for one feature unpacks its whole group; large ones are therefore in small company.
WKB_BYTES_PER_GROUP = 3 << 19
_FORMAT = 1
_SIDES = ("xmin", "ymin", "xmax", "ymax")
_KINDS = {
    1: "Point",
    2: "LineString",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    7: "GeometryCollection",
}

Box = tuple[float, float, float, float]
BROKEN_FILE = (pa.ArrowException, OSError, ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class LayerVersion:
    """One stored version of one layer · 图层版本记录.

    Parameters
    ----------
    name
        Canonical layer name.
    version
        Content hash.
    path
        Its file.
    crs
        Authority and code.
    features
        Number of features.
    bounds
        xmin, ymin, xmax, ymax in the CRS, None where no feature has coordinates.
    source
        Where it came from.
    valid_from
        First day on which the content holds, None where nobody said.
    classification
        Name of the land-use classification.
    stored_at
        When it was stored, UTC.
    geometry_types
        As GeoParquet names them.
    source_names
        Field names as they stood in the file, by canonical name.
    columns
        Attribute columns, in order.
    derived
        Names in the file of what the store adds, by what they hold: ``geometry``, ``bbox``, ``feature_hash``, and
        the areas handed over.
    """

    name: str
    version: str
    path: Path
    crs: str
    features: int
    bounds: Box | None
    source: str
    valid_from: dt.date | None
    classification: str
    stored_at: dt.datetime
    geometry_types: tuple[str, ...]
    source_names: Mapping[str, str]
    columns: tuple[str, ...]
    derived: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Give the record as plain values · 转为字典.

        Returns
        -------
        dict
            Without the path, which says something of the machine only.
        """
        return {
            "name": self.name,
            "version": self.version,
            "crs": self.crs,
            "features": self.features,
            "bounds": list(self.bounds) if self.bounds else None,
            "source": self.source,
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "classification": self.classification,
            "stored_at": self.stored_at.isoformat(),
            "geometry_types": list(self.geometry_types),
            "columns": list(self.columns),
        }


def file_schema(layer: Layer, derived: Mapping[str, pa.DataType]) -> tuple[pa.Schema, dict[str, str]]:
    """Lay out the columns of the file · 文件的列结构.

    Parameters
    ----------
    layer
        The layer; its columns keep their names.
    derived
        What the store adds, by what it holds.

    Returns
    -------
    tuple of pyarrow.Schema and dict
        The schema, and the names of the added columns, which make way where the layer has a column of that name.
    """
    names: dict[str, str] = {}
    taken = set(layer.table.column_names)
    for meaning in derived:
        name = meaning
        while name in taken:
            name += "_"
        taken.add(name)
        names[meaning] = name
    fields = [pa.field(item.name, item.type) for item in layer.table.schema]
    return pa.schema(fields + [pa.field(names[meaning], kind) for meaning, kind in derived.items()]), names


def bbox_type() -> pa.DataType:
    """Give the type of the bounding-box column · 外包框列的类型.

    Returns
    -------
    pyarrow.DataType
        A struct of four doubles, in the CRS of the layer.
    """
    return pa.struct([(side, pa.float64()) for side in _SIDES])


def bbox_array(bounds: npt.NDArray[np.float64]) -> pa.StructArray:
    """Build the bounding-box column · 生成外包框列.

    Parameters
    ----------
    bounds
        Shape ``(n, 4)``, NaN for none.

    Returns
    -------
    pyarrow.StructArray
        Null where a feature has no coordinates.
    """
    missing = np.isnan(bounds[:, 0])
    sides = [pa.array(np.ascontiguousarray(bounds[:, side]), mask=missing) for side in range(4)]
    return pa.StructArray.from_arrays(sides, names=list(_SIDES), mask=pa.array(missing))


def box_bounds(boxes: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    """Read the bounding-box column back · 读取外包框列.

    Parameters
    ----------
    boxes
        As `bbox_array` built it.

    Returns
    -------
    numpy.ndarray of float64
        Shape ``(n, 4)``, NaN for none.
    """
    flat = boxes.combine_chunks().flatten()
    return np.column_stack([pc.fill_null(side, np.nan).to_numpy(zero_copy_only=False) for side in flat])


def statistics_columns(schema: pa.Schema, without: Iterable[str]) -> list[str]:
    """Name the columns whose smallest and largest values are worth keeping · 需要统计值的列.

    Parameters
    ----------
    schema
        Schema of the file.
    without
        Columns that are left out; geometries as bytes have no order that helps anyone.

    Returns
    -------
    list of str
        Paths as Parquet names them.
    """
    left_out = set(without)
    paths: list[str] = []
    for item in schema:
        if pa.types.is_struct(item.type):
            paths += [f"{item.name}.{child.name}" for child in item.type]
        elif item.name not in left_out:
            paths.append(item.name)
    return paths


def column_paths(schema: pa.Schema) -> list[str]:
    """Name the columns as Parquet does, the innermost of lists and structures · Parquet 列路径.

    Parameters
    ----------
    schema
        Schema of the file.

    Returns
    -------
    list of str
        Such as ``geometry``, ``bbox.xmin`` and ``tags.list.element``.
    """
    sink = pa.BufferOutputStream()
    pq.write_table(schema.empty_table(), sink)
    named = pq.ParquetFile(pa.BufferReader(sink.getvalue())).schema
    return [named.column(index).path for index in range(len(named))]


def geo_metadata(crs: str, names: Mapping[str, str], kinds: Iterable[int], bounds: Box | None) -> dict[str, Any]:
    """Say what GeoParquet 1.1 asks a file to say · GeoParquet 元数据.

    Parameters
    ----------
    crs
        Authority and code, empty where unknown.
    names
        Names in the file of ``geometry`` and ``bbox``.
    kinds
        ISO type codes that occur.
    bounds
        Of the whole layer, None where nothing has coordinates.

    Returns
    -------
    dict
        Value of the key ``geo``.
    """
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": geometry_types(kinds),
        "crs": _projjson(crs),
        "edges": "planar",
        "covering": {"bbox": {side: [names["bbox"], side] for side in _SIDES}},
    }
    if bounds is not None:
        column["bbox"] = list(bounds)
    return {"version": "1.1.0", "primary_column": names["geometry"], "columns": {names["geometry"]: column}}


def geometry_types(kinds: Iterable[int]) -> list[str]:
    """Name geometry types as GeoParquet does · 图形类型名.

    Parameters
    ----------
    kinds
        ISO type codes.

    Returns
    -------
    list of str
        Sorted; with `` Z``, `` M`` or `` ZM`` where the coordinates have more than two numbers.
    """
    return sorted({_KINDS[kind % 1000] + ("", " Z", " M", " ZM")[kind // 1000] for kind in kinds})


def _projjson(crs: str) -> dict[str, Any] | None:
    """Null says in GeoParquet that the CRS is unknown."""
    if not crs:
        return None
    import pyproj  # noqa: PLC0415  # a tenth of a second, spent by writers only

    document: dict[str, Any] = pyproj.CRS.from_user_input(crs).to_json_dict()
    return document


def own_metadata(  # noqa: PLR0913, PLR0917  # everything that the file says of itself
    layer: Layer, version: str, stored_at: dt.datetime, names: Mapping[str, str], geo: bytes, groups: npt.NDArray[np.float64]
) -> bytes:
    """Say what GeoParquet has no place for · 自有元数据.

    Parameters
    ----------
    layer
        The layer.
    version
        Its content hash as stored.
    stored_at
        When, UTC.
    names
        Names of the derived columns.
    geo
        The file's value of the key ``geo``, sealed together with ours.
    groups
        Bounds of each row group, as `whole_bounds` gives them, shape ``(n_groups, 4)``.

    Returns
    -------
    bytes
        Value of the key ``lantu``, JSON.
    """
    own: dict[str, Any] = {
        "format": _FORMAT,
        "name": layer.name,
        "version": version,
        "crs": layer.crs,
        "source": layer.source,
        "valid_from": layer.valid_from.isoformat() if layer.valid_from else None,
        "classification": layer.classification,
        "source_names": dict(layer.source_names),
        "stored_at": stored_at.isoformat(timespec="microseconds"),
        "derived": dict(names),
        "group_bounds": base64.b64encode(groups.astype("<f8").tobytes()).decode("ascii"),
    }
    return json.dumps(own | {"seal": _seal(own, geo)}, ensure_ascii=False).encode()


def _seal(own: Mapping[str, Any], geo: bytes) -> str:
    """Hash what stands in the metadata: no checksum of Parquet covers a footer."""
    words = json.dumps({key: value for key, value in own.items() if key != "seal"}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(words.encode() + geo).hexdigest()


def read_version(path: Path, metadata: pq.FileMetaData) -> LayerVersion:
    """Read the record of a version from its file · 由文件读取版本记录.

    Parameters
    ----------
    path
        The file.
    metadata
        Its footer.

    Returns
    -------
    LayerVersion
        The record.

    Raises
    ------
    StoreDamaged
        If the footer does not hold what the store writes.
    """
    try:
        pairs = metadata.metadata or {}
        own, geo = json.loads(pairs[OWN_KEY]), json.loads(pairs[GEO_KEY])
        if own["seal"] != _seal(own, pairs[GEO_KEY]):
            message = "its metadata do not match their seal"
            raise ValueError(message)  # turned into the same words as every other fault of the footer
        column = geo["columns"][geo["primary_column"]]
        derived = dict(own["derived"])
        added = set(derived.values())
        return LayerVersion(
            name=own["name"],
            version=own["version"],
            path=path,
            crs=own["crs"],
            features=metadata.num_rows,
            bounds=tuple(column["bbox"]) if "bbox" in column else None,
            source=own["source"],
            valid_from=dt.date.fromisoformat(own["valid_from"]) if own["valid_from"] else None,
            classification=own["classification"],
            stored_at=dt.datetime.fromisoformat(own["stored_at"]),
            geometry_types=tuple(column["geometry_types"]),
            source_names=dict(own["source_names"]),
            columns=tuple(name for name in metadata.schema.to_arrow_schema().names if name not in added),
            derived=derived,
        )
    except BROKEN_FILE as error:
        raise damaged(path, error) from error


def damaged(path: Path, reason: object) -> StoreDamaged:
    """Say that a file of the store is not what was written · 存储文件损坏.

    Parameters
    ----------
    path
        The file.
    reason
        What was seen.

    Returns
    -------
    StoreDamaged
        To be raised.
    """
    return StoreDamaged(
        Text(f"The file {path.name} of the layer store is damaged: {reason}.", f"图层库文件{path.name}已损坏：{reason}。"),
        Text(
            "Put the copy of a backup in its place, or remove the file and store the layer again.", "请用备份替换该文件，或删除后重新入库。"
        ),
    )


def whole_bounds(bounds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Give the box around several boxes · 合并外包框.

    Parameters
    ----------
    bounds
        xmin, ymin, xmax, ymax, NaN for none, shape ``(n, 4)``.

    Returns
    -------
    numpy.ndarray of float64
        NaN where none has coordinates, shape ``(4,)``.
    """
    placed = bounds[~np.isnan(bounds[:, 0])]
    return np.concatenate([placed[:, :2].min(axis=0), placed[:, 2:].max(axis=0)]) if len(placed) else np.full(4, np.nan)


def group_bounds(metadata: pq.FileMetaData, bbox: str) -> npt.NDArray[np.float64]:
    """Give the bounds of each row group as the file lists them under our seal, else from the statistics · 各行组的外包框.

    The statistics of a million features take longer to go through than one parcel to be judged.

    Parameters
    ----------
    metadata
        Footer of a file whose seal was checked by `read_version`.
    bbox
        Name of its bounding-box column.

    Returns
    -------
    numpy.ndarray of float64
        xmin, ymin, xmax, ymax; NaN for a group without coordinates, shape ``(n_groups, 4)``.
    """
    listed = json.loads((metadata.metadata or {})[OWN_KEY]).get("group_bounds")
    if listed is None:
        return statistics_bounds(metadata, bbox)
    return np.frombuffer(base64.b64decode(listed), "<f8").reshape(-1, 4)


def statistics_bounds(metadata: pq.FileMetaData, bbox: str) -> npt.NDArray[np.float64]:
    """Give the bounds of each row group from the statistics · 由统计信息取行组外包框.

    Parameters
    ----------
    metadata
        Footer of a file.
    bbox
        Name of its bounding-box column.

    Returns
    -------
    numpy.ndarray of float64
        xmin, ymin, xmax, ymax; NaN for a group without coordinates, shape ``(n_groups, 4)``.
    """
    columns = {metadata.schema.column(index).path: index for index in range(metadata.num_columns)}
    wanted = [columns[f"{bbox}.{side}"] for side in _SIDES]
    bounds = np.full((metadata.num_row_groups, 4), np.nan)
    for group in range(metadata.num_row_groups):
        record = metadata.row_group(group)
        for side, index in enumerate(wanted):
            statistics = record.column(index).statistics
            if statistics is not None and statistics.has_min_max:
                bounds[group, side] = statistics.min if side < 2 else statistics.max  # noqa: PLR2004  # two lower and two upper sides
    return bounds
