"""The trail: what happened, in order, chained by hash · 留痕链."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # the mapping reads the annotations
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from lantu.stores.records.column_types import CanonicalJson
from lantu.stores.records.models.record import Row


class Event(Row, kw_only=True, eq=False, repr=False):
    """One thing that happened to one record · 留痕事件.

    The hash is that of all other columns, the hash of the event before among them. The database refuses to change
    or remove an event.
    """

    __tablename__ = "events"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
    actor_id: Mapped[str]
    actor_name: Mapped[str]
    actor_roles: Mapped[list[str]] = mapped_column(CanonicalJson())
    action: Mapped[str]
    kind: Mapped[str] = mapped_column(index=True)
    record_id: Mapped[str] = mapped_column(index=True)
    record_revision: Mapped[int]
    before: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJson(), default=None)
    after: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJson(), default=None)
    reason: Mapped[str] = mapped_column(default="")
    previous_hash: Mapped[str]
    hash: Mapped[str]
