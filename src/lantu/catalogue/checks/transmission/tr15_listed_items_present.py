"""Lists of the parent plan · 要素清单."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyproj

from lantu.catalogue.clauses import clause_finding
from lantu.engines.checking.card import check
from lantu.engines.checking.run import NotChecked
from lantu.standards.quantities import name_of
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.plans import RequirementKind
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.plans import NamedItem, PackageFacts, Requirement


@check(
    "TR15",
    title=Text("Everything the parent plan lists stands in the plan", "上位规划清单要素须全部落实"),
    message=Text("{statement}. {clause}: “{quotation}”", "{statement}。{clause}：“{quotation}”"),
    remedy=Text(
        "Add the item with the name, grade, width and place the parent plan gives it.", "请按上位规划的名称、级别、宽度和位置补充落实。"
    ),
    severity=Severity.MANDATORY,
    source=Text(
        "市级国土空间总体规划编制指南（试行）2020-09, mandatory content", "《市级国土空间总体规划编制指南（试行）》（2020-09），强制性内容"
    ),
    reference="T15",
)
def listed_items_present(*, package: PackageFacts, requirements: tuple[Requirement, ...], item_distance_m: float) -> Iterator[Finding]:
    """Look up every listed item by its name · 清单落实.

    What the parent plan names and the child forgets is lost without anybody having decided so.

    Parameters
    ----------
    package
        What the plan states.
    requirements
        Clauses of the parent plan for the unit.
    item_distance_m
        Distance from the parent's place that is allowed, m on the ellipsoid of CGCS2000.

    Yields
    ------
    Finding
        One per item that is missing, of another grade, narrower or elsewhere; features name the item.

    Raises
    ------
    NotChecked
        If lists are asked for but none could be read from the package.
    """
    lists = [item for item in requirements if item.kind is RequirementKind.LIST]
    if lists and not package.named_items:
        raise NotChecked(Text("No list of named items could be read from the package.", "未能从成果中读出要素清单。"))
    geod = pyproj.Geod(ellps="GRS80")
    for requirement in lists:
        have = {item.name: item for item in package.named_items if item.list_name == requirement.subject}
        for item in requirement.items:
            found = have.get(item.name)
            subject = name_of(requirement.subject)
            if found is None:
                statement = Text(f"missing item: {item.name} ({subject.en})", f"缺项：{subject.zh}“{item.name}”")
                yield clause_finding(requirement, statement, "absent", features=(item.name,))
                continue
            yield from _differences(requirement, item, found, geod, item_distance_m)


def _differences(
    requirement: Requirement, item: NamedItem, found: NamedItem, geod: pyproj.Geod, item_distance_m: float
) -> Iterator[Finding]:
    name = (item.name,)
    if item.grade and item.grade != found.grade:
        statement = Text(
            f"{item.name} has grade {found.grade or 'none'} instead of {item.grade}",
            f"“{item.name}”级别为{found.grade or '空'}，应为{item.grade}",
        )
        yield clause_finding(requirement, statement, "breached", features=name, measured=found.grade, limit=item.grade)
    if item.width_m is not None and (found.width_m is None or found.width_m < item.width_m):
        width = "none" if found.width_m is None else f"{found.width_m:g} m"
        statement = Text(
            f"{item.name} has width {width}, at least {item.width_m:g} m is asked for",
            f"“{item.name}”宽度为{'空' if found.width_m is None else f'{found.width_m:g}米'}，应不小于{item.width_m:g}米",
        )
        yield clause_finding(requirement, statement, "breached", features=name, measured=found.width_m, limit=item.width_m, unit="m")
    if item.longitude is None or item.latitude is None or found.longitude is None or found.latitude is None:
        return
    distance = float(geod.inv(item.longitude, item.latitude, found.longitude, found.latitude)[2])
    if distance > item_distance_m:
        statement = Text(
            f"{item.name} stands {distance:,.1f} m from where the parent plan has it, {item_distance_m:g} m are allowed",
            f"“{item.name}”与上位规划位置相距{distance:,.1f}米，允许{item_distance_m:g}米",
        )
        yield clause_finding(requirement, statement, "breached", features=name, measured=distance, limit=item_distance_m, unit="m")
