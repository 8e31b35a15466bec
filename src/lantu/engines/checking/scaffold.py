"""Write the two files of a new check, with one case that fails until the check is written · 新规则脚手架."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.vocabulary.errors import InputAmbiguous
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lantu.engines.checking.card import Card

_MOST_WORDS = 8

_CHECK = '''"""{title_en} · {title_zh}."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.layer import Layer


@check(
    "{code}",
    title=Text("{title_en}", "{title_zh}"),
    message=Text("{{feature}} in layer {{layer}} measures {{measured}}.", "图层{{layer}}要素{{feature}}为{{measured}}。"),
    remedy=Text("Say what to do.", "请写明处理办法。"),
    severity=Severity.MINOR,
    source=Text("Name the document and article", "请写明文件与条款"),
    reference="Name the class of the catalogue",
)
def {function}(planned_land_use: Layer) -> Iterator[Finding]:
    """{title_en} · {title_zh}.

    Say why it matters.

    Parameters
    ----------
    planned_land_use
        The layer the check asks for, by the name of its definition; metres.

    Yields
    ------
    Finding
        One per feature at fault.
    """
    for feature in planned_land_use.ids[:0]:
        yield Finding((str(feature),))
'''

_CASES = """- name: say what is found · 写明查出的情形
  planned_land_use:
    A: {{wkt: "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))", land_use_code: "0101"}}
  findings:
    - {{features: [A], layer: planned_land_use}}
- name: say what is not found · 写明不应查出的情形
  planned_land_use: {{}}
"""


@dataclass(frozen=True, slots=True)
class NewCheck:
    """Where a new check stands · 新规则.

    Parameters
    ----------
    code
        The first code of its theme that was never used.
    check
        File of the check.
    cases
        File of its cases.
    """

    code: str
    check: Path
    cases: Path


def scaffold(theme: str, requirement: str, cards: Mapping[str, Card], *, checks: Path, cases: Path) -> NewCheck:
    """Write the file of a check and that of its cases · 生成规则与用例文件.

    Parameters
    ----------
    theme
        Two letters, such as ``TP``.
    requirement
        The requirement as a sentence in English, with its Chinese wording after a ``·`` if there is one.
    cards
        The checks there are, by code.
    checks
        Folder with a room per theme.
    cases
        Folder with the cases, of the same shape.

    Returns
    -------
    NewCheck
        Code and files.

    Raises
    ------
    InputAmbiguous
        If the theme is not known, or the requirement cannot be made into a name.
    """
    prefix = theme.strip().upper()
    rooms = {card.code[:2]: card.theme for card in cards.values()}
    if prefix not in rooms:
        known = ", ".join(f"{key} ({room})" for key, room in sorted(rooms.items()))
        raise InputAmbiguous(
            Text(f"There is no theme {theme}.", f"没有主题{theme}。"), Text(f"Use one of {known}.", f"请使用{known}之一。")
        )
    english, _, chinese = (part.strip().rstrip(".。") for part in requirement.partition("·"))
    words = re.findall(r"[a-z][a-z0-9]*", english.lower())
    if not words or '"' in requirement or "\\" in requirement:
        raise InputAmbiguous(
            Text(f"No name can be made of “{requirement}”.", f"无法由“{requirement}”得出规则名称。"),
            Text("Write the requirement as an English sentence without quotation marks.", "请以不含引号的英文句子写出要求。"),
        )
    number = max(int(code[2:]) for code in cards if code.startswith(prefix)) + 1
    code, function = f"{prefix}{number:02d}", "_".join(words[:_MOST_WORDS])
    values = {"code": code, "function": function, "title_en": english, "title_zh": chinese or english}
    stem = f"{code.lower()}_{function}"
    made = NewCheck(code, checks / rooms[prefix] / f"{stem}.py", cases / rooms[prefix] / f"{stem}.yaml")
    for path, template in ((made.check, _CHECK), (made.cases, _CASES)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(template.format(**values), encoding="utf-8")
    return made
