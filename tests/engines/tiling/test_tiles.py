"""Tiles hold what the layer holds: every feature, its shape within a cell, its neighbours' edges, its attributes."""

import numpy as np
import pyarrow as pa
import pyproj
import pytest
import shapely
from decoding import decoded, rings
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.engines.tiling.attributes import read_attributes
from lantu.engines.tiling.cutting import cut
from lantu.engines.tiling.encoding import Drawn, encode_tiles
from lantu.engines.tiling.grid_chains import BUFFER
from lantu.engines.tiling.shapes import read_shapes, shapes_of
from lantu.engines.tiling.web_mercator import HALF_WORLD_M, world_transform

CRS = "EPSG:4549"
EAST, NORTH = 500_000.0, 3_460_000.0


def tiles_of(geometries, z, columns=None, only=None):
    shapes = shapes_of(np.array(geometries, dtype=object))
    world = world_transform(CRS, shapes.box)(shapes.coords)
    names = tuple(columns or {"code": None})
    table = pa.table(columns or {"code": [str(row) for row in range(len(shapes))]})
    drawn = Drawn(cut(shapes, world, z, only), shapes.kind, np.arange(len(shapes)) + 1, read_attributes(table, names))
    return dict(encode_tiles("parcels", z, [drawn]))


def in_cells(geometry, place):
    """Project exactly, into the cells of a tile."""
    z, x, y = place
    transformer = pyproj.Transformer.from_crs(CRS, "EPSG:3857", always_xy=True)
    side = 2 * HALF_WORLD_M / (1 << z)

    def move(points):
        east, north = transformer.transform(points[:, 0], points[:, 1])
        return np.column_stack([(east + HALF_WORLD_M) / side * 4096 - x * 4096, (HALF_WORLD_M - north) / side * 4096 - y * 4096])

    return shapely.transform(geometry, move)


def near(first, second, cells):
    """Tell whether each of two shapes lies within some cells of the other."""
    if first.is_empty or second.is_empty:
        return first.is_empty == second.is_empty or max(first.area, second.area) < 2 * cells * (first.length + second.length)
    return first.buffer(cells).covers(second) and second.buffer(cells).covers(first)


def blob(seed, vertices, radius, *, hole=True, at=(0.0, 0.0)):
    random = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    distance = radius * random.uniform(0.5, 1.0, vertices)
    points = np.column_stack([EAST + at[0] + np.cos(angle) * distance, NORTH + at[1] + np.sin(angle) * distance])
    holes = [points.mean(axis=0) + (points - points.mean(axis=0)) * 0.3] if hole else []
    return shapely.Polygon(points, holes)


def sound(shape):
    """Mend what clipping a bent ring at an edge leaves: bridges of no width along the edge."""
    return shapely.make_valid(shape, method="structure", keep_collapsed=False)


def as_specified(own):
    """Build a polygon from its rings as the specification says: clockwise adds, anticlockwise takes away."""
    areas = [sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) for ring in own]
    polygons = [sound(shapely.Polygon(ring)) for ring in own]
    shells = [polygon for polygon, area in zip(polygons, areas, strict=True) if area > 0]
    holes = [polygon for polygon, area in zip(polygons, areas, strict=True) if area < 0]
    return shapely.difference(shapely.union_all(shells), shapely.union_all(holes))


# Drawn at 512 pixels, eight cells are a pixel; at a sharp corner half a cell across is several along.
HALF_A_PIXEL = 4
FRAME = shapely.box(-BUFFER, -BUFFER, 4096 + BUFFER, 4096 + BUFFER)


