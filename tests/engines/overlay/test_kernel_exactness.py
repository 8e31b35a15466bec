"""Areas of intersections, judged by GEOS on what is hard for it and for us."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.engines.overlay.areas import planar_areas, self_overlaps
from lantu.engines.overlay.overlaying import overlay
from lantu.engines.overlay.polygons import Polygons

ZONE_PREFIXED = np.array([40_560_000.0, 3_460_000.0])
SUZHOU = np.array([560_000.0, 3_460_000.0])


def star(random, centre, radius, count):
    angle = (np.arange(count) + random.uniform(0, 0.9, count)) * 2 * np.pi / count
    reach = radius * random.uniform(0.3, 1.0, count)
    return shapely.Polygon(np.asarray(centre) + reach[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]))


def ragged(seed, centre, radius, count):
    random = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    waves = np.unique(np.geomspace(2, count // 8, 50).astype(int))
    swing = (0.2 / waves[:, None] ** 0.9 * np.sin(waves[:, None] * angle + random.uniform(0, 6.3, (len(waves), 1)))).sum(axis=0)
    return shapely.Polygon(np.asarray(centre) + radius * (1 + 0.5 * swing)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]))


def differences(left, right):
    """Difference from GEOS of every pair, as a share of the larger polygon's area."""
    left, right = np.asarray(left, dtype=object), np.asarray(right, dtype=object)
    product = overlay(left, right)
    ours = np.zeros((len(left), len(right)))
    ours[product.left, product.right] = product.area_m2
    truth = shapely.area(shapely.intersection(left[:, None], right[None]))
    larger = np.maximum(shapely.area(left)[:, None], shapely.area(right)[None])
    assert len(product.suspect) == 0
    return np.abs(ours - truth) / larger


@pytest.mark.parametrize("origin", [np.zeros(2), SUZHOU, ZONE_PREFIXED], ids=["origin", "EPSG:4549", "EPSG:4528"])
@pytest.mark.parametrize("count", [6, 40, 300])
def test_stars_agree_with_geos(origin, count):
    random = np.random.default_rng(count)
    left = [star(random, origin + random.uniform(0, 1000, 2), 400, count) for _ in range(15)]
    right = [star(random, origin + random.uniform(0, 1000, 2), 400, int(random.choice([6, 60, 1500]))) for _ in range(15)]
    assert differences(left, right).max() < 1e-10


def test_fifty_thousand_vertices_agree_with_geos():
    one = ragged(1, SUZHOU, 5000.0, 50_000)
    other = ragged(2, SUZHOU + 1500.0, 4000.0, 50_000)
    west, south = SUZHOU - 6000
    strips = [shapely.box(west, south + y, west + 12_000, south + y + 700.3) for y in range(0, 12_000, 700)]
    assert differences([one, *strips], [other]).max() < 1e-12
    product = overlay([one], [one, other])
    assert product.area_m2[0] == pytest.approx(one.area, rel=1e-13)


def test_coincident_edges_and_shared_boundaries_agree_with_geos():
    a = shapely.box(0, 0, 10, 10)
    cases = [
        a,
        shapely.box(10, 0, 20, 10),
        shapely.box(10, 10, 20, 20),
        shapely.box(0, 0, 5, 10),
        shapely.box(0, 3, 10, 7),
        shapely.box(-5, 0, 5, 10),
        shapely.box(2, 0, 8, 5),
        shapely.box(0, 10, 10, 20),
        shapely.Polygon([(0, 0), (10, 10), (0, 10)]),
        shapely.Polygon([(0, 0), (10, 0), (10, 10)]),
        shapely.box(0, 0, 10, 10).difference(shapely.box(2, 2, 8, 8)),
        shapely.box(2, 2, 8, 8),
        shapely.MultiPolygon([shapely.box(0, 0, 3, 3), shapely.box(3, 3, 6, 6), shapely.box(7, 0, 10, 10)]),
    ]
    cases = [shapely.affinity.translate(case, *SUZHOU) for case in cases]
    assert differences(cases, cases).max() < 1e-15
    turned = [shapely.affinity.rotate(case, 37.0, origin=tuple(SUZHOU)) for case in cases]
    # GEOS rounds crossings to the grid of coordinates, 5e-10 m here, along polygons of 10 m.
    assert differences(turned, turned).max() < 1e-10


