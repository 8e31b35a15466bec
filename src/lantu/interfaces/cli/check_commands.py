"""Check packages, explain checks, look at files, make the demo city · 审查相关命令."""

from __future__ import annotations

import json
import sys
from pathlib import Path  # noqa: TC003  # typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from lantu.interfaces.cli.settings import read_settings
from lantu.interfaces.cli.usage_errors import WrongUsage
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from lantu.vocabulary.text import Language

LanguageOption = Annotated[str | None, typer.Option(help="en or zh; otherwise LANTU_LANGUAGE or the locale · 语言")]
_LANGUAGES = ("en", "zh")
_MADE_ANEW = Text(
    "{city} holds a city already: it is made anew, and what it held is written over; its office stays.",
    "{city}已有城市数据：将重新生成并覆盖，办公数据保留。",
)
_MADE = Text(
    "{city}: {parcels} parcels, packages of {units} units, {findings} expected findings. All data are invented.",
    "{city}：{parcels}个图斑，{units}个板块的成果包，应查出{findings}个问题。数据均为虚构。",
)
_MADE_WITH_STRAYS = Text("{made} Packages of unknown units, planted as a fault: {strays}.", "{made}另有预置的不明单元成果包{strays}个。")
_EXIT = {"passed": 0, "failed": 1, "not_checked": 2}


def check(  # noqa: PLR0913, PLR0917  # one parameter per option
    package: Annotated[list[Path], typer.Argument(exists=True, help="Plan packages: folders or zips · 规划成果目录或压缩包")],
    city: Annotated[Path | None, typer.Option(exists=True, file_okay=False, help="City folder · 城市目录")] = None,
    profile: Annotated[str | None, typer.Option(help="City profile where there is no city folder · 城市配置")] = None,
    select: Annotated[
        list[str] | None, typer.Option(help="Codes or prefixes, e.g. CL; repeat or separate by commas · 规则代码或前缀")
    ] = None,
    output_format: Annotated[str, typer.Option("--format", help="text, json or sarif · 输出格式")] = "text",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Folder for all reports · 报告目录")] = None,
    language: LanguageOption = None,
) -> None:
    """Check plan packages against the declared checks · 按规则审查规划成果.

    Exit code 0: all passed. 1: something failed. 2: nothing failed, but something could not be checked.
    """
    spoken = _language(language)
    _one_of(output_format, ("text", "json", "sarif"), "--format")
    from lantu.capabilities.plan_making.checking import check_packages  # noqa: PLC0415  # heavy, and --help must stay light
    from lantu.capabilities.plan_making.cities import open_city, profile_only  # noqa: PLC0415  # as above
    from lantu.capabilities.plan_making.publishing import write_reports  # noqa: PLC0415  # as above
    from lantu.capabilities.plan_making.reports.json_report import render_json  # noqa: PLC0415  # as above
    from lantu.capabilities.plan_making.reports.sarif import render_sarif  # noqa: PLC0415  # as above
    from lantu.capabilities.plan_making.reports.terminal import render_text  # noqa: PLC0415  # as above

    if output is not None and output.exists() and not output.is_dir():
        raise WrongUsage(Text(f"-o: {output} is a file, not a folder.", f"-o：{output}是文件，不是目录。"))
    opened = open_city(city) if city is not None else profile_only(profile or read_settings().profile)
    codes = [code.strip() for item in select or ["ALL"] for code in item.split(",") if code.strip()]
    with _progress() as told:
        run = check_packages(package, opened, select=codes, progress=told)
    if output is not None:
        write_reports(run, output, spoken)
    if output_format == "json":
        typer.echo(render_json(run))
    elif output_format == "sarif":
        typer.echo(render_sarif(run, spoken))
    else:
        typer.echo(render_text(run, spoken))
        if output is not None:
            typer.echo(str(output / "report.html"))
    raise typer.Exit(_EXIT[run.verdict.value])


