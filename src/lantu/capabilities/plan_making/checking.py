"""Check the packages of one unit or of a whole city · 成果审查."""

from __future__ import annotations

import hashlib
import inspect
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from lantu import __version__
from lantu.capabilities.plan_making import fingerprints, summaries
from lantu.capabilities.plan_making.open_memory import UnitMemory
from lantu.capabilities.plan_making.packages import vocabulary_of
from lantu.capabilities.plan_making.remembering import (
    LazyLayers,
    ResultsMemory,
    ValuesMemory,
    key_of,
    previous_of,
    rules_key_of,
    seen_print,
    source_print,
)
from lantu.capabilities.plan_making.run_records import CheckRun, FindingRecord, OutcomeRecord, RuleRecord, record_result, run_head
from lantu.engines.checking.card import base_layer
from lantu.engines.checking.discover import discover
from lantu.engines.checking.run import CheckResult, Previous, Subject, run_check
from lantu.vocabulary.errors import InputAmbiguous, InputUnreadable
from lantu.vocabulary.plans import WHOLE_CITY, Unit
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from lantu.capabilities.plan_making.cities import City
    from lantu.capabilities.plan_making.kept_packages import Package
    from lantu.engines.checking.card import Card
    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary

    Progress = Callable[[str, int, int], None]

CATALOGUE = "lantu.catalogue.checks"
_CHANGE_SET = frozenset({"change", "before_change", "after_change"})


@dataclass(frozen=True)
class UnitWork:
    """One unit's package made ready for the checks · 单个板块的受检内容.

    Parameters
    ----------
    unit
        The unit.
    package
        What it submitted.
    layers
        Its layers and those the city adds, by name with role.
    subject
        The same as the checks see it.
    """

    unit: Unit
    package: Package
    layers: LazyLayers
    subject: Subject


@dataclass(frozen=True)
class CityWork:
    """Everything that is checked in one run · 一次审查的全部内容.

    Parameters
    ----------
    city
        The city.
    units
        Work per unit, in order of code.
    subject
        The whole city as city checks see it; None where single packages are checked.
    products
        Overlay products shared by all checks.
    vocabulary
        Layer definitions with the city's aliases.
    """

    city: City
    units: Sequence[UnitWork]
    subject: Subject | None
    products: Products
    vocabulary: LayerVocabulary


@dataclass(slots=True)
class _Results:
    outcomes: list[OutcomeRecord] = field(default_factory=list)
    findings: list[FindingRecord] = field(default_factory=list)
    by_unit: dict[str, dict[str, CheckResult]] = field(default_factory=dict)


def select_cards(select: Sequence[str]) -> dict[str, Card]:
    """Give the checks that codes or prefixes name · 按代码或前缀选规则.

    Parameters
    ----------
    select
        Such as ``CL`` or ``TR05``; ``ALL`` for every check.

    Returns
    -------
    dict of str to Card
        By code.

    Raises
    ------
    InputAmbiguous
        If a name fits no check.
    """
    cards = dict(_catalogue())
    if not select or "ALL" in select:
        return cards
    unknown = [name for name in select if not any(code.startswith(name.upper()) for code in cards)]
    if unknown:
        names = ", ".join(unknown)
        known = ", ".join(sorted({code[:2] for code in cards}))
        raise InputAmbiguous(
            Text(f"No check is called {names}.", f"没有名为{names}的规则。"),
            Text(f"Use a code, or one of the prefixes {known}.", f"请使用规则代码，或前缀{known}之一。"),
        )
    return {code: card for code, card in cards.items() if any(code.startswith(name.upper()) for name in select)}


@cache
def _catalogue() -> dict[str, Card]:
    return discover(CATALOGUE)


def rule_set_version(cards: Mapping[str, Card], city: City) -> str:
    """Hash the checks and the limits in force, so that a verdict says by which rules it was reached · 规则集版本.

    Parameters
    ----------
    cards
        Checks by code.
    city
        The city whose limits apply.

    Returns
    -------
    str
        SHA-256 in hex.
    """
    digest = hashlib.sha256()
    for code, card in sorted(cards.items()):
        digest.update(f"{code}\n{source_print(inspect.getmodule(card.function) or card.function)}".encode())
    digest.update(fingerprints.fingerprint([city.limits.entries, dict(city.limits.overrides)]).encode())
    return digest.hexdigest()


