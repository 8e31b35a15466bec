"""One coordinate system · 坐标系统一."""

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
    "SR03",
    title=Text("All layers of a package are in one coordinate system", "成果各图层坐标系应一致"),
    message=Text("The package mixes {measured} coordinate systems: {systems}.", "成果混用{measured}种坐标系：{systems}。"),
    remedy=Text("Deliver every layer in the same coordinate system.", "请统一坐标系后提交。"),
    severity=Severity.MINOR,
    source=database_norm(5),
    reference="3.6 spatial reference",
)
def one_crs_per_package(*, package: PackageFacts) -> Iterator[Finding]:
    """Find packages that mix coordinate systems · 坐标系混用.

    Each may be accepted by itself; mixed they are the usual cause of edges that miss each other by millimetres.

    Parameters
    ----------
    package
        What the package says of itself.

    Yields
    ------
    Finding
        At most one.
    """
    systems: dict[str, str] = {}
    for file in package.files:
        if file.crs and any(not name.startswith("?") for name in file.layers):
            systems.setdefault(file.crs, file.path)
    if len(systems) > 1:
        listed = "; ".join(f"{code} ({path})" for code, path in systems.items())
        yield Finding(measured=float(len(systems)), limit=1.0, values={"systems": listed})
