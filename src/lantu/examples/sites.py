"""Sites of the size that offices draw them in, where parcels of a small city are larger · 用地范围的合理规模."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely

from lantu.engines.overlay.areas import ellipsoidal_areas
from lantu.engines.overlay.polygons import Polygons
from lantu.examples.layers import identifiers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer

_LARGEST_M2 = 300_000.0
_HALF_SIDE_M = 150.0
_AREAS = ("area_m2", "approved_area_m2")


def _numbered(text: str, copy: int) -> str:
    return f"{text}-{copy + 1}" if copy else text


def _project_number(text: str, copy: int) -> str:
    return f"{text[:-6]}{int(text[-6:]) + 100_000 * copy:06d}"


# Numbers that must stay unique where one parcel gives several sites.
_NUMBERS: Mapping[str, Callable[[str, int], str]] = MappingProxyType(
    {"project_code": _project_number, "parcel_number": _numbered, "approval_number": _numbered, "project_name": _numbered}
)


def of_a_site(layers: Mapping[str, Layer]) -> dict[str, Layer]:
    """Draw up to four squares of nine hectares instead of every site of more than thirty · 以合理规模的用地代替过大地块.

    In a city of few parcels a parcel measures square kilometres; no office would supply, approve or build on such a thing at once.

    Parameters
    ----------
    layers
        Polygons by unit code.

    Returns
    -------
    dict of str to Layer
        With identifiers and areas of their own.
    """
    return {code: _of_a_site(layer, code) for code, layer in layers.items()}


def _of_a_site(layer: Layer, unit: str) -> Layer:
    shapes: list[shapely.Geometry] = []
    rows: list[int] = []
    copies: list[int] = []
    for row, shape in enumerate(layer.geometry):
        sites = _squares(shape) if shape.area > _LARGEST_M2 else [shape]
        shapes += sites
        rows += [row] * len(sites)
        copies += list(range(len(sites)))
    if len(shapes) == len(layer) and not any(shapely.area(layer.geometry) > _LARGEST_M2):
        return layer
    wkb = pa.array(shapely.to_wkb(shapely.orient_polygons(np.array(shapes, dtype=object))), pa.large_binary())
    table = layer.take(rows).table
    columns: dict[str, pa.Array | npt.NDArray[np.float64]] = {"identifier": identifiers(unit, layer.name, len(rows))}
    area = np.round(ellipsoidal_areas(Polygons.from_wkb(wkb), layer.crs), 2)
    columns |= {name: pa.array(area) for name in _AREAS if name in table.column_names}
    for name, renumber in _NUMBERS.items():
        if name in table.column_names:
            texts = table.column(name).to_pylist()
            columns[name] = pa.array([renumber(text, copy) for text, copy in zip(texts, copies, strict=True)], pa.large_string())
    for name, values in columns.items():
        table = table.set_column(table.column_names.index(name), name, values)
    return replace(layer, table=table, wkb=pa.chunked_array([wkb]), version="")


def _squares(shape: shapely.Geometry) -> list[shapely.Geometry]:
    circle = shapely.maximum_inscribed_circle(shape, tolerance=max(1.0, shape.length / 400))
    (x, y), _ = circle.coords
    radius = float(circle.length)
    half, away = min(_HALF_SIDE_M, 0.25 * radius), min(2 * _HALF_SIDE_M, 0.4 * radius)
    return [
        shapely.box(
            round(x + i * away - half, 3), round(y + j * away - half, 3), round(x + i * away + half, 3), round(y + j * away + half, 3)
        )
        for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