def check_packages(
    paths: Sequence[Path],
    city: City,
    *,
    select: Sequence[str] = ("ALL",),
    progress: Progress | None = None,
) -> CheckRun:
    """Check packages against everything that is declared · 审查成果包.

    Checks of the whole city are asked only where the city has a folder, and the packages are those of more than one unit.

    Parameters
    ----------
    paths
        Folders or archives, one per unit.
    city
        The city, or a profile without data.
    select
        Codes or prefixes of checks.
    progress
        Called with what is being done, how much is done, and how much there is.

    Returns
    -------
    CheckRun
        Outcomes, findings and what reports need.
    """
    cards = select_cards(select)
    with city.memory.lock:
        work = prepare(paths, city, progress)
        return run_work(work, cards, progress)


def prepare(paths: Sequence[Path], city: City, progress: Progress | None = None) -> CityWork:
    """Read packages and lay the city's own layers beside them · 读取成果包并补齐公共图层.

    Parameters
    ----------
    paths
        Folders or archives, one per unit.
    city
        The city.
    progress
        As in `check_packages`.

    Returns
    -------
    CityWork
        Ready for `run_work`.

    Raises
    ------
    InputUnreadable
        If no package is given.
    InputAmbiguous
        If two packages are of the same unit.
    """
    if not paths:
        raise InputUnreadable(
            Text("No package is given.", "未给出成果包。"), Text("Name at least one folder or zip.", "请至少给出一个目录或压缩包。")
        )
    city.look_again()
    products = city.memory.products_of(city.store.archive if city.store is not None else None)
    vocabulary = city.memory.value("vocabulary", partial(vocabulary_of, city.profile))
    packages = []
    for done, path in enumerate(paths):
        _tell(progress, f"reading {path.name}", done, len(paths))
        packages.append(city.package(path))
    requirements = (*city.profile.requirements, *(city.parent.requirements if city.parent is not None else ()))
    seen: dict[str, str] = {}
    work: list[UnitWork] = []
    for package in sorted(packages, key=lambda item: (item.facts.unit_code, item.facts.name)):
        code = package.facts.unit_code or package.facts.name
        if code in seen:
            raise InputAmbiguous(
                Text(
                    f"{seen[code]} and {package.facts.name} are both of unit {code}.", f"{seen[code]}与{package.facts.name}同属板块{code}。"
                ),
                Text("Check one package per unit.", "每个板块请只审查一个成果包。"),
            )
        seen[code] = package.facts.name
        unit = city.profile.units.get(code, Unit(code, Text(code, code)))
        work.append(_unit_work(unit, package, city, products, vocabulary, requirements))
    # What is of no unit of the city is named (PK17), and no part of the city's sums.
    known = [item for item in work if not city.profile.units or item.unit.code in city.profile.units]
    subject = _city_subject(known, city, products, vocabulary, requirements) if len(known) > 1 else None
    return CityWork(city, work, subject, products, vocabulary)


def run_work(work: CityWork, cards: Mapping[str, Card], progress: Progress | None = None) -> CheckRun:
    """Run checks on what was made ready · 运行审查.

    Parameters
    ----------
    work
        From `prepare`.
    cards
        Checks by code.
    progress
        As in `check_packages`.

    Returns
    -------
    CheckRun
        The stored form.
    """
    results = _Results()
    remembered = _Remembered(work)
    names = _layer_names(work)
    subjects = [(item.unit.code, item.subject) for item in work.units]
    if work.subject is not None:
        subjects.append((WHOLE_CITY, work.subject))
    asked = [
        (code, subject, card)
        for code, subject in subjects
        for card in cards.values()
        if card.scope == subject.scope and _concerns(card, subject)
    ]
    known = {code: remembered.unit(code, subject, cards.values(), names) for code, subject in subjects}
    for done, (unit_code, subject, card) in enumerate(asked):
        unit = known[unit_code]
        if card.code in unit.results:
            continue
        _tell(progress, f"{unit_code} {card.code}", done, len(asked))
        result = remembered.result(card, unit_code, subject)
        outcome, findings = record_result(card, result, unit_code, names)
        unit.results[card.code] = result
        unit.outcomes.append(outcome)
        unit.findings += findings
    for code, unit in known.items():
        results.by_unit[code] = unit.results
        results.outcomes += unit.outcomes
        results.findings += unit.findings
    remembered.note()
    _tell(progress, "summing up", len(asked), len(asked))
    record = _run_record(work, cards, results)
    work.city.memory.shrink(known, {layers.version(name) for layers in [item.layers for item in work.units] for name in layers})
    return record


