"""Questions of intake · 读取疑问."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.plans import PackageFacts

# Reported by the checks on encoding, coordinate systems, classification, geometry, layers and field types.
_OF_OTHER_CHECKS = frozenset(
    {
        *("IN07", "IN08", "IN09", "IN14", "IN15", "IN17", "IN18", "IN19", "IN20", "IN21", "IN22", "IN23", "IN24"),
        *("IN46", "IN47", "IN52", "IN54"),
    }
)


@check(
    "PK16",
    title=Text("Every question that reading brought up is answered", "读取时提出的疑问应予答复"),
    message=Text("{problem}", "{problem}"),
    remedy=Text("Answer the question, or correct the file.", "请答复或更正文件。"),
    severity=Severity.MINOR,
    source=database_norm(8),
    reference="3.6 form",
)
def intake_questions_answered(*, package: PackageFacts) -> Iterator[Finding]:
    """Report what reading found and no other check speaks of · 其余读取问题.

    Encoding, coordinates, classification, curves, empty and duplicate layers and types have checks of their own; what remains
    must not get lost.

    Parameters
    ----------
    package
        What the package says of itself.

    Yields
    ------
    Finding
        One per remaining problem that is more than a notice, in the order of reading.
    """
    for problem in package.problems:
        if problem.severity in {Severity.MAJOR, Severity.MINOR} and problem.code not in _OF_OTHER_CHECKS:
            yield Finding(measured=problem.code, values={"problem": problem.message})
