"""What the environment says about serving a city, read once · 服务设置."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lantu.vocabulary.text import Language

_SQLITE = "sqlite:///"
_THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")


class SettingInvalid(LantuError):
    """A setting cannot be used · 设置无效."""


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """Sign-in by the house's own identity provider, where there is one · 统一身份认证.

    Parameters
    ----------
    issuer
        Address of the provider; its discovery document lies below it.
    client_id
        Name under which the provider knows this installation.
    client_secret
        Its secret, empty for a public client.
    title_en
        What the button says in English.
    title_zh
        What the button says in Chinese.
    claim
        Claim that is held against the login of people who have not signed in this way before.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    title_en: str = "single sign-on"
    title_zh: str = "统一身份认证"
    claim: str = "preferred_username"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a city is served · 服务设置.

    Parameters
    ----------
    city_folder
        Folder of the city.
    database
        Where records rest, as SQLAlchemy writes it.
    host
        Address to listen on.
    port
        Port to listen on.
    language
        Language for whom nothing else says one; None follows the browser.
    public_origin
        Address under which browsers reach the application, where a proxy stands before it.
    upload_limit_mb
        Largest file that is taken.
    workers
        Long pieces of work done at a time.
    oidc
        Single sign-on, None without.
    webhook_hosts
        Hosts, or hosts with a port, to which webhooks may send messages.
    """

    city_folder: Path
    database: str = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 8765
    language: Language | None = None
    public_origin: str = ""
    upload_limit_mb: int = 2048
    workers: int = 1
    oidc: OidcSettings | None = None
    webhook_hosts: tuple[str, ...] = _THIS_MACHINE

    @property
    def secure(self) -> bool:
        """Whether browsers come by https, so that cookies may insist on it · 是否https.

        Returns
        -------
        bool
            As `public_origin` says.
        """
        return self.public_origin.startswith("https://")

    @property
    def office_folder(self) -> Path:
        """Give the folder of everything that people do · 办公目录.

        Returns
        -------
        pathlib.Path
            ``office`` of the city.
        """
        return self.city_folder / "office"


def read_settings(city_folder: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of serving a city · 读取服务设置.

    Parameters
    ----------
    city_folder
        Folder of the city.
    environment
        The process's own where None.

    Returns
    -------
    Settings
        Built once per process.

    Raises
    ------
    SettingInvalid
        If one of them cannot be used.
    """
    values = os.environ if environment is None else environment
    folder = city_folder.resolve()
    return Settings(
        city_folder=folder,
        database=values.get("LANTU_DATABASE") or f"{_SQLITE}{folder / 'office' / 'records.sqlite3'}",
        host=values.get("LANTU_HOST") or "127.0.0.1",
        port=_number(values, "LANTU_PORT", 8765, 65535),
        language=_language(values.get("LANTU_LANGUAGE", "")),
        public_origin=_origin(values.get("LANTU_PUBLIC_ORIGIN", "")),
        upload_limit_mb=_number(values, "LANTU_UPLOAD_LIMIT_MB", 2048, 1_000_000),
        workers=_number(values, "LANTU_WORKERS", 1, 64),
        oidc=_oidc(values),
        webhook_hosts=_hosts(values.get("LANTU_WEBHOOK_HOSTS", "")),
    )


def _number(values: Mapping[str, str], name: str, otherwise: int, most: int) -> int:
    given = values.get(name, "")
    if not given:
        return otherwise
    if not given.isdecimal() or not 1 <= int(given) <= most:
        raise _invalid(Text(f"a whole number from 1 to {most}", f"1至{most}的整数"), name, given)
    return int(given)


def _language(given: str) -> Language | None:
    if given.lower().startswith("zh"):
        return "zh"
    return "en" if given.lower().startswith("en") else None


def _origin(given: str) -> str:
    parts = urlsplit(given)
    if given and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.path not in {"", "/"}):
        raise _invalid(
            Text("scheme and host, such as https://lantu.example", "协议加主机，例如https://lantu.example"), "LANTU_PUBLIC_ORIGIN", given
        )
    return given.rstrip("/")


def _hosts(given: str) -> tuple[str, ...]:
    named = tuple(item.strip().lower() for item in given.split(",") if item.strip())
    for item in named:
        if urlsplit(f"//{item}").netloc != item or "@" in item or "*" in item:
            raise _invalid(
                Text("hosts joined by commas, each with or without a port", "以逗号分隔的主机，可带端口"), "LANTU_WEBHOOK_HOSTS", item
            )
    return named or _THIS_MACHINE


def _oidc(values: Mapping[str, str]) -> OidcSettings | None:
    issuer = values.get("LANTU_OIDC_ISSUER", "")
    if not issuer:
        return None
    if not values.get("LANTU_OIDC_CLIENT_ID"):
        raise _invalid(Text("the name the provider gave this installation", "认证方分配的客户端编号"), "LANTU_OIDC_CLIENT_ID", "")
    defaults = OidcSettings(issuer, "")
    return OidcSettings(
        issuer=issuer.rstrip("/"),
        client_id=values["LANTU_OIDC_CLIENT_ID"],
        client_secret=values.get("LANTU_OIDC_CLIENT_SECRET", ""),
        title_en=values.get("LANTU_OIDC_TITLE_EN") or defaults.title_en,
        title_zh=values.get("LANTU_OIDC_TITLE_ZH") or defaults.title_zh,
        claim=values.get("LANTU_OIDC_CLAIM") or defaults.claim,
    )


def _invalid(wanted: Text, name: str, given: str) -> SettingInvalid:
    return SettingInvalid(
        Text(f"The setting {name} is {given!r}.", f"设置{name}的值为{given!r}。"),
        Text("It must be {wanted}.", "应为{wanted}。").format(wanted=wanted),
    )
