"""Projects that take so much land that the State Council approves are marked · 征地审批层级提示."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.uses import classification_of, rows_of
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from lantu.engines.overlay.overlaying import OverlayProduct
    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer

_M2_PER_HA = 10_000.0
# 30 collectively owned land, 40 the right to use it, with their subdivisions (三调 QSXZ).
_COLLECTIVE = ("3", "4")
_CULTIVATED = Text("cultivated land", "耕地")
_OTHER = Text("other land", "其他土地")


@check(
    "CL25",
    title=Text("Projects that take so much land that the State Council approves are marked", "征收规模达到国务院审批标准的项目应予提示"),
    message=Text(
        "Project {feature} takes {measured} ha of {what}, more than {limit} ha: the expropriation is approved by the State"
        " Council, not by the province.",
        "重大项目{feature}征收{what}{measured}公顷，超过{limit}公顷，须报国务院批准，不属省级审批权限。",
    ),
    remedy=Text(
        "Plan the time for an approval by the State Council, or reduce the site; where the power is delegated to the"
        " province, say by which decision.",
        "预留报国务院审批时间，或核减用地规模；属委托省级审批的，请注明授权文件。",
    ),
    severity=Severity.NOTICE,
    source=Text(
        "土地管理法 (2019) Art. 46; 国发〔2020〕4号 delegates part of it to provinces",
        "《土地管理法》（2019）第46条；国发〔2020〕4号将其中一部分下放省级",
    ),
    reference="6.2 thresholds of approval",
)
def land_taken_within_provincial_power(  # noqa: PLR0913  # both limits go by their name
    key_project: Layer,
    present_land_use: Layer,
    permanent_basic_farmland: Layer | None = None,
    *,
    products: Products,
    classifications: Mapping[str, Classification],
    state_council_cultivated_ha: float,
    state_council_other_ha: float,
) -> Iterator[Finding]:
    """Hold what each project takes against the limits of provincial power · 征地规模与审批层级.

    Cultivated land counts without permanent basic farmland, of which any area needs the State Council and is told by CL20. State-owned
    land is not expropriated; where the survey does not say who owns it, all of it counts.

    Parameters
    ----------
    key_project
        Sites of key projects.
    present_land_use
        Land use of the survey with its codes, and with ownership where known.
    permanent_basic_farmland
        Polygons of the line; None where it was not delivered, and then nothing of it is subtracted.
    products
        Where overlays are computed and remembered.
    classifications
        Land-use classifications by name.
    state_council_cultivated_ha
        More cultivated land than this needs the State Council, ha.
    state_council_other_ha
        More other land than this needs the State Council, ha.

    Yields
    ------
    Finding
        One per project and kind of land above its limit; measured on the ellipsoid in ha.
    """
    classification = classification_of(present_land_use, classifications)
    cultivated = rows_of(present_land_use, classification.is_cultivated)
    taken = np.ones(len(present_land_use), dtype=bool)
    if present_land_use.has("ownership"):
        taken = np.fromiter(
            (text is None or str(text).startswith(_COLLECTIVE) for text in present_land_use.texts("ownership")), bool, len(taken)
        )
    product = products.overlay(key_project, present_land_use)
    counts = len(key_project)
    fields_m2 = _summed(product, (cultivated & taken)[product.right], counts)
    other_m2 = _summed(product, (~cultivated & taken)[product.right], counts)
    if permanent_basic_farmland is not None:
        protected = products.overlay(key_project, permanent_basic_farmland)
        fields_m2 = np.maximum(fields_m2 - _summed(protected, np.ones(len(protected), dtype=bool), counts), 0.0)
    for row in range(counts):
        for area_m2, limit_ha, what in ((fields_m2, state_council_cultivated_ha, _CULTIVATED), (other_m2, state_council_other_ha, _OTHER)):
            measured_ha = float(area_m2[row]) / _M2_PER_HA
            if measured_ha > limit_ha:
                place = key_project.geometry[row]
                yield Finding((str(key_project.ids[row]),), measured_ha, limit_ha, "ha", place, values={"what": what})


def _summed(product: OverlayProduct, mask: npt.NDArray[np.bool_], count: int) -> npt.NDArray[np.float64]:
    areas = product.area_m2 if product.ellipsoidal_area_m2 is None else product.ellipsoidal_area_m2
    return np.bincount(product.left[mask], weights=areas[mask], minlength=count).astype(np.float64)
