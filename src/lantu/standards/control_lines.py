"""What follows where a project meets a control line · 控制线规则表."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from lantu.vocabulary.errors import LimitUnknown
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Case:
    """What one situation leads to · 一种情形的处理.

    Parameters
    ----------
    name
        Its name in the table.
    verdict
        ``block``, ``review`` or ``clear``.
    since
        First day in force.
    source
        Document and article.
    certain
        False where the sources leave it open.
    reason
        Why, with placeholders.
    needed
        What would be needed, with placeholders.
    """

    name: str
    verdict: str
    since: dt.date
    source: Text
    certain: bool
    reason: Text
    needed: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class LineRule:
    """How one control line is treated · 一条控制线的规则.

    Parameters
    ----------
    layer
        Canonical layer name.
    name
        As people call it.
    role
        ``keep_out``: a project should not be in it; ``stay_in``: it should not leave it.
    exact_distance
        Whether the nearest distance is sought however far it is.
    zone_field
        Field that names zones inside the line, empty where it has none.
    core_zones
        Names of the zones in which activity is forbidden in principle.
    activities_in_core
        Codes of the activities that are allowed even there.
    cases
        By name.
    """

    layer: str
    name: Text
    role: str
    exact_distance: bool
    zone_field: str
    core_zones: frozenset[str]
    activities_in_core: frozenset[str]
    cases: Mapping[str, Case]


@dataclass(frozen=True, slots=True)
class ProjectKind:
    """One kind of project · 项目类型.

    Parameters
    ----------
    name
        As people call it.
    outside
        Name of the case that decides outside the development boundary.
    """

    name: Text
    outside: str


@dataclass(frozen=True, slots=True)
class Expropriation:
    """Above which areas expropriation needs the State Council · 征收审批权限.

    Parameters
    ----------
    source
        Document and article.
    since
        First day in force.
    cultivated_ha
        Cultivated land, more than this.
    total_ha
        All land, more than this.
    text
        What to say, with placeholders ``what``, ``area`` and ``limit``.
    """

    source: Text
    since: dt.date
    cultivated_ha: float
    total_ha: float
    text: Text


@dataclass(frozen=True, slots=True)
class ControlLineRules:
    """The whole table · 控制线规则表.

    Parameters
    ----------
    lines
        Rules by canonical layer name, in the order of a sheet.
    activities
        Limited human activities by code.
    kinds
        Kinds of project by code.
    general
        Cases that hold for every line.
    expropriation
        Limits of approval.
    """

    lines: Mapping[str, LineRule]
    activities: Mapping[str, Text]
    kinds: Mapping[str, ProjectKind]
    general: Mapping[str, Case]
    expropriation: Expropriation

    def case(self, line: str, name: str, today: dt.date) -> Case:
        """Give the case of a line that is in force on a day · 取当日有效的情形.

        Parameters
        ----------
        line
            Canonical layer name; general cases are found under any line.
        name
            Name of the case.
        today
            The day.

        Returns
        -------
        Case
            The line's own case, else the general one.

        Raises
        ------
        LimitUnknown
            If it was not yet in force.
        """
        own = self.lines[line].cases if line in self.lines else {}
        case = own.get(name) or self.general[name]
        if today < case.since:
            raise LimitUnknown(
                Text(f"The rule {name} of {line} is in force from {case.since} only.", f"{line}的规则{name}自{case.since}起施行。"),
                Text("Ask for a later day, or add the earlier rule to the table.", "请改用其后的日期，或在规则表中补充此前的规则。"),
            )
        return case


def _case(name: str, record: Mapping[str, Any]) -> Case:
    return Case(
        name=name,
        verdict=record["verdict"],
        since=record["since"],
        source=Text.of(record["source"]),
        certain=bool(record.get("certain", True)),
        reason=Text(record["en"], record["zh"]),
        needed=tuple(Text(item["en"], item["zh"]) for item in record["needed"]),
    )


def _line(layer: str, record: Mapping[str, Any]) -> LineRule:
    return LineRule(
        layer=layer,
        name=Text(record["en"], record["zh"]),
        role=record["role"],
        exact_distance=record["exact_distance"],
        zone_field=record.get("zone_field", ""),
        core_zones=frozenset(record.get("core_zones", ())),
        activities_in_core=frozenset(record.get("activities_in_core", ())),
        cases={name: _case(name, item) for name, item in record["cases"].items()},
    )


@cache
def load_control_lines() -> ControlLineRules:
    """Read ``control_lines.yaml`` · 读取控制线规则表.

    Returns
    -------
    ControlLineRules
        Every line, activity, kind and case.
    """
    text = resources.files("lantu.standards").joinpath("control_lines.yaml").read_text(encoding="utf-8")
    record = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe loaders
    above = record["expropriation"]
    return ControlLineRules(
        lines={layer: _line(layer, item) for layer, item in record["lines"].items()},
        activities={code: Text(item["en"], item["zh"]) for code, item in record["activities"].items()},
        kinds={code: ProjectKind(Text(item["en"], item["zh"]), item["outside"]) for code, item in record["kinds"].items()},
        general={name: _case(name, item) for name, item in record["general"].items()},
        expropriation=Expropriation(
            Text.of(above["source"]), above["since"], above["cultivated_ha"], above["total_ha"], Text(above["en"], above["zh"])
        ),
    )
