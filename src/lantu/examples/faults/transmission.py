"""Faults of transmission: what the parent plan asks for and the unit does not keep · 传导类预置问题."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import shapely
import shapely.ops

from lantu.engines.checking.discover import discover
from lantu.examples.answers import Expected
from lantu.examples.faults.planting import Hand, NoRoom, Spot, fault
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


@fault("TR15")
def item_left_out(hand: Hand) -> list[Expected]:
    """Leave an item of the parent's lists out · 清单缺项."""
    unit = hand.claim("listed items", fits=lambda filing: filing.statements is not None and len(filing.statements.items) > 1)
    statements = hand.filing(unit).statements
    if statements is None:
        raise AssertionError(unit)
    asked = {item.name for clause in hand.draft.municipal.clauses if clause.target == unit for item in clause.items}
    number = next(n for n, item in enumerate(statements.items) if item.name in asked)
    left_out = statements.items.pop(number)
    return [Expected("TR15", unit, "", (left_out.name,), Text(f"{left_out.name} is left out", f"缺少“{left_out.name}”"))]


@fault("TR21")
def parent_outdated(hand: Hand) -> list[Expected]:
    """Cite an earlier version of the parent plan · 引用旧版上位规划."""
    unit = hand.claim("parent cited", fits=lambda filing: filing.statements is not None)
    statements = hand.filing(unit).statements
    if statements is not None:
        statements.metadata["上位规划版本"] = "0.9"
    return [Expected("TR21", unit, "", (), Text("an earlier version of the parent plan is cited", "引用的上位规划为旧版本"))]


@fault("TR25")
def road_ends_at_the_border(hand: Hand) -> list[Expected]:
    """Let a road end before the border that its neighbour's reaches · 跨界道路未衔接."""
    ends: dict[tuple[float, float], list[tuple[str, int, int]]] = {}
    for unit in hand.codes:
        roads = hand.filing(unit).layers.get("road")
        if roads is None or (unit, "layer road") in hand.claimed:
            continue
        for row, line in enumerate(roads.geometry):
            points = shapely.get_coordinates(line)
            for at in (0, -1):
                ends.setdefault((round(points[at][0], 1), round(points[at][1], 1)), []).append((unit, row, at))
    for (unit, row, at), (other, partner, _) in (pair for pair in ends.values() if len(pair) == 2):  # noqa: PLR2004  # one from each side
        taken = {(unit, "road", row), (other, "road", partner)} & hand.used
        line = hand.filing(unit).layers["road"].geometry[row]
        if unit == other or taken or line.length < _LONG_ENOUGH_M:
            continue
        hand.used |= {(unit, "road", row), (other, "road", partner)}
        spot = Spot(unit, "road", row, str(hand.filing(unit).layers["road"].ids[row]))
        kept = shapely.ops.substring(line, 120.0, line.length) if at == 0 else shapely.ops.substring(line, 0.0, line.length - 120.0)
        hand.redraw(spot, shapely.LineString(np.round(shapely.get_coordinates(kept), 3)))
        alone = str(hand.filing(other).layers["road"].ids[partner])
        said = Text("a road that the neighbour does not go on with", "跨界道路对侧未衔接")
        return [Expected(code, "city", "road", (alone,), said) for code in ("TR25", "TR31")]
    raise NoRoom(_ROADS)


def _border_patch(hand: Hand) -> tuple[Spot, tuple[str, str], tuple[float, float]]:
    """Find two planned plots that face one another on a straight stretch of border, far from any other."""
    for unit in hand.codes:
        mine = hand.filing(unit).layers["planned_land_use"]
        for other in hand.codes:
            if other == unit:
                continue
            theirs = hand.filing(other).layers["planned_land_use"]
            frame = shapely.box(*shapely.total_bounds(theirs.geometry))
            near = np.flatnonzero(shapely.intersects(mine.geometry, frame))
            tree = shapely.STRtree(theirs.geometry)
            for row in near[:4000]:
                if (unit, "planned_land_use", int(row)) in hand.used:
                    continue
                points = shapely.get_coordinates(mine.geometry[row])
                lengths = np.hypot(*np.diff(points, axis=0).T)
                k = int(np.argmax(lengths))
                x, y = (points[k] + points[k + 1]) / 2
                facing = tree.query(shapely.Point(x, y).buffer(0.5), predicate="intersects")
                around = shapely.STRtree(mine.geometry[near]).query(shapely.box(x - 70, y - 70, x + 70, y + 70), predicate="intersects")
                if len(facing) != 1 or lengths[k] < 160.0 or len(around) != 1:  # noqa: PLR2004  # metres of straight border
                    continue
                if len(tree.query(shapely.box(x - 70, y - 70, x + 70, y + 70), predicate="intersects")) != 1:
                    continue
                if (other, "planned_land_use", int(facing[0])) in hand.used:
                    continue
                hand.used |= {(unit, "planned_land_use", int(row)), (other, "planned_land_use", int(facing[0]))}
                spot = Spot(unit, "planned_land_use", int(row), str(mine.ids[row]))
                return spot, (other, str(theirs.ids[facing[0]])), (float(x), float(y))
    raise NoRoom(_PLOTS)


_LONG_ENOUGH_M = 1000.0
_ROADS, _PLOTS = "road", "planned_land_use"


@fault("TR13")
def plot_over_the_border(hand: Hand) -> list[Expected]:
    """Plan a neighbour's land · 规划越界."""
    spot, (_, theirs), (x, y) = _border_patch(hand)
    bulge = shapely.box(round(x - 30, 3), round(y - 30, 3), round(x + 30, 3), round(y + 30, 3))
    hand.redraw(spot, shapely.union(hand.shape(spot), bulge), area=False)
    hand.measure(spot)
    said = Text("a plot drawn over the border", "规划用地越过板块边界")
    return [
        Expected("TR13", "city", "planned_land_use", (spot.id, theirs), said),
        Expected("TP04", spot.unit, "planned_land_use", (spot.id,), Text("and so outside the unit", "因而超出本板块")),
    ]
