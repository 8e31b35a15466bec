"""Faults of transmission: what the parent plan asks for and the unit does not keep · 传导类预置问题."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import shapely
import shapely.ops

from lantu.engines.checking.discover import discover
from lantu.examples.answers import Expected
from lantu.examples.faults.control_lines import against_zone, plot_in_the_country
from lantu.examples.faults.planting import Hand, NoRoom, Spot, fault
from lantu.examples.layers import names_of
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
                quotation = clause.quotation.replace(f"{clause.value:.10g}", f"{value:.10g}")
                clauses[number] = replace(clause, value=value, quotation=quotation)
                card = discover("lantu.catalogue.checks")[code]
                layer = card.layers[0] if card.layers else ""
                said = Text(
                    f"{clause.clause} asks for {value:.10g} {clause.unit} of {subject}", f"{clause.clause}要求{value:.10g}{clause.unit}"
                )
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
            clauses[number] = replace(clause, value=value, quotation=clause.quotation.replace(f"{clause.value:.10g}", f"{value:.10g}"))
            card = discover("lantu.catalogue.checks")[code]
            layer = card.layers[0] if card.layers else ""
            said = Text(
                f"{clause.clause} asks the city for {value:.10g} {clause.unit} of {subject}",
                f"{clause.clause}要求全市{value:.10g}{clause.unit}",
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


def _end_at_border(hand: Hand, name: str, codes: tuple[str, ...], said: Text) -> list[Expected]:
    """Let a line end before the border that its neighbour's reaches."""
    ends: dict[tuple[float, float], list[tuple[str, int, int]]] = {}
    for unit in hand.codes:
        lines = hand.filing(unit).layers.get(name)
        if lines is None or (unit, f"layer {name}") in hand.claimed:
            continue
        for row, line in enumerate(lines.geometry):
            points = shapely.get_coordinates(line)
            for at in (0, -1):
                ends.setdefault((round(points[at][0], 1), round(points[at][1], 1)), []).append((unit, row, at))
    for (unit, row, at), (other, partner, _) in (pair for pair in ends.values() if len(pair) == 2):  # noqa: PLR2004  # one from each side
        taken = {(unit, name, row), (other, name, partner)} & hand.used
        line = hand.filing(unit).layers[name].geometry[row]
        if unit == other or taken or line.length < _LONG_ENOUGH_M:
            continue
        hand.used |= {(unit, name, row), (other, name, partner)}
        spot = Spot(unit, name, row, str(hand.filing(unit).layers[name].ids[row]))
        kept = shapely.ops.substring(line, 120.0, line.length) if at == 0 else shapely.ops.substring(line, 0.0, line.length - 120.0)
        hand.redraw(spot, shapely.LineString(np.round(shapely.get_coordinates(kept), 3)))
        alone = str(hand.filing(other).layers[name].ids[partner])
        return [Expected(code, "city", name, (alone,), said) for code in codes]
    raise NoRoom(name)


@fault("TR31")
def road_ends_at_the_border(hand: Hand) -> list[Expected]:
    """Let a road end before the border · 跨界道路未衔接."""
    return _end_at_border(hand, "road", ("TR31",), Text("a road that the neighbour does not go on with", "跨界道路对侧未衔接"))


@fault("TR32")
def river_ends_at_the_border(hand: Hand) -> list[Expected]:
    """Let a river end before the border · 跨界河道未衔接."""
    return _end_at_border(hand, "river", ("TR32",), Text("a river that the neighbour does not go on with", "跨界河道对侧未衔接"))


def _border_patch(hand: Hand) -> tuple[Spot, tuple[str, str], tuple[float, float]]:  # noqa: C901  # one closed walk, clearer whole
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
                around = tree.query(shapely.box(x - 200, y - 200, x + 200, y + 200), predicate="intersects")
                if any(str(code).startswith(("07", "08")) for code in theirs.texts("land_use_code")[around]):
                    continue
                supply = hand.draft.base.layers.get("supply_parcel")
                if supply is not None and len(
                    shapely.STRtree(supply.geometry).query(shapely.Point(x, y).buffer(100.0), predicate="intersects")
                ):
                    continue
                hand.used |= {(unit, "planned_land_use", int(row)), (other, "planned_land_use", int(facing[0]))}
                spot = Spot(unit, "planned_land_use", int(row), str(mine.ids[row]))
                return spot, (other, str(theirs.ids[facing[0]])), (float(x), float(y))
    raise NoRoom(_PLOTS)


