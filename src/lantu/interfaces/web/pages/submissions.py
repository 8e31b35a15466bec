"""Submissions: list, detail, findings, and every step as a form · 报审页面."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from lantu.capabilities.plan_making.checking import select_cards
from lantu.capabilities.plan_making.submissions import board, documents, examining, exports, findings, lifecycle, plan_base, steps
from lantu.catalogue.rights import may
from lantu.engines.checking.explain import explain_card
from lantu.interfaces.web.dependencies import Reading, TheOffice, requires, writing
from lantu.interfaces.web.navigation import Entry, Waiting
from lantu.interfaces.web.pages.planning_board import theme_names
from lantu.interfaces.web.rendering import render
from lantu.interfaces.web.submitting import (
    PAGE_ROWS,
    finding_filter,
    latest_job,
    require_for,
    start_examination,
    start_publishing,
    submission_for,
    unit_of,
)
from lantu.interfaces.worker.work import ENDED
from lantu.stores.records.models import CheckRunRecord, Event, PlanRecord, Submission, SubmissionRound
from lantu.stores.records.querying import select
from lantu.vocabulary.findings import SEVERITY_NAMES, Severity
from lantu.vocabulary.people import Actor
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.stores.records import RecordSession
    from lantu.vocabulary.procedures import Due

router = APIRouter()
_MOST_WAITING = 20
_MOST_LOOKED_AT = 500
navigation = (
    Entry(
        "/submissions",
        Text("Submissions", "成果报审"),
        "inbox",
        "submission.read",
        order=20,
        explanation=Text("Hand in a plan package, see every finding, answer and correct.", "上传成果包、查看问题、答复与修改。"),
    ),
)
Reader = Annotated[Actor, Depends(requires("submission.read"))]
ReasonField = Annotated[str, Form(max_length=4000)]
RevisionField = Annotated[str, Form(max_length=12)]


def waiting(session: RecordSession, actor: Actor, today: dt.date) -> list[Waiting]:
    """Say which submissions wait for somebody · 待办报审件.

    Parameters
    ----------
    session
        Any session.
    actor
        Who signed in.
    today
        The city's day, which clocks are held against.

    Returns
    -------
    list of Waiting
        For a planner what is to be corrected or handed in, for a reviewer what is to be reviewed; what is overdue first.
    """
    if not may(actor, "submission.read"):
        return []
    mine = (steps.RETURNED, steps.READY, steps.DRAFT) if may(actor, "submission.create") else ()
    theirs = (steps.HANDED_IN, steps.UNDER_REVIEW) if may(actor, "submission.review") else ()
    query = select(Submission).where(Submission.state.in_((*mine, *theirs))).order_by(Submission.changed_at.desc()).limit(_MOST_LOOKED_AT)
    unit = unit_of(actor, "submission.read")
    if unit is not None:
        query = query.where(Submission.unit_code == unit)
    listed = session.scalars(query).all()
    walks = steps.walks(session, [found.id for found in listed])
    told = [(found, board.running_clock(walks.get(found.id, []), found.state)) for found in listed]
    # What is overdue comes first, then by the day it is due, then what has no day.
    told.sort(key=lambda item: dt.date.max if item[1] is None or item[1].day is None else item[1].day)
    return [_waiting(found, due, today) for found, due in told][:_MOST_WAITING]


def _is_overdue(due: Due | None, today: dt.date) -> bool:
    return due is not None and due.day is not None and due.day < today


def _waiting(found: Submission, due: Due | None, today: dt.date) -> Waiting:
    state = steps.procedure().states[found.state].label
    overdue = _is_overdue(due, today)
    said = Text("overdue since {day}", "已超期：{day}") if overdue else Text("due {day}", "截止{day}")
    detail = None if due is None or due.day is None else said.format(day=due.day)
    title = Text("{number} {title}: {state}", "{number} {title}：{state}").format(number=found.number, title=found.title, state=state)
    return Waiting(title, f"/submissions/{found.id}", urgent=found.state == steps.RETURNED, overdue=overdue, detail=detail)


@router.get("/submissions", response_class=HTMLResponse)
def submissions(request: Request, reading: Reading, office: TheOffice, actor: Reader) -> HTMLResponse:
    """List the submissions that who asks may see · 报审列表."""
    unit = unit_of(actor, "submission.read")
    query = select(Submission).order_by(Submission.created_at.desc(), Submission.number.desc()).limit(500)
    plans = select(PlanRecord).order_by(PlanRecord.code)
    if unit is not None:
        query, plans = query.where(Submission.unit_code == unit), plans.where(PlanRecord.owner_unit == unit)
    listed = reading.scalars(query).all()
    runs = board.latest_runs(reading, [found.id for found in listed])
    unanswered = board.unanswered(reading, runs)
    rows = [(found, runs.get(found.id), unanswered.get(found.id, 0)) for found in listed]
    return render(
        request,
        "submissions/list.html",
        rows=rows,
        states=steps.procedure().states,
        units=office.city.profile.units,
        plans=reading.scalars(plans).all() if may(actor, "submission.create", unit_code=actor.unit_code) else [],
    )


@router.post("/submissions")
def create(
    request: Request,
    office: TheOffice,
    actor: Annotated[Actor, Depends(requires("submission.create"))],
    plan_code: Annotated[str, Form(min_length=1, max_length=100)],
    title: Annotated[str, Form(max_length=300)] = "",
) -> RedirectResponse:
    """Start a submission of the own unit's plan · 新建报审件."""
    with writing(request, "submission started") as session:
        plan = lifecycle.plan_of(session, plan_code)
        require_for(actor, "submission.create", plan.owner_unit or "")
        today = office.city.today
        name = title or f"{plan.name_zh} {today:%Y-%m}"
        made = lifecycle.create_submission(session, unit_code=plan.owner_unit or "", plan_code=plan_code, title=name, today=today)
    return _back(made.id)


