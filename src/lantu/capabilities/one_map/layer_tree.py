"""The tree of layers in its four families · 图层目录树."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lantu.capabilities.one_map.publishing import PUBLIC_SUFFIX
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from lantu.capabilities.one_map.map_shelf import MapShelf, PublishedLayer
    from lantu.vocabulary.people import Actor

FAMILIES = {
    "present": Text("Present state", "现状"),
    "planning": Text("Planning", "规划"),
    "management": Text("Management", "管理"),
    "social": Text("Society and economy", "社会经济"),
}
_OVERVIEW_MAXZOOM = 12
_ALWAYS = Text("from the beginning", "自始")


def layer_tree(shelf: MapShelf, actor: Actor, day: dt.date | None = None) -> dict[str, Any]:
    """Lay out the layers that somebody may see · 生成图层目录.

    Parameters
    ----------
    shelf
        The map.
    actor
        Who asks.
    day
        As of which day; today where None.

    Returns
    -------
    dict
        Families, each with its layers; a layer that stands there whole is not listed again by unit or generalised.
    """
    seen = shelf.in_force(actor, day)
    whole = {layer.name for layer in seen if layer.visibility == "internal" and layer.unit_code is None}
    # All of it once: every look at what somebody may see asks the records.
    versions: dict[str, list[PublishedLayer]] = {}
    for layer in shelf.visible(actor):
        versions.setdefault(layer.name, []).append(layer)
    families = []
    for code, title in FAMILIES.items():
        own = [layer for layer in seen if layer.family == code and not _stands_whole(layer, whole)]
        described = [describe(layer, versions.get(layer.name, ())) for layer in own]
        families.append({"code": code, "title": title.as_json(), "layers": described})
    return {"families": families}


def _stands_whole(layer: PublishedLayer, whole: set[str]) -> bool:
    if layer.unit_code is not None:
        return layer.name.rpartition(".")[0] in whole
    return layer.visibility == "public" and layer.name.removesuffix(PUBLIC_SUFFIX) in whole


def describe(layer: PublishedLayer, versions: Sequence[PublishedLayer]) -> dict[str, Any]:
    """Describe one layer as the map asks for it · 图层说明.

    Parameters
    ----------
    layer
        The version.
    versions
        Every version of it that who asks may see.

    Returns
    -------
    dict
        With addresses of its tiles.
    """
    base = f"/tiles/{layer.name}/{layer.version}/{{z}}/{{x}}/{{y}}"
    return {
        "name": layer.name,
        "title": layer.title.as_json(),
        "family": layer.family,
        "geometry_type": layer.geometry_type,
        "visibility": layer.visibility,
        "generalised": layer.generalised,
        "unit": layer.unit_code,
        "version": layer.version,
        "valid_from": _day(layer.valid_from),
        "valid_until": _day(layer.valid_until),
        "features": layer.features,
        "bounds": layer.bounds,
        "tiles": f"{base}.mvt",
        "source_layer": layer.name,
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "overview": f"{base}.webp" if layer.overview_archive else None,
        "overview_maxzoom": _OVERVIEW_MAXZOOM if layer.overview_archive else None,
        "legend": layer.style.get("legend", []),
        "legend_field": layer.style.get("legend_field") or None,
        "label_field": layer.style.get("label_field") or None,
        "fields": layer.style.get("fields", []),
        "versions": [
            {
                "version": other.version,
                "valid_from": _day(other.valid_from),
                "valid_until": _day(other.valid_until),
                "label": _day(other.valid_from) or _ALWAYS.as_json(),
            }
            for other in versions
        ],
    }


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
