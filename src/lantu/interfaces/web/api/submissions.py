"""Submissions for programs: everything that the pages do · 报审接口."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # the framework reads the annotations
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Query, Request, Response, UploadFile
from pydantic import BaseModel, Field

from lantu.capabilities.plan_making.submissions import board, documents, examining, exports, findings, lifecycle, steps
from lantu.capabilities.plan_making.submissions.refusals import SubmissionUnknown
from lantu.interfaces.web.dependencies import Reading, TheOffice, requires, writing
from lantu.interfaces.web.drafts import draft_of
from lantu.interfaces.web.submitting import (
    finding_filter,
    job_for,
    latest_job,
    require_for,
    start_examination,
    start_publishing,
    submission_for,
    unit_of,
)
from lantu.interfaces.worker.asking import ask_to_stop
from lantu.stores.records.models import CheckRunRecord, FindingAnswer, FindingRecordRow, Job, Submission
from lantu.stores.records.querying import func, select
from lantu.vocabulary.people import Actor
from lantu.vocabulary.text import Text

router = APIRouter(tags=["submissions"])
Reader = Annotated[Actor, Depends(requires("submission.read"))]
Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]


class NewSubmission(BaseModel):
    """A submission to be started · 新建报审件."""

    unit_code: str = Field(min_length=1, max_length=20)
    plan_code: str = Field(min_length=1, max_length=100)
    title: str = Field(default="", max_length=300)


class Reason(BaseModel):
    """Why something is done · 理由."""

    reason: str = Field(min_length=1, max_length=4000)


class Answer(BaseModel):
    """An answer to a finding · 问题答复."""

    kind: Literal["fix", "exception"]
    reason: str = Field(default="", max_length=4000)
    revision: int | None = Field(default=None, ge=0, le=1 << 31)


class Decision(BaseModel):
    """A decision on an exception · 例外认定."""

    decision: Literal["granted", "refused"]
    reason: str = Field(min_length=1, max_length=4000)
    revision: int | None = Field(default=None, ge=0, le=1 << 31)


class Acceptance(BaseModel):
    """The approver's document · 批准文件."""

    number: str = Field(min_length=1, max_length=200)
    date: dt.date
    in_force_from: dt.date
    document: str = Field(min_length=1, max_length=300)


@router.get("/submissions")
def submissions(reading: Reading, actor: Reader, state: str = "", limit: Limit = 100, offset: Offset = 0) -> dict[str, Any]:
    """List submissions, the latest first · 报审列表."""
    query = select(Submission)
    unit = unit_of(actor, "submission.read")
    if unit is not None:
        query = query.where(Submission.unit_code == unit)
    if state:
        query = query.where(Submission.state == state[:40])
    matched = reading.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = reading.scalars(query.order_by(Submission.created_at.desc(), Submission.number).limit(limit).offset(offset)).all()
    return {"matched": matched, "submissions": [plain_submission(row) for row in rows]}


@router.post("/submissions", status_code=HTTPStatus.CREATED)
def create(
    request: Request, new: NewSubmission, office: TheOffice, actor: Annotated[Actor, Depends(requires("submission.create"))]
) -> dict[str, Any]:
    """Start a submission of the own unit's plan · 新建报审件."""
    require_for(actor, "submission.create", new.unit_code)
    with writing(request, "submission started") as session:
        submission = lifecycle.create_submission(
            session, unit_code=new.unit_code, plan_code=new.plan_code, title=new.title, today=office.city.today
        )
        return plain_submission(submission)


@router.get("/submissions/{submission_id}")
def submission(request: Request, submission_id: str, reading: Reading, actor: Reader) -> dict[str, Any]:
    """Show a submission with its steps, its check and what may be done now · 报审详情."""
    found = submission_for(request, reading, submission_id)
    run = lifecycle.current_run(reading, found)
    job = latest_job(reading, submission_id)
    return {
        **plain_submission(found),
        "steps": [
            {"state": step.state, "entered_at": step.entered_at, "left_at": step.left_at, "working_seconds": step.working_seconds}
            for step in steps.steps_of(reading, submission_id)
        ],
        "check": None if run is None else _plain_run(run),
        "job": None if job is None else _plain_job(job),
        "may": [step.name for step in steps.open_to(found, actor)],
        "clock": _plain_clock(reading, found),
    }


