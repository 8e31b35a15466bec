"""The first page: for residents, and for who signed in · 首页."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from lantu.interfaces.web.city_drawing import draw_units
from lantu.interfaces.web.dependencies import Reading, TheOffice, requires
from lantu.interfaces.web.navigation import Entry, Offers, Waiting
from lantu.interfaces.web.rendering import entries_for, render
from lantu.stores.records.models import PlanRecord, PlanVersion
from lantu.stores.records.querying import or_, select
from lantu.vocabulary.people import Actor  # noqa: TC001  # FastAPI reads the annotations when it runs
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import datetime as dt

    from lantu.stores.records import RecordSession

router = APIRouter()
navigation = (Entry("/", Text("Home", "首页"), "home", "public.read", order=0),)


@dataclass(frozen=True, slots=True)
class PlanInForce:
    """A plan as residents see it in the list · 现行规划.

    Parameters
    ----------
    name
        Of the plan.
    since
        First day in force.
    approver
        Who approved it.
    """

    name: Text
    since: dt.date | None
    approver: Text


@router.get("/", response_class=HTMLResponse)
def home(request: Request, reading: Reading, office: TheOffice, actor: Annotated[Actor, Depends(requires("public.read"))]) -> HTMLResponse:
    """Show what waits for somebody, or what is planned here · 首页."""
    shortcuts = entries_for(request, in_head=False)
    if actor.is_anonymous:
        return render(
            request,
            "home/public.html",
            shortcuts=shortcuts,
            plans=_plans_in_force(reading, office.city.today),
            drawing=draw_units(office.city.profile, request.state.language),
            map_path=next((entry.path for entry in shortcuts if entry.action == "map.read"), ""),
        )
    offers: Offers = request.app.state.offers
    items = [item for ask in offers.waiting for item in _asked(ask(reading, actor, office.city.today))]
    items.sort(key=lambda item: (not item.overdue, not item.urgent))
    return render(request, "home/home.html", shortcuts=shortcuts, waiting=items)


def _asked(found: object) -> list[Waiting]:
    return [item for item in found if isinstance(item, Waiting)] if isinstance(found, (list, tuple)) else []


def _plans_in_force(session: RecordSession, day: dt.date) -> list[PlanInForce]:
    versions = session.execute(
        select(PlanRecord, PlanVersion)
        .join(PlanVersion, PlanVersion.plan_id == PlanRecord.id)
        .where(PlanVersion.in_force_from <= day, or_(PlanVersion.in_force_until.is_(None), PlanVersion.in_force_until >= day))
        .order_by(PlanRecord.level, PlanRecord.code)
    )
    return [
        PlanInForce(Text(plan.name_en, plan.name_zh), version.in_force_from, Text(plan.approver_en, plan.approver_zh))
        for plan, version in versions
    ]
