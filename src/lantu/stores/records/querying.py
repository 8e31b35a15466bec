"""The words in which other rooms ask for records · 查询用语.

Only this room imports the database toolkit; others say ``session.scalars(select(Submission).where(…))`` with what is here.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, case, cast, delete, desc, distinct, exists, func, literal, not_, null, or_, select
from sqlalchemy.orm import Session, aliased

from lantu.stores.records.spatial import bbox_hits

__all__ = [
    "ColumnElement",
    "Select",
    "Session",
    "aliased",
    "and_",
    "bbox_hits",
    "case",
    "cast",
    "delete",
    "desc",
    "distinct",
    "exists",
    "func",
    "literal",
    "not_",
    "null",
    "or_",
    "select",
]
