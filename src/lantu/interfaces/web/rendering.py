"""Pages from templates, in the language of the request · 页面渲染."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context

from lantu import __version__
from lantu.catalogue.rights import may
from lantu.interfaces.web.assets import asset, icon
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request
    from jinja2.runtime import Context

    from lantu.interfaces.web.navigation import Entry, Offers
    from lantu.interfaces.web.office import Office
    from lantu.vocabulary.people import Actor


def render(request: Request, template: str, /, *, status_code: int = 200, **context: object) -> HTMLResponse:
    """Make a page or a panel · 渲染页面.

    Templates know ``t("english", "中文")``, ``text | speak``, ``moment | when``, ``day | day``, ``number | grouped``,
    ``asset(entry)``, ``icon(name)``, ``may(action)``, ``actor``, ``language``, ``city`` and ``request``.

    Parameters
    ----------
    request
        What came in.
    template
        Path below ``templates``.
    status_code
        Of the answer.
    **context
        What the template shows.

    Returns
    -------
    fastapi.responses.HTMLResponse
        Never kept by shared caches where somebody signed in.
    """
    page = _environment().get_template(template).render({**_frame(request), **context})
    return HTMLResponse(page, status_code=status_code)


def entries_for(request: Request, *, in_head: bool) -> list[Entry]:
    """List the entries that who asks may open · 可见导航项.

    Parameters
    ----------
    request
        What came in.
    in_head
        Those of the head, or all with an explanation for the home page.

    Returns
    -------
    list of Entry
        In order.
    """
    offers: Offers = request.app.state.offers
    actor: Actor = request.state.actor
    return [entry for entry in offers.entries if (entry.in_head if in_head else entry.explanation is not None) and may(actor, entry.action)]


def _frame(request: Request) -> dict[str, Any]:
    office: Office = request.app.state.office
    actor: Actor = request.state.actor
    language = request.state.language

    def say(english: str, chinese: str) -> str:
        return chinese if language == "zh" else english

    def may_do(action: str, **where: str | None) -> bool:
        return may(actor, action, **where)

    return {
        "request": request,
        "office": office,
        "city": office.city,
        "invented": office.city.invented,
        "actor": actor,
        "language": language,
        "t": say,
        "now": lambda: dt.datetime.now(dt.UTC),
        "may": may_do,
        "entries": entries_for(request, in_head=True),
        "here": _here(request),
        "version": __version__,
        "zone": office.city.zone,
        "oidc": office.settings.oidc,
    }


def _here(request: Request) -> str:
    query = [(key, value) for key, value in request.query_params.multi_items() if key != "language"]
    path = request.url.path if request.method == "GET" else "/"
    return f"{path}?{urlencode(query)}" if query and request.method == "GET" else path


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("lantu.interfaces.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(asset=asset, icon=icon)
    environment.filters.update(speak=_speak, when=_when, day=_day, grouped=_grouped, exactly=_exactly, places=_places)
    return environment


@pass_context
def _speak(context: Context, value: Text | Mapping[str, str] | str | None) -> str:
    return "" if value is None else Text.of(value).speak(context["language"])


@pass_context
def _when(context: Context, moment: dt.datetime | None) -> str:
    if moment is None:
        return "–"
    local = moment.astimezone(context["zone"])
    return f"{local:%Y-%m-%d %H:%M}"


def _day(date: dt.date | None) -> str:
    return "–" if date is None else date.isoformat()


def _places(value: float) -> int:
    """Count the decimals that somebody wrote; sums of the machine have more, and are cut at six."""
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def _exactly(value: float) -> str:
    """Print a clause's number to the places it was written with.

    >>> _exactly(43.575), _exactly(1200.0), _exactly(0.1 + 0.2)
    ('43.575', '1,200', '0.3')
    """
    return f"{value:,.{_places(value)}f}"


def _grouped(value: float | None, decimals: int = 0) -> str:
    return "–" if value is None else f"{value:,.{decimals}f}"
