"""Plant the fault of every check · 逐条预置问题."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.engines.checking.discover import discover
from lantu.examples.faults import (
    attributes,
    changes,
    control_lines,
    figures,
    geometry,
    logic,
    package,
    spatial_reference,
    topology,
    transmission,
)
from lantu.examples.faults.planting import REGISTRY, Hand, NoRoom
from lantu.examples.statements import state_as_measured
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.examples.answers import Expected
    from lantu.examples.making import Draft

# Themes in the order of planting: what takes a whole layer or package comes before what needs but one feature.
_ORDER = ("PK", "SR", "CH", "CL", "TR", "TP", "LG", "AT", "GM", "FG")
THEMES = (package, spatial_reference, changes, control_lines, transmission, topology, logic, attributes, geometry, figures)


def plant_faults(draft: Draft) -> tuple[tuple[Expected, ...], dict[str, Text]]:
    """Plant one fault of every check that the catalogue has and a planter knows · 预置全部问题.

    Parameters
    ----------
    draft
        The city before it is written; changed in place.

    Returns
    -------
    tuple
        Every finding that checking must report, and why the fault of a check was not planted, by code.
    """
    cards = discover("lantu.catalogue.checks")
    hand = Hand(draft)
    key: list[Expected] = []
    left_out: dict[str, Text] = {}
    figures_settled = False
    for code, planter in sorted(REGISTRY.items(), key=lambda item: _ORDER.index(item[0][:2])):
        if code.split("/")[0] not in cards:
            continue
        if code.startswith("FG") and not figures_settled:
            # What the layers now hold is what the plans state, before any figure is spoiled.
            figures_settled = True
            _settle_figures(draft)
        try:
            key += planter(hand)
        except NoRoom as none:
            left_out[code] = Text(f"No room in a city this small: {none.what}.", f"城市规模过小，无处预置：{none.what}。")
    for code in cards:
        if code not in left_out and code not in {item.code for item in key}:
            left_out[code] = Text("No fault of this check is planted yet.", "尚未预置此类问题。")
    return tuple(item for item in key if item.code in cards), left_out


def _settle_figures(draft: Draft) -> None:
    for filing in draft.filings.values():
        if filing.statements is not None:
            state_as_measured(filing.statements, filing.layers)
