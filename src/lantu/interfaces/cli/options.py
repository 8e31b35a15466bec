"""Options that several commands share · 通用选项."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lantu.interfaces.cli.settings import read_settings
from lantu.interfaces.cli.usage_errors import WrongUsage
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.vocabulary.text import Language

LanguageOption = Annotated[str | None, typer.Option(help="en or zh; otherwise LANTU_LANGUAGE or the locale · 语言")]
FormatOption = Annotated[str, typer.Option("--format", help="text or json · 输出格式")]


def spoken_language(given: str | None) -> Language:
    """Give the language to speak · 输出语言.

    Parameters
    ----------
    given
        What was asked for; the setting decides where None.

    Returns
    -------
    str
        ``en`` or ``zh``.

    Raises
    ------
    WrongUsage
        If it is another language.
    """
    if given is None:
        return read_settings().language
    refuse_other(given, ("en", "zh"), "--language")
    return "zh" if given == "zh" else "en"


def refuse_other(value: str, allowed: tuple[str, ...], option: str) -> None:
    """Refuse a value that an option does not know · 校验选项取值.

    Parameters
    ----------
    value
        What was given.
    allowed
        What is known.
    option
        Name of the option.

    Raises
    ------
    WrongUsage
        If it is none of them.
    """
    if value not in allowed:
        choices = ", ".join(allowed)
        raise WrongUsage(Text(f"{option}: {value!r} is none of {choices}.", f"{option}：{value!r}无效，只能是{choices}。"))
