"""The quantities plans speak of and the units they are stated in · 规划指标与计量单位."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import yaml

from lantu.vocabulary.errors import ReferenceMismatch
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity that plans speak of · 规划指标.

    Parameters
    ----------
    name
        Canonical name, such as ``cultivated_land_area``.
    text
        Name as people read it.
    dimension
        What its units measure: ``area``, ``volume``, ``persons``, ``share``, ``multiple``, ``area_per_person`` or
        ``length_density``.
    """

    name: str
    text: Text
    dimension: str


@cache
def _document() -> Mapping[str, Any]:
    text = resources.files("lantu.standards").joinpath("quantities.yaml").read_text(encoding="utf-8")
    return MappingProxyType(yaml.safe_load(text))


@cache
def load_quantities() -> Mapping[str, Quantity]:
    """Read every quantity · 读取规划指标.

    Returns
    -------
    Mapping of str to Quantity
        By canonical name.
    """
    records: dict[str, Any] = _document()["quantities"]
    return MappingProxyType(
        {name: Quantity(name, Text(record["en"], record["zh"]), record["dimension"]) for name, record in records.items()}
    )


@cache
def _factors() -> Mapping[str, Mapping[str, Fraction]]:
    factors: dict[str, dict[str, Fraction]] = {}
    for dimension, units in _document()["units"].items():
        factors[dimension] = {name: Fraction(record["factor"]) for unit, record in units.items() for name in (unit, *record["names"])}
    return MappingProxyType(factors)


def name_of(subject: str) -> Text:
    """Give the name of a quantity or list as people read it · 指标或清单名称.

    Parameters
    ----------
    subject
        Canonical name; one that is not known is given as it is.

    Returns
    -------
    Text
        The name.
    """
    known = load_quantities().get(subject)
    if known is not None:
        return known.text
    record = _document()["lists"].get(subject)
    return Text(subject, subject) if record is None else Text(record["en"], record["zh"])


@cache
def unit_signs() -> Mapping[str, Text]:
    """Give how every unit is written in either language · 各单位的写法.

    Returns
    -------
    Mapping of str to Text
        By every name that a unit goes by.
    """
    signs = {"degree": Text("°", "°")}
    for units in _document()["units"].values():
        for unit, record in units.items():
            international = "²" in record["sign"] or unit in {"m3", "percent"}
            signs[unit] = Text(record["sign"], record["sign"] if international else record["names"][0])
            signs |= {name: Text(record["sign"], name) for name in record["names"] if name}
    return MappingProxyType(signs)


def unit_sign(unit: str) -> Text:
    """Give how a unit is written in either language · 单位的写法.

    Parameters
    ----------
    unit
        Unit as stated, in Chinese or by its sign; one that is not known is given as it is.

    Returns
    -------
    Text
        The sign in English, the name as stated in Chinese.

    Examples
    --------
    >>> unit_sign("平方公里").en, unit_sign("平方公里").zh, unit_sign("m2").zh, unit_sign("lane").en
    ('km²', '平方公里', 'm²', 'lane')
    """
    return unit_signs().get(unit.strip(), Text(unit, unit))


def is_unit_of(unit: str, dimension: str) -> bool:
    """Tell whether a unit measures a dimension · 单位是否适用.

    Parameters
    ----------
    unit
        Unit as stated, in Chinese or by its sign.
    dimension
        As `Quantity.dimension`.

    Returns
    -------
    bool
        False for a unit that is not known.
    """
    return unit.strip() in _factors()[dimension]


def convert(value: float, source: str, target: str, dimension: str) -> float:
    """Convert a figure from one unit to another, exactly and unrounded · 单位换算.

    Parameters
    ----------
    value
        The figure.
    source
        Its unit.
    target
        Unit wanted.
    dimension
        What both measure.

    Returns
    -------
    float
        The figure in `target`.

    Raises
    ------
    ReferenceMismatch
        If one of them is no unit of the dimension.

    Examples
    --------
    >>> round(convert(193.77, "万亩", "平方公里", "area"), 4)
    1291.8
    """
    factors = _factors()[dimension]
    for unit in (source, target):
        if unit.strip() not in factors:
            known = ", ".join(name for name in factors if name)
            raise ReferenceMismatch(
                Text(f"{unit!r} is no unit of {dimension}; known are {known}.", f"“{unit}”不是可用的单位；可用：{known}。"),
                Text("State the figure in one of them.", "请改用其中之一。"),
            )
    return float(Fraction(value) * factors[source.strip()] / factors[target.strip()])