_LONG_ENOUGH_M = 1000.0
_PLOTS = "planned_land_use"


@fault("TR13")
def plot_over_the_border(hand: Hand) -> list[Expected]:
    """Plan a neighbour's land · 规划越界."""
    spot, (other, _), (x, y) = _border_patch(hand)
    bulge = shapely.box(round(x - 30, 3), round(y - 30, 3), round(x + 30, 3), round(y + 30, 3))
    hand.redraw(spot, shapely.union(hand.shape(spot), bulge), area=False)
    hand.measure(spot)
    said = Text("a plot drawn over the border", "规划用地越过板块边界")
    return [
        Expected("TR13", "city", _PLOTS, _claimed_twice(hand, spot.unit, other), said),
        Expected("TP04", spot.unit, _PLOTS, (spot.id,), Text("and so outside the unit", "因而超出本板块")),
        *against_zone(hand, spot),
    ]


def _claimed_twice(hand: Hand, one: str, other: str) -> tuple[str, ...]:
    """Name the plots of two units that share more than a hundredth of what may be shared; edges differ in their last digits."""
    ours, theirs = hand.filing(one).layers[_PLOTS], hand.filing(other).layers[_PLOTS]
    left, right = shapely.STRtree(theirs.geometry).query(ours.geometry, predicate="intersects")
    shared = shapely.area(shapely.intersection(ours.geometry[left], theirs.geometry[right])) > _SHARED_M2
    return (*(str(item) for item in ours.ids[np.unique(left[shared])]), *(str(item) for item in theirs.ids[np.unique(right[shared])]))


# A hundredth of 0.1 mu.
_SHARED_M2 = 0.6667


def _either_side(hand: Hand) -> tuple[Spot, Spot, tuple[float, float], tuple[float, float]]:
    """Find two facing plots; give them, and the step in metres along the border and across it into the first."""
    mine, (other, theirs), (x, y) = _border_patch(hand)
    layer = hand.filing(other).layers[_PLOTS]
    row = int(np.flatnonzero(layer.ids == theirs)[0])
    points = shapely.get_coordinates(hand.shape(mine))
    steps = np.diff(points, axis=0)
    k = int(np.argmax(np.hypot(*steps.T)))
    along = steps[k] / np.hypot(*steps[k])
    # Rings run counter-clockwise: the land lies to the left.
    return mine, Spot(other, _PLOTS, row, theirs), (float(along[0]), float(along[1])), (x, y)


@fault("TR33")
def works_beside_homes(hand: Hand) -> list[Expected]:
    """Plan heavy works across the border from homes · 交界处不相容用地."""
    mine, theirs, (dx, dy), (x, y) = _either_side(hand)
    pieces = []
    for spot, side, code in ((mine, 1.0, "100103"), (theirs, -1.0, "0701")):
        cx, cy = x - side * 42.0 * dy, y + side * 42.0 * dx
        square = shapely.box(round(cx - 15, 3), round(cy - 15, 3), round(cx + 15, 3), round(cy + 15, 3))
        hand.redraw(spot, shapely.difference(hand.shape(spot), square), area=False)
        hand.measure(spot)
        name = names_of("landuse-2023", (code,))[0]
        pieces.append((hand.add(spot, square, land_use_code=code, land_use_name=name, planning_state="20"), square))
    said = Text("works of the third class across the border from homes", "三类工业用地与对侧住宅用地相邻")
    key = [Expected("TR33", "city", _PLOTS, tuple(new.id for new, _ in pieces), said)]
    for new, square in pieces:
        boundary = hand.filing(new.unit).layers["urban_development_boundary"]
        if not len(shapely.STRtree(boundary.geometry).query(square, predicate="intersects")):
            key.append(Expected("CL15", new.unit, _PLOTS, (new.id,), Text("and outside the boundary", "且位于开发边界外")))
        key += against_zone(hand, new)
        for code, line in (("CL04", "permanent_basic_farmland"), ("CL05", "ecological_redline")):
            lines = hand.filing(new.unit).layers[line]
            hits = shapely.STRtree(lines.geometry).query(square, predicate="intersects")
            said = Text("and on protected land", "且占用保护范围")
            key += [Expected(code, new.unit, _PLOTS, (new.id, str(lines.ids[row])), said) for row in hits]
    return key


