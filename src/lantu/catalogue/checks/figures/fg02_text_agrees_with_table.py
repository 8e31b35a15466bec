"""Text and table · 文本与表格."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.quantities import half_step
from lantu.catalogue.sources import PLAN_REVIEW
from lantu.engines.checking.card import check
from lantu.engines.checking.run import NotChecked
from lantu.standards.quantities import convert, is_unit_of, load_quantities, name_of
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.plans import PackageFacts


@check(
    "FG02",
    title=Text("Text and tables state the same figures", "文本与表格数值一致"),
    message=Text(
        "{subject}: the text ({locator}) states {measured} {unit}, the table {limit} {unit}.",
        "{subject}：文本（{locator}）为{measured}{unit}，表格为{limit}{unit}。",
    ),
    remedy=Text("State the right figure in both places.", "请在两处统一为正确数值。"),
    severity=Severity.MAJOR,
    source=PLAN_REVIEW,
    reference="T20",
)
def text_agrees_with_table(*, package: PackageFacts, figure_places: float) -> Iterator[Finding]:
    """Hold every figure of the text against the table's of the same year · 文表一致.

    A figure printed with fewer decimals agrees if it is the other one rounded.

    Parameters
    ----------
    package
        What the plan states.
    figure_places
        Decimals that a figure is taken to have at least.

    Yields
    ------
    Finding
        Measured is the text's value in the unit of the table, limit the table's.

    Raises
    ------
    NotChecked
        If no quantity is stated in both.
    """
    quantities = load_quantities()
    known = [item for item in package.figures if item.subject in quantities and is_unit_of(item.unit, quantities[item.subject].dimension)]
    compared = False
    for text in (item for item in known if item.place == "text"):
        for table in (item for item in known if item.place == "table" and item.subject == text.subject):
            if text.year is not None and table.year is not None and text.year != table.year:
                continue
            compared = True
            dimension = quantities[text.subject].dimension
            value = convert(text.value, text.unit, table.unit, dimension)
            allowed = half_step(table.value, figure_places) + convert(
                half_step(text.value, figure_places), text.unit, table.unit, dimension
            )
            if text.unit == table.unit:
                allowed = max(half_step(table.value, figure_places), half_step(text.value, figure_places))
            if abs(value - table.value) > allowed * (1 + 1e-6):
                values = {"subject": name_of(text.subject), "subject_key": text.subject, "locator": text.locator}
                yield Finding(measured=value, limit=table.value, unit=table.unit, values=values)
    if not compared:
        raise NotChecked(Text("No figure stands in both text and table.", "没有同时见于文本与表格的指标。"))
