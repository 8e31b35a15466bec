"""Main functions of towns · 乡级主体功能."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer


@check(
    "TR12",
    title=Text("Towns have the main function that the parent plan gives them", "乡镇主体功能定位应与上位规划一致"),
    message=Text(
        "{feature} is {measured} in the plan and {limit} in the parent plan.", "{feature}在规划中为{measured}，上位规划为{limit}。"
    ),
    remedy=Text(
        "Take over the parent's main function, or have the parent plan changed.", "采用上位规划的主体功能定位，或依法修改上位规划。"
    ),
    severity=Severity.MANDATORY,
    source=Text(
        "市级国土空间总体规划编制指南（试行）2020-09: main functions are refined to towns, not changed",
        "《市级国土空间总体规划编制指南（试行）》（2020-09）：主体功能定位细化到乡镇，不得改变",
    ),
    reference="T12",
)
def main_functions_as_the_parents(town_main_function: Layer, parent_town_main_function: Layer, *, products: Products) -> Iterator[Finding]:
    """Compare each town with the parent's town that it shares most land with · 逐乡镇比较.

    The main function of a town is a binding list of the parent plan; a town that changes it changes the order above.

    Parameters
    ----------
    town_main_function
        Towns of the unit's plan; metres.
    parent_town_main_function
        Towns of the parent plan, same CRS.
    products
        Where overlays are computed and remembered.

    Yields
    ------
    Finding
        One per town of another function, with both ids.
    """
    shared = products.overlay(town_main_function, parent_town_main_function)
    own, above = town_main_function.texts("main_function"), parent_town_main_function.texts("main_function")
    for row in np.unique(shared.left):
        pairs = np.flatnonzero(shared.left == row)
        parent = int(shared.right[pairs[np.argmax(shared.area_m2[pairs])]])
        if own[row] != above[parent]:
            yield Finding(
                features=(str(town_main_function.ids[row]), str(parent_town_main_function.ids[parent])),
                measured=own[row] or "",
                limit=above[parent] or "",
                place=town_main_function.geometry[row],
            )
