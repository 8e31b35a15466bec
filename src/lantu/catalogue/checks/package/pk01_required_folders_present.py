"""Folders of a package · 成果目录."""

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
    "PK01",
    title=Text("A package has every required folder", "成果应含全部规定目录"),
    message=Text("The package has no folder {folder}.", "成果缺少目录{folder}。"),
    remedy=Text("Put the files of that kind into a folder of this name.", "请按规定名称建立目录并放入相应成果。"),
    severity=Severity.MAJOR,
    source=database_norm(8),
    reference="3.6 completeness",
)
def required_folders_present(*, package: PackageFacts, city: CityProfile) -> Iterator[Finding]:
    """Find required folders that a package lacks · 缺少规定目录.

    The receiving system unpacks by folder; what lies elsewhere is not archived.

    Parameters
    ----------
    package
        What the package says of itself.
    city
        The city, whose profile says what a package must hold.

    Yields
    ------
    Finding
        One per missing folder, in the order of the profile.

    Raises
    ------
    NotChecked
        If the profile prescribes no folder.
    """
    required = [str(name) for name in city.package_rules(package.name).get("required_folders", ())]
    if not required:
        raise NotChecked(Text("The city profile prescribes no folder.", "城市配置未规定成果目录。"))
    present = {part for file in package.files for part in file.path.split("/")[:-1]}
    for folder in required:
        if folder not in present:
            yield Finding(measured="", limit=folder, values={"folder": folder})
