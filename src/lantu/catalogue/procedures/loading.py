"""Read the declared state charts and hold them against themselves · 读取业务流程."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from lantu.catalogue.rights import load_rights
from lantu.vocabulary.errors import CatalogueBroken
from lantu.vocabulary.procedures import Clock, Guard, Procedure, State, Transition
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.catalogue.rights import Right


@cache
def load_procedures() -> Mapping[str, Procedure]:
    """Read every chart of the catalogue · 读取全部流程.

    Returns
    -------
    mapping of str to Procedure
        By name.

    Raises
    ------
    CatalogueBroken
        If a chart contradicts itself.
    """
    files = sorted(resources.files("lantu.catalogue.procedures").iterdir(), key=lambda item: item.name)
    documents = [yaml.safe_load(item.read_text(encoding="utf-8")) for item in files if item.name.endswith(".yaml")]
    return {document["name"]: read_procedure(document, load_rights()) for document in documents}


def read_procedure(document: Mapping[str, Any], rights: Mapping[str, Right]) -> Procedure:
    """Read one chart · 读取一个流程.

    Parameters
    ----------
    document
        As the file has it.
    rights
        The table of rights.

    Returns
    -------
    Procedure
        In which every state can be reached and left, and every name is known.

    Raises
    ------
    CatalogueBroken
        If it contradicts itself.
    """
    name = document.get("name", "?")
    try:
        procedure = Procedure(
            name=name,
            label=_text(document),
            subject=document["subject"],
            initial=document["initial"],
            states={key: State(key, _text(entry), bool(entry.get("final"))) for key, entry in document["states"].items()},
            guards={key: Guard(key, _text(entry), _text(entry, "remedy_")) for key, entry in document.get("guards", {}).items()},
            transitions={key: _transition(key, entry, rights) for key, entry in document["transitions"].items()},
            clocks={key: _clock(key, entry) for key, entry in document.get("clocks", {}).items()},
        )
    except KeyError as error:
        raise _broken(name, f"{error.args[0]} is missing or unknown", f"缺少或无法识别 {error.args[0]}") from error
    unknown = _unknown_keys(document)
    if unknown:
        raise _broken(name, f"it has keys that mean nothing: {', '.join(unknown)}", f"含无意义的键：{'、'.join(unknown)}")
    for wrong in faults(procedure):
        raise _broken(name, wrong.en, wrong.zh)
    return procedure


def faults(procedure: Procedure) -> list[Text]:
    """List in what a chart contradicts itself · 流程自相矛盾之处.

    Parameters
    ----------
    procedure
        As read.

    Returns
    -------
    list of Text
        Empty where it is sound.
    """
    found: list[Text] = []
    states, steps = procedure.states, procedure.transitions
    named = {procedure.initial, *(step.target for step in steps.values()), *(source for step in steps.values() for source in step.sources)}
    named |= {state for clock in procedure.clocks.values() for state in (*clock.runs_in, *clock.pauses_in)}
    found += [Text(f"state {name} is not declared", f"未声明状态 {name}") for name in sorted(named - states.keys())]
    reached = _reachable(procedure)
    found += [Text(f"state {name} cannot be reached", f"状态 {name} 不可到达") for name in states if name not in reached]
    left = {source for step in steps.values() for source in step.sources}
    found += [
        Text(f"state {name} is final but can be left, or is not and cannot", f"状态 {name} 的终态声明与步骤矛盾")
        for name, state in states.items()
        if state.final == (name in left)
    ]
    asked = {guard for step in steps.values() for guard in step.guards}
    found += [Text(f"condition {name} is not declared", f"未声明条件 {name}") for name in sorted(asked - procedure.guards.keys())]
    found += [Text(f"condition {name} is asked by no step", f"条件 {name} 未被使用") for name in procedure.guards if name not in asked]
    found += [Text(f"step {step.name} is public", f"步骤 {step.name} 不得对公众开放") for step in steps.values() if not step.scopes]
    found += [
        Text(f"clock {clock.name} needs a period and a source", f"时限 {clock.name} 缺少期限或依据")
        for clock in procedure.clocks.values()
        if clock.days < 1 or not clock.source.en or not clock.source.zh
    ]
    return found


_WORDS = {"en", "zh"}
_KEYS = {
    "states": _WORDS | {"final"},
    "guards": _WORDS | {"remedy_en", "remedy_zh"},
    "transitions": _WORDS | {"from", "to", "action", "guards", "reason"},
    "clocks": _WORDS | {"runs_in", "pauses_in", "working_days", "calendar_days", "source", "certain"},
}


def _unknown_keys(document: Mapping[str, Any]) -> list[str]:
    """Find misspelt keys, and words that YAML cut in two at a comma."""
    top = set(document) - {"name", "subject", "initial", *_WORDS, *_KEYS}
    inner = {key for part, known in _KEYS.items() for entry in document.get(part, {}).values() for key in set(entry) - known}
    return sorted(top | inner)


def _reachable(procedure: Procedure) -> set[str]:
    reached = {procedure.initial}
    while True:
        further = {step.target for step in procedure.transitions.values() if reached & set(step.sources)} - reached
        if not further:
            return reached
        reached |= further


def _text(entry: Mapping[str, Any], prefix: str = "") -> Text:
    english, chinese = entry[f"{prefix}en"], entry[f"{prefix}zh"]
    if not english or not chinese:
        raise KeyError(f"{prefix}en, {prefix}zh")  # noqa: EM102, TRY003  # told as missing by the reader
    return Text(english, chinese)


def _transition(name: str, entry: Mapping[str, Any], rights: Mapping[str, Right]) -> Transition:
    return Transition(
        name=name,
        label=_text(entry),
        sources=tuple(entry["from"]),
        target=entry["to"],
        action=entry["action"],
        scopes=rights[entry["action"]].scopes,
        guards=tuple(entry.get("guards", ())),
        needs_reason=bool(entry.get("reason")),
    )


def _clock(name: str, entry: Mapping[str, Any]) -> Clock:
    working = "working_days" in entry
    return Clock(
        name=name,
        label=_text(entry),
        runs_in=tuple(entry["runs_in"]),
        pauses_in=tuple(entry.get("pauses_in", ())),
        days=entry["working_days"] if working else entry["calendar_days"],
        working=working,
        source=Text.of(entry["source"]),
        certain=entry["certain"],
    )


def _broken(name: str, english: str, chinese: str) -> CatalogueBroken:
    return CatalogueBroken(
        Text(f"The procedure {name} contradicts itself: {english}.", f"流程 {name} 自相矛盾：{chinese}。"),
        Text("Mend its file in catalogue/procedures.", "请修改 catalogue/procedures 中的流程文件。"),
    )
