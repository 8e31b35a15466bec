"""Mean width and the tolerance rule."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from lantu.engines.overlay.slivers import Tally, Tolerance, Weight, classify, classify_all, equal_rectangle, mean_width, must_report_sum

POLICY = Tolerance(ignore_area_m2=1.0, ignore_mean_width_m=0.1, doubtful_area_m2=66.67, doubtful_mean_width_m=0.5, ignored_sum_m2=66.67)


def test_a_border_copied_two_millimetres_off_then_it_is_numerical():
    strip = shapely.box(40_500_000, 3_400_000, 40_500_300, 3_400_000.002)
    width = mean_width([strip])[0]
    assert width == pytest.approx(0.002, abs=1e-8)
    assert strip.area == pytest.approx(0.6, abs=1e-5)
    assert classify(strip.area, width, POLICY) is Weight.NUMERICAL


def test_the_same_area_as_a_square_then_it_is_shown():
    square = shapely.box(0, 0, 0.8, 0.75)
    width = mean_width([square])[0]
    assert width == pytest.approx(0.75)
    assert classify(square.area, width, POLICY) is Weight.DOUBTFUL


@pytest.mark.parametrize(
    ("area", "width", "weight"),
    [
        (0.999, 0.0999, Weight.NUMERICAL),
        (1.0, 0.05, Weight.DOUBTFUL),
        (0.5, 0.1, Weight.DOUBTFUL),
        (66.66, 5.0, Weight.DOUBTFUL),
        (66.67, 0.5, Weight.REAL),
        (5000.0, 0.499, Weight.DOUBTFUL),
        (5000.0, 0.5, Weight.REAL),
    ],
)
def test_each_side_of_every_limit_then_the_weight_changes_there(area, width, weight):
    assert classify(area, width, POLICY) is weight
    assert classify_all(np.array([area]), np.array([width]), POLICY)[0] is weight


def test_a_sliver_along_a_winding_border_then_its_width_is_measured_along_the_border():
    path = shapely.linestrings([(x, 20 * np.sin(x / 10)) for x in np.arange(0, 300, 1.0)])
    sliver = path.buffer(0.05, cap_style="flat")
    assert mean_width([sliver])[0] == pytest.approx(0.1, rel=0.01)
    box = shapely.minimum_rotated_rectangle(sliver)
    assert mean_width([box])[0] > 300 * mean_width([sliver])[0]


def test_many_ignored_pieces_then_their_sum_is_reported():
    ignored = sum((Tally(1, 0.5) for _ in range(133)), Tally())
    assert (ignored.count, ignored.area_m2) == (133, 66.5)
    assert not must_report_sum(ignored, POLICY)
    assert must_report_sum(ignored + Tally(1, 0.5), POLICY)


def test_an_empty_polygon_then_its_width_is_nought():
    assert mean_width([shapely.Polygon()])[0] == 0


@given(st.floats(0.001, 100), st.floats(0.001, 1e4))
def test_a_rectangle_then_its_own_sides_come_back(width, extra):
    length = width + extra
    longer, shorter = equal_rectangle(np.array([length * width]), np.array([2 * (length + width)]))
    assert longer[0] == pytest.approx(length, rel=1e-6)
    assert shorter[0] == pytest.approx(width, rel=1e-6)
