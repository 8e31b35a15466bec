"""What page modules offer to the head and to the home page · 导航与待办."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.vocabulary.text import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the head and, with its explanation, a shortcut of the home page · 导航项.

    Parameters
    ----------
    path
        Where it leads.
    title
        Its words, short.
    icon
        Name of a picture in ``static/icons``.
    action
        Who may not do this does not see it.
    order
        Place in the row, small first.
    explanation
        A sentence for the home page; None keeps it off the home page.
    in_head
        False for what only the home page offers.
    """

    path: str
    title: Text
    icon: str
    action: str
    order: int = 50
    explanation: Text | None = None
    in_head: bool = True


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for somebody · 待办事项.

    Parameters
    ----------
    title
        What it is, as a sentence.
    path
        Where it is done.
    urgent
        True where it comes before other work.
    overdue
        True where a clock has run out; it then comes first, and is marked as on the board.
    detail
        More words, such as since when; None without.
    """

    title: Text
    path: str
    urgent: bool = False
    overdue: bool = False
    detail: Text | None = None


@dataclass(frozen=True, slots=True)
class Offers:
    """Everything that the page modules offer, collected once · 页面所提供的导航与待办.

    Parameters
    ----------
    entries
        Entries in order.
    waiting
        Functions ``(session, actor, today) -> iterable of Waiting``.
    """

    entries: tuple[Entry, ...]
    waiting: tuple[Callable[..., object], ...]
