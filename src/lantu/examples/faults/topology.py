"""Faults of topology · 拓扑类预置问题."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.examples.answers import Expected
from lantu.examples.faults.planting import Hand, NoRoom, Spot, fault, found
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer


def _fields(layer: Layer) -> npt.NDArray[np.bool_]:
    return np.isin(layer.texts("land_use_code").astype(str), ["0101", "0102"])


def _wild(layer: Layer) -> npt.NDArray[np.bool_]:
    return np.isin(layer.texts("land_use_code").astype(str), ["0301", "0302", "0305", "0307", "0404", "1104", "1106", "0201", "1102"])


def _square(x: float, y: float, half: float) -> shapely.Polygon:
    return shapely.box(round(x - half, 3), round(y - half, 3), round(x + half, 3), round(y + half, 3))


@fault("TP01")
def patches_overlap(hand: Hand) -> list[Expected]:
    """Lay a new patch over an old one · 图斑重叠."""
    spot = hand.take("present_land_use", fits=_fields)
    shape = hand.shape(spot)
    layer = hand.layer(spot)
    number, other = _beside(hand, spot, shape)
    x, y = number
    bulge = _square(x, y, 14.0)
    hand.redraw(spot, shapely.union(shape, shapely.intersection(bulge, shapely.union(shape, other[1]))), area=False)
    hand.measure(spot)
    return [Expected("TP01", spot.unit, layer.name, (spot.id, other[0]), found("TP01", spot, "two patches that overlap", "图斑重叠").what)]


def _beside(hand: Hand, spot: Spot, shape: object) -> tuple[tuple[float, float], tuple[str, object]]:
    """Find a long edge that the patch shares with one other patch; give its middle and the other patch."""
    layer = hand.layer(spot)
    points = shapely.get_coordinates(shape)
    lengths = np.hypot(*np.diff(points, axis=0).T)
    tree = shapely.STRtree(layer.geometry)
    for k in np.argsort(-lengths):
        x, y = (points[k] + points[k + 1]) / 2
        near = tree.query(_square(float(x), float(y), 14.5), predicate="intersects")
        near = [int(row) for row in near if row != spot.row and (spot.unit, spot.layer, int(row)) not in hand.used]
        if len(near) == 1 and shapely.contains(shapely.union(shape, layer.geometry[near[0]]), _square(float(x), float(y), 14.5)):
            hand.used.add((spot.unit, spot.layer, near[0]))
            return (float(x), float(y)), (str(layer.ids[near[0]]), layer.geometry[near[0]])
    raise NoRoom(spot.layer)


@fault("TP02")
def hole_in_the_cover(hand: Hand) -> list[Expected]:
    """Leave a piece of land without a patch · 图斑缝隙."""
    spot = hand.take("present_land_use", fits=_fields)
    x, y, _ = hand.room(spot)
    hand.redraw(spot, shapely.difference(hand.shape(spot), _square(x, y, 15.0)), area=False)
    hand.measure(spot)
    return [found("TP02", spot, "land that no patch covers", "无图斑覆盖的缝隙")]


@fault("TP03")
def patch_twice(hand: Hand) -> list[Expected]:
    """Map a patch twice · 图斑重复."""
    spot = hand.take("present_land_use", fits=_wild)
    new = hand.add(spot, hand.shape(spot), patch_number="90002")
    return [Expected("TP03", spot.unit, spot.layer, (spot.id, new.id), found("TP03", spot, "a patch mapped twice", "图斑重复").what)]


@fault("TP04")
def line_outside(hand: Hand) -> list[Expected]:
    """Draw a line of a city beyond the unit · 要素超出板块."""
    spot = hand.take("green_line", "yellow_line", "purple_line")
    base = hand.draft.city.base["local_unit"]
    frame = base.geometry[int(np.flatnonzero(base.texts("unit_code") == spot.unit)[0])]
    west, south, east, north = frame.bounds
    x, y = shapely.get_coordinates(shapely.boundary(frame))[np.argmin(shapely.get_coordinates(shapely.boundary(frame))[:, 0])]
    _ = (south, east, north)
    hand.redraw(spot, _square(float(x) if x == west else west, float(y), 40.0))
    return [found("TP04", spot, "a line drawn beyond the unit", "要素超出板块范围")]


@fault("TP05")
def notch_at_the_border(hand: Hand) -> list[Expected]:
    """Draw a patch short of the unit's border · 边界未吻合."""
    base = hand.draft.city.base["local_unit"]
    for code in hand.codes:
        frame = base.geometry[int(np.flatnonzero(base.texts("unit_code") == code)[0])]
        outer = shapely.boundary(shapely.union_all(base.geometry))
        layer = hand.filing(code).layers["present_land_use"]
        rows = np.flatnonzero(shapely.intersects(layer.geometry, shapely.intersection(shapely.boundary(frame), outer)) & _fields(layer))
        for row in rows:
            if (code, "present_land_use", int(row)) in hand.used:
                continue
            shape = layer.geometry[row]
            points = shapely.get_coordinates(shape)
            for k in np.argsort(-np.hypot(*np.diff(points, axis=0).T)):
                x, y = (points[k] + points[k + 1]) / 2
                notch = _square(float(x), float(y), 20.0)
                cut = shapely.difference(shape, notch)
                near = [int(i) for i in shapely.STRtree(layer.geometry).query(notch, predicate="intersects")]
                on_edge = shapely.distance(shapely.Point(x, y), outer) < 0.01  # noqa: PLR2004  # a centimetre
                if on_edge and near == [int(row)] and cut.geom_type == "Polygon":
                    hand.used.add((code, "present_land_use", int(row)))
                    spot = Spot(code, "present_land_use", int(row), str(layer.ids[row]))
                    hand.redraw(spot, shapely.Polygon(np.round(shapely.get_coordinates(cut.exterior), 3)), area=False)
                    hand.measure(spot)
                    return [found("TP05", spot, "a patch short of the border", "图斑未达板块边界")]
    what = "present_land_use"
    raise NoRoom(what)


