"""No building land is planned on permanent basic farmland · 规划建设用地不得占用永久基本农田."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.conflicts import conflict_findings
from lantu.catalogue.sources import farmland_regulation, land_law, together
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
    "CL04",
    title=Text("No building land is planned on permanent basic farmland", "规划建设用地不得占用永久基本农田"),
    message=Text(
        "{features} share {measured} m², {width} m wide at most ({weight}).",
        "{features}重叠{measured}平方米，最大平均宽{width}米（{weight}）。",
    ),
    remedy=Text(
        "Move the plot, or show the State Council's approval and the land that makes good for it.",
        "调整地块；确需占用的附国务院批准文件与补划方案。",
    ),
    severity=Severity.MANDATORY,
    source=together(land_law("37"), farmland_regulation("17")),
    reference="6.1 farmland",
)
@within_tolerance
def planned_building_off_farmland(
    planned_land_use: Layer,
    permanent_basic_farmland: Layer,
    *,
    products: Products,
    classifications: Mapping[str, Classification],
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find building land planned on farmland · 查找规划占用永农.

    The law grants no least area: one square metre counts.

    Parameters
    ----------
    planned_land_use
        Land use with its codes.
    permanent_basic_farmland
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
    yield from conflict_findings(
        planned_land_use, permanent_basic_farmland, products, tolerance, construction(planned_land_use, classifications)
    )
