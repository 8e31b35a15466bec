"""The Word report: overview, a section per unit, tables · Word报告."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import TYPE_CHECKING, Any

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from lantu.capabilities.plan_making.reports import summaries
from lantu.capabilities.plan_making.reports.wording import say
from lantu.capabilities.plan_making.run_records import VERDICT_NAMES, Verdict, write_atomically, zip_bytes
from lantu.vocabulary.findings import OUTCOME_NAMES, SEVERITY_NAMES, Outcome, Severity
from lantu.vocabulary.plans import WHOLE_CITY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lantu.capabilities.plan_making.run_records import CheckRun
    from lantu.vocabulary.text import Language, Text

    Row = list[Text | str | None]

# A report is read on paper: the heaviest findings of each unit stand in it, the workbook holds all.
FINDINGS_SHOWN = 30
LATIN_FONT = "Times New Roman"
BODY_FONT = "宋体"
HEADING_FONT = "黑体"
HEAD_FILL = "E6EFEC"
VERDICT_COLOURS = {Verdict.FULFILLED: "2C6A3B", Verdict.BREACHED: "A3201D", Verdict.ABSENT: "A3201D", Verdict.NOT_CHECKED: "55616A"}


def write_word(run: CheckRun, path: Path, language: Language) -> Path:
    """Write the Word report · 写出Word报告.

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
    document = docx.Document()
    _Report(document, run, language).write()
    sink = io.BytesIO()
    document.save(sink)
    with zipfile.ZipFile(sink) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    # The library dates members by the clock; packed again they depend on nothing but their content.
    write_atomically(path, zip_bytes(members, compress=True))
    return path


