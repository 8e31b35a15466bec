"""Steps of the procedure as submissions take them · 报审步骤."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.procedures import load_procedures, take_step
from lantu.engines.workflow import allowed
from lantu.stores.records.models import StepTime
from lantu.stores.records.querying import select

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from lantu.stores.records import RecordSession
    from lantu.stores.records.models import Submission
    from lantu.vocabulary.people import Actor
    from lantu.vocabulary.procedures import GuardResult, Procedure, Transition

DRAFT, CHECKING, READY, HANDED_IN, UNDER_REVIEW, RETURNED, ACCEPTED, WITHDRAWN = (
    "draft",
    "checking",
    "ready",
    "handed_in",
    "under_review",
    "returned",
    "accepted",
    "withdrawn",
)
SUBJECT = "submissions"


def procedure() -> Procedure:
    """Give the declared procedure · 报审流程图.

    Returns
    -------
    Procedure
        ``plan_submission``.
    """
    return load_procedures()["plan_submission"]


def take(
    session: RecordSession, submission: Submission, transition: str, *, guards: Mapping[str, GuardResult] | None = None, reason: str = ""
) -> str:
    """Take a step; who does it and when is the session's · 办理一步.

    Parameters
    ----------
    session
        A writing session.
    submission
        What goes through it.
    transition
        Name of the step.
    guards
        Answers to its conditions.
    reason
        Why, where the step asks for it.

    Returns
    -------
    str
        The new state.
    """
    return take_step(session, procedure(), submission, transition, owner_unit=submission.unit_code, guards=guards, reason=reason)


def steps_of(session: RecordSession, submission_id: str) -> list[StepTime]:
    """List the steps that a submission went through · 流程用时.

    Parameters
    ----------
    session
        Any session.
    submission_id
        The submission.

    Returns
    -------
    list of StepTime
        In order.
    """
    query = select(StepTime).where(StepTime.subject_kind == SUBJECT, StepTime.subject_id == submission_id)
    return list(session.scalars(query.order_by(StepTime.entered_at, StepTime.created_at)))


def walks(session: RecordSession, submission_ids: Iterable[str] | None = None) -> dict[str, list[StepTime]]:
    """List the steps of many submissions with one query · 批量读取流程用时.

    Parameters
    ----------
    session
        Any session.
    submission_ids
        Of which; None for all.

    Returns
    -------
    dict of str to list of StepTime
        In order, by submission; nothing for one without steps.
    """
    query = select(StepTime).where(StepTime.subject_kind == SUBJECT)
    if submission_ids is not None:
        query = query.where(StepTime.subject_id.in_(list(submission_ids)))
    found: dict[str, list[StepTime]] = {}
    for step in session.scalars(query.order_by(StepTime.entered_at, StepTime.created_at)):
        found.setdefault(step.subject_id, []).append(step)
    return found


def entered_at(steps: list[StepTime], states: tuple[str, ...]) -> dt.datetime | None:
    """Say when a submission last came into one of some states · 进入状态的时刻.

    Parameters
    ----------
    steps
        From `steps_of`.
    states
        The states, taken as one stretch.

    Returns
    -------
    datetime.datetime or None
        None where it never did.
    """
    found: dt.datetime | None = None
    inside = False
    for step in steps:
        if step.state in states and not inside:
            found = step.entered_at
        inside = step.state in states
    return found


def open_to(submission: Submission, actor: Actor) -> list[Transition]:
    """List the steps that somebody may take with a submission now · 可办理的步骤.

    Parameters
    ----------
    submission
        The submission.
    actor
        Who asks.

    Returns
    -------
    list of Transition
        By right and state; their conditions are asked when the step is taken.
    """
    return allowed(procedure(), submission.state, actor, submission.unit_code)
