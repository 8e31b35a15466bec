"""The whole city's layers in one store, as questions about one parcel need them · 全市图层库."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from lantu.capabilities.plan_making.fingerprints import fingerprint
from lantu.engines.overlay.products import Products
from lantu.stores.layers.store import LayerStore
from lantu.vocabulary.errors import LayerMissing
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.capabilities.plan_making.cities import City
    from lantu.capabilities.plan_making.kept_packages import Package
    from lantu.vocabulary.layer import Layer

# A parcel is held against these; the sealed copy of a line goes before what the units submitted.
CITY_LAYERS = ("permanent_basic_farmland", "ecological_redline", "urban_development_boundary", "planned_land_use", "present_land_use")


def city_store(city: City) -> LayerStore:
    """Give the store of the whole city, brought up to date with its folder · 打开全市图层库.

    The first call reads the packages and joins their layers; later calls only see that nothing has changed.

    Parameters
    ----------
    city
        A city with a folder.

    Returns
    -------
    LayerStore
        Layers under their canonical names, latest versions as of now.

    Raises
    ------
    LayerMissing
        If the city has no folder.
    """
    if city.store is None:
        raise LayerMissing(
            Text("A profile alone holds no layers.", "仅有城市配置，没有图层。"),
            Text("Name a city folder with --city.", "请用--city指定城市目录。"),
        )
    folder = city.store_folder / "city"
    store = LayerStore(folder)
    packages = [city.package(path) for path in city.package_paths()]
    parts = {"sealed": city.sealed, "base": city.base}
    state = fingerprint([[item.versions for item in packages], {key: part.versions for key, part in parts.items() if part is not None}])
    stamp = folder / "state"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == state:
        return store
    products = Products()
    for name in (*CITY_LAYERS, "local_unit"):
        layer = _whole_city(name, packages, parts)
        if layer is not None:
            areas = {"planar": products.planar_areas(layer), "ellipsoidal": products.ellipsoidal_areas(layer)}
            store.put(layer, areas=areas)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    unfinished = stamp.with_suffix(".part")
    unfinished.write_text(state, encoding="utf-8")
    unfinished.replace(stamp)
    return store


def _whole_city(name: str, packages: Sequence[Package], parts: Mapping[str, Package | None]) -> Layer | None:
    for part in parts.values():
        if part is not None and name in part.versions:
            return replace(part.layer(name), version="")
    return joined([package.layer(name) for package in packages if name in package.versions])


def joined(layers: Sequence[Layer]) -> Layer | None:
    """Lay the same layer of several units together · 合并各板块图层.

    Parameters
    ----------
    layers
        Layers of one name and CRS; a field that one of them lacks is null there.

    Returns
    -------
    Layer or None
        None where there is nothing to join.
    """
    if not layers:
        return None
    tables = [layer.table for layer in layers]
    table = pa.concat_tables(tables, promote_options="permissive")
    wkb = pa.chunked_array([chunk for layer in layers for chunk in layer.wkb.chunks], pa.large_binary())
    return replace(
        layers[0], table=table, wkb=wkb, version="", source="; ".join(sorted({layer.source for layer in layers if layer.source}))
    )
