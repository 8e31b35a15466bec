"""Run checks on a subject and keep the three outcomes apart · 运行规则."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lantu.engines.checking.card import EVERY_LAYER, FACTS, ROLES, Card
from lantu.vocabulary.errors import CatalogueBroken, GeometryInvalid, LantuError, LimitUnknown
from lantu.vocabulary.findings import Finding, Outcome
from lantu.vocabulary.layer import IDENTIFIER, Layer
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    LimitSource = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is put to the checks: layers, facts and the limits in force · 受检对象.

    Parameters
    ----------
    scope
        ``unit`` or ``city``.
    layers
        By name with role. For a city each value is a mapping from unit code to layer.
    facts
        By name, see `FACTS`.
    limit
        Gives the value of a limit in force, or raises `LimitUnknown`.
    absences
        Why a layer is not there, by name, where more is known than "not delivered".
    delivered
        Names of the layers that the package itself brings, which is what `every_layer` means; None for all
        layers without a role but the unit's outline.
    """

    scope: str
    layers: Mapping[str, Any]
    facts: Mapping[str, Any]
    limit: LimitSource
    absences: Mapping[str, Text] = field(default_factory=dict)
    delivered: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check said of one subject · 一条规则的结论.

    Parameters
    ----------
    code
        Code of the check.
    outcome
        Passed, failed or not checked.
    findings
        Every fault found; empty unless failed.
    reason
        Why it was not checked, or what of it could not be although faults were found; None otherwise.
    limits
        Limits that were applied, by name.
    seconds
        CPU seconds it took; not part of the verdict.
    """

    code: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    reason: Text | None = None
    limits: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Previous:
    """An earlier run on the same subject, and what has changed since · 上次运行与其后的变化.

    Parameters
    ----------
    results
        Results by code.
    changed_rows
        Rows of the new layer that are new or different, by layer name; a layer that is not named is unchanged.
    stale_ids
        Ids whose old findings no longer hold (changed or removed), by layer name.
    facts_unchanged
        Whether limits and facts are the same as then.
    """

    results: Mapping[str, CheckResult]
    changed_rows: Mapping[str, np.ndarray[Any, np.dtype[np.int64]]]
    stale_ids: Mapping[str, frozenset[str]]
    facts_unchanged: bool = True


def run_checks(cards: Iterable[Card], subject: Subject, previous: Previous | None = None) -> Iterator[CheckResult]:
    """Run every check of a subject's scope, one by one · 逐条运行规则.

    Parameters
    ----------
    cards
        Checks to run; those of another scope are passed over.
    subject
        What they are run on.
    previous
        An earlier run, so that checks whose findings depend on single features look only at what changed.

    Yields
    ------
    CheckResult
        One per check of the subject's scope, in the order given.
    """
    for card in cards:
        if card.scope == subject.scope:
            yield run_check(card, subject, previous)


def run_check(card: Card, subject: Subject, previous: Previous | None = None) -> CheckResult:
    """Run one check · 运行一条规则.

    Missing layers, unknown limits and crashes end in ``not_checked`` with the reason; they never look
    like a pass, nor like a fault of the plan.

    Parameters
    ----------
    card
        The check.
    subject
        What it is run on.
    previous
        An earlier run of the same subject.

    Returns
    -------
    CheckResult
        Its verdict.
    """
    started = time.process_time()
    layers, reason = _layers_for(card, subject)
    if reason is not None:
        return CheckResult(card.code, Outcome.NOT_CHECKED, reason=reason)
    try:
        limits = _limits_for(card, subject)
    except LimitUnknown as error:
        return CheckResult(card.code, Outcome.NOT_CHECKED, reason=error.message)
    missing = [name for name in card.facts if name not in subject.facts]
    if missing:
        names = ", ".join(missing)
        why = Text(f"The package does not say: {names}.", f"成果未提供：{names}。")
        return CheckResult(card.code, Outcome.NOT_CHECKED, reason=why, limits=limits)
    kept: list[Finding] = []
    in_part = previous is not None and _looks_only_at_changes(card, previous)
    if previous is not None and in_part:
        layers[0], kept = _only_changes(card, layers[0], previous)
    facts = {name: subject.facts[name] for name in card.facts}
    found, undecided = _call(card, layers, {**facts, **limits})
    if undecided is not None and in_part:
        return run_check(card, subject)
    if undecided is not None and not found:
        return CheckResult(card.code, Outcome.NOT_CHECKED, reason=undecided, limits=limits, seconds=time.process_time() - started)
    findings = _ordered(card, [*kept, *(finding if finding.layer else _with_layer(finding, card) for finding in found)])
    outcome = Outcome.FAILED if findings else Outcome.PASSED
    return CheckResult(card.code, outcome, findings, undecided, limits, time.process_time() - started)


def _call(card: Card, layers: list[Any], named: Mapping[str, Any]) -> tuple[list[Finding], Text | None]:
    """Collect what a check finds, and why it could not go on if it could not."""
    found: list[Finding] = []
    try:
        found.extend(card.function(*layers, **named))
    except NotChecked as unable:
        return found, unable.reason
    except GeometryInvalid as error:
        # What it said of sound features stands; what hangs on the others is not known.
        return found, error.message
    except LantuError as error:
        return [], error.message
    except Exception as error:  # noqa: BLE001  # whatever a check dies of must end as "not checked", with the cause named
        return [], Text(
            f"Check {card.code} broke off: {type(error).__name__}: {error}",
            f"规则{card.code}运行中断：{type(error).__name__}：{error}",
        )
    return found, None


class NotChecked(Exception):  # it is an outcome, not an error
    """Raised by a check that finds it cannot decide · 无法判定.

    Parameters
    ----------
    reason
        Why, in both languages.
    """

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


def message_of(card: Card, finding: Finding, layer_name: Text | None = None) -> Text:
    """Fill the card's message with what a finding measured · 生成问题描述.

    Parameters
    ----------
    card
        The check's card.
    finding
        The finding.
    layer_name
        Name of the layer as people read it; the canonical name where it is not given.

    Returns
    -------
    Text
        A full sentence in both languages.

    Raises
    ------
    CatalogueBroken
        If the message asks for a value that the finding lacks.
    """
    values: dict[str, object] = {
        "layer": layer_name or finding.layer,
        "features": ", ".join(finding.features),
        "feature": finding.features[0] if finding.features else "",
        "measured": _printed(finding.measured),
        "limit": _printed(finding.limit),
        "unit": finding.unit,
        **{key: value if isinstance(value, Text) else _printed(value) for key, value in finding.values.items()},
    }
    try:
        return card.message.format(**values)
    except KeyError as error:
        raise CatalogueBroken(
            Text(f"The message of {card.code} asks for {error}.", f"规则{card.code}的描述模板需要{error}。"),
            Text("Put the value into Finding.values.", "请在Finding.values中给出该值。"),
        ) from error


def _printed(value: object) -> str:
    if isinstance(value, float | np.floating):
        number = float(value)
        return (
            f"{number:,.3f}".rstrip("0").rstrip(".") if abs(number) >= 1 else f"{number:.6g}"
        )  # below one, significant digits say more than decimals
    return "" if value is None else str(value)


def _with_layer(finding: Finding, card: Card) -> Finding:
    return replace(finding, layer=card.layers[0] if card.layers and card.layers[0] != EVERY_LAYER else "")


def _ordered(card: Card, findings: list[Finding]) -> tuple[Finding, ...]:
    # Kept and new findings must end in the order of a full run; the sort is stable, so several findings of one
    # feature stay as the check gave them.
    if card.locality == "whole":
        return tuple(findings)
    return tuple(sorted(findings, key=lambda finding: (finding.layer, finding.features)))


def _only_changes(card: Card, first: Layer | dict[str, Layer], previous: Previous) -> tuple[Layer | dict[str, Layer], list[Finding]]:
    old = previous.results[card.code].findings
    if isinstance(first, Layer):
        part, kept = _changed_part(card, card.layers[0], first, old, previous)
        return (first.take([]) if part is None else part), kept
    parts: dict[str, Layer] = {}
    all_kept: list[Finding] = []
    for name, layer in first.items():
        part, kept = _changed_part(card, name, layer, tuple(item for item in old if item.layer == name), previous)
        all_kept += kept
        if part is not None:
            parts[name] = part
    return parts, all_kept


def _changed_part(card: Card, name: str, layer: Layer, old: tuple[Finding, ...], previous: Previous) -> tuple[Layer | None, list[Finding]]:
    changed, stale = previous.changed_rows.get(name), previous.stale_ids.get(name, frozenset())
    if changed is None and not stale:
        return None, list(old)
    # Without an identifier on every row, rows move under their findings: the whole layer is looked at again.
    if card.locality == "layer" or not layer.has(IDENTIFIER) or layer.column(IDENTIFIER).null_count:
        return layer, []
    rows = np.empty(0, np.int64) if changed is None else changed
    affected = stale | frozenset(layer.take(rows).ids)
    # An id that occurs twice is looked at as a whole, since its old findings cannot be told apart.
    wanted = pa.array(sorted(affected), pa.large_string())
    hit = pc.is_in(layer.column(IDENTIFIER).cast(pa.large_string()), value_set=wanted)
    part = layer.take(np.flatnonzero(hit.to_numpy(zero_copy_only=False)))
    return part, [item for item in old if affected.isdisjoint(item.features)]


def _looks_only_at_changes(card: Card, previous: Previous) -> bool:
    old = previous.results.get(card.code)
    return (
        card.locality != "whole"
        and previous.facts_unchanged
        and old is not None
        and old.outcome is not Outcome.NOT_CHECKED
        and old.reason is None
        and not any(name in previous.changed_rows for name in card.layers[1:])
    )


def _layers_for(card: Card, subject: Subject) -> tuple[list[Any], Text | None]:
    layers: list[Any] = []
    for name in card.layers:
        if name == EVERY_LAYER:
            own = _own_layers(card, subject)
            if not own:
                return [], Text("The package holds no layer that could be read.", "成果包中没有可读取的图层。")
            layers.append(own)
            continue
        layer = subject.layers.get(name)
        if layer is None and name not in card.optional_layers:
            fallback = Text(f"Layer {name} was not delivered.", f"未提交图层{name}。")
            return [], subject.absences.get(name, fallback)
        layers.append(layer)
    references = {layer.crs for layer in layers if isinstance(layer, Layer)}
    if len(references) > 1:
        codes = ", ".join(sorted(references))
        return [], Text(f"The layers are in different coordinate systems: {codes}.", f"图层坐标系不一致：{codes}。")
    return layers, None


def _own_layers(card: Card, subject: Subject) -> dict[str, Layer]:
    named = {*card.layers, "local_unit"}
    return {
        name: subject.layers[name]
        for name in sorted(subject.layers)
        if (name in subject.delivered if subject.delivered is not None else name not in named and not name.startswith(ROLES))
    }


def _limits_for(card: Card, subject: Subject) -> dict[str, float]:
    limits: dict[str, float] = {}
    for name, required in card.limits.items():
        try:
            limits[name] = subject.limit(name)
        except LimitUnknown:
            if required:
                raise
    return limits


def refuse_unknown_facts(facts: Mapping[str, Any]) -> None:
    """Refuse facts that no check can ask for · 拒绝未知的事实名.

    Parameters
    ----------
    facts
        Facts by name.

    Raises
    ------
    CatalogueBroken
        If a name is not one of `FACTS`.
    """
    unknown = sorted(set(facts) - FACTS)
    if unknown:
        names = ", ".join(unknown)
        raise CatalogueBroken(
            Text(f"No check knows the facts {names}.", f"没有规则使用{names}。"), Text("Correct the name.", "请更正名称。")
        )
