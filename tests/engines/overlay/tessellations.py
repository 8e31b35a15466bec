"""Invented tessellations of any size with edges that neighbours share vertex by vertex."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely

from lantu.vocabulary.layer import Layer


def tessellation(columns: int, rows: int, *, bends: int = 4, cell_m: float = 50.0, seed: int = 7) -> np.ndarray:
    """Give `columns` times `rows` quadrilaterals with bent edges as shapely polygons, row by row."""
    random = np.random.default_rng(seed)
    corner = np.stack(np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0), indexing="ij"), axis=-1)
    corner += random.uniform(-0.2, 0.2, corner.shape)
    corner = corner * cell_m + np.array([40_500_000.0, 3_400_000.0])

    def bent(start, end):
        part = np.linspace(0, 1, bends + 2)[:-1].reshape(-1, *[1] * start.ndim)
        path = start + (end - start) * part
        path[1:] += random.uniform(-0.04, 0.04, path[1:].shape) * cell_m
        return np.moveaxis(path, 0, -2)

    along = bent(corner[:-1, :], corner[1:, :])  # (columns, rows + 1, bends + 1, 2)
    up = bent(corner[:, :-1], corner[:, 1:])  # (columns + 1, rows, bends + 1, 2)

    def back(path, end):
        return np.concatenate([end[..., None, :], path[..., :0:-1, :]], axis=-2)

    ring = np.concatenate(
        [
            along[:, :-1],
            up[1:, :],
            back(along[:, 1:], corner[1:, 1:]),
            back(up[:-1, :], corner[:-1, 1:]),
            corner[:-1, :-1, None, :],
        ],
        axis=2,
    )
    return shapely.polygons(ring.reshape(columns * rows, -1, 2))


def layer_of(shapes, ids=None, name: str = "parcel") -> Layer:
    """Wrap shapes as a layer, named by their row unless told."""
    wkb = pa.array(shapely.to_wkb(np.asarray(shapes, dtype=object)), pa.large_binary(), from_pandas=True)
    names = [str(row) for row in range(len(wkb))] if ids is None else list(ids)
    table = pa.table({"identifier": pa.array(names, pa.large_string())})
    return Layer(name=name, table=table, wkb=pa.chunked_array([wkb], pa.large_binary()), crs="EPSG:4528")
