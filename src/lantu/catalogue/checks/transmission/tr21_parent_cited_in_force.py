"""Version and years of the parent plan · 上位规划版本与期限."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.engines.checking.card import check
from lantu.engines.checking.run import NotChecked
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from lantu.vocabulary.plans import PackageFacts, Plan


@check(
    "TR21",
    title=Text("The plan cites the parent plan in force, with its years", "引用的上位规划版本、基期年与目标年正确有效"),
    message=Text("{item}: the plan says “{measured}”, the parent plan “{limit}”.", "{item}：规划为“{measured}”，上位规划为“{limit}”。"),
    remedy=Text("Draw the plan up against the version in force, and correct the metadata.", "请依据现行有效的上位规划编制，并更正元数据。"),
    severity=Severity.MAJOR,
    source=Text("中发〔2019〕18号: lower plans obey upper plans", "中发〔2019〕18号：下级规划服从上级规划"),
    reference="T21",
)
def parent_cited_in_force(*, package: PackageFacts, parent_plan: Plan, today: dt.date) -> Iterator[Finding]:
    """Compare what the plan cites with the parent plan itself · 版本与期限比对.

    A plan made against a version that is no longer in force answers to nobody.

    Parameters
    ----------
    package
        What the plan states.
    parent_plan
        The parent plan.
    today
        Day at which it must be in force.

    Yields
    ------
    Finding
        One per item that differs.

    Raises
    ------
    NotChecked
        If the metadata could not be read, or nobody says since when the parent plan is in force and all else agrees.
    """
    plan = package.plan
    if plan is None:
        raise NotChecked(Text("The metadata say nothing readable of the plan.", "元数据中没有可读的规划信息。"))
    pairs = (
        (Text("parent plan", "上位规划"), plan.parent_plan, parent_plan.id),
        (Text("version of the parent plan", "上位规划版本"), plan.parent_version, parent_plan.version),
        (Text("base year", "基期年"), plan.base_year, parent_plan.base_year),
        (Text("target year", "目标年"), plan.target_year, parent_plan.target_year),
    )
    differ = [(item, said, right) for item, said, right in pairs if right not in (None, "") and said != right]
    for item, said, right in differ:
        yield Finding(measured="" if said is None else str(said), limit=str(right), values={"item": item})
    if parent_plan.in_force_from is None:
        if not differ:
            raise NotChecked(Text("Nobody says since when the parent plan is in force.", "未说明上位规划的生效日期。"))
        return
    if not parent_plan.in_force_on(today):
        span = f"{parent_plan.in_force_from} - {parent_plan.in_force_until or ''}"
        yield Finding(measured=str(today), limit=span, values={"item": Text("parent plan in force", "上位规划有效期")})