def _concerns(card: Card, subject: Subject) -> bool:
    """Ask about a change set only where one was delivered; a plan without one has nothing to answer for."""
    asked = _CHANGE_SET & (set(card.layers) - card.optional_layers)
    return not asked or not _CHANGE_SET.isdisjoint(subject.layers)


class _Remembered:
    """Results of earlier runs where the city has a store, and where not, every check afresh."""

    def __init__(self, work: CityWork) -> None:
        self._work = work
        store = work.city.store
        self._memory = None if store is None else ResultsMemory(work.city.store_folder / "results")
        self._previous: dict[str, Previous | None] = {}
        self._units: dict[str, UnitMemory] = {}
        self._latest: dict[str, dict[str, Any]] = {}

    def unit(self, code: str, subject: Subject, cards: Iterable[Card], names: Mapping[str, Text]) -> UnitMemory:
        """Give what the last run in this process said where nothing that checks see has changed, else an empty one."""
        asked = [card for card in cards if card.scope == subject.scope]
        seen = "" if self._memory is None else seen_print(subject, asked, names)
        known = self._work.city.memory.units.get(code)
        self._units[code] = known if known is not None and seen and known.seen == seen else UnitMemory(seen)
        return self._units[code]

    def result(self, card: Card, unit_code: str, subject: Subject) -> CheckResult:
        if self._memory is None:
            return run_check(card, subject)
        rules = rules_key_of(card, subject, __version__)
        key = key_of(card, subject, __version__, rules)
        self._units[unit_code].keys[card.code] = key
        self._units[unit_code].rules[card.code] = rules
        known = self._work.city.memory
        result = known.result(key, self._memory.get)
        if result is None:
            if unit_code not in self._latest:
                self._latest[unit_code] = self._memory.latest(unit_code) or {}
            # Findings of a run by another rule, limit or fact must not stand for features that did not change.
            same = self._latest[unit_code].get("rules", {}).get(card.code) == rules
            result = run_check(card, subject, self._since(unit_code) if same else None)
            self._memory.put(key, result)
            known.results[key] = result
        return result

    def _since(self, unit_code: str) -> Previous | None:
        if unit_code == WHOLE_CITY or self._memory is None:
            return None
        if unit_code not in self._previous:
            item = next(item for item in self._work.units if item.unit.code == unit_code)
            result_of = partial(self._work.city.memory.result, read=self._memory.get)
            self._previous[unit_code] = previous_of(
                self._latest[unit_code], result_of, item.layers, self._earlier(item), self._work.products
            )
        return self._previous[unit_code]

    def _earlier(self, item: UnitWork) -> Callable[[str, str], Layer | None]:
        """Read earlier versions of a unit's layers, where this process does not hold them."""
        memory = self._work.city.memory

        def read(name: str, version: str) -> Layer | None:
            return memory.held(item.unit.code, name, version) or item.package.earlier(name, version)

        return read

    def note(self) -> None:
        if self._memory is not None:
            for item in self._work.units:
                own = self._units[item.unit.code]
                if self._work.city.memory.units.get(item.unit.code) is own:
                    continue
                versions = {name: item.layers.version(name) for name in sorted(item.layers)}
                self._memory.set_latest(item.unit.code, {"layers": versions, "results": own.keys, "rules": own.rules})


