"""Finding a place by what it is called · 搜索."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from lantu.capabilities.one_map.unit_outlines import unit_outlines
from lantu.engines.tiling.web_mercator import crs_in_degrees

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.capabilities.one_map.map_shelf import MapShelf, PublishedLayer
    from lantu.vocabulary.people import Actor
    from lantu.vocabulary.plans import Unit

_NAMED = {
    "facility": ("feature", ("facility_name",)),
    "key_project": ("project", ("project_name", "project_code")),
    "approval": ("project", ("project_code", "approval_number")),
    "supply_parcel": ("parcel", ("parcel_number",)),
    "heritage_line": ("feature", ("site_name",)),
    "nature_reserve": ("feature", ("site_name",)),
    "river": ("feature", ("river_name",)),
    "road": ("feature", ("road_name",)),
    "ecological_redline": ("feature", ("redline_name",)),
    "present_land_use": ("parcel", ()),
    "planned_land_use": ("parcel", ()),
}
_MOST = 20
_SHORTEST_IDENTIFIER = 6
_KEPT = 200
_keeping = threading.Lock()
_texts: OrderedDict[tuple[str, str, str], pa.ChunkedArray] = OrderedDict()


def search(shelf: MapShelf, actor: Actor, asked: str, units: Mapping[str, Unit]) -> list[dict[str, Any]]:
    """Find units, named features and projects, and parcels by identifier · 搜索地点.

    Parameters
    ----------
    shelf
        The map.
    actor
        Who asks; only what the actor may see is found.
    asked
        A part of a name, or the first six digits or more of an identifier.
    units
        Units of the city by code; they are found by their names in both languages and by their codes.

    Returns
    -------
    list of dict
        At most twenty places, units first.
    """
    words = asked.strip()
    if not words:
        return []
    seen = shelf.in_force(actor)
    whole = {layer.style.get("canonical") for layer in seen if layer.visibility == "internal" and layer.unit_code is None}
    found = _units(shelf, actor, words, units)[:_MOST]
    # A layer that stands there whole is not searched again generalised or unit by unit.
    for layer in sorted(
        seen, key=lambda item: list(_NAMED).index(item.style.get("canonical", "")) if item.style.get("canonical") in _NAMED else len(_NAMED)
    ):
        canonical = layer.style.get("canonical", "")
        doubled = canonical in whole and (layer.generalised or layer.unit_code is not None)
        if canonical in _NAMED and not doubled and not layer.name.startswith(("sealed_", "parent_")):
            found += _in_layer(shelf, layer, words, _MOST - len(found))
        if len(found) >= _MOST:
            break
    return found


def _units(shelf: MapShelf, actor: Actor, words: str, units: Mapping[str, Unit]) -> list[dict[str, Any]]:
    outlined = unit_outlines(shelf, actor)
    sought = words.casefold()
    return [
        {"kind": "unit", "title": unit.name.as_json(), "bounds": outlined.bounds[code], "layer": None, "id": None}
        for code, unit in units.items()
        if code in outlined.bounds and (sought in unit.name.en.casefold() or sought in unit.name.zh or code.startswith(words))
    ]


def _in_layer(shelf: MapShelf, layer: PublishedLayer, words: str, room: int) -> list[dict[str, Any]]:
    kind, fields = _NAMED[layer.style["canonical"]]
    found: list[dict[str, Any]] = []
    for _, stored, version in layer.parts:
        record = shelf.store.find(stored, version)
        rows: dict[int, str] = {}
        for field in (*fields, "identifier"):
            if field not in record.columns or (field == "identifier" and len(words) < _SHORTEST_IDENTIFIER):
                continue
            texts = _column(shelf, stored, version, field)
            match = (
                pc.starts_with(texts, pattern=words)
                if field == "identifier"
                else pc.match_substring(texts, pattern=words, ignore_case=True)
            )
            hits = np.flatnonzero(pc.fill_null(match, fill_value=False).to_numpy(zero_copy_only=False))[: room - len(found)]
            for row in hits:
                rows.setdefault(int(row), str(texts[int(row)]))
        if not rows:
            continue
        part = shelf.store.get(stored, version, columns=["identifier"]).take(sorted(rows)[: room - len(found)])
        for place, row in enumerate(sorted(rows)[: len(part)]):
            box = shapely.bounds(part.geometry[place])
            bounds = list(crs_in_degrees(part.crs, tuple(float(side) for side in box))) if np.isfinite(box).all() else None  # type: ignore[arg-type]  # four numbers
            found.append(
                {
                    "kind": kind,
                    "title": {"en": rows[row], "zh": rows[row]},
                    "bounds": bounds,
                    "layer": layer.name,
                    "id": str(part.ids[place]),
                }
            )
    return found


def _column(shelf: MapShelf, stored: str, version: str, field: str) -> pa.ChunkedArray:
    """Keep the columns that are searched: versions never change."""
    key = stored, version, field
    known = _texts.get(key)
    if known is None:
        known = shelf.store.get(stored, version, columns=[field]).column(field).cast(pa.large_string())
        with _keeping:
            _texts[key] = known
            while len(_texts) > _KEPT:
                _texts.popitem(last=False)
    return known
