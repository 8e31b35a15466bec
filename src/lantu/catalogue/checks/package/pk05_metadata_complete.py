"""Metadata · 元数据."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.run import NotChecked
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.plans import CityProfile, PackageFacts


@check(
    "PK05",
    title=Text("The metadata record names everything it must", "元数据应填写完整"),
    message=Text("The metadata record says nothing of {item}.", "元数据未填写{item}。"),
    remedy=Text("Fill the item in the metadata record.", "请补填该项元数据。"),
    severity=Severity.MAJOR,
    source=database_norm(9),
    reference="3.6 completeness",
)
def metadata_complete(*, package: PackageFacts, city: CityProfile) -> Iterator[Finding]:
    """Find items that the metadata record lacks or leaves blank · 元数据缺项.

    Without base year, parent plan or classification the figures of a plan cannot be compared with any other.

    Parameters
    ----------
    package
        What the package says of itself.
    city
        The city, whose profile says what a package must hold.

    Yields
    ------
    Finding
        One per missing item, in the order of the profile.

    Raises
    ------
    NotChecked
        If the profile prescribes no metadata.
    """
    required = [str(name) for name in city.package_rules(package.name).get("metadata_keys", ())]
    if not required:
        raise NotChecked(Text("The city profile prescribes no metadata.", "城市配置未规定元数据项。"))
    for item in required:
        if not package.metadata.get(item, "").strip():
            yield Finding(measured="", limit=item, values={"item": item})
