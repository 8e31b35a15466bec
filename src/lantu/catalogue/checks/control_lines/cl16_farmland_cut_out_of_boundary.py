"""Farmland inside a town is cut out of the development boundary as a hole · 城镇开发边界内永久基本农田应开天窗."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.catalogue.conflicts import WEIGHT_NAMES, conflicts
from lantu.catalogue.tolerances import within_tolerance
from lantu.engines.checking.card import check
from lantu.engines.overlay.slivers import Tolerance, Weight
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer


@check(
    "CL16",
    title=Text("Farmland inside a town is cut out of the development boundary as a hole", "城镇开发边界内永久基本农田应开天窗"),
    message=Text(
        "Field {feature} lies inside the outer line of the boundary and {measured} m² of it, {share} %, are not cut out as a hole"
        " ({weight}).",
        "永久基本农田{feature}位于开发边界外轮廓之内，其中{measured}平方米（{share}%）未开天窗（{weight}）。",
    ),
    remedy=Text(
        "Draw the field as a hole of the boundary, with the very vertices of the field; no area of the boundary is lost that was"
        " lawfully there.",
        "按永久基本农田图斑界线（逐点一致）在城镇开发边界中开天窗扣除。",
    ),
    severity=Severity.MANDATORY,
    source=Text(
        "三区三线划定规则 2022; 中办国办 2019: the lines do not cross; farmland kept inside a town is cut out (开天窗)",
        "《三区三线划定规则》（2022）；中办国办（2019）：三条控制线不交叉；城镇内保留的永久基本农田以开天窗方式扣除",
    ),
    reference="6.2 three lines, note on cut-outs",
)
@within_tolerance
def farmland_cut_out_of_boundary(
    permanent_basic_farmland: Layer,
    urban_development_boundary: Layer,
    *,
    products: Products,
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find fields enclosed by the boundary that are no hole of it · 查找未开天窗的永农.

    A field that crosses the outer line is drawn wrong, and told by CL02 alone; one that lies inside it may stay where it is, if
    the boundary leaves it out. This check tells the second kind, since the way out is another.

    Parameters
    ----------
    permanent_basic_farmland
        Polygons of the farmland.
    urban_development_boundary
        Zones of the boundary.
    products
        Where overlays are computed and remembered.
    tolerance
        What counts as numerical, doubtful or real.

    Yields
    ------
    Finding
        One per field, at the land that is not cut out; measured on the ellipsoid in m².

    Raises
    ------
    GeometryInvalid
        In the end, if the rings of a feature do not say what it encloses.
    """
    found, _ = conflicts(permanent_basic_farmland, urban_development_boundary, products, tolerance)
    filled = _filled(urban_development_boundary) if found else None
    for row in sorted({item.left for item in found}):
        field = permanent_basic_farmland.geometry[row]
        beyond = shapely.difference(field, filled)
        if beyond.area > tolerance.doubtful_area_m2:
            continue
        own = [item for item in found if item.left == row]
        area_m2 = sum(item.ellipsoidal_area_m2 for item in own)
        weight = Weight.REAL if any(item.weight is Weight.REAL for item in own) else Weight.DOUBTFUL
        place = shapely.union_all([item.place for item in own])
        yield Finding(
            features=(str(permanent_basic_farmland.ids[row]),),
            measured=area_m2,
            limit=0.0,
            unit="m2",
            place=place,
            values={"share": 100.0 * float(place.area / field.area), "weight": WEIGHT_NAMES[weight]},
            severity=None if weight is Weight.REAL else Severity.NOTICE,
        )
    products.require_decided(permanent_basic_farmland, urban_development_boundary)


def _filled(boundary: Layer) -> shapely.Geometry:
    """Give the boundary without its holes: zones laid together first, since a hole may lie between two of them."""
    together = shapely.get_parts(shapely.union_all(shapely.make_valid(boundary.geometry)))
    shells = together[shapely.get_type_id(together) == shapely.GeometryType.POLYGON]
    return shapely.union_all(np.array([shapely.Polygon(shell.exterior) for shell in shells], dtype=object))
