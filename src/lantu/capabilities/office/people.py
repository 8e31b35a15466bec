"""People: who works here, as what, for which unit · 人员."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.capabilities.office.passwords import hash_password
from lantu.stores.records.models import Person, SignIn
from lantu.stores.records.querying import select
from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.people import Actor, Role
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from lantu.stores.records import RecordSession

_LOGIN = re.compile(r"[\w.@-]{2,64}")
_OF_A_UNIT = frozenset({Role.UNIT_PLANNER})


class PersonInvalid(LantuError):
    """What is said of a person contradicts itself · 人员信息有误."""

    http_status = 422


class PersonUnknown(LantuError):
    """Nobody has that login or number · 人员不存在."""

    http_status = 404


@dataclass(frozen=True, slots=True)
class Particulars:
    """What an administrator says of a person · 人员信息.

    Parameters
    ----------
    login
        What the person types.
    name
        As it stands in the trail and on papers.
    roles
        What the person is.
    unit_code
        Unit the person works for, None for those of the municipality.
    email
        Where to write to; empty without.
    language
        Language of pages, ``en`` or ``zh``; empty to follow the browser.
    """

    login: str
    name: str
    roles: frozenset[Role]
    unit_code: str | None = None
    email: str = ""
    language: str = ""

    def check(self, units: Collection[str]) -> None:
        """Refuse what contradicts itself · 检查.

        Parameters
        ----------
        units
            Codes of the city's units.

        Raises
        ------
        PersonInvalid
            Saying what, and the way out.
        """
        if not _LOGIN.fullmatch(self.login):
            raise PersonInvalid(
                Text(f"{self.login!r} cannot be a login.", f"{self.login!r}不能作登录名。"),
                Text("Use 2 to 64 letters, digits, dots, dashes.", "请用2至64个字母、数字、点或连字符。"),
            )
        if not self.name.strip():
            raise PersonInvalid(
                Text("The name is empty.", "姓名为空。"), Text("Give the name as it is to stand in the trail.", "请填写将写入留痕的姓名。")
            )
        if not self.roles:
            raise PersonInvalid(Text("The person has no role.", "未选择角色。"), Text("Choose at least one.", "请至少选择一个角色。"))
        if self.roles & _OF_A_UNIT and self.unit_code is None:
            raise PersonInvalid(Text("A unit's planner has no unit.", "板块规划人员未指定板块。"), Text("Choose the unit.", "请选择板块。"))
        if self.unit_code is not None and self.unit_code not in units:
            raise PersonInvalid(
                Text(f"There is no unit {self.unit_code}.", f"没有板块{self.unit_code}。"),
                Text("Choose one of the city's.", "请选择本市板块。"),
            )
        if Role.ADMINISTRATOR in self.roles and len(self.roles) > 1:
            raise PersonInvalid(
                Text("An administrator has further roles.", "系统管理员兼有其他角色。"),
                Text("Accounts and plans stay in different hands: give two accounts.", "账号管理与规划业务须分离，请分设两个账号。"),
            )


def list_people(session: RecordSession) -> Sequence[Person]:
    """List everybody, the active first · 列出人员.

    Parameters
    ----------
    session
        Open for reading.

    Returns
    -------
    sequence of Person
        By activity and login.
    """
    return list(session.scalars(select(Person).order_by(Person.active.desc(), Person.login)))


def person_with_login(session: RecordSession, login: str) -> Person:
    """Find somebody by login · 按登录名查找.

    Parameters
    ----------
    session
        Open for reading or writing.
    login
        As it was given.

    Returns
    -------
    Person
        The one.

    Raises
    ------
    PersonUnknown
        If nobody has it.
    """
    person = session.scalar(select(Person).where(Person.login == login))
    if person is None:
        raise PersonUnknown(
            Text(f"Nobody has the login {login}.", f"没有登录名为{login}的人员。"),
            Text("The page of people, or `lantu people list`, shows all.", "请在人员页面或用`lantu people list`查看。"),
        )
    return person


def add_person(session: RecordSession, particulars: Particulars, password: str | None, *, must_change: bool = True) -> Person:
    """Open an account · 新增人员.

    Parameters
    ----------
    session
        Open for writing by an administrator.
    particulars
        Checked against the city's units.
    password
        The first one; None for who only comes by single sign-on.
    must_change
        Whether the person chooses another at the first sign-in.

    Returns
    -------
    Person
        Pending in the session.

    Raises
    ------
    PersonInvalid
        If the login is taken.
    """
    if session.scalar(select(Person).where(Person.login == particulars.login)) is not None:
        raise PersonInvalid(
            Text(f"The login {particulars.login} is taken.", f"登录名{particulars.login}已被使用。"),
            Text("Choose another.", "请另选登录名。"),
        )
    person = Person(
        login=particulars.login,
        name=particulars.name.strip(),
        email=particulars.email,
        password_hash=None if password is None else hash_password(password, particulars.login),
        must_change_password=must_change and password is not None,
        roles=sorted(role.value for role in particulars.roles),
        unit_code=particulars.unit_code,
        language=particulars.language,
    )
    session.add(person)
    session.flush()
    return person


def change_person(session: RecordSession, person: Person, particulars: Particulars, *, active: bool) -> None:
    """Change what somebody is; who loses the account or a role is signed out · 修改人员.

    Parameters
    ----------
    session
        Open for writing by an administrator.
    person
        Of that session.
    particulars
        Checked; the login stays as it was.
    active
        False closes the account, and keeps all that the person did.

    Raises
    ------
    PersonInvalid
        If it would leave the city without an administrator.
    """
    roles = sorted(role.value for role in particulars.roles)
    steps_down = Role.ADMINISTRATOR.value in person.roles and (Role.ADMINISTRATOR not in particulars.roles or not active)
    if steps_down and _administrators_besides(session, person) == 0:
        raise PersonInvalid(
            Text(f"{person.name} is the last active administrator.", f"{person.name}是最后一名在用的系统管理员。"),
            Text("Appoint another one first.", "请先任命另一名系统管理员。"),
        )
    if not active or roles != person.roles or particulars.unit_code != person.unit_code:
        end_sessions(session, person.id)
    person.name, person.email, person.language = particulars.name.strip(), particulars.email, particulars.language
    person.roles, person.unit_code, person.active = roles, particulars.unit_code, active


def set_password(session: RecordSession, person: Person, password: str, *, must_change: bool) -> None:
    """Give somebody a new password and end every session of theirs · 设置口令.

    Parameters
    ----------
    session
        Open for writing.
    person
        Of that session.
    password
        The new one.
    must_change
        True where somebody else set it.
    """
    person.password_hash = hash_password(password, person.login)
    person.must_change_password = must_change
    end_sessions(session, person.id)


def end_sessions(session: RecordSession, person_id: str) -> int:
    """Sign somebody out everywhere · 全部退出.

    Parameters
    ----------
    session
        Open for writing.
    person_id
        Whose sessions.

    Returns
    -------
    int
        How many there were.
    """
    opened = list(session.scalars(select(SignIn).where(SignIn.person_id == person_id)))
    for sign_in in opened:
        session.delete(sign_in)
    return len(opened)


def actor_of(person: Person) -> Actor:
    """Give the actor that somebody is · 转为行为人.

    Parameters
    ----------
    person
        Any.

    Returns
    -------
    Actor
        Who also is a resident.
    """
    return Actor(person.id, person.name, frozenset(Role(role) for role in person.roles) | {Role.RESIDENT}, person.unit_code)


def _administrators_besides(session: RecordSession, person: Person) -> int:
    everybody = session.scalars(select(Person).where(Person.active, Person.id != person.id))
    return sum(Role.ADMINISTRATOR.value in other.roles for other in everybody)
