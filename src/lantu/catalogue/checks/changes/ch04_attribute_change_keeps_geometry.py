"""Attribute changes · 属性变更."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.sources import DYNAMIC_MAINTENANCE
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, is_in
from lantu.engines.checking.sharing import shared_area_m2
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer

_NOT_BEFORE = Text("was not there before", "维护前不存在")
_NOT_AFTER = Text("is not there after", "维护后不存在")


@check(
    "CH04",
    title=Text("A change of attributes leaves the geometry as it was", "属性变更不改变图形"),
    message=Text(
        "{feature} is filed as changed in its attributes, but {measured} m² of it {state} (limit {limit} m²).",
        "{feature}登记为属性变更，但有{measured}平方米{state}（限值{limit}平方米）。",
    ),
    remedy=Text("Correct the change layer or the states.", "请更正维护层或前后状态。"),
    severity=Severity.MAJOR,
    source=DYNAMIC_MAINTENANCE,
    reference="3.6 changes",
    stages=("review", "maintenance"),
)
def attribute_change_keeps_geometry(
    change: Layer, before_change: Layer, after_change: Layer, *, products: Products, change_area_difference_m2: float
) -> Iterator[Finding]:
    """Hold changes of attributes against both states · 属性变更检查.

    A change of attributes that moves a boundary is an addition or a removal under another name.

    Parameters
    ----------
    change
        Change; metres.
    before_change
        Before change; metres.
    after_change
        After change; metres.
    products
        Where areas are computed and remembered.
    change_area_difference_m2
        Allowed difference of areas, m².

    Yields
    ------
    Finding
        One per change and state.
    """
    areas = products.planar_areas(change)
    before, after = shared_area_m2(change, before_change, products), shared_area_m2(change, after_change, products)
    of_kind = is_in(change, "change_type", ["2"])
    for excess, state in (
        (areas - before, _NOT_BEFORE),
        (areas - after, _NOT_AFTER),
    ):
        rows = np.flatnonzero(of_kind & (excess > change_area_difference_m2))
        yield from feature_findings(change, rows, excess, limit=change_area_difference_m2, unit="m2", values={"state": state})
