"""What a look at a plan can end in · 审查结论与问题."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping


class Outcome(StrEnum):
    """The three outcomes; nothing else, and never a bool · 三种结论."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"


class Severity(StrEnum):
    """How much a finding weighs · 严重程度."""

    MANDATORY = "mandatory"
    MAJOR = "major"
    MINOR = "minor"
    NOTICE = "notice"


SEVERITY_NAMES: Mapping[Severity, Text] = MappingProxyType(
    {
        Severity.MANDATORY: Text("mandatory", "致命"),
        Severity.MAJOR: Text("major", "重缺陷"),
        Severity.MINOR: Text("minor", "轻缺陷"),
        Severity.NOTICE: Text("notice", "提示"),
    }
)

OUTCOME_NAMES: Mapping[Outcome, Text] = MappingProxyType(
    {
        Outcome.PASSED: Text("passed", "通过"),
        Outcome.FAILED: Text("failed", "不通过"),
        Outcome.NOT_CHECKED: Text("not checked", "未检查"),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """One fault, at its place, with what was measured against which limit · 一处问题.

    A check yields it with what only the check knows; code, severity, message and remedy follow
    from the check's card.

    Parameters
    ----------
    features
        Ids of the features concerned, most concerned first; empty for a fault of the whole.
    measured
        What was found, unrounded.
    limit
        What it was held against, unrounded.
    unit
        Unit of both, such as ``m2``, ``km2``, ``m``, ``degree``; empty where they are words.
    place
        Shapely geometry in the CRS of the layer, None where the fault has no place.
    layer
        Canonical name of the layer concerned; empty means the card's first layer.
    values
        Further values for the placeholders of the card's message.
    severity
        Weight of this finding where it differs from that of the card; None for the card's own.
    """

    features: tuple[str, ...] = ()
    measured: float | str | None = None
    limit: float | str | None = None
    unit: str = ""
    place: Any = None
    layer: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault or a question that reading a file brought up · 读取时发现的问题.

    Parameters
    ----------
    code
        Stable code such as ``IN07``.
    severity
        How much it weighs.
    message
        What, where and why.
    remedy
        The way out.
    layer
        Name of the layer in the file, if it concerns one.
    """

    code: str
    severity: Severity
    message: Text
    remedy: Text
    layer: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """A change made to what was read, because its rightness could be proved · 已作的修复.

    Parameters
    ----------
    code
        Stable code such as ``RP03``.
    message
        What was changed and the proof.
    layer
        Name of the layer in the file, if it concerns one.
    features
        How many features were touched.
    """

    code: str
    message: Text
    layer: str = ""
    features: int = 0
