"""Addresses that are told what happens, and how that went · 回调管理."""

from __future__ import annotations

import secrets
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from lantu.interfaces.web.dependencies import Reading, TheOffice, requires, writing
from lantu.interfaces.web.navigation import Entry
from lantu.interfaces.web.rendering import render
from lantu.interfaces.worker.telling.deliveries import DEAD, WAITING, Teller
from lantu.interfaces.worker.telling.targets import check_target
from lantu.interfaces.worker.telling.topics import TOPICS
from lantu.stores.records.models import Delivery, Webhook
from lantu.stores.records.models.record import now
from lantu.stores.records.querying import select
from lantu.vocabulary.errors import InputUnreadable
from lantu.vocabulary.people import Actor  # FastAPI reads the annotations when it runs
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

router = APIRouter()
navigation = (
    Entry(
        "/webhooks",
        Text("Webhooks", "回调"),
        "share",
        "doors.read_webhooks",
        order=92,
        explanation=Text("Which systems are told what happens, and how that went.", "将事件告知哪些系统，以及投递情况。"),
        in_head=False,
    ),
)
_SHOWN = 100
_STOP_WITHIN_S = 5.0
_SECRET_BYTES = 32
_SEE_OTHER = 303
_Reader = Annotated[Actor, Depends(requires("doors.read_webhooks"))]
_Keeper = Annotated[Actor, Depends(requires("doors.manage_webhooks"))]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Tell other systems what happens for as long as the application serves · 随应用启停投递.

    Parameters
    ----------
    app
        The application.

    Yields
    ------
    None
        While it serves.
    """
    office = app.state.office
    teller = Teller(office.records, office.settings.webhook_hosts)
    thread = threading.Thread(target=teller.run, name="lantu-telling", daemon=True)
    thread.start()
    yield
    teller.stop()
    await run_in_threadpool(thread.join, _STOP_WITHIN_S)


@router.get("/webhooks", response_class=HTMLResponse)
def webhooks(request: Request, reading: Reading, office: TheOffice, _actor: _Reader) -> HTMLResponse:
    """Show the addresses and the latest messages · 回调列表."""
    hooks = list(reading.scalars(select(Webhook).order_by(Webhook.created_at)))
    latest = list(reading.scalars(select(Delivery).order_by(Delivery.changed_at.desc()).limit(_SHOWN)))
    return render(
        request,
        "doors/webhooks.html",
        hooks=hooks,
        deliveries=latest,
        urls={hook.id: hook.url for hook in hooks},
        topics=TOPICS,
        hosts=office.settings.webhook_hosts,
        secret="",
    )


@router.post("/webhooks", response_class=HTMLResponse)
def add_webhook(
    request: Request,
    office: TheOffice,
    _actor: _Keeper,
    url: Annotated[str, Form(max_length=2000)],
    topics: Annotated[list[str] | None, Form()] = None,
) -> HTMLResponse:
    """Enter an address; its secret is shown this once · 新建回调."""
    check_target(url, office.settings.webhook_hosts)
    chosen = [topic for topic in TOPICS if topic in (topics or [])]
    if not chosen:
        raise InputUnreadable(
            Text("A webhook needs something to tell.", "回调须至少选择一类事件。"),
            Text("Choose at least one topic.", "请至少勾选一类事件。"),
        )
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    with writing(request, "webhook entered") as session:
        session.add(Webhook(url=url, secret=secret, topics=chosen))
    return render(request, "doors/secret.html", secret=secret, url=url)


@router.post("/webhooks/{webhook_id}/switch")
def switch_webhook(request: Request, webhook_id: str, _actor: _Keeper, revision: Annotated[int, Form()]) -> RedirectResponse:
    """Switch an address off, or on again · 停用或启用回调."""
    with writing(request, "webhook switched") as session:
        hook = session.edit(Webhook, webhook_id, revision)
        hook.active = not hook.active
    return RedirectResponse("/webhooks", _SEE_OTHER)


@router.post("/webhooks/deliveries/{delivery_id}/again")
def send_again(request: Request, delivery_id: str, _actor: _Keeper) -> RedirectResponse:
    """Send a message again that was given up · 重新投递."""
    with writing(request, "to be sent again") as session:
        delivery = session.find(Delivery, delivery_id)
        if delivery.state == DEAD:
            delivery.state, delivery.attempts, delivery.next_at = WAITING, 0, now()
    return RedirectResponse("/webhooks", _SEE_OTHER)
