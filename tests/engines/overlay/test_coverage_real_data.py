"""Coverages that nobody made up, with GEOS as the judge."""

from __future__ import annotations

import os
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from tessellations import layer_of

from lantu.engines.overlay.coverage import coverage
from lantu.engines.overlay.coverage_faults import FaultKind
from lantu.engines.overlay.slivers import Tolerance

REAL = Path(os.environ.get("LANTU_REAL_DATA", Path(__file__).parents[3] / "../shared/data"))
ALL = Tolerance(0.0, 0.0, 0.0, 0.0, 0.0)


def shapes_of(path, crs=None):
    if not (REAL / path).exists():
        pytest.skip(f"{path} is not here (LANTU_REAL_DATA)")
    frame = geopandas.read_parquet(REAL / path) if path.endswith("parquet") else geopandas.read_file(REAL / path)
    return (frame if crs is None else frame.to_crs(crs)).geometry.to_numpy()


def sums_agree(shapes):
    result = coverage(layer_of(shapes), tolerance=ALL)
    union = shapely.union_all(shapes)
    # Not the interior rings: parts that meet at corners enclose places that are no hole of either.
    faces = shapely.get_parts(shapely.polygonize([shapely.unary_union(union.boundary)]))
    shapely.prepare(union)
    holes = faces[~shapely.contains(union, shapely.point_on_surface(faces))]
    swept = result.snapped.area_m2 + 1e-9 * union.area

    def area(*kinds):
        return sum(fault.area_m2 for fault in result.faults if fault.kind in kinds)

    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    overlaps = shapely.area(shapely.intersection(shapes[first[pairs]], shapes[second[pairs]])).sum()
    assert area(FaultKind.GAP) == pytest.approx(shapely.area(holes).sum(), abs=swept)
    assert area(FaultKind.OVERLAP, FaultKind.CONTAINMENT, FaultKind.DUPLICATE) == pytest.approx(overlaps, abs=swept)
    return result


@pytest.mark.real_data
def test_the_street_blocks_of_a_city_then_gaps_and_overlaps_sum_to_what_geos_says():
    result = sums_agree(shapes_of("wuhan/street_blocks.parquet"))
    assert result.counts[FaultKind.INVALID] == 0


@pytest.mark.real_data
@pytest.mark.parametrize("outline", ["suzhou_9_amap", "suzhou_9_tianditu"])
def test_the_units_of_a_city_then_gaps_and_overlaps_sum_to_what_geos_says(outline):
    sums_agree(shapes_of(f"suzhou/{outline}.geojson", "EPSG:4549"))


@pytest.mark.real_data
def test_a_street_block_taken_out_then_the_new_gap_is_that_block():
    shapes = shapes_of("wuhan/street_blocks.parquet")[:3000]
    tree = shapely.STRtree(shapes)
    counts = np.bincount(tree.query(shapes, predicate="touches")[0], minlength=len(shapes))
    whole = coverage(layer_of(shapes), tolerance=ALL)
    for block in np.argsort(-counts)[:5]:
        kept = np.delete(np.arange(len(shapes)), block)
        names = kept.astype(str)
        again = coverage(layer_of(shapes[kept], names), tolerance=ALL, changed=(whole, {str(block)}))
        full = coverage(layer_of(shapes[kept], names), tolerance=ALL)
        assert [(fault.kind, fault.features, fault.area_m2) for fault in again.faults] == [
            (fault.kind, fault.features, fault.area_m2) for fault in full.faults
        ]
