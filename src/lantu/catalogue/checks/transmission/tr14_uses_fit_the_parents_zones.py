"""Planned uses and the zones of the parent plan · 用途与上位分区."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.conflicts import conflict_findings
from lantu.catalogue.tolerances import within_tolerance
from lantu.catalogue.uses import classification_of
from lantu.engines.checking.card import check
from lantu.standards.zone_rules import load_zone_rules
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from lantu.catalogue.conflicts import Conflict
    from lantu.engines.overlay.overlaying import OverlayProduct
    from lantu.engines.overlay.products import Products
    from lantu.engines.overlay.slivers import Tolerance
    from lantu.standards.zone_rules import ZoneRules
    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer


@check(
    "TR14",
    title=Text("Planned uses are compatible with the parent plan's zones", "规划用途应与上位规划分区相容"),
    message=Text(
        "{features}: use {use} takes {measured} m² of the parent's {zone}, {verdict} ({weight}).",
        "{features}：用途{use}占用上位规划{zone}{measured}平方米，{verdict}（{weight}）。",
    ),
    remedy=Text(
        "Choose a use that the zone admits, or have the parent plan's zone changed; where the zone admits it for a reason,"
        " attach the reason.",
        "改用分区准入的用途，或依法修改上位规划分区；分区附条件准入的，请附书面理由。",
    ),
    severity=Severity.MAJOR,
    source=Text(
        "若干意见 (中发〔2019〕18号): lower plans obey upper plans; compatibility of zones and uses: proposal of Lantu's own",
        "《若干意见》（中发〔2019〕18号）：下级规划服从上级规划；分区与用途的兼容关系为蓝图建议",
    ),
    reference="T14",
)
@within_tolerance
def uses_fit_the_parents_zones(
    planned_land_use: Layer,
    parent_planning_zone: Layer,
    *,
    products: Products,
    classifications: Mapping[str, Classification],
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find uses that break the zone they lie in, or need a reason there · 查找与分区不相容或须说明理由的用途.

    What breaks a zone is a fault; what a zone admits for a written reason is a notice for people to weigh.

    Parameters
    ----------
    planned_land_use
        Uses of the unit's plan; metres.
    parent_planning_zone
        Zones of the parent plan, same CRS.
    products
        Where overlays are computed and remembered.
    classifications
        By name.
    tolerance
        What counts as numerical, doubtful or real.

    Yields
    ------
    Finding
        One per pair that does not fit, at the shared land; measured is its ellipsoidal area, m².
    """
    rules, classification = load_zone_rules(), classification_of(planned_land_use, classifications)
    codes, zones = planned_land_use.texts("land_use_code"), parent_planning_zone.texts("zone_name")
    verdicts = {
        (code, zone): _verdict(code, zone, rules, classification)
        for code in set(codes.tolist())
        for zone in set(zones.tolist())
        if code is not None and zone is not None
    }
    number = {key: index for index, key in enumerate(verdicts)}
    verdict = np.array([*verdicts.values(), ""], dtype=object)

    def pairs_of(kind: str, product: OverlayProduct) -> npt.NDArray[np.bool_]:
        rows = [number.get(pair, -1) for pair in zip(codes[product.left], zones[product.right], strict=True)]
        return np.asarray(verdict[rows] == kind, dtype=bool) if rows else np.zeros(0, dtype=bool)

    def describe(kind: str, item: Conflict) -> dict[str, object]:
        return {"use": str(codes[item.left]), "zone": str(zones[item.right]), "verdict": _VERDICTS[kind]}

    for kind in _VERDICTS:
        found = conflict_findings(
            planned_land_use, parent_planning_zone, products, tolerance, partial(pairs_of, kind), partial(describe, kind)
        )
        for finding in found:
            yield finding if kind == "hard" else replace(finding, severity=Severity.NOTICE)


_VERDICTS: Mapping[str, Text] = MappingProxyType(
    {
        "hard": Text("which does not admit it", "该分区不准入"),
        "review": Text("which admits it for a written reason only", "该分区须说明理由后准入"),
    }
)


def _verdict(code: str, zone: str, rules: ZoneRules, classification: Classification) -> str:
    # What breaks a zone needs no reason written: it is hard, whatever else is said of a wider class.
    return next((kind for kind in _VERDICTS if rules.is_any(code, getattr(rules, kind).get(zone, ()), classification)), "")
