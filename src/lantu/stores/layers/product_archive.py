"""What was computed from layer versions, kept for the next run · 叠加成果存档."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from lantu.stores.layers.atomic_files import finish, remove_abandoned, unfinished_file
from lantu.stores.layers.geoparquet import BROKEN_FILE
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from pathlib import Path

_KEY = b"lantu_product"
_DAMAGED = ".damaged"


class ProductArchive:
    """Tables by the key of what they were computed from · 成果存档.

    Keys name layer versions, so a product never grows stale: other content has another key. A product that turns
    out damaged is set aside and computed again; `verify` goes on naming it.

    Parameters
    ----------
    folder
        Where products stand; made by the first writing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> pa.Table | None:
        """Give a product that was kept · 取成果.

        Parameters
        ----------
        key
            As it was put.

        Returns
        -------
        pyarrow.Table or None
            None where it was never kept, or was found damaged.
        """
        path = self._path(key)
        if not path.exists():
            return None
        try:
            table = pq.read_table(path, page_checksum_verification=True, partitioning=None)
            kept_key = (table.schema.metadata or {}).get(_KEY, b"")
        except FileNotFoundError:
            return None
        except BROKEN_FILE:
            path.replace(path.with_suffix(_DAMAGED))
            return None
        if kept_key != key.encode():
            path.replace(path.with_suffix(_DAMAGED))
            return None
        metadata = {name: value for name, value in table.schema.metadata.items() if name != _KEY}
        return table.replace_schema_metadata(metadata or None)

    def put(self, key: str, table: pa.Table) -> None:
        """Keep a product, whole or not at all · 存成果.

        Parameters
        ----------
        key
            Made of the versions it was computed from and of everything else that decided it.
        table
            The product.
        """
        path = self._path(key)
        remove_abandoned(self._folder)
        with unfinished_file(self._folder) as unfinished:
            marked = table.replace_schema_metadata({**(table.schema.metadata or {}), _KEY: key.encode()})
            pq.write_table(marked, unfinished, compression="zstd", compression_level=1, write_page_checksum=True)
            finish(unfinished, path)

    def verify(self) -> list[tuple[Path, Text]]:
        """Read every product · 校验成果.

        Returns
        -------
        list of tuple
            Path and fault of those that are damaged, those set aside earlier included.
        """
        faults = [
            (path, Text("was found damaged and set aside; remove it", "曾发现损坏并已移出，可删除"))
            for path in sorted(self._folder.glob(f"*{_DAMAGED}"))
        ]
        for path in sorted(self._folder.glob("*.parquet")):
            try:
                table = pq.read_table(path, page_checksum_verification=True, partitioning=None)
                key = (table.schema.metadata or {}).get(_KEY, b"").decode()
            except BROKEN_FILE as error:
                faults.append((path, Text(f"cannot be read: {error}", f"无法读取：{error}")))
                continue
            if self._path(key) != path:
                faults.append((path, Text("stands under another key than its own", "文件名与成果键不符")))
        return faults

    def _path(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.parquet"
