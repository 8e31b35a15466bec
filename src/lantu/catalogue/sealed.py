"""Where a line departs from its sealed copy · 与封库版的差异."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely

from lantu.catalogue.conflicts import WEIGHT_NAMES
from lantu.engines.overlay.slivers import Tally, Tolerance, Weight, classify, mean_width, must_report_sum
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer

_MISSING = Text("are missing from", "缺于")
_ADDED = Text("are added to", "超出")
# The kernel is exact to 1e-9 of a polygon: a smaller deficit is the computation's, not the plan's.
_COMPUTATION_SHARE = 1e-8


def departures(own: Layer, sealed: Layer, products: Products, tolerance: Tolerance, local_unit: Layer | None = None) -> Iterator[Finding]:
    """Find land that one of the two has and the other has not · 双向比较.

    A sealed feature may reach over several units. What of it lies in the unit must be there, whatever its share; what is
    there must be sealed, whichever unit the sealed feature mostly lies in.

    Parameters
    ----------
    own
        Polygons as submitted.
    sealed
        Polygons as sealed that meet the unit, same CRS.
    products
        Where overlays are computed and remembered.
    tolerance
        What counts as numerical, doubtful or real.
    local_unit
        Polygon of the unit, same CRS; None where sealed features all lie in it.

    Yields
    ------
    Finding
        One per feature with land missing or added; the sum of numerical pieces where it is large.
    """
    ignored = Tally()
    due = sealed if local_unit is None else _inside(sealed, local_unit, products)
    for left, right, direction in ((due, own, _MISSING), (own, sealed, _ADDED)):
        for finding, tally in _uncovered(left, right, products, tolerance, direction):
            ignored += tally
            if finding is not None:
                yield finding
    if must_report_sum(ignored, tolerance):
        yield Finding(
            features=("",),
            measured=ignored.area_m2,
            limit=tolerance.ignored_sum_m2,
            unit="m2",
            values={"direction": Text("differ in all from", "累计不同于"), "weight": WEIGHT_NAMES[Weight.NUMERICAL]},
            severity=Severity.NOTICE,
        )


def _inside(sealed: Layer, local_unit: Layer, products: Products) -> Layer:
    """Cut at the unit what reaches beyond it, and leave what lies in it untouched."""
    if not len(sealed):
        return sealed
    planar = products.planar_areas(sealed)
    product = products.overlay(sealed, local_unit)
    share = np.bincount(product.left, weights=product.area_m2, minlength=len(sealed)) / np.maximum(planar, np.finfo(float).tiny)
    rows = np.flatnonzero(share > _COMPUTATION_SHARE)
    part = sealed if len(rows) == len(sealed) else sealed.take(rows)
    across = share[rows] < 1 - _COMPUTATION_SHARE
    if not across.any():
        return part
    frame = shapely.union_all(local_unit.geometry)
    shapes = part.geometry.copy()
    shapes[across] = [_areal(shape) for shape in shapely.intersection(shapes[across], frame)]
    return replace(part, wkb=pa.chunked_array([pa.array(shapely.to_wkb(shapes), pa.large_binary())]), version="")


def _areal(shape: shapely.Geometry) -> shapely.Geometry:
    # Where an edge runs along the unit's, the intersection holds lines as well.
    parts = shapely.get_parts(shape)
    parts = parts[shapely.get_dimensions(parts) == 2]  # noqa: PLR2004  # the dimension of a polygon
    return shapely.multipolygons(shapely.get_parts(parts))


def _uncovered(
    left: Layer, right: Layer, products: Products, tolerance: Tolerance, direction: Text
) -> Iterator[tuple[Finding | None, Tally]]:
    product = products.overlay(left, right)
    planar, ellipsoidal = products.planar_areas(left), products.ellipsoidal_areas(left)
    covered = np.bincount(product.left, weights=product.area_m2, minlength=len(left))
    for row in np.flatnonzero(planar - covered > _COMPUTATION_SHARE * np.maximum(planar, 1.0)):
        others = right.geometry[product.right[product.left == row]]
        rest = shapely.difference(left.geometry[row], shapely.union_all(others)) if len(others) else left.geometry[row]
        parts = [part for part in shapely.get_parts(rest) if part.area > 0]
        weights = [classify(part.area, float(mean_width(np.array([part], dtype=object))[0]), tolerance) for part in parts]
        area_m2 = float(rest.area * ellipsoidal[row] / planar[row])
        if all(weight is Weight.NUMERICAL for weight in weights):
            yield None, Tally(len(parts), area_m2)
            continue
        weight = Weight.REAL if Weight.REAL in weights else Weight.DOUBTFUL
        yield (
            Finding(
                features=(str(left.ids[row]),),
                measured=area_m2,
                limit=0.0,
                unit="m2",
                place=rest,
                values={"direction": direction, "weight": WEIGHT_NAMES[weight]},
                severity=None if weight is Weight.REAL else Severity.NOTICE,
            ),
            Tally(),
        )
