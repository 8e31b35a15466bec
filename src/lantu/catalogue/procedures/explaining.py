"""The page of the guide on procedures and rights, made from the data that the program obeys · 流程与权限说明页."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.engines.workflow import who_may
from lantu.vocabulary.people import SYSTEM, Role, Scope
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lantu.catalogue.rights import Right
    from lantu.vocabulary.procedures import Clock, Procedure, Transition
    from lantu.vocabulary.text import Language

_TITLE = Text("Procedures and rights", "业务流程与权限")
_INTRODUCTION = Text(
    "Made by `make docs` from `catalogue/procedures/*.yaml` and `catalogue/rights.yaml`: the program obeys the same files.",
    "由`make docs`根据`catalogue/procedures/*.yaml`与`catalogue/rights.yaml`生成，程序依据同一文件运行。",
)
_STEPS = Text("| step | from | to | who | conditions |", "| 步骤 | 由 | 至 | 办理人 | 条件 |")
_CLOCKS = Text("| period | days | runs while | source |", "| 时限 | 天数 | 计时状态 | 依据 |")
_RIGHTS = Text("Who may do what", "权限表")
_ACTION = Text("action", "动作")
_LEGEND = Text(
    "● whatever the unit · ○ of the own unit only · everybody: without an account too. **Bold** puts a unit's plan on its way.",
    "● 不限板块 · ○ 仅限本板块 · 公开：无需账号。**粗体**为编写板块规划的动作。",
)
_PUBLIC = Text("everybody", "公开")
_REASON = Text("with a reason", "须写明理由")
_OWN = Text("own unit", "本板块")
_UNCERTAIN = Text("not certain", "未确定")
_UNITS = {True: Text("working days", "个工作日"), False: Text("days", "日")}
_BEGINS = Text("begins", "起点")
_ENDS = Text("ends", "终点")


def procedures_page(procedures: Mapping[str, Procedure], rights: Mapping[str, Right], language: Language) -> str:
    """Write the page · 生成说明页.

    Parameters
    ----------
    procedures
        By name.
    rights
        The table of rights.
    language
        ``en`` or ``zh``.

    Returns
    -------
    str
        Markdown, with a drawing of each chart in plain signs.
    """
    lines = [f"# {_TITLE.speak(language)}", "", _INTRODUCTION.speak(language), ""]
    for procedure in procedures.values():
        lines += _procedure(procedure, language)
    lines += _rights(rights, language)
    return "\n".join(lines) + "\n"


def _procedure(procedure: Procedure, language: Language) -> list[str]:
    lines = [f"## {procedure.label.speak(language)}", "", "```", *_drawing(procedure, language), "```", ""]
    lines += [_STEPS.speak(language), "|---|---|---|---|---|"]
    lines += [_step(procedure, step, language) for step in procedure.transitions.values()]
    lines += ["", _CLOCKS.speak(language), "|---|---|---|---|"]
    return [*lines, *(_clock(procedure, clock, language) for clock in procedure.clocks.values()), ""]


def _drawing(procedure: Procedure, language: Language) -> list[str]:
    lines = []
    for state in procedure.states.values():
        marks = [_BEGINS.speak(language)] * (state.name == procedure.initial) + [_ENDS.speak(language)] * state.final
        lines.append(f"[{state.label.speak(language)}]" + (f"  ({', '.join(marks)})" if marks else ""))
        lines += [
            f"   └─ {step.label.speak(language)} ─→ [{procedure.states[step.target].label.speak(language)}]"
            for step in procedure.transitions.values()
            if state.name in step.sources
        ]
    return lines


def _step(procedure: Procedure, step: Transition, language: Language) -> str:
    own = f" ({_OWN.speak(language)})" if set(step.scopes.values()) == {Scope.OWN_UNIT} else ""
    conditions = [procedure.guards[name].label.speak(language) for name in step.guards] + [_REASON.speak(language)] * step.needs_reason
    cells = [
        step.label.speak(language),
        _states(procedure, step.sources, language),
        _states(procedure, [step.target], language),
        who_may(step).speak(language) + own,
        " ".join(conditions),
    ]
    return f"| {' | '.join(cells)} |"


def _clock(procedure: Procedure, clock: Clock, language: Language) -> str:
    source = clock.source.speak(language)
    if not clock.certain:
        source += f"（{_UNCERTAIN.zh}）" if language == "zh" else f" ({_UNCERTAIN.en})"
    days = f"{clock.days} {_UNITS[clock.working].speak(language)}"
    return f"| {clock.label.speak(language)} | {days} | {_states(procedure, clock.runs_in, language)} | {source} |"


def _states(procedure: Procedure, names: Iterable[str], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(procedure.states[name].label.speak(language) for name in names)


def _rights(rights: Mapping[str, Right], language: Language) -> list[str]:
    who = {role.value: role.label for role in Role if role is not Role.RESIDENT} | {SYSTEM: Text("the program itself", "系统")}
    lines = [f"## {_RIGHTS.speak(language)}", "", _LEGEND.speak(language), ""]
    lines += [
        f"| {_ACTION.speak(language)} | {' | '.join(label.speak(language) for label in who.values())} |",
        "|---" * (len(who) + 1) + "|",
    ]
    signs = {Scope.ANY: "●", Scope.OWN_UNIT: "○"}
    for right in rights.values():
        label = f"{right.label.speak(language)} (`{right.action}`)"
        cells = (
            [_PUBLIC.speak(language)] * len(who)
            if right.public
            else [signs[right.scopes[role]] if role in right.scopes else "" for role in who]
        )
        lines.append(f"| {f'**{label}**' if right.writes_plan else label} | {' | '.join(cells)} |")
    return lines
