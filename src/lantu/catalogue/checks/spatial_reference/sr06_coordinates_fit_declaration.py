"""Coordinates and declaration · 坐标与声明."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.plans import PackageFacts

_COORDINATES = frozenset({"IN10", "IN12", "IN15", "IN16", "IN25", "IN42", "IN45", "IN52", "IN54"})


@check(
    "SR06",
    title=Text("Coordinates fit the coordinate system that is declared", "坐标数值应与声明的坐标系相符"),
    message=Text("{problem}", "{problem}"),
    remedy=Text("Say which coordinate system the file is in, and correct its declaration.", "请明确坐标系并更正声明。"),
    severity=Severity.MANDATORY,
    source=database_norm(5),
    reference="3.6 spatial reference",
)
def coordinates_fit_declaration(*, package: PackageFacts) -> Iterator[Finding]:
    """Report files whose coordinates contradict their declaration · 坐标与声明矛盾.

    GCJ-02 under the label of CGCS2000 is off by a few hundred metres, a wrong zone number by hundreds of kilometres.

    Parameters
    ----------
    package
        What the package says of itself.

    Yields
    ------
    Finding
        One per problem of coordinates, in the order of reading.
    """
    for problem in package.problems:
        if problem.code in _COORDINATES:
            yield Finding(measured=problem.code, values={"problem": problem.message})
