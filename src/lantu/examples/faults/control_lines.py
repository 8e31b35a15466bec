"""Faults of the three control lines · 三条控制线类预置问题."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

from lantu.catalogue.uses import under
from lantu.examples.answers import Expected
from lantu.examples.faults.planting import Hand, NoRoom, Spot, fault
from lantu.examples.layers import names_of
from lantu.standards.classifications import load_classifications
from lantu.standards.zone_rules import load_zone_rules
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.vocabulary.layer import Layer

_LEAST_ROOM_M = 24.0
_BUILT = ("05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "23")


def _square(x: float, y: float, half: float) -> Any:  # noqa: ANN401  # a shapely polygon
    return shapely.box(round(x - half, 3), round(y - half, 3), round(x + half, 3), round(y + half, 3))


def _place(  # noqa: C901, PLR0913  # one closed walk, clearer whole, and every choice by its name
    hand: Hand,
    layer_name: str,
    line: str,
    *,
    inside: bool = True,
    codes: tuple[str, ...] = (),
    fits: Callable[[str, Any], bool] = lambda _unit, _square: True,
) -> tuple[Spot, tuple[float, float], str]:
    """Find a patch of a layer inside (or outside) a control line with room for a square; give the line's feature as well."""
    for unit in hand.codes:
        filing = hand.filing(unit)
        if layer_name not in filing.layers or line not in filing.layers:
            continue
        layer, lines = filing.layers[layer_name], filing.layers[line]
        tree = shapely.STRtree(lines.geometry)
        rows = np.arange(len(layer))
        if codes:
            rows = np.flatnonzero(np.isin(layer.texts("land_use_code").astype(str), codes))
        tried = 0
        for row in rows[np.argsort(-shapely.area(layer.geometry[rows]), kind="stable")]:
            if (unit, layer_name, int(row)) in hand.used:
                continue
            tried += 1
            if tried > 60:  # noqa: PLR2004  # the largest are enough to look at
                break
            spot = Spot(unit, layer_name, int(row), str(layer.ids[row]))
            x, y, radius = hand.room(spot)
            if radius < _LEAST_ROOM_M:
                continue
            if not fits(unit, _square(x, y, 16.0)):
                continue
            hits = tree.query(_square(x, y, 16.0), predicate="intersects")
            if inside and len(hits) == 1 and (unit, line, int(hits[0])) not in hand.used:
                if not shapely.contains(lines.geometry[hits[0]], _square(x, y, 16.0)):
                    continue
                hand.used |= {(unit, layer_name, int(row)), (unit, line, int(hits[0]))}
                hand.load[unit] = hand.load.get(unit, 0) + 1
                return spot, (x, y), str(lines.ids[hits[0]])
            if not inside and not len(hits):
                hand.used.add((unit, layer_name, int(row)))
                hand.load[unit] = hand.load.get(unit, 0) + 1
                return spot, (x, y), ""
    what = f"{layer_name}, {line}"
    raise NoRoom(what)


def _carve(hand: Hand, spot: Spot, at: tuple[float, float], **values: Any) -> Spot:  # noqa: ANN401  # whatever fields hold
    """Cut a square out of a patch and make it a patch of its own, so that the layer still tiles."""
    square = _square(*at, 16.0)
    hand.redraw(spot, shapely.difference(hand.shape(spot), square), area=False)
    hand.measure(spot)
    return hand.add(spot, square, **values)


def _conflict(code: str, new: Spot, line: str, en: str, zh: str) -> list[Expected]:
    return [Expected(code, new.unit, new.layer, (new.id, line), Text(en, zh))]


def _unsealed(code: str, new: Spot) -> Expected:
    return Expected(code, new.unit, new.layer, (new.id,), Text("and so not as sealed", "因而与封库版不一致"))


def _planned(code: str) -> dict[str, str]:
    return {"land_use_code": code, "land_use_name": names_of("landuse-2023", (code,))[0], "planning_state": "20"}


def _is_quiet(hand: Hand, unit: str, square: Any) -> bool:  # noqa: ANN401  # a shapely polygon
    """Tell whether nothing stands there that another check would hold against a change of use."""
    layers = [hand.filing(unit).layers.get(name) for name in ("facility", "key_project")]
    layers.append(hand.draft.base.layers.get("supply_parcel"))
    wide = shapely.buffer(square, 30.0)
    return not any(layer is not None and len(shapely.STRtree(layer.geometry).query(wide, predicate="intersects")) for layer in layers)


