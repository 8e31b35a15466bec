"""Settings, read once from the environment · 设置."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.vocabulary.text import Language


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says · 环境设置.

    Parameters
    ----------
    language
        Language of messages: ``LANTU_LANGUAGE``, else that of the locale, else English.
    profile
        City profile for packages that are checked without a city: ``LANTU_PROFILE``, else ``suzhou``.
    database
        Address of the records' database: ``LANTU_DATABASE``; empty for the file in the city's office folder.
    """

    language: Language
    profile: str
    database: str


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings · 读取设置.

    Parameters
    ----------
    environment
        The process's own where None.

    Returns
    -------
    Settings
        Built once per call of the program.
    """
    values = os.environ if environment is None else environment
    language = values.get("LANTU_LANGUAGE") or values.get("LC_ALL") or values.get("LC_MESSAGES") or values.get("LANG", "")
    return Settings(
        language="zh" if language.lower().startswith("zh") else "en",
        profile=values.get("LANTU_PROFILE", "suzhou"),
        database=values.get("LANTU_DATABASE", ""),
    )
