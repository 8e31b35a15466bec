"""Cuttings and attributes put together as Mapbox Vector Tiles 2.1 · 合成矢量瓦片."""

# ruff: noqa: ANN001, ANN202, PLR0913, PLR0917  # numba infers the types of compiled functions, and they take arrays one by one
# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False, disallow-untyped-calls=False

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numba
import numpy as np

from lantu.engines.tiling.grid_chains import CELLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from lantu.engines.tiling.attributes import Attributes
    from lantu.engines.tiling.cutting import Cuttings

    Tile = tuple[int, int, int]

_VERSION = 2


@dataclass(frozen=True, eq=False)
class Drawn:
    """What a run of features adds to the tiles of one zoom · 一批要素的裁切结果.

    Parameters
    ----------
    cuttings
        From `cut`.
    kind
        Kind of each feature that was cut.
    ids
        Number of each feature in the tiles, positive, int64.
    attributes
        Attributes of each feature.
    """

    cuttings: Cuttings
    kind: npt.NDArray[np.uint8]
    ids: npt.NDArray[np.int64]
    attributes: Attributes


def encode_tiles(name: str, z: int, drawn: Sequence[Drawn], wanted: npt.NDArray[np.int64] | None = None) -> Iterator[tuple[Tile, bytes]]:
    """Write the tiles of one zoom · 输出瓦片.

    Parameters
    ----------
    name
        Name of the layer in the tiles.
    z
        Zoom.
    drawn
        Runs of features, in the order in which tiles list them; all with the same attribute names.
    wanted
        Keys of the tiles wanted, see `tile_keys`; all where None.

    Yields
    ------
    tuple
        Zoom, column and row, and the tile's bytes, uncompressed; row by row from the north-west.
    """
    if not drawn:
        return
    names = drawn[0].attributes.names
    keys = np.concatenate([tile_keys(run.cuttings.x, run.cuttings.y) for run in drawn])
    runs = np.repeat(np.arange(len(drawn)), [len(run.cuttings.row) for run in drawn])
    places = np.concatenate([np.arange(len(run.cuttings.row)) for run in drawn])
    if wanted is not None:
        kept = np.isin(keys, wanted)
        keys, runs, places = keys[kept], runs[kept], places[kept]
    if not len(keys):
        # What lies in the box of a tile need not lie in the tile.
        return
    order = np.argsort(keys, kind="stable")
    keys, runs, places = keys[order], runs[order], places[order]
    head, tail = _layer_head(name, names)
    seen = [_Seen.of(run.attributes) for run in drawn]
    edges = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    for stamp, (begin, end) in enumerate(zip(edges, [*edges[1:], len(keys)], strict=True), start=1):
        key = int(keys[begin])
        body = _tile_body(drawn, seen, runs[begin:end], places[begin:end], stamp)
        yield (z, key & 0xFFFFFFFF, key >> 32), _wrap(0x1A, head + body + tail)


