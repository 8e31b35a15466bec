"""The expansion multiple · 城镇开发边界扩展倍数."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.settlements import urban_rows
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import is_in
from lantu.engines.checking.run import NotChecked
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer


@check(
    "CL12",
    title=Text("The development boundary keeps to its expansion multiple", "城镇开发边界扩展倍数不得突破"),
    message=Text(
        "The boundary of {boundary_km2} km² is {measured} times the {base_km2} km² of"
        " existing urban construction land; at most {limit} is allowed.",
        "城镇开发边界{boundary_km2}平方公里，为基期城镇建设用地{base_km2}平方公里的{measured}倍，上限{limit}倍。",
    ),
    remedy=Text("Reduce the boundary, or put back what a change set has added.", "核减城镇开发边界，或调出变更增加的部分。"),
    severity=Severity.MANDATORY,
    source=Text(
        "Rules for drawing the three lines (2022); the figure of the approval document goes before the national one",
        "《三区三线划定规则》（2022）；批准文件中的数值优先于国家数值",
    ),
    reference="6.1 boundary",
)
def boundary_within_expansion_multiple(
    urban_development_boundary: Layer,
    base_land_use: Layer,
    change: Layer | None = None,
    *,
    products: Products,
    expansion_multiple: float,
) -> Iterator[Finding]:
    """Hold the boundary, after the changes delivered with it, against the urban construction land of the base year · 扩展倍数.

    Both areas are ellipsoidal and unrounded: 1.2996 rounds to 1.3 and passes, 1.301 fails. A change set is applied as far as the boundary
    does not hold it yet: land taken in counts where the boundary lacks it, land given back where the boundary still has it.

    Parameters
    ----------
    urban_development_boundary
        Zones of the boundary.
    base_land_use
        Land use of the base year (2020 change survey) with settlement codes.
    change
        Change layer of dynamic maintenance with the kind of each change; None where none was delivered.
    products
        Where areas are computed and remembered.
    expansion_multiple
        Largest boundary area per area of existing urban construction land.

    Yields
    ------
    Finding
        One, if the multiple is exceeded.

    Raises
    ------
    NotChecked
        If the base survey holds no urban construction land.
    """
    base_m2 = float(products.ellipsoidal_areas(base_land_use)[urban_rows(base_land_use)].sum())
    if base_m2 == 0:
        raise NotChecked(Text("The base survey holds no urban construction land.", "基期调查无城镇建设用地。"))
    boundary_m2 = float(np.sum(products.ellipsoidal_areas(urban_development_boundary)))
    if change is not None:
        boundary_m2 += _outstanding_m2(urban_development_boundary, change, products)
    multiple = boundary_m2 / base_m2
    if multiple > expansion_multiple:
        values: dict[str, object] = {"boundary_km2": boundary_m2 / 1e6, "base_km2": base_m2 / 1e6}
        yield Finding(measured=multiple, limit=expansion_multiple, values=values)


def _outstanding_m2(boundary: Layer, change: Layer, products: Products) -> float:
    """Give by how much the changes that the boundary does not hold yet make it larger."""
    product = products.overlay(change, boundary)
    shared = product.area_m2 if product.ellipsoidal_area_m2 is None else product.ellipsoidal_area_m2
    inside = np.bincount(product.left, weights=shared, minlength=len(change))
    added, removed = is_in(change, "change_type", ["1"]), is_in(change, "change_type", ["3"])
    return float((products.ellipsoidal_areas(change) - inside)[added].sum() - inside[removed].sum())