def _row_around(hand: Hand, unit: str, name: str, square: Any) -> int | None:  # noqa: ANN401  # a shapely polygon
    """Find the patch that holds a square as a whole and is free."""
    layer = hand.filing(unit).layers[name]
    rows = shapely.STRtree(layer.geometry).query(square, predicate="intersects")
    held = len(rows) == 1 and bool(shapely.contains(layer.geometry[rows[0]], square)) and (unit, name, int(rows[0])) not in hand.used
    return int(rows[0]) if held else None


def _field_in_town(hand: Hand) -> tuple[str, tuple[float, float], str]:
    """Keep a field inside the boundary, in the survey and in the plan; give unit, place and the boundary's feature."""

    def fits(unit: str, square: Any) -> bool:  # noqa: ANN401  # a shapely polygon
        return _row_around(hand, unit, "present_land_use", square) is not None and _is_quiet(hand, unit, square)

    spot, at, line = _place(hand, "planned_land_use", "urban_development_boundary", fits=fits)
    row = _row_around(hand, spot.unit, "present_land_use", _square(*at, 16.0))
    if row is None:
        raise AssertionError(spot)
    present = Spot(spot.unit, "present_land_use", row, str(hand.filing(spot.unit).layers["present_land_use"].ids[row]))
    hand.used.add((spot.unit, "present_land_use", row))
    field = {"land_use_code": "0101", "land_use_name": "水田"}
    _carve(hand, spot, at, **field, base_land_use_code="0101", base_land_use_name="水田", planning_state="10")
    _carve(hand, present, at, **field, settlement_code=None, ownership="30", patch_number="90002")
    return spot.unit, at, line


def _new_line(hand: Hand, unit: str, name: str, at: tuple[float, float]) -> Spot:
    layer: Layer = hand.filing(unit).layers[name]
    return hand.add(Spot(unit, name, 0, str(layer.ids[0])), _square(*at, 16.0))


@fault("CL01")
def farmland_in_redline(hand: Hand) -> list[Expected]:
    """Protect a field inside the redline · 永农与红线重叠."""
    spot, at, line = _place(hand, "present_land_use", "ecological_redline")
    new = _new_line(hand, spot.unit, "permanent_basic_farmland", at)
    said = _conflict("CL01", new, line, "farmland inside the redline", "永久基本农田与生态保护红线重叠")
    return [*said, _unsealed("CL09", new), *_forbidden_there(hand, new)]


def _forbidden_there(hand: Hand, new: Spot) -> list[Expected]:
    """Say which woods, orchards and ponds stand, or are planned, on land that is protected now."""
    key = []
    said = Text("and of a use that protected farmland must not carry", "且为永久基本农田禁止用途")
    for code, name, standard in (("CL23", "present_land_use", "third-survey"), ("CL24", "planned_land_use", "landuse-2023")):
        layer = hand.filing(new.unit).layers[name]
        meant = under(load_zone_rules().forbidden_on_farmland[standard], load_classifications()[standard])
        rows = [row for row in _sharing(layer, hand.shape(new)) if meant(layer.texts("land_use_code")[row])]
        key += [Expected(code, new.unit, name, (str(layer.ids[row]), new.id), said) for row in rows]
    return key


def _sharing(layer: Layer, shape: Any) -> list[int]:  # noqa: ANN401  # a shapely polygon
    """Find the features that share more than a numerical piece with a shape."""
    rows = shapely.STRtree(layer.geometry).query(shape, predicate="intersects")
    return [int(row) for row in np.sort(rows) if shapely.area(shapely.intersection(layer.geometry[row], shape)) > 1.0]


