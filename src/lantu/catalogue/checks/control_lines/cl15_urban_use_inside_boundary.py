"""Urban use inside the boundary · 城镇建设应在边界内."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.outside import outside_findings
from lantu.catalogue.sources import BOUNDARY_NOTICE, THREE_LINES_OPINION, together
from lantu.catalogue.tolerances import within_tolerance
from lantu.catalogue.uses import urban
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.engines.overlay.products import Products
    from lantu.engines.overlay.slivers import Tolerance
    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer


@check(
    "CL15",
    title=Text("Urban development is planned inside the boundary", "城镇建设应安排在城镇开发边界内"),
    message=Text(
        "{feature} plans {measured} m² of urban development outside the boundary.",
        "{feature}在城镇开发边界外安排城镇建设{measured}平方米。",
    ),
    remedy=Text(
        "Plan it inside the boundary, or give the reason code of a site that may lie outside.", "调整至边界内；属特殊选址的注明准入类别。"
    ),
    severity=Severity.MAJOR,
    source=together(THREE_LINES_OPINION, BOUNDARY_NOTICE),
    reference="6.1 boundary",
)
@within_tolerance
def urban_use_inside_boundary(
    planned_land_use: Layer,
    urban_development_boundary: Layer,
    *,
    products: Products,
    classifications: Mapping[str, Classification],
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find urban development outside the boundary · 查找边界外城镇建设.

    Villages, transport, utilities and special sites may lie outside; what counts as urban development is data.

    Parameters
    ----------
    planned_land_use
        Planned land use with its codes.
    urban_development_boundary
        Zones of the boundary.
    products
        Where overlays are computed and remembered.
    classifications
        Land-use classifications by name.
    tolerance
        What counts as numerical, doubtful or real.

    Yields
    ------
    Finding
        One per plot with land outside, at its place; measured in m² on the ellipsoid.
    """
    everywhere = np.ones(len(urban_development_boundary), dtype=bool)
    meant = urban(planned_land_use, classifications)
    yield from outside_findings(planned_land_use, meant, urban_development_boundary, everywhere, products, tolerance)
