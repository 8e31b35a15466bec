"""Overlay, coverage and inspection of any files · 叠加、铺盖与图形检查命令."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003  # typer reads the annotations when it runs
from typing import Annotated

import typer

from lantu.interfaces.cli.options import spoken_language
from lantu.vocabulary.text import Text


def overlay(  # noqa: PLR0913, PLR0917  # one parameter per option
    left: Annotated[Path, typer.Argument(exists=True, help="Polygon layer · 左图层")],
    right: Annotated[Path, typer.Argument(exists=True, help="Polygon layer · 右图层")],
    output: Annotated[Path, typer.Option("-o", "--output", help="GeoParquet to write · 输出文件")],
    left_id: Annotated[str | None, typer.Option(help="Field with the id of left features · 左图层标识字段")] = None,
    right_id: Annotated[str | None, typer.Option(help="Field with the id of right features · 右图层标识字段")] = None,
    left_layer: Annotated[str | None, typer.Option(help="Which layer of the left file · 左文件的图层")] = None,
    right_layer: Annotated[str | None, typer.Option(help="Which layer of the right file · 右文件的图层")] = None,
    pieces: Annotated[bool, typer.Option("--pieces", help="Write the intersection pieces as well · 同时输出相交图形")] = False,  # noqa: FBT002  # typer's form of a flag
) -> None:
    """Give the exact area of every pair of overlapping polygons · 两图层逐对相交面积."""
    from lantu.capabilities.plan_making import geometry_tools  # noqa: PLC0415  # heavy, and --help must stay light

    summary = geometry_tools.overlay_files(
        left, right, output, left_id=left_id, right_id=right_id, pieces=pieces, left_layer=left_layer, right_layer=right_layer
    )
    _tell_choice(left, summary["left_layer"], summary["not_taken"]["left"], "--left-layer")
    _tell_choice(right, summary["right_layer"], summary["not_taken"]["right"], "--right-layer")
    typer.echo(json.dumps(summary, ensure_ascii=False))


def _tell_choice(path: Path, taken: str, others: list[str], option: str) -> None:
    """Say which layer of a file was taken, where it holds several; the result itself stays alone on the standard output."""
    if others:
        names = ", ".join(others)
        told = Text(
            f"{path.name}: layer {taken} was taken. It also holds {names}; choose with {option}.",
            f"{path.name}：使用图层{taken}。其中还有{names}；可用{option}指定。",
        )
        typer.echo(told.speak(spoken_language(None)), err=True)


def coverage(  # noqa: PLR0913, PLR0917  # one parameter per option
    layer: Annotated[Path, typer.Argument(exists=True, help="Layer that should tile · 应铺满的图层")],
    layer_name: Annotated[str | None, typer.Option("--layer", help="Which layer of the file · 文件中的图层")] = None,
    within: Annotated[Path | None, typer.Option(exists=True, help="Boundary it should fill · 边界")] = None,
    allowed_gaps: Annotated[Path | None, typer.Option(exists=True, help="Gaps that may be · 允许的空隙")] = None,
    tolerance: Annotated[float, typer.Option(help="Vertices closer than this are one, in metres · 容差（米）", min=0)] = 0.001,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="GeoJSON with every fault at its place · 输出文件")] = None,
) -> None:
    """Find gaps, overlaps, duplicates and what sticks out · 检查缝隙、重叠、重复与越界.

    Exit code 0: none. 1: some.
    """
    from lantu.capabilities.plan_making import geometry_tools  # noqa: PLC0415  # heavy, and --help must stay light

    summary = geometry_tools.coverage_of_file(
        layer, layer_name=layer_name, within=within, allowed_gaps=allowed_gaps, tolerance_m=tolerance, output=output
    )
    _tell_choice(layer, summary["layer"], summary["not_taken"], "--layer")
    typer.echo(json.dumps(summary, ensure_ascii=False))
    raise typer.Exit(1 if summary["faults"] else 0)


def inspect(
    layer: Annotated[Path, typer.Argument(exists=True, help="Any layer · 任意图层")],
    layer_name: Annotated[str | None, typer.Option("--layer", help="Which layer of the file · 文件中的图层")] = None,
    scale: Annotated[int, typer.Option(help="Scale denominator, for the size of slivers · 比例尺分母", min=1)] = 10_000,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="GeoJSON with every fault at its place · 输出文件")] = None,
) -> None:
    """Look at the geometry of a layer by itself · 单图层图形检查.

    Exit code 0: nothing found. 1: something found.
    """
    from lantu.capabilities.plan_making import geometry_tools  # noqa: PLC0415  # heavy, and --help must stay light

    summary = geometry_tools.inspect_file(layer, layer_name=layer_name, scale=scale, output=output)
    _tell_choice(layer, summary["layer"], summary["not_taken"], "--layer")
    typer.echo(json.dumps(summary, ensure_ascii=False))
    raise typer.Exit(1 if summary["faults"] else 0)