def against_zone(hand: Hand, new: Spot) -> list[Expected]:
    """Say where a new plot breaks the zones of the parent plan, or needs a reason there · 与上位分区不相容之处.

    Parameters
    ----------
    hand
        The planting.
    new
        A plot of planned land use.

    Returns
    -------
    list of Expected
        One per zone.
    """
    zones = hand.draft.municipal.layers["planning_zone"]
    rules, classification = load_zone_rules(), load_classifications()["landuse-2023"]
    code = str(hand.layer(new).texts("land_use_code")[new.row])
    key = []
    for row in _sharing(zones, hand.shape(new)):
        zone = str(zones.texts("zone_name")[row])
        if any(rules.is_any(code, kind.get(zone, ()), classification) for kind in (rules.hard, rules.review)):
            said = Text(f"use {code} in zone {zone} of the parent plan", f"上位规划{zone}内安排{code}")
            key.append(Expected("TR14", new.unit, "planned_land_use", (new.id, str(zones.ids[row])), said))
    return key


@fault("CL02")
def farmland_in_boundary(hand: Hand) -> list[Expected]:
    """Protect a field inside the boundary without a cut-out · 永农未开天窗."""
    unit, at, line = _field_in_town(hand)
    new = _new_line(hand, unit, "permanent_basic_farmland", at)
    said = _conflict("CL02", new, line, "farmland inside the boundary", "永久基本农田划入开发边界")
    cut_out = Expected("CL16", unit, new.layer, (new.id,), Text("and not cut out of it as a hole", "且未开天窗"))
    return [*said, cut_out, _unsealed("CL09", new)]


@fault("CL03")
def redline_in_boundary(hand: Hand) -> list[Expected]:
    """Draw a redline inside the boundary · 红线与开发边界重叠."""
    unit, at, line = _field_in_town(hand)
    new = _new_line(hand, unit, "ecological_redline", at)
    return [*_conflict("CL03", new, line, "redline inside the boundary", "生态保护红线与开发边界重叠"), _unsealed("CL10", new)]


@fault("CL04")
def road_planned_on_farmland(hand: Hand) -> list[Expected]:
    """Plan a road on protected farmland · 规划建设占用永农."""
    spot, at, line = _place(hand, "planned_land_use", "permanent_basic_farmland")
    new = _carve(hand, spot, at, **_planned("1202"))
    return [*_conflict("CL04", new, line, "a road planned on protected farmland", "规划公路占用永久基本农田"), *against_zone(hand, new)]


@fault("CL05")
def road_planned_in_redline(hand: Hand) -> list[Expected]:
    """Plan a road through the redline · 规划建设占用红线."""
    spot, at, line = _place(hand, "planned_land_use", "ecological_redline")
    new = _carve(hand, spot, at, **_planned("1202"))
    return [*_conflict("CL05", new, line, "a road planned in the redline", "规划公路占用生态保护红线"), *against_zone(hand, new)]


def _home(number: str) -> dict[str, str]:
    return {"land_use_code": "0702", "land_use_name": "农村宅基地", "settlement_code": "203", "patch_number": number}


@fault("CL06")
def home_on_farmland(hand: Hand) -> list[Expected]:
    """Find a house on protected farmland · 永农内现状建设."""
    spot, at, line = _place(hand, "present_land_use", "permanent_basic_farmland")
    new = _carve(hand, spot, at, **_home("90006"))
    return _conflict("CL06", new, line, "a house on protected farmland", "永久基本农田内有现状宅基地")


@fault("CL07")
def home_in_redline(hand: Hand) -> list[Expected]:
    """Find a house in the redline · 红线内现状建设."""
    spot, at, line = _place(hand, "present_land_use", "ecological_redline")
    new = _carve(hand, spot, at, **_home("90007"))
    return _conflict("CL07", new, line, "a house in the redline", "生态保护红线内有现状宅基地")


def plot_in_the_country(hand: Hand, code: str) -> tuple[Spot, Any]:
    """Plan a plot outside the boundary, on land that no line protects · 在边界外新增规划地块.

    Parameters
    ----------
    hand
        The planting.
    code
        Planned code of the plot.

    Returns
    -------
    tuple
        The plot and its geometry.
    """
    codes = ("0301", "0201", "0304", "0403", "0101", "0102", "1704", "0703")
    while True:
        spot, at, _ = _place(hand, "planned_land_use", "urban_development_boundary", inside=False, codes=codes)
        square = _square(*at, 16.0)
        lines = [hand.filing(spot.unit).layers[name] for name in ("permanent_basic_farmland", "ecological_redline")]
        if not any(len(shapely.STRtree(line.geometry).query(square, predicate="intersects")) for line in lines):
            return _carve(hand, spot, at, **_planned(code)), square


