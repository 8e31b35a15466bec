"""Which layers and fields there are, under all the names people give them · 图层与字段定义."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# A shapefile keeps at most ten bytes of a field's name.
TRUNCATED_BYTES = 10


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """One field of a layer as the database norm declares it · 字段定义.

    Parameters
    ----------
    name
        Canonical English name.
    aliases
        Names in files, the norm's own name first.
    kind
        ``text``, ``integer``, ``real`` or ``date``.
    length
        Most characters of a text, 0 for no limit.
    unit
        Unit of a number.
    domain
        Allowed values, or one of the named domains ``@classification``, ``@district``, ``@positive``.
    obligation
        ``M`` mandatory, ``C`` conditional, ``O`` optional.
    """

    name: str
    aliases: tuple[str, ...]
    kind: str
    length: int = 0
    unit: str = ""
    domain: str | tuple[str, ...] = ()
    obligation: str = "O"

    @property
    def label(self) -> str:
        """The norm's own name for the field · 规范字段名."""
        return self.aliases[0] if self.aliases else self.name


@dataclass(frozen=True, slots=True)
class LayerDefinition:
    """One kind of layer · 图层定义.

    Parameters
    ----------
    name
        Canonical English name.
    text
        Name as people read it.
    family
        ``present``, ``planning``, ``management`` or ``social``.
    tables
        Table names in files, the norm's own name first.
    geometry
        ``polygon``, ``line`` or ``point``.
    fields
        Field definitions by canonical name.
    obligation
        Whether a master plan must deliver it: ``M``, ``C`` or ``O``.
    tiles_unit
        Whether its features tile the unit without gap or overlap.
    disjoint
        Whether its features must not overlap.
    """

    name: str
    text: Text
    family: str
    tables: tuple[str, ...]
    geometry: str
    fields: Mapping[str, FieldDefinition]
    obligation: str = "O"
    tiles_unit: bool = False
    disjoint: bool = False

    def field_for(self, original: str) -> FieldDefinition | None:
        """Find the field that a column of a file stands for · 按列名找字段.

        Parameters
        ----------
        original
            The column's name; case does not matter, and a name cut to ten bytes is completed when only one
            field can be meant.

        Returns
        -------
        FieldDefinition or None
            None where no field, or more than one, can be meant.
        """
        wanted = original.strip().upper()
        for definition in self.fields.values():
            if wanted == definition.name.upper() or any(wanted == alias.upper() for alias in definition.aliases):
                return definition
        cut = [
            definition
            for definition in self.fields.values()
            if any(_is_truncation(wanted, alias.upper()) for alias in (*definition.aliases, definition.name))
        ]
        return cut[0] if len(cut) == 1 else None


def _is_truncation(short: str, full: str) -> bool:
    for encoding in ("utf-8", "gbk"):
        encoded, cut = full.encode(encoding, "replace"), short.encode(encoding, "replace")
        if len(encoded) > TRUNCATED_BYTES and len(cut) >= TRUNCATED_BYTES - 1 and encoded.startswith(cut):
            return True
    return False


@dataclass(frozen=True, slots=True)
class LayerVocabulary:
    """All layers that are known, found by any of their names · 图层词汇.

    Parameters
    ----------
    layers
        Definitions by canonical name.
    """

    layers: Mapping[str, LayerDefinition]

    def __getitem__(self, name: str) -> LayerDefinition:
        """Give the definition of a canonical name · 按规范名取定义."""
        return self.layers[name]

    def recognise(self, table: str) -> LayerDefinition | None:
        """Find the layer that a table's name stands for · 按表名识别图层.

        Exact names win; else the name is taken apart at everything that is no letter, so that
        ``320581_DLTB`` and ``DLTB2023`` are known, and the longest alias found decides.

        Parameters
        ----------
        table
            Name of a table, file or feature class.

        Returns
        -------
        LayerDefinition or None
            None where nothing fits, or where two layers fit equally well.
        """
        wanted = table.strip().upper()
        parts = set(re.split(r"[^A-Z_一-鿿]+|(?<=[A-Z])_|_(?=[A-Z])", wanted)) | set(re.split(r"[\W\d_]+", wanted))
        # Codes and dates around a name made of several words, as in 30014_ZONE_URBA_20171013.
        bare = wanted.strip("_0123456789")
        for name in (wanted, bare):
            for definition in self.layers.values():
                if name in {definition.name.upper(), *(alias.upper() for alias in definition.tables)}:
                    return definition
        found: dict[str, int] = {}
        for definition in self.layers.values():
            lengths = [len(alias) for alias in definition.tables if alias.upper() in parts or (not alias.isascii() and alias in table)]
            if lengths:
                found[definition.name] = max(lengths)
        best = [name for name, length in found.items() if length == max(found.values())]
        return self.layers[best[0]] if len(best) == 1 else None

    def relaxed(self) -> LayerVocabulary:
        """Ask for no field and no length: for places whose norm is not the one these definitions come from · 不设字段要求.

        Returns
        -------
        LayerVocabulary
            The same names and kinds, every field optional and of any length.
        """
        layers = {}
        for name, definition in self.layers.items():
            fields = {key: replace(item, obligation="O", length=0) for key, item in definition.fields.items()}
            layers[name] = replace(definition, fields=fields)
        return LayerVocabulary(layers)

    def extended(self, tables: Mapping[str, Iterable[str]], fields: Mapping[str, Mapping[str, Iterable[str]]]) -> LayerVocabulary:
        """Add the names that one city or country uses · 增补别名.

        Parameters
        ----------
        tables
            Further table names by canonical layer name.
        fields
            Further column names by canonical layer name and canonical field name.

        Returns
        -------
        LayerVocabulary
            A new vocabulary; this one is unchanged.
        """
        layers = {}
        for name, definition in self.layers.items():
            extra = fields.get(name, {})
            merged = {
                key: FieldDefinition(
                    key, (*item.aliases, *extra.get(key, ())), item.kind, item.length, item.unit, item.domain, item.obligation
                )
                for key, item in definition.fields.items()
            }
            layers[name] = LayerDefinition(
                name,
                definition.text,
                definition.family,
                (*definition.tables, *tables.get(name, ())),
                definition.geometry,
                merged,
                definition.obligation,
                definition.tiles_unit,
                definition.disjoint,
            )
        return LayerVocabulary(layers)


def _field(name: str, record: Mapping[str, Any]) -> FieldDefinition:
    domain = record.get("domain", ())
    return FieldDefinition(
        name=name,
        aliases=tuple(str(alias) for alias in record["aliases"]),
        kind=record["kind"],
        length=record.get("length", 0),
        unit=record.get("unit", ""),
        domain=domain if isinstance(domain, str) else tuple(str(value) for value in domain),
        obligation=record.get("obligation", "O"),
    )


@cache
def load_layers() -> LayerVocabulary:
    """Read ``layers.yaml`` · 读取图层词汇.

    Returns
    -------
    LayerVocabulary
        Every layer that Lantu knows.
    """
    text = resources.files("lantu.vocabulary").joinpath("layers.yaml").read_text(encoding="utf-8")
    document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe loaders
    return LayerVocabulary(
        {
            name: LayerDefinition(
                name=name,
                text=Text(record["en"], record["zh"]),
                family=record["family"],
                tables=tuple(record["tables"]),
                geometry=record["geometry"],
                fields={key: _field(key, value) for key, value in record["fields"].items()},
                obligation=record.get("obligation", "O"),
                tiles_unit=record.get("tiles_unit", False),
                disjoint=record.get("disjoint", False),
            )
            for name, record in document["layers"].items()
        }
    )
