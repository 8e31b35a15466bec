"""Building land of the present survey on farmland is listed for verification · 永久基本农田内现状建设用地应核实处置."""

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
    "CL06",
    title=Text("Building land of the present survey on farmland is listed for verification", "永久基本农田内现状建设用地应核实处置"),
    message=Text(
        "{features} share {measured} m², {width} m wide at most ({weight}).",
        "{features}重叠{measured}平方米，最大平均宽{width}米（{weight}）。",
    ),
    remedy=Text("Verify on site, then take it out of the farmland by a lawful change or clear it.", "实地核实后依法调出或拆除复耕。"),
    severity=Severity.NOTICE,
    source=together(land_law("37"), farmland_regulation("17")),
    reference="6.2 present facts",
)
@within_tolerance
def present_building_off_farmland(
    present_land_use: Layer,
    permanent_basic_farmland: Layer,
    *,
    products: Products,
    classifications: Mapping[str, Classification],
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """List present building land on farmland · 列出永农内现状建设用地.

    A fact of the ground, not a fault of the plan; it has to be dealt with.

    Parameters
    ----------
    present_land_use
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
        present_land_use, permanent_basic_farmland, products, tolerance, construction(present_land_use, classifications)
    )
