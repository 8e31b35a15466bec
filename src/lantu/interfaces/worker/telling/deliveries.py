"""Messages that arrive: written down with what they tell, signed, sent again until they are taken · 可靠投递."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2

from lantu.interfaces.worker.telling.targets import TargetRefused, check_resolved, check_target
from lantu.interfaces.worker.telling.topics import TOPICS, happenings
from lantu.stores.records.models import Delivery, Event, Webhook
from lantu.stores.records.models.record import now
from lantu.stores.records.querying import func, select
from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.people import Actor

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.stores.records import Database, RecordSession

WAITING, DELIVERED, DEAD = "waiting", "delivered", "dead"
MOST_ATTEMPTS = 8
_FIRST_PAUSE_SECONDS = 30.0
_LONGEST_PAUSE_SECONDS = 6 * 3600.0
# While a message is on its way nobody else sends it; a server killed then leaves it to be sent again after this.
_LEASE_SECONDS = 60.0
_TIMEOUT_SECONDS = 5.0
_POLL_SECONDS = 2.0
_AT_ONCE = 20
_ACTOR = Actor.system("telling")
_log = logging.getLogger("lantu.telling")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Sign a message, so that its receiver knows who sent it and when · 消息签名.

    Parameters
    ----------
    secret
        Known to both sides.
    timestamp
        Seconds since 1970, as the header ``Lantu-Timestamp`` has them.
    body
        The message, byte for byte.

    Returns
    -------
    str
        ``sha256=`` and the HMAC of timestamp, full stop and body.

    Examples
    --------
    >>> signature("secret", "1", b"{}")[:23]
    'sha256=1122767b193110cf'
    """
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def pause_seconds(attempts: int) -> float:
    """Say how long to wait after so many attempts · 重试间隔.

    Parameters
    ----------
    attempts
        Attempts that failed.

    Returns
    -------
    float
        Twice as long each time, six hours at most.

    Examples
    --------
    >>> [pause_seconds(attempts) for attempts in (1, 2, 3, 20)]
    [30.0, 60.0, 120.0, 21600.0]
    """
    return float(min(_FIRST_PAUSE_SECONDS * 2 ** (attempts - 1), _LONGEST_PAUSE_SECONDS))


