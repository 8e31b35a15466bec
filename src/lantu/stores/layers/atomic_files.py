"""A file is there whole, or not at all · 文件的原子写入."""

from __future__ import annotations

import os
import secrets
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNFINISHED = ".unfinished"
_DAY_S = 86_400


@contextmanager
def unfinished_file(folder: Path) -> Iterator[Path]:
    """Give a path of a new file in a folder, to be renamed by `finish`; what is not renamed is removed · 临时文件.

    Parameters
    ----------
    folder
        Where the finished file will stand; made where it is missing. Renaming is atomic only inside one folder's
        file system.

    Yields
    ------
    pathlib.Path
        A name that no other writer uses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".{os.getpid()}-{secrets.token_hex(8)}{UNFINISHED}"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def finish(unfinished: Path, path: Path) -> None:
    """Put a finished file in its place so that a power cut cannot halve it · 落盘并改名.

    Parameters
    ----------
    unfinished
        The file, closed.
    path
        Its place, in the same folder.
    """
    with unfinished.open("rb+") as file:
        os.fsync(file.fileno())
    unfinished.replace(path)
    if hasattr(os, "O_DIRECTORY"):  # folders cannot be synchronised on Windows, which journals the renaming itself
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def remove_abandoned(folder: Path) -> None:
    """Remove what killed writers left behind · 清除中断写入的残留.

    Parameters
    ----------
    folder
        A folder of finished files. Younger remains than a day may belong to a writer at work and are kept.
    """
    for path in folder.glob(f".*{UNFINISHED}"):
        try:
            if time.time() - path.stat().st_mtime > _DAY_S:
                path.unlink()
        except FileNotFoundError:
            continue  # its writer has just finished