@fault("CL15")
def shops_in_the_country(hand: Hand) -> list[Expected]:
    """Plan shops outside the boundary · 边界外城镇开发."""
    new, _ = plot_in_the_country(hand, "0901")
    said = Text("shops planned outside the boundary", "开发边界外规划商业用地")
    return [Expected("CL15", new.unit, new.layer, (new.id,), said), *against_zone(hand, new)]


def _cut_sealed(hand: Hand, code: str, name: str, en: str, zh: str) -> list[Expected]:
    """Cut a square out of the sealed copy of a line, so that the package goes beyond it."""
    sealed = hand.draft.sealed.layers[name]
    widest = np.argsort(-shapely.area(sealed.geometry), kind="stable")[:200]
    for unit in hand.codes:
        layer = hand.filing(unit).layers[name]
        known = {str(item): row for row, item in enumerate(layer.ids)}
        for row in widest if len(hand.codes) else ():
            identifier = str(sealed.ids[row])
            if identifier not in known or (unit, name, known[identifier]) in hand.used:
                continue
            spot = Spot("sealed", name, int(row), identifier)
            x, y, radius = hand.room(spot)
            if radius < _LEAST_ROOM_M:
                continue
            hand.used.add((unit, name, known[identifier]))
            hand.load[unit] = hand.load.get(unit, 0) + 1
            hand.redraw(spot, shapely.difference(hand.shape(spot), _square(x, y, 16.0)), area=False)
            hand.measure(spot)
            return [Expected(code, unit, name, (identifier,), Text(en, zh))]
    raise NoRoom(name)


@fault("CL09")
def farmland_beyond_sealed(hand: Hand) -> list[Expected]:
    """Protect more farmland than was sealed · 永农与封库版不一致."""
    return _cut_sealed(hand, "CL09", "permanent_basic_farmland", "farmland that the sealed copy lacks", "永久基本农田超出封库版")


@fault("CL10")
def redline_beyond_sealed(hand: Hand) -> list[Expected]:
    """Draw more redline than was sealed · 红线与封库版不一致."""
    return _cut_sealed(hand, "CL10", "ecological_redline", "redline that the sealed copy lacks", "生态保护红线超出封库版")


@fault("CL11")
def boundary_beyond_sealed(hand: Hand) -> list[Expected]:
    """Draw more boundary than was sealed · 开发边界与封库版不一致."""
    return _cut_sealed(hand, "CL11", "urban_development_boundary", "boundary that the sealed copy lacks", "城镇开发边界超出封库版")


@fault("CL08")
def homes_in_flexible_zone(hand: Hand) -> list[Expected]:
    """Plan shops where development waits for an adjustment · 弹性发展区内安排城镇建设."""
    unit, line, row, at = _flexible(hand)
    layer = hand.filing(unit).layers["planned_land_use"]
    hand.used |= {(unit, "planned_land_use", row), (unit, "urban_development_boundary", line)}
    new = _carve(hand, Spot(unit, "planned_land_use", row, str(layer.ids[row])), at, **_planned("0901"))
    zone = str(hand.filing(unit).layers["urban_development_boundary"].ids[line])
    said = _conflict("CL08", new, zone, "shops planned in a flexible zone", "弹性发展区内规划商业用地")
    return [*said, *against_zone(hand, new)]


