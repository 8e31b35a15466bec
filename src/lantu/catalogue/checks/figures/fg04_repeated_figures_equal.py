"""Repeated figures · 重复数值."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import PLAN_REVIEW
from lantu.engines.checking.card import check
from lantu.standards.quantities import convert, is_unit_of, load_quantities
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.plans import DeclaredFigure, PackageFacts


@check(
    "FG04",
    title=Text("A figure that is repeated stays the same", "同一指标前后数值一致"),
    message=Text(
        "{subject}: {measured} {unit} at {locator}, but {limit} {unit} at {first}.",
        "{subject}：{locator}为{measured}{unit}，而{first}为{limit}{unit}。",
    ),
    remedy=Text("State one figure throughout, or say which year each stands for.", "请前后统一，或注明各自年份。"),
    severity=Severity.MAJOR,
    source=PLAN_REVIEW,
    reference="T20",
)
def repeated_figures_equal(*, package: PackageFacts) -> Iterator[Finding]:
    """Compare figures of one quantity, place and year with the first of them · 前后一致.

    A figure that is said twice and differs cannot be cited by anybody.

    Parameters
    ----------
    package
        What the plan states.

    Yields
    ------
    Finding
        One per figure that differs from the first, in the unit of the first.
    """
    quantities = load_quantities()
    first: dict[tuple[str, str, int | None], DeclaredFigure] = {}
    for figure in package.figures:
        known = quantities.get(figure.subject)
        if known is None or not is_unit_of(figure.unit, known.dimension):
            continue
        earlier = first.setdefault((figure.subject, figure.place, figure.year), figure)
        value = convert(figure.value, figure.unit, earlier.unit, known.dimension)
        if abs(value - earlier.value) > 1e-9 * max(1.0, abs(earlier.value)):  # conversion of units is exact up to a double
            values = {"subject": known.text, "subject_key": figure.subject, "locator": figure.locator, "first": earlier.locator}
            yield Finding(measured=value, limit=earlier.value, unit=earlier.unit, values=values)