@router.get("/submissions/{submission_id}/diagnosis")
def diagnosis(  # noqa: PLR0913, PLR0917  # one parameter per part of the request
    request: Request,
    submission_id: str,
    reading: Reading,
    office: TheOffice,
    actor: Reader,
    round_number: Annotated[int | None, Query(alias="round", ge=1, le=10_000)] = None,
) -> dict[str, Any]:
    """Say what each file of a round's package is · 文件诊断."""
    del actor
    found = submission_for(request, reading, submission_id)
    return examining.read_diagnosis(office.folders.root, submission_id, round_number or found.round) or {"files": []}


@router.post("/submissions/{submission_id}/check", status_code=HTTPStatus.ACCEPTED)
def check(request: Request, submission_id: str, actor: Annotated[Actor, Depends(requires("submission.check_own"))]) -> dict[str, Any]:
    """Have the package checked in the background · 发起质检."""
    del actor
    return {"job": start_examination(request, submission_id)}


@router.get("/submissions/{submission_id}/findings")
def list_findings(  # noqa: PLR0913, PLR0917  # one parameter per part of the request
    request: Request, submission_id: str, reading: Reading, actor: Reader, limit: Limit = 50, offset: Offset = 0
) -> dict[str, Any]:
    """List findings of the present round; filters: severity, theme, code, change, answered, text, bbox · 问题列表."""
    del actor
    run = _run(request, reading, submission_id)
    page = findings.list_findings(reading, submission_id, run, finding_filter(request), limit=limit, offset=offset)
    return {"matched": page.matched, "findings": [plain_finding(row, page.answers.get(row.key)) for row in page.rows]}


@router.get("/submissions/{submission_id}/findings.geojson")
def findings_geojson(request: Request, submission_id: str, reading: Reading, actor: Reader) -> dict[str, Any]:
    """Give the findings that have a place, with the same filters · 问题GeoJSON."""
    del actor
    return findings.findings_on_map(reading, submission_id, _run(request, reading, submission_id), finding_filter(request))


@router.get("/submissions/{submission_id}/difference")
def difference(request: Request, submission_id: str, reading: Reading, actor: Reader) -> dict[str, Any]:
    """Compare the present round with the one before · 轮次差异."""
    del actor
    found = submission_for(request, reading, submission_id)
    told = findings.difference(reading, submission_id, found.round)
    if told is None:
        return {"earlier": None, "new": 0, "still": 0, "fixed": []}
    return {"earlier": told.earlier, "new": told.new, "still": told.still, "fixed": [plain_finding(row, None) for row in told.fixed[:1000]]}


@router.put("/submissions/{submission_id}/findings/{key}/answer")
def answer(
    request: Request, submission_id: str, key: str, given: Answer, actor: Annotated[Actor, Depends(requires("submission.answer"))]
) -> dict[str, Any]:
    """Answer a finding: it will be mended, or stays as an exception for a reason · 答复问题."""
    del actor
    with writing(request, "finding answered") as session:
        found = submission_for(request, session, submission_id)
        made = lifecycle.answer_finding(session, found, key, given.kind, given.reason, revision=given.revision)
        session.flush()
        return plain_answer(made)


@router.put("/submissions/{submission_id}/findings/{key}/decision")
def decide(
    request: Request,
    submission_id: str,
    key: str,
    given: Decision,
    actor: Annotated[Actor, Depends(requires("submission.decide_exception"))],
) -> dict[str, Any]:
    """Grant or refuse an exception · 例外认定."""
    del actor
    with writing(request, "exception decided") as session:
        found = submission_for(request, session, submission_id)
        made = lifecycle.decide_exception(session, found, key, given.decision, given.reason, revision=given.revision)
        session.flush()
        return plain_answer(made)


