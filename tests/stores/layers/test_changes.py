"""From one version to the next: what came in, what went out, what changed its attributes; and it adds up."""

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, box

from lantu.stores.layers.changes import ATTRIBUTE_CHANGED, BROUGHT_IN, TAKEN_OUT, difference
from lantu.vocabulary.errors import ReferenceMismatch
from lantu.vocabulary.layer import layer_from_shapes


def boundary(shapes, **columns):
    return layer_from_shapes("urban_development_boundary", shapes, **columns)


def summary(change_set):
    return sorted(
        (kind, old, new, round(area, 6))
        for kind, old, new, area in zip(
            change_set.change.texts("change_type"),
            change_set.change.texts("old_identifier"),
            change_set.change.texts("new_identifier"),
            change_set.change.numbers("area_m2"),
            strict=True,
        )
    )


OLD = boundary(
    {"A": box(0, 0, 10, 10), "B": box(10, 0, 20, 10), "C": box(20, 0, 30, 10), "D": box(50, 0, 60, 10), "E": box(80, 0, 90, 10)},
    zone_name=["集中建设区", "集中建设区", "弹性发展区", "弹性发展区", "集中建设区"],
)


def test_a_version_against_itself_has_no_change_in_whatever_order():
    found = difference(OLD, OLD.take([4, 2, 0, 1, 3]))
    assert found.is_empty()
    assert found.unchanged == 5
    assert len(found.change) == len(found.before_change) == len(found.after_change) == 0
    assert found.imbalance_m2 == 0


def test_every_kind_of_change_is_told_apart_and_the_sums_are_kept():
    new = boundary(
        {"A": box(0, 0, 10, 10), "B": box(10, 0, 20, 12), "C": box(20, 0, 30, 10), "D": box(50, 0, 58, 10), "F": box(100, 0, 110, 5)},
        zone_name=["集中建设区", "集中建设区", "集中建设区", "特别用途区", "集中建设区"],
    )
    found = difference(OLD, new, reason="局部优化", number="320583-2026-01")
    assert [new.ids[row] for row in found.added] == ["F"]
    assert [OLD.ids[row] for row in found.removed] == ["E"]
    assert [new.ids[row] for row in found.geometry_changed[:, 1]] == ["B", "D"]
    assert [new.ids[row] for row in found.attributes_changed[:, 1]] == ["C", "D"]
    assert found.changed_fields == {"zone_name": 2}
    assert found.unchanged == 1
    assert set(summary(found)) == {
        (BROUGHT_IN, None, "B", 20.0),
        (BROUGHT_IN, None, "F", 50.0),
        (ATTRIBUTE_CHANGED, "C", "C", 100.0),
        (ATTRIBUTE_CHANGED, "D", "D", 80.0),
        (TAKEN_OUT, "D", None, 20.0),
        (TAKEN_OUT, "E", None, 100.0),
    }
    assert (found.area_before_m2, found.area_after_m2) == (500.0, 450.0)
    assert found.area_of(BROUGHT_IN) - found.area_of(TAKEN_OUT) == -50.0
    assert found.imbalance_m2 == 0.0
    assert sorted(found.before_change.ids) == ["B", "C", "D", "E"]
    assert sorted(found.after_change.ids) == ["B", "C", "D", "F"]
    assert (found.before_change.name, found.after_change.name, found.change.name) == ("before_change", "after_change", "change")
    assert set(found.change.texts("change_reason")) == {"局部优化"}
    assert set(found.change.texts("change_number")) == {"320583-2026-01"}


def test_land_that_passes_from_one_feature_to_its_neighbour_never_left_the_layer():
    new = boundary({"A": box(0, 0, 7, 10), "B": box(7, 0, 20, 10)}, zone_name=["集中建设区", "弹性发展区"])
    old = boundary({"A": box(0, 0, 10, 10), "B": box(10, 0, 20, 10)}, zone_name=["集中建设区", "弹性发展区"])
    found = difference(old, new)
    assert summary(found) == [(ATTRIBUTE_CHANGED, "A", "B", 30.0)]
    assert found.imbalance_m2 == 0.0


def test_a_feature_split_in_two_changes_identifiers_only():
    old = boundary({"A": box(0, 0, 10, 10)}, zone_name=["集中建设区"])
    new = boundary({"A1": box(0, 0, 4, 10), "A2": box(4, 0, 10, 10)}, zone_name=["集中建设区"] * 2)
    found = difference(old, new)
    assert summary(found) == [(ATTRIBUTE_CHANGED, "A", "A1", 40.0), (ATTRIBUTE_CHANGED, "A", "A2", 60.0)]
    assert set(found.change.texts("changed_fields")) == {"identifier"}


