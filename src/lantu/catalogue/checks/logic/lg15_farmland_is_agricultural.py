"""Land use of farmland · 永农地类."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.engines.checking.card import check
from lantu.engines.checking.columns import feature_findings, rows_where
from lantu.engines.checking.run import NotChecked
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.land_use import LegalClass
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.vocabulary.findings import Finding
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer


@check(
    "LG15",
    title=Text("Permanent basic farmland is agricultural land", "永久基本农田地类应为农用地"),
    message=Text("Farmland {feature} is coded {measured} {name}.", "永久基本农田{feature}地类为{measured}{name}。"),
    remedy=Text("Release the patch lawfully, or correct its code.", "请依法调出，或更正地类编码。"),
    severity=Severity.MAJOR,
    source=Text("土地管理法 (2019), articles 4 and 33", "《土地管理法》（2019）第4、33条"),
    reference="3.6 cross-field logic; 4.3",
    locality="feature",
)
def farmland_is_agricultural(permanent_basic_farmland: Layer, *, classifications: Mapping[str, Classification]) -> Iterator[Finding]:
    """Find protected farmland whose code is no agricultural land · 永农地类非农用地.

    Here the code of the farmland layer itself is judged; what the survey says of the place is judged by the control lines.

    Parameters
    ----------
    permanent_basic_farmland
        Permanent basic farmland; metres.
    classifications
        Land-use classifications by name.

    Yields
    ------
    Finding
        One per patch.

    Raises
    ------
    NotChecked
        If the classification of the layer is not known.
    """
    standard = classifications.get(permanent_basic_farmland.classification)
    if standard is None:
        raise NotChecked(Text("The layer declares no known classification.", "图层未声明已知的分类标准。"))
    codes = permanent_basic_farmland.texts("land_use_code")
    rows = rows_where(
        permanent_basic_farmland,
        ["land_use_code"],
        lambda code: standard.is_known(code) and standard.legal_class(code) in {LegalClass.CONSTRUCTION, LegalClass.UNUSED},
    )
    names = np.full(len(permanent_basic_farmland), "", dtype=object)
    names[rows] = [standard.name_of(str(code).strip()) for code in codes[rows]]
    yield from feature_findings(permanent_basic_farmland, rows, codes, limit="agricultural", values={"name": names})
