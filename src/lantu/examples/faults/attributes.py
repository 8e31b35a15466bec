"""Faults of attributes · 属性类预置问题."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from lantu.examples.faults.planting import Hand, NoRoom, Spot, fault, found, found_in

if TYPE_CHECKING:
    from lantu.examples.answers import Expected

_DATABASES = ("gdb", "gpkg")
# Layers on which no other rule leans: whatever happens to them stays with them.
_QUIET = ("green_line", "yellow_line", "nature_reserve", "purple_line", "blue_line")


@fault("AT01")
def identifier_missing(hand: Hand) -> list[Expected]:
    """Take an identifier away · 标识码为空."""
    # Without an identifier a feature goes by its row, which a store may change: only of a single feature it is sure.
    unit = hand.claim("no identifier", layer="purple_line", containers=_DATABASES)
    hand.put(unit, hand.filing(unit).layers["purple_line"].take([0]))
    spot = Spot(unit, "purple_line", 0, "0")
    hand.write(spot, identifier=None)
    return [found("AT01", spot, "no identifier", "标识码为空")]


@fault("AT02")
def identifier_repeated(hand: Hand) -> list[Expected]:
    """Give a feature the identifier of another · 标识码重复."""
    one = hand.take(*_QUIET, containers=_DATABASES, fits=lambda layer: np.full(len(layer), len(layer) > 1))
    other = hand.take(one.layer, in_unit=one.unit)
    hand.write(other, identifier=one.id)
    return [found("AT02", one, "identifier used twice", "标识码重复")]


@fault("AT03")
def identifier_of_another_form(hand: Hand) -> list[Expected]:
    """Write an identifier by hand · 标识码不合格式."""
    spot = hand.take(*_QUIET, containers=_DATABASES)
    hand.write(spot, identifier="示例-17")
    return [replace(found("AT03", spot, "an identifier of its own form", "标识码不合格式"), features=("示例-17",))]


@fault("AT04")
def element_code_short(hand: Hand) -> list[Expected]:
    """Cut an element code short · 要素代码位数不足."""
    spot = hand.take("planned_land_use", "planning_zone")
    hand.write(spot, element_code="20900206")
    return [found("AT04", spot, "element code of eight digits", "要素代码仅八位")]


@fault("AT05")
def district_unknown(hand: Hand) -> list[Expected]:
    """Write a district that does not exist · 行政区代码不存在."""
    spot = hand.take(*_QUIET)
    hand.write(spot, district_code="329999")
    return [
        found("AT05", spot, "district code that does not exist", "行政区代码不存在"),
        found("AT06", spot, "and so not one of the unit", "因而也不属于本板块"),
    ]


@fault("AT06")
def district_of_another(hand: Hand) -> list[Expected]:
    """Write the district of another unit · 他板块的行政区代码."""
    spot = hand.take(*_QUIET, fits=lambda layer: np.full(len(layer), not str(layer.texts("district_code")[0]).startswith("320582")))
    hand.write(spot, district_code="320582", district_name="张家港市")
    return [found("AT06", spot, "district code of another unit", "行政区代码属于其他板块")]


@fault("AT07")
def district_misnamed(hand: Hand) -> list[Expected]:
    """Write the name of another district beside a code · 行政区名称与代码不符."""
    spot = hand.take(*_QUIET)
    hand.write(spot, district_name="示例区")
    return [found("AT07", spot, "district name that does not fit its code", "行政区名称与代码不符")]


@fault("AT08")
def land_use_unknown(hand: Hand) -> list[Expected]:
    """Write a land-use code of no classification · 地类编码不存在."""
    spot = hand.take("permanent_basic_farmland")
    hand.write(spot, land_use_code="0199")
    return [found("AT08", spot, "land-use code of no classification", "地类编码不存在")]


@fault("AT09")
def land_use_misnamed(hand: Hand) -> list[Expected]:
    """Write the name of another land use beside a code · 地类名称与编码不符."""
    spot = hand.take("planned_land_use", fits=lambda layer: layer.texts("land_use_code") == "0101")
    hand.write(spot, land_use_name="旱地")
    return [found("AT09", spot, "land-use name that does not fit its code", "地类名称与编码不符")]


@fault("AT11")
def width_negative(hand: Hand) -> list[Expected]:
    """Write a width below zero · 宽度为负."""
    spot = hand.take("road", "green_line")
    name = {"road": "width_m", "green_line": "area_m2"}[spot.layer]
    hand.write(spot, **{name: -1.0})
    more = [found("AT12", spot, "and so not the area of the geometry", "因而与图形面积不符")] if name == "area_m2" else []
    return [found("AT11", spot, "a negative value", "数值为负"), *more]


@fault("AT12")
def area_wrong(hand: Hand) -> list[Expected]:
    """Write an area that the geometry does not have · 属性面积与图形不符."""
    spot = hand.take(*_QUIET)
    hand.write(spot, area_m2=round(hand.layer(spot).numbers("area_m2")[spot.row] * 1.05 + 100.0, 2))
    return [found("AT12", spot, "area five per cent too large", "属性面积偏大百分之五")]


@fault("AT13")
def facility_nameless(hand: Hand) -> list[Expected]:
    """Leave a mandatory field empty · 必填字段为空."""
    spot = hand.take("facility", containers=_DATABASES)
    hand.write(spot, facility_name=None)
    return [found("AT13", spot, "a facility without a name", "设施名称为空")]


@fault("AT14")
def state_out_of_domain(hand: Hand) -> list[Expected]:
    """Write a value that is not on the list of its field · 值域错误."""
    spot = hand.take("planned_land_use", fits=lambda layer: layer.texts("planning_state") == "10")
    hand.write(spot, planning_state="30")
    return [found("AT14", spot, "planning state 30", "规划状态为30")]


@fault("AT15")
def date_unreadable(hand: Hand) -> list[Expected]:
    """Write a date that no calendar has · 日期无法识别."""
    spot = hand.take("permanent_basic_farmland", containers=_DATABASES)
    layer = hand.layer(spot)
    cells = ["2022-10-01"] * len(layer)
    cells[spot.row] = "2022-13-41"
    at = layer.table.column_names.index("protected_from")
    table = layer.table.set_column(at, "protected_from", pa.array(cells, pa.large_string()))
    hand.put(spot.unit, replace(layer, table=table, version=""))
    return [
        found("AT15", spot, "a date in month thirteen", "日期为十三月"),
        found_in("PK16", spot.unit, "and so a question of reading", "因而读取时提出疑问"),
    ]


@fault("AT16")
def year_impossible(hand: Hand) -> list[Expected]:
    """Write a year of the future for a survey · 年份不合理."""
    spot = hand.take("permanent_basic_farmland")
    hand.write(spot, year=1912)
    return [found("AT16", spot, "surveyed in 1912", "数据年份为1912")]


@fault("AT17")
def text_garbled(hand: Hand) -> list[Expected]:
    """Leave what a wrong encoding leaves · 乱码."""
    spot = hand.take("heritage_line", "facility", "nature_reserve", *_QUIET)
    hand.write(spot, remark="锟斤拷锟斤拷")
    return [found("AT17", spot, "a text garbled by encoding", "备注为乱码")]


@fault("AT18")
def text_padded(hand: Hand) -> list[Expected]:
    """Put a blank before a text · 首部空格."""
    spot = hand.take(*_QUIET, containers=_DATABASES)
    hand.write(spot, remark="  虚构数据 invented data")
    return [found("AT18", spot, "blanks before a text", "文本首部有空格")]


@fault("AT10")
def ditch_among_fields(hand: Hand) -> list[Expected]:
    """Use one code of the surveys in a layer whose other codes stand in every standard · 编码不足以判定分类版本."""
    for unit in hand.codes:
        layer = hand.filing(unit).layers.get("permanent_basic_farmland")
        if layer is None or (unit, "codes of farmland") in hand.claimed or (unit, "layer permanent_basic_farmland") in hand.claimed:
            continue
        if all((unit, "permanent_basic_farmland", row) in hand.used for row in range(len(layer))):
            continue
        spot = hand.take("permanent_basic_farmland", in_unit=unit)
        hand.claimed.add((unit, "codes of farmland"))
        hand.write(spot, land_use_code="1107", land_use_name="沟渠")
        en, zh = "codes that fit two standards of survey", "编码同时符合两种调查分类"
        return [found_in("AT10", unit, en, zh, layer="permanent_basic_farmland")]
    what = "permanent_basic_farmland"
    raise NoRoom(what)
