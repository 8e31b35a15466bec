"""The engines on any two files · 对任意文件使用引擎."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from lantu.engines.overlay.coverage import coverage
from lantu.engines.overlay.inspecting import inspect
from lantu.engines.overlay.overlaying import overlay
from lantu.engines.overlay.projecting import project
from lantu.engines.overlay.slivers import Tolerance
from lantu.standards.limits import limits_with
from lantu.stores.formats.diagnose import diagnose
from lantu.stores.formats.writing import write_layer
from lantu.vocabulary.errors import FieldMissing, GeometryInvalid, InputUnreadable, LantuError
from lantu.vocabulary.layer import Layer
from lantu.vocabulary.layer_definitions import load_layers
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from pathlib import Path


_GEOPARQUET = frozenset({".parquet", ".geoparquet"})


class FormatUnknown(LantuError):
    """A file was to be written in a form that is not written here · 输出格式不支持."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A layer of a file, and what else the file holds · 选定图层.

    Parameters
    ----------
    layer
        The layer.
    name
        As the file calls it.
    others
        Names of the other layers with geometry in it.
    """

    layer: Layer
    name: str
    others: tuple[str, ...]


def read_layer(path: Path, name: str | None = None) -> Chosen:
    """Read one layer with geometry of a file · 读取单个图层.

    Parameters
    ----------
    path
        Any file that intake knows.
    name
        Which of its layers, as the file or the vocabulary calls it; the one with most features where None.

    Returns
    -------
    Chosen
        The layer, and the names of those that were not taken.

    Raises
    ------
    InputUnreadable
        If there is none, or none of that name; the first problem that intake met says why.
    """
    diagnoses = diagnose(path, vocabulary=load_layers())
    found = [
        (item.name_in_file, item.layer)
        for diagnosis in diagnoses
        for item in diagnosis.layers
        if item.layer is not None and item.layer.wkb.null_count < len(item.layer)
    ]
    wanted = [(known, layer) for known, layer in found if name is None or name in {known, layer.name}]
    if wanted:
        taken, layer = max(wanted, key=lambda item: len(item[1]))
        return Chosen(layer, taken, tuple(known for known, other in found if other is not layer))
    if found:
        known = ", ".join(known for known, _ in found)
        raise InputUnreadable(
            Text(f"{path.name} has no layer {name} with geometry; there are {known}.", f"{path.name}没有含图形的图层{name}；现有{known}。"),
            Text("Name one of these.", "请使用其中之一。"),
        )
    problems = [problem for diagnosis in diagnoses for problem in diagnosis.problems]
    if problems:
        raise InputUnreadable(problems[0].message, problems[0].remedy)
    raise InputUnreadable(
        Text(f"{path.name} holds no geometry.", f"{path.name}不含图形。"), Text("Give a layer with features.", "请给出含要素的图层。")
    )


def ids_of(layer: Layer, field: str | None) -> Any:  # noqa: ANN401  # an array of text
    """Give the ids to print: a field of the file, else the layer's own · 取输出标识.

    Parameters
    ----------
    layer
        The layer.
    field
        Name as in the file, or the canonical one.

    Returns
    -------
    numpy.ndarray of object
        Shape ``(n,)``.

    Raises
    ------
    FieldMissing
        If the layer has no such field.
    """
    if field is None:
        return layer.ids
    originals = {original.upper(): canonical for canonical, original in layer.source_names.items()}
    name = field if layer.has(field) else originals.get(field.upper(), field)
    if not layer.has(name):
        known = ", ".join(layer.source_names.get(column, column) for column in layer.table.column_names)
        raise FieldMissing(
            Text(f"There is no field {field}; there are {known}.", f"没有字段{field}；现有{known}。"),
            Text("Name one of these.", "请使用其中之一。"),
        )
    return layer.texts(name)


def overlay_files(  # noqa: PLR0913  # one parameter per option of the command
    left: Path,
    right: Path,
    output: Path,
    *,
    left_id: str | None = None,
    right_id: str | None = None,
    pieces: bool = False,
    left_layer: str | None = None,
    right_layer: str | None = None,
) -> dict[str, Any]:
    """Overlay two files and write every pair · 两文件叠加.

    Parameters
    ----------
    left
        Polygon file; its CRS is that of the result.
    right
        Polygon file; moved into the CRS of `left` if it has another.
    output
        GeoParquet to write.
    left_id
        Field with ids of left features.
    right_id
        Field with ids of right features.
    pieces
        Whether to write the pieces.
    left_layer
        Which layer of the left file, the one with most features where None.
    right_layer
        The same of the right file.

    Returns
    -------
    dict
        Number of pairs, summed area in square metres, planar and ellipsoidal; the layers taken, and those that were not.

    Raises
    ------
    FormatUnknown
        If `output` would be called something that it is not.
    """
    if output.suffix.lower() not in _GEOPARQUET:
        raise FormatUnknown(
            Text(f"{output}: pairs are written as GeoParquet only.", f"{output}：叠加结果只能输出为GeoParquet。"),
            Text("Name a file that ends in .parquet or .geoparquet.", "请使用.parquet或.geoparquet作为文件后缀。"),
        )
    chosen = read_layer(left, left_layer), read_layer(right, right_layer)
    for path, taken in zip((left, right), chosen, strict=True):
        _refuse_invalid(path, taken.layer)
    first, second = chosen[0].layer, project(chosen[1].layer, chosen[0].layer.crs)
    product = overlay(first, second, pieces="all" if pieces else "none")
    ellipsoidal_m2 = np.full(len(product), np.nan) if product.ellipsoidal_area_m2 is None else product.ellipsoidal_area_m2
    columns = {
        "left_id": pa.array(ids_of(first, left_id)[product.left], pa.string()),
        "right_id": pa.array(ids_of(second, right_id)[product.right], pa.string()),
        "area_m2": pa.array(product.area_m2),
        "ellipsoidal_area_m2": pa.array(ellipsoidal_m2),
    }
    _write_pairs(pa.table(columns), product.pieces, first.crs, output)
    return {
        "pairs": len(product.left),
        "area_m2": float(product.area_m2.sum()),
        "ellipsoidal_area_m2": float(ellipsoidal_m2.sum()),
        "crs": first.crs,
        "output": str(output),
        "left_layer": chosen[0].name,
        "right_layer": chosen[1].name,
        "not_taken": {"left": list(chosen[0].others), "right": list(chosen[1].others)},
    }


def _refuse_invalid(path: Path, layer: Layer) -> None:
    """Refuse what is no polygon, and polygons that cross themselves: what they enclose is not told by their rings."""
    kinds = shapely.get_type_id(layer.geometry)
    rows = np.flatnonzero(~np.isin(kinds, (-1, shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)))
    if len(rows):
        names = ", ".join(str(layer.ids[row]) for row in rows[:5])
        raise GeometryInvalid(
            Text(
                f"{path.name} holds features that are no polygons ({len(rows)}), among them {names}.",
                f"{path.name}有{len(rows)}个要素不是面，如{names}。",
            ),
            Text("Give a layer of polygons.", "请使用面图层。"),
        )
    rows = np.flatnonzero(~shapely.is_valid(layer.geometry) & ~shapely.is_missing(layer.geometry))
    if len(rows):
        names = ", ".join(str(layer.ids[row]) for row in rows[:5])
        raise GeometryInvalid(
            Text(
                f"{path.name} holds invalid polygons ({len(rows)}), among them {names}.", f"{path.name}有{len(rows)}个无效图形，如{names}。"
            ),
            Text("See them with `lantu inspect`, and mend them first.", "请先用`lantu inspect`查看并修正。"),
        )


def _write_pairs(table: pa.Table, pieces: Any, crs: str, output: Path) -> None:  # noqa: ANN401  # an array of geometries, or None
    output.parent.mkdir(parents=True, exist_ok=True)
    if pieces is None:
        part = output.with_name(f".{output.name}.part")
        pq.write_table(table, part)
        part.replace(output)
        return
    wkb = pa.chunked_array([pa.array(shapely.to_wkb(pieces), pa.large_binary())])
    write_layer(Layer("overlay", table, wkb, crs), output)


def coverage_of_file(  # noqa: PLR0913  # one parameter per option of the command
    path: Path,
    *,
    layer_name: str | None = None,
    within: Path | None = None,
    allowed_gaps: Path | None = None,
    tolerance_m: float = 0.001,
    output: Path | None = None,
) -> dict[str, Any]:
    """Check that a file's polygons tile, and write every fault at its place · 铺盖检查.

    Parameters
    ----------
    path
        Polygon file.
    layer_name
        Which of its layers, the one with most features where None.
    within
        Boundary it should fill.
    allowed_gaps
        Gaps that may be.
    tolerance_m
        Vertices closer than this are one.
    output
        GeoJSON to write.

    Returns
    -------
    dict
        Count per kind, ignored count and area, sum of all; the layer taken, and those that were not.
    """
    chosen = read_layer(path, layer_name)
    layer = chosen.layer
    boundary = project(read_layer(within).layer, layer.crs) if within is not None else None
    gaps = project(read_layer(allowed_gaps).layer, layer.crs) if allowed_gaps is not None else None
    result = coverage(layer, within=boundary, allowed_gaps=gaps, tolerance=standard_tolerance(), snap_m=tolerance_m)
    counts = Counter(str(fault.kind) for fault in result.faults)
    if output is not None:
        write_faults(
            output,
            layer.crs,
            [
                (
                    fault.place,
                    {
                        "kind": fault.kind,
                        "features": list(fault.features),
                        "area_m2": fault.area_m2,
                        "mean_width_m": fault.mean_width_m,
                        "weight": str(fault.weight),
                        "reason": fault.reason,
                    },
                )
                for fault in result.faults
            ],
        )
    names = {
        "gaps": "gap",
        "overlaps": "overlap",
        "duplicates": "duplicate",
        "contained": "containment",
        "outside": "outside",
        "invalid": "invalid",
    }
    return {
        "features": len(layer),
        **{name: counts.get(kind, 0) for name, kind in names.items()},
        "faults": len(result.faults),
        "ignored": {kind: {"count": item.count, "area_m2": item.area_m2} for kind, item in sorted(result.ignored.items())},
        "ignored_must_be_reported": result.ignored_must_be_reported,
        "layer": chosen.name,
        "not_taken": list(chosen.others),
    }


def inspect_file(path: Path, *, layer_name: str | None = None, scale: int = 10_000, output: Path | None = None) -> dict[str, Any]:
    """Inspect a file's geometry by itself · 图形检查.

    Parameters
    ----------
    path
        Any file with geometry.
    layer_name
        Which of its layers, the one with most features where None.
    scale
        Scale denominator.
    output
        GeoJSON to write.

    Returns
    -------
    dict
        Count per kind and the sum; the layer taken, and those that were not.
    """
    chosen = read_layer(path, layer_name)
    layer = chosen.layer
    faults = inspect(layer, scale=scale)
    if output is not None:
        write_faults(
            output,
            layer.crs,
            [
                (
                    fault.place,
                    {"kind": fault.kind, "feature": fault.feature, "measured": fault.measured, "limit": fault.limit, "unit": fault.unit},
                )
                for fault in faults
            ],
        )
    counts = dict(sorted(Counter(str(fault.kind) for fault in faults).items()))
    return {"features": len(layer), **counts, "faults": len(faults), "layer": chosen.name, "not_taken": list(chosen.others)}


def standard_tolerance() -> Tolerance:
    """Give the tolerances of the standards, of the day that this machine shows: a file by itself is of no city · 取标准容差.

    Returns
    -------
    Tolerance
        As in ``standards/limits/tolerances.yaml``.
    """
    import datetime as dt  # noqa: PLC0415  # only the day is needed

    limits, today = limits_with({}, ""), dt.datetime.now(tz=dt.UTC).astimezone().date()
    names = ("ignore_area_m2", "ignore_mean_width_m", "doubtful_area_m2", "doubtful_mean_width_m", "ignored_sum_m2")
    return Tolerance(**{name: limits.on(name, today).value for name in names})


def write_faults(path: Path, crs: str, faults: list[tuple[Any, dict[str, Any]]]) -> None:
    """Write faults as GeoJSON in the CRS of the layer, named in the file · 输出问题位置.

    Parameters
    ----------
    path
        File to write, whole or not at all.
    crs
        Authority and code.
    faults
        Place and properties of each.
    """
    features = [
        {"type": "Feature", "properties": properties, "geometry": None if place is None else json.loads(shapely.to_geojson(place))}
        for place, properties in faults
    ]
    authority, _, code = crs.partition(":")
    document = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{authority}::{code}"}},
        "features": features,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    temporary.replace(path)
