"""What the door needs of the house that it is built into · 与宿主应用的约定."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from lantu.interfaces.ogc.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fastapi.params import Depends
    from starlette.requests import Request
    from starlette.responses import Response

    from lantu.interfaces.ogc.shelf import Shelf
    from lantu.vocabulary.text import Language, Text


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page of the door shows · 页面内容.

    Parameters
    ----------
    title
        Heading.
    lead
        One sentence below it.
    trail
        Way from the landing page: words and addresses.
    entries
        Words, address and explanation of what can be opened from here.
    facts
        Words and values.
    header
        Heads of the table's columns; empty where there is no table.
    rows
        Rows of the table: address of the row, and its cells.
    pager
        Words and addresses of neighbouring pages.
    document
        The document itself, shown where a table would say less.
    """

    title: str
    lead: str = ""
    trail: Sequence[tuple[str, str]] = ()
    entries: Sequence[tuple[str, str, str]] = ()
    facts: Sequence[tuple[str, str]] = ()
    header: Sequence[str] = ()
    rows: Sequence[tuple[str, Sequence[str]]] = ()
    pager: Sequence[tuple[str, str]] = ()
    document: str = ""


class Draw(Protocol):
    """Draws a sheet in the look of the house · 以宿主样式绘制页面."""

    def __call__(self, request: Request, sheet: Sheet) -> Response:
        """Draw it · 绘制.

        Parameters
        ----------
        request
            The request.
        sheet
            What to show.
        """


@dataclass(frozen=True, slots=True)
class House:
    """What the house gives the door · 宿主提供的能力.

    Parameters
    ----------
    shelf
        Gives what the person behind a request may see.
    language
        Gives the language of a request.
    origin
        Gives scheme, host and port under which the house is known, without a slash at the end.
    draw
        Draws a page.
    title
        Name of the service.
    description
        What it gives.
    right
        What every address of the door depends on: the right to read the map.
    reader
        Reads features, shared by all requests.
    """

    shelf: Callable[[Request], Shelf]
    language: Callable[[Request], Language]
    origin: Callable[[Request], str]
    draw: Draw
    title: Callable[[Request], Text]
    description: Text
    right: Depends | Any
    reader: Reader = field(default_factory=Reader)
