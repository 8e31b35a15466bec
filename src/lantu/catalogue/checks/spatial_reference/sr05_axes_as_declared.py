"""Swapped axes · 坐标轴颠倒."""

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
    "SR05",
    title=Text("East and north stand where the coordinate system says", "坐标轴顺序应与坐标系一致"),
    message=Text("{problem}", "{problem}"),
    remedy=Text(
        "Export with the order of axes that the format prescribes; in surveying X is north.", "请按格式规定的坐标轴顺序导出；测量中X为北。"
    ),
    severity=Severity.MANDATORY,
    source=database_norm(5),
    reference="3.6 spatial reference",
)
def axes_as_declared(*, package: PackageFacts) -> Iterator[Finding]:
    """Report files whose axes look swapped · 坐标轴疑似颠倒.

    In surveying X points north, in most formats east.

    Parameters
    ----------
    package
        What the package says of itself.

    Yields
    ------
    Finding
        One per file, in the order of reading.
    """
    for problem in package.problems:
        if problem.code == "IN13":
            yield Finding(measured=problem.code, values={"problem": problem.message})