@pytest.mark.parametrize("z", [10, 13, 15])
@pytest.mark.parametrize("turned", [False, True])
def test_polygons_with_holes_are_what_shapely_clips_within_a_cell(z, turned):
    shape = blob(3, 60, 4_000)
    given_shape = shapely.reverse(shape) if turned else shape
    found = tiles_of([given_shape, shapely.MultiPolygon([blob(4, 30, 900, at=(9_000, 0)), blob(5, 40, 900, at=(9_000, 4_000))])], z)
    for place, content in found.items():
        for number, own in rings(content).items():
            original = [shape, shapely.MultiPolygon([blob(4, 30, 900, at=(9_000, 0)), blob(5, 40, 900, at=(9_000, 4_000))])][number - 1]
            expected = shapely.intersection(in_cells(original, place), FRAME)
            assert near(as_specified(own), expected, HALF_A_PIXEL), place
    covered = sum(as_specified(rings(item[1]).get(1, [])).intersection(shapely.box(0, 0, 4096, 4096)).area for item in found.items())
    side = 2 * HALF_WORLD_M / (1 << z) / 4096
    mercator = shapely.transform(
        shape,
        lambda points: np.column_stack(pyproj.Transformer.from_crs(CRS, "EPSG:3857", always_xy=True).transform(points[:, 0], points[:, 1])),
    )
    assert covered * side**2 == pytest.approx(mercator.area, rel=mercator.length / side / (mercator.area / side**2))


def test_outer_rings_run_clockwise_on_the_map_and_holes_against():
    for content in tiles_of([blob(3, 60, 4_000), shapely.reverse(blob(8, 60, 4_000))], 13).values():
        for own in rings(content).values():
            areas = [sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) for ring in own]
            assert areas[0] > 0
            assert sum(areas) > 0
            assert all(area != 0 for area in areas)
            assert all(ring[0] != ring[-1] for ring in own)


def test_lines_are_clipped_and_points_stand_in_their_tile():
    line = shapely.LineString([(EAST, NORTH), (EAST + 3_000, NORTH + 500), (EAST + 3_100, NORTH - 4_000), (EAST - 200, NORTH + 100)])
    points = shapely.MultiPoint([(EAST, NORTH), (EAST + 50_000, NORTH)])
    found = tiles_of([line, points, None, shapely.Polygon()], 14)
    seen = set()
    for place, content in found.items():
        shapes, _ = decoded((place, content))
        assert set(shapes) <= {1, 2}
        if 1 in shapes:
            assert near(shapes[1], shapely.intersection(in_cells(line, place), FRAME), 1.5)
        for point in shapely.get_parts(shapes.get(2, shapely.MultiPoint())):
            seen.add((place[1] * 4096 + round(point.x), place[2] * 4096 + round(point.y)))
    assert len(seen) == 2


def test_a_feature_smaller_than_a_cell_is_shown_as_a_cell():
    tiny = [shapely.box(EAST, NORTH, EAST + 0.5, NORTH + 0.5), shapely.LineString([(EAST, NORTH), (EAST + 0.1, NORTH)])]
    shapes, _ = decoded(next(iter(tiles_of(tiny, 8).items())))
    assert shapes[1].area == pytest.approx(1)
    assert shapes[2].length == pytest.approx(1)


def test_attributes_come_back_in_their_kinds():
    shapes = [shapely.box(EAST + 10 * step, NORTH, EAST + 10 * step + 9, NORTH + 9) for step in range(3)]
    columns = {"name": ["水田", "", None], "ratio": [1.5, None, -2.0], "built": [True, False, None]}
    _, found = decoded(next(iter(tiles_of(shapes, 15, columns).items())))
    assert {key: found["name"][key] for key in (1, 2)} == {1: "水田", 2: ""}
    assert found["name"][3] is None
    assert (found["ratio"][1], found["ratio"][3]) == (1.5, -2.0)
    assert np.isnan(found["ratio"][2])
    assert (found["built"][1], found["built"][2]) == (1, 0)


def test_a_single_tile_is_the_same_as_in_the_whole_zoom():
    shapes = [blob(seed, 40, 1_500, at=(1_000 * seed, 0)) for seed in range(8)]
    for place, content in tiles_of(shapes, 14).items():
        assert tiles_of(shapes, 14, only=place[1:])[place] == content


def test_a_tile_that_nothing_lies_in_is_not_made():
    assert tiles_of([blob(1, 40, 1_500)], 14, only=(0, 0)) == {}


