"""Balance of changes · 变更平衡."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import DYNAMIC_MAINTENANCE
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import is_in
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer


@check(
    "CH05",
    title=Text("The area after is the area before with what was added and removed", "维护后面积应等于维护前面积加调入减调出"),
    message=Text(
        "After the changes the area is {measured} m²; before, added and removed give {limit} m².",
        "维护后面积{measured}平方米，按维护前与调入调出应为{limit}平方米。",
    ),
    remedy=Text("Find the change that is missing from the change layer.", "请查找维护层遗漏的变更。"),
    severity=Severity.MAJOR,
    source=DYNAMIC_MAINTENANCE,
    reference="3.6 changes",
    stages=("review", "maintenance"),
)
def area_after_follows_from_changes(
    change: Layer, before_change: Layer, after_change: Layer, *, products: Products, change_area_difference_m2: float
) -> Iterator[Finding]:
    """Balance the areas of a change set · 面积平衡.

    Areas are ellipsoidal. Each change may add its own tolerance to the balance.

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
        At most one.
    """
    areas = products.ellipsoidal_areas(change)
    added = float(areas[is_in(change, "change_type", ["1"])].sum())
    removed = float(areas[is_in(change, "change_type", ["3"])].sum())
    expected = float(products.ellipsoidal_areas(before_change).sum()) + added - removed
    actual = float(products.ellipsoidal_areas(after_change).sum())
    if abs(actual - expected) > change_area_difference_m2 * (len(change) + 1):
        yield Finding((), actual, expected, "m2", None, "after_change")
