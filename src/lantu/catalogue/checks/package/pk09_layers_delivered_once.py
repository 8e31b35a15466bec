"""Layers delivered twice · 图层重复提交."""

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
    "PK09",
    title=Text("A layer is delivered once", "同一图层只提交一次"),
    message=Text(
        "Layer {layer} was delivered {measured} times: {files}. Only the first was checked.",
        "图层{layer}提交了{measured}次：{files}。仅检查第一个。",
    ),
    remedy=Text("Leave one and remove the others, or merge them.", "请保留其一或合并后提交。"),
    severity=Severity.MAJOR,
    source=database_norm(8),
    reference="3.6 completeness",
)
def layers_delivered_once(*, package: PackageFacts) -> Iterator[Finding]:
    """Find layers that stand in a package more than once · 重复图层.

    Two copies of a layer rarely agree, and only one can be the plan.

    Parameters
    ----------
    package
        What the package says of itself.

    Yields
    ------
    Finding
        One per layer delivered more than once.
    """
    places: dict[str, list[str]] = {}
    for file in package.files:
        for name in file.layers:
            if not name.startswith("?"):
                places.setdefault(name, []).append(file.path)
    for name, files in places.items():
        if len(files) > 1:
            yield Finding(measured=float(len(files)), limit=1.0, layer=name, values={"files": ", ".join(files)})
