"""Shapefiles with their parts, however many of them survive · Shapefile文件."""

from __future__ import annotations

import shutil
import struct
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from lantu.stores.formats.dbf import DbfTable, read_dbf
from lantu.stores.formats.found import FoundLayer, ReadingFailed
from lantu.stores.formats.gdal import read_geometry
from lantu.stores.formats.messages import repaired, tell
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.stores.formats.diagnosis import FileDiagnosis

_HEADER = 100
_FILE_CODE = 9994
_SHAPE_TYPES = {0, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28, 31}
_RECORD_HEADER = 8


def part(path: Path, suffix: str) -> Path | None:
    """Find a part of a shapefile whatever the case of its suffix · 查找同名部件.

    Parameters
    ----------
    path
        Any part.
    suffix
        Wanted, lower case, with its dot.

    Returns
    -------
    pathlib.Path or None
        None where there is none.
    """
    for candidate in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
        if candidate.is_file():
            return candidate
    wanted = (path.stem + suffix).lower()
    return next((entry for entry in sorted(path.parent.iterdir()) if entry.name.lower() == wanted and entry.is_file()), None)


def read_shapefile(path: Path, diagnosis: FileDiagnosis) -> list[FoundLayer]:
    """Read a shapefile · 读取Shapefile.

    The ``.shp`` is read record by record, so that a missing or wrong ``.shx`` can be rebuilt from it;
    the ``.dbf`` is decoded by proof where nothing true is declared.

    Parameters
    ----------
    path
        The ``.shp``.
    diagnosis
        Gets problems and repairs appended.

    Returns
    -------
    list of FoundLayer
        One layer.

    Raises
    ------
    ReadingFailed
        If the ``.shp`` is none.
    """
    name = path.stem
    offsets, lengths = _records(path, diagnosis, name)
    wkb = _geometry(path, offsets, lengths)
    attributes = _attributes(path, diagnosis, name)
    table, kept = (
        (pa.table({"row": pa.array(np.arange(len(wkb)))}).select([]), None)
        if attributes is None
        else _joined(attributes, len(wkb), diagnosis, name)
    )
    if attributes is not None:
        diagnosis.encoding = attributes.encoding
        missing = table.num_rows - len(wkb)
        if missing > 0:
            wkb = pa.chunked_array([*wkb.chunks, pa.nulls(missing, pa.large_binary())])
    if kept is not None:
        wkb, table = wkb.filter(pa.array(kept)), table.filter(pa.array(kept))
    projection = part(path, ".prj") or part(path, ".qpj")
    declared = _text(projection) if projection else None
    return [FoundLayer(name, table, wkb, declared_crs=declared)]


def read_lone_dbf(path: Path, diagnosis: FileDiagnosis) -> list[FoundLayer]:
    """Read a DBF that stands alone · 读取独立DBF.

    Parameters
    ----------
    path
        The ``.dbf``.
    diagnosis
        Gets problems and repairs appended.

    Returns
    -------
    list of FoundLayer
        One table without geometry.
    """
    content = read_dbf(path, diagnosis, declared=_declared_encoding(path), layer=path.stem)
    diagnosis.encoding = content.encoding
    table = content.table
    if content.deleted.any():
        repaired(diagnosis, "RP11", layer=path.stem, features=int(content.deleted.sum()), count=int(content.deleted.sum()))
        table = table.filter(pa.array(~content.deleted))
    return [FoundLayer(path.stem, table, None)]


def _text(path: Path) -> str:
    return path.read_bytes()[:65536].decode("utf-8", "replace").strip().strip("\0﻿")


def _declared_encoding(path: Path) -> tuple[str, str] | None:
    code_page = part(path, ".cpg") or part(path, ".cst")
    if code_page is None:
        return None
    spelling = _text(code_page)[:40].strip()
    return (spelling, code_page.suffix.lower()) if spelling else None


def _attributes(path: Path, diagnosis: FileDiagnosis, name: str) -> DbfTable | None:
    table = part(path, ".dbf")
    if table is None:
        tell(diagnosis, "IN26", layer=name)
        return None
    try:
        return read_dbf(table, diagnosis, declared=_declared_encoding(path), layer=name)
    except ReadingFailed as failure:
        tell(diagnosis, failure.code, layer=name, **failure.values)
        return None


def _joined(attributes: DbfTable, shapes: int, diagnosis: FileDiagnosis, name: str) -> tuple[pa.Table, npt.NDArray[np.bool_] | None]:
    records = attributes.table.num_rows if attributes.table.num_columns else len(attributes.deleted)
    table, deleted = attributes.table, attributes.deleted
    if records != shapes:
        tell(diagnosis, "IN29", layer=name, shapes=shapes, records=records, kept=min(shapes, records))
    if records < shapes:
        rows = pa.array(list(range(records)) + [None] * (shapes - records), pa.int64())
        table = table.take(rows)
        deleted = np.concatenate([deleted, np.zeros(shapes - records, dtype=bool)])
    if not deleted.any():
        return table, None
    repaired(diagnosis, "RP11", layer=name, features=int(deleted.sum()), count=int(deleted.sum()))
    return table, ~deleted


