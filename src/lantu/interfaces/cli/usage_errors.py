"""What the command line framework says of wrong usage, in the user's language · 用法错误的双语表述."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import typer

from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.vocabulary.text import Language

_HINT = Text("Try '{command} --help'.", "用法见“{command} --help”。")
_VALUE = Text("Invalid value for {parameter}: {what}", "{parameter}的取值无效：{what}")

# Sentences of the framework; what it calls by name is kept as it is in both languages.
_SENTENCES: tuple[tuple[re.Pattern[str], Text], ...] = tuple(
    (re.compile(pattern, re.DOTALL), text)
    for pattern, text in (
        (r"\w+ '(?P<a>.*)' does not exist\.", Text("{a} does not exist.", "{a}不存在。")),
        (r"\w+ '(?P<a>.*)' is a file\.", Text("{a} is a file, not a folder.", "{a}是文件，不是目录。")),
        (r"\w+ '(?P<a>.*)' is a directory\.", Text("{a} is a folder, not a file.", "{a}是目录，不是文件。")),
        (r"\w+ '(?P<a>.*)' is not readable\.", Text("{a} cannot be read.", "{a}不可读取。")),
        (r"\w+ '(?P<a>.*)' is not writable\.", Text("{a} cannot be written to.", "{a}不可写入。")),
        (r"Missing command\.", Text("A command is missing.", "缺少子命令。")),
        (r"Missing \w+ (?P<a>.*?)\.(?: .*)?", Text("{a} is missing.", "缺少{a}。")),
        (
            r"No such command (?P<a>\S+)\. Did you mean (?:one of )?:?(?P<b>.*?)\?",
            Text("There is no command {a}; perhaps {b}.", "没有子命令{a}，是否为{b}？"),
        ),
        (r"No such command (?P<a>.*?)\.", Text("There is no command {a}.", "没有子命令{a}。")),
        (
            r"No such option: (?P<a>\S+) \(Possible options: (?P<b>.*)\)",
            Text("There is no option {a}; perhaps {b}.", "没有选项{a}，是否为{b}？"),
        ),
        (r"No such option: (?P<a>\S+)", Text("There is no option {a}.", "没有选项{a}。")),
        (r"Option '(?P<a>.*)' requires an argument\.", Text("Option {a} needs a value.", "选项{a}需要取值。")),
        (r"Option '(?P<a>.*)' requires (?P<b>\d+) arguments\.", Text("Option {a} needs {b} values.", "选项{a}需要{b}个取值。")),
        (r"Option '(?P<a>.*)' does not take a value\.", Text("Option {a} takes no value.", "选项{a}不带取值。")),
        (r"Argument '(?P<a>.*)' takes (?P<b>\d+) values\.", Text("{a} takes {b} values.", "{a}需要{b}个取值。")),
        (r"Got unexpected extra argument\(s\) \((?P<a>.*)\)", Text("Too many arguments: {a}.", "参数过多：{a}。")),
        (r"Input should be a valid (?:integer|number).*", Text("a number is wanted.", "应为数字。")),
        (r"Input should be greater than or equal to (?P<a>.*)", Text("it must be at least {a}.", "不得小于{a}。")),
        (r"Input should be less than or equal to (?P<a>.*)", Text("it must be at most {a}.", "不得大于{a}。")),
        (r"(?:Value error, )?(?P<a>.*) does not match the formats (?P<b>.*)\.", Text("{a} is not written as {b}.", "{a}的写法应为{b}。")),
        (r"(?:Value error, )?(?P<a>.*) is not one of (?P<b>.*)\.", Text("{a} is none of {b}.", "{a}不是{b}之一。")),
        (r"Value (?P<a>.*) is not a valid (?P<b>.*)\.", Text("{a} is no valid {b}.", "{a}不是有效的{b}。")),
    )
)


class WrongUsage(typer.BadParameter):
    """A value that a command refuses, said in both languages · 取值无效.

    Parameters
    ----------
    text
        What is wrong with it and what would be right.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def usage_message(error: typer.TyperException, language: Language) -> str:
    """Say what is wrong with the way a command was called · 用法错误说明.

    Parameters
    ----------
    error
        What the framework or a command raised.
    language
        Language to speak.

    Returns
    -------
    str
        The fault, and where help is found; a sentence that nobody foresaw stays in the framework's words. A group that
        was called without a command gives its help instead.
    """
    context: typer.Context | None = getattr(error, "ctx", None)
    if context is not None and error.message == context.get_help():
        return f"{error.message}\n"
    said = error.text if isinstance(error, WrongUsage) else _said(error.format_message())
    command = "lantu" if context is None else context.command_path
    return f"{said.speak(language)}\n{_HINT.speak(language).format(command=command)}\n"


def _said(sentence: str) -> Text:
    value = re.fullmatch(r"Invalid value(?: for (?P<parameter>.*?))?: (?P<what>.*)", sentence, re.DOTALL)
    if value is None:
        return _translated(sentence)
    what = _translated(value["what"])
    return _VALUE.format(parameter=_unquoted(value["parameter"]), what=what) if value["parameter"] else what


def _translated(sentence: str) -> Text:
    for pattern, text in _SENTENCES:
        found = pattern.fullmatch(sentence)
        if found is not None:
            return text.format(**{key: _unquoted(value) for key, value in found.groupdict().items()})
    return Text(sentence, sentence)


def _unquoted(words: str) -> str:
    return words.strip(" '").replace("' / '", " / ")
