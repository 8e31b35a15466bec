"""Limits: what holds on which day, and who says so."""

import datetime as dt

import pytest

from lantu.standards.limits import limits_with, load_limits
from lantu.vocabulary.errors import LimitUnknown

TODAY = dt.date(2026, 1, 1)


@pytest.mark.parametrize(
    ("name", "value", "certain"),
    [
        ("farmland_share_of_cultivated", 0.8, True),
        ("state_council_cultivated_ha", 35.0, True),
        ("state_council_other_ha", 70.0, True),
        ("increment_left_2026_2030_share", 0.35, True),
        ("increment_left_2031_2035_share", 0.25, True),
        ("expansion_multiple", 1.3, False),
        ("border_meeting_m", 20.0, False),
        ("incompatible_distance_m", 100.0, False),
        ("minimum_construction_area_m2", 200.0, True),
        ("minimum_agricultural_area_m2", 400.0, True),
        ("doubtful_area_m2", 66.67, False),
    ],
)
def test_limit_has_the_value_of_its_source(name, value, certain):
    limit = limits_with({}, "none").on(name, TODAY)
    assert limit.value == value
    assert limit.certain is certain
    assert limit.source.en
    assert limit.source.zh


def test_a_limit_that_names_its_own_source_cites_it_instead_of_the_documents():
    limits = limits_with({}, "none")
    assert limits.on("zone_half_width_degrees", TODAY).source.en == "Definition of the 3° Gauss-Krüger zones"
    assert limits.on("farmland_share_of_cultivated", TODAY).source.en == "土地管理法 (2019 amendment), Art. 33"
    assert limits.on("farmland_share_of_cultivated", TODAY).source.zh == "《土地管理法》（2019年修正），第33条"


def test_no_limit_holds_before_its_first_day():
    limits = limits_with({}, "none")
    with pytest.raises(LimitUnknown):
        limits.on("increment_left_2026_2030_share", dt.date(2023, 10, 7))
    assert limits.on("increment_left_2026_2030_share", dt.date(2023, 10, 8)).value == 0.35


def test_sixty_per_cent_of_the_increment_is_kept_for_later_periods():
    limits = limits_with({}, "none")
    left = sum(limits.on(f"increment_left_{period}_share", TODAY).value for period in ("2026_2030", "2031_2035"))
    assert 15.00 * (1 - left) == pytest.approx(6.00)


def test_every_limit_is_told_in_both_languages_and_stands_once():
    entries = load_limits()
    assert [limit.name for limit in entries if not (limit.note.en and limit.note.zh)] == []
    keys = [(limit.name, limit.since) for limit in entries]
    assert len(keys) == len(set(keys))


def test_limit_nobody_wrote_down_is_unknown():
    with pytest.raises(LimitUnknown, match="no_such_limit"):
        limits_with({}, "none").on("no_such_limit", TODAY)
