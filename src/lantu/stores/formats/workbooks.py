"""Cells of workbooks and words of documents · 读取表格与文档."""

from __future__ import annotations

import zipfile
from contextlib import closing
from typing import TYPE_CHECKING, Any

from lantu.vocabulary.errors import InputUnreadable
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from pathlib import Path


def read_workbook(path: Path) -> dict[str, list[list[Any]]]:
    """Read every cell of a workbook · 读取工作簿.

    Parameters
    ----------
    path
        An ``.xlsx`` file.

    Returns
    -------
    dict of str to list of list
        Rows of values by sheet; formulas give the value they were saved with.

    Raises
    ------
    InputUnreadable
        If it is no workbook.
    """
    import openpyxl  # noqa: PLC0415  # heavy, and most intake sees no workbook
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415  # as above

    try:
        with path.open("rb") as source, closing(openpyxl.load_workbook(source, read_only=True, data_only=True)) as book:
            return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, InvalidFileException) as error:
        raise InputUnreadable(
            Text(f"{path.name} is not a readable workbook: {error}.", f"{path.name}不是可读取的工作簿：{error}。"),
            Text("Save it again as .xlsx.", "请重新另存为.xlsx。"),
        ) from error


def read_document(path: Path) -> str:
    """Read the words of a document, a paragraph or table row per line · 读取文档文字.

    Parameters
    ----------
    path
        A ``.docx`` or ``.txt`` file; text in UTF-8 or GBK.

    Returns
    -------
    str
        Its text.

    Raises
    ------
    InputUnreadable
        If it cannot be read.
    """
    if path.suffix.lower() == ".txt":
        return _decode(path)
    import docx  # noqa: PLC0415  # heavy, and most intake sees no document
    from docx.opc.exceptions import PackageNotFoundError  # noqa: PLC0415  # as above

    try:
        document = docx.Document(str(path))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise InputUnreadable(
            Text(f"{path.name} is not a readable document: {error}.", f"{path.name}不是可读取的文档：{error}。"),
            Text("Save it again as .docx.", "请重新另存为.docx。"),
        ) from error
    lines = [paragraph.text for paragraph in document.paragraphs]
    lines += [" ".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
    return "\n".join(lines)


def _decode(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputUnreadable(
        Text(f"{path.name} is neither UTF-8 nor GBK.", f"{path.name}既非UTF-8也非GBK编码。"),
        Text("Save it again as UTF-8.", "请重新存为UTF-8编码。"),
    )
