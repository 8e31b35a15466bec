"""Procedures: states, steps, conditions and clocks · 业务流程."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from lantu.vocabulary.people import Scope
    from lantu.vocabulary.text import Text


@dataclass(frozen=True, slots=True)
class State:
    """Where something stands in its procedure · 状态.

    Parameters
    ----------
    name
        As records keep it.
    label
        As people call it.
    final
        Whether it ends there.
    """

    name: str
    label: Text
    final: bool


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition of a step · 条件.

    Parameters
    ----------
    name
        As the ones who know its answer call it.
    label
        What must hold.
    remedy
        What to do where it does not.
    """

    name: str
    label: Text
    remedy: Text


@dataclass(frozen=True, slots=True)
class GuardResult:
    """The answer to a condition · 条件结果.

    Parameters
    ----------
    holds
        Whether it is met.
    detail
        What exactly is in the way, None where the condition's own words say enough.
    """

    holds: bool
    detail: Text | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from one state to another · 流程步骤.

    Parameters
    ----------
    name
        As records and routes call it.
    label
        As the button says it.
    sources
        States it leads out of.
    target
        State it leads to.
    action
        Line of the table of rights that says who may.
    scopes
        Reach by role, from that line.
    guards
        Names of its conditions.
    needs_reason
        Whether it must be told why.
    """

    name: str
    label: Text
    sources: tuple[str, ...]
    target: str
    action: str
    scopes: Mapping[str, Scope]
    guards: tuple[str, ...]
    needs_reason: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """A period that somebody has to keep · 时限.

    Parameters
    ----------
    name
        Its name.
    label
        As people call it.
    runs_in
        States in which it runs; it starts when the first of them is entered.
    pauses_in
        States in which it stands still.
    days
        How many.
    working
        Whether working days are counted, or all.
    source
        Document and article, or who proposes it.
    certain
        False where no source settles the period: the city may set its own.
    """

    name: str
    label: Text
    runs_in: tuple[str, ...]
    pauses_in: tuple[str, ...]
    days: int
    working: bool
    source: Text
    certain: bool


@dataclass(frozen=True, slots=True)
class Due:
    """When a clock runs out · 到期.

    Parameters
    ----------
    day
        Last day, None while the clock stands still.
    certain
        Whether every day that was counted lies in a year whose holidays are known.
    warning
        What is not known, None where it is certain.
    """

    day: dt.date | None
    certain: bool
    warning: Text | None


@dataclass(frozen=True, slots=True)
class Procedure:
    """A state chart · 流程.

    Parameters
    ----------
    name
        Its name.
    label
        As people call it.
    subject
        Table of the records that go through it.
    initial
        State of a new record.
    states
        By name.
    guards
        By name.
    transitions
        By name.
    clocks
        By name.
    """

    name: str
    label: Text
    subject: str
    initial: str
    states: Mapping[str, State]
    guards: Mapping[str, Guard]
    transitions: Mapping[str, Transition]
    clocks: Mapping[str, Clock]
