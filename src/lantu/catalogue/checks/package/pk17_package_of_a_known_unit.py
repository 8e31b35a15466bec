"""Unit of a package · 成果包所属板块."""

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
    "PK17",
    title=Text("A package is of a unit that the city knows", "成果包应属于本市已知板块"),
    message=Text(
        "The package is of {said}, which is none of the units of {city} ({known}). Nothing that the city asks of its units could be"
        " asked of it.",
        "成果包属于{said}，不在{city}的板块（{known}）之列，本市对板块的要求均无从核对。",
    ),
    remedy=Text(
        "Correct the code of the unit in the metadata or in the name of the package; if the unit is new, enter it in the city profile.",
        "请更正元数据或成果包名称中的板块代码；若为新设板块，请在城市配置中登记。",
    ),
    severity=Severity.MANDATORY,
    source=database_norm(7),
    reference="3.6 completeness",
)
def package_of_a_known_unit(*, package: PackageFacts, city: CityProfile) -> Iterator[Finding]:
    """Find a package whose unit the profile of the city does not have · 板块不在城市配置中.

    Outline, requirements and neighbours of a unit are found by its code: under a wrong one every check that needs them ends
    undecided, and nothing says why.

    Parameters
    ----------
    package
        What the package says of itself.
    city
        The city, whose profile says which units there are.

    Yields
    ------
    Finding
        At most one; measured is the code as it was read, from the metadata or else from the name.

    Raises
    ------
    NotChecked
        If the profile names no unit.
    """
    if not city.units:
        raise NotChecked(Text("The city profile names no unit.", "城市配置未列出板块。"))
    code = package.unit_code
    if code in city.units:
        return
    known = Text(
        ", ".join(f"{unit.code} {unit.name.en}" for unit in city.units.values()),
        "、".join(f"{unit.code}{unit.name.zh}" for unit in city.units.values()),
    )
    said = Text(f"unit {code}", f"板块{code}") if code else Text("a unit that it does not name", "未写明的板块")
    yield Finding(measured=code, values={"said": said, "city": city.name, "known": known})
