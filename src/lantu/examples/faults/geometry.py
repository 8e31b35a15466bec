"""Faults of geometry · 图形类预置问题."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.examples.answers import Expected
from lantu.examples.faults.planting import Hand, Spot, fault, found, found_in

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer

_DATABASES = ("gdb", "gpkg")
# Rings that have no direction worth speaking of.
_BROKEN = frozenset({"GM03", "GM04", "GM05"})
_QUIET = ("green_line", "yellow_line", "purple_line", "nature_reserve", "blue_line")


def _box(x: float, y: float, half: float) -> shapely.Polygon:
    return shapely.box(round(x - half, 3), round(y - half, 3), round(x + half, 3), round(y + half, 3))


def _spot(hand: Hand, containers: tuple[str, ...] = ()) -> tuple[Spot, float, float, float]:
    """Take a polygon with room to draw in; give its middle and a length that fits."""

    def roomy(layer: object) -> object:
        areas = shapely.area(layer.geometry)  # type: ignore[attr-defined]  # a Layer
        return areas > 3000.0  # noqa: PLR2004  # square metres

    spot = hand.take(*_QUIET, containers=containers, fits=roomy)
    x, y, radius = hand.room(spot)
    return spot, x, y, min(0.5 * radius, 80.0)


def _redrawn(hand: Hand, code: str, shape: object, spot: Spot, en: str, zh: str) -> list[Expected]:  # noqa: PLR0913, PLR0917  # every one is needed
    hand.redraw(spot, shape, as_drawn=code in _BROKEN)
    return [found(code, spot, en, zh)]


@fault("GM01")
def geometry_missing(hand: Hand) -> list[Expected]:
    """Take a geometry away · 图形为空."""
    spot = hand.take("facility", containers=_DATABASES)
    hand.redraw(spot, None)
    return [found("GM01", spot, "no geometry", "图形为空")]


@fault("GM02")
def point_as_line(hand: Hand) -> list[Expected]:
    """Draw a facility as a line · 图形类型不符."""
    spot = hand.take("facility", containers=("gpkg",))
    point = hand.shape(spot)
    hand.redraw(spot, shapely.LineString([(point.x - 5, point.y), (point.x + 5, point.y)]))
    return [found("GM02", spot, "a facility drawn as a line", "设施绘为线")]


@fault("GM03")
def hole_outside(hand: Hand) -> list[Expected]:
    """Draw a hole beside its shell · 内环在外环之外."""
    spot, x, y, r = _spot(hand, ("gpkg",))
    shell = _box(x - r / 2, y, r / 3)
    hole = _box(x + r / 2, y, r / 6)
    return _redrawn(
        hand,
        "GM03",
        shapely.Polygon(shell.exterior.coords, [hole.exterior.coords[::-1]]),
        spot,
        "a hole outside its shell",
        "内环在外环之外",
    )


@fault("GM04")
def bow_tie(hand: Hand) -> list[Expected]:
    """Cross a boundary over itself · 边界自相交."""
    spot, x, y, r = _spot(hand, _DATABASES)
    points = [(x - r, y - r), (x - r, y + r), (x + r, y - r * 0.6), (x + r, y + r * 0.6)]
    return _redrawn(hand, "GM04", shapely.Polygon(np.round(points, 3)), spot, "a boundary that crosses itself", "边界自相交")


@fault("GM05")
def ring_touching_itself(hand: Hand) -> list[Expected]:
    """Let a boundary come back to one of its vertices · 边界自接触."""
    spot, x, y, r = _spot(hand, _DATABASES)
    points = [(x - r, y - r), (x, y), (x + r, y - r), (x + r, y + r), (x, y), (x - r, y + r)]
    return _redrawn(hand, "GM05", shapely.Polygon(np.round(points, 3)), spot, "a boundary that touches itself", "边界自接触")


@fault("GM06")
def two_parts(hand: Hand) -> list[Expected]:
    """Draw one feature in two parts · 多部件."""
    spot, x, y, r = _spot(hand)
    parts = shapely.MultiPolygon([_box(x - r / 2, y, 0.45 * r), _box(x + r / 2, y, 0.45 * r)])
    return _redrawn(hand, "GM06", parts, spot, "a feature of two parts", "多部件要素")


@fault("GM08")
def acute_angle(hand: Hand) -> list[Expected]:
    """Draw a corner of five degrees · 尖锐角."""
    spot, x, y, r = _spot(hand)
    points = [(x - r, y), (x + 0.9 * r, y - 0.085 * r), (x + 0.9 * r, y + 0.085 * r)]
    return _redrawn(hand, "GM08", shapely.Polygon(np.round(points, 3)), spot, "a corner of five degrees", "五度的尖锐角")


@fault("GM14")
def vertex_twice(hand: Hand) -> list[Expected]:
    """Set a vertex twice · 重复节点."""
    spot, x, y, r = _spot(hand, _DATABASES)
    points = [(x - r, y - r), (x + r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)]
    return _redrawn(hand, "GM14", shapely.Polygon(np.round(points, 3)), spot, "a vertex set twice", "重复节点")


@fault("GM15")
def short_segment(hand: Hand) -> list[Expected]:
    """Draw a segment of four millimetres · 短边."""
    spot, x, y, r = _spot(hand, _DATABASES)
    points = [(x - r, y - r), (x + r, y - r), (x + r + 0.004, y - r), (x + r, y + r), (x - r, y + r)]
    points = [(x - r, y - r), (x, y - r), (x + 0.004, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)]
    return _redrawn(hand, "GM15", shapely.Polygon(np.round(points, 3)), spot, "a segment of four millimetres", "四毫米的短边")


@fault("GM16")
def point_twice(hand: Hand) -> list[Expected]:
    """Draw a facility twice · 点要素重复."""
    spot = hand.take("facility")
    new = hand.add(spot, hand.shape(spot), facility_name="示例重复设施")
    return [Expected("GM16", spot.unit, spot.layer, (new.id, spot.id), found("GM16", spot, "a facility drawn twice", "设施重复绘制").what)]


@fault("GM18")
def tiny_line(hand: Hand) -> list[Expected]:
    """Draw a river of a hand's breadth · 极短线."""
    base = hand.draft.city.base["local_unit"]

    def roomy(layer: Layer) -> npt.NDArray[np.bool_]:
        frame = base.geometry[int(np.flatnonzero(base.texts("unit_code") == str(layer.ids[0])[:6])[0])]
        shapely.prepare(frame)
        middles = shapely.line_interpolate_point(layer.geometry, 0.5, normalized=True)
        return np.asarray(shapely.contains(frame, shapely.buffer(middles, 80.0)))

    spot = hand.take("river", fits=roomy)
    middle = hand.shape(spot).interpolate(0.5, normalized=True)
    piece = shapely.LineString(np.round([(middle.x + 30, middle.y + 30), (middle.x + 30.05, middle.y + 30)], 3))
    new = hand.add(spot, piece, river_name="示例短河")
    return [found("GM18", new, "a river five centimetres long", "五厘米长的河道")]


