"""Accounts, for administrators: who works here, as what, for which unit · 人员管理."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from lantu.capabilities.office import people
from lantu.capabilities.office.passwords import suggest_password
from lantu.capabilities.office.people import Particulars
from lantu.interfaces.web.dependencies import Reading, TheOffice, requires, writing
from lantu.interfaces.web.navigation import Entry
from lantu.interfaces.web.rendering import render
from lantu.stores.records.models import Person
from lantu.vocabulary.errors import EditConflict, LantuError
from lantu.vocabulary.people import Role
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection

router = APIRouter()
navigation = (
    Entry(
        "/people",
        Text("People", "人员"),
        "people",
        "office.read_people",
        order=80,
        explanation=Text("Open and close accounts, roles and units, new passwords.", "开立与停用账号，设定角色与板块，重设口令。"),
    ),
)
_MAY_READ = Depends(requires("office.read_people"))
_MAY_MANAGE = Depends(requires("office.manage_people"))
_ROLES = tuple(role for role in Role if role is not Role.RESIDENT)


def _particulars(  # noqa: PLR0913, PLR0917  # one parameter per field of the form
    name: Annotated[str, Form(max_length=100)],
    login: Annotated[str, Form(max_length=64)] = "",
    roles: Annotated[list[Role] | None, Form()] = None,
    unit_code: Annotated[str, Form()] = "",
    email: Annotated[str, Form(max_length=200)] = "",
    language: Annotated[Literal["", "en", "zh"], Form()] = "",
) -> Particulars:
    return Particulars(login.strip(), name, frozenset(roles or ()), unit_code or None, email.strip(), language)


GivenParticulars = Annotated[Particulars, Depends(_particulars)]


@router.get("/people", response_class=HTMLResponse, dependencies=[_MAY_READ])
def everybody(request: Request, reading: Reading) -> HTMLResponse:
    """List everybody · 人员列表."""
    return render(request, "people/list.html", people=people.list_people(reading), roles={role.value: role.label for role in Role})


@router.get("/people/new", response_class=HTMLResponse, dependencies=[_MAY_MANAGE])
def new_person(request: Request) -> HTMLResponse:
    """Ask who it is · 新增人员页面."""
    return _form(request, None, Particulars("", "", frozenset()))


@router.post("/people", response_class=HTMLResponse, dependencies=[_MAY_MANAGE])
def add_person(request: Request, office: TheOffice, given: GivenParticulars) -> Response:
    """Open an account and show its first password once · 新增人员."""
    password = suggest_password()
    try:
        given.check(office.city.profile.units)
        with writing(request, "account opened") as session:
            person = people.add_person(session, given, password)
    except people.PersonInvalid as error:
        return _form(request, None, given, error)
    return render(request, "people/password.html", person=person, password=password)


@router.get("/people/{person_id}", response_class=HTMLResponse, dependencies=[_MAY_READ])
def one_person(request: Request, reading: Reading, person_id: str) -> HTMLResponse:
    """Show somebody's account · 人员账号."""
    person = reading.find(Person, person_id)
    roles = frozenset(Role(role) for role in person.roles)
    given = Particulars(person.login, person.name, roles, person.unit_code, person.email, person.language)
    return _form(request, person, given)


@router.post("/people/{person_id}", response_class=HTMLResponse, dependencies=[_MAY_MANAGE])
def change_person(  # noqa: PLR0913, PLR0917  # one parameter per part of the form
    request: Request,
    reading: Reading,
    office: TheOffice,
    person_id: str,
    given: GivenParticulars,
    revision: Annotated[int, Form()],
    active: Annotated[bool, Form()] = False,  # noqa: FBT002  # an unticked box sends nothing
) -> Response:
    """Change somebody's account · 修改人员."""
    seen = reading.find(Person, person_id)
    given = Particulars(seen.login, given.name, given.roles, given.unit_code, given.email, given.language)
    try:
        given.check(office.city.profile.units)
        with writing(request, "account changed") as session:
            people.change_person(session, session.edit(Person, person_id, revision), given, active=active)
    except (people.PersonInvalid, EditConflict) as error:
        return _form(request, seen, given, error)
    return RedirectResponse("/people", HTTPStatus.SEE_OTHER)


@router.post("/people/{person_id}/password", response_class=HTMLResponse, dependencies=[_MAY_MANAGE])
def new_password(request: Request, person_id: str) -> HTMLResponse:
    """Give somebody a new password and show it once · 重设口令."""
    password = suggest_password()
    with writing(request, "password reset by an administrator") as session:
        person = session.find(Person, person_id)
        people.set_password(session, person, password, must_change=True)
    return render(request, "people/password.html", person=person, password=password)


def _form(request: Request, person: Person | None, given: Particulars, error: LantuError | None = None) -> HTMLResponse:
    chosen: Collection[Role] = given.roles
    return render(
        request,
        "people/form.html",
        status_code=error.http_status if error else HTTPStatus.OK,
        person=person,
        given=given,
        chosen=chosen,
        roles=_ROLES,
        error=error,
    )