@fault("TP06")
def ponds_drawn_one_by_one(hand: Hand) -> list[Expected]:
    """Draw the ponds of a farm one by one, each a hand's breadth over the next · 坑塘逐个绘制，彼此微量重叠."""
    spot, (x, y, radius) = _widest(hand)
    side, step, count = 25.0, 24.962, 7
    if radius < _FARM_RADIUS_M:
        raise NoRoom(spot.layer)
    west, south = round(x - count * side / 2, 0), round(y - count * side / 2, 0)
    ponds = [
        shapely.box(
            round(west + i * step, 3), round(south + j * step, 3), round(west + i * step + side, 3), round(south + j * step + side, 3)
        )
        for j in range(count)
        for i in range(count)
    ]
    hand.redraw(spot, shapely.difference(hand.shape(spot), shapely.union_all(ponds)), area=False)
    hand.measure(spot)
    for number, pond in enumerate(ponds):
        hand.add(spot, pond, patch_number=f"{91_000 + number}")
    said = Text("ponds drawn one by one that overlap by a hand's breadth each", "坑塘逐个绘制，彼此重叠数厘米")
    return [Expected("TP06", spot.unit, spot.layer, (), said)]


_FARM_RADIUS_M = 127.0


def _widest(hand: Hand) -> tuple[Spot, tuple[float, float, float]]:
    """Find the open water or wild land with most room in the unit with the fewest faults that has enough of it."""
    best: tuple[Spot, tuple[float, float, float]] | None = None
    for code in hand.codes:
        layer = hand.filing(code).layers["present_land_use"]
        rows = np.flatnonzero(_wild(layer))
        for row in rows[np.argsort(-shapely.area(layer.geometry[rows]), kind="stable")][:12]:
            if (code, "present_land_use", int(row)) in hand.used:
                continue
            spot = Spot(code, "present_land_use", int(row), str(layer.ids[row]))
            room = hand.room(spot)
            if best is None or room[2] > best[1][2]:
                best = (spot, room)
        if best is not None and best[1][2] >= _FARM_RADIUS_M:
            break
    if best is None:
        what = "present_land_use"
        raise NoRoom(what)
    hand.used.add((best[0].unit, best[0].layer, best[0].row))
    hand.load[best[0].unit] = hand.load.get(best[0].unit, 0) + 1
    return best
