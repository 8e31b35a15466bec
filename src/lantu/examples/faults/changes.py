"""Faults of dynamic maintenance · 变更规则类预置问题."""

from __future__ import annotations

import numpy as np
import shapely

from lantu.examples.answers import Expected
from lantu.examples.faults.control_lines import expansion
from lantu.examples.faults.planting import Hand, NoRoom, Spot, fault, found, found_in


def _claim(hand: Hand, beside: str = "") -> tuple[str, Spot, Spot]:
    """Take the change set of one unit; give the added and the removed piece of land.

    Where every set is taken, a fault that disturbs nothing of another's may stand beside it.
    """
    try:
        unit = hand.claim("change set", layer="change")
    except NoRoom:
        unit = next((code for code in hand.codes if beside and (code, beside) in hand.claimed), "")
        if not unit:
            raise
        hand.claimed.discard((unit, beside))
    layer = hand.filing(unit).layers["change"]
    types = list(layer.texts("change_type"))
    added, removed = types.index("1"), types.index("3")
    return unit, Spot(unit, "change", added, str(layer.ids[added])), Spot(unit, "change", removed, str(layer.ids[removed]))


def _sum(unit: str) -> Expected:
    return found_in("CH05", unit, "and so areas that do not add up", "因而前后面积不闭合", layer="after_change")


@fault("CH01")
def state_before_missing(hand: Hand) -> list[Expected]:
    """File a change set without the state before · 缺少维护前图层."""
    unit, _, _ = _claim(hand)
    del hand.filing(unit).layers["before_change"]
    return [found_in("CH01", unit, "no state before maintenance", "缺少维护前图层", layer="before_change")]


@fault("CH02")
def removed_called_added(hand: Hand) -> list[Expected]:
    """Call land that was taken out added · 调出误为调入."""
    unit, _, removed = _claim(hand)
    hand.write(removed, change_type="1")
    key = [
        found("CH02", removed, "added land that was there before", "调入地块维护前已在"),
        found("CH02", removed, "and is not there after", "且维护后不在"),
        _sum(unit),
    ]
    # The change set is applied to the boundary: a large piece taken in by mistake may carry it beyond its multiple.
    hand.claimed.add((unit, "base survey"))
    if expansion(hand, unit, shapely.area(hand.shape(removed))) > _MULTIPLE:
        key.append(found_in("CL12", unit, "and so a boundary beyond its multiple", "因而扩展倍数超限", layer="urban_development_boundary"))
    return key


_MULTIPLE = 1.3


@fault("CH03")
def added_called_removed(hand: Hand) -> list[Expected]:
    """Call land that was taken in removed · 调入误为调出."""
    unit, added, _ = _claim(hand)
    hand.write(added, change_type="3")
    return [
        found("CH03", added, "removed land that was not there before", "调出地块维护前不在"),
        found("CH03", added, "and is there after", "且维护后仍在"),
        _sum(unit),
    ]


@fault("CH04")
def added_called_renamed(hand: Hand) -> list[Expected]:
    """Call land that was taken in a change of attributes · 调入误为属性变更."""
    unit, added, _ = _claim(hand)
    hand.write(added, change_type="2")
    return [found("CH04", added, "a change of attributes where there was nothing before", "属性变更地块维护前不在"), _sum(unit)]


@fault("CH05")
def change_left_out(hand: Hand) -> list[Expected]:
    """Leave a change out of the change set · 变更层缺项."""
    unit, added, _ = _claim(hand)
    layer = hand.filing(unit).layers["change"]
    hand.put(unit, layer.take([added.row]))
    return [found_in("CH05", unit, "areas that do not add up: a change is left out", "变更层缺项，前后面积不闭合", layer="after_change")]


@fault("CH06")
def number_twice(hand: Hand) -> list[Expected]:
    """Use a change number twice · 维护编号重复."""
    unit, added, removed = _claim(hand)
    number = str(hand.layer(added).texts("change_number")[added.row])
    hand.write(removed, change_number=number)
    hand.claimed.add((unit, "CH06"))
    ids = tuple(str(item) for item in hand.filing(unit).layers["change"].ids)
    return [Expected("CH06", unit, "change", ids, found("CH06", added, "a change number used twice", "维护编号重复").what)]


@fault("CH07")
def boundary_grows(hand: Hand) -> list[Expected]:
    """Take land in and give none back · 开发边界净增."""
    unit, added, removed = _claim(hand)
    gone = hand.shape(removed)
    before = hand.filing(unit).layers["before_change"]
    kept = np.flatnonzero(~shapely.equals_exact(before.geometry, gone) & (shapely.area(shapely.intersection(before.geometry, gone)) < 1.0))
    hand.put(unit, hand.filing(unit).layers["change"].take([added.row]))
    hand.put(unit, before.take(kept))
    return [found_in("CH07", unit, "a boundary that grows in sum", "开发边界总量净增", layer="after_change")]


def _take_in(hand: Hand, code: str, line: str, en: str, zh: str) -> list[Expected]:
    unit, added, _ = _claim(hand, "CH08")
    if code == "CH08":
        hand.claimed.add((unit, "CH08"))
    whole = hand.filing(unit).layers[line]
    free = [row for row in range(len(whole)) if (unit, line, row) not in hand.used]
    row = max(free, key=lambda item: shapely.area(shapely.from_wkb(whole.wkb[item].as_py())))
    host = Spot(unit, line, row, str(whole.ids[row]))
    x, y, radius = hand.room(host)
    half = round(min(0.4 * radius, 50.0), 3)
    piece = shapely.box(round(x - half, 3), round(y - half, 3), round(x + half, 3), round(y + half, 3))
    new = hand.add(added, piece, change_type="1", change_number=f"{unit}-2025-R{code[2:]}", reserve_source="省级机动指标")
    after = hand.filing(unit).layers["after_change"]
    hand.add(Spot(unit, "after_change", 0, str(after.ids[0])), piece)
    _give_reserve(hand, added)
    return [found(code, new, en, zh)]


def _give_reserve(hand: Hand, spot: Spot) -> None:
    hand.write(spot, reserve_source="省级机动指标")


@fault("CH08")
def farmland_taken_in(hand: Hand) -> list[Expected]:
    """Take protected farmland into the boundary · 调入永久基本农田."""
    return _take_in(hand, "CH08", "permanent_basic_farmland", "added land on protected farmland", "调入地块占用永久基本农田")


@fault("CH09")
def redline_taken_in(hand: Hand) -> list[Expected]:
    """Take protected nature into the boundary · 调入生态保护红线."""
    return _take_in(hand, "CH09", "ecological_redline", "added land in the redline", "调入地块占用生态保护红线")


@fault("CH10")
def changes_overlap(hand: Hand) -> list[Expected]:
    """Change the same land twice · 变更地块重叠."""
    unit, added, _ = _claim(hand, "CH06")
    x, y, radius = hand.room(added)
    half = round(min(0.4 * radius, 50.0), 3)
    piece = shapely.box(round(x - half, 3), round(y - half, 3), round(x + half, 3), round(y + half, 3))
    new = hand.add(added, piece, change_number=f"{unit}-2025-R02")
    return [Expected("CH10", unit, "change", (added.id, new.id), found("CH10", new, "land changed twice", "变更地块重叠").what), _sum(unit)]
