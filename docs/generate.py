"""Write the pages that are made from the cards of the checks, or with --check say whether they lag · 生成规则手册."""  # noqa: INP001  # a script, no package

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lantu.catalogue.procedures import load_procedures
from lantu.catalogue.procedures.explaining import procedures_page
from lantu.catalogue.rights import load_rights
from lantu.engines.checking.discover import discover
from lantu.engines.checking.explain import reference_pages

if TYPE_CHECKING:
    from lantu.vocabulary.text import Language

HERE = Path(__file__).parent
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def pages() -> dict[Path, str]:
    """Give every generated page · 全部生成页.

    Returns
    -------
    dict of Path to str
        Content by path.
    """
    cards = discover("lantu.catalogue.checks", plugins=False)
    checks = {HERE / language / "checks" / name: text for language in LANGUAGES for name, text in reference_pages(cards, language).items()}
    return checks | {
        HERE / language / "procedures.md": procedures_page(load_procedures(), load_rights(), language) for language in LANGUAGES
    }


def lagging() -> list[Path]:
    """Find generated pages that are missing, outdated or left over · 过期页面.

    Returns
    -------
    list of Path
        Sorted.
    """
    wanted = pages()
    there = {path for language in LANGUAGES for path in (HERE / language / "checks").glob("*.md")}
    stale = {path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text}
    return sorted(stale | (there - wanted.keys()))


def main() -> int:
    """Write the pages, or check them · 主程序.

    Returns
    -------
    int
        0, or 1 where a page lags.
    """
    behind = lagging()
    if "--check" in sys.argv[1:]:
        for path in behind:
            sys.stdout.write(f"{path.relative_to(HERE.parent)} lags; run make docs\n")
        return 1 if behind else 0
    wanted = pages()
    for path in behind:
        if path in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
