"""Read the trail · 查询留痕."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from lantu.stores.records.models import Event

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def latest_events(
    session: Session, *, kind: str | None = None, record_id: str | None = None, actor_id: str | None = None, limit: int = 50
) -> list[Event]:
    """Give the latest events, in order · 最近事件.

    Parameters
    ----------
    session
        To read with.
    kind
        Only about this kind of record.
    record_id
        Only about this record.
    actor_id
        Only what this person did.
    limit
        How many.

    Returns
    -------
    list of Event
        The oldest first.
    """
    wanted = {Event.kind: kind, Event.record_id: record_id, Event.actor_id: actor_id}
    clauses = [column == value for column, value in wanted.items() if value is not None]
    return list(reversed(session.scalars(select(Event).where(*clauses).order_by(Event.sequence.desc()).limit(limit)).all()))
