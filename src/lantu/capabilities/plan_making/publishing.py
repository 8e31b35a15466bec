"""Write every report of a run into one folder · 输出全部报告."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.capabilities.plan_making.reports.geopackage import write_geopackage
from lantu.capabilities.plan_making.reports.json_report import write_json
from lantu.capabilities.plan_making.reports.page import write_html
from lantu.capabilities.plan_making.reports.sarif import write_sarif
from lantu.capabilities.plan_making.reports.terminal import write_text
from lantu.capabilities.plan_making.reports.word import write_word
from lantu.capabilities.plan_making.reports.workbook import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.capabilities.plan_making.run_records import CheckRun
    from lantu.vocabulary.text import Language

RUN_FILE = "run.zip"
_WRITERS = (
    ("report.html", write_html),
    ("report.xlsx", write_workbook),
    ("report.docx", write_word),
    ("findings.gpkg", write_geopackage),
    ("report.json", write_json),
    ("report.sarif", write_sarif),
    ("report.txt", write_text),
)


def write_reports(run: CheckRun, folder: Path, language: Language) -> list[Path]:
    """Store a run and write every report of it · 保存运行并输出报告.

    Each file is written whole or not at all, and is the same to the byte whenever it is made again from the stored run.

    Parameters
    ----------
    run
        The run.
    folder
        Made if it is not there.
    language
        Language of the reports that hold one; the page and the JSON hold both.

    Returns
    -------
    list of pathlib.Path
        What was written, the stored run first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [run.write(folder / RUN_FILE), *(writer(run, folder / name, language) for name, writer in _WRITERS)]
