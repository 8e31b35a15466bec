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
from lantu.interfaces.web.submitting import job_for
from lantu.interfaces.worker.asking import ask_to_stop
from lantu.interfaces.worker.queue import close_queue, open_queue
from lantu.interfaces.worker.work import ENDED
from lantu.vocabulary.people import Actor  # noqa: TC001  # the framework reads the annotations

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI

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
    job = job_for(reading, actor, job_id, "job.read")
    # The page around shows the outcome: it is loaded anew once, when the job has ended.
    headers = {"HX-Refresh": "true"} if job.state in ENDED and request.headers.get("hx-request") else {}
    answer = render(request, "jobs/progress.html", job=job, ended=job.state in ENDED)
    answer.headers.update(headers)
    return answer


@router.post("/jobs/{job_id}/stop")
def stop(job_id: str, reading: Reading, office: TheOffice, actor: Annotated[Actor, Depends(requires("job.cancel"))]) -> RedirectResponse:
    """Ask for a job to be stopped · 取消任务."""
    job = job_for(reading, actor, job_id, "job.cancel")
    ask_to_stop(office.records, actor, job_id)
    path = f"/submissions/{job.subject_id}" if job.subject_kind == lifecycle.KIND else "/"
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)
