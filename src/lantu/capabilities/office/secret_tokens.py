"""Random secrets that are shown once and kept as their hash · 随机令牌及其哈希."""

from __future__ import annotations

import hashlib
import secrets

_BYTES = 32


def new_token(prefix: str = "") -> str:
    """Make a secret · 生成令牌.

    Parameters
    ----------
    prefix
        Tells people and scanners what it is.

    Returns
    -------
    str
        Safe in headers and cookies.
    """
    return prefix + secrets.token_urlsafe(_BYTES)


def token_hash(token: str) -> str:
    """Give what is kept of a secret · 令牌哈希.

    A plain hash is enough, and quick: the secret has 256 random bits, nobody guesses it.

    Parameters
    ----------
    token
        As the browser or program sent it.

    Returns
    -------
    str
        SHA-256, hexadecimal.
    """
    return hashlib.sha256(token.encode()).hexdigest()
