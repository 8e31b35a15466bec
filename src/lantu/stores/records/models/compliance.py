"""Compliance sheets of single parcels · 合规性审查单."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy.orm import Mapped, mapped_column

from lantu.stores.records.models.record import Governed, Located


class ParcelSheet(Located, Governed, kw_only=True, eq=False, repr=False):
    """One parcel held against the control lines and plans · 单地块合规性审查单."""

    __tablename__ = "parcel_sheets"
    initial: ClassVar[str] = "requested"

    origin: Mapped[str]
    requested_by: Mapped[str]
    unit_code: Mapped[str | None] = mapped_column(default=None, index=True)
    state: Mapped[str] = mapped_column(default="requested", index=True)
    verdict: Mapped[str] = mapped_column(default="")
    area_m2: Mapped[float | None] = mapped_column(default=None)
    sheet: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    layer_versions: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    document_hash: Mapped[str] = mapped_column(default="")
