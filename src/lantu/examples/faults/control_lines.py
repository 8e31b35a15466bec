"""Faults of the three control lines · 三条控制线类预置问题."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

from lantu.examples.answers import Expected
from lantu.examples.faults.planting import Hand, NoRoom, Spot, fault
from lantu.examples.layers import names_of
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.vocabulary.layer import Layer

_LEAST_ROOM_M = 24.0
_BUILT = ("05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "23")


def _square(x: float, y: float, half: float) -> Any:  # noqa: ANN401  # a shapely polygon
    return shapely.box(round(x - half, 3), round(y - half, 3), round(x + half, 3), round(y + half, 3))


def _place(  # noqa: C901  # one closed walk, clearer whole
    hand: Hand, layer_name: str, line: str, *, inside: bool = True, codes: tuple[str, ...] = ()
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


def _open_ground(hand: Hand) -> tuple[str, tuple[float, float], str]:
    """Find land inside the boundary on which nothing is built nor planned; give unit, place and the boundary's feature."""
    spot, at, line = _place(hand, "present_land_use", "urban_development_boundary", codes=("1104", "0307"))
    planned = hand.filing(spot.unit).layers["planned_land_use"]
    row = shapely.STRtree(planned.geometry).query(shapely.Point(*at), predicate="within")
    if len(row) and str(planned.texts("land_use_code")[row[0]]).startswith(_BUILT):
        what = "open ground inside the boundary"
        raise NoRoom(what)
    return spot.unit, at, line


def _new_line(hand: Hand, unit: str, name: str, at: tuple[float, float]) -> Spot:
    layer: Layer = hand.filing(unit).layers[name]
    return hand.add(Spot(unit, name, 0, str(layer.ids[0])), _square(*at, 16.0))


@fault("CL01")
def farmland_in_redline(hand: Hand) -> list[Expected]:
    """Protect a field inside the redline · 永农与红线重叠."""
    spot, at, line = _place(hand, "present_land_use", "ecological_redline")
    new = _new_line(hand, spot.unit, "permanent_basic_farmland", at)
    return [*_conflict("CL01", new, line, "farmland inside the redline", "永久基本农田与生态保护红线重叠"), _unsealed("CL09", new)]


@fault("CL02")
def farmland_in_boundary(hand: Hand) -> list[Expected]:
    """Protect a field inside the boundary without a cut-out · 永农未开天窗."""
    unit, at, line = _open_ground(hand)
    new = _new_line(hand, unit, "permanent_basic_farmland", at)
    said = _conflict("CL02", new, line, "farmland inside the boundary without a cut-out", "开发边界内永久基本农田未开天窗")
    return [*said, _unsealed("CL09", new)]


@fault("CL03")
def redline_in_boundary(hand: Hand) -> list[Expected]:
    """Draw a redline inside the boundary · 红线与开发边界重叠."""
    unit, at, line = _open_ground(hand)
    new = _new_line(hand, unit, "ecological_redline", at)
    return [*_conflict("CL03", new, line, "redline inside the boundary", "生态保护红线与开发边界重叠"), _unsealed("CL10", new)]


@fault("CL04")
def road_planned_on_farmland(hand: Hand) -> list[Expected]:
    """Plan a road on protected farmland · 规划建设占用永农."""
    spot, at, line = _place(hand, "planned_land_use", "permanent_basic_farmland")
    new = _carve(hand, spot, at, **_planned("1202"))
    return _conflict("CL04", new, line, "a road planned on protected farmland", "规划公路占用永久基本农田")


@fault("CL05")
def road_planned_in_redline(hand: Hand) -> list[Expected]:
    """Plan a road through the redline · 规划建设占用红线."""
    spot, at, line = _place(hand, "planned_land_use", "ecological_redline")
    new = _carve(hand, spot, at, **_planned("1202"))
    return _conflict("CL05", new, line, "a road planned in the redline", "规划公路占用生态保护红线")


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
    return [Expected("CL15", new.unit, new.layer, (new.id,), Text("shops planned outside the boundary", "开发边界外规划商业用地"))]


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
    """Plan homes where development waits for an adjustment · 弹性发展区内安排城镇建设."""
    for unit in hand.codes:
        filing = hand.filing(unit)
        boundary, planned = filing.layers["urban_development_boundary"], filing.layers["planned_land_use"]
        tree = shapely.STRtree(planned.geometry)
        for line in np.flatnonzero(boundary.texts("zone_name") == "城镇弹性发展区"):
            if (unit, "urban_development_boundary", int(line)) in hand.used:
                continue
            for row in tree.query(boundary.geometry[line], predicate="covers"):
                if (unit, "planned_land_use", int(row)) in hand.used:
                    continue
                spot = Spot(unit, "planned_land_use", int(row), str(planned.ids[row]))
                x, y, radius = hand.room(spot)
                if radius >= _LEAST_ROOM_M:
                    hand.used |= {(unit, "planned_land_use", int(row)), (unit, "urban_development_boundary", int(line))}
                    new = _carve(hand, spot, (x, y), **_planned("0901"))
                    return _conflict("CL08", new, str(boundary.ids[line]), "shops planned in a flexible zone", "弹性发展区内规划商业用地")
    what = "城镇弹性发展区"
    raise NoRoom(what)


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


def _multiple(hand: Hand, unit: str) -> float:
    layer = hand.draft.base.layers["base_land_use"]
    own = np.isin(layer.texts("settlement_code").astype(str), ["201", "202"]) & np.array([str(i).startswith(unit) for i in layer.ids], bool)
    return float(
        shapely.area(hand.filing(unit).layers["urban_development_boundary"].geometry).sum() / shapely.area(layer.geometry[own]).sum()
    )


_WHOLE_BOUNDARY = "urban_development_boundary"


@fault("CL12")
def boundary_too_large(hand: Hand) -> list[Expected]:
    """Let the base survey have less built land than the boundary counts on · 扩展倍数超限."""
    unit = max(hand.codes, key=lambda code: _lots(hand, code))
    hand.claimed.add((unit, "base survey"))
    share = 1 - _multiple(hand, unit) / 1.36
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
    unit = min(free, key=lambda code: _multiple(hand, code))
    hand.claimed.add((unit, "base survey"))
    _forget_base(hand, unit, 1 - _multiple(hand, unit) / 1.26)
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
