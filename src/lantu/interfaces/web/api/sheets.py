"""Compliance sheets for programs · 合规审查接口."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from lantu.capabilities.plan_making.parcel_sheets import issuing
from lantu.interfaces.web.dependencies import Reading, TheOffice, requires
from lantu.interfaces.web.sheets import PAPER_TYPES, issue, make_paper, sheet_for
from lantu.vocabulary.errors import InputUnreadable
from lantu.vocabulary.people import Actor  # noqa: TC001  # the framework reads the annotations
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.stores.records.models import ParcelSheet

router = APIRouter(tags=["sheets"])


class Parcel(BaseModel):
    """A parcel or project to be held against the plans: GeoJSON in degrees of CGCS2000, or the text of a coordinate file · 待审地块."""

    geometry: dict[str, Any] | None = None
    coordinates: str | None = Field(default=None, max_length=2_000_000)
    activity: str | None = Field(default=None, max_length=10)
    kind: str | None = Field(default=None, max_length=20)


@router.post("/sheets", status_code=HTTPStatus.CREATED)
def make(request: Request, parcel: Parcel, office: TheOffice, actor: Annotated[Actor, Depends(requires("parcel.check"))]) -> dict[str, Any]:
    """Hold a parcel against every control line and plan in force, and keep the sheet · 出具合规审查表."""
    if parcel.geometry is not None:
        layer = issuing.parcels_of_geojson(parcel.geometry, office.city)
    elif parcel.coordinates:
        layer = issuing.parcels_of_text(parcel.coordinates, office.city)
    else:
        raise InputUnreadable(
            Text("No parcel was given.", "未给出地块。"), Text("Give geometry or coordinates.", "请给出geometry或coordinates。")
        )
    return plain_sheet(issue(request, actor, issuing.Question(layer, parcel.activity, parcel.kind), "api"))


@router.get("/sheets/{sheet_id}")
def show(sheet_id: str, reading: Reading, actor: Annotated[Actor, Depends(requires("parcel.read"))]) -> dict[str, Any]:
    """Give a kept sheet · 查看审查表."""
    return plain_sheet(sheet_for(reading, sheet_id, actor))


@router.get("/sheets/{sheet_id}/paper.{form}")
def paper(  # noqa: PLR0913, PLR0917  # one parameter per part of the request
    request: Request,
    sheet_id: str,
    form: Literal["pdf", "docx"],
    reading: Reading,
    office: TheOffice,
    actor: Annotated[Actor, Depends(requires("parcel.read"))],
) -> Response:
    """Give a kept sheet as PDF or Word · 审查表文书."""
    record = sheet_for(reading, sheet_id, actor)
    content = make_paper(record, form, request.state.language, invented=office.city.invented)
    return Response(
        content, media_type=PAPER_TYPES[form], headers={"Content-Disposition": f'attachment; filename="sheet-{record.id[:12]}.{form}"'}
    )


def plain_sheet(record: ParcelSheet) -> dict[str, Any]:
    """Give a kept sheet as plain values · 审查表转为字典.

    Parameters
    ----------
    record
        The sheet.

    Returns
    -------
    dict
        With the versions and the hash by which it can be made again.
    """
    return {
        "id": record.id,
        "verdict": record.verdict,
        "state": record.state,
        "created_at": record.created_at,
        "document_hash": record.document_hash,
        "layer_versions": record.layer_versions,
        "sheet": record.sheet,
        "pdf": f"/api/v1/sheets/{record.id}/paper.pdf",
        "docx": f"/api/v1/sheets/{record.id}/paper.docx",
    }
