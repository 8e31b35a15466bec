"""Back up a city's office while it works · 备份."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from lantu.stores.records.database import SEAL_NAME
from lantu.stores.records.migrating import revision_of
from lantu.stores.records.office import DATABASE, OFFICE
from lantu.stores.records.portable import portable_tables, read_lines
from lantu.vocabulary.errors import FolderNotEmpty
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from lantu.stores.records.database import Database

MANIFEST = "manifest.json"
ROWS = "rows/"
FILES = "files/"
FORMAT = 1
_PIECE_BYTES = 1 << 20
_PACKED = {".parquet", ".zip", ".webp", ".png", ".pmtiles", ".gpkg", ".docx", ".xlsx", ".pdf"}
_LIVE = {DATABASE, SEAL_NAME}
_UNFINISHED = (".partial", ".tmp", "-wal", "-shm", "-journal", ".lock")


@dataclass(frozen=True, slots=True)
class BackupContent:
    """What a backup holds · 备份内容.

    Parameters
    ----------
    rows
        How many by table.
    files
        How many.
    head
        Sequence and hash of the last event.
    size_bytes
        Of the archive.
    """

    rows: Mapping[str, int]
    files: int
    head: tuple[int, str]
    size_bytes: int


def write_backup(records: Database, city: Path, target: Path) -> BackupContent:
    """Write one archive with all records in one consistent state, and all files of the city folder · 写备份.

    People may go on working: rows are read in one snapshot; files are read after it, and those of layers and packages
    never change once they are there, so every file that a row names is in the archive. Left out: sessions, attempts to
    sign in, the queue of the worker, and what is half-written.

    Parameters
    ----------
    records
        Of the city's office.
    city
        City folder.
    target
        File to write; it appears when it is complete.

    Returns
    -------
    BackupContent
        As its manifest says.

    Raises
    ------
    FolderNotEmpty
        If the file is there already.
    """
    if target.exists():
        raise FolderNotEmpty(
            Text(f"{target} is there already.", f"{target} 已存在。"),
            Text("Name another file; a backup is never written over.", "请另取文件名，备份不会覆盖已有文件。"),
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
                rows, files, head = _fill(archive, records, city, {target, partial})
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return BackupContent(rows, files, head, target.stat().st_size)


def _fill(archive: zipfile.ZipFile, records: Database, city: Path, left_out: set[Path]) -> tuple[dict[str, int], int, tuple[int, str]]:
    # The seal is read before the snapshot, so that it is never ahead of the trail in the archive.
    seal = records.seal.path.read_bytes() if records.seal and records.seal.path.is_file() else b""
    hashes: dict[str, str] = {}
    rows: dict[str, int] = {}
    columns: dict[str, list[str]] = {}
    last = "[]"
    with records.connection() as connection:
        revision = revision_of(connection)
        for table in portable_tables():
            name = f"{ROWS}{table.name}.jsonl"
            columns[table.name] = [column.key for column in table.columns]
            writer = _Member(archive, name, zipfile.ZIP_DEFLATED)
            with writer:
                rows[table.name] = 0
                for line in read_lines(connection, table):
                    writer.write(line.encode("utf-8", "surrogatepass"))
                    rows[table.name] += 1
                    last = line if table.name == "events" else last
            hashes[name] = writer.digest()
    event = dict(zip(columns["events"], json.loads(last), strict=False))
    head = (int(event.get("sequence", 0)), str(event.get("hash", "")))
    _copy(archive, f"{FILES}{OFFICE}/{SEAL_NAME}", [seal], hashes)
    files = 0
    for path in city_files(city):
        if path not in left_out:
            files += _copy_file(archive, path, f"{FILES}{path.relative_to(city).as_posix()}", hashes)
    manifest = {
        "format": FORMAT,
        "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "revision": revision,
        "head": list(head),
        "rows": rows,
        "columns": columns,
        "hashes": hashes,
    }
    archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return rows, files, head


def city_files(city: Path) -> Iterator[Path]:
    """List the files of a city folder that a backup holds · 列出备份文件.

    Parameters
    ----------
    city
        City folder.

    Yields
    ------
    pathlib.Path
        Sorted; no links, no live database, nothing half-written.
    """
    for path in sorted(city.rglob("*")):
        in_office = path.is_relative_to(city / OFFICE)
        live = in_office and (path.name in _LIVE or ".sqlite" in path.name)
        if path.is_file() and not path.is_symlink() and not live and not path.name.endswith(_UNFINISHED):
            yield path


class _Member:
    """One member of the archive, hashed as it is written."""

    def __init__(self, archive: zipfile.ZipFile, name: str, packing: int) -> None:
        info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
        info.compress_type = packing
        self._stream = archive.open(info, "w", force_zip64=True)
        self._hash = hashlib.sha256()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def write(self, piece: bytes) -> None:
        self._hash.update(piece)
        self._stream.write(piece)

    def digest(self) -> str:
        return self._hash.hexdigest()


def _copy(archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes], hashes: dict[str, str]) -> None:
    packed = name.endswith(tuple(_PACKED))
    with _Member(archive, name, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED) as member:
        for piece in pieces:
            member.write(piece)
        hashes[name] = member.digest()


def _copy_file(archive: zipfile.ZipFile, path: Path, name: str, hashes: dict[str, str]) -> int:
    try:
        stream = path.open("rb")
    except FileNotFoundError:  # it was there when the folder was listed, and somebody removed it since
        return 0
    with stream:
        _copy(archive, name, iter(lambda: stream.read(_PIECE_BYTES), b""), hashes)
    return 1