def _unit_work(  # noqa: PLR0913, PLR0917  # everything a unit's subject is made of
    unit: Unit,
    package: Package,
    city: City,
    products: Products,
    vocabulary: LayerVocabulary,
    requirements: tuple[Any, ...],
) -> UnitWork:
    layers = city.layers_for(unit, package, products)
    facts: dict[str, Any] = {
        "products": products,
        "package": package.facts,
        "requirements": tuple(item for item in requirements if item.target_unit == unit.code),
        "unit": unit,
        "city": city.profile,
        "classifications": city.classifications,
        "definitions": vocabulary,
        "today": city.today,
    }
    if city.parent is not None and city.parent.facts.plan is not None:
        facts["parent_plan"] = city.parent.facts.plan
    if not facts["requirements"]:
        # Nothing is known of what is asked of this unit, which is no proof that nothing is.
        del facts["requirements"]
    subject = Subject(
        "unit", layers, facts, lambda name: city.limits.on(name, city.today).value, package.absences, frozenset(package.versions)
    )
    return UnitWork(unit, package, layers, subject)


def _city_subject(
    work: Sequence[UnitWork],
    city: City,
    products: Products,
    vocabulary: LayerVocabulary,
    requirements: tuple[Any, ...],
) -> Subject:
    layers = _city_layers(work, city)
    facts: dict[str, Any] = {
        "products": products,
        "packages": {item.unit.code: item.package.facts for item in work},
        "requirements": requirements,
        "units": {**city.profile.units, **{item.unit.code: item.unit for item in work}},
        "city": city.profile,
        "classifications": city.classifications,
        "definitions": vocabulary,
        "today": city.today,
    }
    if city.parent is not None and city.parent.facts.plan is not None:
        facts["parent_plan"] = city.parent.facts.plan
    return Subject("city", layers, facts, lambda name: city.limits.on(name, city.today).value)


def _run_record(work: CityWork, cards: Mapping[str, Card], results: _Results) -> CheckRun:
    city = work.city
    memory = ValuesMemory(None if city.store is None else city.store_folder / "values", city.memory)
    head = run_head(
        program_version=__version__,
        rule_set_version=rule_set_version(cards, city),
        city_code=city.profile.code,
        city_name=city.profile.name,
        crs=city.profile.crs,
        today=city.today.isoformat(),
        layers={item.unit.code: {name: item.layers.version(name) for name in sorted(item.layers)} for item in work.units},
        parameters={"checks": sorted(cards)},
        invented=city.invented,
    )
    return CheckRun(
        run=head,
        outcomes=tuple(results.outcomes),
        findings=tuple(results.findings),
        rules={code: RuleRecord.from_card(card) for code, card in cards.items()},
        units=summaries.unit_records(work.units),
        transmission=summaries.transmission_rows(work.units, results.by_unit, memory),
        areas=summaries.area_rows(work.units, work.products, memory),
        backdrop=summaries.backdrop(work.units, work.vocabulary, memory),
        layer_names=_layer_names(work),
    )


def _city_layers(work: Sequence[UnitWork], city: City) -> LazyLayers:
    owners: dict[str, list[UnitWork]] = {}
    for item in work:
        for name in sorted({*item.package.versions, "local_unit"} & set(item.layers)):
            owners.setdefault(name, []).append(item)
    versions = {
        name: fingerprints.fingerprint({item.unit.code: item.layers.version(name) for item in items}) for name, items in owners.items()
    }
    loaders: dict[str, Callable[[], Any]] = {name: partial(_by_unit, name, items) for name, items in owners.items()}
    for part, role in ((city.parent, "parent_"), (city.sealed, "sealed_")):
        if part is not None:
            versions |= {f"{role}{name}": version for name, version in part.versions.items()}
            loaders |= {
                f"{role}{name}": partial(city.memory.layer, role, name, version, partial(part.layer, name))
                for name, version in part.versions.items()
            }
    return LazyLayers(versions, loaders)


def _by_unit(name: str, items: Sequence[UnitWork]) -> dict[str, Layer]:
    return {item.unit.code: item.layers[name] for item in items}


def _layer_names(work: CityWork) -> dict[str, Text]:
    names = sorted({name for item in work.units for name in item.layers} | set(work.subject.layers if work.subject else ()))
    known = work.vocabulary.layers
    return {name: known[base_layer(name)].text if base_layer(name) in known else Text(name, name) for name in names}


def _tell(progress: Progress | None, what: str, done: int, total: int) -> None:
    if progress is not None:
        progress(what, done, total)
