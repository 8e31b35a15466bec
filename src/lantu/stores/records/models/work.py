"""Long work, as people see it · 后台任务."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # the mapping reads the annotations
from typing import Any, ClassVar

from sqlalchemy.orm import Mapped, mapped_column

from lantu.stores.records.models.record import Record


class Job(Record, kw_only=True, eq=False, repr=False):
    """One piece of long work: who asked, how far it is, what came of it · 任务."""

    __tablename__ = "jobs"
    progress: ClassVar[frozenset[str]] = frozenset({"done", "total", "message_en", "message_zh"})

    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting", index=True)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    message_en: Mapped[str] = mapped_column(default="")
    message_zh: Mapped[str] = mapped_column(default="")
    requested_by: Mapped[str] = mapped_column(default="")
    subject_kind: Mapped[str] = mapped_column(default="")
    subject_id: Mapped[str] = mapped_column(default="", index=True)
    parameters: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    result: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    error_en: Mapped[str | None] = mapped_column(default=None)
    error_zh: Mapped[str | None] = mapped_column(default=None)
    started_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    finished_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
