"""Layers that nobody knows · 未识别图层."""

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
    "PK08",
    title=Text("Every layer of a package is one that the norm knows", "成果图层应为规范规定的图层"),
    message=Text(
        "Layer {measured} in {file} is none that the norm knows; nothing in it was checked.",
        "{file}中的图层{measured}不属于规范图层，未作检查。",
    ),
    remedy=Text(
        "Rename it to its prescribed table name, or leave it out if it does not belong to the plan.", "请改用规定表名；不属于成果的请移除。"
    ),
    severity=Severity.NOTICE,
    source=database_norm(6),
    reference="3.6 form",
)
def layers_recognised(*, package: PackageFacts) -> Iterator[Finding]:
    """Name the layers that were not recognised · 列出未识别图层.

    A misspelt table name would otherwise take a whole layer out of the check without a word.

    Parameters
    ----------
    package
        What the package says of itself.

    Yields
    ------
    Finding
        One per layer that was not recognised, in the order of files.
    """
    for file in package.files:
        for name in file.layers:
            if name.startswith("?"):
                yield Finding(measured=name[1:], values={"file": file.path})
