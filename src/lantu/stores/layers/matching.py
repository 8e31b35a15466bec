"""Which feature of one version is which feature of another · 新旧要素匹配."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from lantu.vocabulary.feature_hash import attribute_hashes, geometry_hashes
from lantu.vocabulary.layer import IDENTIFIER

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer

    Rows = npt.NDArray[np.int64]

_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Match:
    """Rows of two versions side by side · 匹配结果.

    Parameters
    ----------
    old
        Row in the old version of each matched feature, shape ``(m,)``.
    new
        Row in the new version of the same feature, shape ``(m,)``.
    removed
        Rows of the old version without a counterpart.
    added
        Rows of the new version without a counterpart.
    """

    old: Rows
    new: Rows
    removed: Rows
    added: Rows


def match_features(old: Layer, new: Layer) -> Match:
    """Match by identifier, then by content, then by geometry · 按标识、内容、图形依次匹配.

    An identifier decides where it stands once in either version. What is left, because identifiers are missing, repeated or
    new, is the same feature where everything but the identifier is equal, or else where the geometry is.

    Parameters
    ----------
    old
        The version before.
    new
        The version after.

    Returns
    -------
    Match
        Every row of either version exactly once; pairs in order of the new version.
    """
    pairs_old, pairs_new = _by_identifier(old, new)
    left_old, left_new = _rest(len(old), pairs_old), _rest(len(new), pairs_new)
    if len(left_old) and len(left_new):
        old_part, new_part = old.take(left_old), new.take(left_new)
        shapes = geometry_hashes(old_part), geometry_hashes(new_part)
        words = attribute_hashes(old_part, without=(IDENTIFIER,)), attribute_hashes(new_part, without=(IDENTIFIER,))
        for keys in (tuple(word * _ODD + shape for word, shape in zip(words, shapes, strict=True)), shapes):
            free_old = np.flatnonzero(~np.isin(left_old, pairs_old))
            free_new = np.flatnonzero(~np.isin(left_new, pairs_new))
            first, second = _equal_keys(keys[0][free_old], keys[1][free_new])
            pairs_old = np.concatenate([pairs_old, left_old[free_old[first]]])
            pairs_new = np.concatenate([pairs_new, left_new[free_new[second]]])
    order = np.argsort(pairs_new, kind="stable")
    pairs_old, pairs_new = pairs_old[order], pairs_new[order]
    return Match(pairs_old, pairs_new, _rest(len(old), pairs_old), _rest(len(new), pairs_new))


def _rest(count: int, rows: Rows) -> Rows:
    free = np.ones(count, bool)
    free[rows] = False
    return np.flatnonzero(free)


def _by_identifier(old: Layer, new: Layer) -> tuple[Rows, Rows]:
    nothing = np.empty(0, np.int64)
    if not (old.has(IDENTIFIER) and new.has(IDENTIFIER)):
        return nothing, nothing
    chunks = [chunk for layer in (old, new) for chunk in layer.column(IDENTIFIER).cast(pa.large_string()).chunks]
    encoded = pa.chunked_array(chunks, pa.large_string()).combine_chunks().dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    kinds = len(encoded.dictionary)
    rows, singles = [], []
    for part in (codes[: len(old)], codes[len(old) :]):
        named = np.flatnonzero(part >= 0)
        where = np.full(kinds, -1, np.int64)
        where[part[named]] = named
        rows.append(where)
        singles.append(np.bincount(part[named], minlength=kinds) == 1)
    matched = np.flatnonzero(singles[0] & singles[1])
    return rows[0][matched], rows[1][matched]


def _equal_keys(old: npt.NDArray[np.uint64], new: npt.NDArray[np.uint64]) -> tuple[Rows, Rows]:
    """Pair equal keys one by one; keys that stand several times are paired in order as far as they go."""
    _, codes = np.unique(np.concatenate([old, new]), return_inverse=True)
    marks = []
    for part in (codes[: len(old)], codes[len(old) :]):
        order = np.argsort(part, kind="stable")
        ordered = part[order]
        first = np.searchsorted(ordered, ordered)
        rank = np.empty(len(part), np.int64)
        rank[order] = np.arange(len(part)) - first
        marks.append(part.astype(np.int64) * (len(codes) + 1) + rank)
    _, first, second = np.intersect1d(marks[0], marks[1], assume_unique=True, return_indices=True)
    return first, second
