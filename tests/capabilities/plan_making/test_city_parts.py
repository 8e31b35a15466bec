"""What is common to the whole city reaches every unit that it concerns, and no feature falls between them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import shapely

from lantu.capabilities.plan_making.cities import belonging_to, touching
from lantu.catalogue.sealed import departures
from lantu.engines.overlay.products import Products
from lantu.engines.overlay.slivers import Tolerance
from lantu.vocabulary.layer import layer_from_shapes
from lantu.vocabulary.plans import Unit
from lantu.vocabulary.text import Text

# Four units of 100 m by 100 m that meet in one corner.
CORNERS = {"A": (0, 0), "B": (100, 0), "C": (0, 100), "D": (100, 100)}
SQUARES = {code: shapely.box(x, y, x + 100, y + 100) for code, (x, y) in CORNERS.items()}
UNITS = layer_from_shapes("local_unit", SQUARES, crs="EPSG:4549", unit_code=list(SQUARES))
TOLERANCE = Tolerance(1.0, 0.1, 66.67, 0.5, 66.67)
# A quarter, a quarter, a quarter and a quarter: no unit has the majority.
EVERYWHERE = shapely.box(60, 60, 140, 140)


def unit(code):
    return Unit(code, Text(code, code))


def outline(code):
    return UNITS.take(np.flatnonzero(UNITS.ids == code))


def layer(name, **shapes):
    return layer_from_shapes(name, shapes, crs="EPSG:4549")


def owners(features):
    products = Products()
    return {code: [str(item) for item in belonging_to(features, unit(code), UNITS, products).ids] for code in SQUARES}


def said(own, sealed, code):
    near = touching(sealed, outline(code))
    found = departures(own, near, Products(), TOLERANCE, outline(code))
    return [(item.features, round(shapely.area(item.place), 6), item.values["direction"].en) for item in found]


def test_a_base_feature_without_a_majority_belongs_to_the_unit_with_the_largest_part():
    features = layer("approval", equal=EVERYWHERE, most_in_d=shapely.box(70, 70, 145, 145), in_b=shapely.box(110, 10, 120, 20))
    assert owners(features) == {"A": ["equal"], "B": ["in_b"], "C": [], "D": ["most_in_d"]}


def test_owners_outlive_the_program_until_an_outline_changes():
    features = layer("approval", in_b=shapely.box(110, 10, 120, 20), nowhere=shapely.box(500, 500, 510, 510))
    archive: dict[str, object] = {}
    kept = SimpleNamespace(get=archive.get, put=archive.__setitem__)
    first = [belonging_to(features, unit(code), UNITS, Products(kept)).ids.tolist() for code in SQUARES]
    count = len(archive)
    assert [belonging_to(features, unit(code), UNITS, Products(kept)).ids.tolist() for code in SQUARES] == first == [[], ["in_b"], [], []]
    assert len(archive) == count
    wider = layer_from_shapes("local_unit", SQUARES | {"A": shapely.box(0, 0, 130, 100)}, crs="EPSG:4549", unit_code=list(SQUARES))
    assert belonging_to(features, unit("A"), wider, Products(kept)).ids.tolist() == ["in_b"]


def test_lines_and_points_on_a_border_belong_to_one_unit():
    features = layer("residents", corner=shapely.Point(100, 100), inside=shapely.Point(150, 150))
    assert owners(features) == {"A": ["corner"], "B": [], "C": [], "D": ["inside"]}


def test_a_base_feature_that_crosses_itself_still_belongs_to_a_unit():
    bow_tie = shapely.Polygon([(110, 110), (120, 120), (120, 110), (110, 120)])
    assert owners(layer("approval", bow_tie=bow_tie)) == {"A": [], "B": [], "C": [], "D": ["bow_tie"]}


def test_a_sealed_feature_spread_over_four_units_is_asked_of_each_by_its_area_there():
    sealed = layer("ecological_redline", S1=EVERYWHERE)
    elsewhere = layer("ecological_redline", R1=shapely.box(10, 10, 20, 20))
    for code in SQUARES:
        assert (("S1",), 1600.0, "are missing from") in said(elsewhere, sealed, code)


def test_each_unit_that_draws_its_part_of_a_spread_sealed_feature_has_it_as_sealed():
    sealed = layer("ecological_redline", S1=EVERYWHERE)
    for code, square in SQUARES.items():
        own = layer("ecological_redline", R1=shapely.intersection(square, EVERYWHERE))
        assert said(own, sealed, code) == []


def test_land_beyond_the_sealed_copy_is_found_whichever_unit_the_sealed_feature_mostly_lies_in():
    sealed = layer("ecological_redline", S1=shapely.box(60, 10, 120, 30))
    own = layer("ecological_redline", R1=shapely.box(100, 10, 130, 30))
    assert said(own, sealed, "B") == [(("R1",), 200.0, "are added to")]