def tile_keys(x: npt.NDArray[np.int32], y: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Give the numbers of tiles of a zoom, row by row · 瓦片键.

    Parameters
    ----------
    x
        Columns.
    y
        Rows.

    Returns
    -------
    numpy.ndarray of int64
        Row times 2³² plus column.
    """
    return y.astype(np.int64) << 32 | x.astype(np.int64)


@dataclass(frozen=True, eq=False)
class _Seen:
    """Which values stand in the tile at hand already, and where."""

    stamp: npt.NDArray[np.int64]
    local: npt.NDArray[np.int64]

    @classmethod
    def of(cls, attributes: Attributes) -> _Seen:
        count = len(attributes.value_start) - 1
        return cls(np.zeros(count, np.int64), np.empty(count, np.int64))


def _tile_body(
    drawn: Sequence[Drawn], seen: Sequence[_Seen], runs: npt.NDArray[np.int64], places: npt.NDArray[np.int64], stamp: int
) -> bytes:
    """Write features, then values, of one tile; each run of features brings its values along."""
    features: list[bytes] = []
    values: list[bytes] = []
    count = 0
    edges = np.flatnonzero(np.concatenate([[True], runs[1:] != runs[:-1]]))
    for begin, end in zip(edges, [*edges[1:], len(runs)], strict=True):
        run = drawn[int(runs[begin])]
        own = places[begin:end]
        written, used, count = _write_features(
            own,
            run.cuttings.row,
            run.cuttings.start,
            run.cuttings.commands,
            run.kind,
            run.ids,
            run.attributes.codes,
            run.attributes.value_start,
            run.attributes.values,
            seen[int(runs[begin])].stamp,
            seen[int(runs[begin])].local,
            stamp,
            count,
        )
        features.append(written.tobytes())
        values.append(used.tobytes())
    return b"".join(features) + b"".join(values)


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:  # noqa: PLR2004  # seven bits a byte
        out.append((value & 0x7F) | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _wrap(tag: int, body: bytes) -> bytes:
    return bytes([tag]) + _number(len(body)) + body


def _layer_head(name: str, names: Sequence[str]) -> tuple[bytes, bytes]:
    """Give what stands before and behind the features: version and name; keys and extent."""
    head = bytes([0x78, _VERSION]) + _wrap(0x0A, name.encode())
    return head, b"".join(_wrap(0x1A, key.encode()) for key in names) + bytes([0x28]) + _number(CELLS)


@numba.njit(nogil=True, cache=True)
def _length_of_number(value):
    length = 1
    while value >= 128:  # noqa: PLR2004  # seven bits a byte
        value >>= 7
        length += 1
    return length


@numba.njit(nogil=True, cache=True)
def _put_number(out, at, value):
    while value >= 128:  # noqa: PLR2004  # seven bits a byte
        out[at] = (value & 127) | 128
        value >>= 7
        at += 1
    out[at] = value
    return at + 1


@numba.njit(nogil=True, cache=True)
def _write_features(places, row_of, start, commands, kind, ids, codes, value_start, values, stamps, local, stamp, count):
    """Write the features of one run in one tile, and the values that they are the first to use."""
    room = np.int64(0)
    for place in places:
        room += start[place + 1] - start[place]
    out = np.empty(room + len(places) * (48 + 12 * codes.shape[1]), np.uint8)
    used = np.empty(1024, np.uint8)
    used_at = np.int64(0)
    at = np.int64(0)
    tags = np.empty(2 * codes.shape[1], np.int64)
    for place in places:
        row = row_of[place]
        tag_count = 0
        tag_size = 0
        for column in range(codes.shape[1]):
            code = codes[row, column]
            if code < 0:
                continue
            if stamps[code] != stamp:
                stamps[code] = stamp
                local[code] = count
                count += 1
                size = value_start[code + 1] - value_start[code]
                if used_at + size > len(used):
                    grown = np.empty(max(2 * len(used), used_at + size), np.uint8)
                    grown[:used_at] = used[:used_at]
                    used = grown
                used[used_at : used_at + size] = values[value_start[code] : value_start[code + 1]]
                used_at += size
            tags[tag_count] = column
            tags[tag_count + 1] = local[code]
            tag_count += 2
            tag_size += _length_of_number(column) + _length_of_number(local[code])
        drawing = start[place + 1] - start[place]
        body = 1 + _length_of_number(ids[row]) + 2 + 1 + _length_of_number(drawing) + drawing
        if tag_count:
            body += 1 + _length_of_number(tag_size) + tag_size
        out[at] = 0x12
        at = _put_number(out, at + 1, body)
        out[at] = 0x08
        at = _put_number(out, at + 1, ids[row])
        if tag_count:
            out[at] = 0x12
            at = _put_number(out, at + 1, tag_size)
            for index in range(tag_count):
                at = _put_number(out, at, tags[index])
        out[at] = 0x18
        out[at + 1] = kind[row]
        out[at + 2] = 0x22
        at = _put_number(out, at + 3, drawing)
        out[at : at + drawing] = commands[start[place] : start[place + 1]]
        at += drawing
    return out[:at].copy(), used[:used_at].copy(), count
