"""Settlement codes · 城镇村属性码."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import land_survey_items
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, is_blank, rows_where
from lantu.engines.checking.run import NotChecked
from lantu.standards.rules import rules_named
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer


@check(
    "LG01",
    title=Text("Built land carries a settlement code", "建设用地应填写城镇村属性码"),
    message=Text("{feature} has code {measured} and no settlement code.", "{feature}地类{measured}，未填城镇村属性码。"),
    remedy=Text("Fill the settlement code (CZCSXM).", "请填写城镇村属性码（CZCSXM）。"),
    severity=Severity.MAJOR,
    source=land_survey_items("settlement_code_present.yaml"),
    reference="3.6 cross-field logic",
    locality="feature",
)
def settlement_code_where_asked_for(present_land_use: Layer) -> Iterator[Finding]:
    """Find built land without a settlement code · 城镇村属性码缺失.

    Urban and rural construction land is counted by this code, not by land use. Which codes ask for it stands in the rule file, by
    classification.

    Parameters
    ----------
    present_land_use
        Present land use; metres.

    Yields
    ------
    Finding
        One per patch.

    Raises
    ------
    NotChecked
        If no rule is written for the classification of the layer.
    """
    rules = [rule for rule in rules_named("settlement_code_present") if rule.classification == present_land_use.classification]
    if not rules:
        name = present_land_use.classification or "?"
        raise NotChecked(Text(f"No rule is written for classification {name}.", f"分类标准{name}没有相应规则。"))
    codes, given = present_land_use.texts("land_use_code"), present_land_use.texts("settlement_code")
    asked = rows_where(present_land_use, ["land_use_code"], lambda code: any(rule.applies_to(code) for rule in rules))
    rows = asked[is_blank(present_land_use, "settlement_code")[asked]]
    yield from feature_findings(present_land_use, rows, codes, values={"given": given})
