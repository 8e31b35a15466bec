"""No parcel is supplied on permanent basic farmland · 供应地块不得占用永久基本农田."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.conflicts import conflict_findings
from lantu.catalogue.sources import farmland_regulation, land_law, together
from lantu.catalogue.tolerances import within_tolerance
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.engines.overlay.products import Products
    from lantu.engines.overlay.slivers import Tolerance
    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer


@check(
    "CL17",
    title=Text("No parcel is supplied on permanent basic farmland", "供应地块不得占用永久基本农田"),
    message=Text(
        "{features} share {measured} m², {width} m wide at most ({weight}).",
        "{features}重叠{measured}平方米，最大平均宽{width}米（{weight}）。",
    ),
    remedy=Text(
        "Take the parcel out of the supply plan, or redraw it off the farmland; an approval of the conversion comes before the supply.",
        "将地块移出供应计划或调整范围避让；确需占用的须先取得转用批准。",
    ),
    severity=Severity.MANDATORY,
    source=together(land_law("35, 37"), farmland_regulation("17")),
    reference="6.2 parcel and farmland",
)
@within_tolerance
def supply_parcels_off_farmland(
    supply_parcel: Layer,
    permanent_basic_farmland: Layer,
    *,
    products: Products,
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find supply parcels on farmland · 查找占用永农的供应地块.

    A parcel that is not free of the line cannot be delivered: the contract would bind the city to what the law forbids.

    Parameters
    ----------
    supply_parcel
        Parcels of the supply plan.
    permanent_basic_farmland
        Polygons of the line.
    products
        Where overlays are computed and remembered.
    tolerance
        What counts as numerical, doubtful or real.

    Yields
    ------
    Finding
        One per pair that shares land, at its place; measured is the ellipsoidal area in m².
    """
    yield from conflict_findings(supply_parcel, permanent_basic_farmland, products, tolerance)
