"""The ecological redline is the sealed one · 生态保护红线与封库版一致."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sealed import departures
from lantu.catalogue.sources import BOUNDARY_NOTICE, SEALED_LINES, together
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
    "CL10",
    title=Text("The ecological redline is drawn as in the sealed copy", "生态保护红线与封库版一致"),
    message=Text(
        "{feature}: {measured} m² {direction} the sealed copy ({weight}).",
        "{feature}：{measured}平方米{direction}封库版（{weight}）。",
    ),
    remedy=Text(
        "Take the sealed geometry, or deliver the lawful change set that explains the difference.",
        "采用封库图形，或提交说明差异的法定变更数据。",
    ),
    severity=Severity.MANDATORY,
    source=together(SEALED_LINES, BOUNDARY_NOTICE),
    reference="6.1 sealed lines",
)
@within_tolerance
def redline_as_sealed(
    ecological_redline: Layer,
    sealed_ecological_redline: Layer,
    local_unit: Layer | None = None,
    *,
    products: Products,
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find where the ecological redline departs from the sealed copy · 查找与封库版的差异.

    Local systems use the sealed copy and later lawful changes only; a line redrawn by hand is no control line.

    Parameters
    ----------
    ecological_redline
        Polygons as submitted.
    sealed_ecological_redline
        Polygons as sealed that meet the unit.
    local_unit
        The unit; what is sealed beyond it is its neighbour's to keep.
    products
        Where overlays are computed and remembered.
    tolerance
        What counts as numerical, doubtful or real.

    Yields
    ------
    Finding
        One per feature with land added to or missing from the sealed copy; measured in m² on the ellipsoid.
    """
    yield from departures(ecological_redline, sealed_ecological_redline, products, tolerance, local_unit)
