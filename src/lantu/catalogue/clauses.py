"""Holding a plan against the clauses of its parent plan · 对照上位规划条款."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lantu.catalogue.quantities import Measurement, measured
from lantu.engines.checking.run import NotChecked
from lantu.standards.quantities import convert, load_quantities, name_of, unit_sign
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.plans import WHOLE_CITY, RequirementKind
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import PackageFacts, Requirement, Unit

_NUMERIC = frozenset({RequirementKind.AT_LEAST, RequirementKind.AT_MOST, RequirementKind.EQUAL, RequirementKind.WITHIN})
_WORDS = {
    RequirementKind.AT_LEAST: Text("at least", "不低于"),
    RequirementKind.AT_MOST: Text("at most", "不超过"),
    RequirementKind.EQUAL: Text("exactly", "等于"),
    RequirementKind.WITHIN: Text("about", "控制在"),
}


def clause_finding(requirement: Requirement, statement: Text, verdict: str, **parts: Any) -> Finding:  # noqa: ANN401  # parts of a finding
    """Make a finding that quotes the clause it follows from · 引用条款的问题.

    Parameters
    ----------
    requirement
        The clause.
    statement
        What is wrong, a clause without a full stop.
    verdict
        ``breached``, ``absent`` or ``undecided``.
    **parts
        Further parts of the finding.

    Returns
    -------
    Finding
        An expected figure 预期性 weighs less than a binding one.
    """
    parts.setdefault("severity", None if requirement.binding else Severity.MINOR)
    values = {
        "clause": requirement.clause,
        "quotation": requirement.quotation,
        "subject": name_of(requirement.subject),
        "subject_key": requirement.subject,
        "verdict": verdict,
        "statement": statement,
        **parts.pop("values", {}),
    }
    return Finding(values=values, **parts)


def is_kept(requirement: Requirement, value: float, *, is_computed: bool, parent_tolerance_share: float, computation_share: float) -> bool:
    """Compare an unrounded value with what a clause asks for · 不取整比较.

    Parameters
    ----------
    requirement
        A numeric clause.
    value
        In the unit of the clause.
    is_computed
        Whether the value is a computed area, known to `computation_share`.
    parent_tolerance_share
        Tolerance of a ``within`` clause that names none.
    computation_share
        Accuracy of computed areas.

    Returns
    -------
    bool
        Whether the clause is kept.
    """
    asked = 0.0 if requirement.value is None else requirement.value
    # Decimal figures are not exact in binary, so figures too are compared with the accuracy of a double.
    slack = abs(asked) * (computation_share if is_computed else 1e-12)
    if requirement.kind is RequirementKind.AT_LEAST:
        return value >= asked - slack
    if requirement.kind is RequirementKind.AT_MOST:
        return value <= asked + slack
    allowed = 0.0
    if requirement.kind is RequirementKind.WITHIN:
        allowed = abs(asked) * (requirement.tolerance or parent_tolerance_share)
    return abs(value - asked) <= allowed + slack


def held_against_clauses(  # noqa: PLR0913  # facts and limits go by name
    subjects: Iterable[str],
    layers: Mapping[str, Layer | None],
    *,
    package: PackageFacts,
    products: Products,
    classifications: Mapping[str, Classification],
    requirements: Iterable[Requirement],
    parent_tolerance_share: float,
    computation_share: float,
) -> Iterator[Finding]:
    """Hold the quantities of a plan against every clause laid on it · 指标传导比对.

    Parameters
    ----------
    subjects
        Canonical quantities.
    layers
        The plan's layers by name, None where not delivered; metres.
    package
        What the plan states.
    products
        Where areas are remembered.
    classifications
        By name.
    requirements
        Clauses of the parent plan.
    parent_tolerance_share
        Share for ``within`` clauses that name none.
    computation_share
        Accuracy of computed areas.

    Yields
    ------
    Finding
        Measured and limit in the unit of the clause. A quantity that the plan does not state is ``absent``; one that
        cannot be told is ``undecided`` beside other findings.

    Raises
    ------
    NotChecked
        If nothing is wrong but a quantity cannot be told.
    """
    wanted = tuple(subjects)
    found: list[Finding] = []
    undecided: list[tuple[Requirement, Text]] = []
    for requirement in requirements:
        if requirement.subject not in wanted or requirement.kind not in _NUMERIC or requirement.value is None:
            continue
        try:
            holding = measured(requirement.subject, layers, package, products, classifications)
        except NotChecked as unable:
            undecided.append((requirement, unable.reason))
            continue
        if holding is None:
            subject = name_of(requirement.subject)
            statement = Text(f"missing item: the plan does not state {subject.en}", f"缺项：规划未申报{subject.zh}")
            found.append(clause_finding(requirement, statement, "absent", limit=requirement.value, unit=requirement.unit))
            continue
        value = convert(holding.value, holding.unit, requirement.unit, load_quantities()[requirement.subject].dimension)
        kept = is_kept(
            requirement,
            value,
            is_computed=holding.source == "database",
            parent_tolerance_share=parent_tolerance_share,
            computation_share=computation_share,
        )
        if not kept:
            statement = breach(requirement, value, holding)
            found.append(clause_finding(requirement, statement, "breached", measured=value, limit=requirement.value, unit=requirement.unit))
    if undecided and not found:
        raise NotChecked(undecided[0][1])
    yield from found
    for requirement, reason in undecided:
        statement = Text("could not be decided: " + reason.en.rstrip("."), "无法判定：" + reason.zh.rstrip("。"))
        yield clause_finding(requirement, statement, "undecided", limit=requirement.value, unit=requirement.unit, severity=Severity.NOTICE)


def sum_against_clauses(  # noqa: PLR0913  # facts and limits go by name
    subjects: Iterable[str],
    layers: Mapping[str, Mapping[str, Layer] | None],
    *,
    packages: Mapping[str, PackageFacts],
    units: Mapping[str, Unit],
    products: Products,
    classifications: Mapping[str, Classification],
    requirements: Iterable[Requirement],
    parent_tolerance_share: float,
    computation_share: float,
) -> Iterator[Finding]:
    """Hold the sum of all units against the clauses on the whole city · 全市汇总比对.

    Parameters
    ----------
    subjects
        Canonical quantities that may be added up.
    layers
        Layers by name and unit; metres.
    packages
        What the plans state, by unit.
    units
        All units of the city; a sum without one of them says nothing.
    products
        Where areas are remembered.
    classifications
        By name.
    requirements
        Clauses of the parent plan.
    parent_tolerance_share
        Share for ``within`` clauses that name none.
    computation_share
        Accuracy of computed areas.

    Yields
    ------
    Finding
        Measured is the unrounded sum in the unit of the clause.

    Raises
    ------
    NotChecked
        If a unit has handed in no package, or does not say how much it holds.
    """
    wanted = tuple(subjects)
    for requirement in requirements:
        if requirement.subject not in wanted or requirement.target_unit != WHOLE_CITY or requirement.value is None:
            continue
        if requirement.kind not in _NUMERIC:
            continue
        total, sources = 0.0, set()
        for code, unit in sorted(units.items()):
            holding = None
            if code in packages:
                own = {name: None if by_unit is None else by_unit.get(code) for name, by_unit in layers.items()}
                holding = measured(requirement.subject, own, packages[code], products, classifications)
            if holding is None:
                subject = name_of(requirement.subject)
                raise NotChecked(
                    Text(
                        f"No sum of {subject.en}: {unit.name.en} does not say how much it holds.",
                        f"无法汇总{subject.zh}：{unit.name.zh}未提供。",
                    )
                )
            total += convert(holding.value, holding.unit, requirement.unit, holding.dimension)
            sources.add(holding.source)
        kept = is_kept(
            requirement,
            total,
            is_computed="database" in sources,
            parent_tolerance_share=parent_tolerance_share,
            computation_share=computation_share,
        )
        if not kept:
            count = len(units)
            origin = Measurement(total, requirement.unit, "", "", Text(f"sum of {count} units", f"{count}个板块合计"))
            statement = breach(requirement, total, origin)
            yield clause_finding(requirement, statement, "breached", measured=total, limit=requirement.value, unit=requirement.unit)


def breach(requirement: Requirement, value: float, holding: Measurement) -> Text:
    """Say by how much a quantity misses its clause · 差额说明.

    Parameters
    ----------
    requirement
        The clause.
    value
        What the plan holds, in the unit of the clause.
    holding
        Where it comes from.

    Returns
    -------
    Text
        With the unrounded difference, which rounding to two places would hide.
    """
    asked = 0.0 if requirement.value is None else requirement.value
    subject, word, unit = name_of(requirement.subject), _WORDS[requirement.kind], unit_sign(requirement.unit)
    allowed_en = f" within {requirement.tolerance:.3%}" if requirement.tolerance else ""
    allowed_zh = f"（允许偏差{requirement.tolerance:.3%}）" if requirement.tolerance else ""
    return Text(
        f"{subject.en} is {value:,.6f} {unit.en} ({holding.text.en}), but {word.en} {asked:,.6f} {unit.en}{allowed_en} "
        f"is asked for, a difference of {value - asked:+,.6f} {unit.en}",
        f"{subject.zh}为{value:,.6f}{unit.zh}（{holding.text.zh}），要求{word.zh}{asked:,.6f}{unit.zh}{allowed_zh}，"
        f"相差{value - asked:+,.6f}{unit.zh}",
    )
