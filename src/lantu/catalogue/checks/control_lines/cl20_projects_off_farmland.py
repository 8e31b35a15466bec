"""Key projects keep off permanent basic farmland · 重大项目应避让永久基本农田."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.conflicts import conflict_findings
from lantu.catalogue.sources import farmland_regulation, land_law, together
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
    "CL20",
    title=Text("Key projects keep off permanent basic farmland", "重大项目应避让永久基本农田"),
    message=Text(
        "{features} share {measured} m², {width} m wide at most ({weight}).",
        "{features}重叠{measured}平方米，最大平均宽{width}米（{weight}）。",
    ),
    remedy=Text(
        "Move the site; where it truly cannot avoid the farmland, attach the argument of unavoidability,"
        " the State Council's approval and the land that makes good for it.",
        "调整选址；确实难以避让的，附不可避让论证、国务院批准文件与补划方案。",
    ),
    severity=Severity.MANDATORY,
    source=together(land_law("35, 46"), farmland_regulation("15")),
    reference="6.1 farmland; 6.2 parcel and farmland",
)
@within_tolerance
def projects_off_farmland(
    key_project: Layer,
    permanent_basic_farmland: Layer,
    *,
    products: Products,
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find key projects on farmland · 查找占用永农的重大项目.

    Only national and other major projects that cannot avoid it may occupy it, and each of them is approved one by one.

    Parameters
    ----------
    key_project
        Sites of key projects.
    permanent_basic_farmland
        Polygons of the line.
    products
        Where overlays are computed and remembered.
    tolerance
        What counts as numerical, doubtful or real.

    Yields
    ------
    Finding
        One per pair that shares land, at its place; measured is the ellipsoidal area in m².
    """
    yield from conflict_findings(key_project, permanent_basic_farmland, products, tolerance)
