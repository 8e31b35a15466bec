"""Faults between fields · 逻辑类预置问题."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from lantu.examples.faults.control_lines import cemetery, supplied_otherwise
from lantu.examples.faults.planting import Hand, fault, found, found_in

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from lantu.examples.answers import Expected
    from lantu.vocabulary.layer import Layer

_DATABASES = ("gdb", "gpkg")


def _with(field: str, *values: str) -> Callable[[Layer], npt.NDArray[np.bool_]]:
    return lambda layer: np.isin(layer.texts(field).astype(str), values)


@fault("LG01")
def settlement_missing(hand: Hand) -> list[Expected]:
    """Take the settlement code of built land away · 缺少城镇村属性码."""
    spot = hand.take("present_land_use", fits=_with("land_use_code", "0702"))
    hand.write(spot, settlement_code=None)
    return [found("LG01", spot, "homes of no settlement", "宅基地缺少城镇村属性码")]


@fault("LG02")
def settlement_unfit(hand: Hand) -> list[Expected]:
    """Call special land part of a town · 城镇村属性码不符."""
    # Outside the boundary: inside, it would count as used increment as well.
    spot = cemetery(hand)
    hand.write(spot, settlement_code="201")
    return [found("LG02", spot, "special land with code 201", "特殊用地标注为201")]


@fault("LG03")
def deduction_on_water(hand: Hand) -> list[Expected]:
    """Deduct ridges from a pond · 非耕地扣除田坎."""
    spot = hand.take("present_land_use", fits=_with("land_use_code", "1104", "1102", "0301"))
    whole = float(hand.layer(spot).numbers("patch_area_m2")[spot.row])
    hand.write(spot, deduction_ratio=0.1, net_area_m2=round(0.9 * whole, 2))
    return [found("LG03", spot, "a deduction on land that is not cultivated", "非耕地填写了扣除系数")]


@fault("LG04")
def net_area_adrift(hand: Hand) -> list[Expected]:
    """Write a net area that does not follow from the ratio · 净面积与系数不符."""
    spot = hand.take("present_land_use", fits=_with("land_use_code", "0101", "0102"))
    whole = float(hand.layer(spot).numbers("patch_area_m2")[spot.row])
    hand.write(spot, net_area_m2=round(0.98 * whole - 5.0, 2))
    return [found("LG04", spot, "a net area that its ratio does not give", "图斑地类面积与扣除系数不符")]


@fault("LG05")
def kept_and_changed(hand: Hand) -> list[Expected]:
    """Call land kept whose use changes · 保留现状却改变用途."""
    spot = hand.take(
        "planned_land_use", fits=lambda layer: _with("planning_state", "20")(layer) & ~_with("base_land_use_code", "16")(layer)
    )
    hand.write(spot, planning_state="10")
    return [found("LG05", spot, "kept land of another use than before", "规划状态为保留而地类改变")]


@fault("LG06")
def protection_backwards(hand: Hand) -> list[Expected]:
    """Let protection end before it begins · 保护期倒置."""
    spot = hand.take(
        "permanent_basic_farmland", fits=lambda layer: np.full(len(layer), str(layer.column("protected_until").type) == "date32[day]")
    )
    hand.write(spot, protected_until=dt.date(2020, 1, 1))
    return [found("LG06", spot, "protection that ends before it begins", "保护终止早于起始")]


@fault("LG07")
def farmland_larger_than_patch(hand: Hand) -> list[Expected]:
    """Protect more than the patch holds · 永农面积大于图斑."""
    spot = hand.take("permanent_basic_farmland")
    whole = float(hand.layer(spot).numbers("patch_area_m2")[spot.row])
    hand.write(spot, farmland_area_m2=round(whole + 900.0, 2))
    return [found("LG07", spot, "more farmland than the patch holds", "永久基本农田面积大于图斑面积")]


@fault("LG08")
def net_larger_than_plot(hand: Hand) -> list[Expected]:
    """Give a plot more net area than area · 净面积大于面积."""
    spot = hand.take("planned_land_use")
    whole = float(hand.layer(spot).numbers("patch_area_m2")[spot.row])
    hand.write(spot, net_area_m2=round(whole + 500.0, 2))
    return [found("LG08", spot, "a net area larger than the plot", "净面积大于图斑面积")]


@fault("LG09")
def approval_overstated(hand: Hand) -> list[Expected]:
    """Approve more than is drawn · 批准面积与图形不符."""
    spot = hand.take("approval", in_unit="base")
    drawn = float(hand.layer(spot).numbers("approved_area_m2")[spot.row])
    hand.write(spot, approved_area_m2=round(1.2 * drawn, 2))
    return [found("LG09", spot, "an approval of a fifth more than is drawn", "批准面积比图形大五分之一")]


@fault("LG10")
def supply_of_farmland(hand: Hand) -> list[Expected]:
    """Offer land for farming · 供应地块规划用途非建设."""
    spot = hand.take("supply_parcel", in_unit="base")
    hand.write(spot, planned_use_code="0101")
    said = found("LG10", spot, "a supply parcel of paddy land", "供应地块规划用途为水田")
    return [said, *supplied_otherwise(hand, said.unit, spot)]


@fault("LG18")
def supplied_for_shops(hand: Hand) -> list[Expected]:
    """Offer land for another use than is planned · 供应用途与规划不一致."""
    spot = hand.take("supply_parcel", in_unit="base")
    code = str(hand.layer(spot).texts("planned_use_code")[spot.row])
    hand.write(spot, planned_use_code="0901" if not code.startswith("09") else "0701")
    return supplied_otherwise(hand, spot.id[:6], spot)


@fault("LG11")
def temporary_overdue(hand: Hand) -> list[Expected]:
    """Let temporary land run over its term · 临时用地超期."""
    spot = hand.take("temporary_land", in_unit="base")
    hand.write(spot, expires_on=dt.date(2025, 6, 30))
    return [found("LG11", spot, "temporary land past its term", "临时用地已到期")]


@fault("LG12")
def approval_of_the_future(hand: Hand) -> list[Expected]:
    """Date an approval after today · 批准日期晚于当日."""
    spot = hand.take("approval", in_unit="base")
    hand.write(spot, approval_date=dt.date(2026, 9, 1))
    return [found("LG12", spot, "an approval of the future", "批准日期在未来")]


@fault("LG13")
def road_too_late(hand: Hand) -> list[Expected]:
    """Plan a project after the plan ends · 超出规划期."""
    spot = hand.take("key_project")
    hand.write(spot, planned_year=2045)
    return [found("LG13", spot, "a project after the plan's target year", "项目年份晚于目标年")]


@fault("LG14")
def zone_code_of_two_names(hand: Hand) -> list[Expected]:
    """Give one zone code two names · 分区代码一码多名."""
    spot = hand.take("planning_zone", fits=_with("zone_name", "乡村发展区"))
    hand.write(spot, zone_code="300")
    return [found_in("LG14", spot.unit, "one zone code with two names", "同一分区代码对应两个名称", layer="planning_zone")]


@fault("LG15")
def offices_protected(hand: Hand) -> list[Expected]:
    """Protect offices as farmland · 永农地类为建设用地."""
    spot = hand.take("permanent_basic_farmland")
    hand.claimed.add((spot.unit, "codes of farmland"))
    hand.write(spot, land_use_code="0801", land_use_name="机关团体用地")
    return [found("LG15", spot, "protected farmland coded as offices", "永久基本农田图斑地类为机关团体用地")]


@fault("LG16")
def project_code_short(hand: Hand) -> list[Expected]:
    """Write a project code by hand · 项目代码不规范."""
    spot = hand.take("key_project")
    hand.write(spot, project_code="示例2025-1")
    return [found("LG16", spot, "a project code of no national form", "项目代码不符合国家格式")]


@fault("LG17")
def location_elsewhere(hand: Hand) -> list[Expected]:
    """Place a patch in another district · 坐落单位与行政区不符."""
    spot = hand.take("present_land_use", fits=_with("land_use_code", "0101", "0102"))
    hand.write(spot, location_unit_code="329999001")
    return [found("LG17", spot, "a patch located in another district", "坐落单位代码不属于该行政区")]
