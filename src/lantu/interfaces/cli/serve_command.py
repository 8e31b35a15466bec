"""Serve a city: `lantu serve` · 启动网页应用."""

from __future__ import annotations

import dataclasses
from pathlib import Path  # noqa: TC003  # typer reads the annotations when it runs
from typing import Annotated

import typer

from lantu.interfaces.cli.options import LanguageOption, spoken_language
from lantu.vocabulary.text import Text

_READY = Text("Lantu serves {city} at {address}. Stop it with Ctrl+C.", "蓝图已启动：{address}（{city}）。按Ctrl+C停止。")


def serve(
    city: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="City folder · 城市目录")],
    host: Annotated[str | None, typer.Option(help="Address to listen on; otherwise LANTU_HOST or 127.0.0.1 · 监听地址")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port; otherwise LANTU_PORT or 8765; 0 takes a free one · 端口", min=0, max=65535)
    ] = None,
    language: LanguageOption = None,
) -> None:
    """Serve a city to browsers until it is stopped · 启动网页应用."""
    spoken = spoken_language(language)
    from lantu.interfaces.web.serving import serve as serve_city  # noqa: PLC0415  # heavy, and --help must stay light
    from lantu.interfaces.web.settings import read_settings  # noqa: PLC0415  # as above

    settings = read_settings(city)
    settings = dataclasses.replace(settings, host=host or settings.host, port=settings.port if port is None else port)

    def ready(address: str) -> None:
        typer.echo(_READY.format(city=city, address=address).speak(spoken))

    serve_city(settings, ready)
