"""A parcel is supplied for the use that is planned there · 供应用途与规划用途."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.conflicts import conflict_findings
from lantu.catalogue.tolerances import within_tolerance
from lantu.catalogue.uses import classification_of
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from lantu.catalogue.conflicts import Conflict
    from lantu.engines.overlay.overlaying import OverlayProduct
    from lantu.engines.overlay.products import Products
    from lantu.engines.overlay.slivers import Tolerance
    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer


@check(
    "LG18",
    title=Text("A parcel is supplied for the use that is planned there", "供应用途应与规划用途一致"),
    message=Text(
        "{features}: supplied for {supplied}, but {measured} m² are planned for {planned} ({weight}).",
        "{features}：供应用途{supplied}，其中{measured}平方米规划用途为{planned}（{weight}）。",
    ),
    remedy=Text(
        "Supply the parcel for the planned use, or have the detailed plan lawfully modified before the supply.",
        "按规划用途供应，或在供应前依法修改详细规划。",
    ),
    severity=Severity.MAJOR,
    source=Text("城乡规划法 Art. 37, 38: the conditions of supply follow the plan", "《城乡规划法》第37、38条：供地条件依据规划确定"),
    reference="6.2 parcel and planned land use",
)
@within_tolerance
def supplied_for_the_planned_use(
    supply_parcel: Layer,
    planned_land_use: Layer,
    *,
    products: Products,
    classifications: Mapping[str, Classification],
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find parcels whose use of supply is another than the planned one · 查找供应用途与规划不一致的地块.

    Uses agree where one code stands under the other: 0701 is supplied as 070102. Of a mixed use one part must agree. A code that is
    missing or of no classification is left to the checks of codes.

    Parameters
    ----------
    supply_parcel
        Parcels of the supply plan with their uses.
    planned_land_use
        Planned land use with its codes.
    products
        Where overlays are computed and remembered.
    classifications
        Land-use classifications by name.
    tolerance
        What counts as numerical, doubtful or real.

    Yields
    ------
    Finding
        One per pair that does not agree, at its place; measured on the ellipsoid in m².
    """
    classification = classification_of(planned_land_use, classifications)
    supplied, planned = supply_parcel.texts("planned_use_code"), planned_land_use.texts("land_use_code")
    verdicts: dict[tuple[object, object], bool] = {}

    def differs(product: OverlayProduct) -> npt.NDArray[np.bool_]:
        pairs = list(zip(supplied[product.left], planned[product.right], strict=True))
        verdicts.update({pair: _differ(pair[0], pair[1], classification) for pair in set(pairs)})
        return np.fromiter((verdicts[pair] for pair in pairs), bool, len(pairs))

    def describe(item: Conflict) -> dict[str, object]:
        return {"supplied": str(supplied[item.left]), "planned": str(planned[item.right])}

    yield from conflict_findings(supply_parcel, planned_land_use, products, tolerance, differs, describe)


def _differ(supplied: object, planned: object, classification: Classification) -> bool:
    if supplied is None or planned is None:
        return False
    ours = [part for part in str(supplied).strip().split("/") if classification.is_known(part)]
    theirs = [part for part in str(planned).strip().split("/") if classification.is_known(part)]
    if not ours or not theirs:
        return False
    return not any(classification.is_under(one, other) or classification.is_under(other, one) for one in ours for other in theirs)