def test_the_fitted_projection_keeps_a_millimetre_over_a_city():
    box = (430_000.0, 3_400_000.0, 560_000.0, 3_560_000.0)
    transform = world_transform(CRS, box)
    random = np.random.default_rng(1).uniform(box[:2], box[2:], (5_000, 2))
    east, north = pyproj.Transformer.from_crs(CRS, "EPSG:3857", always_xy=True).transform(random[:, 0], random[:, 1])
    exact = np.column_stack([(np.array(east) / HALF_WORLD_M + 1) / 2, (1 - np.array(north) / HALF_WORLD_M) / 2])
    assert len(transform.powers)
    assert 0 < transform.worst_m < 0.001
    assert np.abs(transform(random) - exact).max() * 2 * HALF_WORLD_M < 0.001


def test_a_projection_that_no_polynomial_follows_is_projected_vertex_by_vertex():
    transform = world_transform("EPSG:4326", (-179.0, -80.0, 179.0, 80.0))
    assert not len(transform.powers)
    assert transform(np.array([[0.0, 0.0], [180.0, 0.0]])) == pytest.approx(np.array([[0.5, 0.5], [1.0, 0.5]]))


def test_damaged_geometry_is_left_out_and_the_rest_kept():
    wkb = pa.array([shapely.to_wkb(shapely.box(0, 0, 1, 1)), b"\x01\x03\x00", None, shapely.to_wkb(shapely.Point(1, 1))], pa.large_binary())
    assert read_shapes(wkb).kind.tolist() == [3, 0, 0, 1]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), z=st.integers(11, 15), cells=st.integers(2, 5), size=st.floats(20, 900))
def test_neighbours_share_their_edges_and_nobody_is_lost(seed, z, cells, size):
    """A tessellation with T-junctions stays one: in every tile the shapes add up to their union and leave no gap of a cell."""
    random = np.random.default_rng(seed)
    corner = (
        np.stack(np.meshgrid(np.arange(cells + 1), np.arange(cells + 1)), axis=-1) * size
        + random.uniform(-0.25, 0.25, (cells + 1, cells + 1, 2)) * size
    )
    corner += [EAST, NORTH]
    shapes = []
    for line in range(cells):
        for column in range(cells):
            a, b, c, d = corner[line, column], corner[line, column + 1], corner[line + 1, column + 1], corner[line + 1, column]
            if random.random() < 0.3:
                middle = (a + b) / 2
                shapes += [shapely.Polygon([a, middle, d]), shapely.Polygon([middle, b, c, d])]
            else:
                shapes.append(shapely.Polygon([a, b, c, d]))
    found = tiles_of(shapes, z)
    whole = shapely.union_all(np.array(shapes))
    for item in list(found.items())[:: max(1, len(found) // 5)]:
        parts = np.array([as_specified(own) for own in rings(item[1]).values()])
        together = shapely.union_all(parts)
        gaps = shapely.difference(shapely.intersection(in_cells(whole, item[0]), FRAME).buffer(-2), together)
        assert gaps.is_empty or gaps.buffer(-0.51).is_empty
        assert shapely.area(parts).sum() - together.area <= shapely.length(parts).sum()
    assert {number for content in found.values() for number in rings(content)} == set(range(1, len(shapes) + 1))


def test_whole_numbers_that_no_double_holds_stay_what_they_are():
    """As text: a browser would round them, and an identifier of twenty digits is no number anyway."""
    large = [2**53 + 1, -(2**53) - 1, None, 7]
    square = shapely.box(EAST, NORTH, EAST + 50, NORTH + 50)
    (tile,) = tiles_of([square] * 4, 12, {"number": pa.array(large, pa.int64()), "small": pa.array([1, 2, 3, 2**53], pa.int64())}).items()
    _, told = decoded(tile)
    assert list(told["number"].values()) == ["9007199254740993", "-9007199254740993", None, "7"]
    assert list(told["small"].values()) == [1, 2, 3, 2**53]