@router.get("/submissions/{submission_id}", response_class=HTMLResponse)
def submission(request: Request, submission_id: str, reading: Reading, office: TheOffice, actor: Reader) -> HTMLResponse:
    """Show a submission: steps, package, check, findings, and what may be done now · 报审详情."""
    found = submission_for(request, reading, submission_id)
    run = lifecycle.current_run(reading, found)
    job = latest_job(reading, submission_id)
    walk = steps.steps_of(reading, submission_id)
    rounds = reading.scalars(
        select(SubmissionRound).where(SubmissionRound.submission_id == submission_id).order_by(SubmissionRound.number)
    ).all()
    plan = reading.scalars(select(PlanRecord).where(PlanRecord.code == found.plan_code)).one_or_none()
    notes = reading.scalars(
        select(Event)
        .where(Event.kind == lifecycle.KIND, Event.record_id == submission_id, Event.action == "noted")
        .order_by(Event.sequence.desc())
    ).all()
    return render(
        request,
        "submissions/detail.html",
        found=found,
        run=run,
        runs={item.number: findings.run_of_round(reading, submission_id, item.number) for item in rounds},
        rounds=rounds,
        job=job,
        job_runs=job is not None and job.state not in ENDED,
        ended=False,
        walk=walk,
        procedure=steps.procedure(),
        open_steps=(open_steps := {step.name for step in steps.open_to(found, actor)}),
        standing=findings.blocking_without(reading, submission_id, run, granted_only=True) if run and "accept" in open_steps else 0,
        undecided=findings.undecided_exceptions(reading, submission_id, run) if run and "accept" in open_steps else 0,
        due=(due := board.running_clock(walk, found.state)),
        overdue=_is_overdue(due, office.city.today),
        plan=plan,
        unit=office.city.profile.units.get(found.unit_code),
        notes=notes,
        diagnosis=examining.read_diagnosis(office.folders.root, submission_id, found.round),
        difference=findings.difference(reading, submission_id, found.round),
        limit_mb=office.settings.upload_limit_mb,
        forms=tuple(exports.MEDIA_TYPES),
        severities=SEVERITY_NAMES,
        severity=Severity,
        **_panel(request, reading, found, run),
    )


