"""Gaps, overlaps and the rest, at their place."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely
from shapely import box, from_wkt
from tessellations import layer_of, tessellation

from lantu.engines.overlay.coverage import coverage
from lantu.engines.overlay.coverage_faults import FaultKind
from lantu.engines.overlay.slivers import Tolerance, Weight
from lantu.vocabulary.errors import ReferenceMismatch
from lantu.vocabulary.layer import Layer, layer_from_shapes

POLICY = Tolerance(ignore_area_m2=1.0, ignore_mean_width_m=0.1, doubtful_area_m2=66.67, doubtful_mean_width_m=0.5, ignored_sum_m2=66.67)
ALL = Tolerance(0.0, 0.0, 0.0, 0.0, 0.0)


def check(shapes, tolerance=POLICY, **options):
    return coverage(layer_from_shapes("parcel", shapes), tolerance=tolerance, **options)


def told(result):
    return [(str(fault.kind), fault.features, round(fault.area_m2, 3)) for fault in result.faults]


def test_a_missing_t_vertex_then_there_is_no_gap():
    result = check({"a": box(0, 0, 100, 100), "b": box(100, 0, 200, 50), "c": box(100, 50, 200, 100)}, ALL)
    assert told(result) == []
    assert result.ignored_in_all.count == 0
    assert result.snapped.count == 1


def test_a_t_vertex_rounded_off_a_slanting_edge_then_there_is_no_gap():
    corner = (33.3333, 12.3330)
    end = (100.0, 37.0)
    upper = shapely.polygons([(0, 0), end, (0, 100), (0, 0)])
    left = shapely.polygons([(0, 0), (20, -50), corner, (0, 0)])
    right = shapely.polygons([corner, (20, -50), (100, -50), end, corner])
    result = check({"upper": upper, "left": left, "right": right}, ALL)
    assert told(result) == []
    assert result.snapped.count >= 1
    # The vertex lies 0.3 mm off an edge of 107 m.
    assert result.snapped.area_m2 == pytest.approx(0.01605, rel=1e-3)


def test_a_strip_left_out_then_the_gap_names_its_neighbours():
    result = check({"a": box(0, 0, 100, 100), "b": box(102, 0, 200, 100)}, within=box(0, 0, 200, 100))
    assert told(result) == [("gap", ("a", "b"), 200.0)]
    assert result.faults[0].mean_width_m == pytest.approx(2.0)
    assert result.faults[0].place.equals(box(100, 0, 102, 100))


def test_a_strip_open_to_the_outside_then_it_is_a_gap_only_within_a_boundary():
    assert told(check({"a": box(0, 0, 100, 100), "b": box(102, 0, 200, 100)})) == []


def test_a_hole_among_four_then_it_is_a_gap_without_any_boundary():
    ring = {"s": box(0, 0, 30, 10), "w": box(0, 10, 10, 30), "e": box(20, 10, 30, 30), "n": box(10, 20, 20, 30)}
    result = check(ring)
    assert told(result) == [("gap", ("e", "n", "s", "w"), 100.0)]


def test_two_neighbours_that_overlap_then_the_overlap_is_their_common_part():
    result = check({"a": box(0, 0, 100, 100), "b": box(95, 0, 200, 100)})
    assert told(result) == [("overlap", ("a", "b"), 500.0)]
    assert result.faults[0].place.equals(box(95, 0, 100, 100))
    assert result.faults[0].weight is Weight.REAL


def test_two_neighbours_that_cross_twice_then_each_place_is_told():
    comb = from_wkt("POLYGON((100 0, 200 0, 200 100, 100 100, 100 80, 90 80, 90 60, 100 60, 100 40, 90 40, 90 20, 100 20, 100 0))")
    result = check({"a": box(0, 0, 100, 100), "b": comb})
    assert told(result) == [("overlap", ("a", "b"), 200.0), ("overlap", ("a", "b"), 200.0)]


def test_one_polygon_inside_another_then_it_is_a_containment_with_the_inner_one_first():
    result = check({"big": box(0, 0, 100, 100), "small": box(10, 10, 20, 20)})
    assert told(result) == [("containment", ("small", "big"), 100.0)]


def test_one_polygon_inside_the_hole_of_another_then_all_is_well():
    holed = shapely.difference(box(0, 0, 100, 100), box(10, 10, 20, 20))
    assert told(check({"big": holed, "small": box(10, 10, 20, 20)}, ALL)) == []


def test_one_polygon_beside_another_inside_its_corner_then_it_is_a_containment_too():
    result = check({"big": box(0, 0, 100, 100), "small": box(0, 0, 20, 20)})
    assert told(result) == [("containment", ("small", "big"), 400.0)]


def test_an_exact_copy_then_it_is_a_duplicate_once():
    result = check({"a": box(0, 0, 100, 100), "copy": box(0, 0, 100, 100), "b": box(100, 0, 200, 100)})
    assert told(result) == [("duplicate", ("a", "copy"), 10_000.0)]


def test_a_whole_layer_delivered_twice_then_every_feature_is_a_duplicate():
    shapes = tessellation(5, 5)
    result = coverage(layer_of(np.concatenate([shapes, shapes])), tolerance=POLICY)
    assert result.counts[FaultKind.DUPLICATE] == 25
    assert sum(result.counts.values()) == 25


def test_two_different_tilings_of_one_place_then_every_pair_is_found():
    columns = {f"c{i}": box(i * 10, 0, i * 10 + 10, 40) for i in range(4)}
    rows = {f"r{i}": box(0, i * 10, 40, i * 10 + 10) for i in range(4)}
    result = check({**columns, **rows})
    assert result.counts[FaultKind.OVERLAP] == 16
    assert sum(fault.area_m2 for fault in result.faults) == pytest.approx(1600)


def test_a_parcel_past_the_boundary_then_the_part_outside_is_told():
    result = check({"a": box(0, 0, 100, 100), "b": box(100, 0, 210, 100)}, within=box(0, 0, 200, 100))
    assert told(result) == [("outside", ("b",), 1000.0)]
    assert result.faults[0].place.equals(box(200, 0, 210, 100))


def test_a_parcel_far_from_the_boundary_then_all_of_it_is_outside():
    result = check({"a": box(0, 0, 100, 100), "far": box(500, 500, 510, 510)}, within=box(0, 0, 100, 100))
    assert told(result) == [("outside", ("far",), 100.0)]


def test_outside_beside_a_gap_and_an_overlap_then_each_is_told():
    result = check({"a": box(0, 0, 60, 100), "b": box(50, 0, 110, 100)}, within=box(0, -10, 100, 100))
    assert told(result) == [("gap", ("a", "b"), 1000.0), ("outside", ("b",), 1000.0), ("overlap", ("a", "b"), 1000.0)]


def test_the_boundary_in_several_districts_then_their_union_counts():
    districts = layer_from_shapes("district", {"1": box(0, 0, 50, 100), "2": box(50, 0, 100, 50), "3": box(50, 50, 100, 100)})
    result = check({"a": box(0, 0, 40, 100), "b": box(40, 0, 100, 99)}, within=districts)
    assert told(result) == [("gap", ("a", "b"), 60.0)]


def test_a_pond_among_allowed_gaps_then_only_the_rest_is_a_gap():
    ring = {"s": box(0, 0, 30, 10), "w": box(0, 10, 10, 30), "e": box(20, 10, 30, 30), "n": box(10, 20, 20, 30)}
    pond = layer_from_shapes("water", {"pond": box(10, 10, 20, 17)})
    assert told(check(ring, allowed_gaps=pond)) == [("gap", ("e", "n", "w"), 30.0)]
    whole = layer_from_shapes("water", {"one": box(5, 5, 15, 25), "two": box(15, 5, 25, 25)})
    assert told(check(ring, ALL, allowed_gaps=whole)) == []


def test_a_border_copied_two_millimetres_off_then_it_is_counted_and_summed_but_not_listed():
    result = check({"a": box(0, 0, 100, 300), "b": box(99.998, 0, 200, 300)})
    assert told(result) == []
    assert result.ignored[FaultKind.OVERLAP].count == 1
    assert result.ignored[FaultKind.OVERLAP].area_m2 == pytest.approx(0.6)
    assert not result.ignored_must_be_reported


def test_many_small_overlaps_then_their_sum_must_be_reported():
    strips = {str(i): box(i * 10 - 0.002, 0, i * 10 + 10, 300) for i in range(113)}
    result = check(strips)
    assert told(result) == []
    assert result.ignored_in_all.count == 112
    assert result.ignored_in_all.area_m2 == pytest.approx(67.2)
    assert result.ignored_must_be_reported


def test_vertices_half_a_millimetre_apart_then_they_are_one():
    result = check({"a": box(0, 0, 100, 300), "b": box(99.9995, 0.0003, 200, 300)}, ALL)
    assert told(result) == []
    assert result.snapped.count >= 2
    assert 0.1 < result.snapped.area_m2 < 0.5


def test_a_narrow_but_long_overlap_then_it_is_doubtful():
    result = check({"a": box(0, 0, 100, 300), "b": box(99.7, 0, 200, 300)})
    assert told(result) == [("overlap", ("a", "b"), 90.0)]
    assert result.faults[0].weight is Weight.DOUBTFUL


def test_an_invalid_polygon_then_it_is_told_and_its_repair_takes_part():
    bow = from_wkt("POLYGON((0 0, 100 100, 100 0, 0 100, 0 0))")
    result = check({"bow": bow, "b": box(100, 0, 200, 100), "c": box(90, 45, 100, 55)})
    assert [fault.reason for fault in result.faults if fault.kind is FaultKind.INVALID] == ["Self-intersection[50 50]"]
    assert result.counts[FaultKind.CONTAINMENT] == 1


def test_null_empty_line_and_damaged_geometry_then_each_is_invalid_with_its_reason():
    wkb = pa.array(
        [
            shapely.to_wkb(box(0, 0, 1, 1)),
            None,
            shapely.to_wkb(from_wkt("POLYGON EMPTY")),
            shapely.to_wkb(from_wkt("LINESTRING(0 0,1 1)")),
            b"\x01\x03",
        ],
        pa.large_binary(),
    )
    layer = Layer("parcel", pa.table({"identifier": list("abcde")}), pa.chunked_array([wkb]), "EPSG:4549")
    result = coverage(layer, tolerance=ALL)
    assert [(fault.features[0], fault.reason) for fault in sorted(result.faults, key=lambda fault: fault.features)] == [
        ("b", "null"),
        ("c", "empty"),
        ("d", "not polygonal"),
        ("e", "unreadable"),
    ]


def test_no_features_then_the_boundary_is_one_gap():
    empty = Layer("parcel", pa.table({"identifier": pa.array([], pa.large_string())}), pa.chunked_array([], pa.large_binary()), "EPSG:4549")
    assert told(coverage(empty, tolerance=POLICY)) == []
    assert told(coverage(empty, tolerance=POLICY, within=box(0, 0, 10, 20))) == [("gap", (), 200.0)]


def test_multipolygons_and_rings_the_other_way_round_then_nothing_changes():
    left = from_wkt("MULTIPOLYGON(((0 0, 0 10, 10 10, 10 0, 0 0)), ((20 0, 30 0, 30 10, 20 10, 20 0)))")
    assert told(check({"m": left, "mid": box(10, 0, 20, 10)}, ALL)) == []


def test_degrees_then_it_is_refused():
    layer = layer_from_shapes("parcel", {"a": box(120, 31, 121, 32)}, crs="EPSG:4490")
    with pytest.raises(ReferenceMismatch, match="degrees"):
        coverage(layer, tolerance=POLICY)


def test_a_boundary_in_another_crs_then_it_is_refused():
    boundary = layer_from_shapes("district", {"1": box(0, 0, 1, 1)}, crs="EPSG:4528")
    with pytest.raises(ReferenceMismatch, match="its partner"):
        check({"a": box(0, 0, 1, 1)}, within=boundary)


def test_valid_parts_that_break_a_plain_union_then_the_answer_still_comes():
    # Nearly coincident borders over kilometres, rotated so that no coordinate is round.
    turn = np.array([[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]])
    shapes = {}
    for i in range(40):
        strip = shapely.segmentize(box(i * 10, 0, i * 10 + 10 + 3e-7 * (i % 3), 5000), 37.0 + i % 5)
        shapes[str(i)] = shapely.transform(strip, lambda c: c @ turn.T + [40_500_000.3, 3_400_000.7])
    result = check(shapes, ALL)
    assert told(result) == []


def test_a_large_tessellation_then_gaps_overlaps_and_duplicates_are_where_they_were_planted():
    shapes = tessellation(60, 60, bends=3)
    whole = shapely.union_all(shapes)
    inner = np.array([x * 60 + y for x in range(3, 57, 9) for y in range(3, 57, 9)])
    removed, copied, moved = inner[::3], inner[1::3], inner[2::3]
    shapes[moved] = shapely.transform(shapes[moved], lambda c: c + np.array([3.0, 1.0]))
    kept = np.setdiff1d(np.arange(len(shapes)), removed)
    result = coverage(layer_of(np.concatenate([shapes[kept], shapes[copied]])), tolerance=ALL)
    assert result.counts[FaultKind.DUPLICATE] == len(copied)
    gaps = [fault for fault in result.faults if fault.kind is FaultKind.GAP]
    big = sorted((gap for gap in gaps if gap.area_m2 > 1000), key=lambda gap: gap.area_m2)
    assert [gap.area_m2 for gap in big] == pytest.approx(sorted(shapely.area(shapes[removed])))
    union = shapely.union_all(shapes[kept])
    assert sum(gap.area_m2 for gap in gaps) == pytest.approx(whole.area - union.area, rel=1e-9)
    overlaps = sum(fault.area_m2 for fault in result.faults if fault.kind is FaultKind.OVERLAP)
    assert overlaps == pytest.approx(shapely.area(shapes[kept]).sum() - union.area, rel=1e-9)
