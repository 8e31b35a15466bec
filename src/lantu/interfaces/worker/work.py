"""One job as its function sees it · 任务上下文."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lantu.stores.records.models import Job
from lantu.stores.records.models.record import now
from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lantu.stores.records import Database, RecordSession
    from lantu.vocabulary.people import Actor

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
ENDED = frozenset({DONE, FAILED, CANCELLED})
# Progress that changes faster than this is not worth a write.
_TELL_SECONDS = 0.5


class JobCancelled(LantuError):
    """Somebody asked for the job to be stopped · 任务已取消."""

    http_status = 409


def job_cancelled() -> JobCancelled:
    """Say that a job was stopped · 任务已取消.

    Returns
    -------
    JobCancelled
        With the way out.
    """
    return JobCancelled(
        Text("The job was stopped on request.", "任务已按要求停止。"), Text("Start it again when it is wanted.", "需要时请重新发起。")
    )


@dataclass
class Work:
    """What a job is given · 任务上下文.

    Parameters
    ----------
    records
        The records.
    city_folder
        Folder of the city.
    job_id
        The job's record.
    parameters
        What was asked for.
    actor
        In whose name the job writes.
    """

    records: Database
    city_folder: Path
    job_id: str
    parameters: Mapping[str, Any]
    actor: Actor
    _told: float = field(default=0.0, init=False)

    @property
    def office(self) -> Path:
        """Folder of what people do · 业务目录."""
        return self.city_folder / "office"

    def tell(self, message: Text, done: int, total: int) -> None:
        """Say how far it is, and stop if somebody asked for that · 报告进度.

        Parameters
        ----------
        message
            What is being done.
        done
            How much is done.
        total
            Of how much.

        Raises
        ------
        JobCancelled
            If the job is to be stopped.
        """
        moment = time.monotonic()
        if moment - self._told < _TELL_SECONDS:
            return
        self._told = moment
        with self.records.writing(self.actor, reason="progress") as session:
            job = session.find(Job, self.job_id)
            if job.cancel_asked:
                raise job_cancelled()
            job.done, job.total, job.message_en, job.message_zh = done, total, message.en, message.zh

    def finish(self, session: RecordSession, result: dict[str, Any]) -> None:
        """End the job in the transaction that writes what came of it, so that neither is there without the other · 同事务完结.

        Parameters
        ----------
        session
            The writing session of the results.
        result
            What the job's record keeps.

        Raises
        ------
        JobCancelled
            If the job has ended or is to be stopped: then nothing of the transaction is to be written.
        """
        job = session.find(Job, self.job_id)
        if job.cancel_asked or job.state != RUNNING:
            raise job_cancelled()
        job.state, job.finished_at, job.result, job.done = DONE, now(), result, job.total

    def told(self, what: str, done: int, total: int) -> None:
        """Take progress as the checks give it: one text, often ``english · 中文`` · 接收文本进度.

        Parameters
        ----------
        what
            What is being done.
        done
            How much is done.
        total
            Of how much.
        """
        english, _, chinese = what.partition(" · ")
        self.tell(Text(english, chinese or english), done, total)
