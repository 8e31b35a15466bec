"""Key projects keep off the ecological redline · 重大项目应避让生态保护红线."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.conflicts import conflict_findings
from lantu.catalogue.sources import REDLINE_NOTICE, THREE_LINES_OPINION, together
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
    "CL21",
    title=Text("Key projects keep off the ecological redline", "重大项目应避让生态保护红线"),
    message=Text(
        "{features} share {measured} m², {width} m wide at most ({weight}).",
        "{features}重叠{measured}平方米，最大平均宽{width}米（{weight}）。",
    ),
    remedy=Text(
        "Move the site; or name the limited activity that it is with its document; national major projects attach"
        " the provincial argument and the approval.",
        "调整选址；属有限人为活动的注明类别并附认定意见；国家重大项目附省级不可避让论证与批准文件。",
    ),
    severity=Severity.MANDATORY,
    source=together(REDLINE_NOTICE, THREE_LINES_OPINION),
    reference="6.1 redline; 6.2 parcel and redline",
)
@within_tolerance
def projects_off_redline(
    key_project: Layer,
    ecological_redline: Layer,
    *,
    products: Products,
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find key projects inside the redline · 查找占用红线的重大项目.

    A project inside the line needs a document of its own before anything else about it can be decided.

    Parameters
    ----------
    key_project
        Sites of key projects.
    ecological_redline
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
    yield from conflict_findings(key_project, ecological_redline, products, tolerance)
