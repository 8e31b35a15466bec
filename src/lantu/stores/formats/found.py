"""What a reader hands over before anything is judged · 读取所得的原始图层."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(slots=True)
class FoundLayer:
    """One layer as its file holds it, names and values unchanged · 原始图层.

    Parameters
    ----------
    name
        Name of the table, sheet or file.
    table
        Attributes, one row per feature; column names as in the file, made unique.
    wkb
        Geometry as WKB in any flavour, null where a feature has none; None for a table without geometry.
    declared_crs
        What the file says of its CRS: code, WKT, PROJJSON; None where it says nothing.
    curves
        How many features had curved edges that were read as chords.
    geometry_is_guess
        True where rows became points by the names of two columns.
    """

    name: str
    table: pa.Table
    wkb: pa.ChunkedArray | None
    declared_crs: str | None = None
    curves: int = 0
    source_names: dict[str, str] = field(default_factory=dict)


class ReadingFailed(Exception):  # says what happened; never leaves this room
    """A reader gives up, with the reason in the words of the format's library · 读取失败.

    Parameters
    ----------
    code
        Key of the table of problems.
    **values
        One value per placeholder.
    """

    def __init__(self, code: str, **values: Any) -> None:  # noqa: ANN401  # whatever the placeholders of a message take
        super().__init__(code, values)
        self.code = code
        self.values = values
