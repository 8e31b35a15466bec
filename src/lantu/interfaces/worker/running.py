"""Run a job in a process of its own, which may be stopped or die without harm · 独立进程运行任务."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from lantu.interfaces.worker.performing import end
from lantu.interfaces.worker.work import CANCELLED, ENDED, FAILED
from lantu.stores.records.models import Job
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import threading
    from pathlib import Path

    from lantu.stores.records import Database

_LOOK_SECONDS = 0.3
# A job that was asked to stop does so at its next word of progress; a long computation says none.
_GRACE_SECONDS = 3.0
_DIED = Text(
    "The process of the job died (exit code {code}); most often the machine ran out of memory.",
    "任务进程异常终止（退出码{code}），多因内存不足。",
)
_DIED_WAY_OUT = Text("Start it again when less is going on, or hand in a smaller package.", "请在系统空闲时重试，或减小成果包。")


def run_job(records: Database, database_url: str, city_folder: Path, job_id: str, closing: threading.Event | None = None) -> str:
    """Run a job to its end in a process of its own · 运行任务.

    Parameters
    ----------
    records
        The records.
    database_url
        Where the process finds them.
    city_folder
        Folder of the city.
    job_id
        The job.
    closing
        Set when the server stops: the process is ended, and the job stays as it is for the next start.

    Returns
    -------
    str
        State in which it ended; that of a job under way where the server stops.
    """
    state, _ = _look(records, job_id)
    if state in ENDED:
        return state
    process = subprocess.Popen(
        [sys.executable, "-m", "lantu.interfaces.worker"], stdin=subprocess.PIPE, text=True
    )  # our own module, no shell
    asked_at = 0.0
    try:
        if process.stdin is not None:
            process.stdin.write(json.dumps({"database": database_url, "city": str(city_folder), "job": job_id}) + "\n")
            process.stdin.flush()
        while process.poll() is None:
            time.sleep(_LOOK_SECONDS)
            if closing is not None and closing.is_set():
                return state
            state, cancel_asked = _look(records, job_id)
            if cancel_asked and not asked_at:
                asked_at = time.monotonic()
            if asked_at and time.monotonic() - asked_at > _GRACE_SECONDS:
                process.kill()
        code = process.wait()
    finally:
        process.kill()
        process.wait()
    state, cancel_asked = _look(records, job_id)
    if state in ENDED:
        return state
    if cancel_asked:
        return end(records, job_id, CANCELLED)
    return end(records, job_id, FAILED, _DIED.format(code=code), _DIED_WAY_OUT)


def _look(records: Database, job_id: str) -> tuple[str, bool]:
    with records.reading() as session:
        job = session.find(Job, job_id)
        return job.state, job.cancel_asked
