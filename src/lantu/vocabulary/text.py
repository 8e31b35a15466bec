"""Texts in two languages · 双语文本."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in English and in Chinese · 中英文各一句.

    Placeholders are named and the same in both languages, so that a message is always a full
    sentence and never glued from parts.

    Parameters
    ----------
    en
        English wording.
    zh
        Chinese wording.
    """

    en: str
    zh: str

    @classmethod
    def of(cls, words: str | Text | Mapping[str, str]) -> Text:
        """Take words as a text · 由字符串取文本.

        Parameters
        ----------
        words
            A bare string is the same in both languages; a mapping, as `as_json` gives it, has both; a text stays as it is.

        Returns
        -------
        Text
            The text.

        Examples
        --------
        >>> Text.of("TD/T 1055-2019").zh
        'TD/T 1055-2019'
        """
        if isinstance(words, Text):
            return words
        return cls(words, words) if isinstance(words, str) else cls(words["en"], words["zh"])

    def format(self, **values: object) -> Text:
        """Fill the named placeholders in both languages · 填入占位符.

        Parameters
        ----------
        **values
            One value per placeholder; a value that is itself a `Text` is filled in the language at hand.

        Returns
        -------
        Text
            The filled sentences.
        """
        english = {key: value.en if isinstance(value, Text) else value for key, value in values.items()}
        chinese = {key: value.zh if isinstance(value, Text) else value for key, value in values.items()}
        return Text(self.en.format(**english), self.zh.format(**chinese))

    def speak(self, language: Language) -> str:
        """Give the wording of one language · 取一种语言.

        Parameters
        ----------
        language
            ``"en"`` or ``"zh"``.

        Returns
        -------
        str
            The wording.
        """
        return self.zh if language == "zh" else self.en

    def placeholders(self) -> tuple[frozenset[str], frozenset[str]]:
        """Name the placeholders of both wordings · 列出占位符.

        Returns
        -------
        tuple of frozenset of str
            Those of the English and those of the Chinese wording.
        """
        parse = string.Formatter().parse
        return (
            frozenset(name for _, name, _, _ in parse(self.en) if name),
            frozenset(name for _, name, _, _ in parse(self.zh) if name),
        )

    def as_json(self) -> dict[str, str]:
        """Give both wordings as a plain mapping · 转为字典.

        Returns
        -------
        dict of str to str
            Keys ``en`` and ``zh``.
        """
        return {"en": self.en, "zh": self.zh}


def counted(number: int, noun: str, measure: str) -> Text:
    """Count something in words: one finding, two findings · 数量表述.

    Parameters
    ----------
    number
        How many.
    noun
        English singular; its plural takes an s.
    measure
        What follows the number in Chinese.

    Returns
    -------
    Text
        Thousands are grouped.

    Examples
    --------
    >>> counted(1, "unit", "个板块").en, counted(2_000, "unit", "个板块").zh
    ('1 unit', '2,000个板块')
    """
    return Text(f"{number:,} {noun}{'' if number == 1 else 's'}", f"{number:,}{measure}")