def rerun(
    run: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Stored run, run.zip of a report folder · 运行文件")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for all reports · 报告目录")],
    language: LanguageOption = None,
) -> None:
    """Make every report again from a stored run, byte for byte · 由运行文件逐字节重新生成报告."""
    spoken = _language(language)
    from lantu.capabilities.plan_making.publishing import write_reports  # noqa: PLC0415  # heavy, and --help must stay light
    from lantu.capabilities.plan_making.run_records import CheckRun  # noqa: PLC0415  # as above

    write_reports(CheckRun.read(run), output, spoken)
    typer.echo(str(output))


def diagnose(
    file: Annotated[list[Path], typer.Argument(help="Files, folders or zips · 文件、目录或压缩包")],
    profile: Annotated[str | None, typer.Option(help="City profile to hold coordinates against · 城市配置")] = None,
    output_format: Annotated[str, typer.Option("--format", help="text or json · 输出格式")] = "text",
    language: LanguageOption = None,
) -> None:
    """Say what files are, what is wrong with them, and the way out · 诊断文件.

    Exit code 0: no problem. 1: problems or questions.
    """
    spoken = _language(language)
    _one_of(output_format, ("text", "json"), "--format")
    from lantu.capabilities.plan_making.diagnosing import diagnose_files  # noqa: PLC0415  # heavy, and --help must stay light

    document, text, problems = diagnose_files(file, profile or read_settings().profile, spoken)
    typer.echo(json.dumps(document, ensure_ascii=False) if output_format == "json" else text)
    raise typer.Exit(1 if problems else 0)


def explain(
    code: Annotated[str, typer.Argument(help="Code of a check, such as CL03 · 规则代码")],
    language: LanguageOption = None,
) -> None:
    """Explain a check: what it asks, why, by which source, and the way out · 解释规则."""
    spoken = _language(language)
    from lantu.capabilities.plan_making.checking import select_cards  # noqa: PLC0415  # heavy, and --help must stay light
    from lantu.engines.checking.explain import explain_card  # noqa: PLC0415  # as above

    for card in select_cards([code]).values():
        typer.echo(explain_card(card, spoken))


def demo(
    directory: Annotated[Path, typer.Argument(help="Folder to make · 生成目录")],
    parcels: Annotated[int, typer.Option(help="Parcels of present land use · 地块数", min=30)] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same city · 随机种子")] = 1,
    faults: Annotated[bool, typer.Option(help="Plant faults of every check · 是否植入问题")] = True,  # noqa: FBT002  # typer's form of a flag
) -> None:
    """Make the invented demo city with its answer key · 生成虚构的示例城市.

    A demo city that stands in the folder is made anew, its office stays; while it is served the folder is refused.
    """
    from lantu.examples.making import make_city  # noqa: PLC0415  # heavy, and --help must stay light
    from lantu.interfaces.web.served_city import unserved  # noqa: PLC0415  # as above

    spoken = read_settings().language
    with unserved(directory), _progress() as told:
        if (directory / "city.yaml").is_file():
            typer.echo(_MADE_ANEW.format(city=directory).speak(spoken))
        made = make_city(directory, parcels=parcels, seed=seed, faults=faults, progress=told)
    said = _MADE.format(city=directory, parcels=made.parcels, units=made.units, findings=len(made.key))
    typer.echo((_MADE_WITH_STRAYS.format(made=said, strays=made.strays) if made.strays else said).speak(spoken))


def _language(given: str | None) -> Language:
    if given is None:
        return read_settings().language
    _one_of(given, _LANGUAGES, "--language")
    return "zh" if given == "zh" else "en"


def _one_of(value: str, allowed: tuple[str, ...], option: str) -> None:
    if value not in allowed:
        choices = ", ".join(allowed)
        raise WrongUsage(Text(f"{option}: {value!r} is none of {choices}.", f"{option}：{value!r}无效，只能是{choices}。"))


def _progress() -> AbstractContextManager[Callable[[str, int, int], None] | None]:
    from lantu.interfaces.cli.progress import progress_bar  # noqa: PLC0415  # the bar's library is not light

    return progress_bar(shown=sys.stderr.isatty())
