"""Large files that arrive piece by piece, and may stop in between · 断点续传."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import time
from typing import TYPE_CHECKING

from lantu.capabilities.plan_making.submissions.refusals import UploadOutOfStep, UploadRefused, UploadTooLarge
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

MEGABYTE = 1024 * 1024
_READ_BYTES = 4 * MEGABYTE
# Room that stays free on the disk, or the database could no longer write.
_SPARE_BYTES = 512 * MEGABYTE
_LONGEST_NAME_BYTES = 180
_ZIP = b"PK\x03\x04"
# A lock whose holder died is taken over after this time without a byte.
_STALE_LOCK_SECONDS = 120.0


def safe_name(name: str) -> str:
    r"""Give the last part of a file's name without anything that could lead elsewhere · 安全文件名.

    Parameters
    ----------
    name
        As the browser gave it.

    Returns
    -------
    str
        One path component in at most 180 bytes, ending in ``.zip``.

    Raises
    ------
    UploadRefused
        If nothing is left of it, or it is no zip.

    Examples
    --------
    >>> safe_name("..\\..\\plans/320583 a.zip")
    '320583 a.zip'
    """
    last = re.split(r"[\\/]", name)[-1]
    clean = re.sub(r'[<>:"|?*\x00-\x1f\x7f]', "_", last).strip(" .")
    if not clean.lower().endswith(".zip") or clean.lower() == "zip":
        raise UploadRefused(
            Text(f"{clean or 'The file'} is no zip archive.", f"{clean or '该文件'}不是zip压缩包。"),
            Text("Pack the folder of the plan package as one .zip and upload that.", "请将成果目录打包为一个.zip后上传。"),
        )
    stem = clean[:-4].encode("utf-8", "replace")[:_LONGEST_NAME_BYTES].decode("utf-8", "ignore")
    return f"{stem}.zip"


def require_room(folder: Path, size_bytes: int) -> None:
    """Refuse a file that the disk cannot take · 检查磁盘余量.

    Parameters
    ----------
    folder
        Where it would be written.
    size_bytes
        How large it is.

    Raises
    ------
    UploadTooLarge
        If it does not fit.
    """
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if size_bytes + _SPARE_BYTES > free:
        raise UploadTooLarge(
            Text(
                f"The file needs {size_bytes // MEGABYTE} MB; the disk has {free // MEGABYTE} MB left.",
                f"文件需要{size_bytes // MEGABYTE} MB，磁盘仅余{free // MEGABYTE} MB。",
            ),
            Text("Ask the administrator to make room.", "请联系管理员清理磁盘。"),
        )


def received_bytes(path: Path) -> int:
    """Say how much of a file has arrived; the file itself is the truth · 已接收字节数.

    Parameters
    ----------
    path
        The unfinished file.

    Returns
    -------
    int
        Its size, 0 where there is none yet.
    """
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


async def append_piece(path: Path, offset: int, size_bytes: int, pieces: AsyncIterator[bytes], expected_sha256: str = "") -> int:
    """Append what arrives, in constant memory; what was acknowledged is on the disk · 追加分块.

    A connection that breaks leaves what has arrived: the sender asks how far it came and goes on from there. A piece
    that does not match its hash leaves nothing.

    Parameters
    ----------
    path
        The unfinished file.
    offset
        Where the sender believes the piece begins.
    size_bytes
        Size of the whole file as announced.
    pieces
        Bytes as they arrive.
    expected_sha256
        Hash of the piece in hex, empty where the sender gave none.

    Returns
    -------
    int
        How much of the file has arrived now.

    Raises
    ------
    UploadOutOfStep
        If the piece begins elsewhere, or another piece of the same file is on its way.
    UploadTooLarge
        If more arrives than was announced.
    UploadRefused
        If the piece does not match its hash.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _only_writer(path):
        have = received_bytes(path)
        if offset != have:
            raise UploadOutOfStep(
                Text(f"The piece begins at byte {offset}, but {have} bytes have arrived.", f"分块起点为{offset}，而已接收{have}字节。"),
                Text("Ask for the offset and go on from there.", "请查询偏移量后续传。"),
            )
        digest = hashlib.sha256()
        with path.open("ab") as sink:
            try:
                async for piece in pieces:
                    have += len(piece)
                    if have > size_bytes:
                        sink.truncate(offset)
                        raise UploadTooLarge(
                            Text(f"More than the announced {size_bytes} bytes arrive.", f"数据超过申报的{size_bytes}字节。"),
                            Text("Begin the upload anew with the file's true size.", "请按文件真实大小重新上传。"),
                        )
                    digest.update(piece)
                    sink.write(piece)
                if expected_sha256 and digest.hexdigest() != expected_sha256.lower():
                    sink.truncate(offset)
                    raise UploadRefused(
                        Text("The piece was damaged on its way: its hash differs.", "分块在传输中损坏：哈希不符。"),
                        Text("Send the piece again.", "请重新发送该分块。"),
                    )
            finally:
                sink.flush()
                os.fsync(sink.fileno())
    return have


@contextlib.contextmanager
def _only_writer(path: Path):  # type: ignore[no-untyped-def]  # a plain generator of nothing
    lock = path.with_suffix(".lock")
    with contextlib.suppress(FileNotFoundError):
        if time.time() - max(lock.stat().st_mtime, path.stat().st_mtime if path.exists() else 0.0) > _STALE_LOCK_SECONDS:
            lock.unlink(missing_ok=True)
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise UploadOutOfStep(
            Text("Another piece of this file is on its way.", "该文件的另一分块正在传输。"),
            Text("Wait for it, ask for the offset, and go on from there.", "请等待其完成，查询偏移量后续传。"),
        ) from error
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def forget_locks(folder: Path) -> None:
    """Remove the locks of a server that was killed; call it before the first piece · 清除残留锁.

    Parameters
    ----------
    folder
        Where unfinished files lie.
    """
    for lock in folder.glob("*.lock"):
        lock.unlink(missing_ok=True)


def hash_file(path: Path) -> str:
    """Hash a file in constant memory · 计算文件哈希.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    str
        SHA-256 in hex.
    """
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while piece := source.read(_READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def require_zip(path: Path) -> None:
    """Refuse a file that does not begin as a zip does · 检查文件头.

    Parameters
    ----------
    path
        The finished file.

    Raises
    ------
    UploadRefused
        If it is something else under that name.
    """
    with path.open("rb") as source:
        if source.read(len(_ZIP)) != _ZIP:
            raise UploadRefused(
                Text("The file is called .zip but is no zip archive, or an empty one.", "文件扩展名为.zip，但不是有效的压缩包，或为空包。"),
                Text("Pack the package's folder again and upload it anew.", "请重新打包成果目录并上传。"),
            )


def expire(folder: Path, oldest_seconds: float) -> list[str]:
    """Remove uploads that nobody went on with · 清理放弃的上传.

    Parameters
    ----------
    folder
        Where unfinished files lie.
    oldest_seconds
        How long a file may rest.

    Returns
    -------
    list of str
        Ids of what was removed.
    """
    limit = time.time() - oldest_seconds
    gone = []
    for path in sorted(folder.glob("*.part")):
        if path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
            gone.append(path.stem)
    return gone
