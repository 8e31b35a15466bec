"""Ask for a job, and ask for it to be stopped · 发起与取消任务."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lantu.interfaces.worker.kinds import KINDS
from lantu.interfaces.worker.performing import end
from lantu.interfaces.worker.work import CANCELLED, ENDED, WAITING
from lantu.stores.records.models import Job

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.stores.records import Database, RecordSession
    from lantu.vocabulary.people import Actor


def ask(
    session: RecordSession, kind: str, parameters: Mapping[str, Any], *, subject: tuple[str, str] = ("", ""), requested_by: str = ""
) -> str:
    """Record a job in the transaction that calls for it; start it on the queue after the commit · 登记任务.

    Parameters
    ----------
    session
        A writing session.
    kind
        One of `KINDS`.
    parameters
        What the job needs; plain values.
    subject
        Kind and id of what it is about.
    requested_by
        Id of the person.

    Returns
    -------
    str
        Id of the job.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    job = Job(kind=kind, parameters=dict(parameters), subject_kind=subject[0], subject_id=subject[1], requested_by=requested_by)
    session.add(job)
    return job.id


def ask_to_stop(records: Database, actor: Actor, job_id: str) -> str:
    """Ask for a job to be stopped; one that only waits ends at once · 取消任务.

    Parameters
    ----------
    records
        The records.
    actor
        Who asks.
    job_id
        The job.

    Returns
    -------
    str
        Its state now.
    """
    with records.writing(actor, reason="job is to be stopped") as session:
        job = session.find(Job, job_id)
        if job.state not in ENDED:
            job.cancel_asked = True
        state = job.state
    return end(records, job_id, CANCELLED) if state == WAITING else state
