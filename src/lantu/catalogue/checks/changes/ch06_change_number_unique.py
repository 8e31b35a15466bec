"""Change numbers · 维护编号."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.catalogue.sources import DYNAMIC_MAINTENANCE
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import is_in, places_of, repeated_values
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.layer import Layer


@check(
    "CH06",
    title=Text("A change number occurs once", "维护编号唯一"),
    message=Text("Change number {measured} stands for {count} changes: {features}.", "维护编号{measured}对应{count}处变更：{features}。"),
    remedy=Text("Number the changes one by one.", "请逐一编号。"),
    severity=Severity.MINOR,
    source=DYNAMIC_MAINTENANCE,
    reference="3.6 changes",
    stages=("review", "maintenance"),
)
def change_number_unique(change: Layer) -> Iterator[Finding]:
    """Find change numbers that stand for several changes · 维护编号重复.

    The reason and the approval of a change are filed under its number.

    Parameters
    ----------
    change
        Change; metres.

    Yields
    ------
    Finding
        One per number.
    """
    for number, count in repeated_values(change, "change_number").items():
        rows = np.flatnonzero(is_in(change, "change_number", [number]))
        place = shapely.GeometryCollection([shape for shape in places_of(change, rows) if shape is not None])
        features = tuple(str(item) for item in change.ids[rows])
        yield Finding(features, number, "1", "", place, "change", {"count": count})
