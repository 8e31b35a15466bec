"""What stands on every parcel, what is planned there, and which line protects or bounds it · 地块的现状、规划与管控."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lantu.examples.landscape import LAKE, LAND, RIVER, ROAD
from lantu.examples.planar_map import NATURAL, URBAN

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.examples.fabric import Fabric
    from lantu.examples.landscape import Landscape

# Code of the third survey, and the planned code (2023) of the same land where nothing changes.
PRESENT = (
    ("0101", "0101"),
    ("0102", "0102"),
    ("0103", "0103"),
    ("0201", "0201"),
    ("0202", "0202"),
    ("0301", "0301"),
    ("0302", "0302"),
    ("0305", "0303"),
    ("0307", "0304"),
    ("0404", "0403"),
    ("05H1", "0901"),
    ("0508", "1101"),
    ("0601", "1001"),
    ("0701", "0701"),
    ("0702", "0703"),
    ("08H1", "0801"),
    ("08H2", "0804"),
    ("0809", "1302"),
    ("0810", "1401"),
    ("09", "1503"),
    ("1003", "1202"),
    ("1004", "1207"),
    ("1005", "1208"),
    ("1006", "0601"),
    ("1101", "1701"),
    ("1102", "1702"),
    ("1104", "1704"),
    ("1106", "0506"),
    ("1107", "1705"),
    ("1202", "0602"),
)
PRESENT_CODES = tuple(code for code, _ in PRESENT)
# Planned codes that no present code stands for come after those of `PRESENT`.
PLANNED_CODES = (*(planned for _, planned in PRESENT), "16", "0803", "0805", "0806", "0807")
_SCIENCE_AND_HEALTH = ("0804", "0803", "0805", "0806", "0807")
SETTLEMENTS = ("", "201", "202", "203", "205")

NO_ZONE, CONCENTRATED, FLEXIBLE, SPECIAL = 0, 1, 2, 3
BOUNDARY_ZONES = ("", "城镇集中建设区", "城镇弹性发展区", "特别用途区")

PLANNING_ZONES = ("生态保护区", "生态控制区", "农田保护区", "城镇集中建设区", "城镇弹性发展区", "特别用途区", "乡村发展区")
PLANNING_ZONE_CODES = ("100", "200", "300", "410", "420", "430", "500")

_URBAN_MIX = (
    ("0701", 0.34), ("0601", 0.22), ("05H1", 0.09), ("0508", 0.04), ("08H1", 0.03), ("08H2", 0.08), ("0809", 0.03),
    ("0810", 0.09), ("1005", 0.015), ("09", 0.005), ("1104", 0.02), ("0307", 0.02), ("0101", 0.02),
)  # fmt: skip
_FIELD_MIX = (
    ("0101", 0.64), ("0102", 0.11), ("0103", 0.05), ("1104", 0.07), ("0201", 0.035), ("0307", 0.03), ("1107", 0.02),
    ("1006", 0.015), ("1202", 0.01), ("0404", 0.02),
)  # fmt: skip
_HILL_MIX = (("0301", 0.70), ("0302", 0.09), ("0305", 0.08), ("0201", 0.07), ("0202", 0.06))
_SHORE_MIX = (("1106", 0.45), ("0404", 0.15), ("1104", 0.20), ("0305", 0.20))
_GROWTH_SHARE = 0.10
_GROWTH_ON_FIELDS_SHARE = 0.08
_NEW_SHARE = 0.02
_MOST_BEFORE_GROWTH = 1.12
# With the growth on top still within 1.3.
_MOST_OF_TOWNS_BEFORE_GROWTH = 1.19
# City and town among the settlements of the survey.
_TOWNS = (1, 2)
_LEAST_PROTECTED_SHARE = 0.84
_KEPT_FARMLAND_SHARE = 0.93
_LARGE_LAKE_M2 = 6e6
# Of the increment, four tenths may be used by now; what is measured on the ellipsoid differs a little.
_MOST_OF_INCREMENT_SHARE = 0.36
# Areas here are of the map's plane; the law measures on the ellipsoid.
_ROOM_FOR_MEASURING = 1.005


@dataclass(frozen=True)
class Uses:
    """One value per parcel of the fabric · 各地块属性.

    Parameters
    ----------
    present
        Position in `PRESENT_CODES`.
    base
        The same in the base year.
    settlement
        Position in `SETTLEMENTS`.
    base_settlement
        The same in the base year.
    planned
        Position in `PLANNED_CODES`.
    changed
        True where the plan means another use than the present one.
    zone
        `NO_ZONE`, `CONCENTRATED`, `FLEXIBLE` or `SPECIAL`: where it lies in the urban development boundary.
    farmland
        True where it is permanent basic farmland.
    redline
        True inside the ecological redline.
    place
        Name of the lake, hill or shore that a redline parcel belongs to, as position in `places`.
    places
        Names.
    planning_zone
        Position in `PLANNING_ZONES`.
    town
        Town it lies in, counted through the whole city.
    towns
        Unit of each town, as position in the fabric's codes.
    """

    present: npt.NDArray[np.int16]
    base: npt.NDArray[np.int16]
    settlement: npt.NDArray[np.int8]
    base_settlement: npt.NDArray[np.int8]
    planned: npt.NDArray[np.int16]
    changed: npt.NDArray[np.bool_]
    zone: npt.NDArray[np.int8]
    farmland: npt.NDArray[np.bool_]
    redline: npt.NDArray[np.bool_]
    place: npt.NDArray[np.int32]
    places: tuple[str, ...]
    planning_zone: npt.NDArray[np.int8]
    town: npt.NDArray[np.int32]
    towns: npt.NDArray[np.int32]


def code_number(code: str) -> int:
    """Give the position of a present code · 现状地类序号.

    Parameters
    ----------
    code
        Code of the third survey.

    Returns
    -------
    int
        Position in `PRESENT_CODES`.
    """
    return PRESENT_CODES.index(code)


def _numbers(*codes: str) -> npt.NDArray[np.int16]:
    return np.array([code_number(code) for code in codes], np.int16)


def planned_numbers(*codes: str) -> npt.NDArray[np.int16]:
    """Give positions of planned codes · 规划地类序号.

    Parameters
    ----------
    *codes
        Codes of the classification of 2023.

    Returns
    -------
    numpy.ndarray of int16
        Positions in `PLANNED_CODES`.
    """
    return np.array([PLANNED_CODES.index(code) for code in codes], np.int16)


def use_changes(present: npt.NDArray[np.int16], planned: npt.NDArray[np.int16]) -> npt.NDArray[np.bool_]:
    """Tell where the plan changes the use · 规划是否改变用途.

    Parameters
    ----------
    present
        Positions in `PRESENT_CODES`.
    planned
        Positions in `PLANNED_CODES`.

    Returns
    -------
    numpy.ndarray of bool
        True where it does.
    """
    same = (present == planned) | ((present == code_number("08H2")) & np.isin(planned, planned_numbers(*_SCIENCE_AND_HEALTH)))
    return np.asarray(~same)


CULTIVATED = _numbers("0101", "0102", "0103")
BUILT = _numbers("05H1", "0508", "0601", "0701", "0702", "08H1", "08H2", "0809", "0810", "09", "1003", "1004", "1005")


def _draw_from(mix: tuple[tuple[str, float], ...], luck: npt.NDArray[np.float64]) -> npt.NDArray[np.int16]:
    shares = np.cumsum([share for _, share in mix])
    return _numbers(*(code for code, _ in mix))[np.minimum(np.searchsorted(shares / shares[-1], luck), len(mix) - 1)]


def put_to_use(fabric: Fabric, landscape: Landscape, seed: int, *, least_redline_m2: float = 0.0) -> Uses:  # noqa: PLR0915  # one closed walk, clearer whole
    """Decide present and planned use and the control lines, parcel by parcel · 配置用途与控制线.

    The order of the law is kept: farmland first, then the redline, then the boundary; what one line has, no
    other takes.

    Parameters
    ----------
    fabric
        The parcels.
    landscape
        What lies beneath.
    seed
        Seed of what looks random.
    least_redline_m2
        What the whole city has to keep inside the ecological redline, as far as it has water and wild land.

    Returns
    -------
    Uses
        Deterministic in all three.
    """
    n = len(fabric)
    generator = np.random.default_rng([seed, 3])
    luck, second, third = generator.random(n), generator.random(n), generator.random(n)
    blocks = int(fabric.block.max()) + 1
    block_luck = generator.random(blocks)
    land = fabric.kind == LAND
    urban_block = land & ((fabric.style == URBAN) | fabric.street)
    natural = land & (fabric.style == NATURAL)
    urban_block, natural = _at_least_one_each(fabric, landscape, urban_block, natural)
    field = land & ~urban_block & ~natural
    present = _present(fabric, landscape, urban_block, natural, luck, second)
    # A hamlet in every other block of fields: its smallest parcel.
    order = np.lexsort((fabric.area_m2, fabric.block))
    smallest = order[np.r_[True, np.diff(fabric.block[order]) != 0]]
    hamlet = np.zeros(n, bool)
    hamlet[smallest] = True
    size = np.bincount(fabric.block, minlength=blocks)[fabric.block]
    village = field & np.where(size >= 3, hamlet & (block_luck[fabric.block] < 0.5), third < 0.06)  # noqa: PLR2004  # three fields make a block
    village &= ~_only_farmland_of_its_unit(fabric, present, field)
    present[village] = code_number("0702")
    _let_every_unit_farm(fabric, present, field)
    _tell_survey_apart(fabric, present, urban_block)
    settlement = np.zeros(n, np.int8)
    reach = np.array([blob.reach(fabric.x, fabric.y) for blob in landscape.centres])
    in_city = np.array([blob.rank for blob in landscape.centres])[reach.argmin(0)] == 1
    built = np.isin(present, BUILT) & (present != code_number("1003"))
    settlement[built & urban_block] = np.where(in_city, 1, 2)[built & urban_block]
    settlement[present == code_number("0702")] = 3
    settlement[present == code_number("09")] = 4
    # A few lots were still fields in the base year.
    base, base_settlement = present.copy(), settlement.copy()
    young = urban_block & ~fabric.street & np.isin(present, _numbers("0601", "0701", "05H1")) & (third < _NEW_SHARE)
    base[young], base_settlement[young] = code_number("0101"), 0

    _keep_within_multiple(fabric, urban_block, present, base, settlement, base_settlement)
    zone = np.where(urban_block, CONCENTRATED, NO_ZONE).astype(np.int8)
    cut_out = urban_block & np.isin(present, CULTIVATED)
    zone[cut_out] = NO_ZONE
    park = urban_block & (block_luck[fabric.block] < 0.03)  # noqa: PLR2004  # three in a hundred blocks
    zone[park & (zone > 0)] = SPECIAL
    _grow(fabric, zone, field, present, base_settlement, block_luck)
    _leave_increment(fabric, zone, present, base, settlement, base_settlement)
    redline, place, places = _protect(fabric, landscape, natural, present, luck)
    open_land = (land | np.isin(fabric.kind, (LAKE, RIVER))) & (zone == NO_ZONE) & ~np.isin(present, (*BUILT, *CULTIVATED))
    _protect_at_least(fabric, redline, open_land, natural | (fabric.kind == LAKE), least_redline_m2)
    cultivated = np.isin(present, CULTIVATED)
    farmland = cut_out | (cultivated & field & (zone == NO_ZONE) & (block_luck[fabric.block] < _KEPT_FARMLAND_SHARE))
    farmland |= _one_field_each(fabric, cultivated & field & (zone == NO_ZONE), farmland)
    _keep_four_fifths(fabric, cultivated & (zone == NO_ZONE) & ~redline, cultivated, farmland)
    planned = present.copy()
    new_town = (zone == CONCENTRATED) & ~urban_block & ~np.isin(present, BUILT)
    planned[new_town] = np.where(third[new_town] < 0.5, code_number("0601"), code_number("0701"))  # noqa: PLR2004  # half and half
    reserve = (zone == CONCENTRATED) & new_town & (second < 0.05)  # noqa: PLR2004  # one in twenty left blank
    planned[reserve] = len(PRESENT)
    planned[(zone == SPECIAL) & ~np.isin(present, BUILT) & (present != code_number("1104"))] = code_number("0810")
    # The survey has one code for what the plan tells apart: schools, culture, sport, health and care.
    public = np.flatnonzero(planned == code_number("08H2"))
    planned[public] = planned_numbers(*_SCIENCE_AND_HEALTH)[np.minimum((second[public] * 8).astype(int) % 5, 4)]
    # In a special-purpose area homes and works give way to parks.
    planned[(zone == SPECIAL) & np.isin(planned, _numbers("0701", "0601", "0508", "05H1"))] = code_number("0810")
    changed = use_changes(present, planned)
    town, towns = _towns(fabric, seed)
    planning_zone = np.full(n, 6, np.int8)
    wild = np.isin(planned, _numbers("1101", "1102", "1106", "0301", "0302", "0305"))
    planning_zone[wild] = 1
    for value, mask in ((0, redline), (2, farmland), (3, zone == CONCENTRATED), (4, zone == FLEXIBLE), (5, zone == SPECIAL)):
        planning_zone[mask] = value
    return Uses(
        present, base, settlement, base_settlement, planned, changed, zone, farmland, redline, place, places, planning_zone, town, towns
    )


def _at_least_one_each(
    fabric: Fabric, landscape: Landscape, urban: npt.NDArray[np.bool_], natural: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """See to it that every unit has a core, some wild land and something left to farm, however few its parcels."""
    urban, natural = urban.copy(), natural.copy()
    core = np.min([blob.reach(fabric.x, fabric.y) for blob in landscape.centres], axis=0)
    shore = np.min([blob.reach(fabric.x, fabric.y) for blob in (*landscape.hills, *landscape.lakes)], axis=0)
    for u in range(len(fabric.codes)):
        own = np.flatnonzero((fabric.unit == u) & (fabric.kind == LAND) & ~fabric.street)
        if not urban[own].any():
            best = own[np.argmin(core[own])]
            urban[best], natural[best] = True, False
        lakes = (fabric.unit == u) & (fabric.kind == LAKE)
        if not natural[own].any() and not lakes.any():
            free = own[~urban[own]] if (~urban[own]).any() else own[np.argsort(core[own])[1:]]
            best = free[np.argmin(shore[free])]
            urban[best], natural[best] = False, True
        if not (~urban[own] & ~natural[own]).any():
            spare = [
                i
                for i in own[np.argsort(-core[own], kind="stable")]
                if (urban[i] and urban[own].sum() > 1) or (natural[i] and (natural[own].sum() > 1 or lakes.any()))
            ]
            urban[spare[0]] = natural[spare[0]] = False
    return urban, natural


def _present(  # noqa: PLR0913, PLR0917  # every one is needed
    fabric: Fabric,
    landscape: Landscape,
    urban: npt.NDArray[np.bool_],
    natural: npt.NDArray[np.bool_],
    luck: npt.NDArray[np.float64],
    second: npt.NDArray[np.float64],
) -> npt.NDArray[np.int16]:
    present = _draw_from(_FIELD_MIX, luck)
    hill = np.min([blob.reach(fabric.x, fabric.y) for blob in landscape.hills], axis=0) < 1.3  # noqa: PLR2004  # the foot of a hill
    present = np.where(natural, np.where(hill, _draw_from(_HILL_MIX, luck), _draw_from(_SHORE_MIX, luck)), present)
    present = np.where(urban, _draw_from(_URBAN_MIX, luck), present)
    # Homes gather in the middle, works at the rim.
    reach = np.min([blob.reach(fabric.x, fabric.y) for blob in landscape.centres], axis=0)
    lot = urban & ~fabric.street
    to_rim = lot & (present == code_number("0701")) & (reach > 0.75) & (second < 0.5)  # noqa: PLR2004  # the outer quarter
    to_core = lot & (present == code_number("0601")) & (reach < 0.45) & (second < 0.7)  # noqa: PLR2004  # the inner half
    present[to_rim], present[to_core] = code_number("0601"), code_number("0701")
    # A unit with a single lot is lived in.
    lots = np.bincount(fabric.unit[lot], minlength=len(fabric.codes))
    present[lot & (lots[fabric.unit] <= 2)] = code_number("0701")  # noqa: PLR2004  # too few to draw lots
    present[fabric.street] = code_number("1004")
    present[fabric.kind == LAKE] = code_number("1102")
    present[fabric.kind == RIVER] = code_number("1101")
    present[fabric.kind == ROAD] = code_number("1003")
    return present.astype(np.int16)


def _only_farmland_of_its_unit(fabric: Fabric, present: npt.NDArray[np.int16], field: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    fields = np.bincount(fabric.unit[field], minlength=len(fabric.codes))
    return np.asarray(field & (fields[fabric.unit] <= 2) & np.isin(present, CULTIVATED))  # noqa: PLR2004  # no room for a hamlet


def _let_every_unit_farm(fabric: Fabric, present: npt.NDArray[np.int16], field: npt.NDArray[np.bool_]) -> None:
    for u in range(len(fabric.codes)):
        own = np.flatnonzero(field & (fabric.unit == u))
        if not np.isin(present[own], CULTIVATED).any():
            present[own[np.argmax(fabric.area_m2[own])]] = code_number("0101")


def _tell_survey_apart(fabric: Fabric, present: npt.NDArray[np.int16], urban: npt.NDArray[np.bool_]) -> None:
    """Give every unit one code that only the survey has: few parcels could else be read in more than one classification."""
    unmistakable = _numbers("05H1", "08H1", "08H2")
    for u in range(len(fabric.codes)):
        own = fabric.unit == u
        if not np.isin(present[own], unmistakable).any():
            lots = np.flatnonzero(own & urban & ~fabric.street & ~np.isin(present, CULTIVATED))
            works = lots[present[lots] != code_number("0701")]
            present[works[0] if len(works) else lots[-1]] = code_number("05H1")


def _keep_four_fifths(
    fabric: Fabric, fit: npt.NDArray[np.bool_], cultivated: npt.NDArray[np.bool_], farmland: npt.NDArray[np.bool_]
) -> None:
    """Protect more fields in a unit that protects less of its cultivated land than the law keeps."""
    for u in range(len(fabric.codes)):
        own = fabric.unit == u
        missing = _LEAST_PROTECTED_SHARE * fabric.area_m2[own & cultivated].sum() - fabric.area_m2[own & farmland].sum()
        spare = np.flatnonzero(own & fit & ~farmland)
        spare = spare[np.argsort(-fabric.area_m2[spare], kind="stable")]
        farmland[spare[np.cumsum(fabric.area_m2[spare]) - fabric.area_m2[spare] < missing]] = True


def _one_field_each(fabric: Fabric, fit: npt.NDArray[np.bool_], farmland: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    extra = np.zeros(len(fabric), bool)
    for u in range(len(fabric.codes)):
        own = np.flatnonzero(fit & (fabric.unit == u))
        if len(own) and not farmland[own].any():
            extra[own[np.argmax(fabric.area_m2[own])]] = True
    return extra


def _keep_within_multiple(  # noqa: PLR0913, PLR0917  # every one is needed
    fabric: Fabric,
    urban: npt.NDArray[np.bool_],
    present: npt.NDArray[np.int16],
    base: npt.NDArray[np.int16],
    settlement: npt.NDArray[np.int8],
    base_settlement: npt.NDArray[np.int8],
) -> None:
    """In a unit of few lots one pond or barracks weighs too much: make it town, so that the boundary keeps its multiple."""
    for u in range(len(fabric.codes)):
        own = urban & (fabric.unit == u) & ~np.isin(present, CULTIVATED)
        own_m2 = fabric.area_m2[own].sum()
        built_m2 = fabric.area_m2[own & (base_settlement > 0)].sum()
        # Special land is built on and yet no town: the law counts towns alone.
        town_m2 = fabric.area_m2[own & np.isin(base_settlement, _TOWNS)].sum()
        if own_m2 > _MOST_BEFORE_GROWTH * built_m2 or own_m2 > _MOST_OF_TOWNS_BEFORE_GROWTH * town_m2:
            open_land = own & ~np.isin(settlement, _TOWNS)
            present[open_land], settlement[open_land] = code_number("0810"), 1
            base[own], base_settlement[own] = present[own], settlement[own]


def _grow(  # noqa: PLR0913, PLR0917  # every one is needed
    fabric: Fabric,
    zone: npt.NDArray[np.int8],
    field: npt.NDArray[np.bool_],
    present: npt.NDArray[np.int16],
    base_settlement: npt.NDArray[np.int8],
    block_luck: npt.NDArray[np.float64],
) -> None:
    """Let cores grow into the blocks of fields beside them, up to a share of what was built in the base year."""
    left, right, _ = fabric.plane.neighbours()
    beside = np.zeros(len(block_luck), bool)
    for one, other in ((left, right), (right, left)):
        beside[fabric.block[other[(zone[one] == CONCENTRATED) & field[other]]]] = True
    blocks = len(block_luck)
    area = np.bincount(fabric.block, fabric.area_m2, blocks)
    unit = np.zeros(blocks, np.int32)
    unit[fabric.block] = fabric.unit
    village = np.bincount(fabric.block, (present == code_number("0702")) & field, blocks) > 0
    fit = beside & (np.bincount(fabric.block, ~field, blocks) == 0) & ~village
    urban = np.isin(base_settlement, _TOWNS)
    built = np.bincount(fabric.unit[urban], fabric.area_m2[urban], len(fabric.codes))
    fields_left = np.bincount(fabric.unit[field], minlength=len(fabric.codes))
    sown = np.bincount(fabric.block, fabric.area_m2 * np.isin(present, CULTIVATED), blocks)
    by_block = np.zeros(blocks, np.int8)
    size = np.bincount(fabric.block, minlength=blocks)
    for u in range(len(fabric.codes)):
        own = np.flatnonzero(fit & (unit == u))
        own = own[np.argsort(block_luck[own], kind="stable")]
        room = _GROWTH_SHARE * built[u]
        fields_to_give = _GROWTH_ON_FIELDS_SHARE * sown[unit == u].sum()
        for b in own:
            if area[b] <= room and sown[b] <= fields_to_give and fields_left[u] - size[b] >= 2:  # noqa: PLR2004  # one field to keep, one to lose
                room -= area[b]
                fields_to_give -= sown[b]
                fields_left[u] -= size[b]
                by_block[b] = FLEXIBLE if block_luck[b] * 7 % 1 < 0.3 else CONCENTRATED  # noqa: PLR2004  # three in ten
    grown = by_block[fabric.block]
    zone[grown > 0] = grown[grown > 0]


def _leave_increment(  # noqa: PLR0913, PLR0917  # every one is needed
    fabric: Fabric,
    zone: npt.NDArray[np.int8],
    present: npt.NDArray[np.int16],
    base: npt.NDArray[np.int16],
    settlement: npt.NDArray[np.int8],
    base_settlement: npt.NDArray[np.int8],
) -> None:
    """In a unit of few lots one young lot is the whole increment: let it be as old as the others."""
    inside = zone > NO_ZONE
    for u in range(len(fabric.codes)):
        own = inside & (fabric.unit == u)
        young = own & (base_settlement == 0) & np.isin(settlement, _TOWNS)
        increment_m2 = fabric.area_m2[own & ~np.isin(base_settlement, _TOWNS)].sum()
        if fabric.area_m2[young].sum() > _MOST_OF_INCREMENT_SHARE * increment_m2:
            base[young], base_settlement[young] = present[young], settlement[young]


def _protect_at_least(
    fabric: Fabric, redline: npt.NDArray[np.bool_], fit: npt.NDArray[np.bool_], first: npt.NDArray[np.bool_], least_m2: float
) -> None:
    """Draw the redline around more open land until the city keeps what it has to: lakes and wild land first, the largest first."""
    missing_m2 = _ROOM_FOR_MEASURING * least_m2 - fabric.area_m2[redline].sum()
    spare = np.flatnonzero(fit & ~redline)
    spare = spare[np.lexsort((-fabric.area_m2[spare], ~first[spare]))]
    redline[spare[np.cumsum(fabric.area_m2[spare]) - fabric.area_m2[spare] < missing_m2]] = True


def _protect(
    fabric: Fabric,
    landscape: Landscape,
    natural: npt.NDArray[np.bool_],
    present: npt.NDArray[np.int16],
    luck: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int32], tuple[str, ...]]:
    blobs = (*landscape.hills, *landscape.lakes)
    places = (*(f"{blob.name}" for blob in blobs), "示例湿地")
    reach = np.array([blob.reach(fabric.x, fabric.y) for blob in blobs])
    place = reach.argmin(0).astype(np.int32)
    place[reach.min(0) > 1.6] = len(blobs)  # noqa: PLR2004  # too far off to bear the name
    lake_area = np.bincount(fabric.feature[fabric.kind == LAKE], fabric.area_m2[fabric.kind == LAKE], len(fabric.features))
    large = (fabric.kind == LAKE) & (lake_area[fabric.feature] > _LARGE_LAKE_M2)
    names = {name: number for number, name in enumerate(places)}
    for number, name in enumerate(fabric.features):
        if name in names:
            place[(fabric.feature == number) & (fabric.kind == LAKE)] = names[name]
    redline = large | (natural & ~np.isin(present, BUILT) & (luck < 0.9))  # noqa: PLR2004  # nine in ten
    for u in range(len(fabric.codes)):
        if not redline[fabric.unit == u].any():
            own = np.flatnonzero((fabric.unit == u) & (natural | (fabric.kind == LAKE)))
            redline[own[np.argmax(fabric.area_m2[own])]] = True
    return redline, place, places


def _towns(fabric: Fabric, seed: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Share each unit among its centres and a few more places, whole blocks at a time."""
    generator = np.random.default_rng([seed, 4])
    blocks = int(fabric.block.max()) + 1
    weight = np.bincount(fabric.block, fabric.area_m2, blocks)
    x = np.bincount(fabric.block, fabric.area_m2 * fabric.x, blocks) / weight
    y = np.bincount(fabric.block, fabric.area_m2 * fabric.y, blocks) / weight
    unit = np.zeros(blocks, np.int32)
    unit[fabric.block] = fabric.unit
    town = np.zeros(blocks, np.int32)
    towns: list[int] = []
    for u in range(len(fabric.codes)):
        own = np.flatnonzero(unit == u)
        count = int(np.clip(len(own) // 12, 1, 11))
        seeds = own[np.sort(generator.choice(len(own), count, replace=False))]
        distance = np.hypot(x[own][:, None] - x[seeds][None, :], y[own][:, None] - y[seeds][None, :])
        town[own] = len(towns) + distance.argmin(1)
        towns += [u] * count
    return town[fabric.block], np.array(towns, np.int32)
