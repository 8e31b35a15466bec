"""Change sets · 变更成果."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import DYNAMIC_MAINTENANCE
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.layer import Layer


@check(
    "CH01",
    title=Text("A change set has the states before and after", "变更成果应含维护前与维护后图层"),
    message=Text("The change layer was delivered without layer {layer}.", "提交了维护层，但缺少图层{layer}。"),
    remedy=Text("Deliver WHQ, WHH and WHC together.", "请一并提交WHQ、WHH、WHC。"),
    severity=Severity.MANDATORY,
    source=DYNAMIC_MAINTENANCE,
    reference="3.6 changes",
    stages=("review", "maintenance"),
)
def change_set_complete(change: Layer, before_change: Layer | None = None, after_change: Layer | None = None) -> Iterator[Finding]:
    """Find change layers without their two states · 变更成果不完整.

    A change can only be judged between what was and what will be.

    Parameters
    ----------
    change
        Change; metres.
    before_change
        Before change; metres.
    after_change
        After change; metres.

    Yields
    ------
    Finding
        One per missing layer.
    """
    if len(change):
        for name, layer in (("before_change", before_change), ("after_change", after_change)):
            if layer is None:
                yield Finding((), "", name, "", None, name)
