"""The form of a layer that everyone may see · 公开概化版."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely

from lantu.vocabulary.layer_definitions import load_layers

if TYPE_CHECKING:
    from lantu.standards.map_layers import PublicForm
    from lantu.stores.layers import LayerStore
    from lantu.vocabulary.layer import Layer

PREFIX = "public"


def public_version(store: LayerStore, layer: str, version: str, name: str, form: PublicForm) -> tuple[str, str]:
    """Store the public form of a layer version, or find the one that is stored · 生成公开概化版.

    Parameters
    ----------
    store
        Where layers rest.
    layer
        Name of the layer in the store.
    version
        Its version.
    name
        Canonical name.
    form
        How it is generalised.

    Returns
    -------
    tuple of str
        Name and version of the public form in the store.
    """
    target = f"{PREFIX}.{layer}"
    mark = f"{version} · {form.tolerance_m:g} m · {','.join(form.fields)}"
    for known in store.versions(target):
        if known.source == mark:
            return target, known.version
    original = store.get(layer, version)
    kept = original.table.select([field for field in form.fields if original.has(field)])
    shapes = generalised(original, name, form.tolerance_m)
    wkb = pa.chunked_array([pa.array(shapely.to_wkb(shapes), pa.large_binary(), from_pandas=True)], pa.large_binary())
    public = replace(original, name=target, table=kept, wkb=wkb, version="", source=mark, source_names={})
    return target, store.put(public).version


def generalised(layer: Layer, name: str, tolerance_m: float) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Simplify shapes; neighbours of a layer without gaps stay neighbours · 图形概化.

    Parameters
    ----------
    layer
        The features.
    name
        Canonical name; says whether the layer tiles its unit.
    tolerance_m
        How far a line may move.

    Returns
    -------
    numpy.ndarray of object
        One shape per feature; a feature that would vanish keeps its shape.
    """
    shapes = layer.geometry
    if tolerance_m <= 0 or not len(shapes):
        return shapes
    there = ~shapely.is_missing(shapes)
    simple = shapes.copy()
    known = load_layers().layers
    covers = name in known and known[name].tiles_unit
    if covers and there.all() and shapely.is_valid(shapes).all() and (shapely.get_dimensions(shapes) == 2).all():  # noqa: PLR2004  # polygons
        simple = np.asarray(shapely.coverage_simplify(shapes, tolerance_m))
    else:
        simple[there] = shapely.simplify(shapes[there], tolerance_m, preserve_topology=True)
    lost = there & (shapely.is_empty(simple) | shapely.is_missing(simple))
    simple[lost] = shapes[lost]
    return simple
