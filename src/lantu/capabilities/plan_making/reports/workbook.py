"""The Excel workbook in the form the bureau files · 工作簿."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import xlsxwriter

from lantu.capabilities.plan_making.reports import summaries
from lantu.capabilities.plan_making.reports.wording import say
from lantu.capabilities.plan_making.run_records import VERDICT_NAMES, Verdict, write_atomically
from lantu.standards.quantities import unit_sign
from lantu.vocabulary.findings import OUTCOME_NAMES, SEVERITY_NAMES, Outcome, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from lantu.capabilities.plan_making.run_records import CheckRun
    from lantu.vocabulary.text import Language

# Excel refuses longer cells; what is cut says so.
LONGEST_CELL = 32_000
SHEETS = {
    "overview": Text("Overview", "总览"),
    "findings": Text("Findings", "问题清单"),
    "compliance": Text("Compliance", "落实情况"),
    "areas": Text("Areas", "面积统计"),
    "unchecked": Text("Not checked", "未检查"),
    "versions": Text("Versions", "版本"),
}
HEAD_ROWS = 3
VERDICT_FORMATS: dict[Verdict, dict[str, Any]] = {
    Verdict.FULFILLED: {"font_color": "#2C6A3B", "bg_color": "#EAF2EA"},
    Verdict.BREACHED: {"font_color": "#FFFFFF", "bg_color": "#A3201D"},
    Verdict.ABSENT: {"font_color": "#A3201D", "bg_color": "#FBECEA"},
    Verdict.NOT_CHECKED: {"font_color": "#3F4A51", "pattern": 14, "bg_color": "#F6F5F1", "fg_color": "#C9CCCB"},
}
SEVERITY_COLOURS = {Severity.MANDATORY: "#A3201D", Severity.MAJOR: "#B0530A", Severity.MINOR: "#7D6308", Severity.NOTICE: "#35648D"}
OUTCOME_FORMATS: dict[Outcome, dict[str, Any]] = {
    Outcome.PASSED: VERDICT_FORMATS[Verdict.FULFILLED],
    Outcome.FAILED: VERDICT_FORMATS[Verdict.ABSENT],
    Outcome.NOT_CHECKED: VERDICT_FORMATS[Verdict.NOT_CHECKED],
}


def write_workbook(run: CheckRun, path: Path, language: Language) -> Path:
    """Write the workbook · 写出工作簿.

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
    sink = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(sink, options) as book:
        # The file's own date is that of the run, or the bytes would tell when it was made again.
        made = dt.datetime.combine(dt.date.fromisoformat(run.run["today"]), dt.time(), tzinfo=dt.UTC).replace(tzinfo=None)
        book.set_properties({"title": say("title").speak(language), "author": "Lantu", "created": made, "comments": run.run["id"]})
        _Book(book, run, language).write()
    write_atomically(path, sink.getvalue())
    return path


