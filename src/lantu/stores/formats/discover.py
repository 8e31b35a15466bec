"""Which data sets a path holds: files with their parts, folders, archives · 查找数据文件."""

from __future__ import annotations

import contextlib
import re
import shutil
import stat
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lantu.stores.formats.archives import UNPACK_ERRORS
from lantu.stores.formats.diagnosis import FileDiagnosis
from lantu.stores.formats.encodings import prove_encoding, proved_codec
from lantu.stores.formats.messages import repaired, tell
from lantu.stores.formats.sniff import sniff
from lantu.vocabulary.errors import InputUnreadable
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

MEGABYTE = 1024 * 1024
_MOST_MEMBERS = 20_000
_MOST_BYTES = 4096 * MEGABYTE
# Texts of plans pack at most some fifty to one; a bomb packs a thousand to one.
_MOST_RATIO = 200
_HARMLESS_BYTES = 100 * MEGABYTE
_DEEPEST_NESTING = 3
_LONGEST_NAME_BYTES = 200
_UTF8_NAMES = 0x800
_ENCRYPTED = 0x1
_COPY_BYTES = MEGABYTE
# Litter of operating systems, never part of a delivery.
_LITTER = re.compile(r"(^|/)(__MACOSX|\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*|~\$[^/]*)(/|$)")
_SHAPE_PARTS = {
    ".shx",
    ".dbf",
    ".prj",
    ".cpg",
    ".qpj",
    ".sbn",
    ".sbx",
    ".qix",
    ".qmd",
    ".qml",
    ".sld",
    ".idx",
    ".ain",
    ".aih",
    ".fbn",
    ".fbx",
    ".ixs",
    ".mxs",
    ".atx",
    ".cst",
    ".lyr",
}
_PARTS_OF = {
    ".shp": _SHAPE_PARTS,
    ".tab": {".dat", ".map", ".id", ".ind", ".dbf"},
    ".mif": {".mid"},
    ".gml": {".xsd", ".gfs"},
    ".gpkg": {".gpkg-wal", ".gpkg-shm", ".gpkg-journal", ".qml", ".qmd"},
    ".dbf": {".cpg", ".cst", ".dbt", ".fpt", ".cdx", ".mdx", ".idx", ".ndx"},
    ".geojson": {".qmd", ".qml"},
}
_MAIN_OF_PART = {
    ".shx": ".shp",
    ".prj": ".shp",
    ".cpg": ".shp",
    ".map": ".tab",
    ".dat": ".tab",
    ".id": ".tab",
    ".mid": ".mif",
    ".sbn": ".shp",
    ".sbx": ".shp",
    ".qix": ".shp",
    ".qpj": ".shp",
}


@dataclass(slots=True)
class Delivery:
    """One data set to diagnose · 待诊断的数据.

    Parameters
    ----------
    path
        Main file, or folder of a FileGDB, on disk.
    shown
        Path as people know it, also inside an archive.
    format
        As sniffed.
    size_bytes
        Size with all parts.
    refused
        The finished diagnosis where nothing is to be read.
    """

    path: Path
    shown: str
    format: str = ""
    size_bytes: int = 0
    refused: FileDiagnosis | None = None


@dataclass(slots=True)
class _Search:
    scratch: Path
    found: list[Delivery] = field(default_factory=list)
    unpacked: int = 0


@contextlib.contextmanager
def deliveries(path: Path) -> Iterator[list[Delivery]]:
    """Find every data set under a path, unpacking archives for as long as the block runs · 列出待诊断数据.

    Parameters
    ----------
    path
        A file, a folder, or a zip archive.

    Yields
    ------
    list of Delivery
        In order of path; unpacked copies are gone when the block ends.

    Raises
    ------
    InputUnreadable
        If `path` does not exist.
    """
    if not path.exists():
        raise InputUnreadable(Text(f"There is no {path}.", f"{path}不存在。"), Text("Check the path.", "请核对路径。"))
    with tempfile.TemporaryDirectory(prefix="lantu-intake-", ignore_cleanup_errors=True) as scratch:
        search = _Search(Path(scratch))
        if path.is_dir():
            _folder(path, str(path), search, 0)
        else:
            _file(_main_of(path), search, 0, shown=str(_main_of(path)))
        yield search.found


