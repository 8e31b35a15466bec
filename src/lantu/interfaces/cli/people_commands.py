"""People and their accounts: add, list, password, and those of the demo city · 人员命令."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path  # typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from lantu.interfaces.cli.options import FormatOption, LanguageOption, refuse_other, spoken_language
from lantu.interfaces.cli.progress import progress_bar
from lantu.interfaces.cli.quick_group import QuickGroup
from lantu.vocabulary.people import Actor, Role
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.interfaces.web.office import Office

app = typer.Typer(cls=QuickGroup, help="People and their accounts · 人员与账号", no_args_is_help=True, rich_markup_mode=None)

CityArgument = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="City folder · 城市目录")]
LoginArgument = Annotated[str, typer.Argument(help="What the person types to sign in · 登录名")]
FromInputOption = Annotated[bool, typer.Option("--password-from-input", help="Read the password from standard input · 从标准输入读取口令")]
_ROLES = tuple(role.value for role in Role if role is not Role.RESIDENT)
_FIRST_PASSWORD = Text(
    "{login}: the password is {password}; a new one is asked for at the first sign-in.", "{login}：口令为{password}，首次登录须修改。"
)


@app.command()
def add(  # noqa: PLR0913, PLR0917  # one parameter per option
    city: CityArgument,
    login: LoginArgument,
    name: Annotated[str, typer.Option(help="As it is to stand in the trail · 姓名")],
    role: Annotated[list[str], typer.Option(help=f"One of {', '.join(_ROLES)}; repeat for more · 角色")],
    unit: Annotated[str | None, typer.Option(help="Code of the unit the person works for · 板块代码")] = None,
    email: Annotated[str, typer.Option(help="Where to write to · 邮箱")] = "",
    password_from_input: FromInputOption = False,  # noqa: FBT002  # typer's form of a flag
    language: LanguageOption = None,
) -> None:
    """Open an account, and print its first password · 新增人员."""
    spoken = spoken_language(language)
    for item in role:
        refuse_other(item, _ROLES, "--role")
    from lantu.capabilities.office import people  # noqa: PLC0415  # heavy, and --help must stay light
    from lantu.capabilities.office.passwords import suggest_password  # noqa: PLC0415  # as above

    with _office(city) as office:
        particulars = people.Particulars(login, name, frozenset(Role(item) for item in role), unit, email, spoken)
        particulars.check(office.city.profile.units)
        password = _from_input() if password_from_input else suggest_password()
        with office.records.writing(Actor.system("command line"), "lantu people add") as session:
            people.add_person(session, particulars, password)
    if not password_from_input:
        typer.echo(_FIRST_PASSWORD.format(login=login, password=password).speak(spoken))


@app.command("list")
def list_people(city: CityArgument, output_format: FormatOption = "text", language: LanguageOption = None) -> None:
    """List everybody who has an account · 列出人员."""
    spoken = spoken_language(language)
    refuse_other(output_format, ("text", "json"), "--format")
    from lantu.capabilities.office import people  # noqa: PLC0415  # heavy, and --help must stay light

    with _office(city) as office, office.records.reading() as session:
        everybody = people.list_people(session)
        if output_format == "json":
            fields = ("login", "name", "roles", "unit_code", "active")
            typer.echo(json.dumps([{field: getattr(person, field) for field in fields} for person in everybody], ensure_ascii=False))
            return
        for person in everybody:
            roles = ", ".join(Role(role).label.speak(spoken) for role in person.roles)
            closed = "" if person.active else Text("  (closed)", "  （已停用）").speak(spoken)
            typer.echo(f"{person.login}  {person.name}  {roles}  {person.unit_code or ''}{closed}")


@app.command()
def password(
    city: CityArgument,
    login: LoginArgument,
    password_from_input: FromInputOption = False,  # noqa: FBT002  # typer's form of a flag
    language: LanguageOption = None,
) -> None:
    """Give somebody a new password, and end every session of theirs · 重设口令."""
    spoken = spoken_language(language)
    from lantu.capabilities.office import people  # noqa: PLC0415  # heavy, and --help must stay light
    from lantu.capabilities.office.passwords import suggest_password  # noqa: PLC0415  # as above

    chosen = _from_input() if password_from_input else suggest_password()
    with _office(city) as office, office.records.writing(Actor.system("command line"), "lantu people password") as session:
        people.set_password(session, people.person_with_login(session, login), chosen, must_change=True)
    if not password_from_input:
        typer.echo(_FIRST_PASSWORD.format(login=login, password=chosen).speak(spoken))


def demo_office(city: CityArgument, language: LanguageOption = None) -> None:
    """Fill the office of the demo city, and print one login per role · 填充示例城市的办公环境."""
    spoken = spoken_language(language)
    from lantu.capabilities.one_map.publishing import publish_city  # noqa: PLC0415  # heavy, and --help must stay light
    from lantu.examples.office import DEMO_PASSWORD, fill_office  # noqa: PLC0415  # heavy, and --help must stay light
    from lantu.examples.submissions import Seeder  # noqa: PLC0415  # as above

    with _office(city) as office, progress_bar(shown=sys.stderr.isatty()) as told:
        logins = fill_office(office.records, office.city)
        Seeder(office.records, office.city, office.folders.root, told).seed()
        publish_city(office.city, office.records, office.folders, told)
    typer.echo(
        Text("Logins of the demo city (password {password}):", "示例城市的账号（口令均为{password}）：")
        .format(password=DEMO_PASSWORD)
        .speak(spoken)
    )
    for login in logins:
        typer.echo(f"  {login.login:<10} {login.title.speak(spoken)}")


@contextmanager
def _office(city: Path) -> Iterator[Office]:
    from lantu.interfaces.web.office import open_office  # noqa: PLC0415  # heavy, and --help must stay light
    from lantu.interfaces.web.settings import read_settings  # noqa: PLC0415  # as above

    office = open_office(read_settings(city))
    try:
        yield office
    finally:
        office.close()


def _from_input() -> str:
    return sys.stdin.readline().rstrip("\n")
