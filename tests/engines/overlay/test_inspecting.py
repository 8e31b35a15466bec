"""The geometry of a layer by itself: every kind of fault found where it is, and not where it is not."""

from __future__ import annotations

import os
import struct
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box, from_wkt
from tessellations import layer_of, tessellation

from lantu.engines.overlay.geometry_faults import GeometryFaultKind as Kind
from lantu.engines.overlay.geometry_faults import InspectionLimits
from lantu.engines.overlay.inspecting import inspect
from lantu.vocabulary.errors import ReferenceMismatch
from lantu.vocabulary.layer import Layer, layer_from_shapes

REAL = Path(os.environ.get("LANTU_REAL_DATA", Path(__file__).parents[3] / "../shared/data"))


def told(*wkts, **options):
    """Kind, row, place and measured value, rounded, of everything that is found."""
    layer = layer_of([None if wkt is None else from_wkt(wkt) for wkt in wkts])
    return [
        (
            str(fault.kind),
            fault.feature,
            None if fault.place is None else fault.place.wkt,
            None if np.isnan(fault.measured) else round(fault.measured, 4),
        )
        for fault in inspect(layer, **options)
    ]


def test_a_plain_polygon_then_nothing_is_found():
    assert told("POLYGON((0 0,100 0,100 100,0 100,0 0))") == []


def test_null_empty_and_another_type_then_each_is_named():
    square = "POLYGON((0 0,100 0,100 100,0 100,0 0))"
    assert told(square, None, "POLYGON EMPTY", "POINT(1 2)", square) == [
        ("null_geometry", "1", None, None),
        ("empty_geometry", "2", None, None),
        ("wrong_type", "3", "POINT (1 2)", None),
    ]


def test_a_declared_type_then_the_layer_is_held_against_it_and_not_its_majority():
    assert [kind for kind, *_ in told("POINT(1 2)", "POINT(1 3)", geometry_type="polygon")] == ["wrong_type", "wrong_type"]


def test_a_collection_then_it_is_a_wrong_type_whatever_it_holds():
    assert told("GEOMETRYCOLLECTION(POINT(1 2), POINT(1 2))", "POINT(5 5)") == [("wrong_type", "0", "POINT (1 2)", None)]


def test_damaged_bytes_and_curves_then_they_are_told_apart():
    arc = struct.pack("<BII6d", 1, 8, 3, 0, 0, 1, 1, 2, 0)
    curved = struct.pack("<BII", 1, 10, 1) + arc
    open_ring = struct.pack("<BIII8d", 1, 3, 1, 4, 0, 0, 9, 0, 9, 9, 0, 9)
    wkb = pa.array([shapely.to_wkb(box(0, 0, 100, 100)), curved, open_ring, None], pa.large_binary())
    layer = Layer("parcel", pa.table({"identifier": list("abcd")}), pa.chunked_array([wkb]), "EPSG:4549")
    assert [(str(fault.kind), fault.feature) for fault in inspect(layer)] == [("null_geometry", "d"), ("unreadable", "c"), ("curve", "b")]


def test_a_coordinate_without_a_value_then_it_is_not_finite_and_nothing_else():
    with np.errstate(invalid="ignore"):
        broken = shapely.linestrings([(0, 0), (np.nan, 5), (9, 9)])
    layer = layer_of([broken, from_wkt("LINESTRING(0 0, 50 0)")])
    assert [(str(fault.kind), fault.feature) for fault in inspect(layer) if fault.kind is not Kind.DANGLE] == [("not_finite", "0")]


@pytest.mark.parametrize(
    ("wkt", "kind", "place"),
    [
        ("POLYGON((0 0,100 100,100 0,0 100,0 0))", "self_intersection", "POINT (50 50)"),
        ("POLYGON((0 0,100 0,100 100,0 100,0 0),(200 200,230 200,230 230,200 230,200 200))", "hole_outside_shell", "POINT (200 200)"),
        (
            "POLYGON((0 0,100 0,100 100,0 100,0 0),(10 10,90 10,90 90,10 90,10 10),(30 30,60 30,60 60,30 60,30 30))",
            "nested",
            "POINT (30 30)",
        ),
        ("MULTIPOLYGON(((0 0,100 0,100 100,0 100,0 0)),((30 30,60 30,60 60,30 60,30 30)))", "nested", "POINT (30 30)"),
        ("POLYGON((0 0,100 0,100 100,0 100,0 0),(0 50,50 0,100 50,50 100,0 50))", "disconnected_interior", None),
    ],
)
def test_an_invalid_polygon_then_it_is_named_at_its_place(wkt, kind, place):
    found = [(name, where) for name, _, where, _ in told(wkt) if name not in {"multipart", "tiny_hole", "ring_orientation"}]
    assert found[0][0] == kind
    assert place is None or (kind, place) in found


