"""Whether an archive may be opened at all, told from its last bytes · 压缩包安全预检."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from lantu.vocabulary.errors import InputUnreadable
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

# What the library raises over members that are damaged, locked, lie about their size, or have names that no disk takes.
UNPACK_ERRORS = (
    zipfile.BadZipFile,
    OSError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    ValueError,
    zlib.error,
    OverflowError,
    UnicodeError,
)
_END = b"PK\x05\x06"
_END_SIZE = 22
_END64_LOCATOR = b"PK\x06\x07"
_END64_LOCATOR_SIZE = 20
_END64 = b"PK\x06\x06"
_END64_SIZE = 56
_LONGEST_COMMENT = 65_535
_IN_END64 = 0xFFFFFFFF
# Room for 20,000 members with names and extra fields of some eight hundred bytes each.
_MOST_DIRECTORY_BYTES = 16 * 1024 * 1024


def require_sound_archive(path: Path) -> None:
    """Refuse an archive whose list of members alone would fill the memory · 拒绝目录过大的压缩包.

    Reading that list is the first thing that every library does, before any limit of ours can be held against it.

    Parameters
    ----------
    path
        A zip archive.

    Raises
    ------
    InputUnreadable
        If it has no end as a zip has, or its directory is larger than any plan package needs.
    """
    with path.open("rb") as source:
        size = _directory_bytes(source)
    if size is None:
        raise InputUnreadable(
            Text(f"{path.name} is no complete zip archive: its end is missing.", f"{path.name}不是完整的压缩包：缺少结尾。"),
            Text("Pack the package again and check that it opens.", "请重新打包，并确认可以打开。"),
        )
    if size > _MOST_DIRECTORY_BYTES:
        raise InputUnreadable(
            Text(f"{path.name} lists more members than any plan package has.", f"{path.name}的成员数远超正常成果包。"),
            Text("Pack the folder of the plan package alone.", "请仅打包成果目录。"),
        )


def _directory_bytes(source: BinaryIO) -> int | None:
    source.seek(0, 2)
    size = source.tell()
    start = max(0, size - _END_SIZE - _LONGEST_COMMENT)
    source.seek(start)
    tail = source.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        return None
    (directory,) = struct.unpack_from("<L", tail, at + 12)
    if directory != _IN_END64:
        return int(directory)
    locator = tail[max(0, at - _END64_LOCATOR_SIZE) : at]
    if not locator.startswith(_END64_LOCATOR):
        return int(directory)
    (place,) = struct.unpack_from("<Q", locator, 8)
    if place + _END64_SIZE > size:
        return None
    source.seek(place)
    record = source.read(_END64_SIZE)
    if not record.startswith(_END64):
        return None
    return int(struct.unpack_from("<Q", record, 40)[0])
