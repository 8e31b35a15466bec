"""Start something new: the files of a check · 新建规则."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lantu.interfaces.cli.quick_group import QuickGroup

app = typer.Typer(cls=QuickGroup, help="Start something new, such as a check · 新建", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def new() -> None:
    """Start something new, such as a check · 新建."""


@app.command()
def check(
    theme: Annotated[str, typer.Argument(help="Theme of two letters, such as TP · 主题代码")],
    requirement: Annotated[str, typer.Argument(help="The requirement as a sentence: English, or English · 中文")],
    root: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Root of the source tree · 源码根目录")] = Path(),
) -> None:
    """Write the file of a check and that of its cases, one of which fails until the check is written · 新建规则."""
    from lantu.engines.checking.discover import discover  # noqa: PLC0415  # heavy, and --help must stay light
    from lantu.engines.checking.scaffold import scaffold  # noqa: PLC0415  # as above

    made = scaffold(
        theme,
        requirement,
        discover("lantu.catalogue.checks", plugins=False),
        checks=root / "src" / "lantu" / "catalogue" / "checks",
        cases=root / "tests" / "catalogue" / "checks",
    )
    typer.echo(f"{made.code}\n{made.check}\n{made.cases}")