def _main_of(path: Path) -> Path:
    """Give the main file where the path names a part of it."""
    for main, parts in _PARTS_OF.items():
        if path.suffix.lower() in parts and main in {".shp", ".tab", ".mif"}:
            for candidate in (path.with_suffix(main), path.with_suffix(main.upper())):
                if candidate.is_file():
                    return candidate
    return path


def _is_geodatabase(folder: Path) -> bool:
    return folder.suffix.lower() == ".gdb" or any(folder.glob("a0000000*.gdbtable"))


def _folder(folder: Path, shown: str, search: _Search, depth: int) -> None:
    if _is_geodatabase(folder):
        size = sum(entry.stat().st_size for entry in folder.rglob("*") if entry.is_file())
        search.found.append(Delivery(folder, shown, "FileGDB", size))
        return
    entries = sorted(entry for entry in folder.iterdir() if not _LITTER.search(entry.name) and not entry.is_symlink())
    files = [entry for entry in entries if entry.is_file()]
    owners = taken_by(files)
    parts: dict[Path, list[Path]] = {}
    for piece, main in owners.items():
        parts.setdefault(main, []).append(piece)
    for entry in entries:
        if entry.is_dir():
            _folder(entry, f"{shown}/{entry.name}", search, depth)
        elif entry not in owners:
            _file(entry, search, depth, shown=f"{shown}/{entry.name}", parts=parts.get(entry, []))


def taken_by(files: list[Path]) -> dict[Path, Path]:
    """Assign every part of a data set to its main file · 部件归属.

    Parameters
    ----------
    files
        Files of one folder.

    Returns
    -------
    dict
        Main file by part; files that stand for themselves are not in it.
    """
    by_stem: dict[str, dict[str, Path]] = {}
    for file in files:
        by_stem.setdefault(file.stem.lower(), {})[file.suffix.lower()] = file
    result: dict[Path, Path] = {}
    for stem, group in by_stem.items():
        for main, parts in _PARTS_OF.items():
            if main not in group or group[main] in result:
                continue
            for suffix, file in group.items():
                if suffix in parts and suffix != main and file not in result:
                    result[file] = group[main]
            described = by_stem.get(f"{stem}{main}", {}).get(".xml")
            if described is not None:
                result[described] = group[main]
    return result


def _file(path: Path, search: _Search, depth: int, *, shown: str, parts: list[Path] | None = None) -> None:
    members = (
        taken_by([entry for entry in path.parent.iterdir() if entry.is_file() and entry.stem.lower().startswith(path.stem.lower())])
        if parts is None
        else {}
    )
    siblings = parts if parts is not None else [part for part, main in members.items() if main == path]
    size = path.stat().st_size + sum(part.stat().st_size for part in siblings)
    suffix = path.suffix.lower()
    if path.stat().st_size == 0:
        diagnosis = FileDiagnosis(shown, "unknown" if suffix not in _PARTS_OF else suffix[1:], size_bytes=0)
        tell(diagnosis, "IN02")
        search.found.append(Delivery(path, shown, refused=diagnosis))
        return
    kind = "Shapefile" if suffix == ".shp" else sniff(path)
    if kind == "zip archive":
        _archive(path, shown, search, depth)
        return
    main = _MAIN_OF_PART.get(suffix)
    if main and kind in {"text document", "unknown", "Shapefile", "CSV", "DBF"}:
        diagnosis = FileDiagnosis(shown, f"part of a {main[1:]} data set", size_bytes=size)
        tell(diagnosis, "IN27", main=path.stem + main)
        search.found.append(Delivery(path, shown, refused=diagnosis))
        return
    search.found.append(Delivery(path, shown, kind, size))


def _archive(path: Path, shown: str, search: _Search, depth: int) -> None:
    diagnosis = FileDiagnosis(shown, "zip archive", size_bytes=path.stat().st_size)
    target = search.scratch / f"archive-{len(list(search.scratch.iterdir()))}"
    target.mkdir()
    if depth >= _DEEPEST_NESTING:
        reason = Text(f"archives are nested more than {_DEEPEST_NESTING} deep", f"压缩包嵌套超过{_DEEPEST_NESTING}层")
        tell(diagnosis, "IN37", reason=reason)
    else:
        try:
            with zipfile.ZipFile(path) as archive:
                _unpack(archive, path, target, search, diagnosis)
        except UNPACK_ERRORS as error:
            tell(diagnosis, "IN38", member=path.name, reason=_why(error))
    if diagnosis.problems or diagnosis.repairs:
        search.found.append(Delivery(path, shown, refused=diagnosis))
    before = len(search.found)
    if any(target.iterdir()):
        _folder(target, shown, search, depth + 1)
    if len(search.found) == before and not diagnosis.problems:
        tell(diagnosis, "IN22")
        search.found.append(Delivery(path, shown, refused=diagnosis))


