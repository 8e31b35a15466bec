"""A bar for long work, on terminals only · 进度条."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress_bar(*, shown: bool) -> Iterator[Callable[[str, int, int], None] | None]:
    """Show how far long work has come · 显示进度.

    Parameters
    ----------
    shown
        False where nobody watches; then nothing is printed and None is given.

    Yields
    ------
    callable or None
        Takes what is being done, how much is done and how much there is.
    """
    if not shown:
        yield None
        return
    from rich.console import Console  # noqa: PLC0415  # only where somebody watches
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415  # as above

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield tell
