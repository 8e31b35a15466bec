"""One parcel: draw, upload or paste; the compliance sheet, on screen and on paper · 单宗地块合规审查."""

from __future__ import annotations

import threading
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from lantu.capabilities.plan_making.parcel_sheets import issuing
from lantu.capabilities.plan_making.sheet_judging import VERDICT_NAMES
from lantu.interfaces.web.dependencies import Reading, TheOffice, requires
from lantu.interfaces.web.navigation import Entry
from lantu.interfaces.web.rendering import render
from lantu.interfaces.web.sheets import PAPER_TYPES, issue, make_paper, sheet_for, warm_up
from lantu.standards.control_lines import load_control_lines
from lantu.stores.records.models import ParcelSheet
from lantu.stores.records.querying import select
from lantu.vocabulary.errors import GeometryInvalid, InputAmbiguous, InputUnreadable
from lantu.vocabulary.layer_definitions import load_layers
from lantu.vocabulary.people import Actor  # noqa: TC001  # the framework reads the annotations
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI

    from lantu.stores.records import RecordSession

router = APIRouter()
_STOP_WITHIN_S = 2.0
navigation = (
    Entry(
        "/parcel",
        Text("One parcel", "地块审查"),
        "parcel",
        "parcel.check",
        order=40,
        explanation=Text("Draw or upload a parcel: every control line and plan in one sheet.", "绘制或上传地块，一表查清全部管控。"),
    ),
)


@dataclass(frozen=True, slots=True)
class _Refused:
    """What was typed and could not be read, and why."""

    coordinates: str = ""
    activity: str = ""
    kind: str = ""
    message: Text | None = None
    remedy: Text | None = None


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the layers and load the engine beside the start, so that the first sheet is no slower than the next · 预热."""
    warming = threading.Thread(target=warm_up, args=(app,), daemon=True)
    warming.start()
    yield
    # A large city that was never read takes minutes, and a server that is told to stop does not wait for what nobody asked for.
    await run_in_threadpool(warming.join, _STOP_WITHIN_S)


@router.get("/parcel", response_class=HTMLResponse)
def parcel(request: Request, reading: Reading, actor: Annotated[Actor, Depends(requires("parcel.check"))]) -> HTMLResponse:
    """Ask for a parcel · 地块审查页面."""
    return _form(request, reading, actor)


def _form(request: Request, reading: RecordSession, actor: Actor, refused: _Refused | None = None) -> HTMLResponse:
    latest = reading.scalars(
        select(ParcelSheet).where(ParcelSheet.requested_by == actor.person_id).order_by(ParcelSheet.created_at.desc()).limit(10)
    ).all()
    return render(
        request,
        "parcel/ask.html",
        status_code=HTTPStatus.OK if refused is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        rules=load_control_lines(),
        latest=latest,
        verdicts=VERDICT_NAMES,
        refused=refused or _Refused(),
    )


@router.post("/parcel")
async def ask(  # noqa: PLR0913, PLR0917  # one parameter per field of the form
    request: Request,
    office: TheOffice,
    actor: Annotated[Actor, Depends(requires("parcel.check"))],
    file: Annotated[UploadFile | None, File()] = None,
    coordinates: Annotated[str, Form(max_length=2_000_000)] = "",
    drawn: Annotated[str, Form(max_length=8_000_000)] = "",
    activity: Annotated[str, Form(max_length=10)] = "",
    kind: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Make and keep the sheet, and show it; what cannot be read comes back in the form with the reason · 出具审查表."""
    content = await file.read() if file is not None and file.filename else b""
    name = file.filename or "" if file is not None else ""

    def work() -> str:
        """Read what was given and keep its sheet · 读入并留存审查表."""
        if content:
            layer = issuing.parcels_of_file(name, content, office.city)
        elif drawn.strip():
            layer = issuing.parcels_of_drawing(drawn, office.city)
        elif coordinates.strip():
            layer = issuing.parcels_of_text(coordinates, office.city)
        else:
            raise InputUnreadable(
                Text("No parcel was given.", "未给出地块。"),
                Text("Draw one, choose a file, or paste coordinates.", "请绘制、上传或粘贴坐标。"),
            )
        question = issuing.Question(layer, activity or None, kind or None)
        return issue(request, actor, question, "web").id

    try:
        sheet_id = await run_in_threadpool(work)
    except (InputUnreadable, InputAmbiguous, GeometryInvalid) as error:
        refused = _Refused(coordinates, activity, kind, error.message, error.remedy)

        def given_back() -> HTMLResponse:
            """Show the form with what was typed · 返回表单."""
            with office.records.reading() as session:
                return _form(request, session, actor, refused)

        return await run_in_threadpool(given_back)
    return RedirectResponse(f"/parcel/{sheet_id}", HTTPStatus.SEE_OTHER)


@router.get("/parcel/{sheet_id}", response_class=HTMLResponse)
def show(request: Request, sheet_id: str, reading: Reading, actor: Annotated[Actor, Depends(requires("parcel.read"))]) -> HTMLResponse:
    """Show a kept sheet · 查看审查表."""
    record = sheet_for(reading, sheet_id, actor)
    return render(
        request,
        "parcel/sheet.html",
        record=record,
        sheet=record.sheet,
        stamps=issuing.stamps_of(record),
        verdicts=VERDICT_NAMES,
        layers=load_layers(),
        bounds=[record.west, record.south, record.east, record.north],
    )


@router.get("/parcel/{sheet_id}/paper.{form}")
def paper(  # noqa: PLR0913, PLR0917  # one parameter per part of the request
    request: Request,
    sheet_id: str,
    form: str,
    reading: Reading,
    office: TheOffice,
    actor: Annotated[Actor, Depends(requires("parcel.read"))],
) -> Response:
    """Give a kept sheet as PDF or Word · 审查表文书."""
    record = sheet_for(reading, sheet_id, actor)
    content = make_paper(record, form, request.state.language, invented=office.city.invented)
    headers = {"Content-Disposition": f'attachment; filename="sheet-{record.id[:12]}.{form}"'}
    return Response(content, media_type=PAPER_TYPES[form], headers=headers)
