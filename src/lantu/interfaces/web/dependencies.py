"""What routes ask for: a right, the office, a session of the records · 路由依赖."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Request

from lantu.catalogue.rights import may, right
from lantu.interfaces.web.office import Office
from lantu.interfaces.web.security import foreign_form, is_foreign
from lantu.stores.records import RecordSession
from lantu.vocabulary.errors import LantuError, NotAllowed
from lantu.vocabulary.people import Actor  # noqa: TC001  # FastAPI reads the annotations when it runs
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.routing import APIRoute

    from lantu.interfaces.web.identity import Identity

# Whoever must replace the first password may do that, leave, or switch the language.
_OPEN_BEFORE_CHANGE = frozenset({"office.own_account", "office.sign_out", "office.language"})


class SignInNeeded(LantuError):
    """Only people who signed in may see this · 需要登录."""

    http_status = 401


class PasswordChangeNeeded(LantuError):
    """The first password must be replaced before anything else · 须先修改初始口令."""

    http_status = 403


@dataclass(frozen=True, slots=True)
class Requires:
    """Lets pass whom the table of rights lets pass · 权限要求.

    Parameters
    ----------
    action
        Name in ``catalogue/rights.yaml``; the walk of the rights reads it from here.
    """

    action: str

    async def __call__(self, request: Request) -> Actor:
        """Let the actor pass, or say why not; waits for nothing, so it takes no thread · 校验权限.

        Parameters
        ----------
        request
            What came in.

        Returns
        -------
        Actor
            Who asks. Where the right holds for the own unit only, the capability looks at the unit.

        Raises
        ------
        ForeignForm
            If it writes and comes from somebody else's page.
        SignInNeeded
            If nobody signed in and that would help.
        PasswordChangeNeeded
            If the first password stands.
        NotAllowed
            If the person may not.
        """
        if is_foreign(request, request.method, office(request).settings):
            raise foreign_form()
        known: Identity = request.state.identity
        if known.bad_token:
            raise SignInNeeded(
                Text("The token is unknown, expired or revoked.", "令牌无效、已过期或已撤销。"),
                Text("Make a new one on the page of your account.", "请在账号页面新建令牌。"),
            )
        if known.must_change_password and self.action not in _OPEN_BEFORE_CHANGE:
            raise PasswordChangeNeeded(
                Text("The first password must be replaced before anything else.", "须先修改初始口令。"),
                Text("Choose a new one on the page of your account.", "请在账号页面设置新口令。"),
            )
        if not may(known.actor, self.action):
            raise refusal(known.actor)
        if known.scopes is not None and not in_scope(self.action, known.scopes):
            raise NotAllowed(
                Text(f"The token is not good for {self.action}.", f"令牌的授权范围不含{self.action}。"),
                Text("Make one with that scope on the page of your account.", "请在账号页面新建含此范围的令牌。"),
            )
        return known.actor


def refusal(actor: Actor) -> LantuError:
    """Say that somebody may not do this · 拒绝访问.

    Parameters
    ----------
    actor
        Who asks.

    Returns
    -------
    LantuError
        `SignInNeeded` for a visitor, `NotAllowed` for who signed in.
    """
    if actor.is_anonymous:
        return SignInNeeded(
            Text("This is open to people who signed in.", "此内容须登录后查看。"),
            Text("Sign in.", "请登录。"),
        )
    roles = sorted(actor.roles)
    english, chinese = ", ".join(role.label.en for role in roles), "、".join(role.label.zh for role in roles)
    return NotAllowed(
        Text(f"Your roles ({english}) do not include this.", f"您的角色（{chinese}）无此权限。"),
        Text("Ask whom it belongs to, or your administrator if your role is wrong.", "请联系有权人员；如角色有误，请联系系统管理员。"),
    )


def in_scope(action: str, scopes: frozenset[str]) -> bool:
    """Tell whether a token is good for an action · 是否在授权范围内.

    Parameters
    ----------
    action
        Such as ``map.read``.
    scopes
        ``read`` for everything that only reads, families such as ``parcel``, or actions.

    Returns
    -------
    bool
        True where one of them covers it.
    """
    return action in scopes or action.partition(".")[0] in scopes or ("read" in scopes and not right(action).writes)


def requires(action: str) -> Requires:
    """Declare what a route needs: ``Depends(requires("submission.create"))`` · 声明所需权限.

    Parameters
    ----------
    action
        Name in ``catalogue/rights.yaml``.

    Returns
    -------
    Requires
        The dependency, which gives the actor.
    """
    return Requires(action)


def actions_of(route: APIRoute) -> tuple[str, ...]:
    """Read which rights a route declares · 路由所声明的权限.

    Parameters
    ----------
    route
        Of the application.

    Returns
    -------
    tuple of str
        Empty for a route that forgot it.
    """
    return tuple(part.call.action for part in route.dependant.dependencies if isinstance(part.call, Requires))


def office(request: Request) -> Office:
    """Give the office that is served · 取办公环境.

    Parameters
    ----------
    request
        What came in.

    Returns
    -------
    Office
        City, records, folders, settings.
    """
    return cast("Office", request.app.state.office)


def reading(request: Request) -> Iterator[RecordSession]:
    """Give a session that reads one consistent state: ``Depends(reading)`` · 读会话.

    Parameters
    ----------
    request
        What came in.

    Yields
    ------
    RecordSession
        Closed after the answer.
    """
    with office(request).records.reading() as session:
        yield session


@contextmanager
def writing(request: Request, reason: str = "") -> Iterator[RecordSession]:
    """Write in one transaction as who asks: ``with writing(request, "…") as session:`` · 写会话.

    Parameters
    ----------
    request
        What came in.
    reason
        Why, for the trail.

    Yields
    ------
    RecordSession
        Committed, and on the disk, when the block is left.
    """
    with office(request).records.writing(request.state.actor, reason) as session:
        yield session


TheOffice = Annotated[Office, Depends(office)]
Reading = Annotated[RecordSession, Depends(reading)]
