"""Building land of the present survey inside the redline is listed for verification · 生态保护红线内现状建设用地应核实处置."""

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
    "CL07",
    title=Text("Building land of the present survey inside the redline is listed for verification", "生态保护红线内现状建设用地应核实处置"),
    message=Text(
        "{features} share {measured} m², {width} m wide at most ({weight}).",
        "{features}重叠{measured}平方米，最大平均宽{width}米（{weight}）。",
    ),
    remedy=Text("Verify on site and settle by the rules for what was there before.", "实地核实，按历史遗留处置规则办理。"),
    severity=Severity.NOTICE,
    source=together(REDLINE_NOTICE, THREE_LINES_OPINION),
    reference="6.2 present facts",
)
@within_tolerance
def present_building_off_redline(
    present_land_use: Layer,
    ecological_redline: Layer,
    *,
    products: Products,
    classifications: Mapping[str, Classification],
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """List present building land inside the redline · 列出红线内现状建设用地.

    A fact of the ground, not a fault of the plan; it has to be dealt with.

    Parameters
    ----------
    present_land_use
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
    yield from conflict_findings(present_land_use, ecological_redline, products, tolerance, construction(present_land_use, classifications))
