"""Reading WKB into flat arrays, judged by shapely."""

import struct

import numpy as np
import pyarrow as pa
import pytest
import shapely

from lantu.engines.overlay.polygons import Polygons
from lantu.vocabulary.errors import GeometryInvalid

HOLED = shapely.from_wkt("POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 2 4, 4 4, 4 2, 2 2))")
MULTI = shapely.from_wkt(
    "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 9 5, 9 9, 5 9, 5 5), (6 6, 6 7, 7 7, 7 6, 6 6)), ((20 0, 21 0, 21 1, 20 0)))"
)


def wkb_of(*shapes, **how):
    return pa.array([None if shape is None else shapely.to_wkb(shape, **how) for shape in shapes], pa.large_binary())


@pytest.mark.parametrize("how", [{"byte_order": 0}, {"byte_order": 1}, {"flavor": "iso"}])
def test_reading_keeps_every_vertex_ring_and_part(how):
    polygons = Polygons.from_wkb(wkb_of(HOLED, None, MULTI, shapely.Polygon(), **how))
    assert polygons.feature_start.tolist() == [0, 2, 2, 6, 6]
    assert polygons.ring_start.tolist() == [0, 5, 10, 14, 19, 24, 28]
    assert polygons.ring_part.tolist() == [0, 0, 0, 1, 1, 2]
    np.testing.assert_array_equal(polygons.coords, shapely.get_coordinates([HOLED, MULTI]))
    np.testing.assert_array_equal(polygons.bounds, shapely.bounds(np.array([HOLED, None, MULTI, None])))
    assert shapely.equals_exact(polygons.shapes(), [HOLED, shapely.Polygon(), MULTI, shapely.Polygon()]).all()


@pytest.mark.parametrize("flavor", ["iso", "extended"])
@pytest.mark.parametrize("byte_order", [0, 1])
def test_heights_measures_and_srid_are_dropped(flavor, byte_order):
    high = shapely.force_3d(MULTI, 7.0)
    measured = shapely.from_wkt("POLYGON ZM ((0 0 1 2, 4 0 1 2, 4 4 1 2, 0 0 1 2))")
    wkb = wkb_of(high, measured, flavor=flavor, byte_order=byte_order, output_dimension=4)
    polygons = Polygons.from_wkb(wkb)
    np.testing.assert_array_equal(polygons.coords, shapely.get_coordinates([MULTI, measured]))
    if flavor == "extended":
        located = shapely.to_wkb(shapely.set_srid(HOLED, 4549), include_srid=True, byte_order=byte_order)
        np.testing.assert_array_equal(Polygons.from_wkb(pa.array([located])).coords, shapely.get_coordinates(HOLED))


def test_chunks_slices_and_small_binary_read_alike():
    whole = wkb_of(HOLED, None, MULTI, HOLED)
    chunked = pa.chunked_array([whole[1:2], whole[2:], whole.slice(0, 0)])
    polygons = Polygons.from_wkb(chunked)
    assert polygons.feature_start.tolist() == [0, 0, 4, 6]
    np.testing.assert_array_equal(polygons.coords, shapely.get_coordinates([MULTI, HOLED]))
    np.testing.assert_array_equal(Polygons.from_wkb(whole[1:].cast(pa.binary())).coords, polygons.coords)
    assert len(Polygons.from_wkb(pa.chunked_array([], pa.large_binary()))) == 0


def test_what_is_no_polygon_is_named_or_skipped_and_listed():
    sound = shapely.to_wkb(HOLED)
    open_ring = bytearray(shapely.to_wkb(shapely.box(0, 0, 1, 1)))
    open_ring[-16:] = struct.pack("<2d", 9, 9)
    endless = bytearray(sound)
    endless[9:13] = b"\xff\xff\xff\xff"
    infinite = shapely.to_wkb(shapely.Polygon([(0, 0), (1, 0), (1, np.inf), (0, 0)]))
    bad = [shapely.to_wkb(shapely.Point(1, 2)), sound[:-3], bytes(open_ring), bytes(endless), infinite, b"", b"\x01"]
    bad += [shapely.to_wkb(shapely.LineString([(0, 0), (1, 1)])), shapely.to_wkb(shapely.GeometryCollection([HOLED]))]
    wkb = pa.array([sound, *bad, sound, shapely.to_wkb(shapely.GeometryCollection())])
    with pytest.raises(
        GeometryInvalid, match=r"cannot be overlaid: 9 of 12 .*row 1 is no polygon, row 2 is damaged.*row 5 has an infinite"
    ):
        Polygons.from_wkb(wkb)
    polygons = Polygons.from_wkb(wkb, other="skip")
    assert polygons.skipped.tolist() == list(range(1, 10))
    assert np.diff(polygons.feature_start).tolist() == [2, *[0] * 9, 2, 0]
    np.testing.assert_array_equal(polygons.coords, shapely.get_coordinates([HOLED, HOLED]))


def test_taking_rows_copies_them_in_the_order_asked_for():
    polygons = Polygons.from_shapely([HOLED, None, MULTI]).take([2, 2, 1, 0])
    assert polygons.feature_start.tolist() == [0, 4, 8, 8, 10]
    np.testing.assert_array_equal(polygons.coords, shapely.get_coordinates([MULTI, MULTI, HOLED]))
    assert polygons.vertex_counts.tolist() == [18, 18, 0, 10]
