"""Exact areas, rounded once: worked example 1."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantu.vocabulary.units import AreaUnit, convert_area, print_column, round_for_print

AMOUNTS = st.fractions(min_value=0, max_value=10**10, max_denominator=10**4)


@pytest.mark.parametrize(
    ("value", "source", "target", "places", "printed"),
    [
        (Decimal("0.0667"), AreaUnit.HA, AreaUnit.MU, 4, "1.0005"),
        (Decimal(667), AreaUnit.M2, AreaUnit.MU, 4, "1.0005"),
        (Decimal("666.67"), AreaUnit.M2, AreaUnit.MU, 4, "1.0000"),
        (Decimal(1), AreaUnit.KM2, AreaUnit.MU, 2, "1500.00"),
        (Decimal("68.8"), AreaUnit.KM2, AreaUnit.TEN_THOUSAND_MU, 2, "10.32"),
        (Decimal("68.8"), AreaUnit.KM2, AreaUnit.HA, 0, "6880"),
        (Decimal("66.67"), AreaUnit.M2, AreaUnit.MU, 1, "0.1"),
    ],
)
def test_area_is_printed_as_the_office_does(value, source, target, places, printed):
    assert str(round_for_print(convert_area(value, source, target), places)) == printed


def test_hectare_is_fifteen_mu_exactly():
    assert convert_area(1, AreaUnit.HA, AreaUnit.MU) == 15
    assert convert_area(1, AreaUnit.MU, AreaUnit.M2) == Fraction(2000, 3)


@given(AMOUNTS, st.sampled_from(AreaUnit), st.sampled_from(AreaUnit))
def test_conversion_there_and_back_loses_nothing(value, source, target):
    assert convert_area(convert_area(value, source, target), target, source) == value


@pytest.mark.parametrize(("value", "printed"), [("0.125", "0.13"), ("-0.125", "-0.13"), ("0.1249999", "0.12"), ("2.675", "2.68")])
def test_half_goes_up_away_from_zero(value, printed):
    assert str(round_for_print(Decimal(value), 2)) == printed


@given(st.lists(AMOUNTS, min_size=1, max_size=12), st.integers(0, 4))
def test_column_adds_up_and_only_the_largest_row_gives(values, places):
    rows, total, adjusted = print_column(values, places)
    assert sum(rows, Decimal(0)) == total == round_for_print(sum(values, Fraction(0)), places)
    plain = [round_for_print(value, places) for value in values]
    moved = [index for index, row in enumerate(rows) if row != plain[index]]
    assert moved == ([] if adjusted is None else [adjusted])
    if adjusted is not None:
        assert values[adjusted] == max(values)


def test_empty_column_totals_nothing():
    assert print_column([], 2) == ([], Decimal("0.00"), None)
