"""Temporary land · 临时用地."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

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
    "LG11",
    title=Text("Temporary land is not in the layer after its expiry", "临时用地到期应已归还"),
    message=Text("Temporary land {feature} expired on {measured}.", "临时用地{feature}已于{measured}到期。"),
    remedy=Text("Show that it was returned and reclaimed, or open a case.", "请提供归还复垦证明，或立案处理。"),
    severity=Severity.MINOR,
    source=Text("土地管理法 (2019), article 57", "《土地管理法》（2019）第57条"),
    reference="3.6 cross-field logic",
    locality="feature",
    stages=("review", "monitoring"),
)
def temporary_land_returned_in_time(temporary_land: Layer, *, today: dt.date) -> Iterator[Finding]:
    """Find temporary land whose term is over · 临时用地到期.

    The day of expiry itself still counts as within the term.

    Parameters
    ----------
    temporary_land
        Temporary land; metres.
    today
        The day of the check.

    Yields
    ------
    Finding
        One per area.
    """
    ends = dates_of(temporary_land, "expires_on")
    rows = np.flatnonzero(ends < np.datetime64(today, "D"))
    yield from feature_findings(temporary_land, rows, ends.astype(str), limit=today.isoformat())