def _why(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:160]


def _unpack(archive: zipfile.ZipFile, path: Path, target: Path, search: _Search, diagnosis: FileDiagnosis) -> None:
    members = [member for member in archive.infolist() if not _LITTER.search(member.filename)]
    total = sum(member.file_size for member in members)
    packed = max(1, path.stat().st_size)
    reason = None
    if len(members) > _MOST_MEMBERS:
        reason = Text(f"it has {len(members)} members, more than {_MOST_MEMBERS}", f"含{len(members)}个成员，超过{_MOST_MEMBERS}个")
    elif search.unpacked + total > _MOST_BYTES:
        reason = Text(f"it unpacks to {total // MEGABYTE} MB", f"解压后达{total // MEGABYTE} MB")
    elif total > _HARMLESS_BYTES and total > _MOST_RATIO * packed:
        reason = Text(f"it unpacks to {total // packed} times its size", f"解压后为原大小的{total // packed}倍")
    if reason is not None:
        tell(diagnosis, "IN37", reason=reason)
        return
    names = _names(members, diagnosis)
    taken: set[str] = set()
    for member, name in zip(members, names, strict=True):
        if member.is_dir() or name.endswith("/"):
            continue
        safe = _safe(name)
        if safe is None or stat.S_ISLNK(member.external_attr >> 16):
            tell(diagnosis, "IN36", member=name)
        elif safe.lower() in taken:
            tell(diagnosis, "IN38", member=name, reason=Text("the name occurs twice", "名称重复"))
        elif member.flag_bits & _ENCRYPTED:
            tell(diagnosis, "IN38", member=name, reason=Text("it is locked by a password", "已加密"))
        else:
            taken.add(safe.lower())
            _extract(archive, member, target / safe, search, diagnosis)


def _names(members: list[zipfile.ZipInfo], diagnosis: FileDiagnosis) -> list[str]:
    # Without the flag the library takes names for code page 437, which keeps every byte: that is undone here.
    raw = [b"" if member.flag_bits & _UTF8_NAMES else member.orig_filename.encode("cp437", "replace") for member in members]
    telling = [name for name in raw if not name.isascii()]
    if not telling:
        return [member.filename.replace("\\", "/") for member in members]
    proof = prove_encoding(telling)
    codec = proved_codec(proof)
    names = [
        name.decode(codec, "replace") if not name.isascii() and name else member.filename for name, member in zip(raw, members, strict=True)
    ]
    sample = telling[0].decode(codec, "replace")
    if proof.proved:
        repaired(diagnosis, "RP10", features=len(telling), encoding=proof.encoding, sample=sample)
    else:
        tell(diagnosis, "IN07", candidates=", ".join(proof.candidates), encoding=proof.encoding, sample=sample)
    return [name.replace("\\", "/") for name in names]


def _safe(name: str) -> str | None:
    """Give the relative path of a member, None where it points anywhere else."""
    if name.startswith("/") or re.match(r"^[A-Za-z]:", name) or "\0" in name:
        return None
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if not parts or ".." in parts:
        return None
    return "/".join(_shortened(re.sub(r'[<>:"|?*\x01-\x1f]', "_", part)) for part in parts)


def _shortened(part: str) -> str:
    encoded = part.encode("utf-8", "replace")
    if len(encoded) <= _LONGEST_NAME_BYTES:
        return part
    suffix = Path(part).suffix[:20]
    return encoded[: _LONGEST_NAME_BYTES - len(suffix.encode())].decode("utf-8", "ignore") + suffix


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, search: _Search, diagnosis: FileDiagnosis) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink, _COPY_BYTES)
            search.unpacked += sink.tell()
    except UNPACK_ERRORS as error:
        target.unlink(missing_ok=True)
        tell(diagnosis, "IN38", member=member.filename, reason=_why(error))
