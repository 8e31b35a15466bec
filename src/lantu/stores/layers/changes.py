"""What changed from one version of a layer to the next, piece by piece · 图层版本间的变更集."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from lantu.stores.layers.matching import Match, match_features
from lantu.vocabulary.content_hash import plain_values
from lantu.vocabulary.errors import ReferenceMismatch
from lantu.vocabulary.feature_hash import attribute_hashes, geometry_hashes
from lantu.vocabulary.layer import IDENTIFIER, Layer
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    Rows = npt.NDArray[np.int64]
    Measure = Callable[[npt.NDArray[np.object_]], npt.NDArray[np.float64]]

BROUGHT_IN = "1"
ATTRIBUTE_CHANGED = "2"
TAKEN_OUT = "3"
_AREAL = 2


@dataclass(frozen=True, eq=False)
class ChangeSet:
    """What changed from one version to the next · 变更集.

    A feature whose geometry and attributes both changed stands in both lists. The three layers are those of dynamic
    maintenance (动态维护): 维护前, 维护后 and 维护层. In the change layer land that one feature gave up and another took over is an
    attribute change, for it never left the layer; so ``brought in − taken out = area after − area before``.

    Parameters
    ----------
    old_version
        Content hash of the version before.
    new_version
        Content hash of the version after.
    added
        Rows of the new version that have no counterpart.
    removed
        Rows of the old version that have no counterpart.
    geometry_changed
        Rows of old and new of features whose shape differs, shape ``(n, 2)``.
    attributes_changed
        Rows of old and new of features of which a field differs, shape ``(n, 2)``.
    changed_fields
        How many features differ in each field.
    fields_added
        Fields that only the new version has.
    fields_removed
        Fields that only the old version has.
    unchanged
        Number of features that are the same in every field and in shape.
    before_change
        Features touched by a change as they were.
    after_change
        Features touched by a change as they are.
    change
        One feature per changed piece: ``change_type`` 1 调入, 2 属性变更, 3 调出, ``area_m2`` planar.
    area_before_m2
        Planar area of the old version.
    area_after_m2
        Planar area of the new version.
    """

    old_version: str
    new_version: str
    added: Rows
    removed: Rows
    geometry_changed: npt.NDArray[np.int64]
    attributes_changed: npt.NDArray[np.int64]
    changed_fields: Mapping[str, int]
    fields_added: tuple[str, ...]
    fields_removed: tuple[str, ...]
    unchanged: int
    before_change: Layer
    after_change: Layer
    change: Layer
    area_before_m2: float
    area_after_m2: float

    def area_of(self, change_type: str) -> float:
        """Sum the planar area of one type of change · 某类变更的面积.

        Parameters
        ----------
        change_type
            `BROUGHT_IN`, `ATTRIBUTE_CHANGED` or `TAKEN_OUT`.

        Returns
        -------
        float
            Square metres.
        """
        rows = self.change.texts("change_type") == change_type
        return float(self.change.numbers("area_m2")[rows].sum())

    @property
    def imbalance_m2(self) -> float:
        """What does not add up: area after less area before less net change, planar m² · 闭合差."""
        return self.area_after_m2 - self.area_before_m2 - (self.area_of(BROUGHT_IN) - self.area_of(TAKEN_OUT))

    def is_empty(self) -> bool:
        """Tell whether the two versions say the same · 是否无变更.

        Returns
        -------
        bool
            True even if features stand in another order.
        """
        return not (len(self.added) or len(self.removed) or len(self.geometry_changed) or len(self.attributes_changed))

    def as_json(self) -> dict[str, Any]:
        """Give the numbers of the change set · 转为字典.

        Returns
        -------
        dict
            Counts and areas, m².
        """
        return {
            "old_version": self.old_version,
            "new_version": self.new_version,
            "added": len(self.added),
            "removed": len(self.removed),
            "geometry_changed": len(self.geometry_changed),
            "attributes_changed": len(self.attributes_changed),
            "changed_fields": dict(self.changed_fields),
            "fields_added": list(self.fields_added),
            "fields_removed": list(self.fields_removed),
            "unchanged": self.unchanged,
            "area_before_m2": self.area_before_m2,
            "area_after_m2": self.area_after_m2,
            "brought_in_m2": self.area_of(BROUGHT_IN),
            "attributes_changed_m2": self.area_of(ATTRIBUTE_CHANGED),
            "taken_out_m2": self.area_of(TAKEN_OUT),
            "imbalance_m2": self.imbalance_m2,
        }


@dataclass(frozen=True, eq=False)
class _Comparison:
    match: Match
    changed: npt.NDArray[np.bool_]
    moved: npt.NDArray[np.bool_]
    fields: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str
    shape: Any
    old_row: int
    new_row: int
    fields: str


def difference(old: Layer, new: Layer, *, reason: str = "", number: str = "", measure: Mapping[str, Measure] | None = None) -> ChangeSet:
    """Tell what changed from one version to the next · 比较两个版本.

    Parameters
    ----------
    old
        The version before.
    new
        The version after, same CRS and classification.
    reason
        ``change_reason`` (维护理由) of every change.
    number
        ``change_number`` (维护编号) of every change.
    measure
        Further areas of the change layer by column name, such as ``ellipsoidal_area_m2``, from functions that take
        shapely polygons.

    Returns
    -------
    ChangeSet
        Features, fields, pieces and sums.

    Raises
    ------
    ReferenceMismatch
        If the versions are in different CRSs, or their codes are of different classifications.
    """
    _refuse_strangers(old, new)
    match = match_features(old, new)
    common = [name for name in old.table.column_names if new.has(name)]
    changed, counts = _compare_fields(old, new, match, common)
    moved = _compare_shapes(old, new, match)
    touched = changed | moved
    pieces = _pieces(old, new, _Comparison(match, changed, moved, _field_names(old, new, match, changed, common)))
    pairs = np.column_stack([match.old, match.new])
    return ChangeSet(
        old_version=old.content_hash,
        new_version=new.content_hash,
        added=match.added,
        removed=match.removed,
        geometry_changed=pairs[moved],
        attributes_changed=pairs[changed],
        changed_fields=counts,
        fields_added=tuple(name for name in new.table.column_names if not old.has(name)),
        fields_removed=tuple(name for name in old.table.column_names if not new.has(name)),
        unchanged=int((~touched).sum()),
        before_change=replace(old.take(np.sort(np.concatenate([match.removed, match.old[touched]]))), name="before_change"),
        after_change=replace(new.take(np.sort(np.concatenate([match.added, match.new[touched]]))), name="after_change"),
        change=_change_layer(old, new, pieces, reason, number, measure or {}),
        area_before_m2=float(shapely.area(old.geometry[_present(old)]).sum()),
        area_after_m2=float(shapely.area(new.geometry[_present(new)]).sum()),
    )


def _refuse_strangers(old: Layer, new: Layer) -> None:
    for what, first, second in (
        (Text("coordinate systems", "坐标系"), old.crs, new.crs),
        (Text("classifications", "用地分类"), old.classification, new.classification),
    ):
        if first != second:
            raise ReferenceMismatch(
                Text("The versions have different {what}: {first} and {second}.", "两个版本的{what}不同：{first}与{second}。").format(
                    what=what, first=first or "–", second=second or "–"
                ),
                Text("Bring both to one of them before comparing.", "请先统一后再比较。"),
            )


def _present(layer: Layer) -> npt.NDArray[np.bool_]:
    return np.asarray(~shapely.is_missing(layer.geometry))


def _part(layer: Layer, rows: Rows, columns: list[str]) -> Layer:
    return replace(layer, table=layer.table.select(columns), version="").take(rows)


def _compare_fields(old: Layer, new: Layer, match: Match, common: list[str]) -> tuple[npt.NDArray[np.bool_], dict[str, int]]:
    """Tell which pairs differ in a common field, and how often each field does."""
    first, second = attribute_hashes(_part(old, match.old, common)), attribute_hashes(_part(new, match.new, common))
    changed = np.asarray(first != second)
    rows = np.flatnonzero(changed)
    counts = {name: int(_differs(old, new, name, match.old[rows], match.new[rows]).sum()) for name in common} if len(rows) else {}
    return changed, {name: count for name, count in counts.items() if count}


def _differs(old: Layer, new: Layer, name: str, old_rows: Rows, new_rows: Rows) -> npt.NDArray[np.bool_]:
    first, second = (
        plain_values(layer.column(name).take(pa.array(rows)).combine_chunks()) for layer, rows in ((old, old_rows), (new, new_rows))
    )
    if first.type != second.type:
        return np.ones(len(old_rows), bool)
    missing = [np.asarray(layer.column(name).take(pa.array(rows)).is_null()) for layer, rows in ((old, old_rows), (new, new_rows))]
    unequal = np.asarray(pc.not_equal(first, second).fill_null(fill_value=False).to_numpy(zero_copy_only=False), bool)
    if pa.types.is_floating(first.type):
        # NaN is not equal to itself, and yet nothing changed.
        unequal &= ~(np.asarray(pc.is_nan(first)) & np.asarray(pc.is_nan(second)))
    return np.where(missing[0] | missing[1], missing[0] != missing[1], unequal)


def _field_names(old: Layer, new: Layer, match: Match, changed: npt.NDArray[np.bool_], common: list[str]) -> dict[int, str]:
    """Name the fields in which each changed pair differs."""
    rows = np.flatnonzero(changed)
    names: dict[int, list[str]] = {int(row): [] for row in rows}
    for name in common:
        for row in rows[_differs(old, new, name, match.old[rows], match.new[rows])]:
            names[int(row)].append(name)
    return {row: ", ".join(own) for row, own in names.items()}


def _compare_shapes(old: Layer, new: Layer, match: Match) -> npt.NDArray[np.bool_]:
    """Tell which pairs differ in shape; the same ring begun at another vertex is the same shape."""
    moved = np.asarray(geometry_hashes(_part(old, match.old, [])) != geometry_hashes(_part(new, match.new, [])))
    rows = np.flatnonzero(moved)
    if len(rows):
        first, second = (shapely.normalize(layer.geometry[own[rows]]) for layer, own in ((old, match.old), (new, match.new)))
        moved[rows] = ~shapely.equals_identical(first, second)
    return moved


def _pieces(old: Layer, new: Layer, comparison: _Comparison) -> list[_Piece]:
    """Cut what changed into what came in, what went out and what changed its attributes."""
    match, changed, moved = comparison.match, comparison.changed, comparison.moved
    gone = [(int(row), old.geometry[row]) for row in match.removed]
    come = [(int(row), new.geometry[row]) for row in match.added]
    pieces = []
    for pair in np.flatnonzero(changed | moved):
        old_row, new_row = int(match.old[pair]), int(match.new[pair])
        before, after = old.geometry[old_row], new.geometry[new_row]
        kept = after
        if moved[pair]:
            kept, left, joined = _cut(before, after)
            gone.append((old_row, left))
            come.append((new_row, joined))
        if changed[pair]:
            pieces.append(_Piece(ATTRIBUTE_CHANGED, kept, old_row, new_row, comparison.fields[int(pair)]))
    handed = _hand_over([item for item in gone if _is_there(item[1])], [item for item in come if _is_there(item[1])])
    return [piece for piece in (*pieces, *handed) if _is_there(piece.shape)]


def _is_there(shape: Any) -> bool:  # noqa: ANN401  # shapely carries no types
    return shape is not None and not shape.is_empty


def _can_be_cut(*shapes: Any) -> bool:  # noqa: ANN401  # shapely carries no types
    return all(shape is not None and shapely.get_dimensions(shape) == _AREAL and shape.is_valid for shape in shapes)


def _areal(shape: Any) -> Any:  # noqa: ANN401  # shapely carries no types
    """Keep the polygons of a result; where boundaries touch, lines and points come along that have no area."""
    if shape.geom_type in {"Polygon", "MultiPolygon"}:
        return shape
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in {"Polygon", "MultiPolygon"}]
    return shapely.union_all(parts) if parts else shapely.Polygon()


def _cut(before: Any, after: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401  # shapely carries no types
    """Give what both have, what only the first has and what only the second has."""
    if not _can_be_cut(before, after):
        return None, before, after
    return tuple(_areal(shape) for shape in (before & after, before - after, after - before))


def _hand_over(gone: list[tuple[int, Any]], come: list[tuple[int, Any]]) -> list[_Piece]:
    """Find land that one feature gave up and another took over; each spot is handed over once."""
    pieces = []
    rest_gone, rest_come = [shape for _, shape in gone], [shape for _, shape in come]
    first, second = shapely.STRtree(rest_come).query(rest_gone, predicate="intersects") if gone and come else ((), ())
    for left, right in sorted(zip(map(int, first), map(int, second), strict=True)):
        if not _can_be_cut(rest_gone[left], rest_come[right]):
            continue
        common, remains, fresh = _cut(rest_gone[left], rest_come[right])
        if common.area > 0:
            pieces.append(_Piece(ATTRIBUTE_CHANGED, common, gone[left][0], come[right][0], IDENTIFIER))
            rest_gone[left], rest_come[right] = remains, fresh
    pieces += [_Piece(TAKEN_OUT, shape, row, -1, "") for (row, _), shape in zip(gone, rest_gone, strict=True)]
    pieces += [_Piece(BROUGHT_IN, shape, -1, row, "") for (row, _), shape in zip(come, rest_come, strict=True)]
    return pieces


def _change_layer(old: Layer, new: Layer, pieces: list[_Piece], reason: str, number: str, measure: Mapping[str, Measure]) -> Layer:  # noqa: PLR0913, PLR0917  # what changed and what to say of it
    shapes = np.array([piece.shape for piece in pieces], dtype=object)
    columns: dict[str, pa.Array] = {
        IDENTIFIER: pa.array([f"{position:018d}" for position in range(1, len(pieces) + 1)], pa.large_string()),
        "change_type": pa.array([piece.kind for piece in pieces], pa.large_string()),
        "change_reason": pa.array([reason] * len(pieces), pa.large_string()),
        "change_number": pa.array([number] * len(pieces), pa.large_string()),
        "old_identifier": pa.array([None if piece.old_row < 0 else old.ids[piece.old_row] for piece in pieces], pa.large_string()),
        "new_identifier": pa.array([None if piece.new_row < 0 else new.ids[piece.new_row] for piece in pieces], pa.large_string()),
        "changed_fields": pa.array([piece.fields for piece in pieces], pa.large_string()),
        "area_m2": pa.array(shapely.area(shapes) if len(shapes) else [], pa.float64()),
    }
    columns |= {name: pa.array(function(shapes) if len(shapes) else [], pa.float64()) for name, function in measure.items()}
    wkb = pa.array(shapely.to_wkb(shapes, flavor="iso") if len(shapes) else [], pa.large_binary(), from_pandas=True)
    return Layer(
        "change", pa.table(columns), pa.chunked_array([wkb]), new.crs, valid_from=new.valid_from, classification=new.classification
    )
