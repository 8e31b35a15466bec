"""Submissions, their rounds, checks, findings and answers · 报送、轮次、质检、问题与答复."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # the mapping reads the annotations
from typing import Any, ClassVar

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lantu.stores.records.models.record import Governed, Located, Record, reference


class Submission(Governed, kw_only=True, eq=False, repr=False):
    """A plan on its way into the plan base · 报送件."""

    __tablename__ = "submissions"

    number: Mapped[str] = mapped_column(unique=True)
    unit_code: Mapped[str] = mapped_column(index=True)
    plan_code: Mapped[str] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(default="")
    round: Mapped[int] = mapped_column(default=0)
    submitted_by: Mapped[str] = mapped_column(default="")


class SubmissionRound(Record, kw_only=True, eq=False, repr=False):
    """One handing in of a submission · 报送轮次."""

    __tablename__ = "submission_rounds"
    __table_args__ = (UniqueConstraint("submission_id", "number"),)

    submission_id: Mapped[str] = mapped_column(reference("submissions.id"), index=True)
    number: Mapped[int]
    upload_id: Mapped[str | None] = mapped_column(default=None)
    package_path: Mapped[str] = mapped_column(default="")
    package_hash: Mapped[str] = mapped_column(default="")
    check_run_id: Mapped[str | None] = mapped_column(default=None)
    handed_in_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    layers: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


class Upload(Record, kw_only=True, eq=False, repr=False):
    """A file on its way in, piece by piece · 上传文件."""

    __tablename__ = "uploads"
    progress: ClassVar[frozenset[str]] = frozenset({"received_bytes"})

    name: Mapped[str]
    size_bytes: Mapped[int]
    received_bytes: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(default=None)
    state: Mapped[str] = mapped_column(default="receiving")
    unit_code: Mapped[str | None] = mapped_column(default=None, index=True)
    uploaded_by: Mapped[str]


class CheckRunRecord(Record, kw_only=True, eq=False, repr=False):
    """A run of the checks over a round · 质检记录."""

    __tablename__ = "check_runs"

    submission_id: Mapped[str | None] = mapped_column(reference("submissions.id"), default=None, index=True)
    round: Mapped[int | None] = mapped_column(default=None)
    job_id: Mapped[str | None] = mapped_column(default=None)
    verdict: Mapped[str] = mapped_column(default="")
    rule_set_version: Mapped[str] = mapped_column(default="")
    run_path: Mapped[str] = mapped_column(default="")
    run_hash: Mapped[str] = mapped_column(default="")
    counts: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    started_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    finished_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    unit_code: Mapped[str | None] = mapped_column(default=None, index=True)


class FindingRecordRow(Located, Record, kw_only=True, eq=False, repr=False):
    """One thing that a check found, kept for lists and maps · 质检问题."""

    __tablename__ = "findings"
    written_by: ClassVar[str] = "check_run_id"

    check_run_id: Mapped[str] = mapped_column(reference("check_runs.id"), index=True)
    key: Mapped[str] = mapped_column(index=True)
    code: Mapped[str]
    severity: Mapped[str]
    layer: Mapped[str | None] = mapped_column(default=None)
    features: Mapped[list[str]] = mapped_column(default_factory=list)
    message_en: Mapped[str] = mapped_column(default="")
    message_zh: Mapped[str] = mapped_column(default="")
    remedy_en: Mapped[str] = mapped_column(default="")
    remedy_zh: Mapped[str] = mapped_column(default="")
    measured: Mapped[float | None] = mapped_column(default=None)
    limit_value: Mapped[float | None] = mapped_column(default=None)
    unit_of_measure: Mapped[str | None] = mapped_column(default=None)
    since_round: Mapped[int | None] = mapped_column(default=None)


class FindingAnswer(Record, kw_only=True, eq=False, repr=False):
    """What the unit says to a finding, and what was decided · 问题答复."""

    __tablename__ = "finding_answers"
    __table_args__ = (UniqueConstraint("submission_id", "finding_key"),)

    submission_id: Mapped[str] = mapped_column(reference("submissions.id"), index=True)
    finding_key: Mapped[str]
    kind: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    decision: Mapped[str] = mapped_column(default="open")
    decided_by: Mapped[str | None] = mapped_column(default=None)
    decided_reason: Mapped[str] = mapped_column(default="")


class StepTime(Record, kw_only=True, eq=False, repr=False):
    """How long something stayed in a state · 环节用时."""

    __tablename__ = "step_times"

    subject_kind: Mapped[str] = mapped_column(index=True)
    subject_id: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]
    entered_at: Mapped[dt.datetime]
    left_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    actor_id: Mapped[str] = mapped_column(default="")
    working_seconds: Mapped[float | None] = mapped_column(default=None)
