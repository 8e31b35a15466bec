"""Columns are judged as a whole, whatever type they came in, and fast."""

import dataclasses
import time

import numpy as np
import pyarrow as pa
import pytest
import shapely

from lantu.engines.checking.columns import (
    as_mask,
    dates_of,
    feature_findings,
    is_blank,
    is_in,
    matches,
    numbers_of,
    repeated_values,
    rows_where,
    text_column,
)
from lantu.standards.rules import rules_named
from lantu.vocabulary.layer import Layer, layer_from_shapes


def layer(**columns):
    count = len(next(iter(columns.values())))
    return layer_from_shapes("road", {str(row): shapely.Point(row, 0) for row in range(count)}, **columns)


def test_blank_is_null_empty_or_white():
    assert is_blank(layer(a=["x", "", " ", "　", None]), "a").tolist() == [False, True, True, True, True]
    assert is_blank(layer(a=["x"]), "b").tolist() == [True]


def test_membership_and_patterns_ignore_outer_blanks_and_nulls():
    given = layer(a=[" 10", "30", None])
    assert is_in(given, "a", ["10", "20"]).tolist() == [True, False, False]
    assert matches(given, "a", r"\d0").tolist() == [True, True, False]
    assert matches(given, "a", "1|3").tolist() == [False, False, False]


def test_combinations_are_asked_once_each_and_blanks_never():
    asked = []

    def is_wrong(first, second):
        asked.append((first, second))
        return first == second

    given = layer(a=["x", "x", "y", "y", None, ""], b=["x", "y", "y", "y", "x", "y"])
    assert rows_where(given, ["a", "b"], is_wrong).tolist() == [0, 2, 3]
    assert sorted(asked) == [("x", "x"), ("x", "y"), ("y", "y")]


def test_numbers_come_from_any_type():
    assert np.array_equal(numbers_of(layer(a=["1.5", "-2e3", "many", None]), "a"), [1.5, -2000.0, np.nan, np.nan], equal_nan=True)
    assert numbers_of(layer(a=[1, 2]), "a").tolist() == [1.0, 2.0]
    assert np.isnan(numbers_of(layer(a=[None, None]), "a")).all()


@pytest.mark.parametrize("text", ["2025-06-30", "2025/6/30", "20250630", "2025年6月30日", "2025-06-30T00:00:00"])
def test_dates_come_in_many_forms(text):
    assert str(dates_of(layer(a=[text]), "a")[0]) == "2025-06-30"


def test_what_is_no_date_is_not_one():
    assert np.isnat(dates_of(layer(a=["2025-13-01", "soon", "", None, "2025"]), "a")).all()
    assert str(dates_of(layer(a=[20250630]), "a")[0]) == "2025-06-30"


def test_repeated_values_are_counted_in_order():
    assert repeated_values(layer(a=["b", "a", "b ", None, None, "", "", "c", "a", "b"]), "a") == {"b": 3, "a": 2}


def test_findings_take_their_values_by_row():
    given = layer(a=["x", "y", "z"])
    found = list(feature_findings(given, np.array([2, 0]), given.texts("a"), limit=np.array([1.0, 2.0, 3.0]), unit="m", values={"k": 5}))
    assert [(item.features, item.measured, item.limit, item.place.x) for item in found] == [
        (("2",), "z", 3.0, 2.0),
        (("0",), "x", 1.0, 0.0),
    ]
    assert found[0].values == {"k": 5}


def test_masks_and_texts_of_empty_layers_are_empty():
    empty = layer_from_shapes("road", {}, a=pa.array([], pa.string()))
    assert as_mask(pa.chunked_array([pa.array([True, None])])).tolist() == [True, False]
    assert len(text_column(empty, "a")) == 0
    assert rows_where(empty, ["a"], bool).tolist() == []


def test_rules_speak_of_codes_and_those_below_them():
    rule = next(rule for rule in rules_named("settlement_code_present") if rule.classification == "third-survey")
    assert [rule.applies_to(code) for code in ("0601", "1004", "1006", "0101")] == [True, True, False, False]
    assert not any(rule.certain for rule in rules_named("settlement_code_value"))


def test_a_million_rows_take_less_than_three_cpu_seconds():
    count = 1_000_000
    generator = np.random.default_rng(1)
    codes = np.array(["0101", "0601", "9999"])[generator.integers(0, 3, count)]
    table = pa.table({"identifier": np.arange(count).astype(str), "a": codes, "b": generator.random(count).astype("U6")})
    wkb = pa.chunked_array([pa.nulls(count, pa.large_binary())])
    big = dataclasses.replace(Layer("road", table, wkb, "EPSG:4549"), source="test")
    started = time.process_time()
    assert len(rows_where(big, ["a"], lambda code: code == "9999")) == int((codes == "9999").sum())
    assert repeated_values(big, "identifier") == {}
    assert is_blank(big, "b").sum() == 0
    assert matches(big, "b", r"0\.\d+").sum() > 0
    assert time.process_time() - started < 3
