"""Perform a job and record what came of it, once · 执行任务."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING, Any

from lantu.interfaces.worker.kinds import GIVEN_UP, KINDS
from lantu.interfaces.worker.work import CANCELLED, DONE, ENDED, FAILED, RUNNING, JobCancelled, Work
from lantu.stores.records.models import Job
from lantu.stores.records.models.record import now
from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.people import Actor
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.stores.records import Database, RecordSession

_UNEXPECTED = Text("The job ended for a reason nobody foresaw: {reason}.", "任务因意外原因终止：{reason}。")
_UNEXPECTED_WAY_OUT = Text(
    "Start it again; if it ends the same way, hand the number of the job to the administrator.",
    "请重试；若再次失败，请将任务编号告知管理员。",
)


def perform(records: Database, city_folder: Path, job_id: str) -> str:
    """Perform a job unless it has ended already · 执行任务.

    Parameters
    ----------
    records
        The records.
    city_folder
        Folder of the city.
    job_id
        The job.

    Returns
    -------
    str
        State in which it ended.
    """
    actor = Actor.system("worker")
    with records.writing(actor, reason="job begins") as session:
        job = session.find(Job, job_id)
        if job.state in ENDED:
            return job.state
        if job.cancel_asked:
            put_right(session, job, CANCELLED)
            return CANCELLED
        job.state, job.started_at, job.error_en, job.error_zh = RUNNING, now(), None, None
        kind, parameters = job.kind, dict(job.parameters)
    work = Work(records, city_folder, job_id, parameters, actor)
    try:
        result = KINDS[kind](work)
    except JobCancelled:
        return end(records, job_id, CANCELLED)
    except LantuError as error:
        return end(records, job_id, FAILED, error.message, error.remedy)
    except Exception as error:  # noqa: BLE001  # a job of any kind must end with a record that says so
        traceback.print_exc(file=sys.stderr)
        reason = f"{type(error).__name__}"
        return end(records, job_id, FAILED, _UNEXPECTED.format(reason=reason), _UNEXPECTED_WAY_OUT)
    return end(records, job_id, DONE, result=result)


def end(  # noqa: PLR0913  # the job, its end, and the reasons for it
    records: Database,
    job_id: str,
    state: str,
    message: Text | None = None,
    remedy: Text | None = None,
    *,
    result: dict[str, Any] | None = None,
) -> str:
    """Record how a job ended, unless that is recorded already · 记录任务结局.

    Parameters
    ----------
    records
        The records.
    job_id
        The job.
    state
        Done, failed or cancelled.
    message
        What went wrong.
    remedy
        The way out.
    result
        What came of it.

    Returns
    -------
    str
        State that is recorded now.
    """
    with records.writing(Actor.system("worker"), reason=f"job {state}") as session:
        job = session.find(Job, job_id)
        if job.state in ENDED:
            return job.state
        if state == DONE:
            job.state, job.finished_at = DONE, now()
            job.result, job.done = result, job.total
        else:
            put_right(session, job, state)
        if message is not None and remedy is not None:
            job.error_en, job.error_zh = f"{message.en} {remedy.en}", f"{message.zh}{remedy.zh}"
    return state


def put_right(session: RecordSession, job: Job, state: str) -> None:
    """End a job without a result, and put right what waits for it · 任务无果而终的善后.

    Parameters
    ----------
    session
        A writing session.
    job
        The job.
    state
        Failed or cancelled.
    """
    job.state, job.finished_at = state, now()
    give_up = GIVEN_UP.get(job.kind)
    if give_up is not None:
        give_up(session, job.parameters, f"job {state}")
