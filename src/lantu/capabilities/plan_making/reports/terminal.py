"""The run in plain text, at most forty lines · 终端摘要."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from lantu.capabilities.plan_making.reports import summaries
from lantu.capabilities.plan_making.reports.wording import say
from lantu.capabilities.plan_making.run_records import write_atomically
from lantu.vocabulary.findings import OUTCOME_NAMES, SEVERITY_NAMES, Outcome, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.capabilities.plan_making.run_records import CheckRun
    from lantu.vocabulary.text import Language

UNITS_SHOWN = 14
CHECKS_SHOWN = 10
REASONS_SHOWN = 4
TITLE_WIDTH = 70


def write_text(run: CheckRun, path: Path, language: Language) -> Path:
    """Write the summary as plain text · 写出文本摘要.

    Parameters
    ----------
    run
        The run.
    path
        File to write.
    language
        Its language.

    Returns
    -------
    pathlib.Path
        `path`.
    """
    write_atomically(path, render_text(run, language).encode())
    return path


def render_text(run: CheckRun, language: Language) -> str:
    """Give the summary · 生成文本摘要.

    Parameters
    ----------
    run
        The run.
    language
        Its language.

    Returns
    -------
    str
        At most forty lines; what is left out is counted.
    """
    city = run.run["city"]["name"][language]
    lines = [f"{say(f'verdict_{run.verdict.value}').speak(language)} · {city}", summaries.verdict_sentence(run).speak(language)]
    severities = summaries.severity_counts(run)
    named = [f"{SEVERITY_NAMES[severity].speak(language)} {summaries.print_number(severities[severity])}" for severity in Severity]
    lines += ["  ".join(named), ""]
    lines += [*_unit_lines(run, language), ""]
    lines += _check_lines(run, language)
    lines += _reason_lines(run, language)
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def _unit_lines(run: CheckRun, language: Language) -> list[str]:
    rows = [
        [say("unit").speak(language), *(OUTCOME_NAMES[outcome].speak(language) for outcome in Outcome), say("findings").speak(language)]
    ]
    for unit, cells in summaries.matrix(run).items():
        counts = [sum(cell.outcomes[outcome] for cell in cells.values()) for outcome in Outcome]
        found = sum(cell.findings for cell in cells.values())
        rows.append([run.unit_name(unit).speak(language), *(str(count) for count in counts), summaries.print_number(found)])
    cut = max(0, len(rows) - 1 - UNITS_SHOWN)
    lines = _columns(rows[: UNITS_SHOWN + 1])
    return [*lines, f"… +{cut}"] if cut else lines


def _check_lines(run: CheckRun, language: Language) -> list[str]:
    failed = sorted(
        (tally for tally in summaries.rule_tallies(run) if tally.findings),
        key=lambda tally: (_weight(run, tally.code), -tally.findings, tally.code),
    )
    if not failed:
        return []
    rows = [
        [
            tally.code,
            summaries.print_number(tally.findings),
            _cut(run.rules[tally.code].title.speak(language)) if tally.code in run.rules else "",
        ]
        for tally in failed[:CHECKS_SHOWN]
    ]
    lines = _columns(rows, words_last=True)
    left = len(failed) - len(rows)
    return [*lines, *([f"… +{left}"] if left else []), ""]


def _reason_lines(run: CheckRun, language: Language) -> list[str]:
    groups = summaries.unchecked_groups(run)
    if not groups:
        return []
    lines = [f"{say('unchecked').speak(language)}:"]
    for group in groups[:REASONS_SHOWN]:
        codes = ", ".join(group.codes[:6]) + (f" +{len(group.codes) - 6}" if len(group.codes) > 6 else "")  # noqa: PLR2004  # six codes fit a line
        lines.append(f"  {codes}: {_cut(group.reason.speak(language))}")
    left = len(groups) - REASONS_SHOWN
    return [*lines, *([f"  … +{left}"] if left > 0 else [])]


def _weight(run: CheckRun, code: str) -> int:
    return summaries.SEVERITIES.index(run.rules[code].severity) if code in run.rules else len(summaries.SEVERITIES)


def _width(text: str) -> int:
    """Columns a text takes on a terminal, where a Chinese character takes two · 显示宽度."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _cut(text: str) -> str:
    if _width(text) <= TITLE_WIDTH:
        return text
    kept = text
    while _width(kept) >= TITLE_WIDTH:
        kept = kept[:-1]
    return kept + "…"


def _columns(rows: list[list[str]], *, words_last: bool = False) -> list[str]:
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            value + " " * (width - _width(value))
            if column == 0 or (words_last and column == len(row) - 1)
            else " " * (width - _width(value)) + value
            for column, (value, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells))
    return lines
