"""Hold a stored version against its hash · 校验图层版本."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lantu.stores.layers.geoparquet import BROKEN_FILE, LayerVersion, box_bounds, group_bounds, statistics_bounds, whole_bounds
from lantu.stores.layers.wkb_bounds import scan_wkb
from lantu.vocabulary.content_hash import ContentDigest
from lantu.vocabulary.feature_hash import feature_hashes
from lantu.vocabulary.layer import Layer
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt


def inspect_version(path: Path, metadata: pq.FileMetaData, record: LayerVersion) -> list[Text]:
    """Read a whole file again, row group by row group · 逐行组校验.

    Parameters
    ----------
    path
        The file.
    metadata
        Its footer.
    record
        What it says of itself.

    Returns
    -------
    list of Text
        What is wrong: pages that do not match their checksum, content that does not match the version, derived
        columns or statistics that do not match the content.
    """
    try:
        faults = _compare_content(path, metadata, record)
    except BROKEN_FILE as error:
        return [Text(f"cannot be read: {error}", f"无法读取：{error}")]
    return [Text(*fault) for fault in sorted(faults)]


def _compare_content(path: Path, metadata: pq.FileMetaData, record: LayerVersion) -> set[tuple[str, str]]:
    faults: set[tuple[str, str]] = set()
    schema = metadata.schema.to_arrow_schema()
    kept = pa.schema([schema.field(name) for name in record.columns])
    digest = ContentDigest(record.name, record.crs, record.classification, str(record.valid_from), kept)
    drawn = np.full((metadata.num_row_groups, 4), np.nan)
    with pq.ParquetFile(path, metadata=metadata, page_checksum_verification=True) as file:
        for group in range(metadata.num_row_groups):
            table = file.read_row_group(group)
            digest.update(table, table.column(record.derived["geometry"]))
            drawn[group], found = _compare_derived(table, record)
            faults |= found
    # After the reading, which refuses a footer whose columns are not what they were; looking at their statistics would end the process.
    listed = statistics_bounds(metadata, record.derived["bbox"])
    if not np.array_equal(listed, group_bounds(metadata, record.derived["bbox"]), equal_nan=True):
        faults.add(("statistics do not match the bounds of the row groups", "统计信息与行组外包框不符"))
    if not np.array_equal(drawn, listed, equal_nan=True):
        faults.add(("statistics do not match the bounding boxes", "统计信息与外包框不符"))
    if digest.hexdigest() != record.version:
        faults.add(("the content does not match the version", "内容与版本号不符"))
    return faults


def _compare_derived(table: pa.Table, record: LayerVersion) -> tuple[npt.NDArray[np.float64], set[tuple[str, str]]]:
    """Give the bounds of a row group as drawn, and what of the derived columns does not fit · 比对派生列."""
    faults = set()
    wkb = table.column(record.derived["geometry"]).cast(pa.large_binary())
    bounds = scan_wkb(wkb).bounds
    if not np.array_equal(bounds, box_bounds(table.column(record.derived["bbox"])), equal_nan=True):
        faults.add(("bounding boxes do not match the geometry", "外包框与图形不符"))
    part = Layer(record.name, table.select(list(record.columns)).replace_schema_metadata(), wkb, record.crs)
    if not np.array_equal(feature_hashes(part), table.column(record.derived["feature_hash"]).to_numpy()):
        faults.add(("feature hashes do not match the features", "要素哈希与要素不符"))
    return whole_bounds(bounds), faults
