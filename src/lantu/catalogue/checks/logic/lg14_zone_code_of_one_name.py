"""Zone codes and names · 分区代码与名称."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import text_column
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.layer import Layer


@check(
    "LG14",
    title=Text("A zone code has one name", "同一分区代码对应同一名称"),
    message=Text(
        "Zone code {measured} in layer {layer} has several names: {limit}.", "图层{layer}的分区代码{measured}对应多个名称：{limit}。"
    ),
    remedy=Text("Use one name per code.", "请使代码与名称一一对应。"),
    severity=Severity.MINOR,
    source=database_norm(6),
    reference="3.6 cross-field logic",
    locality="layer",
)
def zone_code_of_one_name(every_layer: Mapping[str, Layer]) -> Iterator[Finding]:
    """Find zone codes that go under several names · 分区代码与名称不一致.

    The codes themselves are not certain, so they are only held against each other.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.

    Yields
    ------
    Finding
        One per layer and code.
    """
    for name, layer in every_layer.items():
        if not layer.has("zone_code") or not layer.has("zone_name"):
            continue
        pairs: dict[str, set[str]] = {}
        spoken = pa.table({"code": text_column(layer, "zone_code"), "zone": text_column(layer, "zone_name")})
        for pair in spoken.group_by(["code", "zone"]).aggregate([]).to_pylist():
            if pair["code"] and pair["zone"]:
                pairs.setdefault(pair["code"], set()).add(pair["zone"])
        for code, zones in sorted(pairs.items()):
            if len(zones) > 1:
                yield Finding((), code, ", ".join(sorted(zones)), "", None, name)
