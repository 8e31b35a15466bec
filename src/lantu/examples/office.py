"""The office of the demo city: invented people of every role · 示例城市的办公环境."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.capabilities.office.people import Particulars, add_person, list_people
from lantu.vocabulary.people import Actor, Role
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.capabilities.plan_making.cities import City
    from lantu.stores.records import Database

DEMO_PASSWORD = "lantu-demo-city"  # noqa: S105  # of invented people, printed by the demo itself
_SEEDING = Actor.system("demo")
_OF_THE_CITY = (
    ("reviewer", "沈文清", Role.MUNICIPAL_REVIEWER),
    ("secretary", "顾明远", Role.COMMISSION_SECRETARY),
    ("officer", "陆一鸣", Role.IMPLEMENTATION_OFFICER),
    ("evaluator", "周若兰", Role.EVALUATOR),
    ("enforcer", "吴建国", Role.ENFORCEMENT_OFFICER),
    ("engineer", "徐思齐", Role.DATA_ENGINEER),
    ("admin", "管理员", Role.ADMINISTRATOR),
)
_PLANNERS = ("陈雨桐", "张子涵", "李慕白", "王思远", "赵清扬", "钱怀瑾", "孙知行", "朱若水", "秦望舒", "许向晨")


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """Somebody of the demo city, as the demo prints it · 示例账号.

    Parameters
    ----------
    login
        What to type.
    title
        What the person is.
    """

    login: str
    title: Text


def fill_office(records: Database, city: City) -> list[DemoLogin]:
    """Bring invented people into the demo city, where nobody is yet · 填充示例办公环境.

    Parameters
    ----------
    records
        The city's.
    city
        The demo city.

    Returns
    -------
    list of DemoLogin
        One per role.
    """
    units = city.profile.units
    planners = [(f"planner{number}", name, code) for number, (name, code) in enumerate(zip(_PLANNERS, units, strict=False), 1)]
    with records.reading() as session:
        known = {person.login for person in list_people(session)}
    with records.writing(_SEEDING, "demo") as session:
        for login, name, role in _OF_THE_CITY:
            if login not in known:
                add_person(session, Particulars(login, name, frozenset({role})), DEMO_PASSWORD, must_change=False)
        for login, name, code in planners:
            if login not in known:
                add_person(session, Particulars(login, name, frozenset({Role.UNIT_PLANNER}), code), DEMO_PASSWORD, must_change=False)
    first, last = planners[0], planners[-1]
    title = Text("{role}, {unit} (others up to {last})", "{role}，{unit}（其他板块至{last}）").format(
        role=Role.UNIT_PLANNER.label, unit=units[first[2]].name, last=last[0]
    )
    return [DemoLogin(first[0], title), *(DemoLogin(login, role.label) for login, _, role in _OF_THE_CITY)]
