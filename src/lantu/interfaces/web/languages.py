"""In which language a page speaks · 页面语言."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from lantu.vocabulary.text import Language

COOKIE = "lantu_language"


def language_of(connection: HTTPConnection, persons: str | None, otherwise: Language | None) -> Language:
    """Choose the language of an answer · 选择语言.

    The query says it first, then the switch in the head (a cookie), then the person's own choice, then the installation, then the browser.

    Parameters
    ----------
    connection
        What came in.
    persons
        Language of the person who signed in, None for nobody.
    otherwise
        Language of the installation, None to follow the browser.

    Returns
    -------
    Language
        ``en`` or ``zh``.
    """
    for said in (connection.query_params.get("language"), connection.cookies.get(COOKIE), persons, otherwise):
        if said == "zh":
            return "zh"
        if said == "en":
            return "en"
    return _of_browser(connection.headers.get("accept-language", ""))


def _of_browser(accepted: str) -> Language:
    for part in accepted.lower().split(","):
        if part.strip().startswith("zh"):
            return "zh"
        if part.strip().startswith("en"):
            return "en"
    return "zh"
