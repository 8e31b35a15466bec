"""A city's layers for the overlay benchmark, invented and the same every time · 叠加基准数据.

Parcels tessellate an area of the size of Suzhou (100 km × 86 km, EPSG:4549). Their edges are wavy and
shared exactly; a twentieth of them has a pond as its hole, filled by a parcel of its own; a few have
10,000 vertices. Farmland is a coarser tessellation of its own, a tenth of it drawn along parcels; the
ecological redline and the development boundary are few and long (up to 50,000 vertices); ten districts
tile the city.

    python benchmarks/overlay_data.py 100000 build/bench/overlay-100k
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

WEST_M, SOUTH_M = 452_000.0, 3_401_000.0
WIDTH_M, HEIGHT_M = 100_000.0, 86_000.0
CRS = "EPSG:4549"

_WAVES = 6
_PARCELS_PER_GROUP = 16_384
_LONG_EDGE = 2_500
_PARCELS_PER_LONG_ONE = 25_000


class Tessellation:
    """Cells on a shaken grid with wavy common edges · 曲边格网.

    Parameters
    ----------
    columns
        Cells from west to east.
    lines
        Cells from south to north.
    seed
        Of all random numbers.
    segments
        Fewest and most segments of an edge.
    long_cells
        Cells (line, column) whose edges get `_LONG_EDGE` segments each.
    """

    def __init__(
        self, columns: int, lines: int, seed: int, segments: tuple[int, int], long_cells: set[tuple[int, int]] | None = None
    ) -> None:
        self.columns, self.lines, self.seed, self.segments = columns, lines, seed, segments
        self.long_cells = long_cells or set()
        self.dx, self.dy = WIDTH_M / columns, HEIGHT_M / lines

    def nodes(self, line: int) -> np.ndarray:
        """Place the grid nodes of one line; those of the outline stay where they are · 一行格网点."""
        shake = np.random.default_rng([self.seed, 0, line]).uniform(-0.1, 0.1, (self.columns + 1, 2))
        shake[[0, -1], 0] = 0.0
        if line in {0, self.lines}:
            shake[:, 1] = 0.0
        x = WEST_M + (np.arange(self.columns + 1) + shake[:, 0]) * self.dx
        return np.column_stack([x, SOUTH_M + (line + shake[:, 1]) * self.dy])

    def edges(self, line: int, *, upright: bool) -> tuple[np.ndarray, np.ndarray]:
        """Draw the edges along a grid line, or the upright ones above it, as (points, start of each) · 一行边."""
        start = self.nodes(line) if upright else self.nodes(line)[:-1]
        end = self.nodes(line + 1) if upright else self.nodes(line)[1:]
        random = np.random.default_rng([self.seed, 1 + upright, line])
        count = random.integers(self.segments[0], self.segments[1] + 1, len(start))
        for cell_line, cell in self.long_cells:
            if upright and cell_line == line:
                count[[cell, cell + 1]] = _LONG_EDGE
            if not upright and line in {cell_line, cell_line + 1}:
                count[cell] = _LONG_EDGE
        amplitude = random.uniform(-0.03, 0.03, (len(start), _WAVES)) / np.arange(1, _WAVES + 1)
        if upright:
            amplitude[[0, -1]] = 0.0
        elif line in {0, self.lines}:
            amplitude[:] = 0.0
        offset = np.concatenate([[0], np.cumsum(count)])
        edge = np.repeat(np.arange(len(start)), count)
        t = (np.arange(offset[-1]) - offset[edge]) / count[edge]
        swing = sum(amplitude[edge, wave] * np.sin(np.pi * (wave + 1) * t) for wave in range(_WAVES))
        along = (end - start)[edge]
        points = start[edge] + along * t[:, None] + np.column_stack([-along[:, 1], along[:, 0]]) * np.asarray(swing)[:, None]
        return points, offset

    def rings(self, line: int) -> tuple[np.ndarray, np.ndarray]:
        """Close the cells of one line as rings: (points, start of each) · 一行单元的环."""
        bottom, top = self.edges(line, upright=False), self.edges(line + 1, upright=False)
        upright = self.edges(line, upright=True)
        sizes = np.diff(bottom[1]) + np.diff(top[1]) + np.diff(upright[1])[:-1] + np.diff(upright[1])[1:] + 1
        start = np.concatenate([[0], np.cumsum(sizes)])
        points = np.empty((start[-1], 2))
        _close_rings(*bottom, *top, *upright, self.nodes(line + 1), start, points)
        return points, start


@numba.njit(cache=True)
def _close_rings(bottom, at_bottom, top, at_top, upright, at_upright, over, start, points) -> None:  # noqa: ANN001, PLR0913, PLR0917  # compiled: numba infers types
    """Walk each cell anticlockwise · 逐单元逆时针成环."""
    for cell in range(len(start) - 1):
        at = start[cell]
        for vertex in range(at_bottom[cell], at_bottom[cell + 1]):
            points[at] = bottom[vertex]
            at += 1
        for vertex in range(at_upright[cell + 1], at_upright[cell + 2]):
            points[at] = upright[vertex]
            at += 1
        points[at] = over[cell + 1]
        at += 1
        for vertex in range(at_top[cell + 1] - 1, at_top[cell], -1):
            points[at] = top[vertex]
            at += 1
        points[at] = over[cell]
        at += 1
        for vertex in range(at_upright[cell + 1] - 1, at_upright[cell], -1):
            points[at] = upright[vertex]
            at += 1
        points[at] = points[start[cell]]


def parcel_groups(count: int) -> Any:  # noqa: ANN401  # yields (geometries, built flags)
    """Draw the parcels, some lines of cells at a time · 逐批生成宗地."""
    cells = count / 1.05
    columns = round(np.sqrt(cells * WIDTH_M / HEIGHT_M))
    lines = round(cells / columns)
    random = np.random.default_rng([5, count])
    long_ones = {(int(random.integers(lines)), int(random.integers(columns))) for _ in range(max(2, count // _PARCELS_PER_LONG_ONE))}
    grid = Tessellation(columns, lines, 11, (5, 14), long_ones)
    lines_at_once = max(1, _PARCELS_PER_GROUP // columns)
    for first in range(0, lines, lines_at_once):
        shapes, built = [], []
        for line in range(first, min(first + lines_at_once, lines)):
            points, start = grid.rings(line)
            rings = shapely.linearrings(points, indices=np.repeat(np.arange(columns), np.diff(start)))
            random = np.random.default_rng([7, count, line])
            ponds = np.flatnonzero(random.random(columns) < 0.05)  # noqa: PLR2004  # a twentieth
            angle = np.linspace(0, 2 * np.pi, 13)[:-1]
            centre = (grid.nodes(line)[ponds] + grid.nodes(line + 1)[ponds + 1]) / 2
            radius = random.uniform(0.08, 0.2, (len(ponds), 12)) * min(grid.dx, grid.dy)
            outline = centre[:, None] + radius[:, :, None] * np.column_stack([np.cos(angle), np.sin(angle)])
            holes = shapely.linearrings(outline)
            cut = np.full(columns, None, dtype=object)
            cut[ponds] = holes
            shapes += [shapely.polygons(rings, cut[:, None]), shapely.polygons(holes)]
            built.append(random.random(columns + len(ponds)) < 0.3)  # noqa: PLR2004  # three in ten are built on
        yield np.concatenate(shapes), np.concatenate(built)


def farmland(count: int) -> np.ndarray:
    """Draw farmland: coarse cells with edges of their own, some along parcels · 永久基本农田."""
    columns = round(np.sqrt(count / 11 * WIDTH_M / HEIGHT_M))
    grid = Tessellation(columns, round(count / 11 / columns), 23, (12, 40))
    shapes = []
    for line in range(grid.lines):
        points, start = grid.rings(line)
        kept = np.random.default_rng([29, line]).random(columns) < 0.45  # noqa: PLR2004  # the farmed share
        shapes.append(shapely.polygons(shapely.linearrings(points, indices=np.repeat(np.arange(columns), np.diff(start))))[kept])
    return np.concatenate(shapes)


def blobs(seed: int, vertices: list[int], radius_m: tuple[float, float]) -> np.ndarray:
    """Draw ragged islands · 曲折的岛状面."""
    shapes = []
    for number, size in enumerate(vertices):
        random = np.random.default_rng([seed, number])
        angle = np.linspace(0, 2 * np.pi, size, endpoint=False)
        waves = np.unique(np.geomspace(2, max(size // 8, 3), 60).astype(int))
        ragged = (0.25 / waves[:, None] ** 0.9 * np.sin(waves[:, None] * angle + random.uniform(0, 6.3, (len(waves), 1)))).sum(axis=0)
        radius = random.uniform(*radius_m) * np.maximum(1 + ragged, 0.15)
        centre = random.uniform([WEST_M + 8e3, SOUTH_M + 8e3], [WEST_M + WIDTH_M - 8e3, SOUTH_M + HEIGHT_M - 8e3])
        shapes.append(shapely.Polygon(centre + radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])))
    return np.array(shapes)


def districts() -> np.ndarray:
    """Draw ten districts · 十个区县."""
    grid = Tessellation(5, 2, 31, (1500, 2500))
    shapes = []
    for line in range(2):
        points, start = grid.rings(line)
        shapes.append(shapely.polygons(shapely.linearrings(points, indices=np.repeat(np.arange(5), np.diff(start)))))
    return np.concatenate(shapes)


def write(path: Path, groups: Any) -> None:  # noqa: ANN401  # an iterable of (geometries, built flags or None)
    """Write GeoParquet, one row group per group · 写出 GeoParquet."""
    column = {"encoding": "WKB", "geometry_types": ["Polygon"], "crs": pyproj.CRS(CRS).to_json_dict()}
    geo = json.dumps({"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}})
    schema = pa.schema([("identifier", pa.int64()), ("is_built", pa.bool_()), ("geometry", pa.binary())], metadata={"geo": geo})
    first = 0
    with pq.ParquetWriter(path, schema, compression="snappy", use_dictionary=False) as writer:
        for shapes, built in groups:
            identifier = pa.array(np.arange(first, first + len(shapes)))
            writer.write_table(pa.table([identifier, pa.array(built), pa.array(shapely.to_wkb(shapes), pa.binary())], schema=schema))
            first += len(shapes)


def make(count: int, folder: Path) -> None:
    """Make the five layers, unless they are there · 生成五个图层."""
    if (folder / "districts.parquet").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "parcels.parquet", parcel_groups(count))
    layers = {
        "farmland": farmland(count),
        "redline": blobs(41, [50_000, 50_000, 20_000, *[4_000] * 9, *[700] * 28], (1_500.0, 6_500.0)),
        "boundary": blobs(43, [12_000, 9_000, *[2_500] * 18, *[400] * 40], (1_500.0, 5_000.0)),
        "districts": districts(),
    }
    for name, shapes in layers.items():
        write(folder / f"{name}.parquet", [(shapes, np.zeros(len(shapes), dtype=bool))])


if __name__ == "__main__":
    make(int(sys.argv[1]), Path(sys.argv[2]))
