"""Sessions that cannot pass by the trail · 不能绕过留痕的会话."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import CompoundSelect, Select, event, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase

from lantu.stores.records.models.record import Record, Row, now
from lantu.stores.records.models.submissions import StepTime
from lantu.stores.records.models.trail import Event
from lantu.stores.records.together import write_event
from lantu.stores.records.trail import add_event, allow_step, forget_head, trail_changes
from lantu.vocabulary.errors import EditConflict, RecordMissing, TrailForced
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine.interfaces import ExecutionContext

    from lantu.stores.records.models.record import Governed
    from lantu.stores.records.together import Together
    from lantu.vocabulary.people import Actor

_RecordT = TypeVar("_RecordT", bound=Record)
_UNIT_OF_WORK = "unit of work"
_OWN = "own statement"
_PIECE = 5_000
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_WRITES = re.compile(
    r"\b(insert|update|delete|replace|merge|truncate|create|alter|drop|attach|detach|pragma|vacuum|reindex|copy|call|do|grant|revoke"
    r"|into|set|lock|cluster|refresh|comment|reassign|security|listen|notify|import|load)\b",
    re.IGNORECASE,
)
_WRITES_INSIDE = re.compile(r"\b(insert\s+into|update|delete\s+from|merge\s+into)\b", re.IGNORECASE)


class RecordSession(Session):
    """A transaction in which every change of a record writes its event · 留痕会话.

    Statements that write rows without passing through the session's own objects are refused, whatever way they come:
    bulk statements, Core statements, raw SQL, the connection itself.
    """

    @property
    def is_writing(self) -> bool:
        """Whether the session may write · 是否可写.

        Returns
        -------
        bool
            False for a session of `Database.reading`.
        """
        return "actor" in self.info

    @property
    def actor(self) -> Actor:
        """Who writes · 行为人.

        Returns
        -------
        Actor
            As given to `Database.writing`.

        Raises
        ------
        TrailForced
            If the session only reads.
        """
        if not self.is_writing:
            what = "a session opened for reading"
            raise _refused(what)
        actor: Actor = self.info["actor"]
        return actor

    def step(self, record: Governed, state: str, measure: Callable[[dt.datetime, dt.datetime], float], *, reason: str = "") -> None:
        """Let a record enter a state, and write down how long it stood in the one before · 进入新状态并记录用时.

        The procedures of the catalogue call this once the chart has allowed the step; nothing else does.

        Parameters
        ----------
        record
            Of this session.
        state
            The new one.
        measure
            Gives the working seconds between two moments.
        reason
            Why; that of the transaction where empty.
        """
        self.flush()
        moment = now()
        for open_step in self.scalars(
            select(StepTime).where(
                StepTime.subject_kind == record.__tablename__, StepTime.subject_id == record.id, StepTime.left_at.is_(None)
            )
        ):
            open_step.left_at = moment
            open_step.working_seconds = measure(open_step.entered_at, moment)
        self.add(
            StepTime(subject_kind=record.__tablename__, subject_id=record.id, state=state, entered_at=moment, actor_id=self.actor.person_id)
        )
        record.state = state
        allow_step(self, record, reason)
        self.flush()

    def add_together(self, owner_id: str, gathered: Together) -> None:
        """Write many records of one owner in one stroke, with one event for all of them · 批量写入并留痕一次.

        Parameters
        ----------
        owner_id
            Id of the record to which they belong.
        gathered
            From `gather`, made before the transaction began.

        Raises
        ------
        TrailForced
            If the session only reads.
        """
        if not self.is_writing:
            what = "a session opened for reading"
            raise _refused(what)
        if not gathered.rows:
            return
        self.flush()
        sequence = write_event(self, owner_id, gathered)
        connection = self.connection()
        connection.info[_UNIT_OF_WORK] = True
        try:
            for begin in range(0, len(gathered.rows), _PIECE):
                piece = [row | {"last_event": sequence} for row in gathered.rows[begin : begin + _PIECE]]
                connection.execute(insert(gathered.model), piece)
        finally:
            connection.info.pop(_UNIT_OF_WORK, None)

    def find(self, model: type[_RecordT], record_id: str) -> _RecordT:
        """Get a record that must be there · 取记录.

        Parameters
        ----------
        model
            Its class.
        record_id
            Its id.

        Returns
        -------
        Record
            As it is now.

        Raises
        ------
        RecordMissing
            If there is none.
        """
        record = self.get(model, record_id)
        if record is None:
            raise RecordMissing(
                Text(f"There is no such record ({model.__tablename__}).", f"没有该记录（{model.__tablename__}）。"),
                Text("Go back to the list; it may have been removed.", "请返回列表查看，记录可能已被删除。"),
            )
        return record

    def edit(self, model: type[_RecordT], record_id: str, revision: int) -> _RecordT:
        """Get a record to change it, as somebody saw it before · 取记录以修改.

        Parameters
        ----------
        model
            Its class.
        record_id
            Its id.
        revision
            The revision that the person looked at.

        Returns
        -------
        Record
            Of that very revision.

        Raises
        ------
        RecordMissing
            If there is none.
        EditConflict
            If somebody else changed it since.
        """
        record = self.find(model, record_id)
        if record.revision != revision:
            raise edit_conflict()
        return record


def edit_conflict() -> EditConflict:
    """Say that somebody else was faster · 编辑冲突.

    Returns
    -------
    EditConflict
        With the way out.
    """
    return EditConflict(
        Text(
            "Somebody else changed this record while you were at it; nothing of yours was written.", "他人已修改此记录，您的修改尚未写入。"
        ),
        Text("Load it again, look at what changed, and repeat your edit.", "请重新载入，核对变化后再次修改。"),
    )


def note(session: Session, kind: str, record_id: str, action_text: str, details: Mapping[str, Any] | None = None) -> Event:
    """Write an event without changing a record: a sign-in, an export, a download · 记事.

    Parameters
    ----------
    session
        From `Database.writing`.
    kind
        What it is about, such as ``sign_in``.
    record_id
        Which one.
    action_text
        What happened, in words.
    details
        What else to keep.

    Returns
    -------
    Event
        Pending in the session.
    """
    return add_event(session, "noted", kind, record_id, 0, after=dict(details or {}), reason=action_text)


def _refused(what: str) -> TrailForced:
    return TrailForced(
        Text(f"This write would pass by the trail: {what}", f"该写入绕过留痕：{what}"),
        Text(
            "Change records through the session: load, assign, add, delete.",
            "请通过会话对象修改记录：读取、赋值、新增、删除。",
        ),
    )


def guard_sessions(factory: type[Session]) -> None:
    """Let sessions write their events, and forget what was rolled back · 会话留痕.

    Parameters
    ----------
    factory
        Class of the sessions.
    """

    @event.listens_for(factory, "before_flush")
    def before_flush(session: RecordSession, *_: object) -> None:
        if not session.is_writing and (session.new or session.dirty or session.deleted):
            what = "a session opened for reading"
            raise _refused(what)
        for item in [*session.dirty, *session.deleted]:
            if isinstance(item, Event) and (item in session.deleted or session.is_modified(item)):
                what = "an event"
                raise _refused(what)
        trail_changes(session)
        marks = session.info[_UNIT_OF_WORK] = session.connection().info
        marks[_UNIT_OF_WORK] = True

    @event.listens_for(factory, "after_flush_postexec")
    def after_flush(session: RecordSession, *_: object) -> None:
        session.info.pop(_UNIT_OF_WORK, {}).pop(_UNIT_OF_WORK, None)

    @event.listens_for(factory, "after_soft_rollback")
    def after_rollback(session: RecordSession, *_: object) -> None:
        session.info.pop(_UNIT_OF_WORK, {}).pop(_UNIT_OF_WORK, None)
        forget_head(session)


def guard_connections(engine: Engine) -> None:
    """Refuse every statement that writes but does not come from the unit of work · 拦截绕过留痕的语句.

    Parameters
    ----------
    engine
        Of the database.
    """
    volatile = {name for name in Row.metadata.tables if not is_trailed(name)}

    @event.listens_for(engine, "before_cursor_execute")
    def before_cursor_execute(  # noqa: PLR0913, PLR0917  # as SQLAlchemy calls it
        connection: Connection, cursor: object, statement: str, parameters: object, context: ExecutionContext | None, many: object
    ) -> None:
        del cursor, parameters, many
        if connection.info.get(_UNIT_OF_WORK) or connection.get_execution_options().get(_OWN):
            return
        compiled = getattr(context, "compiled", None)
        parsed = getattr(compiled, "statement", None)
        if isinstance(parsed, UpdateBase):
            if getattr(parsed.table, "name", None) not in volatile:
                raise _refused(statement)
            return
        words = _WRITES_INSIDE if isinstance(parsed, Select | CompoundSelect) else _WRITES
        if words.search(_QUOTED.sub("''", statement)):
            raise _refused(statement)

    @event.listens_for(engine, "checkin")
    def checkin(_: object, entry: Any) -> None:  # noqa: ANN401  # a pool entry of SQLAlchemy
        entry.info.pop(_UNIT_OF_WORK, None)


def is_trailed(table: str) -> bool:
    """Tell whether changes of a table go into the trail, or are the trail · 是否留痕表.

    Parameters
    ----------
    table
        Its name.

    Returns
    -------
    bool
        False for volatile tables.
    """
    return table == Event.__tablename__ or table in {model.__tablename__ for model in record_models()}


def record_models() -> list[type[Record]]:
    """List the classes of all records · 全部记录类.

    Returns
    -------
    list of type
        In order of their tables' names.
    """
    models = [mapper.class_ for mapper in Row.registry.mappers if issubclass(mapper.class_, Record)]
    return sorted(models, key=lambda model: model.__tablename__)


OWN_STATEMENT = {_OWN: True}
