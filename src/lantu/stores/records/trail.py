"""Every change of a record writes its event in the same transaction · 强制留痕."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from typing import TYPE_CHECKING, Any

import shapely
from sqlalchemy import BigInteger, Float, inspect, select
from sqlalchemy.types import JSON

from lantu.stores.records.column_types import canonical_json
from lantu.stores.records.models.record import Governed, Located, Record, now
from lantu.stores.records.models.submissions import StepTime
from lantu.stores.records.models.trail import Event
from lantu.vocabulary.errors import RecordRefused, TrailForced, TransitionRefused
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session
    from sqlalchemy.types import TypeEngine

    from lantu.vocabulary.people import Actor

ROOT_HASH = "0" * 64
WRITTEN = "written"
_HEAD = "trail head"
_WROTE = "wrote events"
_STEPS = "allowed steps"
_INTEGER_BITS = 63


def event_hash(columns: Mapping[str, Any]) -> str:
    """Give the hash of an event · 事件哈希.

    Parameters
    ----------
    columns
        Its columns but the hash itself: the moment in ISO form, JSON as the text it is kept as.

    Returns
    -------
    str
        SHA-256 in 64 hexadecimal digits.
    """
    return hashlib.sha256(canonical_json(columns).encode("utf-8", "surrogatepass")).hexdigest()


def plain_value(value: object, column_type: TypeEngine[Any]) -> Any:  # noqa: ANN401  # JSON is any
    """Give the value of a column as the trail keeps it · 列值的留痕形式.

    Parameters
    ----------
    value
        As the record has it.
    column_type
        Type of the column.

    Returns
    -------
    object
        Plain JSON: moments and dates in ISO form, bytes as their SHA-256, numbers as the database gives them back.
    """
    if isinstance(value, dt.datetime):
        plain: Any = value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    elif isinstance(value, dt.date):
        plain = value.isoformat()
    elif isinstance(value, bytes):
        plain = f"sha256:{hashlib.sha256(value).hexdigest()}"
    elif isinstance(column_type, Float) and isinstance(value, int | float):
        plain = float(value)
    elif isinstance(column_type, JSON) and value is not None:
        plain = json.loads(canonical_json(value))
    else:
        plain = value
    return plain


def plain_record(values: Mapping[str, Any], model: type[Record]) -> dict[str, Any]:
    """Give a record as the trail keeps it · 记录的留痕形式.

    Parameters
    ----------
    values
        By column.
    model
        Class of the record.

    Returns
    -------
    dict of str to object
        Plain JSON without what leaves no trail; secrets as their hash.
    """
    plain: dict[str, Any] = {}
    for column in model.__table__.columns:
        if column.key in model.progress:
            continue
        value = plain_value(values[column.key], column.type)
        if column.key in model.secrets and value is not None:
            value = f"sha256:{hashlib.sha256(str(value).encode()).hexdigest()}"
        plain[column.key] = value
    return plain


def trail_changes(session: Session) -> None:
    """Add the events of all pending changes to the session, just before they are written · 写入前补记事件.

    Parameters
    ----------
    session
        With `actor` and `reason` in its `info`.
    """
    _hold_to_strokes(session)
    for item in [*session.new, *session.dirty]:
        if isinstance(item, Located):
            _follow_geometry(item)
        if isinstance(item, Governed):
            _hold_to_procedure(session, item)
    for item in list(session.new):
        if isinstance(item, Record):
            item.revision = 1
            _check(item)
            _write(session, item, "created", None)
    for item in list(session.dirty):
        if isinstance(item, Record) and _is_changed(session, item):
            before = plain_record(_stored(item), type(item))
            item.revision += 1
            item.changed_at = now()
            _check(item)
            _write(session, item, "changed", before)
    for item in list(session.deleted):
        if isinstance(item, Record):
            add_event(session, "removed", item.__tablename__, item.id, item.revision, before=plain_record(_stored(item), type(item)))


def prepare(item: Record) -> None:
    """Let what follows from a new record follow, and refuse what one database would keep and another would not · 写入前准备.

    Parameters
    ----------
    item
        Of no session.

    Raises
    ------
    RecordRefused
        If it holds what no database keeps.
    """
    if isinstance(item, Located):
        _follow_geometry(item)
    _check(item)


def _hold_to_strokes(session: Session) -> None:
    """Refuse to change one of many records for which one event answers."""
    changed = [item for item in session.dirty if isinstance(item, Record) and item.written_by and _is_changed(session, item)]
    for item in [*changed, *(item for item in session.deleted if isinstance(item, Record) and item.written_by)]:
        with session.no_autoflush:
            action = session.execute(select(Event.action).where(Event.sequence == item.last_event)).scalar()
        if action == WRITTEN:
            raise TrailForced(
                Text("Records that were written together are never changed one by one.", "批量写入的记录不能逐条修改。"),
                Text("Write them anew with what they belong to: check again.", "请随所属记录重新生成：重新质检。"),
            )


def _is_changed(session: Session, item: Record) -> bool:
    if not session.is_modified(item):
        return False
    state = inspect(item)
    return any(state.attrs[column.key].history.has_changes() for column in item.__table__.columns if column.key not in item.progress)


def _stored(item: Record) -> dict[str, Any]:
    """Give the values as they are in the database."""
    state = inspect(item)
    values = {}
    for column in item.__table__.columns:
        history = state.attrs[column.key].load_history()
        values[column.key] = history.deleted[0] if history.deleted else getattr(item, column.key)
    return values


def _write(session: Session, item: Record, action: str, before: dict[str, Any] | None) -> None:
    item.last_event = _head(session)[0] + 1
    values = {column.key: getattr(item, column.key) for column in item.__table__.columns}
    after = plain_record(values, type(item))
    reason = session.info.get(_STEPS, {}).pop(item.id, None) or None
    add_event(session, action, item.__tablename__, item.id, item.revision, before=before, after=after, reason=reason)


def allow_step(session: Session, record: Governed, reason: str) -> None:
    """Let the next write of a record change its state · 许可状态变更.

    Parameters
    ----------
    session
        That writes it.
    record
        Whose procedure allowed the step.
    reason
        Why, for the event.
    """
    session.info.setdefault(_STEPS, {})[record.id] = reason


def _hold_to_procedure(session: Session, item: Governed) -> None:
    """Let a record begin where its procedure begins, and change its state by a step alone."""
    if item in session.new:
        passes = item.state == item.initial
        session.add(
            StepTime(
                subject_kind=item.__tablename__,
                subject_id=item.id,
                state=item.state,
                entered_at=item.created_at,
                actor_id=session.info["actor"].person_id,
            )
        )
    else:
        passes = not inspect(item).attrs["state"].history.has_changes() or item.id in session.info.get(_STEPS, {})
    if not passes:
        raise TransitionRefused(
            Text("A state changes by a step of the procedure alone.", "状态只能通过流程步骤变更。"),
            Text("Take the step; the procedure says which are open.", "请办理流程步骤；可办步骤以流程为准。"),
        )


def add_event(  # noqa: PLR0913  # what an event consists of
    session: Session,
    action: str,
    kind: str,
    record_id: str,
    revision: int,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> Event:
    """Append an event to the trail · 追加事件.

    Parameters
    ----------
    session
        With `actor` and `reason` in its `info`.
    action
        ``created``, ``changed``, ``removed``, ``noted`` or ``written`` (many records of one owner at once).
    kind
        Table of the record.
    record_id
        Id of the record.
    revision
        Its revision after the event.
    before
        The record before.
    after
        The record after.
    reason
        Why; that of the transaction where None.

    Returns
    -------
    Event
        Pending in the session.
    """
    actor: Actor = session.info["actor"]
    sequence, previous = _head(session)
    moment = now()
    columns: dict[str, Any] = {
        "sequence": sequence + 1,
        "at": moment,
        "actor_id": actor.person_id,
        "actor_name": actor.name,
        "actor_roles": sorted(actor.roles),
        "action": action,
        "kind": kind,
        "record_id": record_id,
        "record_revision": revision,
        "before": before,
        "after": after,
        "reason": session.info["reason"] if reason is None else reason,
        "previous_hash": previous,
    }
    kept = columns | {
        "at": moment.isoformat(timespec="microseconds"),
        "actor_roles": canonical_json(columns["actor_roles"]),
        "before": None if before is None else canonical_json(before),
        "after": None if after is None else canonical_json(after),
    }
    for text in (actor.person_id, actor.name, kind, record_id, columns["reason"]):
        _refuse_unkept(text, "events")
    event = Event(**columns, hash=event_hash(kept))
    session.info[_HEAD] = (event.sequence, event.hash)
    session.info[_WROTE] = True
    session.add(event)
    return event


def _head(session: Session) -> tuple[int, str]:
    """Give the last event's sequence and hash; no other writer can add one before this transaction ends."""
    if _HEAD not in session.info:
        with session.no_autoflush:
            last = session.execute(select(Event.sequence, Event.hash).order_by(Event.sequence.desc()).limit(1)).first()
        session.info[_HEAD] = (0, ROOT_HASH) if last is None else tuple(last)
    head: tuple[int, str] = session.info[_HEAD]
    return head


