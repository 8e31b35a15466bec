"""Pictures of a layer for the zooms at which its features are smaller than a pixel · 栅格总览瓦片."""

# ruff: noqa: ANN001, C901, PLR0913, PLR0917  # numba infers the types of compiled functions, and they take arrays one by one
# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False, disallow-untyped-calls=False

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numba
import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from lantu.engines.tiling.shapes import Shapes

    Tile = tuple[int, int, int]

PIXELS = 512
"""Pixels along the side of a tile."""

_FINER = 2
_BLOCK_ZOOMS = 3
_QUALITY = 85


@dataclass(frozen=True, eq=False)
class Painted:
    """Polygons and the colour of each · 着色的面.

    Parameters
    ----------
    shapes
        Features.
    world
        Their vertices in the unit square.
    colours
        Row of the palette for each feature, 0 for one that is not drawn, uint8.
    """

    shapes: Shapes
    world: npt.NDArray[np.float64]
    colours: npt.NDArray[np.uint8]


def draw_overview(painted: Sequence[Painted], palette: npt.NDArray[np.uint8], minzoom: int, maxzoom: int) -> Iterator[tuple[Tile, bytes]]:
    """Draw every feature, and average what shares a pixel · 绘制总览.

    Parameters
    ----------
    painted
        Runs of features.
    palette
        Red, green, blue and opacity by row, uint8, shape ``(colours, 4)``; row 0 is nothing.
    minzoom
        Lowest zoom.
    maxzoom
        Highest zoom; drawn at twice its resolution, lower zooms are averaged from it.

    Yields
    ------
    tuple
        Zoom, column and row, and the tile as WebP; tiles without a feature are left out.
    """
    block_zoom = max(maxzoom - _BLOCK_ZOOMS, minzoom)
    boxes = [_world_bounds(run) for run in painted]
    level: dict[tuple[int, int], npt.NDArray[np.uint8]] = {}
    for block in _blocks(boxes, block_zoom):
        tiles = _draw_block(painted, boxes, palette, block, block_zoom, maxzoom)
        for z in range(maxzoom, block_zoom - 1, -1):
            yield from (((z, *place), _as_webp(tile)) for place, tile in sorted(tiles.items()))
            if z > block_zoom:
                tiles = _halved(tiles)
        level |= tiles
    for z in range(block_zoom - 1, minzoom - 1, -1):
        level = _halved(level)
        yield from (((z, *place), _as_webp(tile)) for place, tile in sorted(level.items()))


def _world_bounds(run: Painted) -> npt.NDArray[np.float64]:
    """Give the bounds of each feature in the unit square, NaN for none."""
    bounds = np.full((len(run.shapes), 4), np.nan)
    first = run.shapes.chain_start[run.shapes.feature_start]
    there = np.flatnonzero(first[1:] > first[:-1])
    if len(there):
        starts = first[there]
        for side, reduce in ((0, np.minimum), (1, np.minimum), (2, np.maximum), (3, np.maximum)):
            bounds[there, side] = reduce.reduceat(run.world[:, side % 2], starts)
    return bounds


