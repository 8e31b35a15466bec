"""The reports of a stored run, each made when it is asked for · 报告导出."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from lantu.capabilities.plan_making.publishing import write_reports
from lantu.capabilities.plan_making.reports.geopackage import write_geopackage
from lantu.capabilities.plan_making.reports.json_report import write_json
from lantu.capabilities.plan_making.reports.page import write_html
from lantu.capabilities.plan_making.reports.sarif import write_sarif
from lantu.capabilities.plan_making.reports.word import write_word
from lantu.capabilities.plan_making.reports.workbook import write_workbook
from lantu.capabilities.plan_making.run_records import CheckRun, zip_bytes
from lantu.vocabulary.errors import InputAmbiguous
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.vocabulary.text import Language

_WRITERS = {
    "html": write_html,
    "xlsx": write_workbook,
    "docx": write_word,
    "gpkg": write_geopackage,
    "json": write_json,
    "sarif": write_sarif,
}
MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "gpkg": "application/geopackage+sqlite3",
    "json": "application/json",
    "sarif": "application/sarif+json",
    "zip": "application/zip",
}


def export_run(run_file: Path, form: str, language: Language) -> bytes:
    """Make one report of a stored run, or all of them packed · 生成报告.

    Parameters
    ----------
    run_file
        The stored run.
    form
        One of `MEDIA_TYPES`.
    language
        Language of forms that hold one.

    Returns
    -------
    bytes
        The same whenever it is made again.

    Raises
    ------
    InputAmbiguous
        If the form is none of those.
    """
    if form not in MEDIA_TYPES:
        names = ", ".join(MEDIA_TYPES)
        raise InputAmbiguous(
            Text(f"There is no report of the form {form}.", f"没有{form}格式的报告。"), Text(f"Choose one of {names}.", f"可选：{names}。")
        )
    run = CheckRun.read(run_file)
    with tempfile.TemporaryDirectory(prefix="lantu-export-") as folder:
        if form == "zip":
            files = write_reports(run, Path(folder), language)
            return zip_bytes({path.name: path.read_bytes() for path in files}, compress=True)
        return _WRITERS[form](run, Path(folder) / f"report.{form}", language).read_bytes()
