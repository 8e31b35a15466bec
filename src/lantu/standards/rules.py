"""Rules between fields, written down as data · 字段间规则."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class FieldRule:
    """If one field holds one of some codes, another must hold one of some values · 字段间规则.

    Parameters
    ----------
    classification
        Land-use classification that the codes are of.
    codes
        Codes of the first field; a code stands for all below it.
    values
        Values that the second field may hold; empty where any value will do as long as there is one.
    source
        Where the rule is written.
    certain
        False where the source is uncertain: then the rule is shown as such.
    note
        What to know about it.
    """

    classification: str
    codes: tuple[str, ...]
    values: tuple[str, ...]
    source: str
    certain: bool
    note: Text

    def applies_to(self, code: str) -> bool:
        """Tell whether the rule speaks of a code · 是否适用.

        Parameters
        ----------
        code
            A land-use code of the rule's classification.

        Returns
        -------
        bool
            True for the codes themselves and those below them.
        """
        return code.startswith(self.codes)


def _rule(record: Mapping[str, Any], source: str) -> FieldRule:
    return FieldRule(
        classification=record["classification"],
        codes=tuple(str(code) for code in record["codes"]),
        values=tuple(str(value) for value in record.get("values", ())),
        source=str(record.get("source", source)),
        certain=bool(record.get("certain", True)),
        note=Text(record.get("en", ""), record.get("zh", "")),
    )


@cache
def rules_named(name: str) -> tuple[FieldRule, ...]:
    """Read the rules of one name from the files beside this one · 按名称读取规则.

    Parameters
    ----------
    name
        Name of the file under ``standards/rules`` without its ending.

    Returns
    -------
    tuple of FieldRule
        In the order of the file.
    """
    document = yaml.safe_load(resources.files("lantu.standards").joinpath("rules", f"{name}.yaml").read_text(encoding="utf-8"))
    return tuple(_rule(record, document["source"]) for record in document["rules"])
