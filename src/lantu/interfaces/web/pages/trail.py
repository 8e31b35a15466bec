"""The trail: what happened, who did it, what stood before and after; and whether anybody tampered with it · 留痕."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from lantu.interfaces.web.dependencies import Reading, TheOffice, requires
from lantu.interfaces.web.navigation import Entry
from lantu.interfaces.web.rendering import render
from lantu.interfaces.web.trail_wording import ACTIONS, BOOKKEEPING, COLUMNS, KINDS, NOTES, SYSTEM_PARTS
from lantu.stores.records.models import Event
from lantu.stores.records.querying import func, select
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from lantu.stores.records.querying import Select

router = APIRouter()
navigation = (
    Entry(
        "/trail",
        Text("Trail", "留痕"),
        "trail",
        "trail.read",
        order=70,
        explanation=Text("Who did what and when, what stood before and after.", "谁、何时、做了什么，改前与改后。"),
    ),
)
_MAY_READ = Depends(requires("trail.read"))
_PER_PAGE = 50
_MOST_OF_A_VALUE = 400


@dataclass(frozen=True, slots=True)
class Difference:
    """One column before and after · 一列的变化.

    Parameters
    ----------
    column
        What it is called.
    before
        Its value before; empty where there was none.
    after
        Its value after; empty where there is none.
    """

    column: Text
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """One event in words · 一条留痕.

    Parameters
    ----------
    event
        As the trail has it.
    kind
        What the record is called.
    who
        Who did it.
    action
        What was done to it.
    reason
        Why.
    subject
        Name or number of the record; None where it has neither.
    differences
        What changed.
    """

    event: Event
    kind: Text
    who: Text
    action: Text
    reason: Text
    subject: Text | None
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which events are asked for · 筛选条件.

    Parameters
    ----------
    kind
        Kind of record; empty for all.
    who
        Part of the actor's name; empty for everybody.
    since
        First day, empty for all.
    until
        Last day, empty for all.
    record
        Id of one record; empty for all.
    page
        Which page, from 1.
    """

    kind: str
    who: str
    since: str
    until: str
    record: str
    page: int

    def narrow(self, asked: Select[Any], zone: ZoneInfo) -> Select[Any]:
        """Narrow a question to them · 应用筛选.

        Parameters
        ----------
        asked
            About events.
        zone
            In which days begin.

        Returns
        -------
        Select
            Narrower.
        """
        if self.kind:
            asked = asked.where(Event.kind == self.kind)
        if self.record:
            asked = asked.where(Event.record_id == self.record)
        if self.who:
            asked = asked.where(func.lower(Event.actor_name).contains(self.who.lower(), autoescape=True))
        if self.since and (first := _midnight(self.since, zone)):
            asked = asked.where(Event.at >= first)
        if self.until and (last := _midnight(self.until, zone)):
            asked = asked.where(Event.at < last + dt.timedelta(days=1))
        return asked


def _filters(  # noqa: PLR0913, PLR0917  # one parameter per filter
    kind: Annotated[str, Query(max_length=60)] = "",
    who: Annotated[str, Query(max_length=100)] = "",
    since: Annotated[str, Query(max_length=10)] = "",
    until: Annotated[str, Query(max_length=10)] = "",
    record: Annotated[str, Query(max_length=64)] = "",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> Filters:
    return Filters(kind, who.strip(), since, until, record, page)


@router.get("/trail", response_class=HTMLResponse, dependencies=[_MAY_READ])
def trail(request: Request, reading: Reading, office: TheOffice, filters: Annotated[Filters, Depends(_filters)]) -> HTMLResponse:
    """List events, the latest first · 留痕列表."""
    zone = office.city.zone
    wanted = filters.narrow(select(Event), zone).order_by(Event.sequence.desc())
    count = reading.scalar(filters.narrow(select(func.count()).select_from(Event), zone)) or 0
    events = reading.scalars(wanted.limit(_PER_PAGE).offset((filters.page - 1) * _PER_PAGE))
    return render(
        request,
        "trail/trail.html",
        told=[_tell(event) for event in events],
        count=count,
        pages=max(1, -(-count // _PER_PAGE)),
        filters=filters,
        kinds={kind: KINDS.get(kind, Text(kind, kind)) for kind in reading.scalars(select(Event.kind).distinct().order_by(Event.kind))},
    )


def _midnight(day: str, zone: ZoneInfo) -> dt.datetime | None:
    try:
        return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), zone)
    except ValueError:
        return None


def _tell(event: Event) -> Told:
    held: Mapping[str, Any] = event.after or event.before or {}
    name = Text(event.actor_name, event.actor_name)
    return Told(
        event,
        KINDS.get(event.kind, Text(event.kind, event.kind)),
        SYSTEM_PARTS.get(event.actor_name, name) if event.actor_id.startswith("system:") else name,
        ACTIONS.get(event.action, Text(event.action, event.action)),
        NOTES.get(event.reason, Text(event.reason, event.reason)),
        _subject(held),
        tuple(_differences(event.before or {}, event.after or {})),
    )


def _subject(held: Mapping[str, Any]) -> Text | None:
    for part in ("title", "name"):
        if held.get(f"{part}_en") and held.get(f"{part}_zh"):
            return Text(held[f"{part}_en"], held[f"{part}_zh"])
    return next((Text.of(str(held[key])) for key in ("number", "title", "login", "code", "name") if held.get(key)), None)


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for column in [*after, *(name for name in before if name not in after)]:
        old, new = before.get(column), after.get(column)
        if column not in BOOKKEEPING and old != new:
            yield Difference(COLUMNS.get(column, Text(column, column)), _readable(old), _readable(new))


def _readable(value: object) -> str:
    if value is None or value == "":
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST_OF_A_VALUE else f"{text[:_MOST_OF_A_VALUE]}…"