@fault("GM10")
def sliver(hand: Hand) -> list[Expected]:
    """Draw a strip a metre wide · 狭长面."""
    spot, x, y, r = _spot(hand)
    return _redrawn(
        hand,
        "GM10",
        shapely.box(round(x - r, 3), y, round(x + r, 3), round(y + 0.9, 3)),
        spot,
        "a strip less than a metre wide",
        "宽不足一米的狭长面",
    )


@fault("GM13")
def tiny_hole(hand: Hand) -> list[Expected]:
    """Leave a pinhole in a polygon · 细小空洞."""
    spot, x, y, r = _spot(hand)
    shape = shapely.Polygon(_box(x, y, r).exterior.coords, [_box(x, y, 0.15).exterior.coords[::-1]])
    return _redrawn(hand, "GM13", shape, spot, "a hole of a tenth of a square metre", "不足十分之一平方米的空洞")


@fault("GM12")
def tiny_part(hand: Hand) -> list[Expected]:
    """Leave a crumb beside a polygon · 细小部件."""
    spot, x, y, r = _spot(hand)
    shape = shapely.MultiPolygon([_box(x - r / 3, y, r / 3), _box(x + r / 2, y, 1.5)])
    hand.redraw(spot, shape)
    return [
        found("GM12", spot, "a part of nine square metres", "九平方米的部件"),
        found("GM06", spot, "and so a feature of two parts", "因而为多部件要素"),
    ]


