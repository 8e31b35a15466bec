"""Compliance requests of approval systems: a polygon in, a sheet out · 审批系统合规性审查接口."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import shapely
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lantu.capabilities.plan_making.parcel_sheets import issuing
from lantu.catalogue.rights import may
from lantu.interfaces.web.dependencies import Reading, TheOffice, requires
from lantu.interfaces.web.sheets import issue
from lantu.stores.records.models import ParcelSheet
from lantu.vocabulary.errors import GeometryInvalid, LantuError, RecordMissing, ReferenceMismatch
from lantu.vocabulary.layer import layer_from_shapes
from lantu.vocabulary.people import Actor  # FastAPI reads the annotations when it runs
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import CityProfile

_CRS84 = "OGC:CRS84"
_MOST_POINTS = 20_000
_MOST_BODY_BYTES = 4 * 1024 * 1024
router = APIRouter(tags=["doors"], max_body_size=_MOST_BODY_BYTES)
_Asker = Annotated[Actor, Depends(requires("parcel.check"))]
_Position = Annotated[list[float], Field(min_length=2, max_length=3)]
_Ring = Annotated[list[_Position], Field(min_length=4, max_length=_MOST_POINTS)]
_Rings = Annotated[list[_Ring], Field(min_length=1, max_length=1000)]


class Polygon(BaseModel):
    """A polygon of GeoJSON · 面."""

    type: Literal["Polygon"]
    coordinates: _Rings


class MultiPolygon(BaseModel):
    """Several polygons of GeoJSON · 多面."""

    type: Literal["MultiPolygon"]
    coordinates: Annotated[list[_Rings], Field(min_length=1, max_length=1000)]


class ComplianceRequest(BaseModel):
    """What an approval system asks · 审查请求."""

    model_config = ConfigDict(extra="forbid")

    external_number: str = Field(min_length=1, max_length=100, description="Number of the case in the asking system · 来源系统编号")
    geometry: Polygon | MultiPolygon = Field(description="Project boundary, longitude before latitude unless crs says otherwise · 项目范围")
    crs: str = Field(
        _CRS84,
        max_length=20,
        description="Coordinates, x before y: OGC:CRS84, or a system that the city accepts · 坐标系（东坐标在前），须为本市认可",
    )
    name: str = Field("", max_length=200, description="Name of the project · 项目名称")
    project_kind: Literal["urban", "linear", "point", "village", "special", "farming"] | None = Field(
        None, description="Kind of project · 项目类型"
    )
    activity_code: Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"] | None = Field(
        None, description="Limited activity in the redline · 红线内有限人为活动"
    )
    land_use_code: str | None = Field(None, max_length=20, description="What is to be built · 拟用地类")


class ComplianceAnswer(BaseModel):
    """The answer to a request · 审查结果."""

    id: str
    state: str = Field(description="requested, issued or refused · 状态")
    verdict: str = Field(description="block, review, not_checked or clear · 结论")
    external_number: str | None
    document_hash: str = Field(description="SHA-256 of the sheet · 审查单哈希")
    layer_versions: dict[str, Any] = Field(description="Versions that it was computed with · 所用图层版本")
    sheet: dict[str, Any] = Field(description="The sheet · 审查单")


@router.post("/compliance-requests", status_code=201, response_model=ComplianceAnswer)
def ask_compliance(request: Request, response: Response, office: TheOffice, actor: _Asker, asked: ComplianceRequest) -> ComplianceAnswer:
    """Hold a project against the control lines and plans, and issue its sheet · 提交合规性审查请求.

    Answered at once. The sheet is recorded and can be read again under its id; the webhook and feed topic
    ``compliance.answered`` tells others.
    """
    question = issuing.Question(_parcel(asked, office.city.profile), asked.activity_code, asked.project_kind)
    reason = f"compliance request {asked.external_number}"
    record = issue(request, actor, question, "api", reason=reason, asked=asked.model_dump(exclude={"geometry"}))
    answer = _answer(record)
    response.headers["location"] = f"/api/v1/compliance-requests/{answer.id}"
    return answer


@router.get("/compliance-requests/{request_id}", response_model=ComplianceAnswer)
def read_compliance(request_id: str, reading: Reading, actor: Annotated[Actor, Depends(requires("parcel.read"))]) -> ComplianceAnswer:
    """Read the answer to a request again · 查看审查结果."""
    record = reading.get(ParcelSheet, request_id)
    if record is None or record.origin != "api" or not _reads(actor, record):
        raise RecordMissing(
            Text("There is no such request, or it is not open to you.", "没有该请求，或未向您开放。"),
            Text("Check the id.", "请核对编号。"),
        )
    return _answer(record)


def _reads(actor: Actor, record: ParcelSheet) -> bool:
    return record.requested_by == actor.person_id or may(actor, "parcel.read", unit_code=record.unit_code)


def _answer(record: ParcelSheet) -> ComplianceAnswer:
    asked = record.sheet.get("request", {})
    return ComplianceAnswer(
        id=record.id,
        state=record.state,
        verdict=record.verdict,
        external_number=asked.get("external_number"),
        document_hash=record.document_hash,
        layer_versions=record.layer_versions,
        sheet={name: value for name, value in record.sheet.items() if name != "request"},
    )


def _parcel(asked: ComplianceRequest, profile: CityProfile) -> Layer:
    """Read the boundary, in its own CRS, which the city has to accept; what is no area on the earth is refused."""
    from lantu.interfaces.ogc.reference_systems import brought_in, degrees_shape, is_geographic  # noqa: PLC0415  # only requests with a boundary need it

    if asked.crs not in {_CRS84, *profile.accepted_crs}:
        accepted = ", ".join((_CRS84, *profile.accepted_crs))
        raise ReferenceMismatch(
            Text(f"The city does not accept coordinates in {asked.crs}.", f"本市不接受{asked.crs}坐标。"),
            Text(f"Send them in one of {accepted}.", f"请使用以下之一：{accepted}。"),
        )
    try:
        shape = shapely.force_2d(shapely.from_geojson(asked.geometry.model_dump_json()))
    except shapely.errors.GEOSException as error:
        raise _unfit() from error
    points = shapely.get_coordinates(shape)
    if len(points) > _MOST_POINTS or not np.isfinite(points).all() or not shapely.is_valid(shape) or shapely.area(shape) <= 0:
        raise _unfit()
    if not np.isfinite(shapely.get_coordinates(degrees_shape(shape, asked.crs))).all():
        raise _unfit()
    codes = {"land_use_code": [asked.land_use_code]} if asked.land_use_code else {}
    crs = asked.crs
    if crs == _CRS84:
        crs = next((code for code in profile.accepted_crs if is_geographic(code)), profile.crs)
        if not is_geographic(crs):
            shape = brought_in(shape, _CRS84, crs)
            if not np.isfinite(shapely.get_coordinates(shape)).all() or not shapely.is_valid(shape):
                raise _unfit()
    return layer_from_shapes("parcel", {asked.external_number: shape}, crs=crs, **codes)


def _unfit() -> LantuError:
    return GeometryInvalid(
        Text("The boundary is no sound area in the reference system that was named.", "项目范围在所述坐标系中不是有效的面。"),
        Text(
            f"Send a valid polygon with up to {_MOST_POINTS} points, x before y.", f"请提交有效的面，不超过{_MOST_POINTS}个点，东坐标在前。"
        ),
    )
