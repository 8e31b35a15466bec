"""Features cut along the tiles of one zoom and written as drawing commands · 要素按瓦片裁切并编码为绘图指令."""

# ruff: noqa: ANN001, ANN202, C901, PLR0912, PLR0913, PLR0915, PLR0917  # numba infers the types of compiled functions, and they take arrays one by one
# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False, disallow-untyped-calls=False

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numba
import numpy as np

from lantu.engines.tiling.grid_chains import BUFFER, CELLS, cut_band, cut_line, quantise_chain, twice_area
from lantu.engines.tiling.shapes import LINE, POINT, POLYGON

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.engines.tiling.shapes import Shapes

    Tile = tuple[int, int]

_MOVE_TO, _LINE_TO, _CLOSE_PATH = 1, 2, 7
_SMALLEST_RING = 3
_LONGEST_NUMBER = 5


@dataclass(frozen=True, eq=False)
class Cuttings:
    """What each tile of a zoom shows of each feature · 裁切结果.

    Parameters
    ----------
    x
        Column of the tile of each cutting, int32.
    y
        Row of the tile.
    row
        Feature, counted within the shapes that were cut.
    start
        First byte of its drawing commands, and the end of the last, shape ``(n + 1,)``.
    commands
        Drawing commands as the tile specification encodes them, uint8.
    """

    x: npt.NDArray[np.int32]
    y: npt.NDArray[np.int32]
    row: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    commands: npt.NDArray[np.uint8]


def cut(shapes: Shapes, world: npt.NDArray[np.float64], z: int, only: Tile | None = None) -> Cuttings:
    """Cut features along the tiles of a zoom · 按缩放级别裁切.

    Every feature is shown in every tile whose buffered square it reaches into; one that the grid is too coarse for is shown as
    a single cell rather than left out.

    Parameters
    ----------
    shapes
        Features.
    world
        Their vertices in the unit square, shape of ``shapes.coords``.
    z
        Zoom.
    only
        Column and row of the single tile wanted; all tiles where None.

    Returns
    -------
    Cuttings
        Feature by feature, in the order of `shapes`.
    """
    column, line = only if only is not None else (-1, -1)
    x, y, row, start, commands = _cut_all(
        world, shapes.chain_start, shapes.chain_part, shapes.feature_start, shapes.kind, z, np.int64(column), np.int64(line)
    )
    return Cuttings(x, y, row, start, commands)


@numba.njit(nogil=True, cache=True)
def _put_number(out, at, value):
    """Write an unsigned number, seven bits a byte; gives the place behind it."""
    while value >= 128:  # noqa: PLR2004  # seven bits
        out[at] = (value & 127) | 128
        value >>= 7
        at += 1
    out[at] = value
    return at + 1


@numba.njit(nogil=True, cache=True)
def _put_signed(out, at, value):
    return _put_number(out, at, (value << 1) ^ (value >> 63))


@numba.njit(nogil=True, cache=True)
def _put_chain(out, at, grid, begin, end, turned, closed, pen):
    """Write a chain as MoveTo, LineTo and, for rings, ClosePath; the pen's place is kept in `pen`."""
    count = end - begin
    at = _put_number(out, at, (1 << 3) | _MOVE_TO)
    for step in range(count):
        # A ring turned round begins at the same cell.
        vertex = (begin if step == 0 else end - step) if turned else begin + step
        if step == 1:
            at = _put_number(out, at, ((count - 1) << 3) | _LINE_TO)
        at = _put_signed(out, at, grid[vertex, 0] - pen[0])
        at = _put_signed(out, at, grid[vertex, 1] - pen[1])
        pen[0] = grid[vertex, 0]
        pen[1] = grid[vertex, 1]
    if closed:
        at = _put_number(out, at, (1 << 3) | _CLOSE_PATH)
    return at


@numba.njit(nogil=True, cache=True)
def _put_cell(out, at, kind, x, y, pen):
    """Write a single cell: the whole of a feature that is smaller than that."""
    corner = np.empty((4, 2), np.int64)
    for index in range(4):
        corner[index, 0] = x + (1 if index in (1, 2) else 0)
        corner[index, 1] = y + (1 if index >= 2 else 0)  # noqa: PLR2004  # the two lower corners
    if kind == POLYGON:
        return _put_chain(out, at, corner, 0, 4, False, True, pen)  # noqa: FBT003  # compiled functions take no keywords
    return _put_chain(out, at, corner, 0, 2, False, False, pen)  # noqa: FBT003  # as above