class _Report:
    """One document while it is written · 报告正文."""

    def __init__(self, document: Any, run: CheckRun, language: Language) -> None:  # noqa: ANN401  # the library publishes no types
        self.document, self.run, self.language = document, run, language

    def write(self) -> None:
        """Write every section · 写出各节."""
        self._set_up()
        self._overview()
        self._areas()
        for unit in summaries.unit_codes(self.run):
            self._unit(unit)
        self._unchecked()
        self._versions()

    def _word(self, text: Text | str) -> str:
        return text if isinstance(text, str) else text.speak(self.language)

    def _set_up(self) -> None:
        made = dt.datetime.combine(dt.date.fromisoformat(self.run.run["today"]), dt.time(), tzinfo=dt.UTC)
        properties = self.document.core_properties
        properties.author, properties.last_modified_by, properties.title = "Lantu", "Lantu", self._word(say("title"))
        properties.created = properties.modified = made.replace(tzinfo=None)
        properties.comments = self.run.run["id"]
        section = self.document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21.0)
        section.left_margin = section.right_margin = Cm(2.0)
        section.top_margin = section.bottom_margin = Cm(2.0)
        for name, east_asian, size in (
            ("Normal", BODY_FONT, 10.5),
            ("Title", HEADING_FONT, 22),
            ("Heading 1", HEADING_FONT, 15),
            ("Heading 2", HEADING_FONT, 12),
        ):
            style = self.document.styles[name]
            style.font.size = Pt(size)
            if name != "Normal":
                style.font.color.rgb = RGBColor.from_string("1D282E")
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            # Headings of the template name a theme font, which goes before any other.
            for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{attribute}"), None)
            for attribute, font in (("ascii", LATIN_FONT), ("hAnsi", LATIN_FONT), ("eastAsia", east_asian)):
                fonts.set(qn(f"w:{attribute}"), font)

    def _heading(self, text: Text | str, level: int = 1) -> None:
        self.document.add_heading(self._word(text), level)

    def _line(self, text: Text | str) -> Any:  # noqa: ANN401  # the library publishes no types
        return self.document.add_paragraph(self._word(text))

    def _table(self, head: Sequence[Text], rows: Sequence[Sequence[Text | str | None]], widths_cm: Sequence[float]) -> Any:  # noqa: ANN401  # the library publishes no types
        table = self.document.add_table(rows=1 + len(rows), cols=len(head))
        table.style = "Table Grid"
        table.autofit = False
        for column, width in zip(table.columns, widths_cm, strict=True):
            column.width = Cm(width)
        # Reading the cells of a table costs its whole length each time, so each row is read once.
        for row, values in zip(table.rows, [head, *rows], strict=True):
            for cell, value, width in zip(row.cells, values, widths_cm, strict=True):
                cell.width = Cm(width)
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_after = Pt(0)
                run = paragraph.add_run(self._word(value) if value is not None else "")
                run.font.size = Pt(9)
                run.font.bold = values is head or None
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001  # the library has no other way to keep a row on one page
        for cell in table.rows[0].cells:
            shade = OxmlElement("w:shd")
            shade.set(qn("w:val"), "clear")
            shade.set(qn("w:fill"), HEAD_FILL)
            cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001  # the library has no other way to a cell's shading
        repeat = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(repeat)  # noqa: SLF001  # nor to a head that repeats on every page
        self.document.add_paragraph().paragraph_format.space_after = Pt(2)
        return table

    def _overview(self) -> None:
        run = self.run
        city = run.run["city"]["name"][self.language]
        self.document.add_paragraph(f"{city}{'' if self.language == 'zh' else ' · '}{self._word(say('title'))}", style="Title")
        subtitle = self._word(say("subtitle", city=city, today=run.run["today"]))
        self._line(f"{subtitle} · {self._word(say('invented'))}" if run.run["invented"] else subtitle)
        self._heading(say("overview"))
        verdict = self._line(say(f"verdict_{run.verdict.value}"))
        verdict.runs[0].font.bold, verdict.runs[0].font.size = True, Pt(14)
        self._line(summaries.verdict_sentence(run))
        outcomes, severities = summaries.outcome_counts(run), summaries.severity_counts(run)
        head = [*(OUTCOME_NAMES[outcome] for outcome in Outcome), *(SEVERITY_NAMES[severity] for severity in Severity)]
        counts = [*(outcomes[outcome] for outcome in Outcome), *(severities[severity] for severity in Severity)]
        self._table(head, [[summaries.print_number(count) for count in counts]], [3.6] * len(head))
        themes = summaries.themes_of(run)
        head = [say("unit"), *(summaries.theme_name(theme) for theme in themes), say("total")]
        rows = [
            [run.unit_name(unit), *(self._cell(cell) for cell in cells.values()), str(sum(cell.findings for cell in cells.values()))]
            for unit, cells in summaries.matrix(run).items()
        ]
        self._heading(say("matrix"), 2)
        self._table(head, rows, [3.5, *[20.5 / max(len(themes), 1)] * len(themes), 1.7])

    def _cell(self, cell: summaries.Cell) -> Text | str:
        if cell.findings:
            return str(cell.findings)
        if cell.outcomes[Outcome.NOT_CHECKED]:
            return OUTCOME_NAMES[Outcome.NOT_CHECKED]
        return "✓" if cell.outcomes[Outcome.PASSED] else ""

    def _areas(self) -> None:
        run = self.run
        tables = summaries.area_tables(run)
        if not tables:
            return
        self._heading(say("areas"))
        self._line(say("areas_hint"))
        for table in tables:
            self._heading(run.layer_name(table.layer), 2)
            rows: list[Row] = [
                [
                    run.unit_name(line.row.unit),
                    line.row.class_name,
                    f"{line.hectares:,}{'*' if line.hectares_adjusted else ''}",
                    f"{line.mu:,}{'*' if line.mu_adjusted else ''}",
                ]
                for line in table.lines
            ]
            rows.append([say("total"), "", f"{table.hectares:,}", f"{table.mu:,}"])
            self._table([say("unit"), say("class"), say("hectares"), say("mu")], rows, [6, 7.7, 6, 6])

    def _unit(self, unit: str) -> None:
        run = self.run
        self._heading(run.unit_name(unit))
        outcomes = [record.outcome for record in run.outcomes if record.unit == unit]
        findings = sorted(
            (record for record in run.findings if record.unit == unit), key=lambda record: summaries.SEVERITIES.index(record.severity)
        )
        separator = "，" if self.language == "zh" else ", "
        gap = "" if self.language == "zh" else " "
        self._line(separator.join(f"{self._word(OUTCOME_NAMES[outcome])}{gap}{outcomes.count(outcome)}" for outcome in Outcome))
        self._answers(unit)
        if unit != WHOLE_CITY or findings:
            self._heading(say("findings"), 2)
        if not findings:
            self._line(say("no_findings_unit"))
            return
        head = [say(key) for key in ("severity", "code", "layer", "features", "message", "measured", "limit", "remedy")]
        rows: list[Row] = [
            [
                SEVERITY_NAMES[record.severity],
                record.code,
                run.layer_name(record.layer),
                _few(record.features),
                record.message,
                summaries.print_quantity(record.measured, record.unit_of_measure),
                summaries.print_quantity(record.limit, record.unit_of_measure),
                record.remedy,
            ]
            for record in findings[:FINDINGS_SHOWN]
        ]
        self._table(head, rows, [1.9, 1.5, 2.8, 3.0, 6.5, 2.5, 2.5, 5.0])
        if len(findings) > FINDINGS_SHOWN:
            self._line(say("more", left=summaries.print_number(len(findings) - FINDINGS_SHOWN)))

    def _answers(self, unit: str) -> None:
        answers = [row for row in self.run.transmission if row.unit == unit]
        if not answers:
            return
        self._heading(say("compliance"), 2)
        rows: list[Row] = [
            [
                VERDICT_NAMES[row.verdict],
                row.clause,
                row.quotation,
                row.subject,
                say("binding_yes" if row.binding else "binding_no"),
                summaries.print_quantity(row.required, row.unit_of_measure),
                row.reason or ("–" if row.measured is None else summaries.print_quantity(row.measured, row.unit_of_measure)),
            ]
            for row in answers
        ]
        head = [say(key) for key in ("verdict", "clause", "quotation", "subject", "binding", "required", "measured")]
        table = self._table(head, rows, [2.0, 2.0, 9.0, 3.5, 2.0, 3.6, 3.6])
        for row, answer in zip(list(table.rows)[1:], answers, strict=True):
            mark = row.cells[0].paragraphs[0].runs[0]
            mark.font.bold, mark.font.color.rgb = True, RGBColor.from_string(VERDICT_COLOURS[answer.verdict])

    def _unchecked(self) -> None:
        run = self.run
        groups = summaries.unchecked_groups(run)
        if not groups:
            return
        self._heading(say("unchecked"))
        self._line(say("unchecked_hint"))
        separator = "、" if self.language == "zh" else ", "
        rows: list[Row] = [
            [group.reason, separator.join(group.codes), separator.join(self._word(run.unit_name(unit)) for unit in group.units)]
            for group in groups
        ]
        self._table([say("reason"), say("check"), say("units_concerned")], rows, [11.7, 6, 8])

    def _versions(self) -> None:
        run = self.run
        self._heading(say("versions"))
        facts = [
            [say("run_id"), run.run["id"]],
            [say("program"), f"{run.run['program']['name']} {run.run['program']['version']}"],
            [say("rule_set"), run.run["rule_set_version"]],
            [say("today"), run.run["today"]],
            [say("crs"), run.crs],
        ]
        self._table([say("versions"), say("content_hash")], facts, [5, 20.7])


def _few(features: Sequence[str], most: int = 4) -> str:
    left = len(features) - most
    return ", ".join(features[:most]) + (f" +{left}" if left > 0 else "")
