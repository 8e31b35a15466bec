"""One database behind two engines: embedded SQLite or PostgreSQL · 记录数据库."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, make_url, select, text
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, IntegrityError, ProgrammingError, StatementError
from sqlalchemy.orm import sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from lantu.stores.records import migrating
from lantu.stores.records.models.trail import Event
from lantu.stores.records.seal import Seal
from lantu.stores.records.session import OWN_STATEMENT, RecordSession, edit_conflict, guard_connections, guard_sessions
from lantu.stores.records.session import note as _note
from lantu.stores.records.trail import ROOT_HASH, written_head
from lantu.vocabulary.errors import RecordRefused, RecordsUnavailable
from lantu.vocabulary.people import Actor
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.orm import Session

SEAL_NAME = "trail.seal"
_TRAIL_LOCK = 0x6C616E7475  # "lantu"
_BUSY_SECONDS = 60.0
_SEAL_PAUSES_SECONDS = (0.05, 0.2, 0.0)
_log = logging.getLogger("lantu.records")
_SQLITE = "sqlite"
_DRIVERS = {"sqlite", "postgresql+psycopg"}


class Database:
    """The records of one office · 记录库.

    Parameters
    ----------
    url
        ``sqlite:///path`` or ``postgresql+psycopg://…``.
    seal
        File that keeps the head of the trail after every commit.

    Attributes
    ----------
    commits
        Another number after every commit of this process: what was read before and remembered may hold no longer.
    """

    def __init__(self, url: URL, seal: Seal | None) -> None:
        self.seal = seal
        self.commits = 0
        self._numbers = count(1)
        self._url = url
        self._readers = _engine(url, writes=False)
        self._writers = _engine(url, writes=True)
        self._reading = sessionmaker(self._readers, class_=_ReadingSession, expire_on_commit=False)
        self._writing = sessionmaker(self._writers, class_=_WritingSession, expire_on_commit=False)

    @property
    def dialect(self) -> str:
        """Which database it is · 数据库类型.

        Returns
        -------
        str
            ``sqlite`` or ``postgresql``.
        """
        return self._url.get_backend_name()

    @contextmanager
    def writing(self, actor: Actor, reason: str = "") -> Iterator[RecordSession]:
        """Write in one transaction, of which every change enters the trail · 写事务.

        Writers follow one another, on either database. What the block raises undoes all of it. Once the block is
        left, everything in it is on the disk.

        Parameters
        ----------
        actor
            Who does it.
        reason
            Why, for every event of the transaction that says nothing else.

        Yields
        ------
        RecordSession
            To load, add, change and delete records with.

        Raises
        ------
        TypeError
            If nobody is named.
        EditConflict
            If a record was changed by somebody else since it was loaded.
        RecordRefused
            If a record contradicts others.
        RecordsUnavailable
            If the database is busy for too long, or gone.
        """
        if not isinstance(actor, Actor):
            what = "writing needs to know who does it"
            raise TypeError(what)
        with _in_own_words():
            session = self._writing(info={"actor": actor, "reason": reason})
            try:
                if self.dialect != _SQLITE:
                    locking = text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=_TRAIL_LOCK)
                    session.execute(locking)
                else:
                    session.connection()
                yield session
                session.flush()
                head = written_head(session)
                session.commit()
                self.commits = next(self._numbers)
            except BaseException:
                session.rollback()
                raise
            finally:
                session.close()
            if head is not None:
                self._seal(*head)

    def _seal(self, sequence: int, digest: str) -> None:
        """Seal what is committed. It is done and stays done: where no seal can be written, the next one covers it, and the log says so."""
        if self.seal is None:
            return
        for pause_seconds in _SEAL_PAUSES_SECONDS:
            try:
                self.seal.append(sequence, digest)
            except OSError as error:
                _log.warning("event %s is committed, but the seal %s cannot be written: %s", sequence, self.seal.path.name, error)
                time.sleep(pause_seconds)
            else:
                return
        _log.error("event %s is committed and not sealed; the next change seals it too", sequence)

    def unsealed(self) -> tuple[int, int] | None:
        """Say which events at the end of the trail no seal covers yet · 尚未封印的末尾事件.

        Returns
        -------
        tuple of int, or None
            First and last; None where the seal covers all, or there is none.
        """
        if self.seal is None:
            return None
        sealed = max(self.seal.heads(), default=0)
        last, _ = self.head()
        return (max(sealed, 0) + 1, last) if last > sealed else None

    @contextmanager
    def reading(self) -> Iterator[RecordSession]:
        """Read one consistent state · 读事务.

        Yields
        ------
        RecordSession
            That writes nothing.
        """
        with _in_own_words(), self._reading() as session:
            yield session

    @staticmethod
    def note(session: Session, kind: str, record_id: str, action_text: str, details: Mapping[str, Any] | None = None) -> Event:
        """Write an event without changing a record: a sign-in, an export, a download · 记事.

        Parameters
        ----------
        session
            From `writing`.
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
        return _note(session, kind, record_id, action_text, details)

    def close(self) -> None:
        """Let go of all connections · 关闭."""
        self._readers.dispose()
        self._writers.dispose()

    def migrate(self) -> None:
        """Bring the tables to the state that this program knows · 升级数据表."""
        with self.filling() as connection:
            migrating.upgrade(connection)
            if self.seal is not None and connection.execute(select(Event.sequence).limit(1)).first() is None:
                self.seal.open()

    def head(self) -> tuple[int, str]:
        """Give the last event · 链尾.

        Returns
        -------
        tuple of int and str
            Sequence and hash; zeros where nothing happened yet.
        """
        with self.reading() as session:
            last = session.execute(select(Event.sequence, Event.hash).order_by(Event.sequence.desc()).limit(1)).first()
        return (0, ROOT_HASH) if last is None else (last.sequence, last.hash)

    @contextmanager
    def filling(self) -> Iterator[Connection]:
        """Give the connection that a restore fills an empty database with, trail and all, in one transaction · 恢复专用连接.

        Yields
        ------
        sqlalchemy.Connection
            That is committed when the block is left, and undone by what it raises.
        """
        with _in_own_words(), self._writers.connect().execution_options(**OWN_STATEMENT) as connection, connection.begin():
            if self.dialect != _SQLITE:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=_TRAIL_LOCK))
            yield connection

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Give a connection for reading that is none of a session, as checks of the whole database need it · 只读连接.

        Yields
        ------
        sqlalchemy.Connection
            In one consistent state.
        """
        with _in_own_words(), self._readers.connect().execution_options(**OWN_STATEMENT) as connection:
            yield connection


class _ReadingSession(RecordSession):
    """Reads."""


class _WritingSession(RecordSession):
    """Writes."""


guard_sessions(_ReadingSession)
guard_sessions(_WritingSession)


def open_records(url: str, *, seal: Path | None = None) -> Database:
    """Open the records, and bring their tables up to date · 打开记录库.

    Parameters
    ----------
    url
        ``sqlite:///path`` or ``postgresql+psycopg://…``.
    seal
        File that keeps the head of the trail after every commit; beside the file of an embedded database where None.

    Returns
    -------
    Database
        Ready.

    Raises
    ------
    RecordsUnavailable
        If it cannot be opened.
    """
    parsed = _known_url(url)
    if parsed.get_backend_name() == _SQLITE and parsed.database:
        path = Path(parsed.database)
        path.parent.mkdir(parents=True, exist_ok=True)
        seal = seal or path.parent / SEAL_NAME
    records = Database(parsed, Seal(seal) if seal else None)
    try:
        records.migrate()
    except BaseException:
        records.close()
        raise
    return records


def _known_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in _DRIVERS:
        raise RecordsUnavailable(
            Text("The setting for the database names none that Lantu knows.", "数据库设置无法识别。"),
            Text(
                "Use sqlite:///path or postgresql+psycopg://user@host/name.",
                "请使用 sqlite:///路径 或 postgresql+psycopg://用户@主机/库名。",
            ),
        )
    return parsed


def _engine(url: URL, *, writes: bool) -> Engine:
    if url.get_backend_name() == _SQLITE:
        engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False}, hide_parameters=True)
        _embed(engine, writes=writes)
    else:
        options = {"isolation_level": "READ COMMITTED" if writes else "REPEATABLE READ"}
        engine = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True, **options)
        if not writes:
            engine = engine.execution_options(postgresql_readonly=True)
    guard_connections(engine)
    return engine


def _embed(engine: Engine, *, writes: bool) -> None:
    """Let SQLite keep what it acknowledged, hold to references, and let readers and one writer work side by side."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: object) -> None:  # noqa: ANN401  # a connection of the driver
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
            connection.execute(f"PRAGMA {pragma}")
        if not writes:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _in_own_words() -> Iterator[None]:
    """Say what the database says in our words."""
    try:
        yield
    except StaleDataError as error:
        raise edit_conflict() from error
    except IntegrityError as error:
        raise RecordRefused(
            Text(f"The record contradicts others: {_cause(error)}.", f"记录与已有记录矛盾：{_cause(error)}。"),
            Text("Use another number or name, or change the record that has it.", "请更换编号或名称，或修改已有记录。"),
        ) from error
    except (DataError, ProgrammingError, StatementError) as error:
        if isinstance(error, DatabaseError) and not isinstance(error, DataError | ProgrammingError):
            raise _no_answer(error) from error
        raise RecordRefused(
            Text(f"The database refuses: {_cause(error)}.", f"数据库拒绝：{_cause(error)}。"),
            Text("Check the values of the record.", "请检查记录内容。"),
        ) from error


def _cause(error: StatementError) -> str:
    """Give the cause alone: the statement and its values are nobody's business but the log's."""
    return str(error.orig).partition("\n")[0] if error.orig is not None else type(error).__name__


def _no_answer(error: DatabaseError) -> RecordsUnavailable:
    return RecordsUnavailable(
        Text(f"The database does not answer: {error.orig}.", f"数据库无响应：{error.orig}。"),
        Text(
            "Try again; if it stays so, look whether it runs, whether its disk is full, and restore a backup if it is damaged.",
            "请重试；若仍如此，请检查数据库是否运行、磁盘是否已满，若已损坏请恢复备份。",
        ),
    )