@numba.njit(nogil=True, cache=True)
def _larger(array, needed):
    """Give the array, or a larger copy where it is too short."""
    if needed <= len(array):
        return array
    grown = np.empty(max(needed, 2 * len(array)), array.dtype)
    grown[: len(array)] = array
    return grown


@numba.njit(nogil=True, cache=True)
def _larger_cells(array, needed):
    if needed <= len(array):
        return array
    return np.empty((max(needed, 2 * len(array)), 2), np.int64)


@numba.njit(nogil=True, cache=True)
def _cut_all(world, chain_start, chain_part, feature_start, kind, z, only_x, only_y):
    scale = np.float64(CELLS) * np.float64(1 << z)
    last_tile = (np.int64(1) << z) - 1
    grid = np.empty((1024, 2), np.int64)
    strip = np.empty((1024, 2), np.int64)
    piece = np.empty((1024, 2), np.int64)
    spare = np.empty((1024, 2), np.int64)
    grid_start = np.empty(64, np.int64)
    strip_start = np.empty(64, np.int64)
    piece_start = np.empty(1024, np.int64)
    pen = np.zeros(2, np.int64)
    box = np.empty(4, np.int64)
    rec_x = np.empty(1024, np.int32)
    rec_y = np.empty(1024, np.int32)
    rec_row = np.empty(1024, np.int64)
    rec_start = np.empty(1024, np.int64)
    out = np.empty(1 << 16, np.uint8)
    records = 0
    at = np.int64(0)
    rec_start[0] = 0
    for row in range(len(kind)):
        own = kind[row]
        first_chain = feature_start[row]
        chains = feature_start[row + 1] - first_chain
        if own == 0 or chains == 0:
            continue
        vertices = chain_start[first_chain + chains] - chain_start[first_chain]
        if vertices == 0:
            continue
        grid = _larger_cells(grid, vertices + 1)
        grid_start = _larger(grid_start, chains + 1)
        strip_start = _larger(strip_start, chains + 1)
        position = np.int64(0)
        grid_start[0] = 0
        for chain in range(chains):
            begin = chain_start[first_chain + chain]
            end = chain_start[first_chain + chain + 1]
            if own == POINT:
                for vertex in range(begin, end):
                    grid[position, 0] = np.int64(np.floor(world[vertex, 0] * scale + 0.5))
                    grid[position, 1] = np.int64(np.floor(world[vertex, 1] * scale + 0.5))
                    position += 1
            else:
                position = quantise_chain(world, begin, end, scale, own == POLYGON, grid, position)
            grid_start[chain + 1] = position
        west = east = grid[0, 0]
        north = south = grid[0, 1]
        for vertex in range(1, position):
            west = min(west, grid[vertex, 0])
            east = max(east, grid[vertex, 0])
            north = min(north, grid[vertex, 1])
            south = max(south, grid[vertex, 1])
        collapsed = own != POINT
        for chain in range(chains):
            if own == POLYGON:
                shell = chain == 0 or chain_part[first_chain + chain] != chain_part[first_chain + chain - 1]
                if shell and twice_area(grid, grid_start[chain], grid_start[chain + 1]) != 0:
                    collapsed = False
            elif own == LINE and grid_start[chain + 1] - grid_start[chain] > 1:
                collapsed = False
        if collapsed:
            # One cell stands for it, where it begins.
            west = east = grid[0, 0]
            north = south = grid[0, 1]
        first_x = max((west - BUFFER) // CELLS, 0)
        last_x = min((east + BUFFER) // CELLS, last_tile)
        first_y = max((north - BUFFER) // CELLS, 0)
        last_y = min((south + BUFFER) // CELLS, last_tile)
        if only_x >= 0:
            first_x = max(first_x, only_x)
            last_x = min(last_x, only_x)
            first_y = max(first_y, only_y)
            last_y = min(last_y, only_y)
        begun = records
        for tile_y in range(first_y, last_y + 1):
            top = tile_y * CELLS - BUFFER
            bottom = (tile_y + 1) * CELLS + BUFFER
            within_rows = north >= top and south <= bottom
            source = grid
            source_start = grid_start
            if own == POLYGON and not collapsed and not within_rows:
                strip = _larger_cells(strip, 3 * position + 16 * chains + 16)
                position_in_strip = np.int64(0)
                strip_start[0] = 0
                for chain in range(chains):
                    length = grid_start[chain + 1] - grid_start[chain]
                    spare = _larger_cells(spare, 3 * length + 16)
                    piece = _larger_cells(piece, 3 * length + 16)
                    count = cut_band(grid, grid_start[chain], grid_start[chain + 1], 1, top, bottom, spare, piece)
                    strip[position_in_strip : position_in_strip + count] = piece[:count]
                    position_in_strip += count
                    strip_start[chain + 1] = position_in_strip
                source = strip
                source_start = strip_start
            for tile_x in range(first_x, last_x + 1):
                left = tile_x * CELLS - BUFFER
                right = (tile_x + 1) * CELLS + BUFFER
                within = within_rows and west >= left and east <= right
                pen[0] = tile_x * CELLS
                pen[1] = tile_y * CELLS
                before = at
                longest = 3 * (source_start[chains] - source_start[0]) + 24 * chains + 32
                out = _larger(out, at + longest * 2 * _LONGEST_NUMBER)
                if collapsed:
                    at = _put_cell(out, at, own, grid[0, 0], grid[0, 1], pen)
                elif own == POLYGON:
                    outer = False
                    for chain in range(chains):
                        begin = source_start[chain]
                        end = source_start[chain + 1]
                        shell = chain == 0 or chain_part[first_chain + chain] != chain_part[first_chain + chain - 1]
                        if not within:
                            spare = _larger_cells(spare, 3 * (end - begin) + 16)
                            piece = _larger_cells(piece, 3 * (end - begin) + 16)
                            end = cut_band(source, begin, end, 0, left, right, spare, piece)
                            begin = 0
                            drawn = piece
                        else:
                            drawn = source
                        area = twice_area(drawn, begin, end)
                        if shell:
                            outer = area != 0
                        if area != 0 and outer:
                            at = _put_chain(out, at, drawn, begin, end, (area < 0) == shell, True, pen)  # noqa: FBT003  # as above
                elif own == LINE:
                    for chain in range(chains):
                        begin = grid_start[chain]
                        end = grid_start[chain + 1]
                        if end - begin < 2:  # noqa: PLR2004  # no line
                            continue
                        if within:
                            at = _put_chain(out, at, grid, begin, end, False, False, pen)  # noqa: FBT003  # as above
                            continue
                        box[0], box[1], box[2], box[3] = left, right, top, bottom
                        piece = _larger_cells(piece, 2 * (end - begin) + 4)
                        piece_start = _larger(piece_start, end - begin + 2)
                        pieces = cut_line(grid, begin, end, box, piece, piece_start)
                        for index in range(pieces):
                            at = _put_chain(out, at, piece, piece_start[index], piece_start[index + 1], False, False, pen)  # noqa: FBT003  # as above
                else:
                    inside = np.int64(0)
                    for vertex in range(position):
                        if left <= grid[vertex, 0] <= right and top <= grid[vertex, 1] <= bottom:
                            inside += 1
                    if inside:
                        at = _put_number(out, at, (inside << 3) | _MOVE_TO)
                        for vertex in range(position):
                            if left <= grid[vertex, 0] <= right and top <= grid[vertex, 1] <= bottom:
                                at = _put_signed(out, at, grid[vertex, 0] - pen[0])
                                at = _put_signed(out, at, grid[vertex, 1] - pen[1])
                                pen[0] = grid[vertex, 0]
                                pen[1] = grid[vertex, 1]
                if at == before:
                    continue
                rec_x = _larger(rec_x, records + 1)
                rec_y = _larger(rec_y, records + 1)
                rec_row = _larger(rec_row, records + 1)
                rec_start = _larger(rec_start, records + 2)
                rec_x[records] = tile_x
                rec_y[records] = tile_y
                rec_row[records] = row
                records += 1
                rec_start[records] = at
        if records == begun and only_x < 0 and own != POINT:
            # A sliver that rounding shut in every tile: a cell where it begins.
            tile_x = min(max(grid[0, 0] // CELLS, 0), last_tile)
            tile_y = min(max(grid[0, 1] // CELLS, 0), last_tile)
            pen[0] = tile_x * CELLS
            pen[1] = tile_y * CELLS
            out = _larger(out, at + 16 * _LONGEST_NUMBER)
            at = _put_cell(out, at, own, grid[0, 0], grid[0, 1], pen)
            rec_x = _larger(rec_x, records + 1)
            rec_y = _larger(rec_y, records + 1)
            rec_row = _larger(rec_row, records + 1)
            rec_start = _larger(rec_start, records + 2)
            rec_x[records] = tile_x
            rec_y[records] = tile_y
            rec_row[records] = row
            records += 1
            rec_start[records] = at
    return rec_x[:records].copy(), rec_y[:records].copy(), rec_row[:records].copy(), rec_start[: records + 1].copy(), out[:at].copy()
