"""Facilities of special plans on the land of the master plan · 专项设施落位."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.catalogue.uses import CONSTRUCTION, classification_of, rows_of
from lantu.engines.checking.card import check
from lantu.standards.zone_rules import load_zone_rules
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer


@check(
    "TR19",
    title=Text("Public facilities stand on land planned for building", "公共设施应落在规划建设用地上"),
    message=Text("{kind} {feature} stands on {measured}; {statement}.", "{kind}{feature}落在{measured}；{statement}。"),
    remedy=Text("Move the facility to land reserved for it, or reserve the land.", "将设施调整到预留用地，或预留相应用地。"),
    severity=Severity.MAJOR,
    source=Text(
        "若干意见 (中发〔2019〕18号): special plans obey the master plan", "《若干意见》（中发〔2019〕18号）：专项规划服从总体规划"
    ),
    reference="T19",
)
def facilities_on_land_reserved_for_them(
    facility: Layer, planned_land_use: Layer, *, classifications: Mapping[str, Classification]
) -> Iterator[Finding]:
    """Look up the planned use under every facility · 查找设施所在规划用途.

    A facility of a kind that the zone rules name must stand on the uses named there, every other one on construction
    land. A facility on the edge of several uses is right if one of them is.

    Parameters
    ----------
    facility
        Points; metres.
    planned_land_use
        Uses, same CRS.
    classifications
        By name.

    Yields
    ------
    Finding
        One per facility that stands elsewhere; measured is the use under it.
    """
    classification = classification_of(planned_land_use, classifications)
    rules, codes, kinds = load_zone_rules(), planned_land_use.texts("land_use_code"), facility.texts("facility_kind")
    built = rows_of(planned_land_use, lambda code: code in classification.codes and classification.legal_class(str(code)) == CONSTRUCTION)
    # Facilities are few and uses many: the tree stands over the few.
    use, point = shapely.STRtree(facility.geometry).query(planned_land_use.geometry, predicate="intersects")
    under: dict[int, list[int]] = {}
    for row, parcel in zip(point.tolist(), use.tolist(), strict=True):
        under.setdefault(row, []).append(parcel)
    for row in np.flatnonzero([shape is not None for shape in facility.geometry]):
        parcels = sorted(under.get(int(row), []))
        sites = next((listed for word, listed in rules.facility_sites.items() if word in str(kinds[row])), None)
        fits = (
            any(rules.is_any(codes[parcel], sites, classification) for parcel in parcels)
            if sites is not None
            else bool(built[parcels].any())
        )
        if fits:
            continue
        wanted = Text("construction land is asked for", "应为建设用地")
        if sites is not None:
            listed = ", ".join(sites)
            wanted = Text(f"one of {listed} is asked for", f"应为{listed}之一")
        standing = ", ".join(f"{codes[parcel]}" for parcel in parcels) or "-"
        yield Finding(
            features=(str(facility.ids[row]),),
            measured=standing,
            place=facility.geometry[row],
            values={"kind": str(kinds[row]), "statement": wanted},
        )
