"""The queue of long work: durable, one heavy job at a time · 持久任务队列."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dbos import DBOS, SetWorkflowID

from lantu.interfaces.worker.performing import perform
from lantu.interfaces.worker.running import run_job
from lantu.interfaces.worker.work import ENDED
from lantu.stores.records.models import Job
from lantu.stores.records.models.record import new_id
from lantu.stores.records.querying import select

if TYPE_CHECKING:
    from lantu.stores.records import Database

_NAME = "lantu"
_QUEUE = "lantu-heavy-work"
# Raised only when a job that an older program began could not be finished by this one: recovery skips other versions.
_APPLICATION_VERSION = "lantu-jobs-1"
_POLL_SECONDS = 0.2
_CLOSE_SECONDS = 5
_JOBS_FILE = "jobs.sqlite3"
# What DBOS finishes by itself when it starts.
_UNDER_WAY = frozenset({"PENDING", "ENQUEUED", "DELAYED"})


class Queue(Protocol):
    """Whatever performs jobs that are recorded · 任务队列."""

    def start(self, job_id: str) -> None:
        """Take a job whose record is committed · 接受任务."""


@dataclass(frozen=True)
class DirectQueue:
    """Performs each job at once, in this very process · 即时执行（测试与示例数据用）.

    Parameters
    ----------
    records
        The records.
    city_folder
        Folder of the city.
    """

    records: Database
    city_folder: Path

    def start(self, job_id: str) -> None:
        """Perform a job · 执行任务.

        Parameters
        ----------
        job_id
            The job.
        """
        perform(self.records, self.city_folder, job_id)


@dataclass(frozen=True)
class DurableQueue:
    """Performs jobs one after the other, also those that a killed server left behind · 持久队列.

    Parameters
    ----------
    records
        The records.
    database_url
        Where they are.
    city_folder
        Folder of the city.
    """

    records: Database
    database_url: str
    city_folder: Path
    closing: threading.Event = field(default_factory=threading.Event)

    def start(self, job_id: str) -> None:
        """Put a job on the queue; the same job twice is one · 入队.

        Parameters
        ----------
        job_id
            The job.
        """
        with SetWorkflowID(job_id):
            DBOS.enqueue_workflow(_QUEUE, _job_flow, str(self.city_folder), job_id)

    def take_up(self, job_id: str) -> None:
        """Put a job on the queue again that a stopped server left unfinished · 接续未完成的任务.

        Parameters
        ----------
        job_id
            The job.
        """
        status = DBOS.get_workflow_status(job_id)
        if status is None:
            self.start(job_id)
        elif status.status not in _UNDER_WAY:
            # Its flow has ended although the job has not: the server was stopped in between.
            with SetWorkflowID(f"{job_id}-{new_id()}"):
                DBOS.enqueue_workflow(_QUEUE, _job_flow, str(self.city_folder), job_id)


_open: dict[str, DurableQueue] = {}


@DBOS.step()
def _job_step(city_folder: str, job_id: str) -> str:
    queue = _open[city_folder]
    return run_job(queue.records, queue.database_url, Path(city_folder), job_id, queue.closing)


@DBOS.workflow()
def _job_flow(city_folder: str, job_id: str) -> str:
    return _job_step(city_folder, job_id)


def open_queue(records: Database, database_url: str, city_folder: Path, *, at_once: int = 1) -> DurableQueue:
    """Open the queue, take up what was left unfinished, and begin · 打开队列.

    Parameters
    ----------
    records
        The records.
    database_url
        Where they are; a PostgreSQL server holds the queue as well, otherwise it is a file in the office.
    city_folder
        Folder of the city.
    at_once
        How many heavy jobs may run at the same time.

    Returns
    -------
    DurableQueue
        Running; one per process.
    """
    queue = DurableQueue(records, database_url, city_folder)
    _open[str(city_folder)] = queue
    embedded = database_url.startswith("sqlite")
    url = f"sqlite:///{(city_folder / 'office' / _JOBS_FILE).absolute()}" if embedded else database_url
    DBOS(
        config={
            "name": _NAME,
            "system_database_url": url,
            "application_version": _APPLICATION_VERSION,
            "executor_id": "local",
            "enable_otlp": False,
            "log_level": "WARNING",
        }
    )
    DBOS.launch()
    DBOS.register_queue(_QUEUE, global_concurrency=at_once, polling_interval_sec=_POLL_SECONDS, on_conflict="always_update")
    # A server killed between recording a job and queueing it left a record that nothing would ever perform.
    with records.reading() as session:
        left = list(session.scalars(select(Job.id).where(Job.state.not_in(ENDED)).order_by(Job.created_at)))
    for job_id in left:
        queue.take_up(job_id)
    return queue


def close_queue() -> None:
    """Stop the queue; what runs is taken up at the next start · 关闭队列."""
    for queue in _open.values():
        queue.closing.set()
    DBOS.destroy(workflow_completion_timeout_sec=_CLOSE_SECONDS)
    _open.clear()