def test_a_shell_that_touches_itself_then_the_contact_is_told_once():
    assert told("POLYGON((0 0,50 50,100 0,100 100,50 50,0 100,0 0))") == [("self_contact", "0", "POINT (50 50)", None)]


def test_a_hole_that_touches_its_shell_then_it_is_a_contact_though_valid():
    wkt = "POLYGON((0 0,100 0,100 100,0 100,0 0),(0 0,40 80,80 40,0 0))"
    assert shapely.is_valid(from_wkt(wkt))
    assert told(wkt) == [("self_contact", "0", "POINT (0 0)", None)]


def test_a_repeated_vertex_then_it_is_told_and_hides_no_spike():
    assert told("POLYGON((0 0,100 0,100 0,100 100,0 100,0 0))") == [("repeated_vertex", "0", "POINT (100 0)", 0.0)]
    spiked = told("POLYGON((0 0,100 0,100 50,300 50,300 50,100 50.001,100 100,0 100,0 0))")
    assert spiked == [("repeated_vertex", "0", "POINT (300 50)", 0.0), ("spike", "0", "POINT (300 50)", 0.0003)]


def test_the_first_vertex_repeated_at_the_end_then_it_is_one_repeated_vertex():
    assert [kind for kind, *_ in told("POLYGON((0 0,100 0,100 100,0 100,0 0,0 0))")] == ["repeated_vertex"]
    assert [kind for kind, *_ in told("POLYGON((0 0,0 0,100 0,100 100,0 100,0 0))")] == ["repeated_vertex"]


def test_a_segment_of_five_millimetres_then_it_is_short():
    found = told("POLYGON((0 0,100 0,100 0.005,100.5 100,0 100,0 0))")
    assert found == [("short_segment", "0", "POINT (100 0.005)", 0.005)]


@pytest.mark.parametrize(("height", "kinds"), [(18.0, []), (17.0, ["acute_angle"]), (1.5, ["spike"])])
def test_an_angle_on_each_side_of_its_limits_then_it_is_named_by_its_size(height, kinds):
    # 100 m along and 17.63 m up is ten degrees; 1.745 m is one.
    wkt = f"POLYGON((0 0,100 0,100 {height},60 100,0 0))".replace("60 100,0 0", f"100 {height},0 0")
    found = [kind for kind, _, where, _ in told(wkt, limits=InspectionLimits(tiny_area_m2=1.0)) if where == "POINT (0 0)"]
    assert found == kinds


def test_the_angle_that_is_measured_then_it_is_that_of_the_corner():
    (fault,) = [fault for fault in inspect(layer_of([from_wkt("POLYGON((0 0,1000 0,1000 100,0 0))")])) if fault.kind is Kind.ACUTE_ANGLE]
    assert fault.measured == pytest.approx(np.degrees(np.arctan(0.1)))
    assert (fault.limit, fault.unit) == (10.0, "degree")


def test_small_areas_then_narrow_ones_are_slivers_and_the_others_tiny_at_the_scale_asked_for():
    strip, patch = "POLYGON((0 0,150 0,150 1.5,0 1.5,0 0))", "POLYGON((0 0,15 0,15 15,0 15,0 0))"
    assert told(strip, patch) == [("sliver", "0", "POINT (0 0)", 1.5), ("tiny_part", "1", "POINT (0 0)", 225.0)]
    assert told(strip, patch, scale=5_000) == []


def test_an_area_on_the_limit_then_it_is_not_tiny():
    assert told("POLYGON((0 0,20 0,20 20,0 20,0 0))") == []
    assert [kind for kind, *_ in told("POLYGON((0 0,20 0,20 19.9,0 19.9,0 0))")] == ["tiny_part"]


def test_a_tiny_hole_and_a_tiny_part_then_both_are_told_apart_from_the_whole():
    found = told("MULTIPOLYGON(((0 0,100 0,100 100,0 100,0 0),(10 10,10 20,20 20,20 10,10 10)),((200 0,210 0,210 10,200 10,200 0)))")
    assert [(kind, measured) for kind, _, _, measured in found] == [("tiny_part", 100.0), ("tiny_hole", 100.0), ("multipart", 2.0)]
    assert [where for _, _, where, _ in found[:2]] == ["POINT (200 0)", "POINT (10 10)"]


