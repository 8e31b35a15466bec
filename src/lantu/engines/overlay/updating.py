"""Overlay products brought up to date where layers changed · 叠加成果的增量更新."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lantu.engines.overlay.overlaying import OverlayProduct, overlay
from lantu.vocabulary.feature_hash import geometry_hashes
from lantu.vocabulary.layer import IDENTIFIER

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer


def update(  # noqa: PLR0913  # a product and two versions of two layers
    product: OverlayProduct, old_left: Layer, new_left: Layer, old_right: Layer, new_right: Layer, *, threads: int = 2
) -> OverlayProduct:
    """Bring an overlay product up to date · 增量更新叠加成果.

    Only pairs of which at least one feature was added, removed or redrawn are measured; the others are taken over.
    The result is that of a full overlay bit for bit.

    Parameters
    ----------
    product
        Overlay of `old_left` and `old_right`.
    old_left
        Left layer then.
    new_left
        Left layer now.
    old_right
        Right layer then.
    new_right
        Right layer now.
    threads
        Threads to share the work.

    Returns
    -------
    OverlayProduct
        Overlay of `new_left` and `new_right`; pieces of pairs taken over are kept, those of others are None.
    """
    if old_left.crs != new_left.crs or old_right.crs != new_right.crs:
        return overlay(new_left, new_right, ellipsoidal=product.ellipsoidal_area_m2 is not None, threads=threads)
    left_from, left_to = match_features(old_left, new_left)
    right_from, right_to = match_features(old_right, new_right)
    kept = (left_to[product.left] >= 0) & (right_to[product.right] >= 0)
    carried = chosen_pairs(product, kept)
    carried = replace(carried, left=left_to[carried.left].astype(np.int32), right=right_to[carried.right].astype(np.int32))
    gone = _measure_changed(old_left, old_right, left_to < 0, right_to < 0, product, threads)
    come = _measure_changed(new_left, new_right, left_from < 0, right_from < 0, product, threads)
    contacts = product.contacts + sum(part.contacts for part in come) - sum(part.contacts for part in gone)
    return replace(_merged([carried, *come]), contacts=contacts)


def match_features(old: Layer, new: Layer) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Match the features of two versions of a layer that have the same id and the same geometry · 匹配未变要素.

    Parameters
    ----------
    old
        Earlier version.
    new
        Later version.

    Returns
    -------
    tuple of numpy.ndarray of int64
        For each new feature its old row, and for each old feature its new row; -1 where there is none.
    """
    if old is new:
        return np.arange(len(new)), np.arange(len(old))
    candidate = _rows_of_same_id(old, new)
    known = np.flatnonzero(candidate >= 0)
    # An id that occurs twice stands for one feature only; the other one counts as new.
    known = known[np.unique(candidate[known], return_index=True)[1]]
    if len(known) == len(old) == len(new) and (candidate == np.arange(len(new))).all():
        # Rows in the same order are compared byte by byte, which costs less than hashing them.
        equal: Any = pc.equal(old.wkb, new.wkb)
        null: Any = pc.and_(pc.is_null(old.wkb), pc.is_null(new.wkb))
        same = equal.fill_null(False).to_numpy() | null.to_numpy()  # noqa: FBT003  # Arrow's fill value has no name
    else:
        same = geometry_hashes(old)[candidate[known]] == geometry_hashes(new)[known]
    known = known[same]
    came_from = np.full(len(new), -1, np.int64)
    came_from[known] = candidate[known]
    went_to = np.full(len(old), -1, np.int64)
    went_to[candidate[known]] = known
    return came_from, went_to


