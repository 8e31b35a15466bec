"""Documents of a package · 成果文档."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.run import NotChecked
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.plans import CityProfile, PackageFacts


@check(
    "PK02",
    title=Text("A package has every required document", "成果应含全部规定文档"),
    message=Text("The package has no document {document}.", "成果缺少文档{document}。"),
    remedy=Text("Add the document under the prescribed name.", "请按规定名称补交文档。"),
    severity=Severity.MAJOR,
    source=database_norm(8),
    reference="3.6 completeness",
)
def required_documents_present(*, package: PackageFacts, city: CityProfile) -> Iterator[Finding]:
    """Find required documents that a package lacks · 缺少规定文档.

    A required name is met by a file of that path, of that name, or of that name with any ending; ``*`` stands for any characters.
    Where the profile gives several names for a document, one of them is enough.

    Parameters
    ----------
    package
        What the package says of itself.
    city
        The city, whose profile says what a package must hold.

    Yields
    ------
    Finding
        One per missing document, in the order of the profile.

    Raises
    ------
    NotChecked
        If the profile prescribes no document.
    """
    required = [
        (str(names),) if isinstance(names, str) else tuple(map(str, names))
        for names in city.package_rules(package.name).get("required_documents", ())
    ]
    if not required:
        raise NotChecked(Text("The city profile prescribes no document.", "城市配置未规定成果文档。"))
    names = {name for file in package.files for name in _names_of(file.path)}
    for document in required:
        if not any(fnmatchcase(name, pattern) for name in names for pattern in document):
            yield Finding(measured="", limit=document[0], values={"document": document[0]})


def _names_of(path: str) -> tuple[str, ...]:
    name = path.rsplit("/", 1)[-1]
    return path, path.rsplit(".", 1)[0], name, name.rsplit(".", 1)[0]
