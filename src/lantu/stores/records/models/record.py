"""What every table and every record has · 全部记录的共有字段."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, ForeignKey, LargeBinary, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

from lantu.stores.records.column_types import UtcDateTime

_BOX_KEY_BITS = 62

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


def now() -> dt.datetime:
    """Give the moment · 当前时刻.

    Returns
    -------
    datetime.datetime
        In UTC.
    """
    return dt.datetime.now(dt.UTC)


def new_id() -> str:
    """Give the id of a new record · 新记录编号.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    return uuid.uuid4().hex


def reference(column: str) -> ForeignKey:
    """Give a reference to another record that is held to at the end of the transaction, not before · 延迟校验的外键.

    Parameters
    ----------
    column
        Table and column.

    Returns
    -------
    sqlalchemy.ForeignKey
        Deferred, because records of one transaction are written in no particular order.
    """
    return ForeignKey(column, deferrable=True, initially="DEFERRED")


class Row(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, repr=False):
    """A row of any table · 数据行.

    Rows that are no `Record` are volatile: they leave no trail (sessions, attempts to sign in), or are the trail.
    """

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: String(),
        int: BigInteger(),
        bytes: LargeBinary(),
        dt.datetime: UtcDateTime(),
        dict[str, Any]: JSON(none_as_null=True),
        list[str]: JSON(none_as_null=True),
        list[float]: JSON(none_as_null=True),
    }


class Record(Row, kw_only=True, eq=False, repr=False):
    """A row of which every change goes into the trail · 留痕记录.

    A JSON column is written when it is assigned anew, not when its value is altered in place.
    """

    __abstract__ = True
    secrets: ClassVar[frozenset[str]] = frozenset()
    """Columns that enter the trail only as their hash · 仅以哈希留痕的列."""
    progress: ClassVar[frozenset[str]] = frozenset()
    """Columns that tell how far something is; they leave no trail · 进度列，不留痕."""
    written_by: ClassVar[str] = ""
    """Column that names the owner with which many of them are written at once; empty where each stands alone · 批量写入的所属列."""

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=new_id)
    created_at: Mapped[dt.datetime] = mapped_column(default_factory=now)
    changed_at: Mapped[dt.datetime] = mapped_column(default_factory=now)
    revision: Mapped[int] = mapped_column(default=0)
    last_event: Mapped[int] = mapped_column(default=0)
    __mapper_args__ = {  # noqa: RUF012  # SQLAlchemy reads it
        "version_id_col": revision,
        "version_id_generator": False,
    }


class Governed(Record, kw_only=True, eq=False, repr=False):
    """A record that goes through a procedure: its state changes by `RecordSession.step` alone · 受流程约束的记录."""

    __abstract__ = True
    initial: ClassVar[str] = "draft"

    state: Mapped[str] = mapped_column(default="draft", index=True)


class Located(MappedAsDataclass, kw_only=True, eq=False, repr=False):
    """What lies somewhere: a geometry in degrees of longitude and latitude, and its bounds · 有位置的记录.

    Bounds follow the geometry at every write. PostgreSQL keeps a PostGIS geometry with its GiST index beside them,
    SQLite an R*Tree under `box_key`; `bbox_hits` asks either.
    """

    geometry_wkb: Mapped[bytes | None] = mapped_column(default=None)
    west: Mapped[float | None] = mapped_column(default=None)
    south: Mapped[float | None] = mapped_column(default=None)
    east: Mapped[float | None] = mapped_column(default=None)
    north: Mapped[float | None] = mapped_column(default=None)
    box_key: Mapped[int] = mapped_column(unique=True, default_factory=lambda: secrets.randbits(_BOX_KEY_BITS))
