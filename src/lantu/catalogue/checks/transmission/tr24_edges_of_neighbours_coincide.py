"""Seams between neighbours · 接边."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import shapely

from lantu.catalogue.sources import SYNERGY_CHECKS
from lantu.engines.checking.card import check
from lantu.engines.checking.sharing import bounds_of
from lantu.engines.overlay.seams import SeamKind, seam
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer

_KINDS = {SeamKind.GAP: Text("leave a gap", "留有缝隙"), SeamKind.OVERLAP: Text("overlap", "相互重叠")}


@check(
    "TR24",
    title=Text("Planned land use of neighbours meets along one edge", "相邻板块规划用地须接边"),
    message=Text(
        "{features} of {one} and {other} {kind}: {measured} m off along {length} m, {limit} m are allowed.",
        "{one}与{other}的{features}{kind}：偏离{measured}米，长{length}米，允许{limit}米。",
    ),
    remedy=Text("Draw both edges along the boundary between the units.", "请按板块界线调整两侧边线。"),
    severity=Severity.MINOR,
    source=SYNERGY_CHECKS,
    reference="5.2 borders",
    scope="city",
)
def edges_of_neighbours_coincide(
    planned_land_use: Mapping[str, Layer], *, products: Products, seam_search_m: float, seam_tolerance_m: float
) -> Iterator[Finding]:
    """Compare the edges of every two neighbours along their border · 接边检查.

    Two neighbours that draw their common border apart leave land to nobody, or give it to both.

    Parameters
    ----------
    planned_land_use
        By unit; metres.
    products
        Where boxes are remembered.
    seam_search_m
        Edges nearer than this are meant to be the same edge, m.
    seam_tolerance_m
        How far they may differ, m.

    Yields
    ------
    Finding
        One per stretch that gapes or overlaps, at its place; measured is the largest deviation.
    """
    for (one, left), (other, right) in combinations(sorted(planned_land_use.items()), 2):
        first, second = bounds_of(left, products), bounds_of(right, products)
        if first is None or second is None or not shapely.box(*first).dwithin(shapely.box(*second), seam_search_m):
            continue
        for stretch in seam(left, right, tolerance_m=seam_tolerance_m, reach_m=seam_search_m).stretches:
            # Where a common border ends, both edges turn away from one another within the search distance.
            if stretch.length_m <= seam_search_m:
                continue
            third = [layer for code, layer in planned_land_use.items() if code not in (one, other)]
            if stretch.kind in _KINDS and not _lies_at_a_third(stretch.place, third, seam_search_m):
                values = {"one": one, "other": other, "kind": _KINDS[stretch.kind], "length": stretch.length_m}
                ids = (stretch.left, stretch.right)
                yield Finding(ids, stretch.deviation_m, seam_tolerance_m, "m", stretch.place, "planned_land_use", values)


# Where three units meet, the edges of two part around the third: within this many search distances that is no gap.
_JUNCTION = 4.0


def _lies_at_a_third(place: Any, third: list[Layer], seam_search_m: float) -> bool:  # noqa: ANN401  # a shapely line, whose types are not published
    reach = _JUNCTION * seam_search_m
    for layer in third:
        shapes = layer.geometry
        near = shapes[shapely.dwithin(shapes, place, reach)]
        # A long stretch that runs up to the third unit is a fault all the same.
        if len(near) and shapely.covers(shapely.buffer(shapely.union_all(near), reach), place):
            return True
    return False
