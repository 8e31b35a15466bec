"""Faults of transmission: what the parent plan asks for and the unit does not keep · 传导类预置问题."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from lantu.engines.checking.discover import discover
from lantu.examples.answers import Expected
from lantu.examples.faults.planting import Hand, NoRoom, fault
from lantu.vocabulary.text import Text

# The check, the quantity whose clause is sharpened, and by what its number is multiplied.
_SHARPENED = (
    ("TR01", "cultivated_land_area", 1.04),
    ("TR02", "permanent_basic_farmland_area", 1.04),
    ("TR03", "ecological_redline_area", 1.04),
    ("TR04", "urban_development_boundary_area", 0.96),
    ("TR05", "construction_land_area", 0.95),
    ("TR06", "new_construction_land_area", 0.9),
    ("TR07", "water_use_total", 0.9),
    ("TR08", "forest_land_area", 1.2),
    ("TR09", "gdp_land_reduction_share", 1.05),
    ("TR10", "road_density_km_per_km2", 1.15),
    ("TR11", "residents", 1.3),
)


def _sharpen(code: str, subject: str, factor: float, hand: Hand) -> list[Expected]:
    """Let the parent plan ask one unit for more than its plan holds."""
    clauses = hand.draft.municipal.clauses
    for unit in hand.codes:
        for number, clause in enumerate(clauses):
            if clause.subject == subject and clause.target == unit and clause.value and (unit, subject) not in hand.claimed:
                hand.claimed.add((unit, subject))
                hand.load[unit] = hand.load.get(unit, 0) + 1
                value = round(clause.value * factor, 4)
                quotation = clause.quotation.replace(f"{clause.value:g}", f"{value:g}")
                clauses[number] = replace(clause, value=value, quotation=quotation)
                card = discover("lantu.catalogue.checks")[code]
                layer = card.layers[0] if card.layers else ""
                said = Text(f"{clause.clause} asks for {value:g} {clause.unit} of {subject}", f"{clause.clause}要求{value:g}{clause.unit}")
                return [Expected(code, unit, layer, (), said)]
    raise NoRoom(subject)


for _code, _subject, _factor in _SHARPENED:
    fault(_code)(partial(_sharpen, _code, _subject, _factor))


def _sharpen_sum(code: str, subject: str, factor: float, hand: Hand) -> list[Expected]:
    """Let the parent plan ask the whole city for more than its units hold together."""
    clauses = hand.draft.municipal.clauses
    for number, clause in enumerate(clauses):
        if clause.subject == subject and clause.target == "city" and clause.value:
            value = round(clause.value * factor, 4)
            clauses[number] = replace(clause, value=value, quotation=clause.quotation.replace(f"{clause.value:g}", f"{value:g}"))
            card = discover("lantu.catalogue.checks")[code]
            layer = card.layers[0] if card.layers else ""
            said = Text(
                f"{clause.clause} asks the city for {value:g} {clause.unit} of {subject}", f"{clause.clause}要求全市{value:g}{clause.unit}"
            )
            return [Expected(code, "city", layer, (), said)]
    raise NoRoom(subject)


fault("TR22")(partial(_sharpen_sum, "TR22", "cultivated_land_area", 1.05))
fault("TR23")(partial(_sharpen_sum, "TR23", "water_use_total", 0.9))
