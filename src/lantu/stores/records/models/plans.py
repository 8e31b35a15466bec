"""Plans, their versions, and the layers on the map · 规划、规划版本与一张图图层."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # the mapping reads the annotations
from typing import Any

from sqlalchemy import Date, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lantu.stores.records.models.record import Governed, Record, reference


class PlanRecord(Record, kw_only=True, eq=False, repr=False):
    """A plan, whatever its version · 规划."""

    __tablename__ = "plans"

    code: Mapped[str] = mapped_column(unique=True)
    name_en: Mapped[str]
    name_zh: Mapped[str]
    level: Mapped[str]
    kind: Mapped[str]
    owner_unit: Mapped[str | None] = mapped_column(default=None, index=True)
    approver_en: Mapped[str] = mapped_column(default="")
    approver_zh: Mapped[str] = mapped_column(default="")
    parent_plan: Mapped[str | None] = mapped_column(default=None)


class PlanVersion(Governed, kw_only=True, eq=False, repr=False):
    """A version of a plan, with the interval in which it is in force · 规划版本."""

    __tablename__ = "plan_versions"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    plan_id: Mapped[str] = mapped_column(reference("plans.id"), index=True)
    number: Mapped[int]
    package_hash: Mapped[str] = mapped_column(default="")
    base_year: Mapped[int | None] = mapped_column(default=None)
    target_year: Mapped[int | None] = mapped_column(default=None)
    in_force_from: Mapped[dt.date | None] = mapped_column(Date, default=None)
    in_force_until: Mapped[dt.date | None] = mapped_column(Date, default=None)
    approval_number: Mapped[str] = mapped_column(default="")
    approval_document: Mapped[str] = mapped_column(default="")
    submission_id: Mapped[str | None] = mapped_column(default=None, index=True)
    layers: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


class MapLayer(Record, kw_only=True, eq=False, repr=False):
    """A version of a layer as the map shows it · 一张图图层版本."""

    __tablename__ = "map_layers"
    __table_args__ = (UniqueConstraint("name", "version"),)

    name: Mapped[str]
    version: Mapped[str]
    title_en: Mapped[str]
    title_zh: Mapped[str]
    family: Mapped[str]
    unit_code: Mapped[str | None] = mapped_column(default=None, index=True)
    visibility: Mapped[str] = mapped_column(default="internal")
    generalised: Mapped[bool] = mapped_column(default=False)
    parts: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    valid_from: Mapped[dt.date | None] = mapped_column(Date, default=None)
    valid_until: Mapped[dt.date | None] = mapped_column(Date, default=None)
    features: Mapped[int] = mapped_column(default=0)
    geometry_type: Mapped[str] = mapped_column(default="polygon")
    bounds: Mapped[list[float] | None] = mapped_column(default=None)
    tile_state: Mapped[str] = mapped_column(default="waiting")
    tile_archive: Mapped[str | None] = mapped_column(default=None)
    overview_archive: Mapped[str | None] = mapped_column(default=None)
    minzoom: Mapped[int] = mapped_column(default=0)
    maxzoom: Mapped[int] = mapped_column(default=0)
    style: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