@fault("GM09")
def spike(hand: Hand) -> list[Expected]:
    """Let a boundary run out and back · 毛刺."""
    spot, x, y, r = _spot(hand, _DATABASES)
    points = [(x - r, y - r), (x + r, y - r), (x + r, y), (x + 1.6 * r, y + 0.004), (x + r, y + 0.008), (x + r, y + r), (x - r, y + r)]
    return _redrawn(hand, "GM09", shapely.Polygon(np.round(points, 3)), spot, "a spike", "毛刺")


@fault("GM11")
def patch_too_small(hand: Hand) -> list[Expected]:
    """Map a patch of a hundred square metres · 小于最小上图面积."""
    spot = hand.take("present_land_use", fits=lambda layer: np.isin(layer.texts("land_use_code").astype(str), ["0101", "0102"]))
    x, y, _ = hand.room(spot)
    inner = _box(x, y, 9.5)
    hand.redraw(spot, shapely.difference(hand.shape(spot), inner), area=False)
    hand.measure(spot)
    new = hand.add(spot, inner, patch_number="90001")
    return [found("GM11", new, "a patch below the minimum mapped area", "小于最小上图面积的图斑")]


@fault("GM17")
def line_short_of_its_junction(hand: Hand) -> list[Expected]:
    """Let a road end just short of another · 悬挂线."""
    spot = hand.take("road")
    line = hand.shape(spot)
    middle = line.interpolate(0.5, normalized=True)
    before = line.interpolate(0.5 - 1.0 / line.length, normalized=False) if line.length < 1 else line.interpolate(line.length / 2 - 5.0)
    dx, dy = (middle.x - before.x) / 5.0, (middle.y - before.y) / 5.0
    start = (middle.x - 0.1 * -dy, middle.y - 0.1 * dx)
    end = (middle.x - 400.0 * -dy, middle.y - 400.0 * dx)
    new = hand.add(spot, shapely.LineString(np.round([end, start], 3)), road_name="示例断头路")
    return [found("GM17", new, "a road that ends a hand short of another", "道路端点未与相交道路衔接", also=(spot.id,))]


@fault("GM19")
def ring_reversed(hand: Hand) -> list[Expected]:
    """Draw one ring the other way round · 环方向不一致."""
    spot = hand.take(*_QUIET, containers=("gpkg",), fits=lambda layer: np.full(len(layer), len(layer) > 3))  # noqa: PLR2004  # a majority to differ from
    hand.redraw(spot, shapely.reverse(hand.shape(spot)), area=False, as_drawn=True)
    return [found("GM19", spot, "a ring drawn the other way round", "环方向与其他要素相反")]


@fault("GM07")
def round_sites(hand: Hand) -> list[Expected]:
    """File a layer with circles · 图层含圆弧."""
    unit = hand.claim("curves", layer="heritage_line", containers=("gdb", "gpkg"))
    filing = hand.filing(unit)
    layer = filing.layers["heritage_line"]
    hand.put(unit, replace(layer, table=layer.table.drop_columns(["area_m2"]), version=""))
    filing.curved.add("heritage_line")
    return [found_in("GM07", unit, "sites drawn as circles", "用地以圆弧绘制")]
