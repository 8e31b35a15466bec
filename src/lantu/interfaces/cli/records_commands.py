"""The records of the office: verify and read the trail, back up, restore · 留痕、备份与恢复命令."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lantu.interfaces.cli.options import FormatOption, LanguageOption, refuse_other, spoken_language
from lantu.interfaces.cli.quick_group import QuickGroup
from lantu.interfaces.cli.settings import read_settings
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.stores.records.models import Event

app = typer.Typer(cls=QuickGroup, help="The forced trail of the office · 强制留痕", no_args_is_help=True, rich_markup_mode=None)

CityArgument = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="City folder · 城市目录")]
_FORMATS = ("text", "json")
_SHOWN_DIGITS = 12


@app.command()
def verify(
    city: CityArgument,
    seal: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A copy of the seal kept elsewhere · 另存的封印副本")
    ] = None,
    output_format: FormatOption = "text",
    language: LanguageOption = None,
) -> None:
    """Find any altered, removed or reordered event, and any record changed behind the trail · 核验留痕.

    Exit code 0: all agrees. 1: something was tampered with.
    """
    spoken = spoken_language(language)
    refuse_other(output_format, _FORMATS, "--format")
    from lantu.stores.records import open_office, verify_trail  # noqa: PLC0415  # heavy, and --help must stay light

    records = open_office(city, read_settings().database, existing=True)
    found = verify_trail(records, seal)
    if output_format == "json":
        typer.echo(json.dumps([item.as_json() for item in found], ensure_ascii=False))
    elif found:
        for item in found:
            typer.echo(item.message.speak(spoken))
    else:
        number, digest = records.head()
        typer.echo(
            Text(
                f"Events: {number}, none altered, removed or out of order; "
                f"every record is as its last event left it. Head {digest[:_SHOWN_DIGITS]}.",
                f"共 {number} 个事件，未见改动、缺失或乱序，全部记录与最后事件一致。链尾 {digest[:_SHOWN_DIGITS]}。",
            ).speak(spoken)
        )
    tail = records.unsealed()
    if tail is not None and output_format == "text":
        typer.echo(
            Text(
                f"Events {tail[0]} to {tail[1]} are not sealed yet: the seal could not be written after them. The next change seals them.",
                f"事件 {tail[0]} 至 {tail[1]} 尚未封印（其后未能写入封印），下一次变更时一并封印。",
            ).speak(spoken)
        )
    records.close()
    raise typer.Exit(1 if found else 0)


@app.command("list")
def list_events(  # noqa: PLR0913, PLR0917  # one parameter per option
    city: CityArgument,
    kind: Annotated[str | None, typer.Option(help="Only events about this kind of record · 记录类别")] = None,
    record: Annotated[str | None, typer.Option(help="Only events about the record with this id · 记录编号")] = None,
    actor: Annotated[str | None, typer.Option(help="Only what the person with this id did · 行为人")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the latest · 最近条数")] = 50,
    output_format: FormatOption = "text",
    language: LanguageOption = None,
) -> None:
    """Read the trail: who did what to which record, when and why · 查看留痕."""
    spoken_language(language)
    refuse_other(output_format, _FORMATS, "--format")
    from lantu.stores.records import open_office  # noqa: PLC0415  # heavy, and --help must stay light
    from lantu.stores.records.listing import latest_events  # noqa: PLC0415  # as above

    records = open_office(city, read_settings().database, existing=True)
    with records.reading() as session:
        events = latest_events(session, kind=kind, record_id=record, actor_id=actor, limit=limit)
    if output_format == "json":
        typer.echo(json.dumps([_as_json(event) for event in events], ensure_ascii=False))
    else:
        for event in events:
            who = f"{event.actor_name} ({event.actor_id})"
            why = f" · {event.reason}" if event.reason else ""
            typer.echo(f"{event.sequence} {event.at:%Y-%m-%d %H:%M:%S}Z {who} {event.action} {event.kind} {event.record_id}{why}")
    records.close()


def _as_json(event: Event) -> dict[str, Any]:
    return {column.key: getattr(event, column.key) for column in event.__table__.columns} | {"at": event.at.isoformat()}


def backup(
    city: CityArgument,
    target: Annotated[Path, typer.Argument(help="Archive to write, such as city.zip · 备份文件")],
    language: LanguageOption = None,
) -> None:
    """Write all records and files of a city into one archive, while people go on working · 备份."""
    spoken = spoken_language(language)
    from lantu.stores.records import open_office, write_backup  # noqa: PLC0415  # heavy, and --help must stay light

    with closing(open_office(city, read_settings().database, existing=True)) as records:
        content = write_backup(records, city, target)
    rows = sum(content.rows.values())
    typer.echo(
        Text(
            f"{target}: {rows} rows and {content.files} files, trail up to event {content.head[0]}, {content.size_bytes / 1e6:.1f} MB.",
            f"{target}：{rows} 行、{content.files} 个文件，留痕至事件 {content.head[0]}，{content.size_bytes / 1e6:.1f} MB。",
        ).speak(spoken)
    )


def restore(
    source: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Archive that `lantu backup` wrote · 备份文件")],
    city: Annotated[Path, typer.Argument(help="City folder to make; missing or empty · 目标城市目录")],
    language: LanguageOption = None,
    *,
    despite_tampering: Annotated[bool, typer.Option("--despite-tampering", help="Restore a broken trail too · 留痕异常也恢复")] = False,
) -> None:
    """Restore a city from an archive, into the embedded database or the one that LANTU_DATABASE names · 恢复.

    Exit code 0: restored, and the trail agrees. 1: the trail in the archive was broken.
    """
    spoken = spoken_language(language)
    from lantu.stores.records import restore_backup  # noqa: PLC0415  # heavy, and --help must stay light

    broken = restore_backup(source, city, read_settings().database, despite_tampering=despite_tampering)
    for item in broken:
        typer.echo(item.message.speak(spoken))
    typer.echo(Text(f"{city}: restored.", f"{city}：已恢复。").speak(spoken))
    raise typer.Exit(1 if broken else 0)
