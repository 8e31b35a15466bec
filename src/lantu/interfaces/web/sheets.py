"""What pages and API of compliance sheets share · 合规审查表的公共部分."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from lantu.capabilities.plan_making.parcel_sheets import in_force, issuing
from lantu.capabilities.plan_making.parcel_sheets.composing import compose
from lantu.capabilities.plan_making.parcel_sheets.papers import sheet_pdf, sheet_word
from lantu.interfaces.web.dependencies import office, writing
from lantu.interfaces.web.map_access import print_fonts
from lantu.interfaces.web.submitting import unit_of
from lantu.stores.records.models import ParcelSheet
from lantu.vocabulary.errors import InputAmbiguous, LantuError, RecordMissing
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI, Request

    from lantu.capabilities.plan_making.sheet_sources import SheetData
    from lantu.stores.records import RecordSession
    from lantu.vocabulary.people import Actor
    from lantu.vocabulary.text import Language

PAPER_TYPES = {"pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
_WARM_M = 50.0
_lock = threading.Lock()
_log = logging.getLogger("lantu.web")


def sheet_data(app: FastAPI) -> SheetData:
    """Give the stored layers that sheets are drawn from, opened once and again when another plan is in force · 取审查数据.

    Parameters
    ----------
    app
        The application.

    Returns
    -------
    SheetData
        Warm.
    """
    kept = _kept_data(app)
    if kept is not None:
        return kept
    with _lock:
        # Whoever waited here finds what the one before has opened.
        kept = _kept_data(app)
        if kept is not None:
            return kept
        served = app.state.office
        with served.records.reading() as session:
            signature = in_force.signature_of(session, served.city.today)
            data = in_force.data_in_force(session, served.city)
        app.state.sheet_data = (signature, data)
    return data


def _kept_data(app: FastAPI) -> SheetData | None:
    kept: tuple[Any, SheetData] | None = getattr(app.state, "sheet_data", None)
    if kept is None:
        return None
    with app.state.office.records.reading() as session:
        return kept[1] if kept[0] == in_force.signature_of(session, app.state.office.city.today) else None


def warm_up(app: FastAPI) -> None:
    """Open the layers and make one sheet that nobody asked for and nobody keeps · 预热审查数据.

    Parameters
    ----------
    app
        The application.
    """
    city = app.state.office.city
    if city.folder is None:
        return
    try:
        outline = city.unit_outline(next(iter(city.profile.units.values())))
        if outline is None:
            return
        left, bottom, right, top = outline.geometry[0].bounds
        centre = (left + right) / 2, (bottom + top) / 2
        corners = [
            (centre[0] + east, centre[1] + north) for east, north in ((0.0, 0.0), (_WARM_M, 0.0), (_WARM_M, _WARM_M), (0.0, _WARM_M))
        ]
        text = "\n".join(f"{north:.3f},{east:.3f}" for east, north in corners)
        issuing.make_sheet(issuing.Question(issuing.parcels_of_text(text, city)), sheet_data(app), city)
    except LantuError:
        # Whatever is missing is told to the first who asks for a sheet; nobody waits for this one.
        _log.info("no sheets can be made yet")


def issue(  # noqa: PLR0913  # who asks what, and how it is kept
    request: Request,
    actor: Actor,
    question: issuing.Question,
    origin: str,
    *,
    reason: str = "compliance sheet",
    asked: Mapping[str, Any] | None = None,
) -> ParcelSheet:
    """Make a sheet and keep it · 出具并存档.

    Parameters
    ----------
    request
        What came in.
    actor
        Who asks.
    question
        What is asked.
    origin
        ``web`` or ``api``.
    reason
        Why, for the trail.
    asked
        What the asking system said of the case.

    Returns
    -------
    ParcelSheet
        As it is kept.
    """
    sheet = issuing.make_sheet(question, sheet_data(request.app), office(request).city)
    with writing(request, reason) as session:
        return issuing.issue_sheet(session, sheet, origin=origin, unit_code=actor.unit_code, asked=asked)


def sheet_for(session: RecordSession, sheet_id: str, actor: Actor) -> ParcelSheet:
    """Get a kept sheet that who asks may see · 取可见的审查表.

    Parameters
    ----------
    session
        Any session.
    sheet_id
        The sheet.
    actor
        Who asks.

    Returns
    -------
    ParcelSheet
        Another unit's does not exist, save for who asked for it.

    Raises
    ------
    RecordMissing
        If there is none.
    """
    record = session.get(ParcelSheet, sheet_id)
    unit = unit_of(actor, "parcel.read")
    if record is None or (unit is not None and record.unit_code != unit and record.requested_by != actor.person_id):
        raise RecordMissing(Text("There is no such sheet.", "没有该审查表。"), Text("Make one for the parcel.", "请重新出具。"))
    return record


def make_paper(record: ParcelSheet, form: str, language: Language, *, invented: bool) -> bytes:
    """Set a kept sheet as PDF or Word · 生成文书.

    Parameters
    ----------
    record
        The sheet.
    form
        ``pdf`` or ``docx``.
    language
        Its language.
    invented
        Whether the city's data are invented.

    Returns
    -------
    bytes
        The same for the same record, form and language.

    Raises
    ------
    InputAmbiguous
        If the form is neither.
    """
    if form not in PAPER_TYPES:
        raise InputAmbiguous(Text(f"There is no sheet as {form}.", f"没有{form}格式。"), Text("Choose pdf or docx.", "可选pdf或docx。"))
    composed = compose(record.sheet, issuing.stamps_of(record), language, invented=invented)
    if form == "pdf":
        return sheet_pdf(composed, language, print_fonts())
    return sheet_word(composed, record.created_at.date())
