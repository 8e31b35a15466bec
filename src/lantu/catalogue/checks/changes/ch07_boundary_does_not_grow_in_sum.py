"""Total of the boundary · 边界总量."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import DYNAMIC_MAINTENANCE
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import is_blank, is_in
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer


@check(
    "CH07",
    title=Text("Changes do not raise the area of the boundary, but by a named reserve", "变更不得增加总规模，机动指标除外"),
    message=Text(
        "The changes raise the area by {measured} m²; named reserves cover {limit} m².",
        "变更使总规模增加{measured}平方米，机动指标仅{limit}平方米。",
    ),
    remedy=Text("Remove as much as is added, or name the reserve it is taken from.", "请等量调出，或注明机动指标来源。"),
    severity=Severity.MANDATORY,
    source=DYNAMIC_MAINTENANCE,
    reference="3.6 changes",
    stages=("review", "maintenance"),
)
def boundary_does_not_grow_in_sum(
    change: Layer, before_change: Layer, after_change: Layer, *, products: Products, change_area_difference_m2: float
) -> Iterator[Finding]:
    """Compare the area before and after with the reserves named · 总规模.

    A local adjustment may move the boundary, not enlarge it. Areas are ellipsoidal; an addition that names its reserve is covered
    by it.

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
    rise = float(products.ellipsoidal_areas(after_change).sum()) - float(products.ellipsoidal_areas(before_change).sum())
    covered = is_in(change, "change_type", ["1"]) & ~is_blank(change, "reserve_source")
    reserve = float(products.ellipsoidal_areas(change)[covered].sum())
    if rise - reserve > change_area_difference_m2:
        yield Finding((), rise, reserve, "m2", None, "after_change")
