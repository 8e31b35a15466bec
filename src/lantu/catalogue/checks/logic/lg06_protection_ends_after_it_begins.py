"""Time of protection · 保护起止."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import dates_of, feature_findings
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer


@check(
    "LG06",
    title=Text("Protection ends after it begins", "保护终止时间应晚于起始时间"),
    message=Text(
        "Protection of {feature} ends on {measured}, not after it begins on {limit}.", "{feature}保护终止于{measured}，不晚于起始{limit}。"
    ),
    remedy=Text("Correct the dates.", "请更正日期。"),
    severity=Severity.MINOR,
    source=database_norm(6),
    reference="3.6 cross-field logic",
    locality="feature",
)
def protection_ends_after_it_begins(permanent_basic_farmland: Layer) -> Iterator[Finding]:
    """Compare the two dates of protection · 保护起止时间.

    Where one of the dates is blank nothing is compared.

    Parameters
    ----------
    permanent_basic_farmland
        Permanent basic farmland; metres.

    Yields
    ------
    Finding
        One per patch.
    """
    begins, ends = dates_of(permanent_basic_farmland, "protected_from"), dates_of(permanent_basic_farmland, "protected_until")
    rows = np.flatnonzero(ends <= begins)
    yield from feature_findings(permanent_basic_farmland, rows, ends.astype(str), limit=begins.astype(str))
