"""Restore a city's office from a backup, whole or not at all · 恢复."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from lantu.stores.records import migrating
from lantu.stores.records.backup import FILES, FORMAT, MANIFEST, ROWS
from lantu.stores.records.models import Event
from lantu.stores.records.office import OFFICE, RESTORED, open_office
from lantu.stores.records.portable import portable_tables, write_lines
from lantu.stores.records.verifying import verify_trail
from lantu.vocabulary.errors import BackupInvalid, FolderNotEmpty, TrailBroken
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.stores.records.database import Database
    from lantu.stores.records.verifying import Tampering

_PIECE_BYTES = 1 << 20


def restore_backup(source: Path, city: Path, database: str | None = None, *, despite_tampering: bool = False) -> list[Tampering]:
    """Restore a backup into an empty place, after holding every byte of it against its manifest · 恢复备份.

    Everything is made beside the target and moved there at the end. A restore that was killed leaves nothing in the
    target; where it had filled a server's database already, the same restore takes it up again.

    Parameters
    ----------
    source
        The archive.
    city
        City folder to make; it must be missing or empty.
    database
        The setting ``LANTU_DATABASE``; that database must be empty.
    despite_tampering
        Whether to restore records whose trail was broken before the backup.

    Returns
    -------
    list of Tampering
        Empty, or what was broken before and is kept as it was.

    Raises
    ------
    FolderNotEmpty
        If folder or database hold something.
    BackupInvalid
        If the archive is incomplete or was altered.
    TrailBroken
        If the trail in it does not agree.
    """
    if city.exists() and (not city.is_dir() or any(city.iterdir())):
        raise _taken(Text(str(city), str(city)))
    city.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{city.name}.restoring-", dir=city.parent))
    try:
        with _opened(source) as archive:
            manifest = _manifest(archive)
            _unpack(archive, manifest, beside)
            records = open_office(beside, database)
            try:
                _fill(records, archive, manifest)
                broken = verify_trail(records)
            finally:
                records.close()
        if broken and not despite_tampering:
            raise _broken(broken)
        # Whoever opens the office first finds this, and writes into the trail that it was restored: even after a kill right here.
        (beside / OFFICE / RESTORED).write_text(json.dumps({"made_at": manifest["made_at"], "head": manifest["head"]}), "utf-8")
        beside.chmod(0o755)
        beside.replace(city)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    open_office(city, database).close()
    return broken


def _opened(source: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except (OSError, zipfile.BadZipFile) as error:
        raise _invalid(Text(f"{source} cannot be read as an archive", f"{source} 不是可读的备份文件")) from error


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        manifest = json.loads(archive.read(MANIFEST))
        if manifest["format"] != FORMAT:
            raise _invalid(Text("it is of another format", "格式版本不同"))
        named = {MANIFEST, *manifest["hashes"]}
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise _invalid(Text("its manifest is missing or unreadable", "清单缺失或无法读取")) from error
    listed = archive.namelist()
    if sorted(listed) != sorted(named):
        odd = sorted(set(listed) ^ named) or sorted(name for name in listed if listed.count(name) > 1)
        raise _invalid(Text(f"its members are not those of its manifest: {', '.join(odd[:3])}", f"内容与清单不一致：{'、'.join(odd[:3])}"))
    return dict(manifest)


def _unpack(archive: zipfile.ZipFile, manifest: dict[str, Any], folder: Path) -> None:
    """Hold every member against its hash; write the files."""
    for name, digest in manifest["hashes"].items():
        parts = PurePosixPath(name).parts
        if ".." in parts or name.startswith("/") or "\\" in name:
            raise _invalid(Text(f"it names a path outside: {name}", f"含越界路径：{name}"))
        is_file = name.startswith(FILES)
        target = folder.joinpath(*parts[1:])
        if is_file:
            target.parent.mkdir(parents=True, exist_ok=True)
        found = hashlib.sha256()
        try:
            with archive.open(name) as stream, target.open("wb") if is_file else io.BytesIO() as out:
                for piece in iter(lambda: stream.read(_PIECE_BYTES), b""):
                    found.update(piece)
                    if is_file:
                        out.write(piece)
        except (zipfile.BadZipFile, EOFError) as error:
            raise _invalid(Text(f"{name} is damaged", f"{name} 已损坏")) from error
        if found.hexdigest() != digest:
            raise _invalid(Text(f"{name} is not what the manifest says", f"{name} 与清单哈希不符"))
        if target.name == "keys.json":
            target.chmod(0o600)


def _fill(records: Database, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    with records.filling() as connection:
        last = connection.execute(select(Event.sequence, Event.hash).order_by(Event.sequence.desc()).limit(1)).first()
        if last is not None:
            if list(last) == manifest["head"]:
                return  # this very restore was killed after it had filled the database
            raise _taken(Text("the database", "数据库"))
        if migrating.is_newer(manifest["revision"]):
            raise _invalid(Text("it was made by a newer Lantu", "由更新版本的 Lantu 生成"))
        for table in portable_tables():
            if table.name in manifest["columns"]:
                write_lines(connection, table, manifest["columns"][table.name], _lines(archive, f"{ROWS}{table.name}.jsonl"))


def _lines(archive: zipfile.ZipFile, name: str) -> Iterator[str]:
    with archive.open(name) as stream:
        yield from io.TextIOWrapper(stream, "utf-8", errors="surrogatepass", newline="\n")


def _broken(found: list[Tampering]) -> TrailBroken:
    first = found[0].message
    return TrailBroken(
        Text(
            f"The trail in this backup is broken (places: {len(found)}), first: {first.en}",
            f"备份中的留痕有 {len(found)} 处异常，首处：{first.zh}",
        ),
        Text(
            "Use an older backup; or restore with --despite-tampering to look into it.",
            "请使用更早的备份；如需调查，可加 --despite-tampering 恢复。",
        ),
    )


def _taken(what: Text) -> FolderNotEmpty:
    return FolderNotEmpty(
        Text("Nothing was restored: {what} is not empty.", "未恢复：{what}非空。").format(what=what),
        Text(
            "Name a new folder or move the old one away; with LANTU_DATABASE, name an empty database.",
            "请指定新目录或先移走旧目录；使用 LANTU_DATABASE 时请指定空库。",
        ),
    )


def _invalid(why: Text) -> BackupInvalid:
    return BackupInvalid(
        Text("This backup cannot be used: {why}.", "备份不可用：{why}。").format(why=why),
        Text("Nothing was restored. Use another copy of the backup.", "未作任何恢复，请使用其他备份副本。"),
    )
