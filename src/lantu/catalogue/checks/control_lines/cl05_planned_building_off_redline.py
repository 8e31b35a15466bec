"""No building land is planned inside the ecological redline · 规划建设用地不得占用生态保护红线."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.conflicts import conflict_findings
from lantu.catalogue.sources import REDLINE_NOTICE, THREE_LINES_OPINION, together
from lantu.catalogue.tolerances import within_tolerance
from lantu.catalogue.uses import construction
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
    "CL05",
    title=Text("No building land is planned inside the ecological redline", "规划建设用地不得占用生态保护红线"),
    message=Text(
        "{features} share {measured} m², {width} m wide at most ({weight}).",
        "{features}重叠{measured}平方米，最大平均宽{width}米（{weight}）。",
    ),
    remedy=Text("Move the plot, or name the allowed activity with its document.", "调整地块；属有限人为活动的注明类别并附认定文件。"),
    severity=Severity.MANDATORY,
    source=together(REDLINE_NOTICE, THREE_LINES_OPINION),
    reference="6.1 redline",
)
@within_tolerance
def planned_building_off_redline(
    planned_land_use: Layer,
    ecological_redline: Layer,
    *,
    products: Products,
    classifications: Mapping[str, Classification],
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find building land planned inside the redline · 查找规划占用红线.

    Only limited activities are allowed there, and each is named.

    Parameters
    ----------
    planned_land_use
        Land use with its codes.
    ecological_redline
        Polygons of the line.
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
    yield from conflict_findings(planned_land_use, ecological_redline, products, tolerance, construction(planned_land_use, classifications))
