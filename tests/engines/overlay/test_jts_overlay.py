"""The polygon pairs of the JTS test suite: every area agrees, or the ledger says why not."""

import os
from pathlib import Path

import numpy as np
import pytest
import shapely
from lxml import etree

from lantu.engines.overlay.areas import self_overlaps
from lantu.engines.overlay.overlaying import overlay
from lantu.engines.overlay.polygons import Polygons

ROOT = Path(__file__).parents[3]
SUITE = Path(os.environ.get("LANTU_REAL_DATA", ROOT.parent / "shared" / "data")) / "jts"

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not SUITE.is_dir(), reason="the JTS test suite is not there (setting LANTU_REAL_DATA)"),
]

# File and number of the case: the true area of the intersection, and why GEOS in floating precision says another.
GEOS_IS_WRONG = {
    ("TestOverlayNGFailure.xml", 0): (0.01104707372174, "libgeos/geos#1170: GEOS says 1e-15; on any grid from 1e-6 to 1e-10 it says this."),
    ("TestOverlayNGFailure.xml", 1): (400.0, "libgeos/geos#942: GEOS says 1e-11; the square lies inside, save a sliver of a hole."),
    ("TestOverlayNGFailure.xml", 3): (0.0, "shapely/shapely#1871: GEOS says 15851; the two touch along an edge."),
    ("TestOverlayNGFailure.xml", 4): (0.0, "JuliaGeo/LibGEOS.jl#166: GEOS says all of the smaller one; the two touch along an edge."),
}

# The answers of these files are rounded to whole numbers, vertex by vertex; areas of the given shapes are not.
ON_A_COARSE_GRID = {"TestOverlayAAPrec.xml", "TestNGOverlayAPrec.xml"}

NOT_VALID = {("TestOverlay.xml", 4)}


def geometry(text):
    text = " ".join((text or "").split())
    if not text:
        return None
    with np.errstate(invalid="ignore"):  # some cases have coordinates that are not a number, on purpose
        return shapely.from_wkb(text) if text.startswith("0") else shapely.from_wkt(text, on_invalid="ignore")


def is_polygonal(shape):
    return shape is not None and shape.geom_type in {"Polygon", "MultiPolygon"} and np.isfinite(shapely.get_coordinates(shape)).all()


def polygon_pairs():
    """File, case, both shapes, and the intersections that the suite states."""
    for path in sorted(SUITE.rglob("*.xml")):
        root = etree.parse(path, etree.XMLParser(recover=True)).getroot()
        for number, case in enumerate(root.iter("case")):
            one, other = geometry(case.findtext("a")), geometry(case.findtext("b"))
            if is_polygonal(one) and is_polygonal(other):
                stated = [geometry(op.text) for op in case.iter("op") if op.get("name").lower() in {"intersection", "intersectionng"}]
                yield path.name, number, one, other, [shape for shape in stated if shape is not None]


def area_of(one, other):
    return float(overlay([one], [other]).area_m2.sum())


def test_every_valid_pair_agrees_with_geos_or_geos_is_known_to_be_wrong():
    agreeing, disagreeing = 0, set()
    for name, number, one, other, _ in polygon_pairs():
        if not (one.is_valid and other.is_valid):
            assert (name, number) in NOT_VALID
            continue
        if abs(area_of(one, other) - one.intersection(other).area) <= 1e-9 * max(one.area, other.area):
            agreeing += 1
        else:
            disagreeing.add((name, number))
    assert agreeing >= 398
    assert disagreeing <= set(GEOS_IS_WRONG)


def test_where_geos_is_wrong_the_true_area_is_found():
    found = 0
    for name, number, one, other, _ in polygon_pairs():
        if (name, number) in GEOS_IS_WRONG:
            truth = GEOS_IS_WRONG[name, number][0]
            assert area_of(one, other) == pytest.approx(truth, abs=1e-9 * max(one.area, other.area))
            found += 1
    assert found == len(GEOS_IS_WRONG)


def test_the_areas_that_the_suite_states_are_found():
    compared = 0
    for name, _, one, other, stated in polygon_pairs():
        for shape in [] if name in ON_A_COARSE_GRID else stated:
            assert area_of(one, other) == pytest.approx(shape.area, abs=1e-9 * max(one.area, other.area, 1e-300))
            compared += 1
    assert compared >= 50


def test_the_one_invalid_polygon_is_found_out():
    found = [(one, other) for name, number, one, other, _ in polygon_pairs() if (name, number) in NOT_VALID]
    assert len(found) == 1
    assert self_overlaps(Polygons.from_shapely(found[0]))[0] > 0
