"""Reading tiles from a PMTiles archive · 读取瓦片库."""

from __future__ import annotations

import gzip
import json
import mmap
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pmtiles.tile import (
    Compression,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    deserialize_header,
    tileid_to_zxy,
    zxy_to_tileid,
)

from lantu.vocabulary.errors import StoreDamaged
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import numpy.typing as npt
    from pmtiles.tile import Entry

_HEADER_BYTES = 127
_OPEN_ARCHIVES = 64
_BROKEN = (OSError, ValueError, EOFError, IndexError, KeyError, MagicNumberNotFound, SpecVersionUnsupported)
_MEDIA_TYPES = {
    TileType.MVT: "application/vnd.mapbox-vector-tile",
    TileType.PNG: "image/png",
    TileType.WEBP: "image/webp",
}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What an archive says of itself · 瓦片库元数据.

    Parameters
    ----------
    media_type
        Of its tiles.
    gzipped
        Whether tiles are stored compressed by gzip.
    minzoom
        Lowest zoom with tiles.
    maxzoom
        Highest zoom with tiles.
    bounds
        West, south, east, north in degrees.
    own
        Whatever was handed over when it was written.
    """

    media_type: str
    gzipped: bool
    minzoom: int
    maxzoom: int
    bounds: tuple[float, float, float, float]
    own: Mapping[str, Any]


class TileArchive:
    """One archive, open for reading by any number of threads · 瓦片库文件.

    Parameters
    ----------
    path
        A PMTiles file, version 3.

    Raises
    ------
    StoreDamaged
        If it is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            header = deserialize_header(self._bytes[:_HEADER_BYTES])
            own = json.loads(gzip.decompress(self._part(header["metadata_offset"], header["metadata_length"])))
            entries = self._entries(header["root_offset"], header["root_length"], header["leaf_directory_offset"])
        except _BROKEN as error:
            raise _damaged(path, error) from error
        self.metadata = Metadata(
            media_type=_MEDIA_TYPES.get(header["tile_type"], "application/octet-stream"),
            gzipped=header["tile_compression"] == Compression.GZIP,
            minzoom=header["min_zoom"],
            maxzoom=header["max_zoom"],
            bounds=(header["min_lon_e7"] / 1e7, header["min_lat_e7"] / 1e7, header["max_lon_e7"] / 1e7, header["max_lat_e7"] / 1e7),
            own=own,
        )
        self._ids = np.array([entry.tile_id for entry in entries], np.int64)
        self._runs = np.array([entry.run_length for entry in entries], np.int64)
        self._lengths = np.array([entry.length for entry in entries], np.int64)
        self._offsets = np.array([entry.offset for entry in entries], np.int64) + header["tile_data_offset"]
        if len(entries) and int((self._offsets + self._lengths).max()) > len(self._bytes):
            raise _damaged(path, "it is cut short")

    def _part(self, offset: int, length: int) -> bytes:
        return self._bytes[offset : offset + length]

    def _entries(self, offset: int, length: int, leaves: int) -> list[Entry]:
        found: list[Entry] = []
        for entry in deserialize_directory(self._part(offset, length)):
            found += [entry] if entry.run_length else self._entries(leaves + entry.offset, entry.length, leaves)
        return found

    def __len__(self) -> int:
        """Count the tiles · 瓦片数."""
        return int(self._runs.sum())

    def get(self, z: int, x: int, y: int) -> bytes | None:
        """Read one tile as it is stored · 读取瓦片.

        Parameters
        ----------
        z
            Zoom.
        x
            Column.
        y
            Row from the north.

        Returns
        -------
        bytes or None
            None where the archive has no such tile.
        """
        if not 0 <= z <= self.metadata.maxzoom or not 0 <= x < 1 << z or not 0 <= y < 1 << z:
            return None
        return self.get_by_id(zxy_to_tileid(z, x, y))

    def get_by_id(self, tile_id: int) -> bytes | None:
        """Read one tile by its number on the curve through all zooms · 按编号读取瓦片.

        Parameters
        ----------
        tile_id
            As PMTiles counts.

        Returns
        -------
        bytes or None
            None where the archive has no such tile.
        """
        place = int(np.searchsorted(self._ids, tile_id, side="right")) - 1
        if place < 0 or tile_id - int(self._ids[place]) >= int(self._runs[place]):
            return None
        return self._part(int(self._offsets[place]), int(self._lengths[place]))

    def tile_ids(self) -> npt.NDArray[np.int64]:
        """Give the numbers of all tiles, in order · 全部瓦片编号.

        Returns
        -------
        numpy.ndarray of int64
            Shape ``(len(self),)``.
        """
        begins = np.repeat(self._ids, self._runs)
        steps = np.arange(len(begins)) - np.repeat(np.cumsum(self._runs) - self._runs, self._runs)
        return np.asarray(begins + steps, np.int64)

    def tiles(self) -> Iterator[tuple[tuple[int, int, int], bytes]]:
        """Read every tile · 逐一读取.

        Yields
        ------
        tuple
            Zoom, column and row, and the bytes as stored.
        """
        for tile_id in self.tile_ids():
            found = self.get_by_id(int(tile_id))
            if found is not None:
                yield tileid_to_zxy(int(tile_id)), found

    def close(self) -> None:
        """Give the file back · 关闭."""
        self._bytes.close()


class TileShelf:
    """The archives of an office, each opened once · 瓦片库架.

    Archives never change, so one that is open stays right; the least used are closed by the garbage collector once no reader holds them.

    Parameters
    ----------
    folder
        Where they lie.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: OrderedDict[str, TileArchive] = OrderedDict()
        self._lock = threading.Lock()

    def archive(self, name: str) -> TileArchive:
        """Open an archive, or give the one that is open · 取瓦片库.

        Parameters
        ----------
        name
            File name inside the folder.

        Returns
        -------
        TileArchive
            Shared by everyone who asks.

        Raises
        ------
        StoreDamaged
            If there is none, or it is no archive.
        """
        with self._lock:
            found = self._open.get(name)
            if found is None:
                path = self.folder / name
                if path.parent != self.folder:
                    raise _damaged(path, "it lies outside the folder of tiles")
                found = self._open[name] = TileArchive(path)
            self._open.move_to_end(name)
            while len(self._open) > _OPEN_ARCHIVES:
                self._open.popitem(last=False)
            return found


def _damaged(path: Path, reason: object) -> StoreDamaged:
    return StoreDamaged(
        Text(f"The tile archive {path.name} cannot be read: {reason}.", f"瓦片库{path.name}无法读取：{reason}。"),
        Text("Publish the layer again; its tiles are made anew from the layer store.", "请重新发布该图层，瓦片将由图层库重新生成。"),
    )
