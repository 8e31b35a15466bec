"""Units · 计量单位."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import MASTER_PLAN_GUIDE_ANNEX
from lantu.engines.checking.card import check
from lantu.standards.quantities import is_unit_of, load_quantities, name_of
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.plans import PackageFacts


@check(
    "FG03",
    title=Text("Every figure has a unit that measures it", "指标数值须有适用的计量单位"),
    message=Text(
        "{subject} ({locator}): “{measured}” is no unit of {limit}.", "{subject}（{locator}）：“{measured}”不是适用的单位（{limit}）。"
    ),
    remedy=Text("State the unit, such as km², ha or 10 000 mu for an area.", "请注明单位，面积如平方公里、公顷或万亩。"),
    severity=Severity.MAJOR,
    source=MASTER_PLAN_GUIDE_ANNEX,
    reference="T20",
)
def units_known(*, package: PackageFacts) -> Iterator[Finding]:
    """Find figures whose unit is missing or measures something else · 单位适用性.

    A figure without its unit cannot be held against anything, so every other comparison would pass it over.

    Parameters
    ----------
    package
        What the plan states.

    Yields
    ------
    Finding
        Measured is the unit as stated, limit the dimension needed.
    """
    quantities = load_quantities()
    for figure in package.figures:
        known = quantities.get(figure.subject)
        if known is not None and not is_unit_of(figure.unit, known.dimension):
            values = {"subject": name_of(figure.subject), "subject_key": figure.subject, "locator": figure.locator}
            yield Finding(measured=figure.unit, limit=known.dimension, values=values)
