"""Columns that hold the same on SQLite and on PostgreSQL · 两种数据库通用的列类型."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import DateTime, Text
from sqlalchemy.types import TypeDecorator

from lantu.vocabulary.errors import RecordRefused
from lantu.vocabulary.text import Text as Wording

if TYPE_CHECKING:
    from sqlalchemy import Dialect


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical_json(value: object) -> str:
    """Write a value as JSON in the one way that hashes agree on · 规范 JSON.

    Parameters
    ----------
    value
        Plain mappings, lists, texts, numbers, booleans and None.

    Returns
    -------
    str
        Keys sorted, no blanks, no escapes but those that JSON demands.

    Raises
    ------
    ValueError
        If a number is none (NaN, infinity).
    TypeError
        If something is no JSON.
    """
    return _CANONICAL.encode(value)


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment, with its zone on the way in and in UTC on the way out · 世界时时刻."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Hand a moment to the database · 写入时刻."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise RecordRefused(
                Wording("A moment without a zone cannot be kept.", "时刻缺少时区，无法存储。"),
                Wording("Give it in UTC.", "请使用世界时。"),
            )
        moment = value.astimezone(dt.UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Take a moment from the database · 读取时刻."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class CanonicalJson(TypeDecorator[Any]):
    """JSON kept as text in its canonical form, so that its bytes are the same everywhere · 规范 JSON 文本."""

    impl = Text()
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ANN401  # JSON is any
        """Hand JSON to the database · 写入."""
        del dialect
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any | None:  # noqa: ANN401  # JSON is any
        """Take JSON from the database · 读取."""
        del dialect
        return None if value is None else json.loads(value)
