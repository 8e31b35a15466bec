"""Features and unit · 要素与板块."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.catalogue.sources import DATABASE_NORM, TOLERANCE_POLICY, together
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, places_of
from lantu.engines.checking.run import NotChecked
from lantu.engines.checking.sharing import shared_area_m2
from lantu.engines.overlay.slivers import mean_width
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary


@check(
    "TP04",
    title=Text("A feature lies inside its unit", "要素应位于板块范围内"),
    message=Text(
        "{feature} in layer {layer} lies {measured} {unit} outside the unit.", "图层{layer}要素{feature}超出板块{measured}{unit}。"
    ),
    remedy=Text("Cut it at the boundary of the unit, or deliver it with the neighbour.", "请按板块界线裁切，或由相邻板块提交。"),
    severity=Severity.MAJOR,
    source=together(TOLERANCE_POLICY, DATABASE_NORM),
    reference="3.6 topology",
    locality="layer",
)
def features_inside_the_unit(  # noqa: PLR0913  # every limit goes by its name
    every_layer: Mapping[str, Layer],
    local_unit: Layer,
    *,
    products: Products,
    definitions: LayerVocabulary,
    outside_area_m2: float,
    ignore_mean_width_m: float,
) -> Iterator[Finding]:
    """Find features that lie outside their unit · 要素超界.

    Only the owning unit plans its land. Polygons are measured by the part outside; points and lines are faults only where they
    lie outside as a whole, since roads and rivers go on, and by their distance.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    local_unit
        Polygon of the unit itself.
    products
        Where areas are computed and remembered.
    definitions
        Which layers and fields there are.
    outside_area_m2
        Less outside is a matter of digitising, m².
    ignore_mean_width_m
        Narrower parts and smaller distances are numerical, m.

    Yields
    ------
    Finding
        One per feature, at the part outside.

    Raises
    ------
    NotChecked
        In the end, if rings that do not say what they enclose reach beyond the unit.
    """
    doubtful: list[str] = []
    unit_shape = shapely.union_all(local_unit.geometry)
    shapely.prepare(unit_shape)
    for name, layer in every_layer.items():
        known = definitions.layers.get(name)
        if known is None or not len(layer):
            continue
        if known.geometry == "polygon":
            yield from _polygons_outside(layer, local_unit, products, outside_area_m2, ignore_mean_width_m)
            doubtful += [f"{name} {feature}" for feature in _undecided(layer, unit_shape, products)]
        else:
            away = np.nan_to_num(shapely.distance(layer.geometry, unit_shape))
            rows = np.flatnonzero(away > ignore_mean_width_m)
            yield from feature_findings(layer, rows, away, limit=ignore_mean_width_m, unit="m")
    if doubtful:
        names = ", ".join(doubtful)
        raise NotChecked(
            Text(f"Rings that do not say what they enclose reach beyond the unit: {names}.", f"以下要素环无效且可能超出板块：{names}。")
        )


def _undecided(layer: Layer, unit_shape: shapely.Geometry, products: Products) -> list[str]:
    """Name the features of which nobody can say whether they lie inside: what they enclose lies within their hull."""
    known = products.feature_areas(layer)
    rows = np.flatnonzero(known.polygonal & ~known.sound)
    hulls = shapely.convex_hull(places_of(layer, rows))
    return [str(layer.ids[row]) for row in rows[~shapely.covers(unit_shape, hulls)]]


def _polygons_outside(
    layer: Layer, local_unit: Layer, products: Products, outside_area_m2: float, ignore_mean_width_m: float
) -> Iterator[Finding]:
    sound = np.flatnonzero(products.feature_areas(layer).sound)
    part = layer if len(sound) == len(layer) else layer.take(sound)
    outside = products.planar_areas(part) - shared_area_m2(part, local_unit, products)
    rows = np.flatnonzero(outside > outside_area_m2)
    pieces = shapely.difference(shapely.make_valid(places_of(part, rows)), shapely.union_all(local_unit.geometry))
    for row, piece in zip(rows.tolist(), pieces, strict=True):
        if float(mean_width(np.array([piece]))[0]) >= ignore_mean_width_m:
            yield Finding((str(part.ids[row]),), float(outside[row]), outside_area_m2, "m2", piece, layer.name)
