"""What changed between two versions of a layer of the map · 版本差异."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from lantu.capabilities.one_map.asking import MOST_FEATURES, as_features
from lantu.engines.overlay.areas import ellipsoidal_areas
from lantu.engines.overlay.polygons import Polygons
from lantu.stores.layers.changes import difference

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from lantu.capabilities.one_map.map_shelf import MapShelf, PublishedLayer
    from lantu.stores.layers.changes import ChangeSet

_AMOUNTS = (
    "added",
    "removed",
    "geometry_changed",
    "attributes_changed",
    "unchanged",
    "area_before_m2",
    "area_after_m2",
    "brought_in_m2",
    "taken_out_m2",
    "attributes_changed_m2",
)
_AREAL = 2


def layer_difference(shelf: MapShelf, old: PublishedLayer, new: PublishedLayer, unit: str | None = None) -> dict[str, Any]:
    """Tell what changed, owner by owner · 比较两个版本.

    Parameters
    ----------
    shelf
        The map.
    old
        The version before, which the one who asks may see.
    new
        The version after, likewise.
    unit
        Only what this owner changed.

    Returns
    -------
    dict
        ``summary`` and the changed pieces as GeoJSON; ``left_off`` says how many are not listed.
    """
    before = {owner: (stored, version) for owner, stored, version in old.parts}
    after = {owner: (stored, version) for owner, stored, version in new.parts}
    summary: dict[str, float] = dict.fromkeys(_AMOUNTS, 0)
    features: list[dict[str, Any]] = []
    changed = 0
    for owner in sorted(before.keys() | after.keys()):
        if unit is not None and owner != unit:
            continue
        changes = _changes(shelf, before.get(owner), after.get(owner))
        if changes is None:
            continue
        numbers = changes.as_json()
        for name in _AMOUNTS:
            summary[name] += numbers[name]
        room = MOST_FEATURES - len(features)
        features += as_features(changes.change.take(range(min(room, len(changes.change)))), owner)
        changed += len(changes.change)
    words = {"from": old.version, "to": new.version}
    amounts = {
        **summary,
        "attribute_changed": summary["attributes_changed"],
        "area_change_m2": summary["area_after_m2"] - summary["area_before_m2"],
    }
    collection = {"type": "FeatureCollection", "features": features}
    return {"summary": words | amounts, "features": collection, "changed_pieces": changed, "left_off": changed - len(features)}


def _changes(shelf: MapShelf, old: tuple[str, str] | None, new: tuple[str, str] | None) -> ChangeSet | None:
    """Compare one owner's part; what one side lacks is compared with nothing."""
    if old == new:
        return None
    sides = [shelf.store.get(*part) if part is not None else None for part in (old, new)]
    known = next(side for side in sides if side is not None)
    first, second = (side if side is not None else known.take([]) for side in sides)
    crs = known.crs

    def measure(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
        polygons = [shape if shapely.get_dimensions(shape) == _AREAL else None for shape in shapes]
        return ellipsoidal_areas(Polygons.from_shapely(polygons), crs)

    return difference(first, second, measure={"ellipsoidal_area_m2": measure})
