"""Years · 年份."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.sources import PROPOSED_QUALITY_LIMITS
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, numbers_of
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer

_PAST, _AHEAD = ("year",), ("supply_year", "planned_year")


@check(
    "AT16",
    title=Text("A year is one that data or a plan can be of", "年份应合理"),
    message=Text(
        "Field {field} of {feature} in layer {layer} says {measured}; plausible is {limit}.",
        "图层{layer}要素{feature}的字段{field}为{measured}，合理范围为{limit}。",
    ),
    remedy=Text("Correct the year.", "请更正年份。"),
    severity=Severity.MINOR,
    source=PROPOSED_QUALITY_LIMITS,
    reference="3.6 attributes",
    locality="feature",
)
def years_plausible(every_layer: Mapping[str, Layer], *, today: dt.date, earliest_year: float, latest_year: float) -> Iterator[Finding]:
    """Find years out of all proportion · 年份不合理.

    The year of survey data lies not after the day of the check; other years may lie ahead.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    today
        The day of the check.
    earliest_year
        First plausible year.
    latest_year
        Last plausible year of a plan.

    Yields
    ------
    Finding
        One per feature and field.
    """
    for layer in every_layer.values():
        for field in (*_PAST, *_AHEAD):
            if layer.has(field):
                last = float(today.year) if field in _PAST else latest_year
                years = numbers_of(layer, field)
                rows = np.flatnonzero((years < earliest_year) | (years > last))
                yield from feature_findings(
                    layer,
                    rows,
                    layer.texts(field),
                    limit=f"{earliest_year:g}–{last:g}",
                    values={"field": field},
                )
