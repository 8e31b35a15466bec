"""Repairs · 修复."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.plans import PackageFacts


@check(
    "PK15",
    title=Text("What was repaired in reading is confirmed by the sender", "读取时的修复须由报送人确认"),
    message=Text("{repair}", "{repair}"),
    remedy=Text("Confirm the repair and correct the file, so that nobody has to repair it again.", "请确认修复并更正原文件。"),
    severity=Severity.NOTICE,
    source=database_norm(8),
    reference="3.6 form",
)
def repairs_confirmed(*, package: PackageFacts) -> Iterator[Finding]:
    """List every repair made in reading · 列出修复.

    A repair is made only where its rightness is proved, yet the file of record is still the unrepaired one.

    Parameters
    ----------
    package
        What the package says of itself.

    Yields
    ------
    Finding
        One per repair, in the order of reading.
    """
    for repair in package.repairs:
        yield Finding(measured=repair.code, values={"repair": repair.message})