def _blocks(boxes: Sequence[npt.NDArray[np.float64]], z: int) -> list[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for bounds in boxes:
        known = bounds[~np.isnan(bounds[:, 0])]
        cells = np.unique(np.clip(np.floor(known * (1 << z)).astype(np.int64), 0, (1 << z) - 1), axis=0)
        for west, north, east, south in cells:
            found |= {(x, y) for x in range(west, east + 1) for y in range(north, south + 1)}
    return sorted(found)


def _draw_block(
    painted: Sequence[Painted],
    boxes: Sequence[npt.NDArray[np.float64]],
    palette: npt.NDArray[np.uint8],
    block: tuple[int, int],
    block_zoom: int,
    maxzoom: int,
) -> dict[tuple[int, int], npt.NDArray[np.uint8]]:
    """Draw one block at twice the resolution of the highest zoom, and give that zoom's tiles."""
    count = 1 << (maxzoom - block_zoom)
    side = count * PIXELS * _FINER
    canvas = np.zeros((side, side), np.uint8)
    scale = float(side) * (1 << block_zoom)
    west, north = block[0] / (1 << block_zoom), block[1] / (1 << block_zoom)
    span = 1 / (1 << block_zoom)
    for run, bounds in zip(painted, boxes, strict=True):
        near = (bounds[:, 0] < west + span) & (bounds[:, 2] > west) & (bounds[:, 1] < north + span) & (bounds[:, 3] > north)
        rows = np.flatnonzero(near & (run.colours > 0))
        _fill(
            canvas,
            run.world,
            run.shapes.chain_start,
            run.shapes.feature_start,
            rows,
            run.colours,
            float(block[0] * side),
            float(block[1] * side),
            scale,
        )
    tiles = {}
    for row in range(count):
        for column in range(count):
            size = PIXELS * _FINER
            part = canvas[row * size : (row + 1) * size, column * size : (column + 1) * size]
            if part.any():
                tile = np.empty((PIXELS, PIXELS, 4), np.uint8)
                _average(part, palette, tile)
                tiles[block[0] * count + column, block[1] * count + row] = tile
    return tiles


@numba.njit(nogil=True, cache=True)
def _fill(canvas, world, chain_start, feature_start, rows, colours, left, top, scale):
    """Fill polygons, even-odd over all rings of a feature; one without a pixel's centre colours the pixel it lies in."""
    height, width = canvas.shape
    marks = np.zeros(1 << 16, np.uint8)
    for row in rows:
        begin = chain_start[feature_start[row]]
        end = chain_start[feature_start[row + 1]]
        west = east = world[begin, 0] * scale - left
        north = south = world[begin, 1] * scale - top
        for vertex in range(begin + 1, end):
            x = world[vertex, 0] * scale - left
            y = world[vertex, 1] * scale - top
            west = min(west, x)
            east = max(east, x)
            north = min(north, y)
            south = max(south, y)
        first_x = max(int(np.floor(west)), 0)
        last_x = min(int(np.floor(east)), width - 1)
        first_y = max(int(np.floor(north)), 0)
        last_y = min(int(np.floor(south)), height - 1)
        if first_x > last_x or first_y > last_y:
            continue
        span = last_x - first_x + 2
        needed = span * (last_y - first_y + 1)
        if needed > len(marks):
            marks = np.zeros(2 * needed, np.uint8)
        marks[:needed] = 0
        for chain in range(feature_start[row], feature_start[row + 1]):
            for vertex in range(chain_start[chain], chain_start[chain + 1] - 1):
                ax = world[vertex, 0] * scale - left
                ay = world[vertex, 1] * scale - top
                bx = world[vertex + 1, 0] * scale - left
                by = world[vertex + 1, 1] * scale - top
                if ay > by:
                    ax, ay, bx, by = bx, by, ax, ay
                upper = max(int(np.ceil(ay - 0.5)), first_y)
                lower = min(int(np.ceil(by - 0.5)) - 1, last_y)
                for line in range(upper, lower + 1):
                    x = ax + (bx - ax) * ((line + 0.5 - ay) / (by - ay))
                    column = min(max(int(np.ceil(x - 0.5)), first_x), last_x + 1) - first_x
                    marks[(line - first_y) * span + column] ^= 1
        painted = False
        colour = colours[row]
        for line in range(last_y - first_y + 1):
            inside = 0
            for column in range(span - 1):
                inside ^= marks[line * span + column]
                if inside:
                    canvas[first_y + line, first_x + column] = colour
                    painted = True
        if not painted:
            canvas[(first_y + last_y) // 2, (first_x + last_x) // 2] = colour


@numba.njit(nogil=True, cache=True)
def _average(part, palette, tile):
    """Turn palette rows into colours, four finer pixels into one; colours weigh by their opacity."""
    for line in range(tile.shape[0]):
        for column in range(tile.shape[1]):
            red = green = blue = opacity = np.int64(0)
            for down in range(2):
                for right in range(2):
                    index = part[2 * line + down, 2 * column + right]
                    alpha = np.int64(palette[index, 3])
                    red += palette[index, 0] * alpha
                    green += palette[index, 1] * alpha
                    blue += palette[index, 2] * alpha
                    opacity += alpha
            if opacity:
                tile[line, column, 0] = red // opacity
                tile[line, column, 1] = green // opacity
                tile[line, column, 2] = blue // opacity
            else:
                tile[line, column, :3] = 0
            tile[line, column, 3] = opacity // 4


def _halved(tiles: dict[tuple[int, int], npt.NDArray[np.uint8]]) -> dict[tuple[int, int], npt.NDArray[np.uint8]]:
    """Average the tiles of a zoom into those of the zoom above."""
    half = PIXELS // 2
    above: dict[tuple[int, int], npt.NDArray[np.uint8]] = {}
    for (x, y), tile in tiles.items():
        target = above.setdefault((x // 2, y // 2), np.zeros((PIXELS, PIXELS, 4), np.uint8))
        weight = tile[..., 3:].astype(np.uint32)
        coloured = np.concatenate([tile[..., :3] * weight, weight], axis=2).reshape(half, 2, half, 2, 4).sum(axis=(1, 3))
        opacity = np.maximum(coloured[..., 3:], 1)
        small = np.concatenate([coloured[..., :3] // opacity, coloured[..., 3:] // 4], axis=2).astype(np.uint8)
        target[(y % 2) * half : (y % 2 + 1) * half, (x % 2) * half : (x % 2 + 1) * half] = small
    return above


def _as_webp(tile: npt.NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(tile).save(out, "WEBP", quality=_QUALITY, method=2)
    return out.getvalue()


def draw_window(
    painted: Sequence[Painted], palette: npt.NDArray[np.uint8], box: tuple[float, float, float, float], width: int
) -> npt.NDArray[np.uint8]:
    """Draw polygons into one picture of any part of the map · 绘制窗口.

    Parameters
    ----------
    painted
        Runs of features.
    palette
        As in `draw_overview`.
    box
        West, north, east, south in the unit square.
    width
        Pixels from west to east; the height follows.

    Returns
    -------
    numpy.ndarray of uint8
        Red, green, blue, opacity, shape ``(height, width, 4)``.
    """
    west, north, east, south = box
    scale = _FINER * width / (east - west)
    height = max(round((south - north) * scale / _FINER), 1)
    canvas = np.zeros((height * _FINER, width * _FINER), np.uint8)
    for run in painted:
        rows = np.flatnonzero((run.colours > 0) & (run.shapes.kind > 0))
        _fill(canvas, run.world, run.shapes.chain_start, run.shapes.feature_start, rows, run.colours, west * scale, north * scale, scale)
    picture = np.empty((height, width, 4), np.uint8)
    _average(canvas, palette, picture)
    return picture