@router.post("/submissions/{submission_id}/hand-in")
def hand_in(request: Request, submission_id: str, actor: Annotated[Actor, Depends(requires("submission.hand_in"))]) -> dict[str, Any]:
    """Hand a submission in · 提交报审."""
    del actor
    with writing(request, "handed in") as session:
        found = submission_for(request, session, submission_id)
        lifecycle.hand_in(session, found)
        return plain_submission(found)


@router.post("/submissions/{submission_id}/take-up")
def take_up(request: Request, submission_id: str, actor: Annotated[Actor, Depends(requires("submission.review"))]) -> dict[str, Any]:
    """Take up the review · 受理审查."""
    del actor
    with writing(request, "taken up") as session:
        found = submission_for(request, session, submission_id)
        lifecycle.take_up(session, found)
        return plain_submission(found)


@router.post("/submissions/{submission_id}/return")
def give_back(
    request: Request, submission_id: str, why: Reason, actor: Annotated[Actor, Depends(requires("submission.return"))]
) -> dict[str, Any]:
    """Return a submission with reasons · 退回报审件."""
    del actor
    with writing(request, why.reason) as session:
        found = submission_for(request, session, submission_id)
        lifecycle.give_back(session, found, why.reason)
        return plain_submission(found)


@router.post("/submissions/{submission_id}/withdraw")
def withdraw(
    request: Request, submission_id: str, why: Reason, actor: Annotated[Actor, Depends(requires("submission.withdraw"))]
) -> dict[str, Any]:
    """Withdraw the own unit's submission · 撤回报审件."""
    del actor
    with writing(request, why.reason) as session:
        found = submission_for(request, session, submission_id)
        lifecycle.withdraw(session, found, why.reason)
        return plain_submission(found)


@router.post("/submissions/{submission_id}/documents", status_code=HTTPStatus.CREATED)
def attach_document(
    request: Request,
    submission_id: str,
    document: Annotated[UploadFile, File()],
    office: TheOffice,
    actor: Annotated[Actor, Depends(requires("submission.accept"))],
) -> dict[str, Any]:
    """Keep the approver's document; its name is then given with the acceptance · 上传批准文件."""
    del actor
    with writing(request, "document received") as session:
        submission_for(request, session, submission_id)
        kept = documents.keep_document(office.folders.root, document.filename or "", document.file.read())
        office.records.note(session, lifecycle.KIND, submission_id, "document received", {"document": kept})
    return {"document": kept}


@router.post("/submissions/{submission_id}/accept")
def accept(
    request: Request,
    submission_id: str,
    given: Acceptance,
    office: TheOffice,
    actor: Annotated[Actor, Depends(requires("submission.accept"))],
) -> dict[str, Any]:
    """Take a submission into the plan base by the approver's document · 成果入库."""
    del actor
    documents.find_document(office.folders.root, given.document)
    approval = lifecycle.Approval(given.number, given.date, given.in_force_from, given.document)
    with writing(request, f"accepted by {given.number}") as session:
        found = submission_for(request, session, submission_id)
        version = lifecycle.accept(session, found, approval)
        answer = {**plain_submission(found), "version": version.number, "in_force_from": version.in_force_from}
    return {**answer, "job": start_publishing(request, submission_id)}