def forget_head(session: Session) -> None:
    """Forget the last event, because it was rolled back · 忘记链尾.

    Parameters
    ----------
    session
        Any.
    """
    session.info.pop(_HEAD, None)


def written_head(session: Session) -> tuple[int, str] | None:
    """Give the last event, if this transaction wrote any · 本事务写入后的链尾.

    Parameters
    ----------
    session
        Flushed, before its commit.

    Returns
    -------
    tuple of int and str, or None
        Sequence and hash.
    """
    return _head(session) if session.info.get(_WROTE) else None


def _follow_geometry(item: Located) -> None:
    state = inspect(item)
    if not state.attrs["geometry_wkb"].history.has_changes():
        return
    if item.geometry_wkb is None:
        item.west = item.south = item.east = item.north = None
        return
    try:
        geometry = shapely.from_wkb(item.geometry_wkb)
    except shapely.errors.GEOSException as error:
        raise RecordRefused(
            Text("The geometry cannot be read.", "图形无法读取。"), Text("Give it as WKB in degrees.", "请以 WKB（经纬度）给出。")
        ) from error
    item.west, item.south, item.east, item.north = (float(value) if math.isfinite(value) else None for value in geometry.bounds)


def _check(item: Record) -> None:
    """Refuse what one database would keep and another would not."""
    for column in item.__table__.columns:
        value = getattr(item, column.key)
        if isinstance(value, str):
            _refuse_unkept(value, column.key)
        elif isinstance(column.type, JSON):
            _check_json(value, column.key)
        elif _is_beyond(value, column.type):
            raise _refusal(column.key)


def _is_beyond(value: object, column_type: TypeEngine[Any]) -> bool:
    if isinstance(column_type, BigInteger) and isinstance(value, int):
        return bool(abs(value) >> _INTEGER_BITS)
    return isinstance(value, float) and not math.isfinite(value)


def _check_json(value: object, column: str) -> None:
    try:
        _refuse_unkept(canonical_json(value), column)
    except (TypeError, ValueError) as error:
        raise _refusal(column) from error


def _refuse_unkept(text: str, column: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise _refusal(column) from error
    if "\x00" in text:
        raise _refusal(column)


def _refusal(column: str) -> RecordRefused:
    return RecordRefused(
        Text(f"{column} holds what no database keeps.", f"{column} 含有数据库无法保存的内容。"),
        Text(
            "Leave out null characters, broken signs, numbers beyond 64 bits and what is no JSON.",
            "请去除空字符、残缺字符、超出 64 位的数字及非 JSON 内容。",
        ),
    )
