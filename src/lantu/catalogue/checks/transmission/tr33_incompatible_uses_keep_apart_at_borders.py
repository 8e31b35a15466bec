"""What faces what across a border · 交界处用地相容."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.catalogue.uses import classification_of, rows_of, under
from lantu.engines.checking.card import check
from lantu.standards.zone_rules import load_zone_rules
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import Unit


@check(
    "TR33",
    title=Text("Incompatible uses of neighbours keep their distance", "交界处不相容用地应保持间距"),
    message=Text(
        "{use} in {one} lies {measured} m from {other_use} in {other}; {limit} m are advised.",
        "{one}的{use}距{other}的{other_use}仅{measured}米，建议不小于{limit}米。",
    ),
    remedy=Text(
        "Let both units look at it together: move one use, or plan a buffer between them.",
        "由双方共同研究：调整其中一方用途，或设置防护间隔。",
    ),
    severity=Severity.NOTICE,
    source=Text("Lantu's synergy checks (proposal); advisory", "蓝图协同检查（建议）；供参考"),
    reference="5.2 borders",
    scope="city",
    stages=("drafting", "review"),
)
def incompatible_uses_keep_apart_at_borders(
    planned_land_use: Mapping[str, Layer],
    *,
    units: Mapping[str, Unit],
    classifications: Mapping[str, Classification],
    incompatible_distance_m: float,
) -> Iterator[Finding]:
    """Find uses that do not go together on two sides of a border · 查找跨界不相容用地.

    Each unit's own plan may pass although its heavy industry faces its neighbour's homes.

    Parameters
    ----------
    planned_land_use
        By unit; metres.
    units
        All units of the city.
    classifications
        By name.
    incompatible_distance_m
        Advised distance.

    Yields
    ------
    Finding
        One per pair of features of two units; measured is the distance between them, metres.
    """
    for one, other in load_zone_rules().incompatible:
        sources = {code: _under(layer, one, classifications) for code, layer in planned_land_use.items()}
        targets = {code: _under(layer, other, classifications) for code, layer in planned_land_use.items()}
        for left, right in permutations(sorted(planned_land_use), 2):
            first, second = planned_land_use[left].take(sources[left]), planned_land_use[right].take(targets[right])
            if not len(first) or not len(second):
                continue
            pairs = shapely.STRtree(second.geometry).query(first.geometry, predicate="dwithin", distance=incompatible_distance_m)
            for here, there in sorted(zip(*pairs.tolist(), strict=True)):
                place = shapely.shortest_line(first.geometry[here], second.geometry[there])
                yield Finding(
                    features=(str(first.ids[here]), str(second.ids[there])),
                    measured=float(shapely.length(place)),
                    limit=incompatible_distance_m,
                    unit="m",
                    place=place,
                    values={
                        "use": _use(first, here, classifications),
                        "other_use": _use(second, there, classifications),
                        "one": units[left].name if left in units else Text(left, left),
                        "other": units[right].name if right in units else Text(right, right),
                    },
                )


def _under(layer: Layer, root: str, classifications: Mapping[str, Classification]) -> npt.NDArray[np.int64]:
    return np.flatnonzero(rows_of(layer, under((root,), classification_of(layer, classifications))))


def _use(layer: Layer, row: int, classifications: Mapping[str, Classification]) -> str:
    code = str(layer.texts("land_use_code")[row])
    return f"{code} {classification_of(layer, classifications).name_of(code)}"
