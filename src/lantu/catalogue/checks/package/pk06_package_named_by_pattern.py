"""Name of a package · 成果包命名."""

from __future__ import annotations

import re
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
    "PK06",
    title=Text("A package is named by the prescribed pattern", "成果包应按规定命名"),
    message=Text("The package is called {measured}, which does not follow {limit}.", "成果包名称{measured}不符合{limit}。"),
    remedy=Text("Rename the folder or archive.", "请按规定重新命名。"),
    severity=Severity.MINOR,
    source=database_norm(7),
    reference="3.6 form",
)
def package_named_by_pattern(*, package: PackageFacts, city: CityProfile) -> Iterator[Finding]:
    """Hold the name of a package against the profile's pattern · 成果包命名.

    The pattern is matched from the start of the name, without the ending of an archive.

    Parameters
    ----------
    package
        What the package says of itself.
    city
        The city, whose profile says what a package must hold.

    Yields
    ------
    Finding
        At most one.

    Raises
    ------
    NotChecked
        If the profile prescribes no pattern.
    """
    pattern = str(city.package.get("name_pattern", ""))
    if not pattern:
        raise NotChecked(Text("The city profile prescribes no name.", "城市配置未规定成果包名称。"))
    name = re.sub(r"\.(zip|gdb|gpkg)$", "", package.name, flags=re.IGNORECASE)
    if re.match(pattern, name) is None:
        yield Finding(measured=package.name, limit=pattern)
