"""The map as routes ask for it · 一张图访问."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from lantu.capabilities.one_map.asking import QuestionRefused
from lantu.capabilities.one_map.map_shelf import MapShelf, no_such_layer
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from fastapi import FastAPI

    from lantu.interfaces.web.office import Office

_FONT_PLACES = (
    Path(__file__).parent / "static" / "build" / "print-fonts",
    Path(__file__).parents[4] / "web" / "node_modules" / "@expo-google-fonts" / "noto-sans-sc",
)


def shelf_of(app: FastAPI) -> MapShelf:
    """Give the map of the office, which stays in memory · 取一张图.

    Parameters
    ----------
    app
        The application.

    Returns
    -------
    MapShelf
        One for the whole process.

    Raises
    ------
    RecordMissing
        If the city has no data.
    """
    known: MapShelf | None = getattr(app.state, "map_shelf", None)
    if known is None:
        opened: Office = app.state.office
        if opened.city.store is None:
            raise no_such_layer()
        known = app.state.map_shelf = MapShelf(opened.records, opened.city.store, opened.folders.tiles, opened.city.today)
    known.today = app.state.office.city.today
    return known


async def map_shelf(request: Request) -> MapShelf:
    """Give the map of the office to a route: ``Depends(map_shelf)`` · 取一张图.

    Asynchronous, so that no thread is woken for it.

    Parameters
    ----------
    request
        What came in.

    Returns
    -------
    MapShelf
        As `shelf_of`.
    """
    return shelf_of(request.app)


def day_of(text: str | None) -> dt.date | None:
    """Read the day that is asked for · 解析时点.

    Parameters
    ----------
    text
        Such as ``2026-11-26``; None or empty for today.

    Returns
    -------
    datetime.date or None
        The day.

    Raises
    ------
    QuestionRefused
        If it is no day.
    """
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise QuestionRefused(
            Text("The day asked for is no day.", "所查时点不是有效日期。"), Text("Write it as 2026-01-31.", "请写作2026-01-31。")
        ) from error


def print_fonts() -> Path | None:
    """Find the fonts that papers are set in · 打印字体目录.

    Returns
    -------
    pathlib.Path or None
        None where the installation has none; papers then take those of the system.
    """
    return next((place for place in _FONT_PLACES if place.is_dir()), None)


TheMap = Annotated[MapShelf, Depends(map_shelf)]
