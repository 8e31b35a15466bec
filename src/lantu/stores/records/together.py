"""Records that a program writes in one stroke: one event answers for all of them · 批量写入与一次留痕."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lantu.stores.records.column_types import canonical_json
from lantu.stores.records.trail import WRITTEN, add_event, plain_record, prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lantu.stores.records.models.record import Record
    from lantu.stores.records.session import RecordSession

# Known only once the event has its number; verification holds it against that number instead.
_LATER = frozenset({"last_event"})


@dataclass(frozen=True, slots=True)
class Together:
    """Records ready to be written, and the hash over them · 待批量写入的记录.

    Parameters
    ----------
    model
        Class of the records.
    rows
        Values by column.
    columns
        Columns that the hash covers.
    digest
        Hash over all of them, whatever their order.
    """

    model: type[Record]
    rows: Sequence[dict[str, Any]]
    columns: tuple[str, ...]
    digest: str


def row_digest(plain: Mapping[str, Any]) -> bytes:
    """Give the hash of one record · 单条记录哈希.

    Parameters
    ----------
    plain
        As the trail would keep it, without what is known later.

    Returns
    -------
    bytes
        SHA-256.
    """
    return hashlib.sha256(canonical_json(plain).encode("utf-8", "surrogatepass")).digest()


def joint_digest(digests: Iterable[bytes]) -> str:
    """Give the hash over records from theirs · 合并哈希.

    Parameters
    ----------
    digests
        From `row_digest`, in any order.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> joint_digest([b"a", b"b"]) == joint_digest([b"b", b"a"])
    True
    """
    return hashlib.sha256(b"".join(sorted(digests))).hexdigest()


def gather(model: type[Record], records: Iterable[Record]) -> Together:
    """Make records ready to be written together, before anybody has to wait for it · 准备批量写入.

    Parameters
    ----------
    model
        Their class; it names the column that says to what they belong.
    records
        New ones, of no session.

    Returns
    -------
    Together
        For `RecordSession.add_together`.

    Raises
    ------
    RecordRefused
        If one holds what no database keeps.
    """
    rows, digests = [], []
    columns = tuple(sorted(column.key for column in model.__table__.columns if column.key not in model.progress | _LATER))
    for record in records:
        record.revision = 1
        prepare(record)
        values = {column.key: getattr(record, column.key) for column in model.__table__.columns}
        plain = plain_record(values, model)
        digests.append(row_digest({key: plain[key] for key in columns}))
        rows.append(values)
    return Together(model, rows, columns, joint_digest(digests))


def write_event(session: RecordSession, owner_id: str, gathered: Together) -> int:
    """Write the one event that answers for records which the session writes next · 写入批量事件.

    Parameters
    ----------
    session
        A writing session.
    owner_id
        Id of the record to which all of them belong.
    gathered
        From `gather`.

    Returns
    -------
    int
        Its place in the trail.
    """
    after = {"records": len(gathered.rows), "hash": gathered.digest, "columns": list(gathered.columns)}
    event = add_event(session, WRITTEN, gathered.model.__tablename__, owner_id, 1, after=after)
    session.flush()
    return event.sequence