def test_renumbered_features_are_known_by_their_shape():
    new = boundary(dict(zip(["1", "2", "3", "4", "5"], OLD.geometry, strict=True)), zone_name=list(OLD.texts("zone_name")))
    found = difference(OLD, new)
    assert len(found.added) == len(found.removed) == len(found.geometry_changed) == 0
    assert found.changed_fields == {"identifier": 5}


def test_features_without_or_with_repeated_identifiers_are_matched_by_content():
    def layer(rows):
        built = boundary({str(position): box(*row) for position, row in enumerate(rows)})
        return built, pa.array([None, "X", "X"][: len(rows)], pa.large_string())

    (old, names), (new, _) = layer([(0, 0, 1, 1), (2, 0, 3, 1), (4, 0, 5, 1)]), layer([(4, 0, 5, 1), (0, 0, 1, 1), (2, 0, 3, 1)])
    old = type(old)(old.name, pa.table({"identifier": names}), old.wkb, old.crs)
    new = type(new)(new.name, pa.table({"identifier": pa.array(["X", None, "X"], pa.large_string())}), new.wkb, new.crs)
    assert difference(old, new).is_empty()


def test_a_ring_begun_at_another_vertex_is_the_same_shape():
    square = shapely.Polygon([(0, 0), (0, 10), (10, 10), (10, 0)])
    turned = shapely.Polygon([(10, 10), (0, 10), (0, 0), (10, 0)])
    assert difference(boundary({"A": square}), boundary({"A": turned})).is_empty()


def test_nulls_and_not_a_number_are_values_like_others():
    first = boundary({"A": box(0, 0, 1, 1), "B": box(2, 0, 3, 1), "C": None}, value=[float("nan"), None, 1.0])
    second = boundary({"A": box(0, 0, 1, 1), "B": box(2, 0, 3, 1), "C": None}, value=[float("nan"), 0.0, 1.0])
    assert difference(first, first).is_empty()
    found = difference(first, second)
    assert [second.ids[row] for row in found.attributes_changed[:, 1]] == ["B"]
    assert found.changed_fields == {"value": 1}


def test_new_and_dropped_fields_are_named_and_are_no_change_of_features():
    found = difference(boundary({"A": box(0, 0, 1, 1)}, slope=["1"]), boundary({"A": box(0, 0, 1, 1)}, zone_name=["集中建设区"]))
    assert found.is_empty()
    assert (found.fields_added, found.fields_removed) == (("zone_name",), ("slope",))


def test_lines_and_invalid_polygons_change_as_wholes():
    bow_tie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    old = boundary({"L": LineString([(0, 0), (1, 1)]), "P": bow_tie})
    new = boundary({"L": LineString([(0, 0), (2, 2)]), "P": box(0, 0, 10, 10)})
    assert [row[:3] for row in summary(difference(old, new))] == [
        (BROUGHT_IN, None, "L"),
        (BROUGHT_IN, None, "P"),
        (TAKEN_OUT, "L", None),
        (TAKEN_OUT, "P", None),
    ]


def test_other_areas_are_measured_where_asked():
    found = difference(
        boundary({}), boundary({"A": box(0, 0, 10, 10)}), measure={"ellipsoidal_area_m2": lambda shapes: shapely.area(shapes) * 0.999}
    )
    assert found.change.numbers("ellipsoidal_area_m2").tolist() == [99.9]


def test_versions_in_different_systems_are_refused():
    with pytest.raises(ReferenceMismatch, match="different coordinate systems: EPSG:4549 and EPSG:4528"):
        difference(OLD, layer_from_shapes(OLD.name, {"A": box(0, 0, 1, 1)}, crs="EPSG:4528"))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_the_sums_are_kept_whatever_changes(first, second):
    def some(seed):
        random = np.random.default_rng(seed)
        cells = random.choice(64, random.integers(0, 40), replace=False)
        jitter = random.choice([0.0, 1.5, 3.0], (len(cells), 2))
        shapes = {
            str(cell): box(cell % 8 * 10, cell // 8 * 10, cell % 8 * 10 + 8 + dx, cell // 8 * 10 + 8 + dy)
            for cell, (dx, dy) in zip(cells, jitter, strict=True)
        }
        return boundary(shapes, zone_name=list(random.choice(["集中建设区", "弹性发展区"], len(cells))))

    found = difference(some(first), some(second))
    assert abs(found.imbalance_m2) < 1e-9