def _flexible(hand: Hand) -> tuple[str, int, int, tuple[float, float]]:
    """Find a flexible zone with room for a plot; where the city has none, set one apart inside a concentrated zone."""
    for unit in hand.codes:
        boundary = hand.filing(unit).layers["urban_development_boundary"]
        for line in np.flatnonzero(boundary.texts("zone_name") == "城镇弹性发展区"):
            if (unit, "urban_development_boundary", int(line)) in hand.used:
                continue
            x, y, radius = hand.room(Spot(unit, "urban_development_boundary", int(line), str(boundary.ids[line])))
            row = _row_around(hand, unit, "planned_land_use", _square(x, y, 16.0))
            if radius >= _LEAST_ROOM_M and row is not None and _is_quiet(hand, unit, _square(x, y, 16.0)):
                return unit, int(line), row, (x, y)

    def fits(unit: str, square: Any) -> bool:  # noqa: ANN401  # a shapely polygon
        return _is_quiet(hand, unit, square)

    spot, at, line_id = _place(hand, "planned_land_use", "urban_development_boundary", fits=fits)
    hand.used.discard((spot.unit, "planned_land_use", spot.row))
    boundary = hand.filing(spot.unit).layers["urban_development_boundary"]
    host = Spot(spot.unit, "urban_development_boundary", int(np.flatnonzero(boundary.ids == line_id)[0]), line_id)
    # As large as the plot that will stand in it: what is around stays where it may be built on.
    part = _square(*at, 16.0)
    if not shapely.contains(hand.shape(host), part):
        what = "城镇弹性发展区"
        raise NoRoom(what)
    hand.redraw(host, shapely.difference(hand.shape(host), part), area=False)
    hand.measure(host)
    zone = hand.add(host, part, zone_code="420", zone_name="城镇弹性发展区")
    return spot.unit, zone.row, spot.row, at


def _forget_base(hand: Hand, unit: str, share: float) -> None:
    """Take the settlement code from part of what a unit had built in the base year."""
    layer = hand.draft.base.layers["base_land_use"]
    rows = np.flatnonzero(
        np.isin(layer.texts("settlement_code").astype(str), ["201", "202"])
        & np.array([str(item).startswith(unit) for item in layer.ids], bool)
    )
    areas = shapely.area(layer.geometry[rows])
    order = np.argsort(areas, kind="stable")
    gone = rows[order[np.cumsum(areas[order]) <= share * areas.sum()]]
    values = layer.texts("settlement_code").copy()
    values[gone] = None
    at = layer.table.column_names.index("settlement_code")
    table = layer.table.set_column(at, "settlement_code", pa.array(values, pa.large_string()))
    hand.put("base", replace(layer, table=table, version=""))


def expansion(hand: Hand, unit: str, more_m2: float = 0.0) -> float:
    """Give the expansion multiple of a unit as it is drawn now · 扩展倍数.

    Parameters
    ----------
    hand
        The planting.
    unit
        Its code.
    more_m2
        Land that a change set adds to the boundary, m².

    Returns
    -------
    float
        Area of the boundary per area of urban construction land of the base year.
    """
    layer = hand.draft.base.layers["base_land_use"]
    own = np.isin(layer.texts("settlement_code").astype(str), ["201", "202"]) & np.array([str(i).startswith(unit) for i in layer.ids], bool)
    boundary_m2 = shapely.area(hand.filing(unit).layers["urban_development_boundary"].geometry).sum()
    return float((boundary_m2 + more_m2) / shapely.area(layer.geometry[own]).sum())


_WHOLE_BOUNDARY = "urban_development_boundary"


@fault("CL12")
def boundary_too_large(hand: Hand) -> list[Expected]:
    """Let the base survey have less built land than the boundary counts on · 扩展倍数超限."""
    unit = max((code for code in hand.codes if (code, "base survey") not in hand.claimed), key=lambda code: _lots(hand, code))
    hand.claimed.add((unit, "base survey"))
    share = 1 - expansion(hand, unit) / 1.36
    if _lots(hand, unit) < 12:  # noqa: PLR2004  # too few lots to take a share of
        what = "base_land_use"
        raise NoRoom(what)
    _forget_base(hand, unit, share + 0.02)
    return [
        Expected("CL12", unit, _WHOLE_BOUNDARY, (), Text("a boundary beyond its expansion multiple", "城镇开发边界超过扩展倍数")),
        Expected("CL13", unit, _WHOLE_BOUNDARY, (), Text("and so an increment used too soon", "因而增量使用过快")),
    ]


@fault("CL13")
def increment_used_up(hand: Hand) -> list[Expected]:
    """Use the increment of three periods in one · 增量使用过快."""
    free = [code for code in hand.codes if (code, "base survey") not in hand.claimed and _lots(hand, code) >= 12]  # noqa: PLR2004  # as above
    if not free:
        what = "base_land_use"
        raise NoRoom(what)
    unit = min(free, key=lambda code: expansion(hand, code))
    hand.claimed.add((unit, "base survey"))
    _forget_base(hand, unit, 1 - expansion(hand, unit) / 1.26)
    return [Expected("CL13", unit, _WHOLE_BOUNDARY, (), Text("an increment used too soon", "增量使用过快"))]


