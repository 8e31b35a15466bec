"""Intersections that are traced from crossing to crossing equal those of GEOS; what is not plain is refused."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.engines.overlay import pieces as pieces_module
from lantu.engines.overlay.overlaying import overlay
from lantu.engines.overlay.polygons import Polygons
from lantu.engines.overlay.tracing import Side, trace_pairs

EAST, NORTH = 523_000.0, 3_462_000.0
SQUARE = shapely.box(0, 0, 10, 10)


def side(*shapes):
    polygons = Polygons.from_shapely(np.array(shapes, dtype=object))
    nothing = np.zeros(1, np.int64)
    return Side(
        polygons.coords,
        polygons.ring_start,
        polygons.feature_start,
        np.empty((0, 2)),
        nothing,
        nothing,
        np.arange(len(shapes), dtype=np.int64),
    )


def traced(one, other):
    """Parts of the intersection of one pair, None where it was refused."""
    found = trace_pairs(side(one), side(other))
    if np.isnan(found.area[0]):
        return None
    rings = [shapely.Polygon(found.coords[begin:end]) for begin, end in zip(found.ring_start, found.ring_start[1:], strict=False)]
    assert found.area[0] == pytest.approx(sum(ring.area for ring in rings), rel=1e-12)
    assert found.length[0] == pytest.approx(sum(ring.length for ring in rings), rel=1e-12)
    return shapely.MultiPolygon(rings)


def star(seed, vertices, east, north, size):
    """A ring around a place, its vertices at random distances."""
    chance = np.random.default_rng(seed)
    angle = (np.arange(vertices) + chance.uniform(0, 0.4, vertices)) * 2 * np.pi / vertices
    reach = size * chance.uniform(0.2, 1.0, vertices)
    return shapely.Polygon(np.column_stack([EAST + east + reach * np.cos(angle), NORTH + north + reach * np.sin(angle)]))


def test_two_rings_cross_twice_then_their_common_ground_is_traced_clockwise():
    found = trace_pairs(side(SQUARE), side(shapely.box(5, 4, 20, 20)))
    assert found.area[0] == 30.0
    assert found.length[0] == 22.0
    assert shapely.equals(shapely.Polygon(found.coords), shapely.box(5, 4, 10, 10))
    assert not shapely.is_ccw(shapely.LinearRing(found.coords))


@pytest.mark.parametrize("turned", [False, True])
def test_a_comb_over_an_edge_then_each_tooth_is_a_part(turned):
    comb = shapely.Polygon([(1, 8), (9, 8), (9, 12), (8, 12), (8, 9), (6, 9), (6, 12), (4, 12), (4, 9), (2, 9), (2, 12), (1, 12)])
    roof = shapely.box(-5, 10, 20, 15)
    one, other = (roof, comb.reverse()) if turned else (comb, roof)
    found = traced(one, other)
    assert len(found.geoms) == 3
    assert found.symmetric_difference(comb.intersection(roof)).area < 1e-14


def test_both_crossings_lie_on_one_edge_then_the_ring_goes_all_the_way_round():
    wedge = shapely.Polygon([(4, -5), (6, -5), (5, 3)])
    assert traced(SQUARE, wedge).area == pytest.approx(wedge.intersection(SQUARE).area, rel=1e-15)
    bay = shapely.box(-5, -5, 15, 15).difference(shapely.Polygon([(4, -6), (6, -6), (5, 3)]))
    assert traced(SQUARE, bay).area == pytest.approx(bay.intersection(SQUARE).area, rel=1e-15)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(SQUARE, shapely.box(10, 0, 20, 10), id="shared edge"),
        pytest.param(SQUARE, shapely.box(5, 0, 15, 10), id="shared stretches"),
        pytest.param(SQUARE, shapely.Polygon([(5, 5), (20, 0), (20, 20), (5, 10)]), id="vertex on an edge"),
        pytest.param(SQUARE, shapely.Polygon([(0, 10), (10, 0), (20, 20)]), id="crossing at vertices"),
        pytest.param(SQUARE, shapely.box(2, 2, 3, 3), id="one within the other"),
        pytest.param(SQUARE, shapely.box(20, 20, 30, 30), id="apart"),
        pytest.param(SQUARE.difference(shapely.box(4, 4, 5, 5)), shapely.box(5, 5.5, 20, 20), id="a hole"),
        pytest.param(shapely.union(SQUARE, shapely.box(30, 0, 40, 10)), shapely.box(5, 5, 35, 20), id="two parts"),
        pytest.param(SQUARE, shapely.box(5, np.nextafter(10, 0), 20, 20), id="a sliver of one grid step"),
    ],
)
def test_what_is_not_plain_is_refused(one, other):
    assert traced(one, other) is None
    assert traced(other, one) is None


def test_a_ring_too_long_or_crossed_too_often_is_refused():
    saw = np.column_stack([np.arange(0, 70, 0.5), np.where(np.arange(140) % 2, 1.0, -1.0)])
    many = shapely.Polygon([*saw, (69.5, 20), (0, 20)])
    assert traced(many, shapely.box(-1, -5, 71, 0.123)) is None
    assert traced(shapely.Point(0, 0).buffer(10, quad_segs=200), SQUARE) is None


@given(st.integers(0, 10**6), st.integers(3, 60), st.integers(3, 60), st.floats(-80, 80), st.floats(-80, 80))
@settings(max_examples=400, deadline=None)
def test_traced_stars_equal_those_of_geos(seed, one_vertices, other_vertices, east, north):
    one, other = star(seed, one_vertices, 0, 0, 60.0), star(seed + 1, other_vertices, east, north, 50.0)
    found = traced(one, other)
    truth = shapely.intersection(one, other)
    if found is None:
        return
    assert found.is_valid
    assert len(found.geoms) == shapely.get_num_geometries(truth)
    assert found.symmetric_difference(truth).area <= 1e-7
    assert found.area == pytest.approx(truth.area, rel=1e-9, abs=1e-6)


def test_most_random_stars_are_traced_and_none_is_missed():
    pairs = [(star(seed, 12, 0, 0, 60.0), star(seed + 1, 15, 40.0, 10.0, 50.0)) for seed in range(300)]
    plain = [pair for pair in pairs if pair[0].boundary.intersects(pair[1].boundary)]
    assert sum(traced(*pair) is not None for pair in plain) == len(plain) > 290


# Borders along one straight line, their vertices rounded each by itself: the crossings are certain and ill-placed.
SAME_BORDER = {
    "EPSG:4549": (
        (
            "POLYGON ((523010.91752108256 3462036.6114387037, 523068.06056269474 3462062.7421661518, "
            "523159.99837621045 3462104.7840645057, "
            "523123.75289601955 3462130.4468032, 522990.1241398731 3462082.0826966353, 523010.91752108256 3462036.6114387037))"
        ),
        (
            "POLYGON ((523080.28752412775 3462068.3333875444, 523101.15942971903 3462077.8778230688, 523174.01406084077 3462135.57372754, "
            "523110.41040635185 3462030.053951662, 523080.28752412775 3462068.3333875444))"
        ),
    ),
    "EPSG:4528": (
        (
            "POLYGON ((40523072.6816683 3462112.3862031996, 40523110.9770745 3462136.84816482, 40523189.83963605 3462187.2232135665, "
            "40523181.788202606 3462220.691027979, 40523045.76575815 3462154.523286406, 40523072.6816683 3462112.3862031996))"
        ),
        (
            "POLYGON ((40523049.68148139 3462097.6943707834, 40523174.94580237 3462177.70947748, 40523260.4825446 3462264.3880941235, "
            "40523149.91712506 3462078.833355694, 40523049.68148139 3462097.6943707834))"
        ),
    ),
}


@pytest.mark.parametrize("crs", SAME_BORDER)
def test_a_border_drawn_twice_then_a_traced_ring_that_crosses_itself_is_not_taken(crs):
    one, other = (shapely.from_wkt(text) for text in SAME_BORDER[crs])
    assert not traced(one, other).is_valid
    product = overlay([one], [other], pieces="all")
    assert product.pieces[0].is_valid
    assert product.pieces[0].area == pytest.approx(shapely.intersection(one, other).area, abs=1e-5)


def test_a_shell_that_touches_itself_then_the_piece_has_a_hole():
    shell = shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10), (0, 5), (3, 7), (7, 7), (7, 3), (3, 3), (0, 5)])
    product = overlay([shell], [shapely.box(-1, -1, 11, 8)], pieces="all")
    assert product.pieces[0].is_valid
    assert product.pieces[0].area == 58.0


def test_a_traced_piece_of_another_area_than_the_kernel_found_is_left_to_geos(monkeypatch):
    honest = pieces_module.trace_pairs
    monkeypatch.setattr(pieces_module, "trace_pairs", lambda one, other: (got := honest(one, other))._replace(area=got.area * 1.000001))
    product = overlay([SQUARE], [shapely.box(5, 4, 20, 20)], pieces="all")
    assert shapely.equals(product.pieces[0], shapely.box(5, 4, 10, 10))
    assert len(product.suspect) == 0
