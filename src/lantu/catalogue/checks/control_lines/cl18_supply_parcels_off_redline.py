"""No parcel is supplied inside the ecological redline · 供应地块不得占用生态保护红线."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.conflicts import conflict_findings
from lantu.catalogue.sources import REDLINE_NOTICE, THREE_LINES_OPINION, together
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
    "CL18",
    title=Text("No parcel is supplied inside the ecological redline", "供应地块不得占用生态保护红线"),
    message=Text(
        "{features} share {measured} m², {width} m wide at most ({weight}).",
        "{features}重叠{measured}平方米，最大平均宽{width}米（{weight}）。",
    ),
    remedy=Text(
        "Take the parcel out of the supply plan, or redraw it off the redline.",
        "将地块移出供应计划或调整范围避让。",
    ),
    severity=Severity.MANDATORY,
    source=together(REDLINE_NOTICE, THREE_LINES_OPINION),
    reference="6.2 parcel and redline",
)
@within_tolerance
def supply_parcels_off_redline(
    supply_parcel: Layer,
    ecological_redline: Layer,
    *,
    products: Products,
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find supply parcels inside the redline · 查找占用红线的供应地块.

    Supply is for development, which is none of the limited activities that the redline admits.

    Parameters
    ----------
    supply_parcel
        Parcels of the supply plan.
    ecological_redline
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
    yield from conflict_findings(supply_parcel, ecological_redline, products, tolerance)
