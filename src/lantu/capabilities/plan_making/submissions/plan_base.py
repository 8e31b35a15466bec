"""The plan base: plans, their versions by date, who approved them · 规划成果库."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.catalogue.procedures import load_procedures, take_step
from lantu.stores.records.models import PlanRecord, PlanVersion
from lantu.stores.records.querying import or_, select
from lantu.vocabulary.errors import TransitionRefused
from lantu.vocabulary.procedures import GuardResult
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.capabilities.plan_making.submissions.lifecycle import Approval
    from lantu.stores.records import RecordSession
    from lantu.stores.records.models import SubmissionRound

_DAY = dt.timedelta(days=1)
_PROCEDURE = "plan_version"
DRAFT, IN_FORCE = "draft", "in_force"


@dataclass(frozen=True)
class PlanEntry:
    """A plan with its versions · 规划及其版本.

    Parameters
    ----------
    plan
        The plan.
    versions
        Its versions, the latest first.
    in_force
        The version in force on the day asked about, None where there is none.
    """

    plan: PlanRecord
    versions: tuple[PlanVersion, ...]
    in_force: PlanVersion | None


def list_plans(session: RecordSession, day: dt.date, unit_code: str | None = None) -> list[PlanEntry]:
    """List the plans with what is in force on a day · 按日期列出规划.

    Parameters
    ----------
    session
        Any session.
    day
        The day.
    unit_code
        Only plans of this unit; all where None.

    Returns
    -------
    list of PlanEntry
        The municipal plan first, then by code.
    """
    query = select(PlanRecord).order_by(PlanRecord.owner_unit.is_not(None), PlanRecord.code)
    if unit_code is not None:
        query = query.where(PlanRecord.owner_unit == unit_code)
    entries = []
    for plan in session.scalars(query).all():
        versions = tuple(session.scalars(select(PlanVersion).where(PlanVersion.plan_id == plan.id).order_by(PlanVersion.number.desc())))
        entries.append(PlanEntry(plan, versions, next((version for version in versions if is_in_force(version, day)), None)))
    return entries


def is_in_force(version: PlanVersion, day: dt.date) -> bool:
    """Tell whether a version is in force on a day · 当日是否有效.

    Parameters
    ----------
    version
        The version.
    day
        The day.

    Returns
    -------
    bool
        False for a draft.
    """
    if version.in_force_from is None or version.in_force_from > day or version.state == DRAFT:
        return False
    return version.in_force_until is None or day <= version.in_force_until


def bring_into_force(
    session: RecordSession, plan: PlanRecord, current: SubmissionRound, approval: Approval, submission_id: str
) -> PlanVersion:
    """Add a version, in force from a day; the one before ends the day before, and stays · 新版本生效.

    Parameters
    ----------
    session
        A writing session of who may bring plans into force.
    plan
        The plan.
    current
        The round whose package was approved.
    approval
        The approver's document.
    submission_id
        The submission it comes from.

    Returns
    -------
    PlanVersion
        The new version.

    Raises
    ------
    TransitionRefused
        If a version of the plan is in force from that day or later: what was in force then would be rewritten.
    """
    known = session.scalars(select(PlanVersion).where(PlanVersion.plan_id == plan.id).order_by(PlanVersion.number)).all()
    latest = max((version.in_force_from for version in known if version.in_force_from is not None and version.state != DRAFT), default=None)
    if latest is not None and approval.in_force_from <= latest:
        raise TransitionRefused(
            Text(
                f"A version of plan {plan.code} is in force from {latest}, so none can come into force on {approval.in_force_from}.",
                f"规划{plan.code}已有版本自{latest}起生效，新版本不能自{approval.in_force_from}起生效。",
            ),
            Text("Name a later day, or ask the approver which of the two holds.", "请填写更晚的生效日期，或向审批机关核实以哪一版为准。"),
        )
    procedure = load_procedures()[_PROCEDURE]
    version = PlanVersion(
        plan_id=plan.id,
        number=known[-1].number + 1 if known else 1,
        package_hash=current.package_hash,
        in_force_from=approval.in_force_from,
        approval_number=approval.number,
        approval_document=approval.document,
        submission_id=submission_id,
        layers=dict(current.layers),
    )
    session.add(version)
    session.flush()
    open_ended = session.scalars(
        select(PlanVersion).where(
            PlanVersion.plan_id == plan.id,
            PlanVersion.id != version.id,
            PlanVersion.state == IN_FORCE,
            or_(PlanVersion.in_force_until.is_(None), PlanVersion.in_force_until >= approval.in_force_from),
        )
    ).all()
    attached = {"approval_attached": GuardResult(bool(approval.number))}
    take_step(session, procedure, version, "bring_into_force", owner_unit=plan.owner_unit, guards=attached)
    for earlier in open_ended:
        earlier.in_force_until = approval.in_force_from - _DAY
        followed = {"successor_in_force": GuardResult(holds=True)}
        take_step(session, procedure, earlier, "supersede", owner_unit=plan.owner_unit, guards=followed)
    return version


def version_of(session: RecordSession, submission_id: str) -> PlanVersion | None:
    """Give the plan version that a submission became · 报审件形成的版本.

    Parameters
    ----------
    session
        Any session.
    submission_id
        The submission.

    Returns
    -------
    PlanVersion or None
        None before it was accepted.
    """
    return session.scalars(select(PlanVersion).where(PlanVersion.submission_id == submission_id)).one_or_none()
