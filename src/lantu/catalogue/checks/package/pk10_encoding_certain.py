"""Encoding of texts · 文本编码."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.plans import PackageFacts

_ENCODING = frozenset({"IN07", "IN08", "IN09"})


@check(
    "PK10",
    title=Text("The encoding of every text is declared or certain", "文本编码应明确"),
    message=Text("{problem}", "{problem}"),
    remedy=Text("Add a .cpg file with the name of the encoding, or deliver as GeoPackage.", "请附.cpg文件说明编码，或以GeoPackage提交。"),
    severity=Severity.MAJOR,
    source=database_norm(8),
    reference="3.6 form",
)
def encoding_certain(*, package: PackageFacts) -> Iterator[Finding]:
    """Report files whose texts may have been misread · 编码不明或有误.

    A name read in the wrong encoding looks like a wrong name.

    Parameters
    ----------
    package
        What the package says of itself.

    Yields
    ------
    Finding
        One per problem of encoding, in the order of reading.
    """
    for problem in package.problems:
        if problem.code in _ENCODING:
            yield Finding(measured=problem.code, values={"problem": problem.message})
