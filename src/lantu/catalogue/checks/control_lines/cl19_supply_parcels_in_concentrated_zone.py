"""Parcels are supplied in the concentrated zone of the development boundary · 供应地块应位于集中建设区."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.outside import outside_findings
from lantu.catalogue.sources import BOUNDARY_NOTICE, MASTER_PLAN_GUIDE, together
from lantu.catalogue.tolerances import within_tolerance
from lantu.catalogue.uses import open_zones
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
    "CL19",
    title=Text("Parcels are supplied in the concentrated zone of the development boundary", "供应地块应位于城镇开发边界集中建设区"),
    message=Text(
        "{measured} m² of parcel {feature} lie outside the concentrated zone.",
        "供应地块{feature}有{measured}平方米位于集中建设区以外。",
    ),
    remedy=Text(
        "Take the parcel out of this year's supply; in a flexible zone the adjustment comes first, outside the boundary only villages,"
        " infrastructure and special sites are admitted, each with its reason.",
        "移出当年供应计划；位于弹性发展区的先办理调整，位于边界外的仅限村庄、基础设施和特殊选址并说明理由。",
    ),
    severity=Severity.MAJOR,
    source=together(MASTER_PLAN_GUIDE, BOUNDARY_NOTICE),
    reference="6.2 parcel and boundary",
)
@within_tolerance
def supply_parcels_in_concentrated_zone(
    supply_parcel: Layer,
    urban_development_boundary: Layer,
    *,
    products: Products,
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find supply parcels outside the concentrated zone · 查找集中建设区外的供应地块.

    In flexible and special zones nothing is to be supplied before an adjustment. A zone without a name counts as concentrated, its
    name is asked for elsewhere.

    Parameters
    ----------
    supply_parcel
        Parcels of the supply plan.
    urban_development_boundary
        Zones of the boundary with their names.
    products
        Where overlays are computed and remembered.
    tolerance
        What counts as numerical, doubtful or real.

    Yields
    ------
    Finding
        One per parcel with land outside, at its place; measured on the ellipsoid in m².
    """
    everything = np.ones(len(supply_parcel), dtype=bool)
    zones = open_zones(urban_development_boundary)
    yield from outside_findings(supply_parcel, everything, urban_development_boundary, zones, products, tolerance)
