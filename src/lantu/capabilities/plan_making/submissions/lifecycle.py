"""The life of a submission: every step through the declared procedure, its time recorded · 报审流程."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lantu.capabilities.plan_making.submissions import documents, guards, plan_base, steps, uploads
from lantu.capabilities.plan_making.submissions.findings import run_of_round
from lantu.capabilities.plan_making.submissions.refusals import StepNotReady, SubmissionUnknown, UploadRefused
from lantu.catalogue.rights import may
from lantu.stores.records import note
from lantu.stores.records.models import FindingAnswer, FindingRecordRow, PlanRecord, PlanVersion, Submission, SubmissionRound, Upload
from lantu.stores.records.models.record import now
from lantu.stores.records.querying import func, select
from lantu.vocabulary.errors import NotAllowed
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from lantu.stores.records import RecordSession
    from lantu.stores.records.models import CheckRunRecord
    from lantu.vocabulary.people import Actor

KIND = "submissions"
_ANSWERABLE = frozenset({steps.READY, steps.RETURNED})
_SHORTEST_REASON = 5


@dataclass(frozen=True, slots=True)
class Approval:
    """The approver's document by which a plan comes into force · 批准文件.

    Parameters
    ----------
    number
        Number of the document, such as ``苏政复〔2026〕12号``.
    date
        Day it was signed.
    in_force_from
        First day in force.
    document
        Path of the file in the office's folder, empty where none was attached.
    """

    number: str
    date: dt.date
    in_force_from: dt.date
    document: str = ""


def create_submission(session: RecordSession, *, unit_code: str, plan_code: str, title: str, today: dt.date) -> Submission:
    """Start a submission of a unit's plan · 新建报审件.

    Parameters
    ----------
    session
        A writing session of the unit's planner.
    unit_code
        The unit.
    plan_code
        Code of the plan.
    title
        What people call it.
    today
        The city's day, whose year the number carries.

    Returns
    -------
    Submission
        A draft, in its first round.

    Raises
    ------
    NotAllowed
        If somebody else than the unit's planner starts it, or the plan is not the unit's own.
    StepNotReady
        If the plan base does not know the plan.
    """
    require(session.actor, "submission.create", unit_code)
    if plan_of(session, plan_code).owner_unit != unit_code:
        raise NotAllowed(
            Text("This plan is another's; only its owner hands in a version of it.", "该规划不属于本板块，只有所属方可以报送。"),
            Text("Choose one of the unit's own plans.", "请选择本板块的规划。"),
        )
    number = _next_number(session, unit_code, today.year)
    submission = Submission(
        number=number,
        unit_code=unit_code,
        plan_code=plan_code,
        title=title.strip() or number,
        round=1,
        submitted_by=session.actor.person_id,
    )
    session.add(submission)
    session.add(SubmissionRound(submission_id=submission.id, number=1))
    return submission


def _next_number(session: RecordSession, unit_code: str, year: int) -> str:
    prefix = f"{year}-{unit_code}-"
    given = select(Submission.number).where(Submission.number.startswith(prefix, autoescape=True))
    # The longest first: as text 1000 comes before 999.
    last = session.scalar(given.order_by(func.length(Submission.number).desc(), Submission.number.desc()).limit(1))
    return f"{prefix}{int(last.rpartition('-')[2]) + 1 if last else 1:03d}"


def find_submission(session: RecordSession, submission_id: str, unit_code: str | None = None) -> Submission:
    """Get a submission for who may see it · 取报审件.

    Parameters
    ----------
    session
        Any session.
    submission_id
        Its id.
    unit_code
        The only unit whose submissions may be seen; None for all.

    Returns
    -------
    Submission
        The submission.

    Raises
    ------
    SubmissionUnknown
        If there is none, or it is another unit's: the answer does not tell which.
    """
    submission = session.get(Submission, submission_id)
    if submission is None or (unit_code is not None and submission.unit_code != unit_code):
        raise SubmissionUnknown(
            Text("There is no such submission.", "没有该报审件。"), Text("Go back to the list of submissions.", "请返回报审列表。")
        )
    return submission


def current_round(session: RecordSession, submission: Submission) -> SubmissionRound:
    """Give the round that is under way · 当前轮次.

    Parameters
    ----------
    session
        Any session.
    submission
        The submission.

    Returns
    -------
    SubmissionRound
        The latest.
    """
    return session.scalars(
        select(SubmissionRound).where(SubmissionRound.submission_id == submission.id, SubmissionRound.number == submission.round)
    ).one()


def current_run(session: RecordSession, submission: Submission) -> CheckRunRecord | None:
    """Give the check run of the round that is under way · 当前轮次的审查.

    Parameters
    ----------
    session
        Any session.
    submission
        The submission.

    Returns
    -------
    CheckRunRecord or None
        None before it was checked.
    """
    return run_of_round(session, submission.id, submission.round)


def attach_package(session: RecordSession, office: Path, submission: Submission, upload_id: str) -> SubmissionRound:
    """Make a finished upload the package of the present round · 关联成果包.

    A package that replaces another in the same round forgets the check of the other; in a returned submission it begins
    the next round.

    Parameters
    ----------
    session
        A writing session of the unit's planner.
    office
        Folder of what people do.
    submission
        The submission.
    upload_id
        The finished upload.

    Returns
    -------
    SubmissionRound
        Whose package it is now.

    Raises
    ------
    NotAllowed
        If somebody else than the unit's planner does it.
    UploadRefused
        If the upload is another unit's, unfinished, or used already.
    TransitionRefused
        If the submission is under review.
    """
    require(session.actor, "submission.upload", submission.unit_code)
    upload = session.find(Upload, upload_id)
    if upload.unit_code != submission.unit_code or upload.state != uploads.COMPLETE or upload.sha256 is None:
        raise UploadRefused(
            Text("This upload cannot be the submission's package.", "该上传不能作为本报审件的成果包。"),
            Text("Finish the upload first; each upload serves one submission.", "请先完成上传；每次上传只用于一个报审件。"),
        )
    if submission.state == steps.RETURNED:
        submission.round += 1
        session.add(SubmissionRound(submission_id=submission.id, number=submission.round))
    if submission.state != steps.DRAFT:
        steps.take(session, submission, "amend")
    session.flush()
    current = current_round(session, submission)
    target = office / "packages" / submission.id / str(submission.round) / upload.sha256[:12] / upload.name
    target.parent.mkdir(parents=True, exist_ok=True)
    source = uploads.part_of(office / "uploads", upload.id)
    if not target.exists():
        # A name of its own until it is whole; the upload itself stays until the next one expires it.
        partial = target.with_suffix(".copying")
        partial.unlink(missing_ok=True)
        try:
            # The same bytes under a second name: every other writer waits for this transaction.
            partial.hardlink_to(source)
        except OSError:
            shutil.copyfile(source, partial)
        partial.replace(target)
    current.upload_id, current.package_path = upload.id, target.relative_to(office).as_posix()
    current.package_hash, current.check_run_id, current.layers = upload.sha256, None, {}
    upload.state = uploads.USED
    return current


def start_check(session: RecordSession, submission: Submission) -> None:
    """Have the present package checked; the job itself is the worker's · 发起质检.

    Parameters
    ----------
    session
        A writing session of the unit's planner.
    submission
        The submission.
    """
    current = current_round(session, submission)
    steps.take(session, submission, "start_check", guards=guards.answers(session, submission, current, None))


def finish_check(session: RecordSession, submission: Submission) -> None:
    """Let a submission be ready once its check is recorded · 完成质检.

    Parameters
    ----------
    session
        A writing session of the worker.
    submission
        The submission.
    """
    session.flush()
    current, run = current_round(session, submission), current_run(session, submission)
    steps.take(session, submission, "finish_check", guards=guards.answers(session, submission, current, run))


def abandon_check(session: RecordSession, submission: Submission, reason: str) -> None:
    """Give a check up, so that the submission does not wait for it for ever · 中止质检.

    Parameters
    ----------
    session
        A writing session of the worker or the unit's planner.
    submission
        The submission; nothing happens where no check is under way.
    reason
        Why.
    """
    if submission.state == steps.CHECKING:
        steps.take(session, submission, "abandon_check", reason=reason)


def hand_in(session: RecordSession, submission: Submission) -> None:
    """Hand a submission in: its check is current, every blocking finding answered · 提交报审.

    Parameters
    ----------
    session
        A writing session of the unit's planner.
    submission
        The submission.
    """
    current, run = current_round(session, submission), current_run(session, submission)
    steps.take(session, submission, "hand_in", guards=guards.answers(session, submission, current, run))
    current.handed_in_at = now()


def take_up(session: RecordSession, submission: Submission) -> None:
    """Take up the review · 受理审查.

    Parameters
    ----------
    session
        A writing session of the reviewer.
    submission
        The submission.
    """
    steps.take(session, submission, "take_up")


def withdraw(session: RecordSession, submission: Submission, reason: str) -> None:
    """Withdraw a submission · 撤回报审.

    Parameters
    ----------
    session
        A writing session of the unit's planner.
    submission
        The submission.
    reason
        Why.
    """
    steps.take(session, submission, "withdraw", reason=reason)
    note(session, KIND, submission.id, "withdrawn", {"reason": reason, "round": submission.round})


def give_back(session: RecordSession, submission: Submission, reason: str) -> None:
    """Return a submission with reasons · 退回报审件.

    Parameters
    ----------
    session
        A writing session of the reviewer, who changes nothing of the plan.
    submission
        The submission.
    reason
        What has to be corrected.
    """
    require_reason(reason)
    steps.take(session, submission, "return", reason=reason)
    note(session, KIND, submission.id, "returned", {"reason": reason, "round": submission.round})


def accept(session: RecordSession, submission: Submission, approval: Approval) -> PlanVersion:
    """Take a submission into the plan base, by the document of the statutory approver · 成果入库.

    The version in force before ends the day before; nothing of it is changed otherwise.

    Parameters
    ----------
    session
        A writing session of the reviewer.
    submission
        The submission.
    approval
        The approver's document.

    Returns
    -------
    PlanVersion
        In force from the day the document says.
    """
    plan = plan_of(session, submission.plan_code)
    current, run = current_round(session, submission), current_run(session, submission)
    steps.take(session, submission, "accept", guards=guards.answers(session, submission, current, run, (approval, plan)))
    accepted = plan_base.bring_into_force(session, plan, current, approval, submission.id)
    details: dict[str, Any] = {
        "plan": plan.code,
        "version": accepted.number,
        "approval_number": approval.number,
        "approval_date": approval.date.isoformat(),
        "in_force_from": approval.in_force_from.isoformat(),
        "approver": {"en": plan.approver_en, "zh": plan.approver_zh},
    }
    note(session, KIND, submission.id, "accepted", details)
    return accepted


def accept_by_paper(
    session: RecordSession, office: Path, submission: Submission, approval: Approval, paper: tuple[str, bytes]
) -> PlanVersion:
    """Take a submission into the plan base and keep the paper by which that is done · 成果入库并留存批文.

    The paper is kept last, in the transaction of the step: of a step that is refused nothing stays, and of one that is done
    nothing goes, however many come at once by the same paper.

    Parameters
    ----------
    session
        A writing session of the reviewer.
    office
        Folder of what people do.
    submission
        The submission.
    approval
        The approver's document; where it is kept is filled in.
    paper
        Name and bytes of the file.

    Returns
    -------
    PlanVersion
        In force from the day the document says.
    """
    named = replace(approval, document=documents.name_document(*paper))
    accepted = accept(session, submission, named)
    session.flush()
    documents.keep_document(office, *paper)
    return accepted


def plan_of(session: RecordSession, plan_code: str) -> PlanRecord:
    """Get the plan that a submission is of · 取规划.

    Parameters
    ----------
    session
        Any session.
    plan_code
        Its code.

    Returns
    -------
    PlanRecord
        The plan.

    Raises
    ------
    StepNotReady
        If the plan base does not know it.
    """
    plan = session.scalars(select(PlanRecord).where(PlanRecord.code == plan_code)).one_or_none()
    if plan is None:
        raise StepNotReady(
            Text(f"The plan base knows no plan {plan_code}.", f"规划成果库中没有规划{plan_code}。"),
            Text("Register the plan with its statutory approver first.", "请先登记该规划及其法定审批机关。"),
        )
    return plan


def answer_finding(  # noqa: PLR0913  # which finding, how, and why
    session: RecordSession, submission: Submission, key: str, kind: str, reason: str, *, revision: int | None = None
) -> FindingAnswer:
    """Answer a finding: it will be fixed, or stays as an exception for a written reason · 答复问题.

    Parameters
    ----------
    session
        A writing session.
    submission
        The submission.
    key
        Key of the finding.
    kind
        ``fix`` or ``exception``.
    reason
        Why; an exception cannot be without.
    revision
        Revision of the answer that the person looked at, None for a first answer.

    Returns
    -------
    FindingAnswer
        Open, until the reviewer decides on an exception.
    """
    require(session.actor, "submission.answer", submission.unit_code)
    if submission.state not in _ANSWERABLE:
        raise StepNotReady(
            Text("Findings are answered before the submission is handed in.", "问题须在提交前答复。"),
            Text("Wait until it is returned, or withdraw it.", "请待退回或先行撤回。"),
        )
    run = current_run(session, submission)
    known = run is not None and session.scalar(
        select(FindingRecordRow.id).where(FindingRecordRow.check_run_id == run.id, FindingRecordRow.key == key).limit(1)
    )
    if not known:
        raise SubmissionUnknown(
            Text("The present round has no such finding.", "当前轮次没有该问题。"), Text("Load the list again.", "请重新载入列表。")
        )
    if kind not in {"fix", "exception"}:
        raise StepNotReady(Text("An answer is a fix or an exception.", "答复须为整改或例外。"), Text("Choose one.", "请选择其一。"))
    if kind == "exception":
        require_reason(reason)
    answer = _answer_to(session, submission, key)
    if answer is None:
        answer = FindingAnswer(submission_id=submission.id, finding_key=key, kind=kind, reason=reason.strip())
        session.add(answer)
        return answer
    if revision is not None:
        session.edit(FindingAnswer, answer.id, revision)
    answer.kind, answer.reason, answer.decision = kind, reason.strip(), "open"
    answer.decided_by, answer.decided_reason = None, ""
    return answer


def _answer_to(session: RecordSession, submission: Submission, key: str) -> FindingAnswer | None:
    wanted = select(FindingAnswer).where(FindingAnswer.submission_id == submission.id, FindingAnswer.finding_key == key)
    return session.scalars(wanted).one_or_none()


def decide_exception(  # noqa: PLR0913  # which answer, how, why, and as it was seen
    session: RecordSession, submission: Submission, key: str, decision: str, reason: str, *, revision: int | None = None
) -> FindingAnswer:
    """Grant or refuse an exception · 例外认定.

    Parameters
    ----------
    session
        A writing session.
    submission
        The submission.
    key
        Key of the finding.
    decision
        ``granted`` or ``refused``.
    reason
        Why.
    revision
        Revision of the answer that the person looked at.

    Returns
    -------
    FindingAnswer
        Decided.
    """
    require(session.actor, "submission.decide_exception", submission.unit_code)
    answer = _answer_to(session, submission, key)
    if answer is None or answer.kind != "exception":
        raise StepNotReady(
            Text("Nobody asked for an exception here.", "该问题未申请例外。"),
            Text("Only exceptions are decided on.", "仅对例外申请作出认定。"),
        )
    if decision not in {"granted", "refused"}:
        raise StepNotReady(Text("An exception is granted or refused.", "例外只能同意或不同意。"), Text("Choose one.", "请选择其一。"))
    require_reason(reason)
    if revision is not None:
        session.edit(FindingAnswer, answer.id, revision)
    answer.decision, answer.decided_by, answer.decided_reason = decision, session.actor.person_id, reason.strip()
    return answer


def require(actor: Actor, action: str, unit_code: str) -> None:
    """Refuse what the table of rights does not give · 核对权限.

    Parameters
    ----------
    actor
        Who asks.
    action
        Line of the table.
    unit_code
        Unit that owns the thing.

    Raises
    ------
    NotAllowed
        If the table does not give it.
    """
    if not may(actor, action, unit_code=unit_code):
        raise NotAllowed(
            Text("This belongs to the planner of the unit, or to another office.", "此事项由所属板块或其他部门办理。"),
            Text("Ask whom it belongs to.", "请联系有权人员办理。"),
        )


def require_reason(reason: str) -> None:
    """Refuse a step whose reason says nothing · 要求书面理由.

    Parameters
    ----------
    reason
        As written.

    Raises
    ------
    StepNotReady
        If it is too short to be one.
    """
    if len(re.sub(r"\s", "", reason)) < _SHORTEST_REASON:
        raise StepNotReady(Text("A written reason is needed.", "须写明理由。"), Text("Write it in a sentence.", "请用一句话写明。"))
