"""Rows as lines of JSON that either database reads · 可移植的数据行."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Date, LargeBinary, MetaData, Table, Text, insert, select

from lantu.stores.records.column_types import CanonicalJson, UtcDateTime
from lantu.stores.records.models import Event, Row
from lantu.stores.records.session import record_models

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

_PIECE = 2_000


def portable_tables() -> list[Table]:
    """List the tables that a backup holds: records and trail, no sessions · 备份所含数据表.

    Returns
    -------
    list of sqlalchemy.Table
        With the trail's JSON as the text it is kept as.
    """
    return [_as_text(Row.metadata.tables[name]) for name in [Event.__tablename__, *(model.__tablename__ for model in record_models())]]


def _as_text(table: Table) -> Table:
    columns = [
        Column(column.key, Text() if isinstance(column.type, CanonicalJson) else column.type, primary_key=column.primary_key)
        for column in table.columns
    ]
    return Table(table.name, MetaData(), *columns)


def read_lines(connection: Connection, table: Table) -> Iterator[str]:
    """Give the rows of a table as lines · 逐行导出.

    Parameters
    ----------
    connection
        In the snapshot to read.
    table
        From `portable_tables`.

    Yields
    ------
    str
        One JSON array, in order of the columns, with its line's end.
    """
    order = list(table.primary_key.columns)
    for row in connection.execution_options(yield_per=_PIECE).execute(select(table).order_by(*order)):
        yield json.dumps([_plain(value) for value in row], ensure_ascii=False, separators=(",", ":")) + "\n"


def write_lines(connection: Connection, table: Table, columns: list[str], lines: Iterable[str]) -> int:
    """Write lines as rows of a table · 逐行导入.

    Parameters
    ----------
    connection
        In the transaction to write in.
    table
        From `portable_tables`.
    columns
        Names, in the order of the lines.
    lines
        From `read_lines`.

    Returns
    -------
    int
        How many.
    """
    kinds = [table.columns[name].type for name in columns]
    total = 0
    piece: list[dict[str, Any]] = []
    for line in lines:
        piece.append({name: _value(raw, kind) for name, raw, kind in zip(columns, json.loads(line), kinds, strict=True)})
        if len(piece) == _PIECE:
            connection.execute(insert(table), piece)
            total += len(piece)
            piece = []
    if piece:
        connection.execute(insert(table), piece)
    return total + len(piece)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value.isoformat() if isinstance(value, dt.date) else value


def _value(raw: Any, kind: object) -> Any:  # noqa: ANN401  # any column
    if raw is None:
        return None
    if isinstance(kind, UtcDateTime):
        return dt.datetime.fromisoformat(raw)
    if isinstance(kind, Date):
        return dt.date.fromisoformat(raw)
    return base64.b64decode(raw) if isinstance(kind, LargeBinary) else raw
