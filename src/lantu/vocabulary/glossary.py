"""The words of the house, one per idea · 术语表."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

import yaml

from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Term:
    """One word and what it stands for · 术语.

    Parameters
    ----------
    key
        Name in code and in other entries.
    text
        The word in both languages.
    definition
        What it means.
    source
        Document it is taken from; ``practice`` or ``this project`` where it is in none.
    not_to_be_confused_with
        Keys of other terms, or the trap in words.
    """

    key: str
    text: Text
    definition: Text
    source: str
    not_to_be_confused_with: tuple[str, ...] = ()


@cache
def load_glossary() -> Mapping[str, Term]:
    """Read the glossary · 读取术语表.

    Returns
    -------
    Mapping of str to Term
        By key, in the order of the file.
    """
    text = resources.files("lantu.vocabulary").joinpath("glossary.yaml").read_text(encoding="utf-8")
    records = yaml.safe_load(text)["terms"]
    return MappingProxyType(
        {
            key: Term(
                key=key,
                text=Text(record["en"], record["zh"]),
                definition=Text(record["definition"]["en"], record["definition"]["zh"]),
                source=record["source"],
                not_to_be_confused_with=tuple(record.get("not_to_be_confused_with", ())),
            )
            for key, record in records.items()
        }
    )