def _records(path: Path, diagnosis: FileDiagnosis, name: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Find where each record starts and how long its content is, in bytes."""
    data = np.memmap(path, dtype=np.uint8, mode="r") if path.stat().st_size >= _HEADER else np.zeros(0, dtype=np.uint8)
    if len(data) < _HEADER or struct.unpack(">i", data[:4].tobytes())[0] != _FILE_CODE:
        raise ReadingFailed(code="IN03", format="Shapefile", reason="the header is none of a .shp")
    shape_type = struct.unpack("<i", data[32:36].tobytes())[0]
    if shape_type not in _SHAPE_TYPES:
        raise ReadingFailed(code="IN03", format="Shapefile", reason=f"there is no shape type {shape_type}")
    index = part(path, ".shx")
    believed = _index(index, data) if index else None
    if believed is not None:
        return believed
    walked, complete = _walk(data)
    state = Text("missing", "缺失") if index is None else Text("broken", "损坏")
    declared = max((index.stat().st_size - _HEADER) // _RECORD_HEADER, len(walked[0])) if index else len(walked[0]) + (not complete)
    if complete:
        repaired(diagnosis, "RP01", layer=name, features=len(walked[0]), state=state, count=len(walked[0]))
    else:
        tell(diagnosis, "IN28", layer=name, part=path.name, readable=len(walked[0]), declared=max(declared, len(walked[0]) + 1))
    return walked


def _index(path: Path, data: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None:
    """Believe a .shx only if every entry points at a record header of the same length."""
    raw = path.read_bytes()
    if len(raw) < _HEADER or (len(raw) - _HEADER) % _RECORD_HEADER:
        return None
    entries = np.frombuffer(raw, dtype=">i4", offset=_HEADER).reshape(-1, 2).astype(np.int64) * 2
    offsets, lengths = entries[:, 0], entries[:, 1]
    if not len(offsets):
        return (offsets, lengths) if len(data) == _HEADER else None
    inside = (offsets >= _HEADER) & (lengths >= 4) & (offsets + _RECORD_HEADER + lengths <= len(data))  # noqa: PLR2004  # a record holds its type at least
    if not inside.all():
        return None
    stated = np.zeros(len(offsets), dtype=np.int64)
    for place in range(4):
        stated = (stated << 8) | data[offsets + 4 + place]
    return (offsets, lengths) if np.array_equal(stated * 2, lengths) else None


def _walk(data: npt.NDArray[np.uint8]) -> tuple[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]], bool]:
    """Follow the record headers from the first on; the second value tells whether they end with the file."""
    view = data.tobytes()
    offsets: list[int] = []
    lengths: list[int] = []
    place, end = _HEADER, len(data)
    read = struct.Struct(">ii").unpack_from
    while place + _RECORD_HEADER <= end:
        number, words = read(view, place)
        if words < 2 or place + _RECORD_HEADER + 2 * words > end:  # noqa: PLR2004  # a record holds its type at least
            break
        del number
        offsets.append(place)
        lengths.append(2 * words)
        place += _RECORD_HEADER + 2 * words
    return (np.array(offsets, dtype=np.int64), np.array(lengths, dtype=np.int64)), place == end


def _geometry(path: Path, offsets: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> pa.ChunkedArray:
    if not len(offsets):
        return pa.chunked_array([pa.nulls(0, pa.large_binary())])
    with tempfile.TemporaryDirectory(prefix="lantu-intake-") as folder:
        copy = Path(folder) / "shapes.shp"
        end = int((offsets + _RECORD_HEADER + lengths).max())
        if path.stat().st_size == end and _stated_length(path) == end:
            copy.symlink_to(path.resolve())
        else:
            with path.open("rb") as source, copy.open("wb") as target:
                shutil.copyfileobj(source, target)
                target.truncate(end)
                target.seek(24)
                target.write(struct.pack(">i", end // 2))
        with copy.open("rb") as shapes:
            header = bytearray(shapes.read(_HEADER))
        struct.pack_into(">i", header, 24, (_HEADER + _RECORD_HEADER * len(offsets)) // 2)
        entries = np.stack([offsets // 2, lengths // 2], axis=1).astype(">i4")
        copy.with_suffix(".shx").write_bytes(bytes(header) + entries.tobytes())
        return read_geometry(copy, len(offsets))


def _stated_length(path: Path) -> int:
    with path.open("rb") as source:
        return int(struct.unpack_from(">i", source.read(_HEADER), 24)[0]) * 2
