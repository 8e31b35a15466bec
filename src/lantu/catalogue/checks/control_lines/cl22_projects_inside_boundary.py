"""Key projects lie inside the development boundary, or are of a kind that may lie outside · 重大项目与城镇开发边界."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.outside import outside_findings
from lantu.catalogue.tolerances import within_tolerance
from lantu.engines.checking.card import check
from lantu.standards.zone_rules import load_zone_rules
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.engines.overlay.products import Products
    from lantu.engines.overlay.slivers import Tolerance
    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer


@check(
    "CL22",
    title=Text(
        "Key projects lie inside the development boundary, or are of a kind that may lie outside",
        "重大项目应位于城镇开发边界内，或属于可在边界外布局的类型",
    ),
    message=Text(
        "{measured} m² of project {feature} lie outside the boundary.",
        "重大项目{feature}有{measured}平方米位于城镇开发边界以外。",
    ),
    remedy=Text(
        "Move the site inside; or state the kind of project (transport, water, energy, village, special site) that is admitted outside.",
        "调整选址至边界内；属交通、水利、能源、村庄、特殊选址等可在边界外布局的，请注明项目类型。",
    ),
    severity=Severity.MAJOR,
    source=Text(
        "中办国办 2019; 自然资发〔2023〕193号: outside the boundary by binding quotas and admission to zones (约束指标+分区准入)",
        "中办国办（2019）；自然资发〔2023〕193号：边界外实行约束指标+分区准入",
    ),
    reference="6.2 parcel and boundary",
)
@within_tolerance
def projects_inside_boundary(
    key_project: Layer,
    urban_development_boundary: Layer,
    *,
    products: Products,
    tolerance: Tolerance,
) -> Iterator[Finding]:
    """Find key projects outside the boundary that are of no admitted kind · 查找边界外的重大项目.

    Which kinds may lie outside is data; a project that does not say its kind is asked for it where it lies outside.

    Parameters
    ----------
    key_project
        Sites of key projects with their kinds.
    urban_development_boundary
        Zones of the boundary.
    products
        Where overlays are computed and remembered.
    tolerance
        What counts as numerical, doubtful or real.

    Yields
    ------
    Finding
        One per project with land outside, at its place; measured on the ellipsoid in m².
    """
    admitted = load_zone_rules().project_kinds_outside_boundary
    kinds = key_project.texts("project_kind") if key_project.has("project_kind") else np.full(len(key_project), None, dtype=object)
    meant = np.fromiter((kind is None or not any(word in str(kind) for word in admitted) for kind in kinds), bool, len(key_project))
    everywhere = np.ones(len(urban_development_boundary), dtype=bool)
    yield from outside_findings(key_project, meant, urban_development_boundary, everywhere, products, tolerance)
