"""Which use belongs in which zone · 分区与用途规则."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lantu.vocabulary.land_use import Classification


@dataclass(frozen=True, slots=True)
class ZoneRules:
    """Rules on zones and uses, as data has them · 分区规则.

    Parameters
    ----------
    urban_development
        Codes of urban development by classification.
    forbidden_on_farmland
        Codes forbidden on permanent basic farmland by classification.
    boundary_zones
        Names of the parts of the development boundary by kind: ``concentrated``, ``flexible``, ``special``.
    project_kinds_outside_boundary
        Words of the kinds of key projects that may lie outside the development boundary.
    hard
        Codes that break a planning zone, by the zone's name.
    review
        Codes that need a written reason in a planning zone, by the zone's name.
    incompatible
        Pairs of codes that must not face one another.
    facility_sites
        Codes a facility may stand on, by a word of its kind.
    """

    urban_development: Mapping[str, tuple[str, ...]]
    forbidden_on_farmland: Mapping[str, tuple[str, ...]]
    boundary_zones: Mapping[str, tuple[str, ...]]
    project_kinds_outside_boundary: tuple[str, ...]
    hard: Mapping[str, tuple[str, ...]]
    review: Mapping[str, tuple[str, ...]]
    incompatible: tuple[tuple[str, str], ...]
    facility_sites: Mapping[str, tuple[str, ...]]

    @staticmethod
    def is_any(code: str | None, roots: Iterable[str], classification: Classification) -> bool:
        """Tell whether a code is, or stands under, one of several · 代码是否属于所列类别.

        Parameters
        ----------
        code
            A code; an unknown one is under nothing.
        roots
            Codes.
        classification
            Where they come from.

        Returns
        -------
        bool
            True for a root itself.
        """
        return any(root in classification.codes and classification.is_under(code, root) for root in roots)


@cache
def load_zone_rules() -> ZoneRules:
    """Read the rules on zones and uses · 读取分区规则.

    Returns
    -------
    ZoneRules
        As ``standards/zone_rules.yaml`` has them.
    """
    record = yaml.safe_load(resources.files("lantu.standards").joinpath("zone_rules.yaml").read_text(encoding="utf-8"))
    frozen = {
        key: MappingProxyType({name: tuple(codes) for name, codes in record[key].items()})
        for key in ("urban_development", "forbidden_on_farmland", "boundary_zones", "facility_sites")
    }
    matrix = record["zone_matrix"]
    return ZoneRules(
        urban_development=frozen["urban_development"],
        forbidden_on_farmland=frozen["forbidden_on_farmland"],
        boundary_zones=frozen["boundary_zones"],
        project_kinds_outside_boundary=tuple(record["project_kinds_outside_boundary"]),
        hard=MappingProxyType({zone: tuple(rule["hard"]) for zone, rule in matrix.items()}),
        review=MappingProxyType({zone: tuple(rule["review"]) for zone, rule in matrix.items()}),
        incompatible=tuple((pair["one"], pair["other"]) for pair in record["incompatible"]),
        facility_sites=frozen["facility_sites"],
    )
