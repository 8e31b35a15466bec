"""Doors for other systems: webhooks and what they delivered · 回调与投递."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # the mapping reads the annotations
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lantu.stores.records.models.record import Record, reference


class Webhook(Record, kw_only=True, eq=False, repr=False):
    """An address that is told what happens · 回调地址."""

    __tablename__ = "webhooks"
    secrets: ClassVar[frozenset[str]] = frozenset({"secret"})

    url: Mapped[str]
    secret: Mapped[str]
    topics: Mapped[list[str]] = mapped_column(default_factory=list)
    active: Mapped[bool] = mapped_column(default=True)


class Delivery(Record, kw_only=True, eq=False, repr=False):
    """One message to one address · 投递."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_webhook_id_created_at", "webhook_id", "created_at"),)

    webhook_id: Mapped[str] = mapped_column(reference("webhooks.id"))
    topic: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    attempts: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="waiting", index=True)
    next_at: Mapped[dt.datetime | None] = mapped_column(default=None)
