"""The seal: the head of the trail, kept outside the database · 封印文件."""

from __future__ import annotations

import errno
import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_LINE = re.compile(r"([0-9]{1,18}) ([0-9a-f]{64})\n")
_TORN = re.compile(r"[0-9]{1,18}( [0-9a-f]{0,63})?\n")


class Seal:
    """A file to which the head of the trail is appended after every commit · 封印.

    A line is a sequence and the hash of that event. A process that is killed between commit and line leaves the seal
    behind the trail, never ahead of it: so a seal ahead of the trail proves a cut-off tail. A line that the power left
    half-written was never answered for; the next one begins on a line of its own.

    Parameters
    ----------
    path
        Of the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, sequence: int, digest: str) -> None:
        """Append the head · 追加链尾.

        Parameters
        ----------
        sequence
            Of the last event.
        digest
            Its hash.

        Raises
        ------
        OSError
            If the line does not fit on the disk; what was written of it is taken back.
        """
        line = f"{sequence} {digest}\n".encode()
        # One write to a file opened for appending: lines of two processes do not mix.
        handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            size = os.fstat(handle).st_size
            if size and os.pread(handle, 1, size - 1) != b"\n":
                line = b"\n" + line
            written = os.write(handle, line)
            if written < len(line):
                os.ftruncate(handle, os.lseek(handle, 0, os.SEEK_CUR) - written)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
        finally:
            os.close(handle)

    def open(self) -> None:
        """Begin the seal of a trail without events · 启用封印."""
        if not self.path.exists():
            self.append(0, "0" * 64)

    def heads(self) -> dict[int, str]:
        """Give all heads that were sealed · 全部封印.

        Returns
        -------
        dict of int to str
            Hash by sequence; a line that is none has the sequence -1 and is its own hash.
        """
        if not self.path.is_file():
            return {}
        found: dict[int, str] = {}
        lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        for line in lines:
            complete = _LINE.fullmatch(line)
            if complete is not None:
                found[int(complete[1])] = complete[2]
            elif line.endswith("\n") and _TORN.fullmatch(line) is None:
                found[-1] = line.strip()
        return found
