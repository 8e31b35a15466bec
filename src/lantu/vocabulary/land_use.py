"""Codes of land use and what they mean in law · 用地分类代码及其法律三大类."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from lantu.vocabulary.errors import ClassificationUnknown
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping


class LegalClass(StrEnum):
    """The three classes of 土地管理法 Art. 4, and two answers beside them · 三大类."""

    AGRICULTURAL = "agricultural"
    CONSTRUCTION = "construction"
    UNUSED = "unused"
    MIXED = "mixed"
    NONE = ""


@dataclass(frozen=True, slots=True)
class LandUseCode:
    """One code of one classification · 用地代码.

    Parameters
    ----------
    code
        The code as text; leading zeros count.
    name
        Its name in the language of the classification's document.
    level
        1 for a class, 2 and 3 for what stands under it.
    parent
        Code it stands under, empty at level 1. It need not be a prefix of `code`.
    legal_class
        One of the three legal classes, ``mixed`` where its parts differ, empty for sea.
    certain
        False where the source is uncertain about code, name or legal class.
    """

    code: str
    name: str
    level: int
    parent: str
    legal_class: LegalClass
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Classification:
    """One version of one classification of land use · 用地分类标准.

    Parameters
    ----------
    name
        Its name with its version, such as ``landuse-2023``.
    title
        Title of the document.
    source
        Number of the document.
    since
        First day in force.
    until
        Last day in force, None while it holds.
    codes
        Every code.
    cultivated_root
        The code under which cultivated land stands, empty where there is none.
    colours
        Red, green, blue of the map by code, as far as known.
    """

    name: str
    title: str
    source: str
    since: dt.date
    until: dt.date | None
    codes: Mapping[str, LandUseCode]
    cultivated_root: str = ""
    colours: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)

    def is_known(self, code: str | None) -> bool:
        """Tell whether the classification has this code · 代码是否存在.

        Parameters
        ----------
        code
            The code, exactly as delivered.

        Returns
        -------
        bool
            False for None.
        """
        return code is not None and code in self.codes

    def __getitem__(self, code: str) -> LandUseCode:
        """Give one code · 取代码."""
        try:
            return self.codes[code]
        except KeyError:
            raise ClassificationUnknown(
                Text(f"{self.name} has no code {code}.", f"{self.name}中没有代码{code}。"),
                Text("Correct the code, or declare the classification it belongs to.", "请更正代码，或声明其所属分类标准。"),
            ) from None

    def name_of(self, code: str) -> str:
        """Give the name of a code · 代码名称.

        Parameters
        ----------
        code
            A known code.

        Returns
        -------
        str
            As the document has it.

        Raises
        ------
        ClassificationUnknown
            If the classification has no such code.
        """
        return self[code].name

    def legal_class(self, code: str) -> LegalClass:
        """Give the legal class of a code · 代码所属三大类.

        Parameters
        ----------
        code
            A known code.

        Returns
        -------
        LegalClass
            ``mixed`` where the parts of the code differ, empty for sea.

        Raises
        ------
        ClassificationUnknown
            If the classification has no such code.
        """
        return self[code].legal_class

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Give the codes above a code, nearest first · 上级代码.

        Parameters
        ----------
        code
            A known code.

        Returns
        -------
        tuple of str
            Empty at level 1.

        Raises
        ------
        ClassificationUnknown
            If the classification has no such code.
        """
        found: list[str] = []
        parent = self[code].parent
        while parent:
            found.append(parent)
            parent = self[parent].parent
        return tuple(found)

    def is_under(self, code: str | None, root: str) -> bool:
        """Tell whether a code is another or stands under it · 是否属于某类.

        Parameters
        ----------
        code
            Any code; an unknown one stands under nothing.
        root
            A known code.

        Returns
        -------
        bool
            True for the root itself.
        """
        return code is not None and code in self.codes and (code == root or root in self.ancestors(code))

    def is_cultivated(self, code: str | None) -> bool:
        """Tell whether a code means cultivated land 耕地 · 是否耕地.

        Parameters
        ----------
        code
            Any code.

        Returns
        -------
        bool
            False for unknown codes.
        """
        return bool(self.cultivated_root) and self.is_under(code, self.cultivated_root)

    def colour_of(self, code: str) -> tuple[int, int, int] | None:
        """Give the map colour of a code or of its nearest ancestor that has one · 图例颜色.

        Parameters
        ----------
        code
            A known code.

        Returns
        -------
        tuple of int or None
            Red, green, blue.
        """
        return next((self.colours[item] for item in (code, *self.ancestors(code)) if item in self.colours), None)


@dataclass(frozen=True, slots=True)
class SettlementCode:
    """One value of the settlement attribute 城镇村属性码 of the land survey · 城镇村属性码.

    Parameters
    ----------
    code
        Such as ``201`` or ``203A``.
    name
        What it stands for.
    urban
        Whether it counts as urban construction land 城镇建设用地.
    settlement
        Whether it counts as urban and rural construction land 城乡建设用地.
    """

    code: str
    name: Text
    urban: bool
    settlement: bool


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Which codes of one classification a code of another may be · 分类对照.

    Parameters
    ----------
    source
        Classification mapped from.
    target
        Classification mapped to.
    candidates
        Target codes by source code, in order of the target.
    certain
        Source codes that have exactly one target, beyond doubt.
    """

    source: str
    target: str
    candidates: Mapping[str, tuple[str, ...]]
    certain: frozenset[str]

    def target_of(self, code: str) -> str | None:
        """Give the one code that a code is beyond doubt · 唯一对应代码.

        Parameters
        ----------
        code
            A code of the source.

        Returns
        -------
        str or None
            None where it is unknown, or where a person must choose.
        """
        return self.candidates[code][0] if code in self.certain else None
