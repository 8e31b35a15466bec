"""Permanent basic farmland and the ecological redline do not overlap · 永久基本农田与生态保护红线不得交叉重叠."""

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
    "CL01",
    title=Text("Permanent basic farmland and the ecological redline do not overlap", "永久基本农田与生态保护红线不得交叉重叠"),
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
def farmland_outside_redline(
    permanent_basic_farmland: Layer,
    ecological_redline: Layer,
    *,
    products: Products,
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find farmland inside the redline · 查找与红线重叠的永农.

    Land under both would be farmed by one law and left to nature by another; every sum counts it twice.

    Parameters
    ----------
    permanent_basic_farmland
        Polygons of the line that is held.
    ecological_redline
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
    yield from conflict_findings(permanent_basic_farmland, ecological_redline, products, tolerance)