@dataclass
class Teller:
    """Turns what happened into messages, and sends those that are due · 投递者.

    Everything it must not forget stands in the records: a message is written before it is sent, and what was told last is
    the last message. Restarted, it goes on where it was.

    Parameters
    ----------
    records
        The records.
    allowed
        Hosts to which messages may go.
    moment
        Gives the time.
    """

    records: Database
    allowed: tuple[str, ...]
    moment: Callable[[], dt.datetime] = now
    _read_up_to: dict[str, int] = field(default_factory=dict, init=False)
    _stopping: threading.Event = field(default_factory=threading.Event, init=False)

    def run(self) -> None:
        """Tell until `stop` is called · 持续投递."""
        while not self._stopping.is_set():
            try:
                self.turn()
            except LantuError as error:
                # The database is busy or gone for a moment; nothing is lost, and the next turn tries again.
                _log.warning("%s", error)
            self._stopping.wait(_POLL_SECONDS)

    def stop(self) -> None:
        """Let `run` end after its turn · 停止."""
        self._stopping.set()

    def turn(self) -> int:
        """Write messages for what happened, and send what is due · 执行一轮.

        Returns
        -------
        int
            Messages that were sent, whether they were taken or not.
        """
        self.write_messages()
        return sum(self._send(delivery_id) for delivery_id in self._due())

    def write_messages(self) -> int:
        """Write a message for every address that wants to know of something that happened · 生成消息.

        Returns
        -------
        int
            Messages written.
        """
        with self.records.reading() as session:
            news = [(hook.id, *self._news(session, hook)) for hook in session.scalars(select(Webhook).where(Webhook.active))]
        pending = [(hook_id, found) for hook_id, found, _ in news if found]
        if pending:
            with self.records.writing(_ACTOR, reason="told to webhooks") as session:
                for hook_id, found in pending:
                    told = self._told_up_to(session, hook_id)
                    for payload in found:
                        if payload["sequence"] > told:
                            session.add(Delivery(webhook_id=hook_id, topic=payload["topic"], payload=payload, next_at=self.moment()))
        for hook_id, _, read in news:
            self._read_up_to[hook_id] = read
        return sum(len(found) for _, found in pending)

    def _news(self, session: RecordSession, hook: Webhook) -> tuple[list[dict[str, Any]], int]:
        since = self._read_up_to.get(hook.id)
        if since is None:
            since = self._told_up_to(session, hook.id)
        found, read = happenings(session, since, topics=tuple(hook.topics) or tuple(TOPICS))
        return [item.as_json() for item in found], read

    @staticmethod
    def _told_up_to(session: RecordSession, hook_id: str) -> int:
        """Find the last thing that an address was told; at first what happened last before it was entered."""
        # By what they tell, not by the clock, which may be set back.
        told = session.scalar(select(func.max(Delivery.payload["sequence"].as_integer())).where(Delivery.webhook_id == hook_id)) or 0
        entered = session.scalar(select(func.min(Event.sequence)).where(Event.kind == "webhooks", Event.record_id == hook_id))
        return max(told, entered or 0)

    def _due(self) -> list[str]:
        with self.records.reading() as session:
            query = select(Delivery.id).where(Delivery.state == WAITING, Delivery.next_at <= self.moment())
            return list(session.scalars(query.order_by(Delivery.next_at).limit(_AT_ONCE)))

    def _send(self, delivery_id: str) -> bool:
        with self.records.writing(_ACTOR, reason="on its way") as session:
            delivery = session.find(Delivery, delivery_id)
            hook = session.find(Webhook, delivery.webhook_id)
            if delivery.state != WAITING or delivery.next_at is None or delivery.next_at > self.moment():
                return False
            delivery.attempts += 1
            delivery.next_at = self.moment() + dt.timedelta(seconds=_LEASE_SECONDS)
            attempts, payload, url, secret, active = delivery.attempts, dict(delivery.payload), hook.url, hook.secret, hook.active
        outcome = self._post(url, secret, delivery_id, payload) if active else "the webhook was switched off"
        with self.records.writing(_ACTOR, reason=outcome or "taken") as session:
            delivery = session.find(Delivery, delivery_id)
            if not outcome:
                delivery.state, delivery.next_at = DELIVERED, None
            elif attempts >= MOST_ATTEMPTS or not active:
                delivery.state, delivery.next_at = DEAD, None
            else:
                delivery.next_at = self.moment() + dt.timedelta(seconds=pause_seconds(attempts))
        return True

    def _post(self, url: str, secret: str, delivery_id: str, payload: dict[str, Any]) -> str:
        """Send a message; give what went wrong, nothing where it was taken."""
        body = json.dumps({"id": delivery_id, **payload}, ensure_ascii=False, sort_keys=True).encode()
        timestamp = str(int(self.moment().timestamp()))
        headers = {
            "content-type": "application/json",
            "user-agent": "Lantu",
            "lantu-topic": str(payload["topic"]),
            "lantu-delivery": delivery_id,
            "lantu-timestamp": timestamp,
            "lantu-signature": signature(secret, timestamp, body),
        }
        try:
            check_target(url, self.allowed)
            check_resolved(url)
            # Neither a redirect nor a proxy of the environment may lead the message elsewhere; the answer's body is not read.
            with (
                httpx2.Client(timeout=_TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client,
                client.stream("POST", url, content=body, headers=headers) as answer,
            ):
                return "" if answer.is_success else f"answered {answer.status_code}"
        except TargetRefused:
            return "the address is not allowed"
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            return type(error).__name__
