"""What a run adds up to: counts, the table of units and themes, areas that tie · 汇总."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from lantu.capabilities.plan_making.reports.wording import THEME_NAMES, say
from lantu.standards.quantities import unit_sign
from lantu.vocabulary.findings import Outcome, Severity
from lantu.vocabulary.plans import WHOLE_CITY
from lantu.vocabulary.text import Text, counted
from lantu.vocabulary.units import AreaUnit, convert_area, print_column

if TYPE_CHECKING:
    from decimal import Decimal

    from lantu.capabilities.plan_making.run_records import AreaRow, CheckRun, OutcomeRecord, RuleRecord

AREA_PLACES = 4
SEVERITIES = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Cell:
    """What the checks of one theme came to in one unit · 一个板块一个类别的结论.

    Parameters
    ----------
    unit
        Code of the unit.
    theme
        The theme.
    findings
        How many findings.
    worst
        Heaviest severity among them, None without findings.
    outcomes
        How many checks ended in each outcome.
    """

    unit: str
    theme: str
    findings: int
    worst: Severity | None
    outcomes: Counter[Outcome]


@dataclass(frozen=True, slots=True)
class UncheckedGroup:
    """Checks that could not be made for one and the same reason · 同一原因未检查的规则.

    Parameters
    ----------
    reason
        The reason.
    codes
        Codes of the checks, in order.
    units
        Codes of the units, in report order.
    """

    reason: Text
    codes: tuple[str, ...]
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One printed line of an area table · 面积表的一行.

    Parameters
    ----------
    row
        The unrounded row it prints.
    hectares
        Printed hectares.
    mu
        Printed mu.
    hectares_adjusted
        True where this line took the rounding difference of the hectares.
    mu_adjusted
        The same for mu.
    """

    row: AreaRow
    hectares: Decimal
    mu: Decimal
    hectares_adjusted: bool
    mu_adjusted: bool


@dataclass(frozen=True, slots=True)
class AreaTable:
    """Areas of one layer; printed lines add up to the printed total · 一个图层的面积表.

    Parameters
    ----------
    layer
        Canonical name of the layer.
    lines
        In report order.
    total_m2
        Unrounded total.
    hectares
        Printed total in hectares.
    mu
        Printed total in mu.
    """

    layer: str
    lines: tuple[AreaLine, ...]
    total_m2: Fraction
    hectares: Decimal
    mu: Decimal


@dataclass(slots=True)
class RuleTally:
    """How one check ended over all units · 一条规则在各板块的结论.

    Parameters
    ----------
    code
        Code of the check.
    outcomes
        How many units ended in each outcome.
    findings
        How many findings in all.
    """

    code: str
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    findings: int = 0


def outcome_counts(run: CheckRun) -> Counter[Outcome]:
    """Count checks, each once per unit it was asked for, by outcome · 各结论的数量.

    Parameters
    ----------
    run
        The run.

    Returns
    -------
    collections.Counter
        By outcome.
    """
    return Counter(record.outcome for record in run.outcomes)


def severity_counts(run: CheckRun) -> Counter[Severity]:
    """Count findings by severity · 各严重程度的问题数.

    Parameters
    ----------
    run
        The run.

    Returns
    -------
    collections.Counter
        By severity.
    """
    return Counter(record.severity for record in run.findings)


def verdict_sentence(run: CheckRun) -> Text:
    """Say the verdict in one sentence · 总结论的一句话.

    Parameters
    ----------
    run
        The run.

    Returns
    -------
    Text
        With the key numbers.
    """
    counts = outcome_counts(run)
    return say(
        f"sentence_{run.verdict.value}",
        asked=print_number(counts.total()),
        failed=print_number(counts[Outcome.FAILED]),
        unchecked=print_number(counts[Outcome.NOT_CHECKED]),
        findings=counted(len(run.findings), "finding", "处问题"),
        units=counted(len({record.unit for record in run.findings} - {WHOLE_CITY}), "unit", "个板块"),
    )


def theme_name(theme: str) -> Text:
    """Name a theme as people read it · 类别名称.

    Parameters
    ----------
    theme
        Name of the room.

    Returns
    -------
    Text
        Its name; that of a plugin's own room stands as it is.
    """
    return THEME_NAMES.get(theme, Text(theme.replace("_", " "), theme))


def themes_of(run: CheckRun) -> list[str]:
    """List the themes that were asked for, in the order of the catalogue · 涉及的类别.

    Parameters
    ----------
    run
        The run.

    Returns
    -------
    list of str
        Themes.
    """
    asked = {theme_of(run, record.code) for record in run.outcomes} | {theme_of(run, record.code) for record in run.findings}
    known = list(THEME_NAMES)
    return sorted(asked, key=lambda theme: (known.index(theme) if theme in known else len(known), theme))


def theme_of(run: CheckRun, code: str) -> str:
    """Give the theme of a check · 规则所属类别.

    Parameters
    ----------
    run
        The run.
    code
        Code of the check.

    Returns
    -------
    str
        Its theme; the two letters of the code where the run has no rule of that code.
    """
    rule: RuleRecord | None = run.rules.get(code)
    return rule.theme if rule else code[:2]


