"""Outlines and bounds of the units as the map draws them, kept for as long as their layer stays the same · 板块范围."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lantu.capabilities.one_map.asking import OUTLINE_LAYER, Question, as_features, find_parts
from lantu.engines.tiling.web_mercator import crs_in_degrees

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.capabilities.one_map.map_shelf import MapShelf
    from lantu.vocabulary.people import Actor

    Box = tuple[float, float, float, float]

_MOST_KEPT = 3


@dataclass(frozen=True, eq=False, slots=True)
class UnitOutlines:
    """The units of the city on the map · 板块.

    Parameters
    ----------
    document
        Their outlines as a GeoJSON collection in degrees, UTF-8.
    bounds
        West, south, east, north by unit code.
    """

    document: bytes
    bounds: Mapping[str, Box]


def unit_outlines(shelf: MapShelf, actor: Actor) -> UnitOutlines:
    """Give the outlines of the units, from the first layer with them that somebody may see · 取板块范围.

    Every page with a map asks for them; they are read and put into degrees once for each version.

    Parameters
    ----------
    shelf
        The map.
    actor
        Who asks.

    Returns
    -------
    UnitOutlines
        Without units where the map shows none.
    """
    found = next((layer for layer in shelf.in_force(actor) if layer.style.get("canonical") == OUTLINE_LAYER), None)
    if found is None:
        return UnitOutlines(_document([]), {})
    key = found.name, found.version
    kept = shelf.outlines.get(key)
    if kept is None:
        parts = list(find_parts(shelf, actor, found, Question()))
        features = [feature for part in parts for feature in as_features(part.layer, part.owner)]
        bounds = {
            str(code): crs_in_degrees(part.layer.crs, shape.bounds)
            for part in parts
            for code, shape in zip(part.layer.texts("unit_code"), part.layer.geometry, strict=True)
            if shape is not None and not shape.is_empty
        }
        kept = UnitOutlines(_document(features), bounds)
        # The layer of another day or form takes its place; two people who ask at once both do the same.
        shelf.outlines = {**dict(list(shelf.outlines.items())[-_MOST_KEPT:]), key: kept}
    return kept


def _document(features: list[dict[str, Any]]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":")).encode()
