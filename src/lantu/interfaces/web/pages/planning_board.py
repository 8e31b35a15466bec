"""Ten units side by side, efficiency and quality, the plan base · 审查看板、效率与质量、规划成果库."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # the framework reads the annotations
import json
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from lantu.capabilities.plan_making.reports.summaries import theme_name
from lantu.capabilities.plan_making.run_records import VERDICT_NAMES, Verdict
from lantu.capabilities.plan_making.submissions import board, efficiency, plan_base, steps
from lantu.engines.checking.discover import discover
from lantu.interfaces.web.dependencies import Reading, TheOffice, requires
from lantu.interfaces.web.navigation import Entry
from lantu.interfaces.web.rendering import render
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.capabilities.plan_making.submissions.efficiency import Efficiency
    from lantu.vocabulary.text import Language

router = APIRouter()
_PALETTE = 6
navigation = (
    Entry(
        "/board",
        Text("Review board", "审查看板"),
        "board",
        "board.read",
        order=25,
        explanation=Text(
            "Ten units side by side: state, age, clauses landed, broken or missing.", "十个板块并列：状态、时限、逐条落实情况。"
        ),
    ),
    Entry(
        "/plans",
        Text("Plan base", "成果库"),
        "document",
        "plan.read",
        order=30,
        explanation=Text("Every plan, what is in force on a day, and who approved it.", "各级规划、任意日期的现行版本及批准机关。"),
    ),
    Entry(
        "/efficiency",
        Text("Efficiency", "效率与质量"),
        "chart",
        "efficiency.read",
        order=60,
        explanation=Text("Time per step, first-pass rate, findings over time.", "环节用时、一次通过率、问题变化。"),
    ),
)


@router.get("/board", response_class=HTMLResponse, dependencies=[Depends(requires("board.read"))])
def show_board(request: Request, reading: Reading, office: TheOffice) -> HTMLResponse:
    """Show ten units side by side · 审查看板."""
    standings = board.board(reading, office.city.profile.units, office.city.today)
    return render(
        request,
        "submissions/board.html",
        standings=standings,
        states=steps.procedure().states,
        verdicts=VERDICT_NAMES,
        verdict_order=tuple(Verdict),
    )


@router.get("/board/{unit_code}", response_class=HTMLResponse, dependencies=[Depends(requires("board.read"))])
def show_unit(
    request: Request, unit_code: str, reading: Reading, office: TheOffice, verdict: Annotated[str, Query(max_length=20)] = ""
) -> HTMLResponse:
    """Show how one unit answers the plan above, clause by clause, each quoted · 逐条落实情况."""
    units = office.city.profile.units
    standings = board.board(reading, {unit_code: units[unit_code]} if unit_code in units else {}, office.city.today)
    return render(
        request,
        "submissions/clauses.html",
        standing=standings[0] if standings else None,
        rows=board.clause_rows(standings[0].run, verdict) if standings else [],
        verdicts=VERDICT_NAMES,
        verdict_order=tuple(Verdict),
        wanted=verdict,
    )


@router.get("/efficiency", response_class=HTMLResponse, dependencies=[Depends(requires("efficiency.read"))])
def show_efficiency(request: Request, reading: Reading, office: TheOffice, unit: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
    """Show time per step, first-pass rate, rounds and findings per theme over time · 规划效率与质量."""
    known = unit if unit in office.city.profile.units else None
    figures = efficiency.measure_efficiency(reading, known)
    names = theme_names()
    return render(
        request,
        "submissions/efficiency.html",
        figures=figures,
        states=steps.procedure().states,
        themes=names,
        unit=known,
        step_chart=_json(_step_chart(figures, request.state.language)),
        theme_chart=_json(_theme_chart(figures, names, request.state.language)),
    )


@router.get("/plans", response_class=HTMLResponse, dependencies=[Depends(requires("plan.read"))])
def show_plans(request: Request, reading: Reading, office: TheOffice, on: Annotated[dt.date | None, Query()] = None) -> HTMLResponse:
    """Show the plans, their versions and what is in force on a day · 规划成果库."""
    day = on or office.city.today
    return render(
        request, "submissions/plans.html", known_plans=plan_base.list_plans(reading, day), on=day, units=office.city.profile.units
    )


def theme_names() -> dict[str, Text]:
    """Give the names of themes by the two letters of their checks · 主题名称.

    Returns
    -------
    dict of str to Text
        Such as ``CL`` to control lines.
    """
    cards = discover("lantu.catalogue.checks")
    return {card.code[:2]: theme_name(card.theme) for card in cards.values()}


def _json(option: dict[str, Any]) -> Markup:
    # Inside a script element only "<" could end it early; JSON allows it to be escaped.
    return Markup(json.dumps(option, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704  # escaped on this very line


def _step_chart(figures: Efficiency, language: Language) -> dict[str, Any]:
    labels = steps.procedure().states
    days = Text("working days (median)", "工作日（中位数）").speak(language)
    return {
        "grid": {"left": 8, "right": 24, "top": 16, "bottom": 32, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "value", "name": days, "nameLocation": "middle", "nameGap": 28},
        "yAxis": {"type": "category", "inverse": True, "data": [labels[item.state].label.speak(language) for item in figures.steps]},
        "series": [{"type": "bar", "name": days, "data": [round(item.median_days, 2) for item in figures.steps], "barMaxWidth": 22}],
    }


def _theme_chart(figures: Efficiency, names: Mapping[str, Text], language: Language) -> dict[str, Any]:
    return {
        "grid": {"left": 8, "right": 16, "top": 64, "bottom": 8, "containLabel": True},
        "legend": {"top": 0, "type": "scroll"},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": list(figures.months)},
        "yAxis": {
            "type": "value",
            "name": Text("findings per check", "每次质检问题数").speak(language),
            "nameTextStyle": {"align": "left"},
        },
        "series": [
            {
                "type": "line",
                "name": names[theme].speak(language) if theme in names else theme,
                # The palette has six colours; what comes after them is told apart by its stroke.
                "lineStyle": {"type": "solid" if position < _PALETTE else "dashed"},
                "data": [round(counts.get(month, 0) / figures.checks[month], 2) for month in figures.months],
            }
            for position, (theme, counts) in enumerate(figures.themes.items())
        ],
    }