def test_rings_that_run_against_the_layer_then_they_are_noticed():
    one, other = "POLYGON((0 0,100 0,100 100,0 100,0 0))", "POLYGON((200 0,200 100,300 100,300 0,200 0))"
    assert told(one, one, other) == [("ring_orientation", "2", "POINT (200 0)", None)]
    assert told(other, other) == []
    hole = "POLYGON((0 0,100 0,100 100,0 100,0 0),(10 10,60 10,60 60,10 60,10 10))"
    assert told(hole) == [("ring_orientation", "0", "POINT (10 10)", None)]


def test_lines_then_dangles_undershoots_overshoots_duplicates_and_crossings_are_found():
    found = told(
        "LINESTRING(0 0,100 0)",
        "LINESTRING(50 0.1,50 50)",
        "LINESTRING(20 -0.1,20 50)",
        "LINESTRING(100 0,0 0)",
        "LINESTRING(0 20,50 20,50 20,30 40,30 -10)",
        "LINESTRING(70 0,70 0.15)",
    )
    assert found == [
        ("repeated_vertex", "4", "POINT (50 20)", 0.0),
        ("tiny_line", "5", "POINT (70 0)", 0.15),
        ("duplicate", "3", "LINESTRING (100 0, 0 0)", None),
        ("dangle", "1", "POINT (50 50)", None),
        ("dangle", "2", "POINT (20 50)", None),
        ("dangle", "4", "POINT (0 20)", None),
        ("dangle", "4", "POINT (30 -10)", None),
        ("undershoot", "1", "POINT (50 0.1)", 0.1),
        ("overshoot", "2", "POINT (20 -0.1)", 0.1),
        ("overshoot", "5", "POINT (70 0.15)", 0.15),
        ("self_crossing", "4", "MULTIPOINT ((30 20))", None),
    ]


def test_an_end_on_the_inside_of_another_line_then_it_does_not_dangle():
    assert [where for kind, _, where, _ in told("LINESTRING(0 0,100 0)", "LINESTRING(50 0,50 50)") if kind == "dangle"] == [
        "POINT (0 0)",
        "POINT (100 0)",
        "POINT (50 50)",
    ]


def test_a_closed_line_and_a_line_that_comes_back_to_itself_then_only_the_true_end_dangles():
    assert told("LINESTRING(0 0,100 0,100 100,0 0)") == []
    assert told("LINESTRING(0 0,100 0,100 100,50 100,50 0)") == [
        ("dangle", "0", "POINT (0 0)", None),
        ("self_crossing", "0", "MULTIPOINT ((50 0))", None),
    ]


def test_points_on_one_another_then_the_later_names_the_first():
    (fault,) = inspect(layer_of([from_wkt("POINT(1 2)"), from_wkt("POINT(3 4)"), from_wkt("POINT(1 2)")]))
    assert (fault.kind, fault.feature, fault.other) == (Kind.DUPLICATE, "2", "0")


def test_degrees_then_it_is_refused():
    with pytest.raises(ReferenceMismatch):
        inspect(layer_from_shapes("parcel", {"a": box(120, 31, 121, 32)}, crs="EPSG:4490"))


def test_no_features_then_nothing_is_found():
    assert len(inspect(layer_of([]))) == 0


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), st.integers(0, 4), st.integers(0, 999))
def test_any_tessellation_in_any_order_then_the_counts_are_the_same(size, bends, seed):
    shapes = tessellation(size, size, bends=bends, seed=seed)
    shapes[0] = shapely.segmentize(shapes[0], 0.005) if size == 1 else shapes[0]
    order = np.random.default_rng(seed).permutation(len(shapes))
    assert inspect(layer_of(shapes), scale=200_000).counts == inspect(layer_of(shapes[order]), scale=200_000).counts


def test_a_hundred_thousand_polygons_then_it_takes_seconds_of_cpu():
    shapes = tessellation(317, 316, bends=5)
    inspect(layer_of(shapes[:100]))
    layer = layer_of(shapes)
    begun = time.process_time()
    result = inspect(layer)
    assert time.process_time() - begun < 10
    assert len(result) == 0


@pytest.mark.real_data
def test_the_streets_of_a_city_then_every_free_end_is_told_once():
    path = REAL / "wuhan/streets.parquet"
    if not path.exists():
        pytest.skip("the streets of Wuhan are not here (LANTU_REAL_DATA)")
    import geopandas  # noqa: PLC0415  # only this test reads a file

    streets = geopandas.read_parquet(path).iloc[:20_000]
    layer = layer_of(streets.geometry.to_numpy())
    counts = inspect(layer).counts
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(streets.geometry, where)) for where in (0, -1)])
    free = int((np.unique(ends, axis=0, return_counts=True)[1] == 1).sum())
    told_ends = counts[Kind.DANGLE] + counts[Kind.UNDERSHOOT] + counts[Kind.OVERSHOOT]
    assert 0.5 * free < told_ends <= free
