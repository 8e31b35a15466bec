"""Tables of plain text that line up in both languages · 纯文本表格."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def plain_table(rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()) -> str:
    """Line up rows; a Chinese character takes the room of two letters · 对齐表格.

    Parameters
    ----------
    rows
        Cells; all rows have as many.
    right
        Columns that end at the right, as numbers do.

    Returns
    -------
    str
        One line a row.

    Examples
    --------
    >>> print(plain_table([["面积", "m²"], ["A", "12.5"]], right=frozenset({1})))
    面积    m²
    A     12.5
    """
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    lines = []
    for row in rows:
        cells = []
        for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
            blank = " " * (width - _width(cell))
            cells.append(blank + cell if column in right else cell + blank)
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