class _Book:
    """The sheets of one workbook while they are written · 各工作表."""

    def __init__(self, book: Any, run: CheckRun, language: Language) -> None:  # noqa: ANN401  # the library publishes no types
        self.book, self.run, self.language = book, run, language
        font = {"font_name": "宋体" if language == "zh" else "Calibri", "font_size": 10.5, "valign": "top"}
        grid = {**font, "border": 1, "border_color": "#C9C5B8"}
        self.formats = {
            "title": book.add_format({**font, "bold": True, "font_size": 16, "valign": "vcenter"}),
            "note": book.add_format({**font, "font_color": "#55616A"}),
            "plain": book.add_format(font),
            "bold": book.add_format({**font, "bold": True}),
            "head": book.add_format(
                {**grid, "bold": True, "bg_color": "#E6EFEC", "text_wrap": True, "align": "center", "valign": "vcenter"}
            ),
            "text": book.add_format({**grid, "text_wrap": True}),
            "number": book.add_format({**grid, "num_format": "#,##0.######"}),
            "whole": book.add_format({**grid, "num_format": "#,##0"}),
            "area": book.add_format({**grid, "num_format": "#,##0.0000"}),
            "area_sum": book.add_format({**grid, "num_format": "#,##0.0000", "bold": True, "bg_color": "#F1EFE6"}),
            "sum": book.add_format({**grid, "bold": True, "bg_color": "#F1EFE6", "num_format": "#,##0.######"}),
            "unasked": book.add_format({**grid, "bg_color": "#F1EFE6"}),
            **{
                f"severity_{key.value}": book.add_format({**grid, "bold": True, "font_color": tone})
                for key, tone in SEVERITY_COLOURS.items()
            },
            **{f"verdict_{key.value}": book.add_format({**grid, **look}) for key, look in VERDICT_FORMATS.items()},
            **{f"outcome_{key.value}": book.add_format({**grid, **look, "num_format": "#,##0"}) for key, look in OUTCOME_FORMATS.items()},
        }

    def write(self) -> None:
        """Write every sheet · 写出各表."""
        self._overview()
        self._findings()
        self._compliance()
        self._areas()
        self._unchecked()
        self._versions()

    def _word(self, text: Text | str) -> str:
        return text if isinstance(text, str) else text.speak(self.language)

    def _sheet(self, key: str, widths: Sequence[float], *, landscape: bool = True) -> Any:  # noqa: ANN401  # the library publishes no types
        sheet = self.book.add_worksheet(self._word(SHEETS[key]))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&P / &N")
        return sheet

    def _heading(self, sheet: Any, key: str, note: Text | str) -> None:  # noqa: ANN401  # the library publishes no types
        city = self.run.run["city"]["name"][self.language]
        sheet.set_row(0, 26)
        sheet.write_string(0, 0, f"{city} · {self._word(SHEETS[key])}", self.formats["title"])
        label = f"{self._word(say('invented'))} · " if self.run.run["invented"] else ""
        sheet.write_string(1, 0, label + self._word(note), self.formats["note"])

    def _head(self, sheet: Any, row: int, keys: Iterable[str]) -> None:  # noqa: ANN401  # the library publishes no types
        sheet.set_row(row, 24)
        for column, key in enumerate(keys):
            sheet.write_string(row, column, self._word(say(key)), self.formats["head"])

    def _cell(self, sheet: Any, row: int, column: int, value: Any, look: str = "text") -> None:  # noqa: ANN401  # cells hold texts, numbers or nothing
        if value is None or value == "":
            sheet.write_blank(row, column, None, self.formats[look])
        elif isinstance(value, str | Text):
            sheet.write_string(row, column, _fit(self._word(value)), self.formats["text" if look in ("number", "whole") else look])
        else:
            sheet.write_number(row, column, value, self.formats[look])

    def _overview(self) -> None:
        run = self.run
        themes = summaries.themes_of(run)
        sheet = self._sheet("overview", [18, *[13] * len(themes), 11, 11, 11, 11])
        self._heading(sheet, "overview", say("subtitle", city=run.run["city"]["name"][self.language], today=run.run["today"]))
        sheet.write_string(2, 0, self._word(say(f"verdict_{run.verdict.value}")), self.formats["bold"])
        sheet.write_string(2, 1, self._word(summaries.verdict_sentence(run)), self.formats["plain"])
        counts, outcomes = summaries.severity_counts(run), summaries.outcome_counts(run)
        for column, severity in enumerate(Severity):
            sheet.write_string(4, column, self._word(SEVERITY_NAMES[severity]), self.formats["head"])
            sheet.write_number(5, column, counts[severity], self.formats["whole"])
        for column, outcome in enumerate(Outcome, start=len(Severity)):
            sheet.write_string(4, column, self._word(OUTCOME_NAMES[outcome]), self.formats["head"])
            sheet.write_number(5, column, outcomes[outcome], self.formats[f"outcome_{outcome.value}"])
        titles = [
            say("unit"),
            *(summaries.theme_name(theme) for theme in themes),
            *(OUTCOME_NAMES[outcome] for outcome in Outcome),
            say("findings"),
        ]
        for column, title in enumerate(titles):
            sheet.write_string(7, column, self._word(title), self.formats["head"])
        for row, (unit, cells) in enumerate(summaries.matrix(run).items(), start=8):
            self._cell(sheet, row, 0, run.unit_name(unit))
            for column, cell in enumerate(cells.values(), start=1):
                self._matrix_cell(sheet, row, column, cell)
            for column, outcome in enumerate(Outcome, start=1 + len(themes)):
                self._cell(sheet, row, column, sum(cell.outcomes[outcome] for cell in cells.values()), "whole")
            self._cell(sheet, row, 4 + len(themes), sum(cell.findings for cell in cells.values()), "whole")
        sheet.freeze_panes(8, 1)

    def _matrix_cell(self, sheet: Any, row: int, column: int, cell: summaries.Cell) -> None:  # noqa: ANN401  # the library publishes no types
        if cell.findings:
            sheet.write_number(row, column, cell.findings, self.formats["outcome_failed"])
        elif cell.outcomes[Outcome.NOT_CHECKED]:
            sheet.write_string(row, column, self._word(OUTCOME_NAMES[Outcome.NOT_CHECKED]), self.formats["outcome_not_checked"])
        elif cell.outcomes[Outcome.PASSED]:
            sheet.write_number(row, column, 0, self.formats["outcome_passed"])
        else:
            sheet.write_blank(row, column, None, self.formats["unasked"])

    def _findings(self) -> None:
        run = self.run
        keys = (
            "number",
            "severity",
            "code",
            "check",
            "unit",
            "layer",
            "features",
            "message",
            "measured",
            "limit",
            "unit_of_measure",
            "remedy",
            "source",
        )
        sheet = self._sheet("findings", [6, 9, 8, 30, 13, 16, 20, 56, 13, 13, 9, 40, 26])
        self._heading(sheet, "findings", say("shown", shown=len(run.findings), all=len(run.findings)))
        self._head(sheet, HEAD_ROWS - 1, keys)
        for number, record in enumerate(run.findings, start=1):
            row = HEAD_ROWS + number - 1
            rule = run.rules.get(record.code)
            self._cell(sheet, row, 0, number, "whole")
            self._cell(sheet, row, 1, SEVERITY_NAMES[record.severity], f"severity_{record.severity.value}")
            values = (
                record.code,
                rule.title if rule else "",
                run.unit_name(record.unit),
                run.layer_name(record.layer),
                ", ".join(record.features),
                record.message,
                record.measured,
                record.limit,
                unit_sign(record.unit_of_measure),
                record.remedy,
                rule.source if rule else "",
            )
            for column, value in enumerate(values, start=2):
                self._cell(sheet, row, column, value, "number" if keys[column] in ("measured", "limit") else "text")
        self._finish(sheet, len(keys), len(run.findings))

    def _compliance(self) -> None:
        run = self.run
        keys = ("unit", "clause", "quotation", "subject", "binding", "required", "measured", "unit_of_measure", "verdict", "reason", "code")
        sheet = self._sheet("compliance", [14, 10, 56, 22, 9, 15, 15, 10, 10, 30, 8])
        self._heading(sheet, "compliance", say("compliance_hint"))
        self._head(sheet, HEAD_ROWS - 1, keys)
        for row, record in enumerate(run.transmission, start=HEAD_ROWS):
            values = (
                run.unit_name(record.unit),
                record.clause,
                record.quotation,
                record.subject,
                say("binding_yes" if record.binding else "binding_no"),
                record.required,
                record.measured,
                unit_sign(record.unit_of_measure),
            )
            for column, value in enumerate(values):
                self._cell(sheet, row, column, value, "number" if keys[column] in ("required", "measured") else "text")
            self._cell(sheet, row, 8, VERDICT_NAMES[record.verdict], f"verdict_{record.verdict.value}")
            self._cell(sheet, row, 9, record.reason)
            self._cell(sheet, row, 10, record.code)
        self._finish(sheet, len(keys), len(run.transmission))

    def _areas(self) -> None:
        run = self.run
        keys = ("layer", "unit", "class", "code", "hectares", "mu", "area_m2")
        sheet = self._sheet("areas", [22, 16, 22, 10, 18, 18, 24])
        self._heading(sheet, "areas", say("areas_hint"))
        self._head(sheet, HEAD_ROWS - 1, keys)
        row = HEAD_ROWS
        for table in summaries.area_tables(run):
            for line in table.lines:
                starred = "*" if line.hectares_adjusted or line.mu_adjusted else ""
                self._cell(sheet, row, 0, run.layer_name(table.layer))
                self._cell(sheet, row, 1, run.unit_name(line.row.unit))
                self._cell(sheet, row, 2, self._word(line.row.class_name) + starred)
                self._cell(sheet, row, 3, line.row.class_code)
                self._cell(sheet, row, 4, float(line.hectares), "area")
                self._cell(sheet, row, 5, float(line.mu), "area")
                self._cell(sheet, row, 6, line.row.area_m2, "number")
                row += 1
            for column, value in enumerate([run.layer_name(table.layer), say("total"), None, None]):
                self._cell(sheet, row, column, value, "sum")
            self._cell(sheet, row, 4, float(table.hectares), "area_sum")
            self._cell(sheet, row, 5, float(table.mu), "area_sum")
            self._cell(sheet, row, 6, float(table.total_m2), "sum")
            row += 1
        self._finish(sheet, len(keys), row - HEAD_ROWS)

    def _unchecked(self) -> None:
        run = self.run
        keys = ("unit", "code", "check", "reason", "source")
        sheet = self._sheet("unchecked", [16, 9, 44, 64, 36])
        self._heading(sheet, "unchecked", say("unchecked_hint"))
        self._head(sheet, HEAD_ROWS - 1, keys)
        records = [record for record in run.outcomes if record.outcome is Outcome.NOT_CHECKED or record.reason is not None]
        for row, record in enumerate(records, start=HEAD_ROWS):
            rule = run.rules.get(record.code)
            values = (run.unit_name(record.unit), record.code, rule.title if rule else "", record.reason, rule.source if rule else "")
            for column, value in enumerate(values):
                self._cell(sheet, row, column, value, "outcome_not_checked" if keys[column] == "unit" else "text")
        self._finish(sheet, len(keys), len(records))

    def _versions(self) -> None:
        run = self.run
        sheet = self._sheet("versions", [22, 30, 72], landscape=False)
        self._heading(sheet, "versions", say("run_id"))
        facts: list[tuple[Text | str, Text | str, str]] = [
            (say("run_id"), "", run.run["id"]),
            (say("program"), "", f"{run.run['program']['name']} {run.run['program']['version']}"),
            (say("rule_set"), "", run.run["rule_set_version"]),
            (say("today"), "", run.run["today"]),
            (say("crs"), "", run.crs),
            *((say("parameters"), key, str(value)) for key, value in sorted(run.run["parameters"].items())),
            *((say("package"), run.unit_name(unit.code), unit.package) for unit in run.units if unit.package),
            *(
                (run.unit_name(unit), run.layer_name(layer), version)
                for unit, layers in sorted(run.run["layers"].items())
                for layer, version in sorted(layers.items())
            ),
        ]
        self._head(sheet, HEAD_ROWS - 1, ("versions", "layer", "content_hash"))
        for row, fact in enumerate(facts, start=HEAD_ROWS):
            for column, value in enumerate(fact):
                self._cell(sheet, row, column, value)
        self._finish(sheet, 3, len(facts))

    def _finish(self, sheet: Any, columns: int, rows: int) -> None:  # noqa: ANN401  # the library publishes no types
        sheet.freeze_panes(HEAD_ROWS, 0)
        sheet.repeat_rows(HEAD_ROWS - 1)
        if rows:
            sheet.autofilter(HEAD_ROWS - 1, 0, HEAD_ROWS - 1 + rows, columns - 1)
        else:
            sheet.write_string(HEAD_ROWS, 0, "–", self.formats["note"])


def _fit(text: str) -> str:
    if len(text) <= LONGEST_CELL:
        return text
    return f"{text[:LONGEST_CELL]}… (+{len(text) - LONGEST_CELL})"
