"""Which stored layers a compliance sheet is drawn from · 合规审查表的数据来源."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lantu import __version__
from lantu.capabilities.plan_making.fingerprints import fingerprint
from lantu.capabilities.plan_making.kept_packages import stored_name
from lantu.standards.classifications import load_classifications
from lantu.standards.control_lines import load_control_lines
from lantu.vocabulary.errors import ProfileInvalid
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from lantu.capabilities.plan_making.cities import City
    from lantu.capabilities.plan_making.kept_packages import Package
    from lantu.stores.layers.geoparquet import Box, LayerVersion
    from lantu.stores.layers.store import LayerStore
    from lantu.vocabulary.land_use import Classification

_CONTROL_LINES = ("permanent_basic_farmland", "ecological_redline", "urban_development_boundary")
_LAND_USE = ("planned_land_use", "present_land_use", "planning_zone", "local_unit", "administrative_district")
_PARTS = ("sealed", "parent", "base", "packages")
# Sealed copies of the control lines are the only ones that count where there are any; a plan's own layers are nearest to the ground.
_ORDER = {**dict.fromkeys(_CONTROL_LINES, _PARTS), "present_land_use": ("base", "packages"), "local_unit": ("base",)}
_ORDER_OF_OTHERS = ("packages", "parent", "base")
_INDEX = "sheet_sources.json"


@dataclass(frozen=True, slots=True)
class SheetSource:
    """One stored layer version · 数据来源.

    Parameters
    ----------
    layer
        Canonical name.
    stored
        Name in the store.
    version
        Content hash.
    crs
        Authority and code.
    features
        Number of features.
    bounds
        xmin, ymin, xmax, ymax, None where it has no coordinates.
    source
        Name of the file it came from.
    valid_from
        First day of validity in ISO form, empty where nobody said.
    stored_at
        When it was stored, ISO form, UTC.
    classification
        Name of the classification of its codes.
    unit
        Code of the unit whose plan it belongs to, empty for a layer of the whole city.
    """

    layer: str
    stored: str
    version: str
    crs: str
    features: int
    bounds: Box | None
    source: str
    valid_from: str
    stored_at: str
    classification: str
    unit: str = ""

    @classmethod
    def of(cls, layer: str, record: LayerVersion, unit: str = "") -> SheetSource:
        """Take over what the store says of a version · 由版本记录生成.

        Parameters
        ----------
        layer
            Canonical name.
        record
            The store's record.
        unit
            Code of the unit whose plan it belongs to.

        Returns
        -------
        SheetSource
            The source.
        """
        return cls(
            layer=layer,
            stored=record.name,
            version=record.version,
            crs=record.crs,
            features=record.features,
            bounds=record.bounds,
            # A path says something of the machine; its last part is what people know the file by.
            source=record.source.replace("\\", "/").rpartition("/")[2],
            valid_from=record.valid_from.isoformat() if record.valid_from else "",
            stored_at=record.stored_at.isoformat(timespec="seconds"),
            classification=record.classification,
            unit=unit,
        )

    def as_json(self) -> dict[str, Any]:
        """Give the source as plain values · 转为字典.

        Returns
        -------
        dict
            Keys as the attributes.
        """
        values = {name: getattr(self, name) for name in self.__slots__}
        return values | {"bounds": list(self.bounds) if self.bounds else None}


@dataclass(frozen=True)
class SheetData:
    """What a sheet is drawn from · 审查数据.

    Parameters
    ----------
    store
        Where layers rest.
    crs
        CRS of the city, projected, metres.
    sources
        Sources by canonical layer name.
    classifications
        Classifications by name.
    default_classification
        The one in force for planned land use.
    """

    store: LayerStore
    crs: str
    sources: Mapping[str, tuple[SheetSource, ...]]
    classifications: Mapping[str, Classification] = field(default_factory=load_classifications)
    default_classification: str = "landuse-2023"


def data_of_store(store: LayerStore, crs: str) -> SheetData:
    """Draw sheets from a store whose layers stand under their canonical names · 由图层库直接取数.

    Parameters
    ----------
    store
        The store; of each layer the latest version counts.
    crs
        CRS of the layers.

    Returns
    -------
    SheetData
        Every layer of the store.
    """
    return SheetData(store, crs, {name: (SheetSource.of(name, store.find(name)),) for name in store.names()})


def data_of_city(city: City) -> SheetData:
    """Draw sheets from a city folder · 由城市目录取数.

    What is in the folder is read into the city's store first, unless no file has changed since it was.

    Parameters
    ----------
    city
        An opened city.

    Returns
    -------
    SheetData
        Sealed lines before those of plans; land use of the plans of all units.

    Raises
    ------
    ProfileInvalid
        If the city is a profile without data.
    """
    if city.store is None or city.folder is None:
        raise ProfileInvalid(
            Text(f"The profile {city.profile.code} comes without layers.", f"城市配置{city.profile.code}没有图层数据。"),
            Text("Give a city folder with --city.", "请用--city指明城市目录。"),
        )
    index = city.store_folder / _INDEX
    settings = {name: value for name, value in city.settings.items() if name != "profile"}
    signature = fingerprint([__version__, city.profile_print, settings, _file_states(city)])
    sources = _read_index(index, signature)
    if sources is None or not all(_is_stored(city.store, source) for own in sources.values() for source in own):
        sources = _gather(city, city.store)
        plain = {layer: [source.as_json() for source in own] for layer, own in sources.items()}
        index.parent.mkdir(parents=True, exist_ok=True)
        part = index.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps({"signature": signature, "sources": plain}, ensure_ascii=False), encoding="utf-8")
        part.replace(index)
    return SheetData(city.store, city.profile.crs, sources, city.classifications, city.profile.default_classification)


def _file_states(city: City) -> list[tuple[str, int, int]]:
    folder = city.folder
    if folder is None:
        return []
    parts = [folder / str(city.settings.get(name, default)) for name, default in (
        ("sealed", "sealed"), ("parent", "municipal"), ("base", "base"), ("packages", "packages")
    )]  # fmt: skip
    states = []
    for part in parts:
        for path in sorted(part.rglob("*")) if part.is_dir() else [part] if part.exists() else []:
            if path.is_file():
                state = path.stat()
                states.append((path.relative_to(folder).as_posix(), state.st_size, state.st_mtime_ns))
    return states


def _read_index(path: Path, signature: str) -> dict[str, tuple[SheetSource, ...]] | None:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    if record.get("signature") != signature:
        return None
    return {
        layer: tuple(SheetSource(**{**item, "bounds": tuple(item["bounds"]) if item["bounds"] else None}) for item in own)
        for layer, own in record["sources"].items()
    }


def _is_stored(store: LayerStore, source: SheetSource) -> bool:
    return store.has(source.stored, source.version)


def _gather(city: City, store: LayerStore) -> dict[str, tuple[SheetSource, ...]]:
    parts: dict[str, list[Package]] = {
        "sealed": [city.sealed] if city.sealed else [],
        "parent": [city.parent] if city.parent else [],
        "base": [city.base] if city.base else [],
        "packages": [city.package(path) for path in city.package_paths()],
    }
    sources = {}
    for layer in (*load_control_lines().lines, *_LAND_USE):
        for part in _ORDER.get(layer, _ORDER_OF_OTHERS):
            holders = [package for package in parts[part] if layer in package.versions]
            if holders:
                sources[layer] = tuple(_sources_of(store, layer, holders, of_units=part == "packages"))
                break
    return sources


def _sources_of(store: LayerStore, layer: str, holders: Iterable[Package], *, of_units: bool) -> Iterable[SheetSource]:
    for package in holders:
        record = store.find(stored_name(package.owner, layer), package.versions[layer])
        yield SheetSource.of(layer, record, package.owner if of_units else "")
