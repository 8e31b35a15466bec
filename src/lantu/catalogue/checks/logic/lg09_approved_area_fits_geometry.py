"""Approved areas · 批准面积."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, numbers_of
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer


@check(
    "LG09",
    title=Text("The area of an approval is that of its polygon", "批准面积应与批准范围图形面积一致"),
    message=Text(
        "Approval {number} states {measured} m², its polygon {feature} has {geometry} m²; {limit} m² may differ.",
        "批文{number}批准{measured}平方米，图形{feature}为{geometry}平方米，允许差{limit}平方米。",
    ),
    remedy=Text(
        "Compare with the approval file; the legal area is that of the document, the polygon has to follow.",
        "请与批文核对；以批文面积为准，更正图形。",
    ),
    severity=Severity.MINOR,
    source=Text(
        "Lantu's quality limits (proposal); both areas are kept, the difference is reported",
        "蓝图质量限值（建议）；两种面积均保留，差值予以说明",
    ),
    reference="3.6 attributes; 0.3",
    locality="feature",
)
def approved_area_fits_geometry(approval: Layer, *, products: Products, approved_area_difference_share: float) -> Iterator[Finding]:
    """Compare approved areas with the polygons of approvals · 批准面积与图形面积.

    Area has two meanings: the legal one of the document and the geometric one. Both are kept.

    Parameters
    ----------
    approval
        Approval; metres.
    products
        Where areas are computed and remembered.
    approved_area_difference_share
        Allowed difference as share of the polygon's area.

    Yields
    ------
    Finding
        One per approval.
    """
    said, drawn = numbers_of(approval, "approved_area_m2"), products.feature_areas(approval).ellipsoidal_m2
    allowed = approved_area_difference_share * drawn
    rows = np.flatnonzero(np.abs(said - drawn) > allowed)
    yield from feature_findings(
        approval, rows, said, limit=allowed, unit="m2", values={"number": approval.texts("approval_number"), "geometry": drawn}
    )
