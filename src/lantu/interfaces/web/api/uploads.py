"""Uploads for programs and for the page's script: announce, send pieces, finish · 分块上传接口."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from lantu.capabilities.plan_making.submissions import chunked_files, lifecycle, uploads
from lantu.interfaces.web.dependencies import TheOffice, requires, writing
from lantu.interfaces.web.submitting import require_for, start_examination, submission_for
from lantu.stores.records.models import Upload
from lantu.vocabulary.errors import RecordMissing
from lantu.vocabulary.people import Actor
from lantu.vocabulary.text import Text

router = APIRouter(tags=["submissions"])
_ACTION = "submission.upload"
Uploader = Annotated[Actor, Depends(requires(_ACTION))]
UploadId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]


class Announcement(BaseModel):
    """A file that is about to be sent · 上传申报."""

    name: str = Field(min_length=1, max_length=500)
    size_bytes: int = Field(gt=0, le=1 << 50)
    sha256: str = Field(default="", max_length=64)


@router.post("/submissions/{submission_id}/uploads", status_code=HTTPStatus.CREATED)
def announce(request: Request, submission_id: str, announced: Announcement, office: TheOffice, actor: Uploader) -> dict[str, Any]:
    """Announce a file; the answer says where its pieces go · 登记上传."""
    with writing(request, "upload announced") as session:
        submission = submission_for(request, session, submission_id, _ACTION)
        require_for(actor, _ACTION, submission.unit_code)
        upload = uploads.begin_upload(
            session,
            office.folders.uploads,
            actor,
            name=announced.name,
            size_bytes=announced.size_bytes,
            sha256=announced.sha256,
            unit_code=submission.unit_code,
            limit_mb=office.settings.upload_limit_mb,
        )
        return _plain(upload, 0)


@router.head("/uploads/{upload_id}")
def offset(upload_id: UploadId, office: TheOffice, actor: Annotated[Actor, Depends(requires("submission.read"))]) -> Response:
    """Say how much of a file has arrived · 查询偏移量."""
    upload = _own(office, actor, upload_id)
    have = chunked_files.received_bytes(uploads.part_of(office.folders.uploads, upload_id))
    return Response(headers={"Upload-Offset": str(have), "Upload-Length": str(upload.size_bytes), "Cache-Control": "no-store"})


@router.patch("/uploads/{upload_id}", status_code=HTTPStatus.NO_CONTENT)
async def append(  # noqa: PLR0913, PLR0917  # one parameter per part of the request
    request: Request,
    upload_id: UploadId,
    office: TheOffice,
    actor: Uploader,
    upload_offset: Annotated[int, Header(ge=0, le=1 << 50)],
    upload_checksum: Annotated[str, Header(max_length=80)] = "",
) -> Response:
    """Append a piece; what was acknowledged is on the disk · 追加分块."""
    upload = await run_in_threadpool(_own, office, actor, upload_id)
    uploads.require_receiving(upload)
    path = uploads.part_of(office.folders.uploads, upload_id)
    expected = upload_checksum.removeprefix("sha256 ")
    have = await chunked_files.append_piece(path, upload_offset, upload.size_bytes, request.stream(), expected)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Upload-Offset": str(have)})


@router.delete("/uploads/{upload_id}", status_code=HTTPStatus.NO_CONTENT)
def drop(request: Request, upload_id: UploadId, office: TheOffice, actor: Uploader) -> Response:
    """Give an upload up · 放弃上传."""
    _own(office, actor, upload_id)
    with writing(request, "upload given up") as session:
        uploads.drop_upload(session, office.folders.uploads, upload_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/submissions/{submission_id}/uploads/{upload_id}/finish")
def finish(request: Request, submission_id: str, upload_id: UploadId, office: TheOffice, actor: Uploader) -> dict[str, Any]:
    """Close an upload, make it the submission's package, and have it diagnosed and checked · 完成上传并发起质检."""
    _own(office, actor, upload_id)
    hashed = uploads.hash_arrived(office.folders.uploads, upload_id)
    with writing(request, "package received") as session:
        submission = submission_for(request, session, submission_id, _ACTION)
        upload = uploads.finish_upload(session, office.folders.uploads, upload_id, hashed)
        lifecycle.attach_package(session, office.folders.root, submission, upload_id)
        answer = _plain(upload, upload.size_bytes)
    return {**answer, "job": start_examination(request, submission_id)}


def _own(office: TheOffice, actor: Actor, upload_id: str) -> Upload:
    with office.records.reading() as session:
        upload = session.get(Upload, upload_id)
    if upload is None or upload.unit_code != actor.unit_code:
        raise RecordMissing(Text("There is no such upload.", "没有该上传。"), Text("Announce the file anew.", "请重新登记上传。"))
    return upload


def _plain(upload: Upload, received: int) -> dict[str, Any]:
    return {
        "id": upload.id,
        "name": upload.name,
        "size_bytes": upload.size_bytes,
        "received_bytes": received,
        "state": upload.state,
        "sha256": upload.sha256,
        "pieces": f"/api/v1/uploads/{upload.id}",
    }
