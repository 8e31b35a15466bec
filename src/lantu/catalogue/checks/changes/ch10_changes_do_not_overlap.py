"""Changes among themselves · 变更之间."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import DYNAMIC_MAINTENANCE
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer


@check(
    "CH10",
    title=Text("Changes do not overlap", "变更图形之间不得重叠"),
    message=Text(
        "Changes {features} overlap by {measured} m² (limit {limit} m²).", "变更{features}重叠{measured}平方米（限值{limit}平方米）。"
    ),
    remedy=Text("Make one change of them.", "请合并为一处变更。"),
    severity=Severity.MAJOR,
    source=DYNAMIC_MAINTENANCE,
    reference="3.6 changes",
    stages=("review", "maintenance"),
)
def changes_do_not_overlap(change: Layer, *, products: Products, change_area_difference_m2: float) -> Iterator[Finding]:
    """Find changes that overlap one another · 变更重叠.

    Land cannot be added and removed in one change set.

    Parameters
    ----------
    change
        Change; metres.
    products
        Where areas are computed and remembered.
    change_area_difference_m2
        Allowed difference of areas, m².

    Yields
    ------
    Finding
        One per pair, at the place they share.
    """
    product = products.overlay(change, change)
    wanted = (product.left < product.right) & (product.area_m2 > change_area_difference_m2)
    pieces = products.pieces(change, change, wanted)
    for left, right, area, piece in zip(product.left[wanted], product.right[wanted], product.area_m2[wanted], pieces, strict=True):
        features = (str(change.ids[left]), str(change.ids[right]))
        yield Finding(features, float(area), change_area_difference_m2, "m2", piece, "change")
