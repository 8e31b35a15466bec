"""The HTML report: one file with map and drill-down that opens without a network · 网页报告."""

from __future__ import annotations

import importlib.resources
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup, escape

from lantu.capabilities.plan_making.reports import summaries
from lantu.capabilities.plan_making.reports.page_data import page_data, page_json
from lantu.capabilities.plan_making.reports.wording import say
from lantu.capabilities.plan_making.run_records import VERDICT_NAMES, Verdict, write_atomically
from lantu.vocabulary.findings import OUTCOME_NAMES, SEVERITY_NAMES, Outcome, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lantu.capabilities.plan_making.run_records import CheckRun
    from lantu.vocabulary.text import Language

PARTS = ("page.css", "page_map.js", "page.js")


def write_html(run: CheckRun, path: Path, language: Language) -> Path:
    """Write the report as one page · 写出网页报告.

    Parameters
    ----------
    run
        The run.
    path
        File to write.
    language
        Language it opens in; the page holds both.

    Returns
    -------
    pathlib.Path
        `path`.
    """
    write_atomically(path, render_page(run, language).encode())
    return path


def render_page(run: CheckRun, language: Language) -> str:
    """Render the page · 生成网页.

    Parameters
    ----------
    run
        The run.
    language
        Language it opens in.

    Returns
    -------
    str
        HTML that refers to nothing outside itself.
    """
    folder = importlib.resources.files(__package__)
    parts = {name: folder.joinpath(name).read_text("utf-8") for name in PARTS}
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["both"] = both
    template = environment.from_string(folder.joinpath("page.html.j2").read_text("utf-8"))
    return template.render(
        language=language,
        run=run,
        style=Markup(parts["page.css"]),  # noqa: S704  # our own file, not what a user wrote
        script=Markup(parts["page_map.js"] + parts["page.js"]),  # noqa: S704  # our own file, not what a user wrote
        data=Markup(page_json(page_data(run))),  # noqa: S704  # holds no "<", see page_json
        say=say,
        number=summaries.print_number,
        quantity=summaries.print_quantity,
        **_contents(run),
    )


def both(text: Text | str) -> Markup:
    """Set a text in both languages, of which the page shows one · 双语文本.

    Parameters
    ----------
    text
        The text; a bare string is the same in both.

    Returns
    -------
    markupsafe.Markup
        Escaped.
    """
    if isinstance(text, str):
        return escape(text)
    if text.en == text.zh:
        return escape(text.en)
    return Markup('<span lang="en">{}</span><span lang="zh">{}</span>').format(text.en, text.zh)


def _contents(run: CheckRun) -> dict[str, Any]:
    outcomes, severities = summaries.outcome_counts(run), summaries.severity_counts(run)
    city = run.run["city"]["name"]
    return {
        "subtitle": say("subtitle", city=Text(city["en"], city["zh"]), today=run.run["today"]),
        "sentence": summaries.verdict_sentence(run),
        "outcomes": [(outcome, OUTCOME_NAMES[outcome], outcomes[outcome]) for outcome in Outcome],
        "severities": [(severity, SEVERITY_NAMES[severity], severities[severity]) for severity in Severity],
        "severity_names": SEVERITY_NAMES,
        "asked": outcomes.total(),
        "Outcome": Outcome,
        "themes": [(theme, summaries.theme_name(theme)) for theme in summaries.themes_of(run)],
        "matrix": _matrix(run),
        "answers": _answers(run),
        "Verdict": Verdict,
        "verdict_names": VERDICT_NAMES,
        "areas": summaries.area_tables(run),
        "unchecked": summaries.unchecked_groups(run),
        "tallies": summaries.rule_tallies(run),
    }


def _matrix(run: CheckRun) -> list[tuple[str, Text, list[tuple[summaries.Cell, Text]], int]]:
    """Rows of the matrix: unit, name, cells with what a screen reader says of them, findings in all · 矩阵行."""
    rows = []
    for unit, cells in summaries.matrix(run).items():
        name = run.unit_name(unit)
        spoken = [
            (
                cell,
                say(
                    "cell_label",
                    unit=name,
                    theme=summaries.theme_name(cell.theme),
                    findings=cell.findings,
                    passed=cell.outcomes[Outcome.PASSED],
                    failed=cell.outcomes[Outcome.FAILED],
                    unchecked=cell.outcomes[Outcome.NOT_CHECKED],
                ),
            )
            for cell in cells.values()
        ]
        rows.append((unit, name, spoken, sum(cell.findings for cell in cells.values())))
    return rows


def _answers(run: CheckRun) -> list[tuple[str, Text, list[Any], Mapping[Verdict, int]]]:
    """Answers to the plan above by unit, with counts by verdict · 各板块落实情况."""
    answers: list[tuple[str, Text, list[Any], Mapping[Verdict, int]]] = []
    for unit in summaries.unit_codes(run):
        rows = [row for row in run.transmission if row.unit == unit]
        if rows:
            counts = {verdict: sum(row.verdict is verdict for row in rows) for verdict in Verdict}
            answers.append((unit, run.unit_name(unit), rows, counts))
    return answers
