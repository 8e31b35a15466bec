"""Rules of signing in, read from data · 登录规则."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class SignInRules:
    """How long passwords, sessions and tokens live, and how often one may fail · 登录规则.

    Parameters
    ----------
    shortest_password
        Fewest characters of a password.
    longest_password
        Most characters of a password; hashing longer ones would only cost time.
    idle
        A session that nobody uses for so long ends.
    longest_session
        Every session ends after this.
    renew_every
        A session's last use is written no more often than this.
    window
        Failures are counted over so long.
    most_failures_per_login
        After so many, a login waits until the window has moved on.
    most_failures_per_address
        The same for one network address.
    longest_token
        Longest life of a token for programs.
    offered_token_days
        Lives that the page offers.
    """

    shortest_password: int
    longest_password: int
    idle: dt.timedelta
    longest_session: dt.timedelta
    renew_every: dt.timedelta
    window: dt.timedelta
    most_failures_per_login: int
    most_failures_per_address: int
    longest_token: dt.timedelta
    offered_token_days: tuple[int, ...]


@cache
def load_sign_in_rules() -> SignInRules:
    """Read the rules of signing in · 读取登录规则.

    Returns
    -------
    SignInRules
        As ``sign_in.yaml`` says.
    """
    record = yaml.safe_load((Path(__file__).parent / "sign_in.yaml").read_text(encoding="utf-8"))
    password, session, attempts, tokens = (record[key] for key in ("password", "session", "attempts", "tokens"))
    return SignInRules(
        shortest_password=password["shortest_characters"],
        longest_password=password["longest_characters"],
        idle=dt.timedelta(minutes=session["idle_minutes"]),
        longest_session=dt.timedelta(hours=session["longest_hours"]),
        renew_every=dt.timedelta(seconds=session["renew_every_seconds"]),
        window=dt.timedelta(minutes=attempts["window_minutes"]),
        most_failures_per_login=attempts["most_failures_per_login"],
        most_failures_per_address=attempts["most_failures_per_address"],
        longest_token=dt.timedelta(days=tokens["longest_days"]),
        offered_token_days=tuple(tokens["offered_days"]),
    )
