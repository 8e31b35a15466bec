"""Extent of layers · 图层范围."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.sharing import bounds_of_features
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer


@check(
    "SR07",
    title=Text("A layer lies in the unit that submits it", "图层应位于所属板块"),
    message=Text("Only {measured} of the features of layer {layer} lie near the unit.", "图层{layer}仅有{measured}的要素位于板块附近。"),
    remedy=Text("Check the coordinate system and whether the layer is of this unit.", "请核对坐标系以及图层是否属于本板块。"),
    severity=Severity.MANDATORY,
    source=database_norm(5),
    reference="3.6 spatial reference",
)
def layer_lies_in_its_unit(every_layer: Mapping[str, Layer], local_unit: Layer, *, layer_in_unit_share: float) -> Iterator[Finding]:
    """Find layers most of whose features lie away from the unit · 图层范围不符.

    A feature counts as near if its box meets the box of the unit; single features that stick out are left to topology.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    local_unit
        Polygon of the unit itself.
    layer_in_unit_share
        Least share of features near the unit.

    Yields
    ------
    Finding
        One per layer.
    """
    west, south, east, north = shapely.total_bounds(local_unit.geometry)
    for name, layer in every_layer.items():
        boxes = bounds_of_features(layer)
        present = ~np.isnan(boxes[:, 0])
        near = (boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
        if present.any():
            share = float(near[present].mean())
            if share < layer_in_unit_share:
                yield Finding((), share, layer_in_unit_share, "", shapely.box(*_around(boxes[present])), name)


def _around(boxes: npt.NDArray[np.float64]) -> tuple[float, float, float, float]:
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
