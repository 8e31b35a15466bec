"""What happened, by topic, read off the trail · 由留痕读取事件."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lantu.stores.records.models import Event
from lantu.stores.records.querying import select
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.stores.records import RecordSession

TOPICS = {
    "submission.handed_in": Text("A submission was handed in", "报送件已提交"),
    "submission.returned": Text("A submission was returned for correction", "报送件已退回修改"),
    "submission.accepted": Text("A submission was accepted into the plan base", "报送件已入库"),
    "layer.published": Text("A layer was published to the map", "图层已上图发布"),
    "compliance.answered": Text("A compliance request was answered", "合规性审查已答复"),
}
_TOLD_STATES = {
    ("submissions", "handed_in"): "submission.handed_in",
    ("submissions", "returned"): "submission.returned",
    ("submissions", "accepted"): "submission.accepted",
    ("parcel_sheets", "issued"): "compliance.answered",
    ("parcel_sheets", "refused"): "compliance.answered",
}
_PUBLISHED = "map_layers"
_KINDS = ("submissions", "parcel_sheets", _PUBLISHED)
# What a message says of the record; nothing that is drawn, and nothing of persons.
_TOLD_FIELDS = {
    "submissions": ("number", "unit_code", "plan_code", "title", "round", "state"),
    "parcel_sheets": ("origin", "unit_code", "state", "verdict", "area_m2", "document_hash"),
    _PUBLISHED: ("name", "version", "title_en", "title_zh", "unit_code", "visibility", "valid_from", "features"),
}
_LOOKED_AT = 2_000


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, as other systems are told · 一个事件.

    Parameters
    ----------
    sequence
        Its place in the trail.
    at
        When, ISO with zone.
    topic
        One of `TOPICS`.
    subject_id
        Id of the record.
    data
        What else is told.
    """

    sequence: int
    at: str
    topic: str
    subject_id: str
    data: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Give it as plain values · 转为字典.

        Returns
        -------
        dict
            Keys as the attributes.
        """
        return {"sequence": self.sequence, "at": self.at, "topic": self.topic, "subject_id": self.subject_id, "data": dict(self.data)}


def happenings(
    session: RecordSession, since: int, *, topics: Sequence[str] = tuple(TOPICS), limit: int = 100
) -> tuple[list[Happening], int]:
    """Read what happened after a place in the trail · 读取事件.

    Parameters
    ----------
    session
        Any session.
    since
        Place after which to begin; 0 for the beginning.
    topics
        Topics wanted.
    limit
        At most so many.

    Returns
    -------
    tuple of list of Happening and int
        In order, and the place up to which the trail was read: begin there next time.
    """
    found: list[Happening] = []
    while True:
        query = select(Event).where(Event.sequence > since, Event.kind.in_(_KINDS)).order_by(Event.sequence).limit(_LOOKED_AT)
        events = list(session.scalars(query))
        for event in events:
            since = event.sequence
            happening = _told(event)
            if happening is not None and happening.topic in topics:
                found.append(happening)
                if len(found) == limit:
                    return found, since
        if len(events) < _LOOKED_AT:
            return found, since


def _told(event: Event) -> Happening | None:
    after, before = event.after or {}, event.before or {}
    if event.kind == _PUBLISHED:
        topic = "layer.published" if event.action == "created" else None
    else:
        changed = after.get("state") != before.get("state")
        topic = _TOLD_STATES.get((event.kind, str(after.get("state")))) if changed else None
    if topic is None:
        return None
    data = {name: after.get(name) for name in _TOLD_FIELDS[event.kind]}
    if event.kind == "parcel_sheets":
        request = (after.get("sheet") or {}).get("request") or {}
        data["external_number"] = request.get("external_number")
    if topic == "submission.returned":
        data["reason"] = event.reason
    return Happening(event.sequence, event.at.isoformat(timespec="milliseconds"), topic, event.record_id, data)
