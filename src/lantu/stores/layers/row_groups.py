"""Row groups that were read lately, kept in memory: versions never change · 近期读取的行组."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from lantu.stores.layers.geoparquet import box_bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    import pyarrow.parquet as pq

    _Opening = Callable[[], pq.ParquetFile]

_Key = tuple["Path", int, str]
_BOXES = ""


class RowGroups:
    """Columns of row groups that were read lately, the least used forgotten first · 行组缓存.

    Sheets of parcels and boxes of the map ask again and again for the same few hundred kilobytes; unpacking them takes most of the
    time of an answer. What is kept holds for one reading of a file's footer: a file that was replaced is read anew.

    Parameters
    ----------
    most_bytes
        No more is kept than this, unpacked.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, tuple[pq.FileMetaData, Any]] = OrderedDict()
        self._bytes = 0

    @property
    def kept_bytes(self) -> int:
        """How much is kept now · 已缓存字节数."""
        return self._bytes

    def table(self, path: Path, footer: pq.FileMetaData, group: int, columns: Sequence[str], open_file: _Opening) -> pa.Table:
        """Give columns of a row group · 取行组的列.

        Parameters
        ----------
        path
            The file.
        footer
            Its footer, as read from the file as it is now.
        group
            Number of the row group.
        columns
            Their names, in the order wanted.
        open_file
            Gives the file, where it has to be read.

        Returns
        -------
        pyarrow.Table
            Every row.
        """
        found = {name: self._find((path, group, name), footer) for name in columns}
        missing = [name for name, column in found.items() if column is None]
        if missing:
            read = open_file().read_row_group(group, columns=missing, use_threads=False)
            for name in missing:
                # As tables of one column, which keep what the file says of the field.
                found[name] = read.select([name])
                self._keep((path, group, name), footer, found[name])
        schema = pa.schema([found[name].schema.field(0) for name in columns])
        return pa.Table.from_arrays([found[name].column(0) for name in columns], schema=schema)

    def boxes(self, path: Path, footer: pq.FileMetaData, group: int, column: str, open_file: _Opening) -> npt.NDArray[np.float64]:
        """Give the bounds of the features of a row group · 取行组内要素外包框.

        Parameters
        ----------
        path
            The file.
        footer
            As for `table`.
        group
            Number of the row group.
        column
            Name of its bounding-box column.
        open_file
            As for `table`.

        Returns
        -------
        numpy.ndarray of float64
            xmin, ymin, xmax, ymax, shape ``(n, 4)``.
        """
        known: npt.NDArray[np.float64] | None = self._find((path, group, _BOXES), footer)
        if known is None:
            known = box_bounds(open_file().read_row_group(group, columns=[column], use_threads=False).column(0))
            self._keep((path, group, _BOXES), footer, known)
        return known

    def _find(self, key: _Key, footer: pq.FileMetaData) -> Any:  # noqa: ANN401  # a column, or bounds
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or kept[0] is not footer:
                return None
            self._kept.move_to_end(key)
            return kept[1]

    def _keep(self, key: _Key, footer: pq.FileMetaData, content: Any) -> None:  # noqa: ANN401  # as above
        with self._lock:
            before = self._kept.pop(key, None)
            if before is not None:
                self._bytes -= before[1].nbytes
            self._kept[key] = footer, content
            self._bytes += content.nbytes
            while self._bytes > self._most_bytes:
                _, (_, forgotten) = self._kept.popitem(last=False)
                self._bytes -= forgotten.nbytes