def _lots(hand: Hand, unit: str) -> int:
    layer = hand.draft.base.layers["base_land_use"]
    return sum(
        str(item).startswith(unit) and code in ("201", "202") for item, code in zip(layer.ids, layer.texts("settlement_code"), strict=True)
    )


@fault("CL14")
def lake_sown(hand: Hand) -> list[Expected]:
    """Survey a lake as paddy land, so that too little of the fields is protected · 永农占比不足."""
    for unit in hand.codes:
        layer = hand.filing(unit).layers["present_land_use"]
        codes = layer.texts("land_use_code").astype(str)
        areas = layer.numbers("patch_area_m2")
        sown = areas[np.char.startswith(codes.astype(str), "01")].sum()
        for row in np.argsort(-np.where(codes == "1102", areas, 0.0))[:3]:
            if codes[row] == "1102" and areas[row] > 0.3 * sown and (unit, "present_land_use", int(row)) not in hand.used:
                hand.used.add((unit, "present_land_use", int(row)))
                hand.write(Spot(unit, "present_land_use", int(row), str(layer.ids[row])), land_use_code="0101", land_use_name="水田")
                said = Text("a lake surveyed as paddy land: too little of the fields is protected", "湖面误作水田，永久基本农田占比不足")
                return [Expected("CL14", unit, "permanent_basic_farmland", (), said)]
    what = "present_land_use 1102"
    raise NoRoom(what)


def supplied_otherwise(hand: Hand, unit: str, spot: Spot) -> list[Expected]:
    """Say where a supply parcel is for another use than is planned there · 供应用途与规划不一致之处.

    Parameters
    ----------
    hand
        The planting.
    unit
        The unit that the parcel lies in.
    spot
        The parcel.

    Returns
    -------
    list of Expected
        One per planned plot.
    """
    planned = hand.filing(unit).layers["planned_land_use"]
    classification = load_classifications()["landuse-2023"]
    ours = str(hand.layer(spot).texts("planned_use_code")[spot.row])
    said = Text("and for another use than is planned there", "且供应用途与规划用途不一致")
    key = []
    for row in _sharing(planned, hand.shape(spot)):
        theirs = str(planned.texts("land_use_code")[row])
        if not (classification.is_under(ours, theirs) or classification.is_under(theirs, ours)):
            key.append(Expected("LG18", unit, "supply_parcel", (spot.id, str(planned.ids[row])), said))
    return key


def _supply(hand: Hand, unit: str, at: tuple[float, float], code: str) -> Spot:
    parcels = hand.draft.base.layers["supply_parcel"]
    template = Spot("base", "supply_parcel", 0, unit + str(parcels.ids[0])[6:])
    number = f"{unit}-2026-9{len(parcels):04d}"
    return hand.add(template, _square(*at, 16.0), planned_use_code=code, parcel_number=number)


def _supplied(hand: Hand, code: str, line: str, en: str, zh: str) -> list[Expected]:
    if "supply_parcel" not in hand.draft.base.layers:
        what = "supply_parcel"
        raise NoRoom(what)
    spot, at, hit = _place(hand, "present_land_use", line)
    new = _supply(hand, spot.unit, at, "0901")
    outside = Expected("CL19", spot.unit, "supply_parcel", (new.id,), Text("and outside the boundary", "且位于开发边界外"))
    said = Expected(code, spot.unit, "supply_parcel", (new.id, hit), Text(en, zh))
    return [said, outside, *supplied_otherwise(hand, spot.unit, new)]


@fault("CL17")
def supply_on_farmland(hand: Hand) -> list[Expected]:
    """Offer protected farmland for shops · 供应地块占用永农."""
    return _supplied(hand, "CL17", "permanent_basic_farmland", "a supply parcel on protected farmland", "供应地块占用永久基本农田")


@fault("CL18")
def supply_in_redline(hand: Hand) -> list[Expected]:
    """Offer land inside the redline · 供应地块占用红线."""
    return _supplied(hand, "CL18", "ecological_redline", "a supply parcel in the redline", "供应地块占用生态保护红线")


