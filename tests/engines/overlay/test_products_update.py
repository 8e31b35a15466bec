"""Products shared, archived and brought up to date; pieces; nearest distances."""

import dataclasses

import numpy as np
import pyarrow as pa
import pytest
import shapely

from lantu.engines.overlay import products as products_module
from lantu.engines.overlay.distances import nearest_distance
from lantu.engines.overlay.overlaying import overlay
from lantu.engines.overlay.polygons import Polygons
from lantu.engines.overlay.products import Products
from lantu.engines.overlay.updating import match_features, update
from lantu.vocabulary.errors import GeometryInvalid, ReferenceMismatch
from lantu.vocabulary.layer import Layer, layer_from_shapes

EAST, NORTH = 560_000.0, 3_460_000.0


class MemoryArchive(dict):
    def put(self, key, table):
        self[key] = table


def grid(count, size, shift):
    return {
        f"{x}-{y}": shapely.box(
            EAST + x * size + shift, NORTH + y * size + shift, EAST + (x + 1) * size + shift, NORTH + (y + 1) * size + shift
        )
        for x in range(count)
        for y in range(count)
    }


def blob(seed, count, radius, x=0.0, y=0.0):
    random = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    waves = np.unique(np.geomspace(2, count // 8, 50).astype(int))
    swing = (0.3 / waves[:, None] ** 0.9 * np.sin(waves[:, None] * angle + random.uniform(0, 6.3, (len(waves), 1)))).sum(axis=0)
    rim = radius * (1 + 0.5 * swing)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return shapely.Polygon(np.array([EAST + x, NORTH + y]) + rim)


def assert_same(one, other):
    for part in dataclasses.fields(one):
        np.testing.assert_array_equal(getattr(one, part.name), getattr(other, part.name), err_msg=part.name)


def test_an_updated_product_is_that_of_a_full_overlay_bit_for_bit():
    left, right = grid(20, 100.0, 0.0), grid(12, 170.0, 33.3)
    left["blob"], right["blob"] = blob(1, 3000, 700.0, 900, 900), blob(2, 2000, 500.0, 600, 900)
    new_left = dict(reversed(left.items()))
    del new_left["3-3"]
    new_left["7-7"] = shapely.affinity.rotate(new_left["7-7"], 20)
    new_left["added"] = blob(3, 90, 150.0, 500, 500)
    new_right = {key: shape for key, shape in right.items() if key not in {"2-2", "5-9"}}
    new_right["6-6"] = blob(4, 200, 80.0, 1100, 1100)
    layers = [layer_from_shapes("land_use", shapes) for shapes in (left, new_left, right, new_right)]
    old = overlay(layers[0], layers[2])
    full = overlay(layers[1], layers[3])
    assert_same(update(old, *layers), full)
    assert_same(update(old, layers[0], layers[0], layers[2], layers[3]), overlay(layers[0], layers[3]))
    assert_same(update(old, layers[0], layers[0], layers[2], layers[2]), old)


def test_only_what_changed_is_measured(monkeypatch):
    shapes = grid(20, 100.0, 0.0)
    changed = shapes | {"4-4": shapely.affinity.scale(shapes["4-4"], 0.5, 0.5)}
    left, new_left = layer_from_shapes("land_use", shapes), layer_from_shapes("land_use", changed)
    right = layer_from_shapes("zoning", grid(12, 170.0, 33.3))
    archive = MemoryArchive()
    Products(archive).overlay(left, right)
    monkeypatch.setattr(products_module, "overlay", None)  # a full overlay would call None
    later = Products(archive)
    later.follows(new_left, left)
    assert_same(later.overlay(new_left, right), overlay(new_left, right))
    assert sum(key.startswith("overlay/") for key in archive) == 2
    assert_same(Products(archive).overlay(new_left, right), overlay(new_left, right))


def stored(layer):
    return dataclasses.replace(layer, version=layer.content_hash)


@pytest.mark.parametrize("before", [{}, {"line": shapely.LineString([(EAST, NORTH), (EAST + 1, NORTH)])}], ids=["nothing", "no polygon"])
def test_a_layer_that_held_no_polygon_before_is_measured(before):
    old, new = layer_from_shapes("land_use", before), layer_from_shapes("land_use", before | grid(2, 100.0, 0.0))
    products = Products()
    products.feature_areas(old)
    products.follows(new, old)
    assert_same(products.feature_areas(new), Products().feature_areas(new))
    assert products.feature_areas(new).sound.sum() == 4


def test_a_vertex_astray_in_a_polygon_that_crosses_itself_leaves_the_others_their_areas():
    astray = shapely.Polygon([(EAST, NORTH), (EAST * 1e5, NORTH + 9), (EAST + 9, NORTH), (EAST, NORTH + 9)])
    areas = Products().feature_areas(
        layer_from_shapes("land_use", {"good": shapely.box(EAST, NORTH, EAST + 100, NORTH + 100), "astray": astray})
    )
    assert areas.sound.tolist() == [True, False]
    assert areas.ellipsoidal_m2[0] == pytest.approx(10_000 * (1 - 86.6e-6), rel=4e-6)


def test_a_missing_polygon_has_no_area_and_costs_no_second_measuring(monkeypatch):
    layer = layer_from_shapes("land_use", grid(3, 100.0, 0.0) | {"none": None, "empty": shapely.Polygon()})
    rows = []
    whole = products_module.ellipsoidal_areas
    monkeypatch.setattr(
        products_module, "ellipsoidal_areas", lambda *given, **by_name: rows.append(len(given[0])) or whole(*given, **by_name)
    )
    areas = Products().ellipsoidal_areas(layer)
    assert areas[9:].tolist() == [0.0, 0.0]
    assert areas[:9].sum() == pytest.approx(90_000 * (1 - 86.6e-6), rel=4e-6)
    assert rows == [9, 2]


def test_small_parts_without_a_version_are_not_archived():
    archive = MemoryArchive()
    Products(archive).feature_areas(layer_from_shapes("land_use", grid(3, 100.0, 0.0)))
    assert not any(key.startswith("areas/") for key in archive)
    Products(archive).feature_areas(layer_from_shapes("land_use", grid(32, 100.0, 0.0)))
    assert any(key.startswith("areas/") for key in archive)


def test_areas_outlive_the_process_and_only_what_changed_is_measured(monkeypatch):
    bow_tie = shapely.Polygon([(EAST, NORTH), (EAST + 9, NORTH + 9), (EAST + 9, NORTH), (EAST, NORTH + 9)])
    odd = {"line": shapely.LineString([(EAST, NORTH), (EAST + 1, NORTH)]), "bow-tie": bow_tie, "nothing": None}
    shapes = grid(9, 100.0, 0.37) | {"blob": blob(1, 3000, 700.0)} | odd
    changed = dict(reversed(shapes.items())) | {"4-4": blob(2, 900, 90.0, 400, 400), "0-0": odd["line"]}
    changed |= {"new": blob(3, 500, 50.0), "line": shapes["0-0"]}
    del changed["1-1"]
    old, new = stored(layer_from_shapes("land_use", shapes)), stored(layer_from_shapes("land_use", changed))
    anew, archive = Products().feature_areas(new), MemoryArchive()
    Products(archive).feature_areas(old)
    rows = []
    whole = products_module.ellipsoidal_areas
    monkeypatch.setattr(
        products_module, "ellipsoidal_areas", lambda *given, **by_name: rows.append(len(given[0])) or whole(*given, **by_name)
    )
    later = Products(archive)
    later.follows(new, old)
    assert_same(later.feature_areas(new), anew)
    assert rows == [3]  # the blobs that came, and the line that became a square
    assert_same(Products(archive).feature_areas(new), anew)
    assert rows == [3]
    at = {name: row for row, name in enumerate(changed)}
    assert [bool(anew.polygonal[at[name]]) for name in ("blob", "bow-tie", "line", "0-0", "nothing")] == [True, True, True, False, False]
    assert not anew.sound[at["bow-tie"]]
    assert np.isnan(anew.ellipsoidal_m2[[at["bow-tie"], at["0-0"], at["nothing"]]]).all()
    assert anew.ellipsoidal_m2[at["line"]] == pytest.approx(10_000 * (1 - 86.6e-6), rel=4e-6)


def test_features_are_matched_by_id_and_geometry():
    a, b, c = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(2, 0, 3, 1)
    old = layer_from_shapes("land_use", {"a": a, "b": b, "c": c})
    came_from, went_to = match_features(old, layer_from_shapes("land_use", {"c": c, "d": a, "b": shapely.box(1, 0, 2, 2)}))
    assert came_from.tolist() == [2, -1, -1]
    assert went_to.tolist() == [-1, -1, 0]
    nothing = layer_from_shapes("land_use", {"a": a, "b": None, "c": None})
    assert match_features(nothing, layer_from_shapes("land_use", {"a": a, "b": None, "c": c}))[0].tolist() == [0, 1, -1]
    twice = Layer("land_use", pa.table({"identifier": ["a", "a"]}), layer_from_shapes("x", {"1": a, "2": a}).wkb, "EPSG:4549")
    assert match_features(old, twice)[0].tolist() == [0, -1]


def test_products_are_computed_once_and_remember_their_pieces():
    left, right = layer_from_shapes("land_use", grid(6, 100.0, 0.0)), layer_from_shapes("zoning", grid(4, 170.0, 33.3))
    products = Products()
    product = products.overlay(left, right)
    assert products.overlay(left, right) is product
    mask = product.area_m2 > 2000
    pieces = products.pieces(left, right, mask)
    assert len(pieces) == mask.sum() > 5
    np.testing.assert_allclose(shapely.area(pieces), product.area_m2[mask], rtol=1e-12)
    assert all(one is other for one, other in zip(pieces, products.pieces(left, right, mask), strict=True))
    assert products.planar_areas(left).tolist() == [10_000.0] * 36
    np.testing.assert_allclose(products.ellipsoidal_areas(left), 10_000 * (1 - 86.6e-6), rtol=4e-6)
    assert products.self_overlaps(right).tolist() == [0.0] * 16
    assert products.remember("key", lambda: 5) == products.remember("key", lambda: 6) == 5


def test_layers_in_different_crs_are_not_overlaid():
    left = layer_from_shapes("land_use", grid(1, 100.0, 0.0))
    right = layer_from_shapes("zoning", grid(1, 100.0, 0.0), crs="EPSG:4528")
    with pytest.raises(ReferenceMismatch, match="EPSG:4549, the other in EPSG:4528"):
        Products().overlay(left, right)


def test_a_layer_of_lines_is_refused_or_skipped_as_asked():
    layer = layer_from_shapes("land_use", {"a": shapely.box(EAST, NORTH, EAST + 1, NORTH + 1), "b": shapely.LineString([(0, 0), (1, 1)])})
    with pytest.raises(GeometryInvalid, match="row 1 is no polygon"):
        Products().overlay(layer, layer)
    lenient = Products(other="skip")
    assert lenient.overlay(layer, layer).left.tolist() == [0]
    assert lenient.polygons(layer).skipped.tolist() == [1]


@pytest.mark.parametrize("origin", [0.0, 39_440_000.0], ids=["EPSG:4549", "EPSG:4528"])
def test_pieces_of_large_polygons_equal_those_of_geos(origin):
    holed = blob(1, 20_000, 2000.0).difference(
        shapely.union_all([blob(s, 300, 150.0, 400 * (s % 4) - 600, 400 * (s // 4) - 800) for s in range(12)])
    )
    several = shapely.union_all([holed, blob(5, 900, 150.0, 3000, 0), blob(6, 200, 40.0, 0, 0)])
    right = np.array([shapely.affinity.translate(shape, origin) for shape in (holed, several, shapely.reverse(holed))])
    cells = [shapely.affinity.translate(shape, origin - 2000, -2000) for shape in grid(25, 180.7, 0.0).values()]
    left = np.array([*cells, shapely.affinity.translate(blob(9, 15_000, 1500.0, 500, 300), origin)])
    product = overlay(left, right, pieces="all")
    truth = shapely.intersection(left[product.left], right[product.right])
    assert len(product) > 700
    assert len(product.suspect) == 0
    assert shapely.is_valid(product.pieces).all()
    np.testing.assert_array_less(shapely.area(shapely.symmetric_difference(product.pieces, truth)), 1e-5)
    np.testing.assert_allclose(shapely.area(product.pieces), product.area_m2, rtol=1e-9, atol=1e-5)


def test_pieces_keep_areas_only_and_come_only_where_asked_for():
    left = [shapely.box(0, 0, 10, 10)]
    comb = shapely.union_all([shapely.box(10, 0, 12, 10), shapely.box(5, 2, 12, 4), shapely.box(9, 6, 11, 7)])
    product = overlay(left, [comb, shapely.box(0, 0, 1, 1)], pieces=lambda product: product.area_m2 > 5)
    assert product.area_m2.tolist() == [11.0, 1.0]
    assert product.pieces[0].geom_type == "MultiPolygon"
    assert product.pieces[0].area == 11.0
    assert product.pieces[1] is None


def test_a_feature_inside_another_is_its_own_piece():
    inner = blob(3, 40, 50.0)
    product = overlay([inner], [blob(1, 5000, 1000.0)], pieces="all")
    assert shapely.equals_exact(product.pieces[0], inner)


def test_pieces_of_invalid_features_are_suspect_where_geos_disagrees():
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    product = overlay([bow, shapely.box(20, 20, 30, 30)], [shapely.box(-1, -1, 6, 11), shapely.box(25, 25, 40, 40)], pieces="all")
    assert product.suspect.tolist() == [0]
    assert product.pieces[1].area == 25.0


def test_a_small_part_of_a_large_layer_gives_what_the_whole_gives():
    many = grid(110, 50.0, 0.0)
    shapes = list(many.values())
    whole = Polygons.from_shapely(shapes)
    assert whole.prepared.area.sum() == pytest.approx(110**2 * 2500)
    one = [blob(1, 60, 300.0, 2000, 2000)]
    near, all_of_it = overlay(one, shapes, crs="EPSG:4549"), overlay(one, whole, crs="EPSG:4549")
    assert_same(near, all_of_it)
    assert len(near) > 50


def test_the_nearest_feature_is_found_with_its_distance():
    shapes = [*grid(30, 100.0, 0.0).values(), None, shapely.Polygon()]
    point = shapely.Point(EAST - 30, NORTH + 140)
    assert nearest_distance(point, shapes) == (30.0, 1)
    assert nearest_distance(shapely.box(EAST + 120, NORTH + 120, EAST + 130, NORTH + 130), shapes) == (0.0, 31)
    bent = [shapely.Polygon([(0, 0), (100, 0), (100, 100), (99, 1)]), shapely.box(0, 60, 10, 70)]
    assert nearest_distance(shapely.Point(5, 50), bent) == (10.0, 1)
    assert nearest_distance(point, [None]) == (np.inf, -1)


def test_a_piece_that_geos_gets_wrong_is_built_on_a_grid():
    # libgeos/geos#942: in floating precision GEOS finds nothing here.
    holed = shapely.from_wkt(
        "POLYGON ((458500 7432230, 458400 7432200, 458400 7432240, 458500 7432300, 458500 7432230), (458454.7221242461 7432226.377759292, "
        "458454.13999999897 7432223.769999999, 458455.62000000087 7432230.3999999985, 458454.7221242461 7432226.377759292))"
    )
    square = shapely.box(458435, 7432225, 458455, 7432245)
    product = overlay([holed], [square], pieces="all")
    assert holed.intersection(square).area < 1e-9
    assert product.area_m2[0] == pytest.approx(400.0, abs=1e-6)
    assert product.pieces[0].area == pytest.approx(400.0, abs=1e-4)
    assert len(product.suspect) == 0
