"""Classifications of land use by version, read from the files beside this one · 用地分类标准."""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import yaml

from lantu.vocabulary.errors import CatalogueBroken
from lantu.vocabulary.land_use import Classification, Correspondence, LandUseCode, LegalClass, SettlementCode
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TABLES = ("landuse_2023.csv", "landuse_2020_trial.csv", "third_survey.csv", "gbt21010_2017.csv")


def _read(name: str) -> str:
    return resources.files("lantu.standards").joinpath("land_use", name).read_text(encoding="utf-8")


def _split(text: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Part a table into its head of ``# key: value`` lines and its rows."""
    lines = text.splitlines()
    head = dict(line.lstrip("# ").split(": ", 1) for line in lines if line.startswith("#"))
    return head, list(csv.DictReader(line for line in lines if not line.startswith("#")))


def _legal_class(code: str, parents: Mapping[str, str], named: Mapping[str, LegalClass]) -> LegalClass:
    below = {_legal_class(child, parents, named) for child, parent in parents.items() if parent == code}
    if below:
        return below.pop() if len(below) == 1 else LegalClass.MIXED
    above = code
    while above and above not in named:
        above = parents[above]
    return named[above] if above else LegalClass.NONE


def classification_from(
    text: str, legal: Mapping[str, Iterable[str]], colours: Mapping[str, Iterable[int]], cultivated: str
) -> Classification:
    """Build a classification from the text of its table · 由码表构造分类标准.

    Parameters
    ----------
    text
        A CSV table with columns code, name, level, parent and certain, under a head of ``# key: value`` lines.
    legal
        Codes by legal class, and under ``uncertain`` those whose legal class is doubtful.
    colours
        Red, green, blue by code.
    cultivated
        The code under which cultivated land stands, empty where there is none.

    Returns
    -------
    Classification
        With the legal class of every code worked out.

    Raises
    ------
    CatalogueBroken
        If a code stands twice, or under a code that is not there.
    """
    head, rows = _split(text)
    parents = {row["code"]: row["parent"] for row in rows}
    lost = sorted({parent for parent in parents.values() if parent and parent not in parents})
    if len(parents) != len(rows) or lost:
        name = head["classification"]
        raise CatalogueBroken(
            Text(
                f"Classification {name} has a code twice or under the missing {lost}.", f"分类标准{name}有重复代码，或缺少上级代码{lost}。"
            ),
            Text("Correct its table.", "请更正码表。"),
        )
    named = {code: LegalClass(key) for key, codes in legal.items() if key != "uncertain" for code in codes}
    doubtful = frozenset(legal.get("uncertain", ()))
    codes = {
        row["code"]: LandUseCode(
            code=row["code"],
            name=row["name"],
            level=int(row["level"]),
            parent=row["parent"],
            legal_class=_legal_class(row["code"], parents, named),
            certain=row["certain"] == "yes" and row["code"] not in doubtful,
        )
        for row in rows
    }
    return Classification(
        name=head["classification"],
        title=head["title"],
        source=head["source"],
        since=dt.date.fromisoformat(head["since"]),
        until=dt.date.fromisoformat(head["until"]) if "until" in head else None,
        codes=MappingProxyType(codes),
        cultivated_root=cultivated,
        colours=MappingProxyType({code: _rgb(values) for code, values in colours.items()}),
    )


def _rgb(values: Iterable[int]) -> tuple[int, int, int]:
    red, green, blue = values
    return red, green, blue


@cache
def load_classifications() -> Mapping[str, Classification]:
    """Read every classification that the standards hold · 读取全部用地分类标准.

    Returns
    -------
    Mapping of str to Classification
        ``landuse-2023``, ``landuse-2020-trial``, ``third-survey`` and ``gbt21010-2017``. The same code means
        different things in different ones, so a code without its classification means nothing.
    """
    legal: dict[str, Any] = yaml.safe_load(_read("legal_classes.yaml"))
    colours: dict[str, Any] = yaml.safe_load(_read("colours.yaml"))
    loaded: dict[str, Classification] = {}
    for table in _TABLES:
        text = _read(table)
        name = _split(text)[0]["classification"]
        loaded[name] = classification_from(
            text,
            legal["classifications"].get(name, {}),
            colours["classifications"].get(name, {}),
            legal["cultivated_land"].get(name, ""),
        )
    return MappingProxyType(loaded)


@cache
def load_settlement_codes() -> Mapping[str, SettlementCode]:
    """Read the settlement attribute 城镇村属性码 of the land survey · 读取城镇村属性码.

    Returns
    -------
    Mapping of str to SettlementCode
        By code.
    """
    records: dict[str, Any] = yaml.safe_load(_read("settlement_codes.yaml"))["codes"]
    return MappingProxyType(
        {
            code: SettlementCode(code, Text(record["en"], record["zh"]), bool(record["urban"]), bool(record["settlement"]))
            for code, record in records.items()
        }
    )


@cache
def load_correspondence(source: str, target: str) -> Correspondence:
    """Read which codes of one classification those of another may be · 读取分类对照.

    Parameters
    ----------
    source
        Classification mapped from; ``third-survey`` or ``landuse-2020-trial``.
    target
        Classification mapped to; ``landuse-2023``.

    Returns
    -------
    Correspondence
        Where more than one target stands, further attributes or a person must decide.

    Raises
    ------
    CatalogueBroken
        If no table leads from one to the other.
    """
    name = f"{source.replace('-', '_')}_to_{target.removeprefix('landuse-')}.csv"
    if not resources.files("lantu.standards").joinpath("land_use", name).is_file():
        raise CatalogueBroken(
            Text(f"No table leads from {source} to {target}.", f"没有从{source}到{target}的对照表。"),
            Text(f"Add land_use/{name}.", f"请补充land_use/{name}。"),
        )
    rows = _split(_read(name))[1]
    candidates: dict[str, tuple[str, ...]] = {}
    for row in rows:
        candidates[row["from_code"]] = (*candidates.get(row["from_code"], ()), row["to_code"])
    doubtful = {row["from_code"] for row in rows if row["certain"] != "yes"}
    certain = frozenset(code for code, targets in candidates.items() if len(targets) == 1 and code not in doubtful)
    return Correspondence(source, target, MappingProxyType(candidates), certain)
