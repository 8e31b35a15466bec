"""The own account: password, language, sessions, tokens for programs · 我的账号."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from lantu.capabilities.office import people, tokens
from lantu.capabilities.office.passwords import PasswordUnfit, verify_password
from lantu.capabilities.office.sessions import count_sessions, open_session
from lantu.catalogue.rights import load_rights, may
from lantu.interfaces.web.dependencies import Reading, TheOffice, requires, writing
from lantu.interfaces.web.languages import COOKIE
from lantu.interfaces.web.pages.sign_in import address_of, let_in
from lantu.interfaces.web.rendering import render
from lantu.standards.sign_in import load_sign_in_rules
from lantu.stores.records.models import Person
from lantu.vocabulary.errors import NotAllowed
from lantu.vocabulary.people import Actor  # FastAPI reads the annotations when it runs
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.stores.records import RecordSession

router = APIRouter()
OwnAccount = Annotated[Actor, Depends(requires("office.own_account"))]
OwnTokens = Annotated[Actor, Depends(requires("doors.own_tokens"))]
# A token may do what its person does at work; accounts and tokens themselves stay with people.
_NEVER_BY_TOKEN = frozenset({"office", "public", "doors"})
_DIFFER = Text("The two new passwords differ.", "两次输入的新口令不一致。")
_WRONG = Text("The present password is another.", "当前口令不正确。")
_AGAIN = Text("Type it again.", "请重新输入。")
_FAMILIES = {
    "read": Text("Read everything that you may read", "读取您有权查看的内容"),
    "map": Text("The map: query, statistics, publishing", "一张图：查询、统计、发布"),
    "submission": Text("Submissions: create, upload, hand in", "报送件：新建、上传、提交"),
    "parcel": Text("Compliance sheets of parcels", "地块合规性审查"),
    "job": Text("Jobs: watch and cancel", "任务：查看与取消"),
}


@router.get("/account", response_class=HTMLResponse)
def account(request: Request, reading: Reading, actor: OwnAccount) -> HTMLResponse:
    """Show the own account · 我的账号."""
    return _page(request, reading, actor)


@router.get("/account/password", response_class=HTMLResponse)
def password_page(request: Request, actor: OwnAccount) -> HTMLResponse:
    """Ask for a new password · 修改口令页面."""
    del actor
    return _password_page(request)


@router.post("/account/password", response_class=HTMLResponse)
def change_password(  # noqa: PLR0913, PLR0917  # one parameter per field of the form
    request: Request,
    office: TheOffice,
    actor: OwnAccount,
    old: Annotated[str, Form(max_length=1000)],
    new: Annotated[str, Form(max_length=1000)],
    again: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Replace the password, and end every other session · 修改口令."""
    _only_people(request)
    if new != again:
        return _password_page(
            request, Text("The two new passwords differ.", "两次输入的新口令不一致。"), Text("Type them again.", "请重新输入。")
        )
    with office.records.reading() as session:
        kept = session.get_one(Person, actor.person_id).password_hash
    if not verify_password(old, kept)[0]:
        return _password_page(request, _WRONG, _AGAIN)
    try:
        with writing(request, "password changed by its owner") as session:
            person = session.get_one(Person, actor.person_id)
            people.set_password(session, person, new, must_change=False)
            session.flush()
            signed = open_session(office.records, session, person, address_of(request), "password")
    except PasswordUnfit as error:
        return _password_page(request, error.message, error.remedy)
    return let_in(signed, office.settings, "/account?done=password")


@router.post("/account/language")
def choose_language(request: Request, actor: OwnAccount, language: Annotated[Literal["", "en", "zh"], Form()] = "") -> RedirectResponse:
    """Keep the language of pages for every browser · 设置语言."""
    with writing(request, "language of pages") as session:
        session.get_one(Person, actor.person_id).language = language
    answer = RedirectResponse("/account?done=language", HTTPStatus.SEE_OTHER)
    answer.delete_cookie(COOKIE)
    return answer


@router.post("/account/sign-out-everywhere")
def sign_out_everywhere(request: Request, actor: OwnAccount) -> RedirectResponse:
    """End every session of the person, this one too · 全部退出."""
    with writing(request, "signed out everywhere") as session:
        people.end_sessions(session, actor.person_id)
    return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)


@router.post("/account/tokens", response_class=HTMLResponse)
def add_token(  # noqa: PLR0913, PLR0917  # one parameter per field of the form
    request: Request,
    office: TheOffice,
    actor: OwnTokens,
    name: Annotated[str, Form(max_length=200)],
    days: Annotated[int, Form()],
    scopes: Annotated[list[str] | None, Form()] = None,
) -> HTMLResponse:
    """Make a token and show it once · 新建令牌."""
    _only_people(request)
    wanted = frozenset(scopes or ()) & _offered_scopes(actor).keys()
    with writing(request, "token for programs") as session:
        secret = tokens.add_token(session, actor.person_id, name, wanted, days)
    with office.records.reading() as session:
        return _page(request, session, actor, secret)


@router.post("/account/tokens/{token_id}/revoke")
def revoke_token(request: Request, actor: OwnTokens, token_id: str) -> RedirectResponse:
    """Revoke a token at once · 撤销令牌."""
    _only_people(request)
    with writing(request, "token revoked") as session:
        tokens.revoke_token(session, actor.person_id, token_id)
    return RedirectResponse("/account?done=revoked", HTTPStatus.SEE_OTHER)


def _page(request: Request, session: RecordSession, actor: Actor, secret: str = "") -> HTMLResponse:
    return render(
        request,
        "account/account.html",
        person=session.get_one(Person, actor.person_id),
        sessions=count_sessions(session, actor.person_id),
        tokens=tokens.list_tokens(session, actor.person_id),
        scopes=_offered_scopes(actor),
        days=load_sign_in_rules().offered_token_days,
        secret=secret,
        done=request.query_params.get("done", ""),
    )


def _password_page(request: Request, message: Text | None = None, remedy: Text | None = None) -> HTMLResponse:
    return render(
        request,
        "account/password.html",
        status_code=HTTPStatus.OK if message is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        message=message,
        remedy=remedy,
        forced=request.state.identity.must_change_password,
        rules=load_sign_in_rules(),
    )


def _offered_scopes(actor: Actor) -> dict[str, Text]:
    held = {action.partition(".")[0] for action in load_rights() if may(actor, action)} - _NEVER_BY_TOKEN
    return {scope: label for scope, label in _FAMILIES.items() if scope == "read" or scope in held}


def _only_people(request: Request) -> None:
    if request.state.identity.scopes is not None:
        raise NotAllowed(
            Text("Passwords and tokens are kept by people, not by programs.", "口令与令牌只能由本人管理，不能由程序操作。"),
            Text("Sign in with a browser.", "请在浏览器登录。"),
        )
