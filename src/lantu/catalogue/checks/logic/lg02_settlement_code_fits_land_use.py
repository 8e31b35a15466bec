"""Settlement codes · 城镇村属性码."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import land_survey_items
from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, rows_where
from lantu.engines.checking.run import NotChecked
from lantu.standards.rules import rules_named
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer


@check(
    "LG02",
    title=Text("The settlement code is one that the land use allows", "城镇村属性码应与地类相符"),
    message=Text(
        "{feature} has code {code} and settlement code {measured}; allowed is {limit}.",
        "{feature}地类{code}，属性码{measured}，应为{limit}。",
    ),
    remedy=Text(
        "Correct the settlement code or the land use; the rule itself is marked uncertain and may be configured.",
        "请更正属性码或地类；该规则来源待核，可配置。",
    ),
    severity=Severity.MINOR,
    source=land_survey_items("settlement_code_value.yaml"),
    reference="3.6 cross-field logic",
    locality="feature",
)
def settlement_code_fits_land_use(present_land_use: Layer) -> Iterator[Finding]:
    """Find settlement codes that the land use does not allow · 属性码与地类不符.

    Mining land and salt pans are 204, special land is 205. The source is a training sheet, so every rule is marked uncertain.

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
    rules = [rule for rule in rules_named("settlement_code_value") if rule.classification == present_land_use.classification]
    if not rules:
        name = present_land_use.classification or "?"
        raise NotChecked(Text(f"No rule is written for classification {name}.", f"分类标准{name}没有相应规则。"))
    codes, given = present_land_use.texts("land_use_code"), present_land_use.texts("settlement_code")
    for rule in rules:
        rows = rows_where(
            present_land_use,
            ["land_use_code", "settlement_code"],
            lambda code, value, rule=rule: rule.applies_to(code) and value not in rule.values,
        )
        yield from feature_findings(present_land_use, rows, given, limit=", ".join(rule.values), values={"code": codes})
