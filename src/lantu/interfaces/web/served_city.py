"""While a city is served nobody makes it anew under the server · 服务期间不得重新生成城市."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MARK = "office/served.lock"


class CityServed(LantuError):
    """A server has the city open, so that its files must stay as they are · 城市正在服务中."""


@contextmanager
def serving(city_folder: Path) -> Iterator[None]:
    """Hold a city as served; several servers may hold it at a time · 标记城市正在服务.

    Parameters
    ----------
    city_folder
        Folder of the city.

    Yields
    ------
    None
        The mark goes with the process, however that ends.
    """
    with _held(city_folder, fcntl.LOCK_SH):
        yield


@contextmanager
def unserved(city_folder: Path) -> Iterator[None]:
    """Hold a city for writing it anew, where no server has it open · 独占城市目录.

    Parameters
    ----------
    city_folder
        Folder of the city; one that was never served is held by nobody.

    Yields
    ------
    None
        No server may begin meanwhile.

    Raises
    ------
    CityServed
        If a server has it open.
    """
    if (city_folder / _MARK).is_file():
        with _held(city_folder, fcntl.LOCK_EX):
            yield
    else:
        yield


@contextmanager
def _held(city_folder: Path, how: int) -> Iterator[None]:
    path = city_folder / _MARK
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as mark:
        try:
            fcntl.flock(mark, how | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CityServed(
                Text(f"{city_folder} is being served, or made anew, at this moment.", f"{city_folder}正在提供服务或正在重新生成。"),
                Text("Stop that first, or name another folder.", "请先停止，或使用其他目录。"),
            ) from error
        yield
