"""Hold the trail against itself, against the records and against its seal · 留痕核验."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Date, Float, LargeBinary, text
from sqlalchemy.types import JSON

from lantu.stores.records.column_types import UtcDateTime, canonical_json
from lantu.stores.records.seal import Seal
from lantu.stores.records.session import record_models
from lantu.stores.records.together import joint_digest, row_digest
from lantu.stores.records.trail import ROOT_HASH, WRITTEN, event_hash
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Row
    from sqlalchemy.types import TypeEngine

    from lantu.stores.records.database import Database
    from lantu.stores.records.models.record import Record

_COLUMNS = (
    "sequence", "at", "actor_id", "actor_name", "actor_roles", "action", "kind", "record_id", "record_revision",
    "before", "after", "reason", "previous_hash", "hash",
)  # fmt: skip
_CONTENT = _COLUMNS[:-1]
_EVENTS = text(f"SELECT {', '.join(_COLUMNS)} FROM events ORDER BY sequence")  # noqa: S608  # names that stand above
_GUARDS = {
    "sqlite": (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'",
        {"events_refuse_update", "events_refuse_delete", "events_follow"},
    ),
    "postgresql": (
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'events'::regclass AND NOT tgisinternal AND tgenabled <> 'D'",
        {"events_refuse_change", "events_refuse_truncate"},
    ),
}
_PIECE = 5_000


@dataclass(frozen=True, slots=True)
class Tampering:
    """One place where the trail does not agree · 一处异常.

    Parameters
    ----------
    kind
        ``altered``, ``removed``, ``out_of_order``, ``cut_off``, ``record_altered``, ``record_removed``,
        ``record_added``, ``seal`` or ``guard``.
    sequence
        Of the event, None where no event is meant.
    table
        Of the record, empty where none is meant.
    record_id
        Of the record, empty where none is meant.
    message
        What is wrong.
    """

    kind: str
    sequence: int | None
    table: str
    record_id: str
    message: Text

    def as_json(self) -> dict[str, Any]:
        """Give it as a plain mapping · 转为字典.

        Returns
        -------
        dict of str to object
            Plain JSON.
        """
        return {
            "kind": self.kind,
            "sequence": self.sequence,
            "table": self.table,
            "record_id": self.record_id,
            "message": self.message.as_json(),
        }


@dataclass(slots=True)
class _Stroke:
    """One event that answers for many records of one owner, and what is found of them."""

    table: str
    owner_id: str
    records: object
    digest: object
    columns: frozenset[str]
    found: list[bytes] = field(default_factory=list)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> _Stroke:
        try:
            after = json.loads(values["after"] or "")
            return cls(values["kind"], values["record_id"], after["records"], after["hash"], frozenset(after["columns"]))
        except (KeyError, TypeError, ValueError):
            # Its own hash says that it was altered; that nothing fits it says the rest.
            return cls(values["kind"], values["record_id"], None, None, frozenset())

    def wrong(self) -> str | None:
        """Say what is wrong with its records, None where they are as they were written."""
        if joint_digest(self.found) == self.digest:
            return None
        if not isinstance(self.records, int) or len(self.found) == self.records:
            return "record_altered"
        return "record_removed" if len(self.found) < self.records else "record_added"


@dataclass(slots=True)
class _Chain:
    """What reading the events gave."""

    found: list[Tampering] = field(default_factory=list)
    head: int = 0
    hashes: dict[int, str] = field(default_factory=dict)
    last: dict[tuple[str, str], tuple[int, str, bytes]] = field(default_factory=dict)
    strokes: dict[int, _Stroke] = field(default_factory=dict)


def verify_trail(records: Database, seal: Path | None = None) -> list[Tampering]:
    """Find every altered, removed, reordered or inserted event, a cut-off tail, and records changed behind the trail · 核验留痕.

    Parameters
    ----------
    records
        The database; it may be written to meanwhile.
    seal
        Another copy of the seal, to hold the trail against as well.

    Returns
    -------
    list of Tampering
        Empty where all agrees.
    """
    # The seals are read first: what is committed afterwards is ahead of them, never behind.
    seals = [(item, item.heads()) for item in ([records.seal] if records.seal else []) + ([Seal(seal)] if seal else [])]
    with records.connection() as connection, _any_text(connection):
        chain = _read_chain(connection, {number for _, heads in seals for number in heads})
        found = chain.found
        for item, heads in seals:
            found += _against_seal(chain, item, heads)
        found += _guards(connection)
        for model in record_models():
            found += _against_rows(connection, chain, model)
    return found


@contextmanager
def _any_text(connection: Connection) -> Iterator[None]:
    """Let SQLite hand out text that somebody broke, instead of stumbling over it."""
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name != "sqlite":
        yield
        return
    driver.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = str


def _read_chain(connection: Connection, sealed: set[int]) -> _Chain:
    chain = _Chain()
    previous = ROOT_HASH
    for row in connection.execution_options(yield_per=_PIECE).execute(_EVENTS):
        *content, digest = row
        values = dict(zip(_CONTENT, content, strict=True))
        sequence = values["sequence"]
        if not isinstance(sequence, int):
            chain.found.append(_event(values, "altered", "has a number that is none", "编号不是数字"))
            continue
        if sequence != chain.head + 1:
            chain.found.append(_missing(chain.head + 1, sequence))
        if values["previous_hash"] != previous:
            chain.found.append(_event(values, "out_of_order", "does not follow the event before it", "与前一事件不衔接"))
        if _hash_of(values) != digest:
            chain.found.append(_event(values, "altered", "was altered: its hash does not fit its content", "内容与哈希不符，已被改动"))
        previous, chain.head = digest, sequence
        if sequence in sealed:
            chain.hashes[sequence] = digest
        if values["action"] == WRITTEN:
            chain.strokes[sequence] = _Stroke.of(values)
        elif values["action"] != "noted":
            after = hashlib.sha256(str(values["after"]).encode("utf-8", "surrogatepass")).digest()
            chain.last[values["kind"], values["record_id"]] = (sequence, values["action"], after)
    return chain


def _hash_of(values: Mapping[str, Any]) -> str | None:
    try:
        return event_hash({**values, "at": _moment(values["at"])})
    except (AttributeError, TypeError, ValueError):
        return None


def _moment(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if not isinstance(value, str) or "T" in value:
        raise ValueError(value)
    return f"{value.replace(' ', 'T')}+00:00"


def _missing(first: object, following: object) -> Tampering:
    return Tampering(
        "removed", first if isinstance(first, int) else None, "", "",
        Text(f"Event {first} should come next, but {following} does: events were removed, or numbers changed.",
             f"事件 {first} 缺失，其后为 {following}：事件被删除或编号被改动。"),
    )  # fmt: skip


def _event(values: Mapping[str, Any], kind: str, english: str, chinese: str) -> Tampering:
    sequence, table, record = values["sequence"], values["kind"], values["record_id"]
    return Tampering(
        kind, sequence, str(table), str(record),
        Text(f"Event {sequence} ({values['action']} {table} {record}) {english}.",
             f"事件 {sequence}（{values['action']} {table} {record}）{chinese}。"),
    )  # fmt: skip


def _against_seal(chain: _Chain, seal: Seal, heads: Mapping[int, str]) -> Iterator[Tampering]:
    def wrong(kind: str, sequence: int | None, english: str, chinese: str) -> Tampering:
        return Tampering(kind, sequence, "", "", Text(f"Seal {seal.path.name}: {english}.", f"封印 {seal.path.name}：{chinese}。"))

    if not heads:
        yield wrong("seal", None, "it is missing or empty", "缺失或为空")
    for sequence, digest in sorted(heads.items()):
        if sequence < 0:
            yield wrong("seal", None, f"a line is none: {digest[:80]}", f"含无法识别的行：{digest[:80]}")
        elif sequence > chain.head:
            yield wrong("cut_off", sequence, f"event {sequence} was sealed, but the trail ends at {chain.head}",
                        f"事件 {sequence} 已封印，但留痕止于 {chain.head}，末尾被截断")  # fmt: skip
        elif sequence and sequence not in chain.hashes:
            yield wrong("removed", sequence, f"event {sequence} was sealed and is gone", f"事件 {sequence} 已封印但缺失")
        elif sequence and chain.hashes[sequence] != digest:
            yield wrong("altered", sequence, f"event {sequence} is another than the one that was sealed", f"事件 {sequence} 与封印时不同")


def _guards(connection: Connection) -> Iterator[Tampering]:
    statement, wanted = _GUARDS[connection.dialect.name]
    for name in sorted(wanted - set(connection.execute(text(statement)).scalars())):
        message = Text(f"The guard {name}, which keeps events from being changed, is gone.", f"防改触发器 {name} 已被移除。")
        yield Tampering("guard", None, "events", "", message)


def _against_rows(connection: Connection, chain: _Chain, model: type[Record]) -> Iterator[Tampering]:
    table = model.__tablename__
    names = [column.key for column in model.__table__.columns]
    place = names.index("id")
    seen: set[str] = set()
    plainer = _Plainer(model)
    owner = names.index(model.written_by) if model.written_by else place
    statement = text(f"SELECT {', '.join(names)} FROM {table}")  # noqa: S608  # names of the models
    for row in connection.execution_options(yield_per=_PIECE).execute(statement):
        record_id = row[place]
        seen.add(record_id)
        last = chain.last.get((table, record_id))
        stroke = chain.strokes.get(row.last_event) if last is None else None
        if stroke is not None and (stroke.table, stroke.owner_id) == (table, row[owner]):
            stroke.found.append(plainer.digest(row, stroke.columns))
        elif last is None or last[1] == "removed":
            yield _record(table, record_id, "cut_off" if _is_ahead(row._asdict(), chain) else "record_added", last and last[0])
        elif not _agrees(connection, plainer, row, last):
            yield _record(table, record_id, "cut_off" if _is_ahead(row._asdict(), chain) else "record_altered", last[0])
    for (kind, record_id), (sequence, action, _) in chain.last.items():
        if kind == table and action != "removed" and record_id not in seen:
            yield _record(table, record_id, "record_removed", sequence)
    for sequence, stroke in chain.strokes.items():
        wrong = stroke.wrong() if stroke.table == table else None
        if wrong is not None:
            yield _stroke(stroke, wrong, sequence)


def _is_ahead(values: Mapping[str, Any], chain: _Chain) -> bool:
    return isinstance(values["last_event"], int) and values["last_event"] > chain.head


_WRONGS = {
    "cut_off": ("names an event beyond the end of the trail: the tail was cut off", "所指事件超出留痕末尾，末尾被截断"),
    "record_added": ("is there without an event that put it there", "没有对应的新增事件"),
    "record_altered": ("is not as its last event left it", "与其最后一个事件不一致"),
    "record_removed": ("is gone without an event that removed it", "已消失但没有删除事件"),
}


def _record(table: str, record_id: str, kind: str, sequence: int | None) -> Tampering:
    english, chinese = _WRONGS[kind]
    after = Text(f" (event {sequence})", f"（事件 {sequence}）") if sequence else Text("", "")
    return Tampering(
        kind, sequence, table, str(record_id),
        Text(f"The record {table} {record_id} {english}{after.en}.", f"记录 {table} {record_id} {chinese}{after.zh}。"),
    )  # fmt: skip


def _stroke(stroke: _Stroke, kind: str, sequence: int) -> Tampering:
    table, owner, written, found = stroke.table, stroke.owner_id, stroke.records, len(stroke.found)
    return Tampering(
        kind, sequence, table, str(owner),
        Text(f"Event {sequence} wrote {written} records {table} of {owner}; the {found} that are there are not those.",
             f"事件 {sequence} 写入 {owner} 的 {table} 共 {written} 条；现有 {found} 条与之不符。"),
    )  # fmt: skip


def _agrees(connection: Connection, plainer: _Plainer, row: Row[Any], last: tuple[int, str, bytes]) -> bool:
    """Compare a row with its last event; columns that one of them does not know (migrations) are left out."""
    try:
        plain = plainer.plain(row)
        written = canonical_json(plain)
    except (AttributeError, TypeError, ValueError):
        return False
    if hashlib.sha256(written.encode("utf-8", "surrogatepass")).digest() == last[2]:
        return True
    after = connection.execute(text("SELECT after FROM events WHERE sequence = :sequence"), {"sequence": last[0]}).scalar()
    try:
        kept = json.loads(after or "")
    except ValueError:
        return False
    return isinstance(kept, dict) and kept.keys() != plain.keys() and all(plain[key] == kept[key] for key in plain.keys() & kept.keys())


class _Plainer:
    """Turn rows, as the driver of SQLite or PostgreSQL hands them out, into what the trail keeps of them."""

    def __init__(self, model: type[Record]) -> None:
        columns = [(number, column) for number, column in enumerate(model.__table__.columns) if column.key not in model.progress]
        self._steps = sorted((column.key, number, _reader(column.type, secret=column.key in model.secrets)) for number, column in columns)

    def plain(self, row: Row[Any]) -> dict[str, Any]:
        return {key: row[number] if read is None or row[number] is None else read(row[number]) for key, number, read in self._steps}

    def digest(self, row: Row[Any], columns: frozenset[str]) -> bytes:
        """Give the hash of a row over the columns that were there when it was written; nothing fits a row that is broken."""
        try:
            return row_digest({key: value for key, value in self.plain(row).items() if key in columns})
        except (AttributeError, TypeError, ValueError):
            return b""


def _reader(column_type: TypeEngine[Any], *, secret: bool) -> Callable[[Any], Any] | None:
    if secret:
        return lambda value: f"sha256:{hashlib.sha256(str(value).encode()).hexdigest()}"
    readers: tuple[tuple[type[Any], Callable[[Any], Any]], ...] = (
        (UtcDateTime, _moment),
        (JSON, lambda value: json.loads(value) if isinstance(value, str) else value),
        (Boolean, _truth),
        (LargeBinary, lambda value: f"sha256:{hashlib.sha256(value).hexdigest()}"),
        (Float, float),
        (Date, str),
    )
    return next((read for kind, read in readers if isinstance(column_type, kind)), None)


def _truth(value: object) -> bool:
    if value not in {0, 1}:
        raise ValueError(value)
    return bool(value)
