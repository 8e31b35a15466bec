"""Faults of stated figures · 图数一致类预置问题."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lantu.examples.answers import Expected
from lantu.examples.faults.planting import Hand, fault
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.examples.statements import Statement, UnitStatements


def _claim(hand: Hand, subject: str) -> tuple[str, UnitStatements, int]:
    """Take one quantity of one plan; give its place in the table."""
    unit = hand.claim(f"figure {subject}", fits=lambda filing: filing.statements is not None)
    statements = hand.filing(unit).statements
    if statements is None:
        raise AssertionError(unit)
    number = next(n for n, item in enumerate(statements.figures_in_table) if item.subject == subject)
    return unit, statements, number


def _scaled(figure: Statement, factor: float) -> Statement:
    return replace(figure, value=round(figure.value * factor + 0.5, 4))


@fault("FG01")
def table_overstates(hand: Hand) -> list[Expected]:
    """State more woods than are drawn · 表格与数据库不一致."""
    unit, statements, number = _claim(hand, "forest_land_area")
    wrong = _scaled(statements.figures_in_table[number], 1.05)
    statements.figures_in_table[number] = statements.figures_in_text[number] = wrong
    return [Expected("FG01", unit, "planned_land_use", (), Text("more woods in the table than on the map", "表格林地面积大于数据库"))]


@fault("FG02")
def text_differs(hand: Hand) -> list[Expected]:
    """State another share in the text than in the table · 文本与表格不一致."""
    unit, statements, number = _claim(hand, "park_walk_coverage_share")
    statements.figures_in_text[number] = _scaled(statements.figures_in_text[number], 1.02)
    return [Expected("FG02", unit, "", (), Text("another share in the text than in the table", "文本与表格数值不一致"))]


@fault("FG03")
def unit_unfit(hand: Hand) -> list[Expected]:
    """State a volume in a unit of weight · 计量单位错误."""
    unit, statements, number = _claim(hand, "water_use_total")
    statements.figures_in_table[number] = replace(statements.figures_in_table[number], unit="万吨")
    return [Expected("FG03", unit, "", (), Text("water stated in tonnes", "用水总量以万吨计"))]


@fault("FG04")
def figure_twice(hand: Hand) -> list[Expected]:
    """State a share twice, and differently · 同一指标前后不一."""
    unit, statements, number = _claim(hand, "urbanisation_share")
    statements.figures_in_table.append(_scaled(statements.figures_in_table[number], 1.0))
    return [
        Expected("FG04", unit, "", (), Text("a share stated twice, and differently", "同一指标前后不一")),
        Expected("FG02", unit, "", (), Text("and so not as in the text", "因而与文本不一致")),
    ]
