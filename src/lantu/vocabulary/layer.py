"""One version of one layer, in memory, column by column · 内存中的图层版本."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lantu.vocabulary.content_hash import ContentDigest
from lantu.vocabulary.errors import FieldMissing, FieldUnreadable, ReferenceMismatch
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

IDENTIFIER = "identifier"


@dataclass(frozen=True, eq=False)
class Layer:
    """Features of one layer version: attributes by column, geometry as WKB · 图层版本.

    Columns carry the canonical English field names of ``vocabulary/layers.yaml``; columns that no
    definition knows keep the name they had in their file.

    Parameters
    ----------
    name
        Canonical layer name, a key of ``layers.yaml``.
    table
        Attributes, one row per feature, without geometry.
    wkb
        Geometry of each feature as ISO WKB, `pyarrow.large_binary`, null where a feature has none.
    crs
        Authority and code of the coordinates, such as ``EPSG:4549``; metres unless geographic.
    version
        Content hash; empty means "not yet stored" and is computed when asked for by `content_hash`.
    source
        Where it came from, as people say it.
    valid_from
        The day from which the content holds.
    classification
        Name of the land-use classification that codes refer to, such as ``landuse-2023``.
    source_names
        Field names as they stood in the file, by canonical name.
    """

    name: str
    table: pa.Table
    wkb: pa.ChunkedArray
    crs: str
    version: str = ""
    source: str = ""
    valid_from: dt.date | None = None
    classification: str = ""
    source_names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a table and a geometry column of different lengths · 行数须一致."""
        if self.table.num_columns and self.table.num_rows != len(self.wkb):
            message = Text(
                f"Layer {self.name} has {self.table.num_rows} rows of attributes and {len(self.wkb)} geometries.",
                f"图层{self.name}有{self.table.num_rows}行属性、{len(self.wkb)}个图形。",
            )
            raise ReferenceMismatch(message, Text("Build both from the same rows.", "请由同一组记录生成二者。"))

    def __len__(self) -> int:
        """Count the features · 要素数."""
        return len(self.wkb)

    @cached_property
    def ids(self) -> npt.NDArray[np.object_]:
        """Feature ids as text, the row number where the layer has no identifier · 要素标识, shape ``(n,)``."""
        if IDENTIFIER in self.table.column_names:
            column = self.table.column(IDENTIFIER).cast(pa.large_string())
            numbers = np.arange(len(self)).astype(str).astype(object)
            values = column.to_numpy(zero_copy_only=False)
            return np.where(pc.is_null(column).to_numpy(zero_copy_only=False), numbers, values)
        return np.arange(len(self)).astype(str).astype(object)

    @cached_property
    def geometry(self) -> npt.NDArray[Any]:
        """Shapely geometries, None where a feature has none · 图形, shape ``(n,)``."""
        import shapely  # noqa: PLC0415  # heavy; attribute checks never need it

        return np.asarray(shapely.from_wkb(self.wkb.to_numpy(zero_copy_only=False), on_invalid="ignore"), dtype=object)

    def has(self, name: str) -> bool:
        """Tell whether the layer carries a field · 是否有该字段.

        Parameters
        ----------
        name
            Canonical field name.

        Returns
        -------
        bool
            True if the column is there, even if it is all null.
        """
        return name in self.table.column_names

    def column(self, name: str) -> pa.ChunkedArray:
        """Give one field of every feature · 取字段列.

        Parameters
        ----------
        name
            Canonical field name.

        Returns
        -------
        pyarrow.ChunkedArray
            Length ``n``.

        Raises
        ------
        FieldMissing
            If the layer has no such column.
        """
        if not self.has(name):
            known = ", ".join(self.table.column_names)
            raise FieldMissing(
                Text(f"Layer {self.name} has no field {name}; it has {known}.", f"图层{self.name}缺少字段{name}；现有：{known}。"),
                Text("Add the field, or map its name in the city profile.", "请补充该字段，或在城市配置中映射其名称。"),
            )
        return self.table.column(name)

    def texts(self, name: str) -> npt.NDArray[np.object_]:
        """Give one field as text, None where it is null · 取文本列.

        Parameters
        ----------
        name
            Canonical field name.

        Returns
        -------
        numpy.ndarray of object
            Shape ``(n,)``; surrounding blanks are kept as delivered.
        """
        return np.asarray(self.column(name).cast(pa.large_string()).to_numpy(zero_copy_only=False), dtype=object)

    def numbers(self, name: str) -> npt.NDArray[np.float64]:
        """Give one field as numbers, NaN where it is null · 取数值列.

        Parameters
        ----------
        name
            Canonical field name.

        Returns
        -------
        numpy.ndarray of float64
            Shape ``(n,)``.

        Raises
        ------
        FieldUnreadable
            If a value is not a number; the field's type is at fault, not the feature.
        """
        column = self.column(name)
        try:
            return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
        except pa.ArrowInvalid as error:
            raise FieldUnreadable(
                Text(
                    f"Field {name} of layer {self.name} holds text where numbers belong: {error}.",
                    f"图层{self.name}的字段{name}应为数值，却含文本：{error}。",
                ),
                Text("Deliver the field with its numeric type.", "请按规定的数值类型提交该字段。"),
            ) from error

    def take(self, rows: npt.NDArray[np.int64] | Sequence[int]) -> Layer:
        """Give some of the features as a layer without a version · 取部分要素.

        Parameters
        ----------
        rows
            Row numbers, kept in the order given.

        Returns
        -------
        Layer
            The features; attributes and geometry only, the version is dropped because the content is another.
        """
        index = pa.array(np.asarray(rows, dtype=np.int64))
        return replace(self, table=self.table.take(index), wkb=self.wkb.take(index), version="")

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over names, CRS, attributes and geometry, the version once stored · 内容哈希."""
        if self.version:
            return self.version
        digest = ContentDigest(self.name, self.crs, self.classification, str(self.valid_from), self.table.schema)
        digest.update(self.table, self.wkb)
        return digest.hexdigest()


def layer_from_shapes(
    name: str,
    shapes: Mapping[str, Any],
    *,
    crs: str = "EPSG:4549",
    **columns: Sequence[Any],
) -> Layer:
    """Build a layer by hand, as cases and notebooks do · 由图形直接建图层.

    Parameters
    ----------
    name
        Canonical layer name.
    shapes
        Shapely geometries (or None) by feature id.
    crs
        Authority and code of the coordinates.
    **columns
        Further fields, one value per feature in the order of `shapes`.

    Returns
    -------
    Layer
        Unstored; its version is its content hash.
    """
    import shapely  # noqa: PLC0415  # heavy; attribute checks never need it

    table = pa.table(
        {IDENTIFIER: pa.array(list(shapes), pa.large_string()), **{key: pa.array(list(value)) for key, value in columns.items()}}
    )
    geometry = np.array(list(shapes.values()), dtype=object)
    wkb = pa.array(shapely.to_wkb(geometry), pa.large_binary(), from_pandas=True)
    return Layer(name=name, table=table, wkb=pa.chunked_array([wkb], pa.large_binary()), crs=crs)
