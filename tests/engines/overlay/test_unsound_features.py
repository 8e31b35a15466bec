"""Features whose rings do not say what they enclose: refused, named, and never an area of nothing."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from lantu.engines.overlay.products import Products
from lantu.vocabulary.errors import GeometryInvalid
from lantu.vocabulary.layer import layer_from_shapes

SQUARE = shapely.box(0, 0, 10, 10)
BOW_TIE = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
HOLE_OUTSIDE = shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(20, 0), (20, 5), (25, 5), (25, 0)]])
STACKED = shapely.MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(5, 5, 15, 15)])
TOUCHING = shapely.Polygon([(0, 0), (10, 0), (10, 10), (5, 0), (0, 10)])


class Kept:
    """An archive in memory."""

    def __init__(self):
        self.tables = {}

    def get(self, key):
        return self.tables.get(key)

    def put(self, key, table):
        self.tables[key] = table


def layer(name, **shapes):
    return layer_from_shapes(name, shapes, crs="EPSG:4549")


@pytest.mark.parametrize("shape", [BOW_TIE, HOLE_OUTSIDE, STACKED], ids=["bow-tie", "hole outside", "stacked parts"])
def test_the_overlay_of_an_unsound_polygon_is_refused_and_the_polygon_named(shape):
    left, right = layer("planned_land_use", P1=SQUARE, P2=shape), layer("permanent_basic_farmland", F1=SQUARE)
    with pytest.raises(GeometryInvalid, match="P2"):
        Products().overlay(left, right)
    with pytest.raises(GeometryInvalid, match="P2"):
        Products().overlay(right, left)


@pytest.mark.parametrize("measure", ["planar_areas", "ellipsoidal_areas"])
def test_a_bow_tie_has_no_area_to_give(measure):
    with pytest.raises(GeometryInvalid, match="P2"):
        getattr(Products(), measure)(layer("planned_land_use", P1=SQUARE, P2=BOW_TIE))


def test_a_ring_that_touches_itself_is_sound():
    assert Products().unsound_rows(layer("planned_land_use", P1=TOUCHING)).tolist() == []


def test_an_unsound_polygon_far_from_the_other_layer_shares_nothing_and_is_not_refused():
    left = layer("planned_land_use", P1=SQUARE, P2=shapely.transform(BOW_TIE, lambda points: points + 1000.0))
    product = Products().overlay(left, layer("permanent_basic_farmland", F1=SQUARE))
    assert product.area_m2.tolist() == [100.0]


def test_pairs_of_an_unsound_polygon_are_left_out_on_request():
    left, right = layer("planned_land_use", P1=SQUARE, P2=BOW_TIE), layer("permanent_basic_farmland", F1=SQUARE)
    products = Products()
    product = products.overlay(left, right, undecided="leave out")
    assert (product.left.tolist(), product.area_m2.tolist()) == ([0], [100.0])
    with pytest.raises(GeometryInvalid, match="P2"):
        products.require_decided(left, right)


def test_unsound_rows_are_archived_and_brought_up_to_date():
    archive = Kept()
    old = layer("planned_land_use", P1=SQUARE, P2=BOW_TIE, P3=SQUARE)
    assert Products(archive).unsound_rows(old).tolist() == [1]
    new = layer("planned_land_use", P2=BOW_TIE, P3=STACKED, P1=SQUARE)
    products = Products(archive)
    products.follows(new, old)
    assert products.unsound_rows(new).tolist() == [0, 1]
    assert Products(archive).unsound_rows(new).tolist() == [0, 1]


def test_soundness_is_that_of_the_geometry_library_for_polygons_that_cross_themselves():
    rng = np.random.default_rng(3)
    shapes = {f"R{k}": shapely.Polygon(np.round(rng.uniform(0, 100, (6, 2)), 3)) for k in range(300)}
    unsound = Products().unsound_rows(layer("planned_land_use", **shapes))
    assert unsound.tolist() == np.flatnonzero(~shapely.is_valid(list(shapes.values()))).tolist()
