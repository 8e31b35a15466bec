"""Accepted coordinate systems · 规定坐标系."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.plans import CityProfile, PackageFacts


@check(
    "SR02",
    title=Text("Data are delivered in an accepted coordinate system", "数据应采用规定坐标系"),
    message=Text("{file} is in {measured}; accepted are {limit}.", "{file}坐标系为{measured}；规定为{limit}。"),
    remedy=Text("Reproject the data with the official parameters.", "请按法定参数转换坐标系。"),
    severity=Severity.MANDATORY,
    source=database_norm(5),
    reference="3.6 spatial reference",
)
def crs_accepted(*, package: PackageFacts, city: CityProfile) -> Iterator[Finding]:
    """Find data files in a coordinate system that the city does not accept · 坐标系不符.

    Another datum can be off by a hundred metres and still look right on a map.

    Parameters
    ----------
    package
        What the package says of itself.
    city
        The city, whose profile says what a package must hold.

    Yields
    ------
    Finding
        One per file that holds a known layer.
    """
    accepted = city.accepted_crs or (city.crs,)
    for file in package.files:
        if file.crs and file.crs not in accepted and any(not name.startswith("?") for name in file.layers):
            yield Finding(measured=file.crs, limit=", ".join(accepted), values={"file": file.path})
