"""The run as JSON, in the published form · JSON报告."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lantu.capabilities.plan_making.run_records import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.capabilities.plan_making.run_records import CheckRun
    from lantu.vocabulary.text import Language


def write_json(run: CheckRun, path: Path, language: Language) -> Path:  # noqa: ARG001  # every report is written the same way; this one holds both languages
    """Write the run in the form of ``check_run.schema.json`` · 写出JSON.

    Parameters
    ----------
    run
        The run.
    path
        File to write.
    language
        Makes no difference: every text stands in both languages.

    Returns
    -------
    pathlib.Path
        `path`.
    """
    write_atomically(path, render_json(run).encode())
    return path


def render_json(run: CheckRun) -> str:
    """Give the run as JSON text · 生成JSON文本.

    Parameters
    ----------
    run
        The run.

    Returns
    -------
    str
        Ends with a line feed.
    """
    return json.dumps(run.as_json(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
