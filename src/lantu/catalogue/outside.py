"""What lies outside the zones that it should lie in · 分区以外的用地."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.engines.overlay.slivers import Tolerance, Weight, classify, mean_width
from lantu.vocabulary.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer


def outside_findings(  # noqa: PLR0913, PLR0917  # every one is needed
    layer: Layer,
    meant: npt.NDArray[np.bool_],
    zones: Layer,
    admitted: npt.NDArray[np.bool_],
    products: Products,
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find the land of features that no admitted zone covers · 查找分区以外部分.

    Parameters
    ----------
    layer
        Polygons; metres.
    meant
        Which of them must lie inside, shape ``(n,)``.
    zones
        Polygons in the same CRS.
    admitted
        In which of them the features may lie.
    products
        Where overlays are computed and remembered.
    tolerance
        What counts as numerical, doubtful or real.

    Yields
    ------
    Finding
        One per feature with land outside, at its place; measured in m² on the ellipsoid. Where all of it is doubtful, a notice.
    """
    product = products.overlay(layer, zones)
    planar, ellipsoidal = products.planar_areas(layer), products.ellipsoidal_areas(layer)
    counted = admitted[product.right] if len(product) else np.zeros(0, dtype=bool)
    inside = np.bincount(product.left[counted], weights=product.area_m2[counted], minlength=len(layer))
    for row in np.flatnonzero(meant & (planar - inside > 1e-8 * np.maximum(planar, 1.0))):
        around = zones.geometry[product.right[counted & (product.left == row)]]
        shape = layer.geometry[row]
        rest = shapely.difference(shape, shapely.union_all(around)) if len(around) else shape
        parts = [part for part in shapely.get_parts(rest) if part.area > 0]
        weights = [classify(part.area, float(mean_width(np.array([part], dtype=object))[0]), tolerance) for part in parts]
        if all(weight is Weight.NUMERICAL for weight in weights):
            continue
        yield Finding(
            features=(str(layer.ids[row]),),
            measured=float(rest.area * ellipsoidal[row] / planar[row]),
            limit=0.0,
            unit="m2",
            place=rest,
            severity=None if Weight.REAL in weights else Severity.NOTICE,
        )
