"""The command line: parse, call one capability, print, exit · 命令行入口."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from lantu.interfaces.cli import (
    check_commands,
    layers_commands,
    new_command,
    overlay_commands,
    people_commands,
    records_commands,
    serve_command,
    sheet_command,
)
from lantu.interfaces.cli.quick_group import QuickGroup
from lantu.interfaces.cli.settings import read_settings
from lantu.interfaces.cli.usage_errors import usage_message
from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.vocabulary.text import Language

_INTERRUPTED = 130
_STOPPED = Text("Stopped; nothing is half-written.", "已中止，未留下残缺文件。")

app = typer.Typer(
    name="lantu",
    cls=QuickGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="A whole city plans as one: check, overlay, seam and trace its plans · 蓝图：一座城市共同规划。",
)

app.command()(check_commands.check)
app.command()(check_commands.rerun)
app.command()(check_commands.demo)
app.command()(check_commands.explain)
app.command()(check_commands.diagnose)
app.command()(overlay_commands.overlay)
app.command()(overlay_commands.coverage)
app.command()(overlay_commands.inspect)
app.command()(sheet_command.sheet)
app.command()(serve_command.serve)
app.command()(people_commands.demo_office)
app.add_typer(people_commands.app, name="people")
app.command()(records_commands.backup)
app.command()(records_commands.restore)
app.add_typer(layers_commands.app, name="layers")
app.add_typer(records_commands.app, name="trail")
app.add_typer(new_command.app, name="new")


def run() -> None:
    """Run the program and turn every error we raise into a message and an exit code · 运行程序."""
    settings = read_settings()
    language: Language = "zh" if _asked_for_chinese(sys.argv, settings.language) else "en"
    try:
        code = app(standalone_mode=False, prog_name="lantu")
        if code == _INTERRUPTED:
            _say_stopped(language)
        raise SystemExit(code if isinstance(code, int) else 0)
    except typer.TyperException as error:
        sys.stderr.write(usage_message(error, language))
        raise SystemExit(error.exit_code) from None
    except LantuError as error:
        sys.stderr.write(f"{error.message.speak(language)}\n{error.remedy.speak(language)}\n")
        raise SystemExit(error.exit_code) from None
    except OSError as error:
        what = error.filename or ""
        english, chinese = (
            f"{what}: {error.strerror}. Check the path and the rights on it.",
            f"{what}：{error.strerror}。请检查路径与权限。",
        )
        sys.stderr.write(f"{chinese if language == 'zh' else english}\n")
        raise SystemExit(LantuError.exit_code) from None
    except (KeyboardInterrupt, typer.Abort):
        _say_stopped(language)
        raise SystemExit(_INTERRUPTED) from None


def _say_stopped(language: Language) -> None:
    sys.stderr.write(f"{_STOPPED.speak(language)}\n")


def _asked_for_chinese(arguments: list[str], default: str) -> bool:
    for position, argument in enumerate(arguments):
        if argument.startswith("--language"):
            value = argument.partition("=")[2] or (arguments[position + 1] if position + 1 < len(arguments) else "")
            return (value if value in {"en", "zh"} else default) == "zh"
    return default == "zh"
