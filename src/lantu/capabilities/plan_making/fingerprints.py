"""The same hash for the same content, whatever the process · 内容指纹."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from enum import Enum
from typing import Any


def fingerprint(value: Any) -> str:  # noqa: ANN401  # anything that is made of plain parts
    """Hash a value made of dataclasses, mappings, sequences, sets and scalars · 计算指纹.

    Parameters
    ----------
    value
        The value; sets and mappings count without order.

    Returns
    -------
    str
        SHA-256 in hex.
    """
    return hashlib.sha256(json.dumps(_plain(value), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(value: Any) -> Any:  # noqa: ANN401, PLR0911  # one line a kind; as above
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(json.dumps(_plain(item), sort_keys=True, ensure_ascii=False) for item in value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return repr(value)
