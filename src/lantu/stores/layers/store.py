"""Every version of every layer, never changed, found again by its content · 图层库."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lantu.stores.layers.atomic_files import finish, remove_abandoned, unfinished_file
from lantu.stores.layers.geoparquet import BROKEN_FILE, Box, LayerVersion, damaged, group_bounds, read_version
from lantu.stores.layers.product_archive import ProductArchive
from lantu.stores.layers.row_groups import RowGroups
from lantu.vocabulary.errors import InputUnreadable, LantuError, LayerMissing
from lantu.vocabulary.layer import IDENTIFIER, Layer
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import numpy.typing as npt

_SUFFIX = ".parquet"
_SHORTEST_ABBREVIATION = 6
_VERSION_DIGITS = 64
_MOST_KEPT_BYTES = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing of the store that is not what was written · 一处损坏.

    Parameters
    ----------
    path
        The file, relative to the store.
    message
        What is wrong with it.
    """

    path: str
    message: Text


class LayerStore:
    """A folder of layer versions, each one GeoParquet file · 图层库.

    ``layers/<layer>/<version>.parquet`` holds the versions, ``products/`` what was computed from them. There is no
    catalogue beside the files: each says in its own metadata what it is. A version is named by its content, so
    storing the same content again stores nothing.

    Parameters
    ----------
    root
        Folder of the store; made by the first writing.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.archive = ProductArchive(root / "products")
        self._footers: dict[Path, tuple[tuple[int, int, int], pq.FileMetaData, LayerVersion]] = {}
        self._bounds: dict[Path, tuple[pq.FileMetaData, npt.NDArray[np.float64]]] = {}
        self._groups = RowGroups(_MOST_KEPT_BYTES)

    def put(self, layer: Layer, *, areas: Mapping[str, npt.NDArray[np.float64]] = MappingProxyType({})) -> LayerVersion:
        """Store a layer, whole or not at all · 入库.

        Rows are put in Hilbert order, so the version does not depend on the order in which they were delivered.
        Where this content is stored already nothing changes, save that it becomes the latest again.

        Parameters
        ----------
        layer
            What to store; it is not changed.
        areas
            Areas worth keeping beside the features, such as ``planar_area_m2`` and ``ellipsoidal_area_m2``, m²,
            by column name, shape ``(n,)``.

        Returns
        -------
        LayerVersion
            The version as stored.

        Raises
        ------
        GeometryInvalid
            If a geometry is no plain WKB: cut short, or curved.
        ReferenceMismatch
            If the areas are not as many as the features.
        """
        from lantu.stores.layers.writing import write_version  # noqa: PLC0415  # compiled code, needed by writers only

        folder = self._folder(layer.name)
        existing = self.versions(layer.name)
        if existing and layer.version == existing[-1].version:
            return existing[-1]
        remove_abandoned(folder)
        moment = dt.datetime.now(dt.UTC)
        if existing:
            moment = max(moment, max(version.stored_at for version in existing) + dt.timedelta(microseconds=1))
        with unfinished_file(folder) as unfinished:
            version = write_version(layer, unfinished, stored_at=moment, areas=areas)
            path = folder / f"{version}{_SUFFIX}"
            if existing and existing[-1].version == version:
                return existing[-1]
            finish(unfinished, path)
        return self._record(path)[1]

    def get(  # noqa: PLR0913  # each narrows what is read in its own way, and all are optional
        self,
        name: str,
        version: str | None = None,
        *,
        as_of: dt.date | None = None,
        bbox: Box | None = None,
        columns: Iterable[str] | None = None,
        ids: Iterable[str] | None = None,
    ) -> Layer:
        """Read a layer, or a part of it · 读取图层.

        Parameters
        ----------
        name
            Canonical layer name.
        version
            Content hash, or its first digits; the latest where None.
        as_of
            The day whose state is wanted, see `find`.
        bbox
            xmin, ymin, xmax, ymax in the CRS of the layer: only features whose bounds touch it.
        columns
            Attribute columns wanted; all where None. Geometry always comes along.
        ids
            Only features with these identifiers.

        Returns
        -------
        Layer
            Rows in the order of the file. The whole layer carries its version; a part of it carries none, being
            another content.

        Raises
        ------
        LayerMissing
            If there is no such layer or version.
        StoreDamaged
            If the file does not hold what was written.
        """
        record = self.find(name, version, as_of=as_of)
        try:
            return self._read(record, bbox, columns, ids)
        except BROKEN_FILE as error:
            raise damaged(record.path, error) from error

    def find(self, name: str, version: str | None = None, *, as_of: dt.date | None = None) -> LayerVersion:
        """Find one version · 查找版本.

        The latest is the one with the latest valid time; a version that nobody dated counts as valid from the
        day it was stored when versions are put in order, and as valid on any day when one is asked for. Among
        equals the one stored last counts.

        Parameters
        ----------
        name
            Canonical layer name.
        version
            Content hash, or at least its first six digits; the latest where None.
        as_of
            Leave out versions that were not yet valid on this day.

        Returns
        -------
        LayerVersion
            The record.

        Raises
        ------
        LayerMissing
            If there is none, or if the first digits fit several.
        """
        if version is not None and as_of is None and self.has(name, version):
            return self._record(self._folder(name) / f"{version}{_SUFFIX}")[1]
        candidates = [
            item
            for item in self.versions(name)
            if (as_of is None or item.valid_from is None or item.valid_from <= as_of)
            and (version is None or (item.version.startswith(version) and len(version) >= _SHORTEST_ABBREVIATION))
        ]
        if not candidates or (version is not None and len(candidates) > 1):
            raise self._missing(name, version, as_of, len(candidates))
        return candidates[-1]

    def has(self, name: str, version: str) -> bool:
        """Tell whether a version is stored, without reading it · 是否已入库.

        Parameters
        ----------
        name
            Canonical layer name.
        version
            Whole content hash.

        Returns
        -------
        bool
            False for the first digits of a hash.
        """
        return len(version) == _VERSION_DIGITS and (self._folder(name) / f"{version}{_SUFFIX}").is_file()

    def versions(self, name: str | None = None) -> list[LayerVersion]:
        """List what is stored · 列出版本.

        Parameters
        ----------
        name
            Canonical layer name; every layer where None.

        Returns
        -------
        list of LayerVersion
            By layer, earliest first, the latest last.

        Raises
        ------
        StoreDamaged
            If a file cannot be read as what the store writes.
        """
        found = [self._record(path)[1] for path in self._paths(name)]
        return sorted(found, key=lambda item: (item.name, item.valid_from or item.stored_at.date(), item.stored_at))

    def names(self) -> tuple[str, ...]:
        """Name the layers that are stored · 图层名.

        Returns
        -------
        tuple of str
            In alphabetical order.
        """
        return tuple(sorted({item.name for item in self.versions()}))

    def derived(self, name: str, meaning: str, version: str | None = None) -> pa.ChunkedArray:
        """Read what the store keeps beside the features · 读取派生列.

        Parameters
        ----------
        name
            Canonical layer name.
        meaning
            ``feature_hash``, ``bbox``, or the name of an area handed over with `put`.
        version
            As in `find`.

        Returns
        -------
        pyarrow.ChunkedArray
            Row for row as `get` gives the whole layer.

        Raises
        ------
        LayerMissing
            If this version has no such column.
        StoreDamaged
            If the file does not hold what was written.
        """
        record = self.find(name, version)
        if meaning not in record.derived:
            raise LayerMissing(
                Text(f"Layer {name} {record.version[:12]} keeps no {meaning}.", f"图层{name} {record.version[:12]}未保存{meaning}。"),
                Text("Store it again with that column.", "请连同该列重新入库。"),
            )
        try:
            with self._open(record.path) as file:
                return file.read(columns=[record.derived[meaning]]).column(0)
        except BROKEN_FILE as error:
            raise damaged(record.path, error) from error

    def export(self, name: str, version: str | None, path: Path, kind: str = "geoparquet") -> LayerVersion:
        """Hand a version out as a file of its own · 导出.

        Parameters
        ----------
        name
            Canonical layer name.
        version
            As in `find`.
        path
            Where to write; replaced as a whole if it is there.
        kind
            ``geoparquet``, the form of the store itself. Other forms are written by ``stores.formats``.

        Returns
        -------
        LayerVersion
            What was exported.

        Raises
        ------
        InputUnreadable
            If another form is asked for.
        """
        if kind != "geoparquet":
            raise InputUnreadable(
                Text(f"The layer store itself writes GeoParquet, not {kind}.", f"图层库自身只输出GeoParquet，不输出{kind}。"),
                Text(
                    "Export to GeoParquet, or choose a form of `lantu layers export`.",
                    "请导出为GeoParquet，或用lantu layers export选择格式。",
                ),
            )
        record = self.find(name, version)
        with unfinished_file(path.parent) as unfinished:
            unfinished.write_bytes(record.path.read_bytes())
            finish(unfinished, path)
        return record

    def verify(self) -> list[Damage]:
        """Read every file and hold it against its hash · 校验.

        Returns
        -------
        list of Damage
            Empty where everything is as it was written.
        """
        from lantu.stores.layers.verifying import inspect_version  # noqa: PLC0415  # compiled code, needed here only

        found: list[Damage] = []
        for path in self._paths(None):
            relative = path.relative_to(self.root).as_posix()
            try:
                metadata, record = self._record(path)
                faults = inspect_version(path, metadata, record)
                if path.stem != record.version or path.parent != self._folder(record.name):
                    faults.append(Text("the file stands under another name than its content has", "文件名与内容不符"))
            except LantuError as error:
                faults = [error.message]
            found += [Damage(relative, fault) for fault in faults]
        found += [Damage(path.relative_to(self.root).as_posix(), fault) for path, fault in self.archive.verify()]
        return found

    def _folder(self, name: str) -> Path:
        return self.root / "layers" / _folder_name(name)

    def _paths(self, name: str | None) -> list[Path]:
        folder = self.root / "layers" if name is None else self._folder(name)
        return sorted(path for path in folder.glob(f"*/*{_SUFFIX}" if name is None else f"*{_SUFFIX}") if not path.name.startswith("."))

    def _record(self, path: Path) -> tuple[pq.FileMetaData, LayerVersion]:
        """Read a file's footer once, as long as the file stays the same."""
        try:
            state = path.stat()
            mark = (state.st_ino, state.st_mtime_ns, state.st_size)
            known = self._footers.get(path)
            if known is not None and known[0] == mark:
                return known[1], known[2]
            metadata = pq.read_metadata(path)
        except BROKEN_FILE as error:
            raise damaged(path, error) from error
        record = read_version(path, metadata)
        self._footers[path] = (mark, metadata, record)
        return metadata, record

    def _open(self, path: Path) -> pq.ParquetFile:
        return pq.ParquetFile(path, metadata=self._record(path)[0], page_checksum_verification=True, memory_map=True)

    def _read(self, record: LayerVersion, bbox: Box | None, columns: Iterable[str] | None, ids: Iterable[str] | None) -> Layer:
        wanted = list(record.columns) if columns is None else [name for name in record.columns if name in set(columns)]
        geometry = record.derived["geometry"]
        if bbox is not None:
            table = self._near(record, bbox, [*wanted, geometry], ids)
        else:
            with self._open(record.path) as file:
                columns = [*wanted, geometry]
                table = file.read(columns=columns) if ids is None else _with_identifiers(file, record, columns, ids)
        wkb = table.column(geometry).cast(pa.large_binary())
        return Layer(
            name=record.name,
            table=table.select(wanted).replace_schema_metadata(),
            wkb=wkb,
            crs=record.crs,
            version=record.version if bbox is None and ids is None and len(wanted) == len(record.columns) else "",
            source=record.source,
            valid_from=record.valid_from,
            classification=record.classification,
            source_names=record.source_names,
        )

    def _near(self, record: LayerVersion, bbox: Box, columns: list[str], ids: Iterable[str] | None) -> pa.Table:
        """Read the rows whose bounds touch a box; the file is opened only where memory does not hold them."""
        path, footer = record.path, self._record(record.path)[0]
        wanted = None if ids is None else _as_identifiers(ids)
        opened: list[pq.ParquetFile] = []

        def open_file() -> pq.ParquetFile:
            """Open the file once, when something has to be read from it · 打开文件."""
            if not opened:
                opened.append(self._open(path))
            return opened[0]

        try:
            parts = []
            for group in map(int, self._groups_near(record, footer, bbox)):
                keep = _touching(self._groups.boxes(path, footer, group, record.derived["bbox"], open_file), bbox)
                if wanted is not None and keep.any():
                    own = self._groups.table(path, footer, group, [IDENTIFIER], open_file) if IDENTIFIER in record.columns else None
                    keep &= False if own is None else _is_one_of(own.column(0), wanted)
                rows = np.flatnonzero(keep)
                if len(rows):
                    parts.append(self._groups.table(path, footer, group, columns, open_file).take(pa.array(rows)))
            return pa.concat_tables(parts) if parts else footer.schema.to_arrow_schema().empty_table().select(columns)
        finally:
            for file in opened:
                file.close()

    def _groups_near(self, record: LayerVersion, footer: pq.FileMetaData, bbox: Box) -> npt.NDArray[np.int64]:
        """Find the row groups whose bounds touch a box; the bounds are read off the footer once."""
        known = self._bounds.get(record.path)
        if known is None or known[0] is not footer:
            known = self._bounds[record.path] = footer, group_bounds(footer, record.derived["bbox"])
        return np.flatnonzero(_touching(known[1], bbox))

    def _missing(self, name: str, version: str | None, as_of: dt.date | None, fitting: int) -> LayerMissing:
        known = self.versions(name)
        if not known:
            names = ", ".join(self.names())
            return LayerMissing(
                Text(
                    f"The store holds no layer {name}; it holds {names or 'nothing'}.", f"图层库中没有图层{name}；现有：{names or '无'}。"
                ),
                Text("Store it first, or check the name with `lantu layers list`.", "请先入库，或用lantu layers list核对名称。"),
            )
        listed = ", ".join(item.version[:12] for item in known)
        which = Text(
            f"version {version}" if version else f"version valid on {as_of}", f"版本{version}" if version else f"{as_of}有效的版本"
        )
        amount = Text("several that fit " if fitting else "no ", "多个" if fitting else "没有")
        return LayerMissing(
            Text("Layer {name} has {amount}{which}; it has {listed}.", "图层{name}有{amount}{which}；现有：{listed}。").format(
                name=name, amount=amount, which=which, listed=listed
            ),
            Text("Give at least six digits of one of them, enough to tell it from the others.", "请给出足以区分的版本号前缀（至少六位）。"),
        )


