"""Find the checks that a catalogue declares · 发现规则."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points

from lantu.engines.checking.card import ATTRIBUTE, Card
from lantu.vocabulary.errors import CatalogueBroken
from lantu.vocabulary.text import Text

PLUGIN_GROUP = "lantu.catalogue"


def discover(*packages: str, plugins: bool = True) -> dict[str, Card]:
    """Walk packages and collect the cards of every check in them · 遍历规则库.

    An import error stops the program: a catalogue with a hole would pass plans that it never looked at.

    Parameters
    ----------
    *packages
        Dotted names, such as ``lantu.catalogue.checks``.
    plugins
        Whether to walk the packages that installed plugins name as well.

    Returns
    -------
    dict of str to Card
        By code, in order of code.

    Raises
    ------
    CatalogueBroken
        If a code is declared twice, or a file is not named by code and function.
    """
    names = list(packages)
    if plugins:
        names += [entry.value for entry in entry_points(group=PLUGIN_GROUP)]
    cards: dict[str, Card] = {}
    for package in names:
        root = importlib.import_module(package)
        for module_info in pkgutil.walk_packages(root.__path__, prefix=f"{package}."):
            module = importlib.import_module(module_info.name)
            for value in vars(module).values():
                card = getattr(value, ATTRIBUTE, None)
                if isinstance(card, Card) and value.__module__ == module.__name__:
                    _admit(card, cards, module.__name__)
    return dict(sorted(cards.items()))


def _admit(card: Card, cards: dict[str, Card], module: str) -> None:
    if card.code in cards:
        other = cards[card.code].function.__module__
        raise CatalogueBroken(
            Text(f"Code {card.code} is declared in {module} and in {other}.", f"规则代码{card.code}在{module}与{other}中重复声明。"),
            Text("Give one of them a code that was never used.", "请为其中之一改用从未用过的代码。"),
        )
    expected = f"{card.code.lower()}_{card.name}"
    if module.rsplit(".", 1)[-1] != expected:
        raise CatalogueBroken(
            Text(f"Check {card.code} stands in {module}.", f"规则{card.code}位于{module}。"),
            Text(f"Name its file {expected}.py.", f"请将文件命名为{expected}.py。"),
        )
    cards[card.code] = card