def unit_codes(run: CheckRun) -> list[str]:
    """List the units that the run says something of, in report order, the whole city last · 涉及的板块.

    Parameters
    ----------
    run
        The run.

    Returns
    -------
    list of str
        Codes of units.
    """
    spoken = {record.unit for record in run.outcomes} | {record.unit for record in run.findings} | {row.unit for row in run.transmission}
    known = [unit.code for unit in run.units]
    strangers = sorted(spoken - set(known) - {WHOLE_CITY})
    return [*known, *strangers, *([WHOLE_CITY] if WHOLE_CITY in spoken else [])]


def matrix(run: CheckRun) -> dict[str, dict[str, Cell]]:
    """Tabulate units against themes · 板块与类别矩阵.

    Parameters
    ----------
    run
        The run.

    Returns
    -------
    dict
        Cells by unit, then by theme; a theme that was not asked of a unit has a cell without outcomes.
    """
    outcomes: dict[tuple[str, str], Counter[Outcome]] = defaultdict(Counter)
    severities: dict[tuple[str, str], Counter[Severity]] = defaultdict(Counter)
    for outcome in run.outcomes:
        outcomes[outcome.unit, theme_of(run, outcome.code)][outcome.outcome] += 1
    for finding in run.findings:
        severities[finding.unit, theme_of(run, finding.code)][finding.severity] += 1
    themes = themes_of(run)
    return {
        unit: {
            theme: Cell(
                unit,
                theme,
                severities[unit, theme].total(),
                next((severity for severity in SEVERITIES if severities[unit, theme][severity]), None),
                outcomes[unit, theme],
            )
            for theme in themes
        }
        for unit in unit_codes(run)
    }


def rule_tallies(run: CheckRun) -> list[RuleTally]:
    """Add up each check over the units · 按规则汇总.

    Parameters
    ----------
    run
        The run.

    Returns
    -------
    list of RuleTally
        In order of code.
    """
    tallies: dict[str, RuleTally] = {}
    for record in run.outcomes:
        tally = tallies.setdefault(record.code, RuleTally(record.code))
        tally.outcomes[record.outcome] += 1
        tally.findings += record.findings
    return [tallies[code] for code in sorted(tallies)]


def unchecked_groups(run: CheckRun) -> list[UncheckedGroup]:
    """Gather what was not checked by reason · 按原因归并未检查项.

    Parameters
    ----------
    run
        The run.

    Returns
    -------
    list of UncheckedGroup
        The reason that concerns most first.
    """
    groups: dict[Text, list[OutcomeRecord]] = defaultdict(list)
    for record in run.outcomes:
        # A check that found faults may have a reason as well: what of it could not be checked.
        if record.outcome is Outcome.NOT_CHECKED or record.reason is not None:
            groups[record.reason or Text("No reason was recorded.", "未记录原因。")].append(record)
    order = unit_codes(run)
    found = [
        UncheckedGroup(
            reason,
            tuple(sorted({record.code for record in records})),
            tuple(sorted({record.unit for record in records}, key=order.index)),
        )
        for reason, records in groups.items()
    ]
    return sorted(found, key=lambda group: (-len(groups[group.reason]), group.codes, group.reason.en))


def area_tables(run: CheckRun) -> list[AreaTable]:
    """Print areas in hectares and mu so that each column adds up · 面积平差表.

    Parameters
    ----------
    run
        The run.

    Returns
    -------
    list of AreaTable
        One per layer, in the order in which the run names them.
    """
    by_layer: dict[str, list[AreaRow]] = {}
    for row in run.areas:
        by_layer.setdefault(row.layer, []).append(row)
    return [_area_table(layer, rows) for layer, rows in by_layer.items()]


def _area_table(layer: str, rows: list[AreaRow]) -> AreaTable:
    hectares, total_hectares, adjusted_hectares = print_column(
        [convert_area(row.area_m2, AreaUnit.M2, AreaUnit.HA) for row in rows], AREA_PLACES
    )
    mu, total_mu, adjusted_mu = print_column([convert_area(row.area_m2, AreaUnit.M2, AreaUnit.MU) for row in rows], AREA_PLACES)
    lines = tuple(
        AreaLine(row, hectares[index], mu[index], index == adjusted_hectares, index == adjusted_mu) for index, row in enumerate(rows)
    )
    return AreaTable(layer, lines, sum((Fraction(row.area_m2) for row in rows), Fraction(0)), total_hectares, total_mu)


def print_number(value: float | str | None) -> str:
    """Print a number as reports show it: thousands parted, three decimals, or six digits below one · 数值的显示.

    Parameters
    ----------
    value
        Number, word or None.

    Returns
    -------
    str
        Empty for None.

    Examples
    --------
    >>> print_number(1234567.89012), print_number(0.000123456789), print_number(5.0), print_number("x"), print_number(None)
    ('1,234,567.89', '0.000123457', '5', 'x', '')
    """
    if value is None or isinstance(value, str):
        return value or ""
    if value == 0 or abs(value) >= 1:
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    return f"{value:.6g}"


def print_quantity(value: float | str | None, unit_of_measure: str) -> Text:
    """Print a value with its unit · 数值与单位.

    Parameters
    ----------
    value
        Number, word or None.
    unit_of_measure
        Such as ``m2``.

    Returns
    -------
    Text
        Empty for None.

    Examples
    --------
    >>> print_quantity(25.0, "m2").en, print_quantity(3.5, "平方公里").en, print_quantity("0799X", "").zh
    ('25 m²', '3.5 km²', '0799X')
    """
    number, sign = print_number(value), unit_sign(unit_of_measure)
    return Text(f"{number} {sign.en}", f"{number} {sign.zh}") if number and sign.en else Text(number, number)
