"""Write one layer version into one file, row group by row group · 写入图层版本."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lantu.stores.layers.geoparquet import (
    GEO_KEY,
    OWN_KEY,
    ROWS_PER_GROUP,
    WKB_BYTES_PER_GROUP,
    bbox_array,
    bbox_type,
    column_paths,
    file_schema,
    geo_metadata,
    own_metadata,
    statistics_columns,
    whole_bounds,
)
from lantu.stores.layers.hilbert import hilbert_keys
from lantu.stores.layers.wkb_bounds import CURVED, EXTENDED, MALFORMED, Scan, scan_wkb
from lantu.vocabulary.content_hash import ContentDigest
from lantu.vocabulary.errors import GeometryInvalid, ReferenceMismatch
from lantu.vocabulary.feature_hash import feature_hashes
from lantu.vocabulary.layer import IDENTIFIER
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer

_NAMED_ROWS = 10


def write_version(layer: Layer, path: Path, *, stored_at: dt.datetime, areas: Mapping[str, npt.NDArray[np.float64]]) -> str:
    """Write a layer in Hilbert order · 按希尔伯特序写入.

    Parameters
    ----------
    layer
        What to write.
    path
        File to make.
    stored_at
        Moment of storing, UTC.
    areas
        Further columns, m², shape ``(n,)``.

    Returns
    -------
    str
        Content hash of the layer as written.

    Raises
    ------
    GeometryInvalid
        If a geometry is cut short or curved.
    ReferenceMismatch
        If the areas are not as many as the features.
    """
    for name, values in areas.items():
        if len(values) != len(layer):
            raise ReferenceMismatch(
                Text(f"{len(values)} areas {name} for {len(layer)} features.", f"{len(layer)}个要素却有{len(values)}个面积{name}。"),
                Text("Give one area per feature.", "请逐要素给出面积。"),
            )
    layer, scan = _as_iso(layer)
    hashes = feature_hashes(layer)
    order = np.lexsort((hashes, hilbert_keys(scan.bounds)))
    added: dict[str, pa.DataType] = {"geometry": pa.large_binary(), "bbox": bbox_type(), "feature_hash": pa.uint64()}
    added |= dict.fromkeys(areas, pa.float64())
    schema, names = file_schema(layer, added)
    geo = _geo(layer, names, scan)
    schema = schema.with_metadata({GEO_KEY: geo})
    digest = ContentDigest(layer.name, layer.crs, layer.classification, str(layer.valid_from), layer.table.schema)
    unsorted_columns = [names["geometry"], names["feature_hash"], *([IDENTIFIER] if layer.has(IDENTIFIER) else [])]
    encoded = [item.name for item in schema if item.name not in {*unsorted_columns, names["bbox"], *areas}]
    compressions = {path: "lz4" if path == names["geometry"] else "zstd" for path in column_paths(schema)}
    # Taking rows out of many chunks costs thirty times as much as out of one; one copy of the layer is the price.
    columns = {name: layer.table.column(name) for name in layer.table.column_names} | {names["geometry"]: layer.wkb}
    source = pa.table(columns).combine_chunks()
    with pq.ParquetWriter(
        path,
        schema,
        compression=compressions,
        compression_level=dict.fromkeys((path for path, codec in compressions.items() if codec == "zstd"), 1),
        use_dictionary=encoded,
        write_statistics=statistics_columns(schema, unsorted_columns),
        write_page_checksum=True,
    ) as writer:
        groups = []
        for rows in _in_groups(order, layer.wkb):
            groups.append(whole_bounds(scan.bounds[rows]))
            piece = source.take(pa.array(rows))
            digest.update(piece, piece.column(names["geometry"]))
            arrays = [*(piece.column(item.name) for item in layer.table.schema), piece.column(names["geometry"])]
            arrays += [bbox_array(scan.bounds[rows]), pa.array(hashes[rows])]
            arrays += [pa.array(np.asarray(areas[name], np.float64)[rows]) for name in areas]
            writer.write_table(pa.table(arrays, schema=schema), row_group_size=ROWS_PER_GROUP)
        version = digest.hexdigest()
        writer.add_key_value_metadata({OWN_KEY: own_metadata(layer, version, stored_at, names, geo, np.array(groups).reshape(-1, 4))})
    return version


def _in_groups(order: npt.NDArray[np.int64], wkb: pa.ChunkedArray) -> Iterator[npt.NDArray[np.int64]]:
    """Cut the rows into groups, limited in features and in bytes of geometry, of one feature at least · 划分行组."""
    ends = np.cumsum(pc.fill_null(pc.binary_length(wkb), 0).to_numpy()[order])
    start = 0
    while start < len(order):
        taken = int(ends[start - 1]) if start else 0
        stop = int(np.searchsorted(ends, taken + WKB_BYTES_PER_GROUP, side="right"))
        stop = min(max(stop, start + 1), start + ROWS_PER_GROUP, len(order))
        yield order[start:stop]
        start = stop


def _geo(layer: Layer, names: Mapping[str, str], scan: Scan) -> bytes:
    placed = scan.bounds[~np.isnan(scan.bounds[:, 0])]
    bounds = None
    if len(placed):
        bounds = (float(placed[:, 0].min()), float(placed[:, 1].min()), float(placed[:, 2].max()), float(placed[:, 3].max()))
    return json.dumps(geo_metadata(layer.crs, names, {int(kind) for kind in np.unique(scan.kinds) if kind > 0}, bounds)).encode()


def _as_iso(layer: Layer) -> tuple[Layer, Scan]:
    """Refuse what GeoParquet cannot hold, and write extended WKB (with SRID or flags) as the norm has it."""
    scan = scan_wkb(layer.wkb)
    for status, what in (
        (CURVED, Text("curved or other geometry that GeoParquet does not know", "含曲线或GeoParquet不支持的图形")),
        (MALFORMED, Text("damaged geometry", "图形数据已损坏")),
    ):
        rows = np.flatnonzero(scan.statuses == status)
        if len(rows):
            ids = ", ".join(layer.ids[rows[:_NAMED_ROWS]])
            raise GeometryInvalid(
                Text("Layer {name} has {what}; features ({count}): {ids}.", "图层{name}有{count}个要素{what}：{ids}。").format(
                    name=layer.name, what=what, count=len(rows), ids=ids
                ),
                Text("Turn curves into lines and repair the geometry before storing.", "请先将曲线折线化并修复图形再入库。"),
            )
    if not (scan.statuses == EXTENDED).any():
        return layer, scan
    import shapely  # noqa: PLC0415  # needed for foreign bytes only

    shapes = shapely.from_wkb(layer.wkb.to_numpy(zero_copy_only=False))
    wkb = pa.array(shapely.to_wkb(shapes, flavor="iso", include_srid=False), pa.large_binary(), from_pandas=True)
    layer = replace(layer, wkb=pa.chunked_array([wkb], pa.large_binary()), version="")
    return layer, scan_wkb(layer.wkb)
