"""What a layer's colours say · 图例."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lantu.standards.classifications import load_classifications, load_correspondence
from lantu.vocabulary.layer_definitions import load_layers
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    from lantu.standards.map_layers import MapRules
    from lantu.stores.layers.store import LayerStore
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer

_MOST_ENTRIES = 254
_DARKER = 0.62
_COLOUR = re.compile(r"#([0-9a-f]{6})([0-9a-f]{2})?", re.IGNORECASE)
_SURVEY, _COLOURED = "third-survey", "landuse-2023"
_OTHER = Text("Other", "其他")


def legend_of(
    name: str, values: Iterable[str], rules: MapRules, classification: Classification | None, title: Text
) -> list[dict[str, Any]]:
    """Lay out the legend of a layer · 生成图例.

    Parameters
    ----------
    name
        Canonical name of the layer.
    values
        Values that occur in its legend field.
    rules
        Symbols of all layers.
    classification
        Of the layer's land-use codes, where it has any.
    title
        Title of the layer, for a legend of one entry.

    Returns
    -------
    list of dict
        ``value``, ``label``, ``fill``, ``line``, ``pattern``; in order of the values.
    """
    symbols = rules.of(name)
    if symbols.legend == "single":
        return [_entry(None, title, symbols.fill, symbols.line)]
    entries = []
    for number, value in enumerate(sorted(set(values))[:_MOST_ENTRIES]):
        fill, label = symbols.fill, Text(value, value)
        if symbols.legend == "classification" and classification is not None and classification.is_known(value):
            colour = standard_colour(classification, value)
            fill = "#{:02x}{:02x}{:02x}".format(*colour) if colour else symbols.fill
            own = f"{value} {classification.name_of(value)}"
            label = Text(own, own)
        elif value in symbols.colours:
            fill = symbols.colours[value]
        elif symbols.legend == "values" and rules.other_values:
            fill = rules.other_values[number % len(rules.other_values)]
        entries.append(_entry(value, label, fill, darker(fill)))
    return entries or [_entry(None, _OTHER, symbols.fill, symbols.line)]


def standard_colour(classification: Classification, code: str) -> tuple[int, int, int] | None:
    """Give the colour of a code; one of the land survey takes that of the planning code it corresponds to first · 标准色.

    Parameters
    ----------
    classification
        Of the code.
    code
        A code that it knows.

    Returns
    -------
    tuple of int or None
        Red, green, blue.
    """
    own = classification.colour_of(code)
    if own is not None or classification.name != _SURVEY:
        return own
    planning = load_classifications()[_COLOURED]
    candidates = load_correspondence(_SURVEY, _COLOURED).candidates
    targets = [
        target for item in (code, *classification.ancestors(code)) for target in candidates.get(item, ()) if planning.is_known(target)
    ]
    return next((colour for target in targets if (colour := planning.colour_of(target)) is not None), None)


def style_of(  # noqa: PLR0913, PLR0917  # what a layer's looks depend on
    name: str,
    title: Text,
    store: LayerStore,
    stored: Iterable[tuple[str, str]],
    classifications: Mapping[str, Classification],
    rules: MapRules,
) -> dict[str, Any]:
    """Say how a layer looks and what is said of its features · 图层样式.

    Parameters
    ----------
    name
        Canonical name of the layer.
    title
        As people read it.
    store
        Where its features rest.
    stored
        Names and versions there of the parts that it is made of.
    classifications
        Land-use codes with their colours.
    rules
        Symbols of all layers.

    Returns
    -------
    dict
        Legend, fields and kind of geometry.
    """
    symbols = rules.of(name)
    values: set[str] = set()
    columns: dict[str, None] = {}
    classification = ""
    for layer, version in stored:
        record = store.find(layer, version)
        columns |= dict.fromkeys(record.columns)
        classification = classification or record.classification
        if symbols.field and symbols.field in record.columns:
            column = store.get(layer, version, columns=[symbols.field]).column(symbols.field)
            values |= {str(value) for value in pc.unique(column).to_pylist() if value is not None}
    known = load_layers().layers
    return {
        "legend": legend_of(name, values, rules, classifications.get(classification), title),
        "legend_field": symbols.field,
        "label_field": symbols.label,
        "fields": described_fields(name, columns),
        "geometry_type": known[name].geometry if name in known else "polygon",
        "canonical": name,
        "classification": classification,
    }


def _entry(value: str | None, label: Text, fill: str, line: str) -> dict[str, Any]:
    return {"value": value, "label": label.as_json(), "fill": fill, "line": line, "pattern": None}


def darker(colour: str) -> str:
    """Give the outline of a fill · 轮廓色.

    Parameters
    ----------
    colour
        ``#rrggbb``, opacity may follow.

    Returns
    -------
    str
        ``#rrggbb``.

    Examples
    --------
    >>> darker("#ffffff")
    '#9e9e9e'
    """
    red, green, blue, _ = rgba(colour)
    return "#{:02x}{:02x}{:02x}".format(*(int(part * _DARKER) for part in (red, green, blue)))


def rgba(colour: str) -> tuple[int, int, int, int]:
    """Read a colour · 解析颜色.

    Parameters
    ----------
    colour
        ``#rrggbb`` or ``#rrggbbaa``.

    Returns
    -------
    tuple of int
        Red, green, blue, opacity.

    Examples
    --------
    >>> rgba("#ff800080")
    (255, 128, 0, 128)
    """
    found = _COLOUR.fullmatch(colour)
    digits = (found[1] + (found[2] or "ff")) if found else "9aa5adff"
    red, green, blue, opacity = bytes.fromhex(digits)
    return red, green, blue, opacity


def colour_rows(layer: Layer, field: str, legend: Sequence[Mapping[str, Any]]) -> npt.NDArray[np.uint8]:
    """Tell which entry of the legend draws each feature, counted from 1 · 各要素的图例序号.

    Parameters
    ----------
    layer
        The features.
    field
        Legend field, empty for a legend of one entry.
    legend
        From `legend_of`.

    Returns
    -------
    numpy.ndarray of uint8
        0 for a feature without an entry.
    """
    if not field or not layer.has(field) or legend[0]["value"] is None:
        return np.ones(len(layer), np.uint8)
    known = pa.array([entry["value"] for entry in legend], pa.large_string())
    place = pc.index_in(layer.column(field).cast(pa.large_string()), value_set=known)
    return np.asarray(pc.add(pc.fill_null(place, -1), 1).to_numpy(), np.uint8)


def palette_of(legend: Sequence[Mapping[str, Any]]) -> npt.NDArray[np.uint8]:
    """Give the colours of a legend as rows behind an empty first one · 调色板.

    Parameters
    ----------
    legend
        From `legend_of`.

    Returns
    -------
    numpy.ndarray of uint8
        Shape ``(entries + 1, 4)``.
    """
    return np.array([(0, 0, 0, 0), *(rgba(entry["fill"]) for entry in legend)], np.uint8)


def described_fields(name: str, columns: Iterable[str]) -> list[dict[str, Any]]:
    """Describe the fields of a layer as people may ask for them · 字段说明.

    Parameters
    ----------
    name
        Canonical name of the layer.
    columns
        Its columns.

    Returns
    -------
    list of dict
        ``name``, ``label``, ``kind``, ``unit``.
    """
    known = load_layers().layers
    fields = known[name].fields if name in known else {}
    described = []
    for column in columns:
        definition = fields.get(column)
        chinese = next((alias for alias in definition.aliases if not alias.isascii()), definition.label) if definition else column
        # The unit stands beside the value.
        label = Text(column.removesuffix("_m2").removesuffix("_m").replace("_", " ").capitalize(), chinese)
        kind, unit = (definition.kind, definition.unit) if definition else ("text", "")
        described.append({"name": column, "label": label.as_json(), "kind": kind, "unit": unit})
    return described
