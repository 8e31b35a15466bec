"""What happened, for systems that come and ask · 事件流接口."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from lantu.interfaces.web.dependencies import Reading, requires
from lantu.interfaces.worker.telling.topics import TOPICS, happenings
from lantu.vocabulary.errors import InputUnreadable
from lantu.vocabulary.people import Actor  # noqa: TC001  # FastAPI reads the annotations when it runs
from lantu.vocabulary.text import Text

router = APIRouter(tags=["doors"])
_LARGEST_SEQUENCE = 2**53


class FeedEntry(BaseModel):
    """One thing that happened · 一个事件."""

    sequence: int = Field(description="Place in the trail · 留痕序号")
    at: str = Field(description="When · 时间")
    topic: str = Field(description="What · 事件类型")
    subject_id: str = Field(description="Id of the record · 记录编号")
    data: dict[str, Any] = Field(description="What else is told · 其他内容")


class Feed(BaseModel):
    """A stretch of the feed · 一段事件流."""

    entries: list[FeedEntry]
    last: int = Field(description="Give this as since next time · 下次请以此作为since")


@router.get("/feed", response_model=Feed)
def feed(
    reading: Reading,
    _actor: Annotated[Actor, Depends(requires("doors.feed"))],
    since: Annotated[int, Query(ge=0, le=_LARGEST_SEQUENCE, description="`last` of the answer before · 上次应答的last")] = 0,
    topics: Annotated[str | None, Query(max_length=500, description="Topics joined by commas · 事件类型，逗号分隔")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many · 条数上限")] = 100,
) -> Feed:
    """Read what happened since a place in the trail · 读取事件流.

    Submissions handed in, returned and accepted, layers published, compliance requests answered; in order, each once.
    """
    wanted = tuple(TOPICS) if topics is None else tuple(topics.split(","))
    unknown = [name for name in wanted if name not in TOPICS]
    if unknown:
        raise InputUnreadable(
            Text("There is no such topic.", "没有该事件类型。"),
            Text(f"Choose from {', '.join(TOPICS)}.", f"可选：{'、'.join(TOPICS)}。"),
        )
    found, last = happenings(reading, since, topics=wanted, limit=limit)
    return Feed(entries=[FeedEntry(**item.as_json()) for item in found], last=last)
