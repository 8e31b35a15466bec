"""From one version of a layer to the next: which rows stayed, came and went · 版本之间的要素变化."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lantu.engines.overlay.coverage_reading import Reading, read_features, take_wkb

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer


@dataclass(frozen=True, eq=False)
class Step:
    """What lies between two versions of a layer · 两版之间.

    Parameters
    ----------
    before
        The features as they were.
    reading
        The features as they are; only those that came were read.
    gone
        Rows of `before` that are no longer or no longer the same.
    come
        Rows of `reading` that are new or no longer the same.
    """

    before: Reading
    reading: Reading
    gone: npt.NDArray[np.int64]
    come: npt.NDArray[np.int64]

    def windows(self, margin_m: float) -> npt.NDArray[np.float64]:
        """Give the boxes of everything that went or came · 变化范围.

        Parameters
        ----------
        margin_m
            By how much to widen each box.

        Returns
        -------
        numpy.ndarray of float64
            Shape ``(n, 4)``.
        """
        boxes = np.concatenate([self.before.bounds[self.gone], self.reading.bounds[self.come]])
        boxes = boxes[np.isfinite(boxes).all(axis=1)]
        return np.asarray(boxes + np.array([-margin_m, -margin_m, margin_m, margin_m]))


def step_between(before: Reading, ids_before: npt.NDArray[np.object_], layer: Layer, changed: Collection[str]) -> Step | None:
    """Take over what is known of the features that stayed, and read the others · 沿用未变要素.

    Parameters
    ----------
    before
        The features of the earlier version.
    ids_before
        Their ids.
    layer
        The later version.
    changed
        Ids of features that were added, removed or redrawn. A feature that is in one version only counts as
        changed whether it is among them or not.

    Returns
    -------
    Step or None
        None where ids are not unique, so that features cannot be told apart.
    """
    names = pa.array(sorted(changed), pa.large_string())
    same_before = _rows_not_in(ids_before, names)
    same_after = _rows_not_in(layer.ids, names)
    if len(same_before) != len(same_after) or not np.array_equal(ids_before[same_before], layer.ids[same_after]):
        row_of = {name: row for row, name in enumerate(ids_before)}
        if len(row_of) != len(ids_before) or len(set(layer.ids)) != len(layer):
            return None
        known = np.array([row_of.get(name, -1) for name in layer.ids[same_after]], np.int64)
        same_after, same_before = same_after[known >= 0], known[known >= 0]
    come, gone = _others(same_after, len(layer)), _others(same_before, len(ids_before))
    fresh = read_features(take_wkb(layer.wkb, come))
    bounds = np.empty((len(layer), 4))
    bounds[same_after], bounds[come] = before.bounds[same_before], fresh.bounds
    place = np.full(len(ids_before), -1)
    place[same_before] = same_after
    reasons = {int(place[row]): reason for row, reason in before.reasons.items() if place[row] >= 0}
    repaired = {int(place[row]): shape for row, shape in before.repaired.items() if place[row] >= 0}
    reasons.update({int(come[row]): reason for row, reason in fresh.reasons.items()})
    repaired.update({int(come[row]): shape for row, shape in fresh.repaired.items()})
    return Step(before, Reading(layer.wkb, bounds, reasons, repaired), gone, come)


def _others(rows: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    """Give the rows that are not among those given · 其余行."""
    other = np.ones(count, dtype=bool)
    other[rows] = False
    return np.flatnonzero(other)


def _rows_not_in(ids: npt.NDArray[np.object_], names: pa.Array) -> npt.NDArray[np.int64]:
    listed = pc.is_in(pa.array(ids, pa.large_string()), value_set=names)
    return np.flatnonzero(~listed.to_numpy(zero_copy_only=False))
