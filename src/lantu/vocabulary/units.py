"""Areas in the units of the office, without a rounding on the way · 面积单位的精确换算."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from fractions import Fraction


class AreaUnit(Enum):
    """Units of area and the square metres in one of them, exactly · 面积单位.

    ``1 ha = 10 000 m² = 15 mu``; a mu 亩 is 2000/3 m², which no decimal fraction can hold, so
    factors are fractions.
    """

    M2 = Fraction(1)
    HA = Fraction(10_000)
    MU = Fraction(2_000, 3)
    KM2 = Fraction(1_000_000)
    TEN_THOUSAND_MU = Fraction(20_000_000, 3)


def convert_area(value: float | Decimal | Fraction, source: AreaUnit, target: AreaUnit) -> Fraction:
    """Convert an area exactly · 精确换算面积.

    Parameters
    ----------
    value
        The area; a float is taken at its exact binary value.
    source
        Unit of `value`.
    target
        Unit wanted.

    Returns
    -------
    fractions.Fraction
        The area in `target`, unrounded.

    Examples
    --------
    >>> float(convert_area(667, AreaUnit.M2, AreaUnit.MU))
    1.0005
    """
    return Fraction(value) * source.value / target.value


def round_for_print(value: Fraction | float | Decimal, places: int) -> Decimal:
    """Round once, at output, half up as the office does · 输出时一次四舍五入.

    Parameters
    ----------
    value
        The unrounded number.
    places
        Decimal places.

    Returns
    -------
    decimal.Decimal
        With exactly `places` decimals.

    Examples
    --------
    >>> round_for_print(convert_area(Decimal("666.67"), AreaUnit.M2, AreaUnit.MU), 4)
    Decimal('1.0000')
    """
    exact = Fraction(value)
    scaled = exact * 10**places
    whole = (abs(scaled) * 2 + 1) // 2
    sign = -1 if scaled < 0 else 1
    return (Decimal(sign * int(whole)).scaleb(-places)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def print_column(values: list[Fraction], places: int) -> tuple[list[Decimal], Decimal, int | None]:
    """Round a column so that it adds up to its rounded total · 平差：使各行之和等于合计.

    The total is that of the unrounded values. Where the rounded rows miss it, the largest row takes
    the difference, and its index is given so that the table can say so.

    Parameters
    ----------
    values
        Unrounded rows.
    places
        Decimal places.

    Returns
    -------
    tuple
        Rounded rows, rounded total, index of the adjusted row or None.

    Examples
    --------
    >>> print_column([Fraction(1, 3)] * 3, 1)
    ([Decimal('0.4'), Decimal('0.3'), Decimal('0.3')], Decimal('1.0'), 0)
    """
    rows = [round_for_print(value, places) for value in values]
    total = round_for_print(sum(values, Fraction(0)), places)
    difference = total - sum(rows, Decimal(0))
    if not rows or difference == 0:
        return rows, total, None
    largest = max(range(len(values)), key=lambda index: abs(values[index]))
    rows[largest] += difference
    return rows, total, largest