@lru_cache(maxsize=4096)
def _folder_name(name: str) -> str:
    # Names of layers that nobody knows come from files and may hold anything, slashes included.
    return re.sub(r"[^\w\-]", lambda match: "".join(f"%{byte:02X}" for byte in match.group().encode()), name) or "%"


def _as_identifiers(ids: Iterable[str]) -> pa.Array:
    return pa.array([str(item) for item in ids], pa.large_string())


def _is_one_of(own: pa.ChunkedArray, wanted: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.is_in(own.cast(pa.large_string()), value_set=wanted).to_numpy(zero_copy_only=False), bool)


def _with_identifiers(file: pq.ParquetFile, record: LayerVersion, columns: list[str], ids: Iterable[str]) -> pa.Table:
    """Read the rows with some identifiers: everything else of a row group only where one of them is in it."""
    wanted, parts = _as_identifiers(ids), []
    for group in range(file.metadata.num_row_groups) if IDENTIFIER in record.columns else ():
        rows = np.flatnonzero(_is_one_of(file.read_row_group(group, columns=[IDENTIFIER]).column(0), wanted))
        if len(rows):
            parts.append(file.read_row_group(group, columns=columns, use_threads=False).take(pa.array(rows)))
    return pa.concat_tables(parts) if parts else file.schema_arrow.empty_table().select(columns)


def _touching(bounds: npt.NDArray[np.float64], bbox: Box) -> npt.NDArray[np.bool_]:
    xmin, ymin, xmax, ymax = bbox
    return np.asarray((bounds[:, 0] <= xmax) & (bounds[:, 2] >= xmin) & (bounds[:, 1] <= ymax) & (bounds[:, 3] >= ymin))
