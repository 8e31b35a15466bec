"""Borders of neighbours, stretch by stretch, and lines that should go on across them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box, from_wkt
from tessellations import layer_of, tessellation

from lantu.engines.overlay.line_ends import EndKind, line_ends_at_seam
from lantu.engines.overlay.seams import SeamKind, seam
from lantu.vocabulary.errors import FieldMissing, ReferenceMismatch
from lantu.vocabulary.layer import layer_from_shapes

REAL = Path(os.environ.get("LANTU_REAL_DATA", Path(__file__).parents[3] / "../shared/data"))
NOTCHED = from_wkt("POLYGON((0 0,100 0,100 40,97 40,97 60,100 60,100 100,0 100,0 0))")


def compare(left, right, tolerance_m=0.01, **options):
    sides = [layer_from_shapes("planned_land_use", shapes, use=[name[0] for name in shapes]) for shapes in (left, right)]
    return seam(*sides, tolerance_m=tolerance_m, class_field="use", **options)


def told(result):
    return [(str(item.kind), item.left, item.right, round(item.length_m, 6), round(item.deviation_m, 6)) for item in result.stretches]


def test_edges_that_coincide_then_each_pair_of_features_is_one_matched_stretch():
    result = compare({"a": box(0, 0, 100, 100), "b": box(0, 100, 100, 200)}, {"a2": box(100, 0, 200, 70), "c": box(100, 70, 200, 200)})
    assert told(result) == [("matched", "a", "a2", 70, 0), ("matched", "a", "c", 30, 0), ("matched", "b", "c", 100, 0)]
    assert [item.same_class for item in result.stretches] == [True, False, False]
    assert result.length_m[SeamKind.MATCHED] == 200


def test_a_strip_between_neighbours_then_it_is_a_gap_with_its_width():
    assert told(compare({"a": box(0, 0, 100, 100)}, {"x": box(100.5, 0, 200, 100)})) == [("gap", "a", "x", 100, 0.5)]


def test_neighbours_that_reach_into_each_other_then_it_is_an_overlap_with_its_depth():
    assert told(compare({"a": box(0, 0, 100, 100)}, {"x": box(99.5, 0, 200, 100)})) == [("overlap", "a", "x", 100, 0.5)]


def test_a_difference_within_the_tolerance_then_it_is_matched_and_the_deviation_is_told():
    assert told(compare({"a": box(0, 0, 100, 100)}, {"x": box(99.995, 0, 200, 100)})) == [("matched", "a", "x", 100, 0.005)]


def test_a_notch_on_one_side_then_its_bottom_is_a_gap_and_its_flanks_face_nothing():
    result = compare({"a": NOTCHED}, {"x": box(100, 0, 200, 100)})
    assert result.length_m == {SeamKind.MATCHED: 80, SeamKind.GAP: 20, SeamKind.OVERLAP: 0, SeamKind.UNMATCHED: 6}
    assert max(item.deviation_m for item in result.stretches if item.kind is SeamKind.GAP) == 3


def test_a_notch_on_the_other_side_then_the_gap_is_the_same():
    result = compare({"x": box(100, 0, 200, 100)}, {"a": NOTCHED})
    assert result.length_m == {SeamKind.MATCHED: 80, SeamKind.GAP: 20, SeamKind.OVERLAP: 0, SeamKind.UNMATCHED: 0}


def test_neighbours_out_of_reach_then_there_is_no_seam():
    assert told(compare({"a": box(0, 0, 100, 100)}, {"x": box(150, 0, 200, 100)})) == []


def test_neighbours_that_meet_at_a_corner_only_then_there_is_no_seam():
    assert told(compare({"a": box(0, 0, 100, 100)}, {"x": box(100, 100, 200, 200)})) == []


def test_another_crs_or_a_missing_field_then_it_is_refused():
    left = layer_from_shapes("p", {"a": box(0, 0, 1, 1)})
    with pytest.raises(ReferenceMismatch):
        seam(left, layer_from_shapes("p", {"a": box(0, 0, 1, 1)}, crs="EPSG:4528"), tolerance_m=0.01)
    with pytest.raises(FieldMissing):
        seam(left, left, tolerance_m=0.01, class_field="use")


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 8), st.integers(0, 6), st.integers(0, 9999))
def test_any_tessellation_cut_in_two_then_its_seam_is_matched_from_end_to_end(size, bends, seed):
    shapes = tessellation(2 * size, size, bends=bends, seed=seed)
    left, right = shapes[: size * size], shapes[size * size :]
    result = seam(layer_of(left), layer_of(right), tolerance_m=0.001)
    shared = shapely.intersection(shapely.union_all(left).boundary, shapely.union_all(right).boundary)
    assert result.length_m[SeamKind.MATCHED] == pytest.approx(shared.length)
    other = [item for item in result.stretches if item.kind is not SeamKind.MATCHED]
    # Where the two outlines part at a sharp angle, they still face each other for as far as the reach.
    ends = shapely.boundary(shapely.line_merge(shared))
    assert all(shapely.distance(item.place, ends) < 2 * result.reach_m for item in other)
    assert len(result.stretches) - len(other) >= size


@pytest.mark.real_data
def test_the_units_of_a_city_then_the_seam_is_as_long_as_the_border_they_share():
    path = REAL / "suzhou/suzhou_9_amap.geojson"
    if not path.exists():
        pytest.skip("the outlines of the nine units are not here (LANTU_REAL_DATA)")
    import geopandas  # noqa: PLC0415  # only this test reads a file

    units = geopandas.read_file(path).to_crs("EPSG:4549")
    shapes = units.geometry.to_numpy()
    seen = 0
    for first in range(len(shapes)):
        for second in range(first + 1, len(shapes)):
            shared = shapely.intersection(shapes[first].boundary, shapes[second].boundary)
            if shared.length < 100:
                continue
            seen += 1
            result = seam(layer_of([shapes[first]]), layer_of([shapes[second]]), tolerance_m=0.01, reach_m=1.0)
            assert result.length_m[SeamKind.MATCHED] == pytest.approx(shared.length, rel=1e-6)
    assert seen >= 10


def roads(shapes, classes):
    return layer_from_shapes("road", {name: from_wkt(wkt) for name, wkt in shapes.items()}, road_class=classes)


def test_road_ends_at_a_border_then_each_is_met_offset_or_dangling_with_its_partner():
    left = roads(
        {
            "main": "LINESTRING(0 0, 100 0)",
            "side": "LINESTRING(0 50, 100 50)",
            "lane": "LINESTRING(0 90, 99.9 90)",
            "inner": "LINESTRING(0 0, 0 90)",
        },
        ["trunk", "minor", "minor", "minor"],
    )
    right = roads({"east": "LINESTRING(100 0, 200 0)", "shifted": "LINESTRING(100 53, 200 53)"}, ["minor", "minor"])
    border = from_wkt("LINESTRING(100 -10, 100 110)")
    ends = line_ends_at_seam(left, right, border, tolerance_m=0.1, reach_m=5.0, class_field="road_class")
    assert [(str(end.kind), end.side, end.feature, end.partner, end.distance_m, end.same_class) for end in ends] == [
        ("dangling", "left", "lane", "", np.inf, None),
        ("met", "left", "main", "east", 0.0, False),
        ("offset", "left", "side", "shifted", 3.0, True),
        ("met", "right", "east", "main", 0.0, False),
        ("offset", "right", "shifted", "side", 3.0, True),
    ]


def test_a_road_in_two_pieces_beside_the_border_then_its_joint_is_no_end():
    left = roads({"a": "LINESTRING(0 0, 98 0)", "b": "LINESTRING(98 0, 100 0)"}, ["x", "x"])
    right = roads({"c": "LINESTRING(100 0, 200 0)"}, ["x"])
    ends = line_ends_at_seam(left, right, from_wkt("LINESTRING(100 -10, 100 10)"), tolerance_m=0.01, reach_m=5.0)
    assert [(end.kind, end.feature) for end in ends] == [(EndKind.MET, "b"), (EndKind.MET, "c")]


def test_no_lines_on_one_side_then_every_end_dangles():
    left = roads({"a": "LINESTRING(0 0, 100 0)"}, ["x"])
    right = layer_of([])
    ends = line_ends_at_seam(
        left,
        right.__class__("road", right.table, right.wkb, left.crs),
        from_wkt("LINESTRING(100 -10, 100 10)"),
        tolerance_m=0.01,
        reach_m=5.0,
    )
    assert [(end.kind, end.feature, end.partner) for end in ends] == [(EndKind.DANGLING, "a", "")]