def _rows_of_same_id(old: Layer, new: Layer) -> npt.NDArray[np.int64]:
    """Give the old row of each new feature's id, -1 where it is new · 同标识旧行号."""
    old_ids, new_ids = _identifiers(old), _identifiers(new)
    if old_ids.equals(new_ids):
        return np.arange(len(new))
    found: Any = pc.index_in(new_ids, value_set=old_ids)
    return np.asarray(found.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _identifiers(layer: Layer) -> pa.Array[Any]:
    """Give the feature ids as one Arrow array · 标识列."""
    if not layer.has(IDENTIFIER) or layer.column(IDENTIFIER).null_count:
        return pa.array(layer.ids, pa.large_string())
    return pa.concat_arrays(layer.column(IDENTIFIER).cast(pa.large_string()).chunks or [pa.array([], pa.large_string())])


def _measure_changed(  # noqa: PLR0913, PLR0917  # two sides with what changed in each
    left: Layer,
    right: Layer,
    left_changed: npt.NDArray[np.bool_],
    right_changed: npt.NDArray[np.bool_],
    product: OverlayProduct,
    threads: int,
) -> list[OverlayProduct]:
    """Measure the pairs that have a changed feature: changed with all, and the rest with the changed · 测量受影响的对."""
    parts = []
    ellipsoidal = product.ellipsoidal_area_m2 is not None
    for left_rows, right_rows in (
        (np.flatnonzero(left_changed), np.arange(len(right))),
        (np.flatnonzero(~left_changed), np.flatnonzero(right_changed)),
    ):
        if not len(left_rows) or not len(right_rows):
            continue
        part = overlay(
            left if len(left_rows) == len(left) else left.take(left_rows),
            right if len(right_rows) == len(right) else right.take(right_rows),
            ellipsoidal=ellipsoidal,
            threads=threads,
        )
        parts.append(replace(part, left=left_rows[part.left].astype(np.int32), right=right_rows[part.right].astype(np.int32)))
    return parts


def chosen_pairs(product: OverlayProduct, mask: npt.NDArray[np.bool_]) -> OverlayProduct:
    """Keep some pairs of a product · 保留部分对.

    Parameters
    ----------
    product
        An overlay product.
    mask
        True for the pairs to keep, shape ``(n,)``.

    Returns
    -------
    OverlayProduct
        The count of contacts is that of the whole.
    """
    suspect = np.zeros(len(product), dtype=bool)
    suspect[product.suspect] = True
    return OverlayProduct(
        left=product.left[mask],
        right=product.right[mask],
        area_m2=product.area_m2[mask],
        ellipsoidal_area_m2=None if product.ellipsoidal_area_m2 is None else product.ellipsoidal_area_m2[mask],
        pieces=None if product.pieces is None else product.pieces[mask],
        suspect=np.flatnonzero(suspect[mask]),
        contacts=product.contacts,
        plane_area=product.plane_area[mask],
    )


def _merged(parts: list[OverlayProduct]) -> OverlayProduct:
    """Put pairs of several products into one, by left and right row · 合并成果."""
    left = np.concatenate([part.left for part in parts])
    right = np.concatenate([part.right for part in parts])
    order = np.lexsort((right, left))
    starts = np.cumsum([0, *(len(part) for part in parts)])
    suspect = np.zeros(len(left), dtype=bool)
    for part, start in zip(parts, starts, strict=False):
        suspect[start + part.suspect] = True
    ellipsoidal = [part.ellipsoidal_area_m2 for part in parts if part.ellipsoidal_area_m2 is not None]
    pieces = None
    if parts[0].pieces is not None:
        pieces = np.concatenate([part.pieces if part.pieces is not None else np.full(len(part), None, dtype=object) for part in parts])[
            order
        ]
    return OverlayProduct(
        left=left[order],
        right=right[order],
        area_m2=np.concatenate([part.area_m2 for part in parts])[order],
        ellipsoidal_area_m2=np.concatenate(ellipsoidal)[order] if parts[0].ellipsoidal_area_m2 is not None else None,
        pieces=pieces,
        suspect=np.flatnonzero(suspect[order]),
        contacts=0,
        plane_area=np.concatenate([part.plane_area for part in parts])[order],
    )
