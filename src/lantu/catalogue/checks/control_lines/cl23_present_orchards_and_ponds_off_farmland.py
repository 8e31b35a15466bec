"""No orchards, woods or fish ponds stand on permanent basic farmland · 永久基本农田内不得发展林果业和挖塘养鱼."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.conflicts import conflict_findings
from lantu.catalogue.sources import farmland_regulation, land_law, together
from lantu.catalogue.tolerances import within_tolerance
from lantu.catalogue.uses import forbidden_on_farmland
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
    "CL23",
    title=Text("No orchards, woods or fish ponds stand on permanent basic farmland", "永久基本农田内不得发展林果业和挖塘养鱼"),
    message=Text(
        "{features} share {measured} m², {width} m wide at most ({weight}).",
        "{features}重叠{measured}平方米，最大平均宽{width}米（{weight}）。",
    ),
    remedy=Text(
        "Bring the land back to grain, or take it out of the farmland by a lawful change with land that makes good for it.",
        "恢复种植条件，或依法调出并补划。",
    ),
    severity=Severity.MAJOR,
    source=together(land_law("37"), farmland_regulation("17")),
    reference="6.1 farmland, forbidden uses",
)
@within_tolerance
def present_orchards_and_ponds_off_farmland(
    present_land_use: Layer,
    permanent_basic_farmland: Layer,
    *,
    products: Products,
    classifications: Mapping[str, Classification],
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find orchards, woods and ponds of the survey on farmland · 查找永农内现状林果与坑塘.

    Protected farmland is for farming, grain first; which codes stand for what the law forbids is data. Building land is told
    apart, see CL06.

    Parameters
    ----------
    present_land_use
        Land use of the survey with its codes.
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
        present_land_use, permanent_basic_farmland, products, tolerance, forbidden_on_farmland(present_land_use, classifications)
    )
