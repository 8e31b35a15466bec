"""What pages and API of submissions share: whose they are, the queue, the filter · 报审页面与接口的公共部分."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lantu.capabilities.plan_making.submissions import lifecycle
from lantu.capabilities.plan_making.submissions.findings import FindingFilter
from lantu.catalogue.rights import may
from lantu.interfaces.web.dependencies import refusal, writing
from lantu.interfaces.web.map_questions import box_of
from lantu.interfaces.worker.asking import ask
from lantu.stores.records.models import Job, Submission
from lantu.stores.records.querying import select
from lantu.vocabulary.errors import RecordMissing
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from fastapi import Request

    from lantu.interfaces.worker.queue import Queue
    from lantu.stores.records import RecordSession
    from lantu.vocabulary.people import Actor

EXAMINE = "submission.examine"
PUBLISH = "map.publish"
PAGE_ROWS = 50


def unit_of(actor: Actor, action: str) -> str | None:
    """Say to which unit somebody's right is kept · 权限限定的板块.

    Parameters
    ----------
    actor
        Who asks.
    action
        Line of the table of rights.

    Returns
    -------
    str or None
        None where it reaches every unit.
    """
    return None if may(actor, action, unit_code=None) else actor.unit_code or ""


def require_for(actor: Actor, action: str, unit_code: str) -> None:
    """Refuse what the table gives only to another unit · 核对板块权限.

    Parameters
    ----------
    actor
        Who asks.
    action
        Line of the table of rights.
    unit_code
        Unit that owns the thing.
    """
    if not may(actor, action, unit_code=unit_code):
        raise refusal(actor)


def submission_for(request: Request, session: RecordSession, submission_id: str, action: str = "submission.read") -> Submission:
    """Get a submission that who asks may see · 取可见的报审件.

    Parameters
    ----------
    request
        What came in.
    session
        Any session.
    submission_id
        The submission.
    action
        What is to be done with it.

    Returns
    -------
    Submission
        Another unit's does not exist.
    """
    return lifecycle.find_submission(session, submission_id, unit_of(request.state.actor, action))


def queue_of(request: Request) -> Queue:
    """Give the queue of long work · 取任务队列.

    Parameters
    ----------
    request
        What came in.

    Returns
    -------
    Queue
        Opened when the application started.
    """
    return cast("Queue", request.app.state.queue)


def start_examination(request: Request, submission_id: str) -> str:
    """Have the package of a submission diagnosed and checked in the background · 发起诊断与质检.

    Parameters
    ----------
    request
        What came in.
    submission_id
        The submission.

    Returns
    -------
    str
        Id of the job.
    """
    with writing(request, "check asked for") as session:
        submission = submission_for(request, session, submission_id)
        lifecycle.start_check(session, submission)
        job_id = ask(
            session,
            EXAMINE,
            {"submission_id": submission_id},
            subject=(lifecycle.KIND, submission_id),
            requested_by=session.actor.person_id,
        )
    queue_of(request).start(job_id)
    return job_id


def start_publishing(request: Request, submission_id: str) -> str:
    """Have what was accepted put on the map in the background · 发布入库成果.

    Parameters
    ----------
    request
        What came in.
    submission_id
        The submission that was accepted.

    Returns
    -------
    str
        Id of the job.
    """
    with writing(request, "publishing asked for") as session:
        job_id = ask(
            session, PUBLISH, {"submission_id": submission_id}, subject=("map", submission_id), requested_by=session.actor.person_id
        )
    queue_of(request).start(job_id)
    return job_id


def latest_job(session: RecordSession, submission_id: str) -> Job | None:
    """Give the latest job about a submission · 最近任务.

    Parameters
    ----------
    session
        Any session.
    submission_id
        The submission.

    Returns
    -------
    Job or None
        None where there was none.
    """
    query = select(Job).where(Job.subject_kind == lifecycle.KIND, Job.subject_id == submission_id)
    return session.scalars(query.order_by(Job.created_at.desc()).limit(1)).one_or_none()


def job_for(session: RecordSession, actor: Actor, job_id: str, action: str) -> Job:
    """Get a job that who asks may see or stop · 取可见的任务.

    Parameters
    ----------
    session
        Any session.
    actor
        Who asks.
    job_id
        The job.
    action
        Line of the table of rights.

    Returns
    -------
    Job
        One about another unit's thing does not exist.

    Raises
    ------
    RecordMissing
        If there is none.
    """
    job = session.get(Job, job_id)
    submission = session.get(Submission, job.subject_id) if job is not None and job.subject_kind == lifecycle.KIND else None
    if job is None or not may(actor, action, unit_code=submission.unit_code if submission is not None else ""):
        raise RecordMissing(
            Text("There is no such job.", "没有该任务。"), Text("Go back to the page it was started from.", "请返回发起任务的页面。")
        )
    return job


def finding_filter(request: Request) -> FindingFilter:
    """Read the filter of findings from the address · 读取筛选条件.

    Parameters
    ----------
    request
        What came in.

    Returns
    -------
    FindingFilter
        Words that stand nowhere find nothing; a box that is none is refused.
    """
    query = request.query_params
    box = query.get("bbox", "")
    names = ("severity", "theme", "code", "change", "answered", "text")
    return FindingFilter(**{name: query.get(name, "")[:100] for name in names}, box=box_of(box) if box else None)
