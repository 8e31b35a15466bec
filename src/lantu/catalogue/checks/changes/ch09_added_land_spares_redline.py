"""Added land and the ecological redline · 调入与生态保护红线."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.sources import DYNAMIC_MAINTENANCE
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import is_in
from lantu.engines.overlay.slivers import mean_width
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer


@check(
    "CH09",
    title=Text("Land that is added does not touch the ecological redline", "调入图形不得占用生态保护红线"),
    message=Text(
        "{feature} adds land of which {measured} m² lie in the ecological redline {other}.",
        "调入图形{feature}占用生态保护红线{other}共{measured}平方米。",
    ),
    remedy=Text("Draw the addition around it.", "请避让后重新划定。"),
    severity=Severity.MANDATORY,
    source=DYNAMIC_MAINTENANCE,
    reference="3.6 changes",
    stages=("review", "maintenance"),
)
def added_land_spares_redline(
    change: Layer, ecological_redline: Layer, *, products: Products, ignore_area_m2: float, ignore_mean_width_m: float
) -> Iterator[Finding]:
    """Find additions that lie in the ecological redline · 调入占用生态保护红线.

    The law grants no minimum area. What is both small and narrow is the thickness of a drawn line, counted elsewhere.

    Parameters
    ----------
    change
        Change; metres.
    ecological_redline
        Ecological redline; metres.
    products
        Where areas are computed and remembered.
    ignore_area_m2
        Smaller and narrower pieces are numerical, m².
    ignore_mean_width_m
        See ignore_area_m2, m.

    Yields
    ------
    Finding
        One per pair, at the place they share.
    """
    product = products.overlay(change, ecological_redline)
    added = is_in(change, "change_type", ["1"])[product.left]
    pieces = products.pieces(change, ecological_redline, added)
    for left, right, area, piece in zip(product.left[added], product.right[added], product.area_m2[added], pieces, strict=True):
        if area >= ignore_area_m2 or (piece is not None and float(mean_width(np.array([piece]))[0]) >= ignore_mean_width_m):
            features, other = (str(change.ids[left]),), str(ecological_redline.ids[right])
            yield Finding(features, float(area), 0.0, "m2", piece, "change", {"other": other})
