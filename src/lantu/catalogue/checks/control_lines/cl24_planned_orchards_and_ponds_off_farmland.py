"""No orchards, woods or fish ponds are planned on permanent basic farmland · 规划不得在永久基本农田上安排林果业和坑塘养殖."""

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
    "CL24",
    title=Text("No orchards, woods or fish ponds are planned on permanent basic farmland", "规划不得在永久基本农田上安排林果业和坑塘养殖"),
    message=Text(
        "{features} share {measured} m², {width} m wide at most ({weight}).",
        "{features}重叠{measured}平方米，最大平均宽{width}米（{weight}）。",
    ),
    remedy=Text(
        "Plan the land as cultivated land, or move the use off the farmland.",
        "规划为耕地，或将该用途调整至永久基本农田以外。",
    ),
    severity=Severity.MANDATORY,
    source=together(land_law("37"), farmland_regulation("17")),
    reference="6.1 farmland, forbidden uses",
)
@within_tolerance
def planned_orchards_and_ponds_off_farmland(
    planned_land_use: Layer,
    permanent_basic_farmland: Layer,
    *,
    products: Products,
    classifications: Mapping[str, Classification],
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find orchards, woods and ponds planned on farmland · 查找永农上规划的林果与坑塘.

    A plan that puts a forbidden use on protected farmland orders what the law punishes. Building land is told apart, see CL04.

    Parameters
    ----------
    planned_land_use
        Planned land use with its codes.
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
        planned_land_use, permanent_basic_farmland, products, tolerance, forbidden_on_farmland(planned_land_use, classifications)
    )
