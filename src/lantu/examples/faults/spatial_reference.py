"""Faults of the spatial reference · 空间参考类预置问题."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import shapely

from lantu.examples.answers import Expected
from lantu.examples.faults.planting import Hand, fault, found_in
from lantu.vocabulary.text import Text


@fault("SR01")
def projection_undeclared(hand: Hand) -> list[Expected]:
    """Leave the .prj of a shapefile out: the size of its coordinates tells, but nobody said so · 缺少.prj."""
    unit = hand.claim("projection", layer="nature_reserve", containers=("shp",))
    hand.filing(unit).undeclared.add("nature_reserve")
    return [found_in("SR01", unit, "a shapefile without .prj", "Shapefile缺少.prj")]


@fault("SR03")
def two_systems(hand: Hand) -> list[Expected]:
    """File one layer in another accepted system · 坐标系不统一."""
    unit = hand.claim("second system", layer="nature_reserve")
    filing = hand.filing(unit)
    filing.crs_of["nature_reserve"] = "EPSG:4528" if filing.manner.crs != "EPSG:4528" else "EPSG:4549"
    return [found_in("SR03", unit, "one layer in another coordinate system", "有图层采用另一坐标系")]


@fault("SR02")
def system_not_accepted(hand: Hand) -> list[Expected]:
    """File one layer in a system that is not accepted · 坐标系不被接受."""
    unit = hand.claim("foreign system", layer="nature_reserve")
    hand.filing(unit).crs_of["nature_reserve"] = "EPSG:4548"
    return [
        found_in("SR02", unit, "a layer in the zone of 117° E", "图层采用中央经线117°"),
        found_in("SR03", unit, "and so in a second system", "因而坐标系不统一"),
        found_in("SR04", unit, "and so outside its zone", "因而超出投影带", layer="nature_reserve"),
    ]


@fault("SR07")
def layer_of_another(hand: Hand) -> list[Expected]:
    """File a layer of another unit · 误交其他板块图层."""
    unit = hand.claim("foreign layer", layer="heritage_line")
    layer = hand.filing(unit).layers["heritage_line"]
    frame = shapely.union_all(layer.geometry).bounds
    step = 0.0
    for code in hand.codes:
        other = hand.draft.city.base["local_unit"]
        row = int(np.flatnonzero(other.texts("unit_code") == code)[0])
        x = (other.geometry[row].bounds[0] + other.geometry[row].bounds[2]) / 2
        if abs(x - (frame[0] + frame[2]) / 2) > abs(step):
            step = x - (frame[0] + frame[2]) / 2
    moved = shapely.transform(layer.geometry, lambda points: np.round(points + (round(step, 0), 0.0), 3))  # noqa: RUF005  # arrays, not lists
    ids = [str(item) for item in layer.ids]
    table = layer.table.drop_columns(["area_m2"])
    hand.put(unit, replace(layer, table=table, wkb=pa.chunked_array([pa.array(shapely.to_wkb(moved), pa.large_binary())]), version=""))
    outside = [Expected("TP04", unit, "heritage_line", (item,), Text("and so outside its own", "因而超出本板块")) for item in ids]
    return [found_in("SR07", unit, "a layer of another unit", "误交其他板块的图层", layer="heritage_line"), *outside]


@fault("SR08")
def datum_old(hand: Hand) -> list[Expected]:
    """Name an old height datum · 高程基准错误."""
    unit = hand.claim("datum")
    statements = hand.filing(unit).statements
    if statements is not None:
        statements.metadata["高程基准"] = "1956年黄海高程系"
    return [found_in("SR08", unit, "an old height datum", "高程基准为1956年黄海高程系")]


@fault("PK15/axes")
def axes_swapped(hand: Hand) -> list[Expected]:
    """Write north before east: it is proved, repaired and reported · 坐标轴颠倒."""
    unit = hand.claim("swapped axes", layer="heritage_line", containers=("shp", "gpkg"))
    hand.filing(unit).swapped.add("heritage_line")
    return [found_in("PK15", unit, "a layer with north before east", "图层坐标轴颠倒")]


@fault("PK15/prefix")
def prefix_missing(hand: Hand) -> list[Expected]:
    """Declare a zone prefix that the coordinates lack: it is proved, repaired and reported · 声明带号而坐标无带号."""
    unit = hand.claim(
        "missing prefix", layer="blue_line", containers=("gdb", "gpkg", "shp"), fits=lambda filing: filing.manner.crs != "EPSG:4490"
    )
    hand.filing(unit).declared_as["blue_line"] = "EPSG:4528" if hand.filing(unit).manner.crs == "EPSG:4549" else "EPSG:4549"
    return [found_in("PK15", unit, "coordinates without the zone prefix that is declared", "声明带号而坐标无带号")]


@fault("SR06")
def layer_far_off(hand: Hand) -> list[Expected]:
    """Leave a layer a thousand kilometres off · 坐标远离本市."""
    unit = hand.claim("layer far off", layer="purple_line", containers=("gdb", "gpkg"))
    layer = hand.filing(unit).layers["purple_line"]
    moved = shapely.transform(layer.geometry, lambda points: points - (0.0, 900_000.0))
    table = layer.table.drop_columns(["area_m2"])
    ids = [str(item) for item in layer.ids]
    hand.put(unit, replace(layer, table=table, wkb=pa.chunked_array([pa.array(shapely.to_wkb(moved), pa.large_binary())]), version=""))
    outside = [Expected("TP04", unit, "purple_line", (item,), Text("and so outside the unit", "因而超出本板块")) for item in ids]
    return [
        found_in("SR06", unit, "a layer far outside the city", "图层远离本市"),
        found_in("SR07", unit, "and so not in the unit", "因而不在本板块", layer="purple_line"),
        *outside,
    ]


@fault("SR05")
def north_before_east(hand: Hand) -> list[Expected]:
    """File a sheet of another province with north before east and no declaration: nothing proves where it lies · 坐标轴颠倒且无从证实."""
    unit = hand.claim("axes nobody can prove", layer="purple_line", containers=("shp", "zip"))
    filing = hand.filing(unit)
    layer = filing.layers["purple_line"]
    moved = shapely.transform(layer.geometry, lambda points: points - (0.0, 900_000.0))
    hand.put(unit, replace(layer, wkb=pa.chunked_array([pa.array(shapely.to_wkb(moved), pa.large_binary())]), version=""))
    filing.undeclared.add("purple_line")
    filing.swapped.add("purple_line")
    filing.crs_of["purple_line"] = "EPSG:4549"
    return [
        found_in("SR05", unit, "axes that look swapped, with nothing to prove it", "坐标轴疑似颠倒且无从证实"),
        found_in("SR01", unit, "and no declaration", "且缺少坐标系声明"),
        found_in("SR06", unit, "and coordinates that fit nothing in the city", "且坐标与本市不符"),
        found_in("PK07", unit, "and so a layer that cannot be used", "因而图层无法使用"),
    ]
