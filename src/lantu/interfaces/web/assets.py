"""Built scripts and styles, and pictures, by the names that templates use · 前端资源."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from markupsafe import Markup

from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.text import Text

STATIC = Path(__file__).parent / "static"
_BUILD = STATIC / "build"


class FrontEndMissing(LantuError):
    """The scripts and styles of the pages were not built · 前端未构建."""

    http_status = 500


@cache
def _manifest() -> dict[str, dict[str, object]]:
    path = _BUILD / "manifest.json"
    if not path.is_file():
        raise FrontEndMissing(
            Text("The scripts and styles of the pages are not there.", "缺少网页的脚本与样式。"),
            Text(
                "Build them with `python setup/build_web.py`, or use `make demo`.", "请运行`python setup/build_web.py`，或使用`make demo`。"
            ),
        )
    built: dict[str, dict[str, object]] = json.loads(path.read_text(encoding="utf-8"))
    return built


def require_front_end() -> None:
    """Refuse to start without the front end · 启动前检查前端.

    Raises
    ------
    FrontEndMissing
        If it was not built.
    """
    _manifest()


@cache
def asset(entry: str) -> Markup:
    """Give the tags that load an entry of the front end · 引入前端资源.

    Parameters
    ----------
    entry
        Source, such as ``src/shell.ts``.

    Returns
    -------
    markupsafe.Markup
        Style links, hints of what the script will import (else the browser hears of it only from the script), then one module script.
    """
    seen: dict[str, None] = {}
    visited: dict[str, None] = {}
    _styles(entry, seen, visited)
    links = [f'<link rel="stylesheet" href="/static/build/{name}">' for name in seen]
    links += [f'<link rel="modulepreload" href="/static/build/{_manifest()[name]["file"]}">' for name in visited if name != entry]
    script = f'<script type="module" src="/static/build/{_manifest()[entry]["file"]}"></script>'
    return Markup("\n".join([*links, script]))  # noqa: S704  # file names of our own build


def _styles(entry: str, seen: dict[str, None], visited: dict[str, None]) -> None:
    if entry in visited:
        return
    visited[entry] = None
    record = _manifest()[entry]
    imports, styles = record.get("imports", []), record.get("css", [])
    for other in imports if isinstance(imports, list) else []:
        _styles(str(other), seen, visited)
    for name in styles if isinstance(styles, list) else []:
        seen[str(name)] = None


@cache
def icon(name: str) -> Markup:
    """Draw a picture of the house into the page, hidden from screen readers · 图标.

    Parameters
    ----------
    name
        File in ``static/icons`` without its suffix.

    Returns
    -------
    markupsafe.Markup
        The drawing; words beside it say what it means.
    """
    drawing = (STATIC / "icons" / f"{name}.svg").read_text(encoding="utf-8").strip()
    return Markup(drawing.replace("<svg ", '<svg class="icon" aria-hidden="true" focusable="false" ', 1))  # noqa: S704  # our own files
