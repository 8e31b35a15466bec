"""To which addresses messages may go: those that the office named, and never the machine's own network services · 回调目标限制."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.text import Text

_LONGEST_ADDRESS = 2_000
_PORTS = {"http": 80, "https": 443}


class TargetRefused(LantuError):
    """Messages may not go to this address · 回调地址不允许."""

    http_status = 422


def check_target(url: str, allowed: tuple[str, ...]) -> None:
    """Refuse an address that the office did not name · 校验回调地址.

    Parameters
    ----------
    url
        Where messages are to go.
    allowed
        Hosts, or hosts with a port, that the setting ``LANTU_WEBHOOK_HOSTS`` names.

    Raises
    ------
    TargetRefused
        If it is not an http(s) address of one of them.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise _refused() from None
    plain = len(url) <= _LONGEST_ADDRESS and url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not plain or parts.scheme not in _PORTS or parts.username is not None or parts.password is not None or parts.fragment:
        raise _refused()
    named = f"[{host}]" if ":" in host else host
    if named not in allowed and f"{named}:{port or _PORTS[parts.scheme]}" not in allowed:
        raise _refused()


def check_resolved(url: str) -> None:
    """Refuse a name that leads to where no receiver of messages can be · 校验解析结果.

    Machines of a cloud hand out their secrets on link-local addresses: a name that was harmless when it was entered
    may point there when the message leaves.

    Parameters
    ----------
    url
        An address that `check_target` let pass.

    Raises
    ------
    TargetRefused
        If it leads to a link-local, multicast or reserved address.
    """
    parts = urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or _PORTS[parts.scheme], type=socket.SOCK_STREAM)
    except OSError:
        return  # Nothing is there; sending says so and tries again later.
    for entry in found:
        address = ipaddress.ip_address(str(entry[4][0]).partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None) or address
        if mapped.is_link_local or mapped.is_multicast or mapped.is_unspecified or (mapped.is_reserved and not mapped.is_loopback):
            raise _refused()


def _refused() -> TargetRefused:
    return TargetRefused(
        Text("Messages may not be sent to this address.", "不允许向此地址发送消息。"),
        Text(
            "Ask the administrator to name its host in the setting LANTU_WEBHOOK_HOSTS.",
            "请联系管理员将该主机加入设置LANTU_WEBHOOK_HOSTS。",
        ),
    )
