"""Long work: its progress, and stopping it · 后台任务."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from lantu.capabilities.plan_making.submissions import chunked_files, lifecycle
from lantu.interfaces.web.dependencies import Reading, TheOffice, requires
from lantu.interfaces.web.rendering import render
from lantu.interfaces.web.submitting import require_for
from lantu.interfaces.worker.asking import ask_to_stop
from lantu.interfaces.worker.queue import close_queue, open_queue
from lantu.interfaces.worker.work import ENDED
from lantu.stores.records.models import Job, Submission
from lantu.vocabulary.people import Actor  # noqa: TC001  # the framework reads the annotations

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI

    from lantu.stores.records import RecordSession

router = APIRouter()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the queue with the application, unless whoever made it brought one · 随应用启停任务队列."""
    office = app.state.office
    chunked_files.forget_locks(office.folders.uploads)
    own = getattr(app.state, "queue", None) is None
    if own:
        settings = office.settings
        # The queue refuses to be opened, asked and closed where an event loop runs.
        opening = partial(open_queue, office.records, settings.database, settings.city_folder, at_once=settings.workers)
        app.state.queue = await run_in_threadpool(opening)
    yield
    if own:
        await run_in_threadpool(close_queue)
        app.state.queue = None


@router.get("/jobs/{job_id}/progress", response_class=HTMLResponse)
def progress(request: Request, job_id: str, reading: Reading, actor: Annotated[Actor, Depends(requires("job.read"))]) -> HTMLResponse:
    """Show how far a job is; the panel asks again by itself until it has ended · 任务进度."""
    job = reading.find(Job, job_id)
    require_for(actor, "job.read", unit_of_job(reading, job))
    # The page around shows the outcome: it is loaded anew once, when the job has ended.
    headers = {"HX-Refresh": "true"} if job.state in ENDED and request.headers.get("hx-request") else {}
    answer = render(request, "jobs/progress.html", job=job, ended=job.state in ENDED)
    answer.headers.update(headers)
    return answer


@router.post("/jobs/{job_id}/stop")
def stop(
    request: Request, job_id: str, reading: Reading, office: TheOffice, actor: Annotated[Actor, Depends(requires("job.cancel"))]
) -> RedirectResponse:
    """Ask for a job to be stopped · 取消任务."""
    job = reading.find(Job, job_id)
    require_for(actor, "job.cancel", unit_of_job(reading, job))
    ask_to_stop(office.records, request.state.actor, job_id)
    path = f"/submissions/{job.subject_id}" if job.subject_kind == lifecycle.KIND else "/"
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


def unit_of_job(session: RecordSession, job: Job) -> str:
    """Give the unit whose thing a job is about · 任务所属板块.

    Parameters
    ----------
    session
        Any session.
    job
        The job.

    Returns
    -------
    str
        Empty where it is the municipality's.
    """
    submission = session.get(Submission, job.subject_id) if job.subject_kind == lifecycle.KIND else None
    return submission.unit_code if submission is not None else ""
