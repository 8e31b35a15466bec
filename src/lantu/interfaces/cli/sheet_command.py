"""The compliance sheet of one parcel or project · 合规审查表命令."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003  # typer reads the annotations when it runs
from typing import Annotated

import typer

from lantu.interfaces.cli.options import FormatOption, LanguageOption, refuse_other, spoken_language

_EXIT = {"clear": 0, "block": 1, "review": 1, "not_checked": 2}


def sheet(  # noqa: PLR0913, PLR0917  # one parameter per option
    parcel: Annotated[Path, typer.Argument(exists=True, help="Parcels: coordinate TXT, Shapefile, GeoJSON … · 地块文件")],
    city: Annotated[Path, typer.Option(exists=True, file_okay=False, help="City folder · 城市目录")],
    activity: Annotated[str | None, typer.Option(help="Limited activity in the redline, 1 to 10 · 有限人为活动类别")] = None,
    kind: Annotated[str | None, typer.Option(help="urban, linear, point, village, special or farming · 项目类型")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write instead of printing · 输出文件")] = None,
    output_format: FormatOption = "text",
    language: LanguageOption = None,
) -> None:
    """Hold one parcel or project against every control line and land use · 单个项目合规审查.

    Exit code 0: clear. 1: blocked, or to be reviewed. 2: something could not be checked.
    """
    spoken = spoken_language(language)
    refuse_other(output_format, ("text", "json"), "--format")
    from lantu.capabilities.plan_making import parcel_checking  # noqa: PLC0415  # heavy, and --help must stay light

    made = parcel_checking.sheet_of_file(parcel, city, activity_code=activity, project_kind=kind)
    if output_format == "json":
        text = json.dumps(made.as_json(), ensure_ascii=False)
    else:
        from lantu.capabilities.plan_making.sheet_text import render_sheet  # noqa: PLC0415  # as above

        text = render_sheet(made, spoken)
    if output is None:
        typer.echo(text)
    else:
        output.write_text(f"{text}\n", encoding="utf-8")
    raise typer.Exit(_EXIT[made.verdict])
