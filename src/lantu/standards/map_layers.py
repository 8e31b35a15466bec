"""How layers look on the map, and what of them is for everyone · 图层制图与公开规则."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as made_by
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class PublicForm:
    """How a layer is generalised before everyone may see it · 公开概化.

    Parameters
    ----------
    tolerance_m
        No line moves further, metres; 0 leaves shapes as they are.
    fields
        What is said of a feature.
    maxzoom
        Tiles are made no finer; None for no limit.
    """

    tolerance_m: float
    fields: tuple[str, ...]
    maxzoom: int | None = None


@dataclass(frozen=True, slots=True)
class MapSymbols:
    """How one layer is drawn · 图层符号.

    Parameters
    ----------
    legend
        ``classification``, ``values`` or ``single``.
    field
        Field that the legend goes by, empty for none.
    label
        Field that names a feature, empty for none.
    fill
        Fill of features that no value colours.
    line
        Outline.
    colours
        Fill by value.
    public
        How everyone may see it; None for a layer that stays inside.
    certain
        False where the colours are not those of a document at hand.
    """

    legend: str = "single"
    field: str = ""
    label: str = ""
    fill: str = "#9aa5ad"
    line: str = "#55606a"
    colours: Mapping[str, str] = made_by(default_factory=dict)
    public: PublicForm | None = None
    certain: bool = False


@dataclass(frozen=True, slots=True)
class MapRules:
    """The symbols of all layers · 制图规则.

    Parameters
    ----------
    layers
        By canonical name.
    other_values
        Fills for values that no colour is laid down for, in turn.
    source
        Where they come from.
    """

    layers: Mapping[str, MapSymbols]
    other_values: tuple[str, ...]
    source: str

    def of(self, name: str) -> MapSymbols:
        """Give the symbols of a layer · 取符号.

        Parameters
        ----------
        name
            Canonical name.

        Returns
        -------
        MapSymbols
            Grey for a layer that nobody wrote down.
        """
        return self.layers.get(name, MapSymbols())


@cache
def load_map_rules() -> MapRules:
    """Read the symbols · 读取制图规则.

    Returns
    -------
    MapRules
        Of ``map_layers.yaml``.
    """
    return read_map_rules(yaml.safe_load(resources.files("lantu.standards").joinpath("map_layers.yaml").read_text(encoding="utf-8")))


def read_map_rules(document: Mapping[str, Any]) -> MapRules:
    """Read symbols from a document, such as a city's own · 解析制图规则.

    Parameters
    ----------
    document
        As ``map_layers.yaml`` holds it.

    Returns
    -------
    MapRules
        Its layers, with the document's defaults filled in.
    """
    layers = {}
    for name, entry in document["layers"].items():
        own = {**document.get("defaults", {}), **entry}
        public = own.pop("public", None)
        form = None if public is None else PublicForm(float(public["tolerance_m"]), tuple(public["fields"]), public.get("maxzoom"))
        layers[name] = MapSymbols(**own, public=form, certain=bool(document.get("certain", False)))
    return MapRules(layers, tuple(document.get("values", ())), str(document["source"]))
