"""Layers of a submission on the map, drawn live: nothing of them is published · 报送件图层."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lantu.capabilities.one_map.asking import hits_at
from lantu.capabilities.one_map.legends import described_fields, style_of
from lantu.capabilities.one_map.map_shelf import no_such_layer
from lantu.capabilities.one_map.tile_building import draw_tile, tile_box_of
from lantu.engines.tiling.web_mercator import crs_in_degrees
from lantu.standards.map_layers import load_map_rules
from lantu.vocabulary.layer_definitions import load_layers
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.stores.layers import LayerStore, LayerVersion
    from lantu.vocabulary.land_use import Classification

_DEEPEST = 24
_LIVE_MAXZOOM = 16
# A tile of the whole unit is drawn for each who looks: where that would be more features than this, the map shows them from close by.
_MOST_AT_ONCE = 60_000
_CLOSE_BY = 12
_FROM_CLOSE_BY = Text(
    "This layer has so many features that it is drawn from zoom {zoom} on; come closer.", "该图层要素较多，自{zoom}级起显示，请放大查看。"
)
# What a reader looks for first; the rest of a package is a click away.
_SHOWN_FIRST = frozenset({"planned_land_use", "permanent_basic_farmland", "ecological_redline", "urban_development_boundary"})


@dataclass(frozen=True)
class Draft:
    """The layers of one round of a submission · 一轮报送的图层.

    Parameters
    ----------
    store
        Where they rest.
    unit_code
        Whose they are.
    layers
        Versions by canonical name, as the check noted them; those that are not the unit's own are left out.
    address
        Where their tiles are asked for, without a layer's name.
    """

    store: LayerStore
    unit_code: str
    layers: Mapping[str, str]
    address: str

    @cached_property
    def own(self) -> dict[str, LayerVersion]:
        """What the unit handed in, by canonical name · 本单位图层."""
        known = load_layers().layers
        stored = {name: f"{self.unit_code}.{name}" for name in known if name in self.layers}
        return {name: self.store.find(key, self.layers[name]) for name, key in stored.items() if self.store.has(key, self.layers[name])}

    def describe(self, classifications: Mapping[str, Classification]) -> list[dict[str, Any]]:
        """Describe them as the map asks for it · 图层说明.

        Parameters
        ----------
        classifications
            Land-use codes with their colours.

        Returns
        -------
        list of dict
            As those of published layers, each drawn when it is looked at.
        """
        rules, known = load_map_rules(), load_layers().layers
        described = []
        for name, record in self.own.items():
            if record.bounds is None:
                continue
            title = known[name].text
            style = style_of(name, title, self.store, [(record.name, record.version)], classifications, rules)
            described.append(
                {
                    "name": f"draft.{name}",
                    "title": title.as_json(),
                    "geometry_type": style["geometry_type"],
                    "visibility": "internal",
                    "generalised": False,
                    "unit": self.unit_code,
                    "version": record.version,
                    "valid_from": None,
                    "valid_until": None,
                    "features": record.features,
                    "bounds": list(crs_in_degrees(record.crs, record.bounds)),
                    "tiles": f"{self.address}/{name}/{{z}}/{{x}}/{{y}}.mvt",
                    "source_layer": name,
                    "minzoom": _floor(record),
                    "notice": _FROM_CLOSE_BY.format(zoom=_CLOSE_BY).as_json() if _floor(record) else None,
                    "maxzoom": _LIVE_MAXZOOM,
                    "overview": None,
                    "overview_maxzoom": None,
                    "legend": style["legend"],
                    "legend_field": style["legend_field"] or None,
                    "label_field": style["label_field"] or None,
                    "fields": style["fields"],
                    "versions": [],
                    "shown": name in _SHOWN_FIRST,
                }
            )
        return described

    def identify(self, names: Sequence[str], place: tuple[float, float], tolerance_m: float) -> list[dict[str, Any]]:
        """Tell what lies at a place · 识别.

        Parameters
        ----------
        names
            Canonical names of the layers looked at; those that were not handed in are left out.
        place
            Degrees east and north.
        tolerance_m
            How far a line or point may be away.

        Returns
        -------
        list of dict
            Hits as those of published layers.
        """
        known = load_layers().layers
        hits: list[dict[str, Any]] = []
        for name in names:
            record = self.own.get(name)
            if record is None:
                continue
            about = {"layer": f"draft.{name}", "title": known[name].text.as_json(), "version": record.version}
            described = {item["name"]: item for item in described_fields(name, record.columns)}
            reach = 0.0 if known[name].geometry == "polygon" else tolerance_m
            hits += [about | hit for hit in hits_at(self.store, (self.unit_code, record.name, record.version), described, place, reach)]
        return hits

    def tile(self, name: str, place: tuple[int, int, int]) -> bytes:
        """Draw one tile as the layer stands · 绘制瓦片.

        Parameters
        ----------
        name
            Canonical name.
        place
            Zoom, column, row.

        Returns
        -------
        bytes
            Empty where nothing is, and where too much would be: farther out than `describe` says.

        Raises
        ------
        RecordMissing
            If there is no such layer or place.
        """
        z, x, y = place
        record = self.own.get(name)
        if record is None or not (0 <= z <= _DEEPEST and 0 <= x < 1 << z and 0 <= y < 1 << z):
            raise no_such_layer()
        if z < _floor(record):
            return b""
        symbols = load_map_rules().of(name)
        fields = tuple(dict.fromkeys(field for field in ("identifier", symbols.field, symbols.label) if field))
        part = self.store.get(record.name, record.version, bbox=tile_box_of(record.crs, place), columns=fields)
        return draw_tile(name, [part], fields, place)


def _floor(record: LayerVersion) -> int:
    return 0 if record.features <= _MOST_AT_ONCE else _CLOSE_BY
