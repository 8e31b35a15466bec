"""Overlay, coverage and inspection of any files · 叠加、铺盖与图形检查命令."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003  # typer reads the annotations when it runs
from typing import Annotated

import typer


def overlay(  # noqa: PLR0913, PLR0917  # one parameter per option
    left: Annotated[Path, typer.Argument(exists=True, help="Polygon layer · 左图层")],
    right: Annotated[Path, typer.Argument(exists=True, help="Polygon layer · 右图层")],
    output: Annotated[Path, typer.Option("-o", "--output", help="GeoParquet to write · 输出文件")],
    left_id: Annotated[str | None, typer.Option(help="Field with the id of left features · 左图层标识字段")] = None,
    right_id: Annotated[str | None, typer.Option(help="Field with the id of right features · 右图层标识字段")] = None,
    pieces: Annotated[bool, typer.Option("--pieces", help="Write the intersection pieces as well · 同时输出相交图形")] = False,  # noqa: FBT002  # typer's form of a flag
) -> None:
    """Give the exact area of every pair of overlapping polygons · 两图层逐对相交面积."""
    from lantu.capabilities.plan_making import geometry_tools  # noqa: PLC0415  # heavy, and --help must stay light

    summary = geometry_tools.overlay_files(left, right, output, left_id=left_id, right_id=right_id, pieces=pieces)
    typer.echo(json.dumps(summary, ensure_ascii=False))


def coverage(
    layer: Annotated[Path, typer.Argument(exists=True, help="Layer that should tile · 应铺满的图层")],
    within: Annotated[Path | None, typer.Option(exists=True, help="Boundary it should fill · 边界")] = None,
    allowed_gaps: Annotated[Path | None, typer.Option(exists=True, help="Gaps that may be · 允许的空隙")] = None,
    tolerance: Annotated[float, typer.Option(help="Vertices closer than this are one, in metres · 容差（米）", min=0)] = 0.001,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="GeoJSON with every fault at its place · 输出文件")] = None,
) -> None:
    """Find gaps, overlaps, duplicates and what sticks out · 检查缝隙、重叠、重复与越界.

    Exit code 0: none. 1: some.
    """
    from lantu.capabilities.plan_making import geometry_tools  # noqa: PLC0415  # heavy, and --help must stay light

    summary = geometry_tools.coverage_of_file(layer, within=within, allowed_gaps=allowed_gaps, tolerance_m=tolerance, output=output)
    typer.echo(json.dumps(summary, ensure_ascii=False))
    raise typer.Exit(1 if summary["faults"] else 0)


def inspect(
    layer: Annotated[Path, typer.Argument(exists=True, help="Any layer · 任意图层")],
    scale: Annotated[int, typer.Option(help="Scale denominator, for the size of slivers · 比例尺分母", min=1)] = 10_000,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="GeoJSON with every fault at its place · 输出文件")] = None,
) -> None:
    """Look at the geometry of a layer by itself · 单图层图形检查.

    Exit code 0: nothing found. 1: something found.
    """
    from lantu.capabilities.plan_making import geometry_tools  # noqa: PLC0415  # heavy, and --help must stay light

    summary = geometry_tools.inspect_file(layer, scale=scale, output=output)
    typer.echo(json.dumps(summary, ensure_ascii=False))
    raise typer.Exit(1 if summary["faults"] else 0)
