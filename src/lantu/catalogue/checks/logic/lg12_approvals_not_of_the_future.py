"""Dates of approvals · 批准日期."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.sources import PROPOSED_QUALITY_LIMITS
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import dates_of, feature_findings
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer


@check(
    "LG12",
    title=Text("An approval is not dated after today", "批准日期不得晚于当前日期"),
    message=Text("Approval {feature} is dated {measured}, after {limit}.", "批准{feature}日期为{measured}，晚于{limit}。"),
    remedy=Text("Correct the date.", "请更正日期。"),
    severity=Severity.MINOR,
    source=PROPOSED_QUALITY_LIMITS,
    reference="3.6 cross-field logic",
    locality="feature",
)
def approvals_not_of_the_future(approval: Layer, *, today: dt.date) -> Iterator[Finding]:
    """Find approvals of the future · 批准日期晚于当前.

    A date in the future makes land look approved that is not yet.

    Parameters
    ----------
    approval
        Approval; metres.
    today
        The day of the check.

    Yields
    ------
    Finding
        One per approval.
    """
    given = dates_of(approval, "approval_date")
    rows = np.flatnonzero(given > np.datetime64(today, "D"))
    yield from feature_findings(approval, rows, given.astype(str), limit=today.isoformat())
