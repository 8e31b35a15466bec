"""What is pasted becomes an area on the earth; what the map shows of a draft depends on how much there is."""

from dataclasses import dataclass

import pytest
import shapely
from shapely.geometry import shape

from lantu.capabilities.one_map import drafts
from lantu.capabilities.one_map.legends import darker, rgba
from lantu.capabilities.one_map.outlines import read_pasted
from lantu.vocabulary.errors import LantuError

CRS = "EPSG:4549"


def test_pasted_degrees_and_metres_give_the_same_place():
    metres = "560000 3470000\n560100 3470000\n560100 3470100\n560000 3470100"
    (found,) = read_pasted(metres, CRS)["features"]
    assert found["properties"]["ellipsoidal_area_m2"] == pytest.approx(10_000, rel=2e-3)
    degrees = "\n".join(f"{x:.9f},\t{y:.9f}" for x, y in shape(found["geometry"]).exterior.coords[:-1])
    (again,) = read_pasted(degrees, CRS)["features"]
    assert again["properties"]["ellipsoidal_area_m2"] == pytest.approx(found["properties"]["ellipsoidal_area_m2"], rel=1e-6)
    assert shapely.hausdorff_distance(shape(again["geometry"]), shape(found["geometry"])) < 1e-8


def test_numbers_of_points_before_the_coordinates_are_passed_over():
    (found,) = read_pasted("J1 1 120.60 31.30\nJ2 2 120.61 31.30\nJ3 3 120.61 31.31", CRS)["features"]
    assert shape(found["geometry"]).bounds == pytest.approx((120.60, 31.30, 120.61, 31.31))


def test_a_ring_that_crosses_itself_is_mended_and_says_so():
    (found,) = read_pasted("120.60 31.30\n120.61 31.31\n120.61 31.30\n120.60 31.31", CRS)["features"]
    assert found["properties"]["mended"]
    assert shape(found["geometry"]).is_valid


@pytest.mark.parametrize("text", ["", "120.6 31.3", "120.6 31.3\n120.7 31.3", "no numbers\nat all\nhere"])
def test_what_is_no_ring_is_refused_with_a_way_out(text):
    with pytest.raises(LantuError) as refused:
        read_pasted(text, CRS)
    assert refused.value.remedy.zh


def test_lines_are_darker_than_what_they_surround():
    fill, line = rgba("#f0c040"), rgba(darker("#f0c040"))
    assert all(inner >= outer for inner, outer in zip(fill[:3], line[:3], strict=True))
    assert line[:3] != fill[:3]


@dataclass
class Stored:
    """A layer of so many features."""

    features: int
    name: str = "unit-a.planned_land_use"
    version: str = "v1"
    crs: str = CRS
    bounds: tuple = (550_000.0, 3_460_000.0, 570_000.0, 3_480_000.0)


class Store:
    """A store that counts what is read."""

    def __init__(self, features):
        self.record, self.read = Stored(features), 0

    def has(self, *_):
        return True

    def find(self, *_):
        return self.record

    def get(self, *_, **__):
        self.read += 1
        raise LookupError


@pytest.mark.parametrize(("features", "zoom", "read"), [(60_001, 11, 0), (60_001, 12, 1), (60_000, 0, 1)])
def test_a_large_draft_is_drawn_from_close_by_alone(features, zoom, read):
    store = Store(features)
    draft = drafts.Draft(store, "unit-a", {"planned_land_use": "v1"}, "/tiles/x")
    place = (zoom, 0, 0)
    if read:
        with pytest.raises(LookupError):
            draft.tile("planned_land_use", place)
    else:
        assert draft.tile("planned_land_use", place) == b""
    assert store.read == read
