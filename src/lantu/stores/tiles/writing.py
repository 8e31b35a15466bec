"""Writing a PMTiles archive, whole or not at all · 写入瓦片库."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from pmtiles.tile import Compression, Entry, TileType, serialize_header, tileid_to_zxy, zxy_to_tileid
from pmtiles.writer import optimize_directories

from lantu.stores.layers.atomic_files import finish, remove_abandoned, unfinished_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pmtiles.tile import HeaderDict

    Tile = tuple[tuple[int, int, int], bytes]
    Box = tuple[float, float, float, float]
    Kind = Literal["mvt", "webp", "png"]

_KINDS = {"mvt": TileType.MVT, "webp": TileType.WEBP, "png": TileType.PNG}
_HEADER_BYTES = 127
_ROOT_BYTES = 16_384 - _HEADER_BYTES
# Measured on a million parcels: level 1 takes half the time of level 6 and a ninth more room.
_LEVEL = 1
_GZIP = 31
_AHEAD = 64
# Inside a large feature one tile is like the other, thousands of times over.
_SMALL_BYTES = 1024
_KNOWN = 4096


def write_archive(  # noqa: PLR0913  # what to write, and how
    path: Path,
    tiles: Iterable[Tile],
    *,
    kind: Kind,
    bounds: Box,
    metadata: Mapping[str, Any],
    ready: Iterable[Tile] = (),
    workers: int = 1,
) -> int:
    """Write an archive; until it is complete nothing stands under its name · 写入瓦片库.

    Parameters
    ----------
    path
        Where it will stand.
    tiles
        Zoom, column and row, and the bytes of each tile; vector tiles are compressed on the way.
    kind
        ``mvt``, ``webp`` or ``png``.
    bounds
        West, south, east, north in degrees.
    metadata
        Kept in the archive, as JSON.
    ready
        Further tiles that are stored as they are, such as those of an earlier archive; one of `tiles` goes before one of these.
    workers
        Threads that compress.

    Returns
    -------
    int
        Number of tiles.
    """
    stored: dict[int, bytes] = {zxy_to_tileid(*place): content for place, content in ready}
    packed = _compressed(tiles, workers) if kind == "mvt" else tiles
    for place, content in packed:
        stored[zxy_to_tileid(*place)] = content
    ids = sorted(stored)
    entries, contents = _lay_out(ids, stored)
    root, leaves, _ = optimize_directories(entries, _ROOT_BYTES)  # type: ignore[no-untyped-call]  # pmtiles leaves it untyped
    described = gzip.compress(json.dumps(dict(metadata), ensure_ascii=False, sort_keys=True).encode(), mtime=0)
    header = _header(ids, entries, contents, (len(root), len(described), len(leaves)), bounds)
    header["tile_type"] = _KINDS[kind]
    header["tile_compression"] = Compression.GZIP if kind == "mvt" else Compression.NONE
    remove_abandoned(path.parent)
    with unfinished_file(path.parent) as unfinished:
        with unfinished.open("wb") as file:
            for part in (serialize_header(header), root, described, leaves, *contents):
                file.write(part)
        finish(unfinished, path)
    return len(ids)


def _compress(content: bytes) -> bytes:
    return _compress_small(content) if len(content) <= _SMALL_BYTES else _compress_any(content)


@lru_cache(maxsize=_KNOWN)
def _compress_small(content: bytes) -> bytes:
    return _compress_any(content)


def _compress_any(content: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packer.compress(content) + packer.flush()


def _compressed(tiles: Iterable[Tile], workers: int) -> Iterator[Tile]:
    """Compress tiles in order, a few ahead of whoever takes them."""
    if workers <= 1:
        yield from ((place, _compress(content)) for place, content in tiles)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[tuple[tuple[int, int, int], Any]] = deque()
        for place, content in tiles:
            waiting.append((place, pool.submit(_compress, content)))
            if len(waiting) > _AHEAD:
                first, future = waiting.popleft()
                yield first, future.result()
        for first, future in waiting:
            yield first, future.result()


def _lay_out(ids: list[int], stored: Mapping[int, bytes]) -> tuple[list[Entry], list[bytes]]:
    """Give each content one place; equal tiles side by side share an entry."""
    entries: list[Entry] = []
    contents: list[bytes] = []
    places: dict[bytes, int] = {}
    end = 0
    for tile_id in ids:
        content = stored[tile_id]
        mark = hashlib.sha256(content).digest()
        if mark not in places:
            places[mark] = end
            contents.append(content)
            end += len(content)
        last = entries[-1] if entries else None
        if last is not None and last.offset == places[mark] and last.tile_id + last.run_length == tile_id:
            last.run_length += 1
        else:
            entries.append(Entry(tile_id, places[mark], len(content), 1))
    return entries, contents


def _header(ids: list[int], entries: list[Entry], contents: list[bytes], sizes: tuple[int, int, int], bounds: Box) -> HeaderDict:
    root, described, leaves = sizes
    west, south, east, north = (round(side * 1e7) for side in bounds)
    zooms = (tileid_to_zxy(ids[0])[0], tileid_to_zxy(ids[-1])[0]) if ids else (0, 0)
    data = _HEADER_BYTES + root + described + leaves
    return {
        "version": 3,
        "root_offset": _HEADER_BYTES,
        "root_length": root,
        "metadata_offset": _HEADER_BYTES + root,
        "metadata_length": described,
        "leaf_directory_offset": _HEADER_BYTES + root + described,
        "leaf_directory_length": leaves,
        "tile_data_offset": data,
        "tile_data_length": sum(map(len, contents)),
        "addressed_tiles_count": len(ids),
        "tile_entries_count": len(entries),
        "tile_contents_count": len(contents),
        "clustered": True,
        "internal_compression": Compression.GZIP,
        "tile_compression": Compression.NONE,
        "tile_type": TileType.MVT,
        "min_zoom": zooms[0],
        "max_zoom": zooms[1],
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": zooms[0],
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }
