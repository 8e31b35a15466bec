"""Limits and tolerances, by date and source · 限值与容差."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from lantu.vocabulary.errors import LimitUnknown
from lantu.vocabulary.text import Text


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit as it is written down · 一条限值.

    Parameters
    ----------
    name
        Its name, a keyword-only parameter of the checks that ask for it.
    value
        The number.
    unit
        Its unit; empty for a ratio.
    since
        First day in force.
    until
        Last day in force, None while it holds.
    source
        Document and article.
    certain
        False where the source is uncertain or it is a proposal of Lantu's own: then it is a default to be
        configured, not a fact.
    note
        What to know about it, in both languages.
    """

    name: str
    value: float
    unit: str
    since: dt.date
    until: dt.date | None
    source: Text
    certain: bool
    note: Text


@dataclass(frozen=True, slots=True)
class Limits:
    """Every limit that is known, and those that a city sets itself · 限值表.

    Parameters
    ----------
    entries
        Every entry of every document, later dates after earlier ones.
    overrides
        Values that a city sets, by name.
    """

    entries: tuple[Limit, ...]
    overrides: Mapping[str, Limit]

    def on(self, name: str, day: dt.date) -> Limit:
        """Give the limit in force on a day · 取当日有效的限值.

        Parameters
        ----------
        name
            Name of the limit.
        day
            The day it is asked for.

        Returns
        -------
        Limit
            The city's own value where it sets one, else that of the standards.

        Raises
        ------
        LimitUnknown
            If none is in force on that day.
        """
        if name in self.overrides:
            return self.overrides[name]
        matching = [
            entry for entry in self.entries if entry.name == name and entry.since <= day and (entry.until is None or day <= entry.until)
        ]
        if not matching:
            raise LimitUnknown(
                Text(f"No limit {name} is in force on {day}.", f"{day}没有有效的限值{name}。"),
                Text("Set it in the city profile under `limits`, with its source.", "请在城市配置的limits中设定，并注明来源。"),
            )
        return max(matching, key=lambda entry: entry.since)


def _limit(name: str, record: Mapping[str, Any], document: str | Text | Mapping[str, str]) -> Limit:
    source = Text.of(record.get("source", document))
    if "article" in record:
        article = Text.of(record["article"] if isinstance(record["article"], Mapping) else str(record["article"]))
        source = Text(f"{source.en}, {article.en}", f"{source.zh}，{article.zh}")
    return Limit(
        name=name,
        value=float(record["value"]),
        unit=str(record.get("unit", "")),
        since=record["since"] if isinstance(record["since"], dt.date) else dt.date.fromisoformat(record["since"]),
        until=record.get("until"),
        source=source,
        certain=bool(record.get("certain", True)),
        note=Text(record.get("en", ""), record.get("zh", "")),
    )


@cache
def load_limits() -> tuple[Limit, ...]:
    """Read every document under ``standards/limits`` · 读取全部限值文件.

    Returns
    -------
    tuple of Limit
        Every entry, in order of document and name.
    """
    entries: list[Limit] = []
    folder = resources.files("lantu.standards").joinpath("limits")
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".yaml"):
            document = yaml.safe_load(file.read_text(encoding="utf-8"))
            for name, records in document["limits"].items():
                entries += [_limit(name, record, document["source"]) for record in (records if isinstance(records, list) else [records])]
    return tuple(entries)


def limits_with(overrides: Mapping[str, Mapping[str, Any]], source: str | Text) -> Limits:
    """Lay a city's own limits over those of the standards · 叠加城市自定限值.

    Parameters
    ----------
    overrides
        Records as in the limit files, by name.
    source
        Where the city sets them; a limit that names its own source cites that.

    Returns
    -------
    Limits
        Both together.
    """
    return Limits(load_limits(), {name: _limit(name, record, source) for name, record in overrides.items()})
