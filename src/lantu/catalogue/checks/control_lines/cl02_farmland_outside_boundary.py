"""Permanent basic farmland lies outside the urban development boundary · 永久基本农田不得划入城镇开发边界."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.conflicts import conflict_findings
from lantu.catalogue.sources import LINES_DO_NOT_CROSS
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
    "CL02",
    title=Text("Permanent basic farmland lies outside the urban development boundary", "永久基本农田不得划入城镇开发边界"),
    message=Text(
        "{features} share {measured} m², {width} m wide at most ({weight}).",
        "{features}重叠{measured}平方米，最大平均宽{width}米（{weight}）。",
    ),
    remedy=Text(
        "Redraw one of the lines by the order of priority: farmland, redline, boundary; land kept inside a town is cut out as a hole.",
        "按永久基本农田、生态保护红线、城镇开发边界的优先顺序调整；城镇内保留的应开天窗扣除。",
    ),
    severity=Severity.MANDATORY,
    source=LINES_DO_NOT_CROSS,
    reference="6.2 three lines",
)
@within_tolerance
def farmland_outside_boundary(
    permanent_basic_farmland: Layer,
    urban_development_boundary: Layer,
    *,
    products: Products,
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find farmland inside the development boundary · 查找划入边界的永农.

    Farmland inside a town stands as a hole in the boundary, else it counts as land to protect and as land to build on.

    Parameters
    ----------
    permanent_basic_farmland
        Polygons of the line that is held.
    urban_development_boundary
        Polygons it must keep apart from.
    products
        Where overlays are computed and remembered.
    tolerance
        What counts as numerical, doubtful or real.

    Yields
    ------
    Finding
        One per pair that shares land, at its place; measured is the ellipsoidal area in m².
    """
    yield from conflict_findings(permanent_basic_farmland, urban_development_boundary, products, tolerance)
