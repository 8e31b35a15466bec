"""The versions of layers: list, show, compare, export, verify · 图层版本命令."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # typer reads the annotations when it runs
import json
from pathlib import Path  # as above
from typing import Annotated

import typer

from lantu.interfaces.cli.options import FormatOption, LanguageOption, refuse_other, spoken_language
from lantu.interfaces.cli.quick_group import QuickGroup
from lantu.vocabulary.text import Text, counted

app = typer.Typer(cls=QuickGroup, help="The store of layer versions · 图层版本库", no_args_is_help=True, rich_markup_mode=None)

StoreArgument = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="City folder, or a layer store · 城市目录或图层库")]
NameArgument = Annotated[str, typer.Argument(help="Layer, as `lantu layers list` names it · 图层名")]
VersionOption = Annotated[str | None, typer.Option(help="Version or its first six digits; the latest if left out · 版本号")]
_FORMATS = ("text", "json")
_ALL_WHOLE = Text("{versions}, none damaged.", "{versions}，均无损坏。")


@app.command("list")
def list_layers(
    store: StoreArgument,
    name: Annotated[str | None, typer.Argument(help="Only versions of this layer · 仅列该图层")] = None,
    output_format: FormatOption = "text",
    language: LanguageOption = None,
) -> None:
    """List the versions of every layer, the latest of each last · 列出全部图层版本."""
    spoken = spoken_language(language)
    refuse_other(output_format, _FORMATS, "--format")
    from lantu.capabilities.plan_making import layer_versions  # noqa: PLC0415  # heavy, and --help must stay light

    versions = layer_versions.open_store(store).versions(name)
    if output_format == "json":
        typer.echo(json.dumps([version.as_json() for version in versions], ensure_ascii=False))
    else:
        typer.echo(layer_versions.list_versions(versions, spoken))


@app.command()
def show(
    store: StoreArgument,
    name: NameArgument,
    version: VersionOption = None,
    as_of: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As valid on this day · 有效日期")] = None,
) -> None:
    """Say everything a version says of itself, as JSON · 查看图层版本."""
    from lantu.capabilities.plan_making import layer_versions  # noqa: PLC0415  # heavy, and --help must stay light

    found = layer_versions.open_store(store).find(name, version, as_of=as_of.date() if as_of else None)
    typer.echo(json.dumps(layer_versions.describe_version(found), ensure_ascii=False, indent=2))


@app.command()
def diff(  # noqa: PLR0913, PLR0917  # one parameter per option
    store: StoreArgument,
    name: NameArgument,
    old: Annotated[str | None, typer.Argument(help="Version before; the last but one if left out · 旧版本")] = None,
    new: Annotated[str | None, typer.Argument(help="Version after; the latest if left out · 新版本")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="GeoPackage with WHQ, WHH and WHC · 维护前、维护后、维护层")] = None,
    reason: Annotated[str, typer.Option(help="Reason written to every change · 维护理由")] = "",
    number: Annotated[str, typer.Option(help="Number written to every change · 维护编号")] = "",
    output_format: FormatOption = "text",
    language: LanguageOption = None,
) -> None:
    """Tell what changed from one version to another · 比较两个版本.

    Exit code 0: nothing. 1: something changed.
    """
    spoken = spoken_language(language)
    refuse_other(output_format, _FORMATS, "--format")
    from lantu.capabilities.plan_making import layer_versions  # noqa: PLC0415  # heavy, and --help must stay light

    changes = layer_versions.compare_versions(layer_versions.open_store(store), name, old, new, reason=reason, number=number)
    if output is not None:
        layer_versions.write_changes(changes, output)
    if output_format == "json":
        typer.echo(json.dumps(changes.as_json(), ensure_ascii=False))
    else:
        typer.echo(layer_versions.describe_changes(name, changes, spoken))
    raise typer.Exit(0 if changes.is_empty() else 1)


@app.command()
def export(
    store: StoreArgument,
    name: NameArgument,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write; its suffix says the format · 输出文件")],
    version: VersionOption = None,
) -> None:
    """Hand a version out as GeoParquet, GeoPackage, Shapefile, FileGDB or GeoJSON · 导出图层版本."""
    from lantu.capabilities.plan_making import layer_versions  # noqa: PLC0415  # heavy, and --help must stay light

    found = layer_versions.export_version(layer_versions.open_store(store), name, version, output)
    typer.echo(f"{output}: {found.name} {found.version[:12]}, {found.features}")


@app.command()
def verify(store: StoreArgument, language: LanguageOption = None) -> None:
    """Hold every file of the store against its hash · 校验图层库.

    Exit code 0: all as written. 1: something is damaged.
    """
    spoken = spoken_language(language)
    from lantu.capabilities.plan_making import layer_versions  # noqa: PLC0415  # heavy, and --help must stay light

    opened = layer_versions.open_store(store)
    damage = opened.verify()
    for item in damage:
        typer.echo(f"{item.path}: {item.message.speak(spoken)}")
    if not damage:
        typer.echo(_ALL_WHOLE.format(versions=counted(len(opened.versions()), "version", "个版本")).speak(spoken))
    raise typer.Exit(1 if damage else 0)
