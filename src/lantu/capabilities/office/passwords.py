"""Passwords: argon2 hashes and what a new one must be · 口令."""

from __future__ import annotations

import secrets
from functools import cache

from pwdlib import PasswordHash

from lantu.standards.sign_in import load_sign_in_rules
from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.text import Text

_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


class PasswordUnfit(LantuError):
    """A new password is too short, too long or the login itself · 口令不符合要求."""

    http_status = 422


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def hash_password(password: str, login: str) -> str:
    """Hash a new password after looking at it · 计算口令哈希.

    Parameters
    ----------
    password
        As it was typed.
    login
        Whose it is.

    Returns
    -------
    str
        Argon2id with its parameters and salt.

    Raises
    ------
    PasswordUnfit
        If it is too short, too long or the login.
    """
    rules = load_sign_in_rules()
    if not rules.shortest_password <= len(password) <= rules.longest_password:
        raise PasswordUnfit(
            Text(f"The password has {len(password)} characters.", f"口令有{len(password)}个字符。"),
            Text(
                f"Choose one of {rules.shortest_password} to {rules.longest_password} characters; a sentence is good.",
                f"请使用{rules.shortest_password}至{rules.longest_password}个字符，一句话即可。",
            ),
        )
    if login.casefold() in password.casefold() and len(password) < len(login) + rules.shortest_password:
        raise PasswordUnfit(Text("The password contains the login.", "口令包含登录名。"), Text("Choose another.", "请另选口令。"))
    return _hasher().hash(password)


def verify_password(password: str, password_hash: str | None) -> tuple[bool, str | None]:
    """Hold a password against its hash, taking as long where there is none · 校验口令.

    Parameters
    ----------
    password
        As it was typed.
    password_hash
        That of the account, None where nobody has that login or they sign in another way.

    Returns
    -------
    tuple
        Whether it is right, and a new hash where the old one has outdated parameters.
    """
    tried = password[: load_sign_in_rules().longest_password + 1]
    right, renewed = _hasher().verify_and_update(tried, password_hash or _nobodys_hash())
    return right and password_hash is not None, renewed if password_hash is not None else None


def suggest_password() -> str:
    """Make up a first password that can be read out on the telephone · 生成初始口令.

    Returns
    -------
    str
        Four groups of four characters that nobody mixes up.
    """
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))
