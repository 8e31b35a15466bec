"""Whether the conditions of a step are met, and what exactly is in the way · 步骤条件."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.capabilities.plan_making.submissions.findings import blocking_without, undecided_exceptions
from lantu.vocabulary.procedures import GuardResult
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.capabilities.plan_making.submissions.lifecycle import Approval
    from lantu.stores.records import RecordSession
    from lantu.stores.records.models import CheckRunRecord, PlanRecord, Submission, SubmissionRound

_UNANSWERED = Text(
    "Blocking findings without an answer, or with a refused exception: {count}.", "{count}条强制性问题尚未答复或例外未获同意。"
)
_STANDING = Text("Blocking findings without a granted exception: {count}.", "{count}条强制性问题未经例外认定。")
_UNDECIDED = Text("Exceptions still undecided: {count}.", "{count}条例外申请尚未认定。")
_OTHER_PACKAGE = Text("The check is of another package than the one that lies here now.", "质检结果与当前成果包不一致。")
_NO_APPROVER = Text("The plan base does not say who approves this plan by law.", "成果库未登记该规划的法定审批机关。")
_ANOTHERS = Text("The plan belongs to another than the unit that submits it.", "该规划不属于报送板块。")
_TOO_EARLY = Text("The plan would come into force before it was approved.", "生效日期早于批准日期。")


def answers(
    session: RecordSession,
    submission: Submission,
    current: SubmissionRound,
    run: CheckRunRecord | None,
    approval: tuple[Approval, PlanRecord] | None = None,
) -> dict[str, GuardResult]:
    """Answer every condition of the procedure · 计算全部条件.

    Parameters
    ----------
    session
        Any session.
    submission
        The submission.
    current
        Its present round.
    run
        The check of that round.
    approval
        The approver's document and the plan, where there is one.

    Returns
    -------
    dict of str to GuardResult
        By name of the condition.
    """
    found = {
        "package_received": GuardResult(bool(current.package_hash)),
        "check_finished": _check_finished(current, run),
        "approval_attached": _approval_attached(submission, approval),
    }
    if run is not None:
        unanswered = blocking_without(session, submission.id, run, granted_only=False)
        standing = blocking_without(session, submission.id, run, granted_only=True)
        undecided = undecided_exceptions(session, submission.id, run)
        found["blocking_findings_answered"] = GuardResult(not unanswered, _UNANSWERED.format(count=unanswered))
        found["no_blocking_finding_open"] = GuardResult(not standing, _STANDING.format(count=standing))
        found["exceptions_decided"] = GuardResult(not undecided, _UNDECIDED.format(count=undecided))
    return found


def _check_finished(current: SubmissionRound, run: CheckRunRecord | None) -> GuardResult:
    if run is None or run.finished_at is None:
        return GuardResult(holds=False)
    same = current.check_run_id == run.id and run.counts.get("package_hash") == current.package_hash
    return GuardResult(same, None if same else _OTHER_PACKAGE)


def _approval_attached(submission: Submission, approval: tuple[Approval, PlanRecord] | None) -> GuardResult:
    if approval is None:
        return GuardResult(holds=False)
    document, plan = approval
    if plan.owner_unit != submission.unit_code:
        return GuardResult(holds=False, detail=_ANOTHERS)
    if not plan.approver_zh and not plan.approver_en:
        return GuardResult(holds=False, detail=_NO_APPROVER)
    if document.in_force_from < document.date:
        return GuardResult(holds=False, detail=_TOO_EARLY)
    return GuardResult(bool(document.number.strip() and document.document))
