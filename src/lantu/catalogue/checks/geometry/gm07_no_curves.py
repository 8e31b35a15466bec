"""Curves · 曲线."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import QUALITY_LIMITS
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.plans import PackageFacts


@check(
    "GM07",
    title=Text("Boundaries are drawn with straight segments", "边界不应含曲线"),
    message=Text("{problem}", "{problem}"),
    remedy=Text("Densify the curves before delivery, so that everybody computes the same area.", "请先将曲线加密为折线，以保证面积一致。"),
    severity=Severity.MINOR,
    source=QUALITY_LIMITS,
    reference="3.6 geometry",
)
def no_curves(*, package: PackageFacts) -> Iterator[Finding]:
    """Report layers whose curves were read as chords · 含曲线.

    Arcs and Bézier curves become chords in reading, and every program cuts them differently.

    Parameters
    ----------
    package
        What the package says of itself.

    Yields
    ------
    Finding
        One per layer with curves, in the order of reading.
    """
    for problem in package.problems:
        if problem.code == "IN19":
            yield Finding(measured=problem.code, values={"problem": problem.message})