@router.get("/submissions/{submission_id}/reports/{form}")
def report(  # noqa: PLR0913, PLR0917  # one parameter per part of the request
    request: Request,
    submission_id: str,
    form: str,
    reading: Reading,
    office: TheOffice,
    actor: Annotated[Actor, Depends(requires("submission.export"))],
    language: Literal["en", "zh"] | None = None,
) -> Response:
    """Give a report of the present round: html, xlsx, docx, gpkg, json, sarif, or all as zip · 导出报告."""
    del actor
    found = submission_for(request, reading, submission_id, "submission.export")
    run = _run(request, reading, submission_id)
    content = exports.export_run(office.folders.root / run.run_path, form, language or request.state.language)
    with writing(request, "report exported") as session:
        office.records.note(session, lifecycle.KIND, submission_id, "exported", {"form": form, "round": found.round})
    name = f"{found.number}-{found.round}.{form}"
    # The page of a report carries its own styles and scripts: it is saved, never opened inside the application.
    return Response(content, media_type=exports.MEDIA_TYPES[form], headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/submissions/{submission_id}/map")
def map_of(request: Request, submission_id: str, reading: Reading, office: TheOffice, actor: Reader) -> dict[str, Any]:
    """Say what the map shows of a submission: its drawn layers and its findings · 报审件地图."""
    del actor
    found = submission_for(request, reading, submission_id)
    draft = draft_of(office, reading, found)
    layers = [] if draft is None else draft.describe(office.city.classifications)
    return {"layers": layers, "findings": f"/api/v1/submissions/{found.id}/findings.geojson"}


@router.post("/jobs/{job_id}/stop")
def stop(job_id: str, reading: Reading, office: TheOffice, actor: Annotated[Actor, Depends(requires("job.cancel"))]) -> dict[str, Any]:
    """Ask for a job to be stopped · 取消任务."""
    job_for(reading, actor, job_id, "job.cancel")
    return {"job": job_id, "state": ask_to_stop(office.records, actor, job_id)}


def _run(request: Request, session: Reading, submission_id: str) -> CheckRunRecord:
    found = submission_for(request, session, submission_id)
    run = lifecycle.current_run(session, found) or board.latest_run(session, found)
    if run is None:
        raise SubmissionUnknown(
            Text("The submission has not been checked yet.", "该报审件尚未质检。"),
            Text("Upload a package and wait for its check.", "请上传成果包并等待质检完成。"),
        )
    return run


def plain_submission(found: Submission) -> dict[str, Any]:
    """Give a submission as plain values · 报审件转为字典.

    Parameters
    ----------
    found
        The submission.

    Returns
    -------
    dict
        With its revision, for edits.
    """
    state = steps.procedure().states[found.state]
    return {
        "id": found.id,
        "number": found.number,
        "unit_code": found.unit_code,
        "plan_code": found.plan_code,
        "title": found.title,
        "state": found.state,
        "state_name": state.label.as_json(),
        "round": found.round,
        "revision": found.revision,
        "created_at": found.created_at,
        "changed_at": found.changed_at,
    }


def _plain_run(run: CheckRunRecord) -> dict[str, Any]:
    return {
        "id": run.id,
        "round": run.round,
        "verdict": run.verdict,
        "rule_set_version": run.rule_set_version,
        "run_hash": run.run_hash,
        "counts": run.counts,
        "finished_at": run.finished_at,
    }


def _plain_job(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "message": {"en": job.message_en, "zh": job.message_zh},
        "error": None if job.error_en is None else {"en": job.error_en, "zh": job.error_zh},
    }


def _plain_clock(session: Reading, found: Submission) -> dict[str, Any] | None:
    due = board.running_clock(steps.steps_of(session, found.id), found.state)
    if due is None:
        return None
    return {"due": due.day, "certain": due.certain, "warning": due.warning.as_json() if due.warning else None}


def plain_finding(row: FindingRecordRow, given: FindingAnswer | None) -> dict[str, Any]:
    """Give a finding as plain values · 问题转为字典.

    Parameters
    ----------
    row
        The finding.
    given
        Its answer.

    Returns
    -------
    dict
        Texts in both languages, bounds in degrees.
    """
    return {
        "key": row.key,
        "code": row.code,
        "severity": row.severity,
        "layer": row.layer,
        "features": row.features,
        "message": {"en": row.message_en, "zh": row.message_zh},
        "remedy": {"en": row.remedy_en, "zh": row.remedy_zh},
        "measured": row.measured,
        "limit": row.limit_value,
        "unit_of_measure": row.unit_of_measure,
        "since_round": row.since_round,
        "bounds": None if row.west is None else [row.west, row.south, row.east, row.north],
        "answer": None if given is None else plain_answer(given),
    }


def plain_answer(given: FindingAnswer) -> dict[str, Any]:
    """Give an answer as plain values · 答复转为字典.

    Parameters
    ----------
    given
        The answer.

    Returns
    -------
    dict
        With its revision, for edits.
    """
    return {
        "kind": given.kind,
        "reason": given.reason,
        "decision": given.decision,
        "decided_reason": given.decided_reason,
        "revision": given.revision,
    }