def test_neighbours_of_a_tessellation_share_nothing():
    random = np.random.default_rng(3)
    nodes = np.stack(np.meshgrid(np.arange(21.0), np.arange(21.0)), axis=-1) + random.uniform(-0.3, 0.3, (21, 21, 2))
    nodes = SUZHOU + 97.3 * nodes
    cells = [shapely.Polygon([nodes[i, j], nodes[i, j + 1], nodes[i + 1, j + 1], nodes[i + 1, j]]) for i in range(20) for j in range(20)]
    product = overlay(cells, cells)
    np.testing.assert_array_equal(product.left, np.arange(400))
    np.testing.assert_array_equal(product.right, np.arange(400))
    assert product.contacts > 1000


@pytest.mark.parametrize("width", [1e-3, 1e-5, 1e-7])
def test_slivers_are_measured_and_not_lost(width):
    left = shapely.box(0, 0, 100, 100)
    product = overlay([left], [shapely.box(100 - width, 0, 200, 100)])
    assert product.area_m2.tolist() == pytest.approx([100 * width], rel=1e-6)


@pytest.mark.parametrize("lean", [0.0, 1e-9, 1e-7, 1e-3])
def test_nearly_vertical_edges_agree_with_geos(lean):
    left = [shapely.Polygon([(0, 0), (50, 0), (50 + lean, 4000), (lean, 4000)])]
    right = [
        shapely.Polygon([(25 - lean, 100), (90, 100), (90, 3000), (25, 3000)]),
        shapely.Polygon([(0, 0), (lean + 1e-8, 4000), (-30, 3900)]),
    ]
    for origin in (np.zeros(2), SUZHOU, ZONE_PREFIXED):
        moved = [[shapely.affinity.translate(shape, *origin) for shape in side] for side in (left, right)]
        moved = [[shape for shape in side if shape.is_valid] for side in moved]
        assert differences(*moved).max() < 1e-9


def test_holes_islands_and_parts_agree_with_geos():
    random = np.random.default_rng(7)
    outer = ragged(5, SUZHOU, 2000.0, 4000)
    holes = shapely.union_all([star(random, SUZHOU + random.uniform(-1200, 1200, 2), 150, 30) for _ in range(25)])
    islands = shapely.union_all([shapely.affinity.scale(part, 0.3, 0.3) for part in shapely.get_parts(holes)])
    ringed = outer.difference(holes).union(islands.intersection(holes))
    parts = [star(random, SUZHOU + random.uniform(-2000, 2000, 2), 600, 50) for _ in range(30)]
    assert ringed.geom_type == "MultiPolygon"
    assert differences(parts, [ringed, shapely.union_all(parts[:9]), outer]).max() < 1e-13


def test_direction_of_rings_does_not_matter():
    holed = shapely.box(0, 0, 10, 10).difference(shapely.box(3, 3, 6, 6))
    turned = [holed, shapely.reverse(holed), shapely.polygons(holed.exterior, [shapely.reverse(holed.interiors[0])])]
    product = overlay(turned, [shapely.box(4, 4, 20, 20)])
    assert product.area_m2.tolist() == [32.0] * 3
    assert planar_areas(Polygons.from_shapely(turned)).tolist() == [91.0] * 3


def test_a_crowded_point_ends_and_agrees():
    angle = np.linspace(0, np.pi, 2001)
    rim = np.column_stack([np.cos(angle), np.sin(angle)]) * 100
    fan = shapely.MultiPolygon([shapely.Polygon([(0, 0), rim[i], rim[i + 1]]) for i in range(0, 2000, 2)])
    other = shapely.affinity.rotate(fan, 0.05, origin=(0, 0))
    product = overlay([fan], [other])
    assert product.area_m2[0] == pytest.approx(fan.intersection(other).area, rel=1e-9)