@router.get("/submissions/{submission_id}/findings", response_class=HTMLResponse)
def findings_panel(request: Request, submission_id: str, reading: Reading, actor: Reader) -> HTMLResponse:
    """Show the list of findings for a filter: the panel of the page, or a page of its own · 问题列表."""
    del actor
    found = submission_for(request, reading, submission_id)
    run = lifecycle.current_run(reading, found) or board.latest_run(reading, found)
    template = "submissions/findings.html" if request.headers.get("hx-request") else "submissions/findings_page.html"
    return render(request, template, found=found, run=run, severities=SEVERITY_NAMES, **_panel(request, reading, found, run))


def _panel(request: Request, session: RecordSession, found: Submission, run: CheckRunRecord | None) -> dict[str, Any]:
    actor: Actor = request.state.actor
    wanted = finding_filter(request)
    given = request.query_params.get("page", "1")
    number = min(max(int(given), 1), 100_000) if given.isdecimal() and len(given) < 7 else 1  # noqa: PLR2004  # a number of six digits at most
    page = None if run is None else findings.list_findings(session, found.id, run, wanted, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS)
    kept = {key: value for key, value in request.query_params.items() if key not in {"page", "language"} and value}
    return {
        "wanted": wanted,
        "page": page,
        "page_number": number,
        "pages": 1 if page is None else max(1, -(-page.matched // PAGE_ROWS)),
        "kept": urlencode(kept),
        "codes": {} if run is None else findings.count_by(session, found.id, run, findings.FindingFilter())["code"],
        "theme_names": theme_names(),
        "themes": sorted({} if run is None else run.counts.get("themes", {})),
        "may_answer": may(actor, "submission.answer", unit_code=found.unit_code) and found.state in {steps.READY, steps.RETURNED},
        "may_decide": may(actor, "submission.decide_exception", unit_code=found.unit_code) and found.state == steps.UNDER_REVIEW,
    }


@router.post("/submissions/{submission_id}/check")
def check(request: Request, submission_id: str, actor: Annotated[Actor, Depends(requires("submission.check_own"))]) -> RedirectResponse:
    """Have the package checked again · 重新质检."""
    del actor
    start_examination(request, submission_id)
    return _back(submission_id)


@router.post("/submissions/{submission_id}/findings/{key}/answer")
def answer(  # noqa: PLR0913, PLR0917  # one parameter per field of the form
    request: Request,
    submission_id: str,
    key: str,
    actor: Annotated[Actor, Depends(requires("submission.answer"))],
    kind: Annotated[str, Form(max_length=20)],
    reason: ReasonField = "",
    revision: RevisionField = "",
    back: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Answer a finding · 答复问题."""
    del actor
    with writing(request, "finding answered") as session:
        found = submission_for(request, session, submission_id)
        lifecycle.answer_finding(session, found, key, kind, reason, revision=int(revision) if revision.isdecimal() else None)
    return _back(submission_id, back, f"finding-{key}")


@router.post("/submissions/{submission_id}/findings/{key}/decision")
def decide(  # noqa: PLR0913, PLR0917  # one parameter per field of the form
    request: Request,
    submission_id: str,
    key: str,
    actor: Annotated[Actor, Depends(requires("submission.decide_exception"))],
    decision: Annotated[str, Form(max_length=20)],
    reason: ReasonField = "",
    revision: RevisionField = "",
    back: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Grant or refuse an exception · 例外认定."""
    del actor
    with writing(request, "exception decided") as session:
        found = submission_for(request, session, submission_id)
        lifecycle.decide_exception(session, found, key, decision, reason, revision=int(revision) if revision.isdecimal() else None)
    return _back(submission_id, back, f"finding-{key}")


@router.post("/submissions/{submission_id}/hand-in")
def hand_in(request: Request, submission_id: str, actor: Annotated[Actor, Depends(requires("submission.hand_in"))]) -> RedirectResponse:
    """Hand in · 提交报审."""
    del actor
    with writing(request, "handed in") as session:
        lifecycle.hand_in(session, submission_for(request, session, submission_id))
    return _back(submission_id)


@router.post("/submissions/{submission_id}/take-up")
def take_up(request: Request, submission_id: str, actor: Annotated[Actor, Depends(requires("submission.review"))]) -> RedirectResponse:
    """Take up the review · 受理审查."""
    del actor
    with writing(request, "taken up") as session:
        lifecycle.take_up(session, submission_for(request, session, submission_id))
    return _back(submission_id)


@router.post("/submissions/{submission_id}/return")
def give_back(
    request: Request, submission_id: str, actor: Annotated[Actor, Depends(requires("submission.return"))], reason: ReasonField = ""
) -> RedirectResponse:
    """Return with reasons · 退回报审件."""
    del actor
    with writing(request, reason) as session:
        lifecycle.give_back(session, submission_for(request, session, submission_id), reason)
    return _back(submission_id)


@router.post("/submissions/{submission_id}/withdraw")
def withdraw(
    request: Request, submission_id: str, actor: Annotated[Actor, Depends(requires("submission.withdraw"))], reason: ReasonField = ""
) -> RedirectResponse:
    """Withdraw · 撤回报审件."""
    del actor
    with writing(request, reason) as session:
        lifecycle.withdraw(session, submission_for(request, session, submission_id), reason)
    return _back(submission_id)


@router.post("/submissions/{submission_id}/accept")
async def accept(  # noqa: PLR0913, PLR0917  # one parameter per field of the form
    request: Request,
    submission_id: str,
    office: TheOffice,
    actor: Annotated[Actor, Depends(requires("submission.accept"))],
    number: Annotated[str, Form(max_length=200)],
    date: Annotated[dt.date, Form()],
    in_force_from: Annotated[dt.date, Form()],
    document: Annotated[UploadFile, File()],
) -> RedirectResponse:
    """Accept into the plan base by the approver's document · 成果入库."""
    del actor
    content = await document.read()
    name = document.filename or ""

    def work() -> None:
        """Accept, and keep the document by which it was done · 入库并留存批文."""
        approval = lifecycle.Approval(number, date, in_force_from)
        with writing(request, f"accepted by {number}") as session:
            found = submission_for(request, session, submission_id)
            lifecycle.accept_by_paper(session, office.folders.root, found, approval, (name, content))
        start_publishing(request, submission_id)

    await run_in_threadpool(work)
    return _back(submission_id)


@router.get("/submissions/{submission_id}/document")
def approval_document(request: Request, submission_id: str, reading: Reading, office: TheOffice, actor: Reader) -> Response:
    """Give the approver's document of an accepted submission · 批准文件."""
    del actor
    found = submission_for(request, reading, submission_id)
    version = plan_base.version_of(reading, found.id)
    path = documents.find_document(office.folders.root, version.approval_document if version is not None else "")
    disposition = f"attachment; filename*=UTF-8''{quote(path.name)}"
    return Response(path.read_bytes(), media_type="application/octet-stream", headers={"Content-Disposition": disposition})


@router.get("/checks/{code}", response_class=HTMLResponse, dependencies=[Depends(requires("public.read"))])
def explain(request: Request, code: str) -> HTMLResponse:
    """Explain a check: what it asks, why, by which source, and the way out · 解释规则."""
    card = next(iter(select_cards([code[:8]]).values()))
    return render(
        request, "submissions/explain.html", card=card, explanation=explain_card(card, request.state.language), severities=SEVERITY_NAMES
    )


def _back(submission_id: str, query: str = "", anchor: str = "") -> RedirectResponse:
    # Only the filter of the list travels in `back`; the path is always that of the submission.
    kept = f"?{query}" if query and "#" not in query and "\n" not in query and "\r" not in query else ""
    return RedirectResponse(f"/submissions/{submission_id}{kept}{'#' + anchor if anchor else ''}", HTTPStatus.SEE_OTHER)