@fault("TR24")
def edges_apart(hand: Hand) -> list[Expected]:
    """Draw a plot half a metre short of the neighbour's · 规划用地未接边."""
    mine, theirs, (dx, dy), (x, y) = _either_side(hand)
    corners = [(-20.0, -2.0), (20.0, -2.0), (20.0, 0.5), (-20.0, 0.5)]
    notch = shapely.Polygon(np.round([(x + s * dx - t * dy, y + s * dy + t * dx) for s, t in corners], 3))
    hand.redraw(mine, shapely.difference(hand.shape(mine), notch), area=False)
    hand.measure(mine)
    return [
        Expected("TR24", "city", _PLOTS, (mine.id, theirs.id), Text("edges of neighbours half a metre apart", "相邻板块规划用地相距半米")),
        Expected("TP05", mine.unit, _PLOTS, (mine.id,), Text("and so short of the border", "因而未达板块边界")),
    ]


@fault("TR14")
def homes_in_the_country(hand: Hand) -> list[Expected]:
    """Plan town homes in a rural zone of the parent plan · 乡村发展区内安排城镇住宅."""
    new, _ = plot_in_the_country(hand, "0701")
    said = Text("and outside the boundary", "且位于开发边界外")
    return [*against_zone(hand, new), Expected("CL15", new.unit, _PLOTS, (new.id,), said)]


@fault("TR12")
def function_of_another(hand: Hand) -> list[Expected]:
    """Give a town another main function than the parent plan does · 主体功能与上位规划不一致."""
    spot = hand.take("town_main_function")
    parent = hand.draft.municipal.layers["town_main_function"]
    row = int(np.flatnonzero(parent.ids == spot.id)[0])
    other = next(item for item in ("农产品主产区", "城市化地区") if item != parent.texts("main_function")[row])
    hand.write(Spot("municipal", "town_main_function", row, spot.id), main_function=other)
    said = Text("another main function than the parent plan gives", "主体功能定位与上位规划不一致")
    return [Expected("TR12", spot.unit, "town_main_function", (spot.id, spot.id), said)]


@fault("TR16")
def corridor_narrowed(hand: Hand) -> list[Expected]:
    """Draw a corridor narrower than the parent plan asks for · 廊道宽度不足."""
    spot = hand.take("ecological_corridor")
    hand.write(spot, required_width_m=30.0)
    return [Expected("TR16", spot.unit, spot.layer, (spot.id,), Text("a corridor half as wide as asked for", "廊道宽度不足"))]


@fault("TR17")
def line_cut_short(hand: Hand) -> list[Expected]:
    """Let the parent plan hold more of a line than the plan keeps · 城市黄线未落实."""
    parent = hand.draft.municipal.layers.get("yellow_line")
    if parent is None:
        raise NoRoom(_YELLOW)
    base = hand.draft.city.base["local_unit"]
    for row in range(len(parent)):
        spot = Spot("municipal", "yellow_line", row, str(parent.ids[row]))
        unit = spot.id[:6]
        frame = base.geometry[int(np.flatnonzero(base.texts("unit_code") == unit)[0])]
        shape = hand.shape(spot)
        x, y = shapely.get_coordinates(shape)[0]
        larger = shapely.union(shape, shapely.box(round(x - 40, 3), round(y - 40, 3), round(x + 40, 3), round(y + 40, 3)))
        if shapely.contains(frame, larger) and (unit, "layer yellow_line") not in hand.claimed:
            hand.redraw(spot, larger)
            return [Expected("TR17", unit, "yellow_line", (spot.id,), Text("a yellow line not kept in full", "城市黄线未完整落实"))]
    raise NoRoom(_YELLOW)


@fault("TR18")
def unit_built_too_high(hand: Hand) -> list[Expected]:
    """Let a unit of detailed planning hold more floor area than the parent plan admits · 详细规划单元容量超限."""
    spot = hand.take("detailed_planning_unit")
    hand.write(spot, building_cap_m2=round(1.3 * float(hand.layer(spot).numbers("building_cap_m2")[spot.row]), 2))
    said = Text("a third more floor area than the parent plan admits", "建筑容量超过上位规划三成")
    return [Expected("TR18", spot.unit, spot.layer, (spot.id,), said)]


@fault("TR19")
def hospital_in_a_park(hand: Hand) -> list[Expected]:
    """Put a hospital on land reserved for a park · 设施选址与规划用地不符."""
    spot = hand.take("facility", fits=lambda layer: layer.texts("facility_kind") == "公园")
    hand.write(spot, facility_kind="医院")
    return [Expected("TR19", spot.unit, spot.layer, (spot.id,), Text("a hospital on land for a park", "医院位于公园绿地"))]


_YELLOW = "yellow_line"