def test_the_order_of_features_and_sides_and_threads_changes_no_bit():
    random = np.random.default_rng(11)
    left = np.array([star(random, SUZHOU + random.uniform(0, 3000, 2), 400, int(random.integers(5, 200))) for _ in range(150)])
    right = np.array([star(random, SUZHOU + random.uniform(0, 3000, 2), 700, int(random.integers(5, 400))) for _ in range(60)])
    plain = overlay(left, right, crs="EPSG:4549", threads=1)
    table = {(i, j): (a, e) for i, j, a, e in zip(plain.left, plain.right, plain.area_m2, plain.ellipsoidal_area_m2, strict=True)}
    assert len(table) > 1000
    shuffled_left, shuffled_right = random.permutation(150), random.permutation(60)
    again = overlay(right[shuffled_right], left[shuffled_left], crs="EPSG:4549", threads=3)
    pairs = zip(shuffled_left[again.right], shuffled_right[again.left], again.area_m2, again.ellipsoidal_area_m2, strict=True)
    assert {(i, j): (a, e) for i, j, a, e in pairs} == table
    some = overlay(left[20:30], right, crs="EPSG:4549")
    assert all(table[i + 20, j] == (a, e) for i, j, a, e in zip(some.left, some.right, some.area_m2, some.ellipsoidal_area_m2, strict=True))


def test_features_that_cross_themselves_are_found():
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    twice = shapely.MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(5, 5, 15, 15)])
    loose = shapely.Polygon(shapely.box(0, 0, 4, 4).exterior, [shapely.box(10, 10, 12, 12).exterior])
    sound = [shapely.box(0, 0, 1, 1), ragged(1, SUZHOU, 900.0, 3000), shapely.box(0, 0, 9, 9).difference(shapely.box(0, 0, 5, 5))]
    excess = self_overlaps(Polygons.from_shapely([bow, twice, loose, *sound, None]))
    assert (np.abs(excess[:3]) > 1).all()
    assert excess[3:].tolist() == [0.0] * 4


def test_an_impossible_coverage_makes_the_pair_suspect():
    twice = shapely.MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(5, 5, 15, 15)])
    product = overlay([shapely.box(6, 6, 8, 8), shapely.box(1, 1, 2, 2)], [twice])
    assert product.suspect.tolist() == [0]
    assert product.area_m2[1] == 1.0


def test_nothing_overlaps_nothing():
    for sides in (
        ([], []),
        ([None], [shapely.box(0, 0, 1, 1)]),
        ([shapely.Polygon()], [shapely.Polygon()]),
        ([shapely.box(0, 0, 1, 1)], []),
    ):
        product = overlay(*sides, crs="EPSG:4549", pieces="all")
        assert len(product) == 0
        assert product.ellipsoidal_area_m2.shape == (0,)


coordinate = st.integers(-40, 40)
triangle = st.tuples(coordinate, coordinate, coordinate, coordinate, coordinate, coordinate).map(
    lambda c: shapely.Polygon([(c[0], c[1]), (c[2], c[3]), (c[4], c[5])])
)


@settings(max_examples=150, deadline=None)
@given(st.lists(triangle, min_size=1, max_size=5), st.lists(triangle, min_size=1, max_size=5))
def test_any_polygons_on_a_grid_agree_with_geos(left, right):
    sides = [shapely.union_all([shape for shape in side if shape.area > 0] or [shapely.box(0, 0, 1, 1)]) for side in (left, right)]
    assert differences([sides[0]], [sides[1]]).max() < 1e-12


@settings(max_examples=60, deadline=None)
@given(triangle, st.integers(1, 7), st.integers(1, 7), st.floats(0.013, 0.97))
def test_parts_of_a_tessellation_sum_to_the_whole(shape, columns, lines, shift):
    x = np.linspace(-50, 50, columns + 1) + np.where(np.arange(columns + 1) % columns == 0, 0, shift)
    y = np.linspace(-50, 50, lines + 1) + np.where(np.arange(lines + 1) % lines == 0, 0, shift)
    cells = [shapely.box(x[i], y[j], x[i + 1], y[j + 1]) for i in range(columns) for j in range(lines)]
    product = overlay([shape], cells)
    assert product.area_m2.sum() == pytest.approx(shape.area, rel=1e-13, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(triangle, triangle, st.integers(-(2**22), 2**22), st.integers(0, 2**22))
def test_translation_changes_nothing(one, other, east, north):
    moved = overlay([shapely.affinity.translate(one, east, north)], [shapely.affinity.translate(other, east, north)])
    np.testing.assert_array_equal(moved.area_m2, overlay([one], [other]).area_m2)
