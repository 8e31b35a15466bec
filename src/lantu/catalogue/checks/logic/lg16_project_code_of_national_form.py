"""Project codes · 项目代码."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, is_blank, matches
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.layer import Layer


@check(
    "LG16",
    title=Text("A project carries the national project code", "项目应填写国家统一项目代码"),
    message=Text(
        "{feature} in layer {layer} has the project code {measured}, which is not of 24 characters like {limit}.",
        "图层{layer}要素{feature}的项目代码{measured}不是{limit}形式的24位代码。",
    ),
    remedy=Text("Enter the code given by the national approval platform.", "请填写投资项目在线审批监管平台赋予的代码。"),
    severity=Severity.MINOR,
    source=Text(
        "National project code of 24 characters (year, place, industry, kind, serial number)",
        "国家项目代码，24位（年份、地区、行业、类型、流水号）",
    ),
    reference="3.6 attributes",
    locality="feature",
)
def project_code_of_national_form(every_layer: Mapping[str, Layer]) -> Iterator[Finding]:
    """Find project codes that are not of the national form · 项目代码格式.

    A project is followed from plan to completion under this code. Blank codes are left to the check of mandatory values.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.

    Yields
    ------
    Finding
        One per feature.
    """
    for layer in every_layer.values():
        if layer.has("project_code"):
            good = matches(layer, "project_code", r"\d{4}-\d{6}-\d{2}-\d{2}-\d{6}")
            rows = np.flatnonzero(~good & ~is_blank(layer, "project_code"))
            yield from feature_findings(layer, rows, layer.texts("project_code"), limit="2024-320583-78-01-123456")
