"""The faces between edges are those of noded edges, to the bit, whether they had to be noded or not."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import box

from lantu.engines.overlay.boundary_chain import BoundaryChain
from lantu.engines.overlay.polygons import Polygons


def chain_of(shapes):
    return BoundaryChain.of(Polygons.from_shapely(shapes))


def noded_and_walked(chain):
    noded = shapely.unary_union(shapely.linestrings(chain.ends.reshape(-1, 2, 2)))
    return [shapely.to_wkb(face) for face in shapely.get_parts(shapely.polygonize([noded]))]


@pytest.mark.parametrize("seed", range(4))
def test_faces_of_edges_that_meet_at_their_ends_alone_are_those_of_noded_edges(seed):
    random = np.random.default_rng(seed)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(random.random((60, 2)) * 1000)))
    chain = chain_of(cells[random.random(len(cells)) < 0.6])
    faces = [shapely.to_wkb(face) for face in chain.faces()]
    assert len(faces) > 1
    assert faces == noded_and_walked(chain)


def test_edges_that_cross_between_their_ends_are_noded_first():
    chain = chain_of([box(0, 0, 10, 10), box(5, 5, 15, 15)])
    assert sorted(face.area for face in chain.faces()) == [25.0, 75.0, 75.0]
    assert [shapely.to_wkb(face) for face in chain.faces()] == noded_and_walked(chain)
