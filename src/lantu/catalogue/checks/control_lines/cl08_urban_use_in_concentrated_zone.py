"""Urban development in flexible and special zones is reviewed · 弹性发展区与特别用途区内的城镇建设须复核."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.conflicts import conflict_findings
from lantu.catalogue.sources import BOUNDARY_NOTICE, THREE_LINES_OPINION, together
from lantu.catalogue.tolerances import within_tolerance
from lantu.catalogue.uses import urban_in_zones
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
    "CL08",
    title=Text("Urban development in flexible and special zones is reviewed", "弹性发展区与特别用途区内的城镇建设须复核"),
    message=Text(
        "{features} share {measured} m², {width} m wide at most ({weight}).",
        "{features}重叠{measured}平方米，最大平均宽{width}米（{weight}）。",
    ),
    remedy=Text("Plan it inside the concentrated zone, or adjust the zone lawfully first.", "安排在集中建设区内，或先依法调整分区。"),
    severity=Severity.MAJOR,
    source=together(THREE_LINES_OPINION, BOUNDARY_NOTICE),
    reference="6.1 boundary",
)
@within_tolerance
def urban_use_in_concentrated_zone(
    planned_land_use: Layer,
    urban_development_boundary: Layer,
    *,
    products: Products,
    classifications: Mapping[str, Classification],
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find urban development outside the concentrated zone · 查找集中建设区外的城镇建设.

    A flexible zone may be built on only after lawful adjustment; a special zone in principle not.

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
        One per pair that shares land, at its place; measured is the ellipsoidal area in m².
    """
    yield from conflict_findings(
        planned_land_use,
        urban_development_boundary,
        products,
        tolerance,
        urban_in_zones(planned_land_use, urban_development_boundary, classifications),
    )
