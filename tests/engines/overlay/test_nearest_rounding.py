"""The nearest feature does not fall out by a rounding."""

import numpy as np
import pytest
import shapely

from lantu.engines.overlay.distances import nearest_distance


@pytest.mark.parametrize("seed", range(200))
def test_a_box_at_a_corner_is_found_though_its_bound_rounds_above_its_distance(seed):
    x, y = np.random.default_rng(seed).uniform(11, 1e5, 2)
    distance, row = nearest_distance(shapely.box(0, 0, 10, 10), np.array([shapely.box(x, y, x + 5, y + 5)], dtype=object))
    assert row == 0
    assert distance == pytest.approx(np.hypot(x - 10, y - 10))
