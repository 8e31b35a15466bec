"""A compliance sheet as PDF and as Word · 审查表PDF与Word."""

from __future__ import annotations

import datetime as dt
import importlib.resources
import io
import json
import zipfile
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lantu.capabilities.plan_making.run_records import zip_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.capabilities.plan_making.parcel_sheets.composing import SheetPaper, Table
    from lantu.vocabulary.text import Language

_TEMPLATE = "sheet.typ"
_LATIN_FONT = "Times New Roman"
_EAST_ASIAN_FONT = "宋体"
_HEAD_FILL = "E8F0F2"
_PAGE_WIDTH_CM = 17.4
_VERDICT_COLOURS = {"clear": "2C6A3B", "review": "8A5A00", "block": "A3201D", "not_checked": "55616A"}


def sheet_pdf(paper: SheetPaper, language: Language, fonts: Path | None = None) -> bytes:
    """Set a sheet as PDF · 输出PDF.

    Parameters
    ----------
    paper
        What stands on it.
    language
        Its language.
    fonts
        Folder of fonts with Chinese; those of the system where None.

    Returns
    -------
    bytes
        The same for the same paper and fonts.
    """
    import typst  # noqa: PLC0415  # heavy; most sheets are never printed

    template = importlib.resources.files(__package__).joinpath(_TEMPLATE).read_bytes()
    content = json.dumps({**asdict(paper), "language": language}, ensure_ascii=False)
    compiler: Any = typst.compile  # its published types say nothing of bytes going in
    made = compiler(
        template,
        font_paths=[str(fonts)] if fonts is not None else [],
        ignore_system_fonts=fonts is not None,
        sys_inputs={"paper": content},
        timestamp=0,
    )
    return bytes(made)


def sheet_word(paper: SheetPaper, made: dt.date) -> bytes:
    """Set a sheet as a Word document · 输出Word.

    Parameters
    ----------
    paper
        What stands on it.
    made
        Day it is dated by.

    Returns
    -------
    bytes
        The same for the same paper and day.
    """
    import docx  # noqa: PLC0415  # heavy; most sheets are never printed

    document = docx.Document()
    _set_up(document, paper, made)
    if paper.notice:
        document.add_paragraph(paper.notice)
    document.add_paragraph(paper.title, style="Title")
    verdict = document.add_paragraph().add_run(paper.verdict)
    verdict.bold = True
    _colour(verdict, _VERDICT_COLOURS[paper.verdict_code], 14)
    _add_table(document, None, paper.facts, (22, 78))
    for table in paper.tables:
        if table.title:
            document.add_heading(table.title, 2)
        _add_table(document, table, table.rows, table.widths)
    for note in paper.notes:
        document.add_paragraph(note, style="List Bullet")
    document.sections[0].footer.paragraphs[0].text = paper.stamp
    sink = io.BytesIO()
    document.save(sink)
    with zipfile.ZipFile(sink) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    # The library dates members by the clock; packed again they depend on nothing but their content.
    return zip_bytes(members, compress=True)


def _set_up(document: Any, paper: SheetPaper, made: dt.date) -> None:  # noqa: ANN401  # the library publishes no types
    from docx.oxml.ns import qn  # noqa: PLC0415  # as above
    from docx.shared import Cm, Pt  # noqa: PLC0415  # as above

    properties = document.core_properties
    properties.author = properties.last_modified_by = "Lantu"
    properties.title, properties.comments = paper.title, paper.stamp
    properties.created = properties.modified = dt.datetime.combine(made, dt.time())
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.8)
    section.top_margin = section.bottom_margin = Cm(1.8)
    for name, size in (("Normal", 9.5), ("Title", 18), ("Heading 2", 12)):
        style = document.styles[name]
        style.font.size = Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        # Headings of the template name a theme font, which goes before any other.
        for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{attribute}"), None)
        for attribute, font in (("ascii", _LATIN_FONT), ("hAnsi", _LATIN_FONT), ("eastAsia", _EAST_ASIAN_FONT)):
            fonts.set(qn(f"w:{attribute}"), font)


def _add_table(document: Any, table: Table | None, rows: tuple[tuple[str, ...], ...], widths: tuple[int, ...]) -> None:  # noqa: ANN401  # as above
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415  # as above
    from docx.oxml import OxmlElement  # noqa: PLC0415  # as above
    from docx.oxml.ns import qn  # noqa: PLC0415  # as above
    from docx.shared import Cm, Pt  # noqa: PLC0415  # as above

    listed = [table.head, *rows] if table is not None else list(rows)
    made = document.add_table(rows=len(listed), cols=len(widths))
    made.style = "Table Grid"
    made.autofit = False
    for row, values in zip(made.rows, listed, strict=True):
        for column, (cell, value) in enumerate(zip(row.cells, values, strict=True)):
            cell.width = Cm(_PAGE_WIDTH_CM * widths[column] / sum(widths))
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(value)
            run.font.size = Pt(8.5)
            is_head = table is not None and values is table.head
            run.bold = is_head or None
            if is_head:
                shade = OxmlElement("w:shd")
                shade.set(qn("w:val"), "clear")
                shade.set(qn("w:fill"), _HEAD_FILL)
                cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001  # the library has no other way to a cell's shading
            elif table is not None and column in table.numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def _colour(run: Any, colour: str, size: float) -> None:  # noqa: ANN401  # as above
    from docx.shared import Pt, RGBColor  # noqa: PLC0415  # as above

    run.font.size, run.font.color.rgb = Pt(size), RGBColor.from_string(colour)
