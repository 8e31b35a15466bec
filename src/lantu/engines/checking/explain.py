"""Say what checks ask, from their cards alone · 由规则卡片生成说明."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from lantu.engines.checking.card import EVERY_LAYER, FACT_NAMES, ROLE_NAMES, base_layer
from lantu.standards.limits import load_limits
from lantu.vocabulary.findings import SEVERITY_NAMES
from lantu.vocabulary.layer_definitions import load_layers
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lantu.engines.checking.card import Card
    from lantu.standards.limits import Limit
    from lantu.vocabulary.text import Language

_WORDS: Mapping[str, Text] = {
    "message": Text("Says", "问题描述"),
    "remedy": Text("Way out", "处理建议"),
    "severity": Text("Severity", "严重程度"),
    "source": Text("Source", "依据"),
    "reference": Text("Class", "类别"),
    "stages": Text("Asked in", "适用阶段"),
    "scope": Text("Scope", "范围"),
    "layers": Text("Layers", "图层"),
    "facts": Text("Facts", "所需信息"),
    "limits": Text("Limits", "限值"),
    "why": Text("Why", "说明"),
}
_SCOPES = {"unit": Text("one package", "单个成果包"), "city": Text("the packages of all units", "全市各板块成果")}
_STAGES = {
    "drafting": Text("drafting", "编制"),
    "submission": Text("submission", "报送"),
    "review": Text("review", "审查"),
    "maintenance": Text("maintenance", "动态维护"),
    "monitoring": Text("monitoring", "监测"),
}
_UNCERTAIN = Text(" (to be confirmed)", "（待核）")
_UNITS = {"m2": "平方米", "ha": "公顷", "m": "米", "degree": "度", "year": "年"}
_COMMA = Text(", ", "、")


@dataclass(frozen=True, slots=True)
class ReferenceClass:
    """One class of the domain's catalogue and the checks that cover it · 一个规则类别及其规则.

    Parameters
    ----------
    key
        What the `reference` of a card begins with.
    title
        What the class is about.
    codes
        Codes of its checks, sorted; empty is a gap.
    """

    key: str
    title: Text
    codes: tuple[str, ...]


def explain_card(card: Card, language: Language) -> str:
    """Explain a check in a few lines · 规则说明.

    Parameters
    ----------
    card
        The check.
    language
        ``en`` or ``zh``.

    Returns
    -------
    str
        Plain text, one thing a line.
    """
    lines = [f"{card.code}  {card.title.speak(language)}"]
    lines += [f"  {_WORDS[key].speak(language)}: {value}" for key, value in _facts_of(card, language)]
    return "\n".join(lines) + "\n"


def section_of(card: Card, language: Language) -> str:
    """Write the section of a check for the reference pages · 规则手册条目.

    Parameters
    ----------
    card
        The check.
    language
        ``en`` or ``zh``.

    Returns
    -------
    str
        Markdown under a heading of level two.
    """
    lines = [f"## {card.code} {card.title.speak(language)}", ""]
    lines += [f"- **{_WORDS[key].speak(language)}**: {_escaped(value)}" for key, value in _facts_of(card, language)]
    return "\n".join(lines) + "\n"


def _facts_of(card: Card, language: Language) -> Iterable[tuple[str, str]]:
    comma = _COMMA.speak(language)
    yield "message", card.message.speak(language)
    yield "remedy", card.remedy.speak(language)
    yield "severity", SEVERITY_NAMES[card.severity].speak(language)
    yield "source", card.source.speak(language)
    yield "reference", card.reference if language == "en" else _class_in_words(card.reference, language)
    yield "scope", _SCOPES[card.scope].speak(language)
    yield "stages", comma.join(_STAGES[stage].speak(language) if stage in _STAGES else stage for stage in card.stages)
    if card.layers:
        yield "layers", comma.join(_layer_in_words(name, language, optional=name in card.optional_layers) for name in card.layers)
    if card.facts:
        yield "facts", comma.join(name if language == "en" else FACT_NAMES[name].zh for name in card.facts)
    if card.limits:
        yield "limits", comma.join(_limit_in_force(name, language) for name in card.limits)
    if language == "en":
        yield "why", why_of(card)


def _layer_in_words(name: str, language: Language, *, optional: bool) -> str:
    if language == "en":
        return f"{name}?" if optional else name
    known = load_layers().layers.get(base_layer(name))
    technical = f"{name}，可选" if optional else name
    if name == EVERY_LAYER:
        return f"成果包的全部图层（{technical}）"
    if known is None:
        return f"{name}（可选）" if optional else name
    role = next((words.zh for prefix, words in ROLE_NAMES.items() if name.startswith(prefix)), "")
    return f"{role}{known.text.zh}（{technical}）"


def _class_in_words(reference: str, language: Language) -> str:
    """Name the classes that a reference begins with; a range of them, or one that is in no list, stays as it is."""
    return "；".join(_one_class(part.strip(), language) for part in reference.split(";"))


def _one_class(reference: str, language: Language) -> str:
    number = reference.split(" ", 1)[0]
    title = next((title for key, title in _classes().items() if _is_under(reference, key)), None)
    if title is None or number.rstrip(",") != number or "-" in number:
        return reference
    name = title.speak(language)
    return name if name.startswith(number) else f"{name}（{number}）"


@cache
def _classes() -> Mapping[str, Text]:
    text = resources.files("lantu.standards").joinpath("reference_classes.yaml").read_text(encoding="utf-8")
    return {str(key): Text(record["en"], record["zh"]) for key, record in yaml.safe_load(text)["classes"].items()}


def why_of(card: Card) -> str:
    """Give the reason that the docstring of a check gives · 规则理由.

    Parameters
    ----------
    card
        The check.

    Returns
    -------
    str
        The paragraphs between the summary and the parameters, as one; empty if there are none.
    """
    text = inspect.getdoc(card.function) or ""
    body = text.split("\n\n", 1)[1] if "\n\n" in text else ""
    return " ".join(body.split("Parameters\n---", 1)[0].split())


def _limit_in_force(name: str, language: Language) -> str:
    entries = [entry for entry in load_limits() if entry.name == name and entry.until is None]
    return f"{name} = {_value(entries[-1], language)}" if entries else name


def _value(limit: Limit, language: Language) -> str:
    unit = f" {limit.unit}" if limit.unit else ""
    if language == "zh":
        unit = _UNITS.get(limit.unit, unit)
    return f"{limit.value:g}{unit}" + ("" if limit.certain else _UNCERTAIN.speak(language))


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def coverage_matrix(cards: Mapping[str, Card]) -> tuple[ReferenceClass, ...]:
    """Lay the checks over the classes of the domain's catalogue, so that gaps show · 类别与规则对照.

    Parameters
    ----------
    cards
        Checks by code.

    Returns
    -------
    tuple of ReferenceClass
        Every class, in the order of ``standards/reference_classes.yaml``, and last those checks that name no known
        class, if there are any, under an empty key.
    """
    rows = []
    left = set(cards)
    for key, title in _classes().items():
        codes = tuple(code for code, card in sorted(cards.items()) if any(_is_under(part, key) for part in card.reference.split(";")))
        left -= set(codes)
        rows.append(ReferenceClass(key, title, codes))
    if left:
        rows.append(ReferenceClass("", Text("Further checks", "其他规则"), tuple(sorted(left))))
    return tuple(rows)


def _is_under(reference: str, key: str) -> bool:
    return reference.strip().startswith(str(key))


def findings_schema(cards: Mapping[str, Card]) -> dict[str, Any]:
    """Give the JSON schema of the findings that these checks can make · 问题的JSON模式.

    Parameters
    ----------
    cards
        Checks by code.

    Returns
    -------
    dict
        JSON Schema 2020-12: a list of findings, where code and severity belong together.
    """
    text = {"type": "object", "properties": {"en": {"type": "string"}, "zh": {"type": "string"}}, "required": ["en", "zh"]}
    pairs = [{"properties": {"code": {"const": code}, "severity": {"const": str(card.severity)}}} for code, card in sorted(cards.items())]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Findings of the catalogue",
        "type": "array",
        "items": {
            "type": "object",
            "required": ["code", "severity", "layer", "features", "message", "remedy"],
            "properties": {
                "code": {"enum": sorted(cards)},
                "severity": {"enum": [str(severity) for severity in SEVERITY_NAMES]},
                "layer": {"type": "string"},
                "features": {"type": "array", "items": {"type": "string"}},
                "measured": {"type": ["number", "string", "null"]},
                "limit": {"type": ["number", "string", "null"]},
                "unit": {"type": "string"},
                "message": text,
                "remedy": text,
            },
            "oneOf": pairs,
        },
    }


def reference_pages(cards: Mapping[str, Card], language: Language) -> dict[str, str]:
    """Write the reference of all checks · 规则手册.

    Parameters
    ----------
    cards
        Checks by code.
    language
        ``en`` or ``zh``.

    Returns
    -------
    dict of str to str
        Markdown by file name: ``index.md`` with the matrix of classes and checks, and one page per theme.
    """
    head = Text("Checks", "检查规则").speak(language)
    made = Text("Made from the cards of the checks by `make docs`; do not edit.", "由规则卡片生成（`make docs`），请勿手工修改。").speak(
        language
    )
    columns = Text("| class | checks |", "| 类别 | 规则 |").speak(language)
    gap = Text("**no check yet**", "**暂无规则**").speak(language)
    themes = {code: card.theme for code, card in cards.items()}
    lines = [f"# {head}", "", made, "", Text(f"{len(cards)} checks.", f"共{len(cards)}条规则。").speak(language), "", columns, "|---|---|"]
    for row in coverage_matrix(cards):
        links = ", ".join(f"[{code}]({themes[code]}.md)" for code in row.codes)
        lines.append(f"| {row.title.speak(language)} | {links or gap} |")
    pages = {"index.md": "\n".join(lines) + "\n"}
    for theme in sorted(set(themes.values())):
        own = [card for code, card in sorted(cards.items()) if card.theme == theme]
        sections = "\n".join(section_of(card, language) for card in own)
        pages[f"{theme}.md"] = f"# {head}: {theme}\n\n{made}\n\n{sections}"
    return pages
