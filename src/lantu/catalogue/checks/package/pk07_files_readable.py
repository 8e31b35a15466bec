"""Files that cannot be read · 文件可读."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.plans import PackageFacts

# Problems of the gravest kind that other checks report in their own words: coordinates (SR) and nothing else.
_OF_OTHER_CHECKS = frozenset({"IN10", "IN12", "IN13", "IN16", "IN25", "IN42", "IN45"})


@check(
    "PK07",
    title=Text("Every file of a package can be read", "成果文件应能读取"),
    message=Text("{problem}", "{problem}"),
    remedy=Text(
        "Export the file again from the program that made it, and compare it after copying.", "请用原软件重新导出，并在拷贝后核对。"
    ),
    severity=Severity.MANDATORY,
    source=database_norm(8),
    reference="3.6 form",
)
def files_readable(*, package: PackageFacts) -> Iterator[Finding]:
    """Report what reading could not take in · 无法读取的文件.

    What was not read was not checked, so this comes before all other findings. Questions of coordinate system and of single
    values have checks of their own.

    Parameters
    ----------
    package
        What the package says of itself.

    Yields
    ------
    Finding
        One per problem of the gravest kind, in the order of reading.
    """
    for problem in package.problems:
        if problem.severity is Severity.MANDATORY and problem.code not in _OF_OTHER_CHECKS:
            yield Finding(measured=problem.code, values={"problem": problem.message})
