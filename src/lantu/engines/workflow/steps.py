"""Which steps are open from a state, and to whom · 流程步骤."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.vocabulary.errors import TransitionForbidden, TransitionRefused
from lantu.vocabulary.people import SYSTEM, Role
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.vocabulary.people import Actor
    from lantu.vocabulary.procedures import Guard, GuardResult, Procedure, Transition


def allowed(
    procedure: Procedure,
    state: str,
    actor: Actor,
    owner_unit: str | None,
    guards: Mapping[str, GuardResult] | None = None,
) -> list[Transition]:
    """List the steps that somebody may take now · 当前可办理的步骤.

    Parameters
    ----------
    procedure
        The chart.
    state
        Where the record stands.
    actor
        Who asks.
    owner_unit
        Unit that owns the record.
    guards
        Answers to the conditions; where None, conditions are left for the step itself.

    Returns
    -------
    list of Transition
        In the order of the chart.
    """
    return [
        step
        for step in procedure.transitions.values()
        if state in step.sources and actor.reaches(step.scopes, owner_unit) and (guards is None or not unmet(procedure, step, guards))
    ]


def unmet(procedure: Procedure, step: Transition, guards: Mapping[str, GuardResult]) -> list[tuple[Guard, GuardResult | None]]:
    """List the conditions of a step that are not met · 未满足的条件.

    Parameters
    ----------
    procedure
        The chart.
    step
        The step.
    guards
        Answers; a condition without an answer is not met.

    Returns
    -------
    list of tuple of Guard and GuardResult or None
        In the order of the chart.
    """
    answers = [(procedure.guards[name], guards.get(name)) for name in step.guards]
    return [(guard, answer) for guard, answer in answers if answer is None or not answer.holds]


def advance(  # noqa: PLR0913, PLR0917  # who does what to whose thing, and whether the conditions hold
    procedure: Procedure,
    state: str,
    transition: str,
    actor: Actor,
    owner_unit: str | None,
    guards: Mapping[str, GuardResult],
    *,
    reason: str = "",
) -> str:
    """Give the state after a step, if the step may be taken · 办理一步.

    Parameters
    ----------
    procedure
        The chart.
    state
        Where the record stands.
    transition
        Name of the step.
    actor
        Who takes it.
    owner_unit
        Unit that owns the record.
    guards
        Answers to the conditions; one without an answer is not met.
    reason
        Why, where the step asks for it.

    Returns
    -------
    str
        The new state.

    Raises
    ------
    TransitionForbidden
        If it is another's to take.
    TransitionRefused
        If the chart has no such step from here, a condition is not met, or the reason is missing.
    """
    step = procedure.transitions.get(transition)
    if step is None:
        raise TransitionRefused(
            Text(f"{procedure.label.en} has no step {transition}.", f"{procedure.label.zh}没有步骤 {transition}。"),
            _open_steps(procedure, state),
        )
    if not actor.reaches(step.scopes, owner_unit):
        raise TransitionForbidden(
            Text(f"{step.label.en}: this is not yours to do.", f"{step.label.zh}：您无权办理。"),
            Text("It is for: {who}.", "应由以下人员办理：{who}。").format(who=who_may(step)),
        )
    if state not in step.sources:
        now = procedure.states[state].label if state in procedure.states else Text(state, state)
        raise TransitionRefused(
            Text("{step} is not possible while it is: {now}.", "当前状态为“{now}”，不能{step}。").format(step=step.label, now=now),
            _open_steps(procedure, state),
        )
    missing = unmet(procedure, step, guards)
    if missing:
        whys = [answer.detail if answer and answer.detail else guard.label for guard, answer in missing]
        raise TransitionRefused(
            Text("{step} has to wait: {why}", "暂不能{step}：{why}").format(step=step.label, why=_joined(whys)),
            _joined([guard.remedy for guard, _ in missing]),
        )
    if step.needs_reason and not reason.strip():
        raise TransitionRefused(
            Text("{step} needs a reason.", "{step}须写明理由。").format(step=step.label),
            Text("Write down why; it goes into the trail.", "请填写理由，将一并留痕。"),
        )
    return step.target


def who_may(step: Transition) -> Text:
    """Say who may take a step · 办理人.

    Parameters
    ----------
    step
        The step.

    Returns
    -------
    Text
        Roles, parted by commas.
    """
    names = [Text("the program itself", "系统") if role == SYSTEM else Role(role).label for role in step.scopes]
    return Text(", ".join(name.en for name in names), "、".join(name.zh for name in names))


def _open_steps(procedure: Procedure, state: str) -> Text:
    steps = [step.label for step in procedure.transitions.values() if state in step.sources]
    if not steps:
        return Text("It has come to its end; start a new one.", "流程已办结，请另行发起。")
    return Text("From here: {steps}.", "当前可办理：{steps}。").format(
        steps=Text(", ".join(label.en for label in steps), "、".join(label.zh for label in steps))
    )


def _joined(texts: list[Text]) -> Text:
    return Text(" ".join(text.en for text in texts), "".join(text.zh for text in texts))