@fault("CL19")
def supply_in_the_country(hand: Hand) -> list[Expected]:
    """Offer land outside the boundary · 供应地块位于边界外."""
    if "supply_parcel" not in hand.draft.base.layers:
        what = "supply_parcel"
        raise NoRoom(what)
    spot, at = _country(hand)
    new = _supply(hand, spot.unit, at, "0901")
    said = Expected("CL19", spot.unit, "supply_parcel", (new.id,), Text("a supply parcel outside the boundary", "供应地块位于开发边界外"))
    return [said, *supplied_otherwise(hand, spot.unit, new)]


def _country(hand: Hand) -> tuple[Spot, tuple[float, float]]:
    """Find open land outside the boundary that no line protects."""

    def fits(unit: str, square: Any) -> bool:  # noqa: ANN401  # a shapely polygon
        lines = [hand.filing(unit).layers[name] for name in ("permanent_basic_farmland", "ecological_redline")]
        return not any(len(shapely.STRtree(line.geometry).query(square, predicate="intersects")) for line in lines)

    spot, at, _ = _place(hand, "planned_land_use", "urban_development_boundary", inside=False, fits=fits)
    return spot, at


def _project(hand: Hand, unit: str, shape: Any, kind: str) -> Spot:  # noqa: ANN401  # a shapely polygon
    projects = hand.filing(unit).layers["key_project"]
    serial = 900_000 + len(projects)
    values = {"project_code": f"2025-{unit}-01-01-{serial}", "project_name": f"示例重大项目{serial}号", "project_kind": kind}
    return hand.add(Spot(unit, "key_project", 0, str(projects.ids[0])), shape, **values)


def _built_on(hand: Hand, code: str, line: str, en: str, zh: str) -> list[Expected]:
    def fits(unit: str, _square: Any) -> bool:  # noqa: ANN401  # a shapely polygon
        return "key_project" in hand.filing(unit).layers and (unit, "layer key_project") not in hand.claimed

    spot, at, hit = _place(hand, "present_land_use", line, fits=fits)
    new = _project(hand, spot.unit, _square(*at, 16.0), "交通")
    return [Expected(code, spot.unit, "key_project", (new.id, hit), Text(en, zh))]


@fault("CL20")
def project_on_farmland(hand: Hand) -> list[Expected]:
    """Site a project on protected farmland · 重大项目占用永农."""
    return _built_on(hand, "CL20", "permanent_basic_farmland", "a key project on protected farmland", "重大项目占用永久基本农田")


@fault("CL21")
def project_in_redline(hand: Hand) -> list[Expected]:
    """Site a project inside the redline · 重大项目占用红线."""
    return _built_on(hand, "CL21", "ecological_redline", "a key project in the redline", "重大项目占用生态保护红线")


@fault("CL22")
def factory_in_the_country(hand: Hand) -> list[Expected]:
    """Site a factory outside the boundary · 产业项目位于边界外."""
    for _ in range(40):
        spot, at = _country(hand)
        if "key_project" in hand.filing(spot.unit).layers and (spot.unit, "layer key_project") not in hand.claimed:
            new = _project(hand, spot.unit, _square(*at, 16.0), "产业")
            return [Expected("CL22", spot.unit, "key_project", (new.id,), Text("a factory outside the boundary", "产业项目位于开发边界外"))]
    what = "key_project"
    raise NoRoom(what)


@fault("CL25")
def airfield_in_the_country(hand: Hand) -> list[Expected]:
    """Let a project take more land than a province may expropriate · 征地规模超过省级权限."""
    best: tuple[int, str, Any] | None = None
    for unit in hand.codes:
        filing = hand.filing(unit)
        if "key_project" not in filing.layers or (unit, "layer key_project") in hand.claimed:
            continue
        base = hand.draft.city.base["local_unit"]
        frame = base.geometry[int(np.flatnonzero(base.texts("unit_code") == unit)[0])]
        shapely.prepare(frame)
        west, south, east, north = shapely.bounds(frame)
        trees = [shapely.STRtree(filing.layers[name].geometry) for name in ("permanent_basic_farmland", "ecological_redline")]
        for x in np.linspace(west, east, 14)[1:-1]:
            for y in np.linspace(south, north, 14)[1:-1]:
                site = _square(float(x), float(y), 700.0)
                if shapely.contains(frame, site) and any(_taken_ha(hand, unit, site)):
                    hits = sum(len(tree.query(site, predicate="intersects")) for tree in trees)
                    if best is None or hits < best[0]:
                        best = (hits, unit, site)
        if best is not None and best[0] == 0:
            break
    if best is None:
        what = "key_project of 70 ha"
        raise NoRoom(what)
    return _large_site(hand, best[1], best[2])


