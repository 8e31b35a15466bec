"""The seal: the head of the trail, kept outside the database · 封印文件."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PARTS = 2


class Seal:
    """A file to which the head of the trail is appended after every commit · 封印.

    A line is a sequence and the hash of that event. A process that is killed between commit and line leaves the seal
    behind the trail, never ahead of it: so a seal ahead of the trail proves a cut-off tail.

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
        """
        # One write to a file opened for appending: lines of two processes do not mix.
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            os.write(handle, f"{sequence} {digest}\n".encode())
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
            parts = line.split()
            if len(parts) == _PARTS and parts[0].isdigit():
                found[int(parts[0])] = parts[1]
            elif line.endswith("\n"):
                found[-1] = line.strip()
        return found
