"""Declared coordinate systems · 坐标系声明."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.plans import PackageFacts

_HOW = {
    "inferred": Text("inferred from the coordinates", "由坐标推断"),
    "profile": Text("as usual in this city", "按城市惯例"),
    "unknown": Text("not known", "未知"),
}


@check(
    "SR01",
    title=Text("Every data file declares its coordinate system", "数据文件应声明坐标系"),
    message=Text(
        "{file} declares no coordinate system; it was taken as {measured} ({how}).", "{file}未声明坐标系；按{measured}读取（{how}）。"
    ),
    remedy=Text("Add the .prj file, or deliver as GeoPackage with its CRS.", "请补交.prj文件，或提交带坐标系的GeoPackage。"),
    severity=Severity.MAJOR,
    source=database_norm(5),
    reference="3.6 spatial reference",
)
def crs_declared(*, package: PackageFacts) -> Iterator[Finding]:
    """Find data files whose coordinate system is not declared · 未声明坐标系.

    A coordinate system that was inferred from the size of coordinates is right in most cases, and only its sender can say whether
    in this one.

    Parameters
    ----------
    package
        What the package says of itself.

    Yields
    ------
    Finding
        One per file that holds a known layer and declares no CRS.
    """
    for file in package.files:
        if file.crs_how != "declared" and any(not name.startswith("?") for name in file.layers):
            how = _HOW.get(file.crs_how, Text(file.crs_how, file.crs_how))
            yield Finding(measured=file.crs or "?", limit="declared", values={"file": file.path, "how": how})