def _large_site(hand: Hand, unit: str, site: Any) -> list[Expected]:  # noqa: ANN401  # a shapely polygon
    new = _project(hand, unit, site, "交通")
    said = Text("a project that takes more than a province may expropriate", "征地规模超过省级审批权限")
    key = [Expected("CL25", unit, "key_project", (new.id,), said) for above in _taken_ha(hand, unit, site) if above]
    also = Text("and on protected land", "且占用保护范围")
    for code, name in (("CL20", "permanent_basic_farmland"), ("CL21", "ecological_redline")):
        lines = hand.filing(unit).layers[name]
        key += [Expected(code, unit, "key_project", (new.id, str(lines.ids[row])), also) for row in _sharing(lines, site)]
    return key


def _taken_ha(hand: Hand, unit: str, site: Any) -> tuple[bool, bool]:  # noqa: ANN401  # a shapely polygon
    """Tell whether a site takes clearly more than 35 ha of fields, and than 70 ha of other land; in between, neither is said."""
    filing = hand.filing(unit)
    present, farmland = filing.layers["present_land_use"], filing.layers["permanent_basic_farmland"]
    rows = shapely.STRtree(present.geometry).query(site, predicate="intersects")
    areas = shapely.area(shapely.intersection(present.geometry[rows], site)) / 10_000.0
    codes, owners = present.texts("land_use_code")[rows].astype(str), present.texts("ownership")[rows].astype(str)
    fields = np.char.startswith(codes.astype(str), "01")
    collective = np.char.startswith(owners.astype(str), "3")
    near = shapely.STRtree(farmland.geometry).query(site, predicate="intersects")
    protected = shapely.area(shapely.intersection(farmland.geometry[near], site)).sum() / 10_000.0
    sown, other = float(areas[fields & collective].sum() - protected), float(areas[~fields & collective].sum())
    if 34.0 < sown < 36.0 or 69.0 < other < 71.0:  # noqa: PLR2004  # too near to the limit to plant on
        return False, False
    return sown > 35.0, other > 70.0  # noqa: PLR2004  # hectares of Art. 46


@fault("CL23")
def orchard_on_farmland(hand: Hand) -> list[Expected]:
    """Find an orchard on protected farmland · 永农内现状果园."""
    spot, at, line = _place(hand, "present_land_use", "permanent_basic_farmland")
    new = _carve(hand, spot, at, land_use_code="0201", land_use_name="果园", settlement_code=None, patch_number="90023")
    return _conflict("CL23", new, line, "an orchard on protected farmland", "永久基本农田内有现状果园")


@fault("CL24")
def orchard_planned_on_farmland(hand: Hand) -> list[Expected]:
    """Plan an orchard on protected farmland · 永农上规划果园."""
    spot, at, line = _place(hand, "planned_land_use", "permanent_basic_farmland")
    new = _carve(hand, spot, at, **_planned("0201"))
    said = _conflict("CL24", new, line, "an orchard planned on protected farmland", "永久基本农田上规划果园")
    return [*said, *against_zone(hand, new)]


def cemetery(hand: Hand) -> Spot:
    """Survey a cemetery on open land · 在空闲用地内增加墓地.

    Parameters
    ----------
    hand
        The planting.

    Returns
    -------
    Spot
        A patch of special land.
    """

    def fits(unit: str, square: Any) -> bool:  # noqa: ANN401  # a shapely polygon
        lines = [hand.filing(unit).layers[name] for name in ("permanent_basic_farmland", "ecological_redline")]
        return not any(len(shapely.STRtree(line.geometry).query(square, predicate="intersects")) for line in lines)

    spot, at, _ = _place(hand, "present_land_use", "urban_development_boundary", inside=False, fits=fits)
    return _carve(hand, spot, at, land_use_code="09", land_use_name="特殊用地", settlement_code="205", patch_number="90009")
