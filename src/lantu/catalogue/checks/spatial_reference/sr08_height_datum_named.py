"""Height datum · 高程基准."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.run import NotChecked
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.plans import PackageFacts


@check(
    "SR08",
    title=Text("The metadata name the 1985 national height datum", "元数据应注明1985国家高程基准"),
    message=Text(
        "The metadata give the height datum as “{measured}”; prescribed is {limit}.", "元数据高程基准为“{measured}”，应为{limit}。"
    ),
    remedy=Text("Name the height datum, or convert the heights.", "请注明高程基准或转换高程。"),
    severity=Severity.MINOR,
    source=database_norm(5),
    reference="3.6 spatial reference",
)
def height_datum_named(*, package: PackageFacts) -> Iterator[Finding]:
    """Look for the height datum in the metadata · 高程基准.

    Flood lines and slopes depend on it even where the plan itself is flat.

    Parameters
    ----------
    package
        What the package says of itself.

    Yields
    ------
    Finding
        At most one.

    Raises
    ------
    NotChecked
        If the package has no metadata record.
    """
    if not package.metadata:
        raise NotChecked(Text("The package has no metadata record.", "成果没有元数据。"))
    datum = package.metadata.get("高程基准", package.metadata.get("height_datum", ""))
    if "1985" not in datum and "5737" not in datum:
        yield Finding(measured=datum, limit="1985国家高程基准")
