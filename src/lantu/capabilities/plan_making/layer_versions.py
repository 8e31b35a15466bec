"""The versions of a city's layers: what there is, what changed, and out with it · 图层版本业务."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from lantu.capabilities.plan_making.plain_tables import plain_table
from lantu.engines.overlay.areas import ellipsoidal_areas
from lantu.engines.overlay.overlaying import polygons_of
from lantu.stores.formats.writing import WritingOptions, write_layer
from lantu.stores.layers.changes import ChangeSet, difference
from lantu.stores.layers.store import LayerStore
from lantu.vocabulary.errors import LayerMissing
from lantu.vocabulary.layer_definitions import load_layers
from lantu.vocabulary.text import Text
from lantu.vocabulary.units import AreaUnit, convert_area, round_for_print

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from lantu.stores.layers.geoparquet import LayerVersion
    from lantu.vocabulary.text import Language

_SHOWN_DIGITS = 12
_CHANGE_TABLES = {"before_change": "WHQ", "after_change": "WHH", "change": "WHC"}
_HEAD = Text(
    "layer | version | features | valid from | stored at | CRS | source",
    "图层 | 版本 | 要素数 | 生效日期 | 入库时间 | 坐标系 | 来源",
)
_DIFFERENCE = Text(
    "{name}: {old} → {new}\n"
    "features added {added}, removed {removed}, geometry changed {geometry}, attributes changed {attributes}, unchanged {unchanged}\n"
    "brought in {brought_in} ha, taken out {taken_out} ha, attributes changed {changed} ha (planar)\n"
    "area before {before} ha, after {after} ha",
    "{name}：{old} → {new}\n"
    "新增要素{added}个，删除{removed}个，图形变更{geometry}个，属性变更{attributes}个，未变{unchanged}个\n"
    "调入{brought_in}公顷，调出{taken_out}公顷，属性变更{changed}公顷（平面面积）\n"
    "变更前{before}公顷，变更后{after}公顷",
)
_IMBALANCE = Text("{told}, does not add up by {imbalance} m²", "{told}，闭合差{imbalance}平方米")


def open_store(path: Path) -> LayerStore:
    """Open the layer store of a city, or a store by itself · 打开图层库.

    Parameters
    ----------
    path
        A city folder (with ``city.yaml``) or the folder of a store.

    Returns
    -------
    LayerStore
        The store; empty if nothing was put into it yet.
    """
    if not (path / "city.yaml").is_file():
        return LayerStore(path)
    from lantu.capabilities.plan_making.cities import open_city  # noqa: PLC0415  # all of a city is more than a store needs

    store = open_city(path).store
    return LayerStore(path) if store is None else store


def list_versions(versions: Sequence[LayerVersion], language: Language) -> str:
    """List versions as a table · 版本列表.

    Parameters
    ----------
    versions
        What to list.
    language
        Language of the head.

    Returns
    -------
    str
        One line each.
    """
    rows = [_HEAD.speak(language).split(" | ")]
    rows += [
        [
            item.name,
            item.version[:_SHOWN_DIGITS],
            str(item.features),
            item.valid_from.isoformat() if item.valid_from else "–",
            item.stored_at.strftime("%Y-%m-%d %H:%M:%SZ"),
            item.crs or "–",
            item.source or "–",
        ]
        for item in versions
    ]
    return plain_table(rows, right=frozenset({2}))


def describe_version(version: LayerVersion) -> dict[str, Any]:
    """Say everything a version says of itself · 版本说明.

    Parameters
    ----------
    version
        The version.

    Returns
    -------
    dict
        With the names the fields had in their file.
    """
    return version.as_json() | {"source_names": dict(version.source_names), "size_bytes": version.path.stat().st_size}


def compare_versions(  # noqa: PLR0913  # what to compare, and two words that are written to every change
    store: LayerStore, name: str, old: str | None, new: str | None, *, reason: str = "", number: str = ""
) -> ChangeSet:
    """Tell what changed between two versions of a layer · 比较版本.

    Parameters
    ----------
    store
        Where they rest.
    name
        Name of the layer in the store.
    old
        Content hash, or its first digits; the last but one where None.
    new
        As above; the latest where None.
    reason
        ``change_reason`` of every change.
    number
        ``change_number`` of every change.

    Returns
    -------
    ChangeSet
        With ellipsoidal areas in the change layer.

    Raises
    ------
    LayerMissing
        If there is nothing to compare with.
    """
    versions = store.versions(name)
    after = store.find(name, new)
    earlier = versions[: versions.index(after)]
    if old is None and not earlier:
        shown = after.version[:_SHOWN_DIGITS]
        raise LayerMissing(
            Text(f"Layer {name} has no version before {shown}.", f"图层{name}没有早于{shown}的版本。"),
            Text("Name the version to compare with.", "请指明用于比较的版本。"),
        )
    before = store.find(name, old) if old is not None else earlier[-1]
    measure = {"ellipsoidal_area_m2": partial(_ellipsoidal, crs=after.crs)}
    return difference(store.get(name, before.version), store.get(name, after.version), reason=reason, number=number, measure=measure)


def _ellipsoidal(shapes: npt.NDArray[np.object_], crs: str) -> npt.NDArray[np.float64]:
    import numpy as np  # noqa: PLC0415  # types alone need it elsewhere
    import shapely  # noqa: PLC0415  # as above

    areal = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004  # the dimension of a polygon
    areas = np.zeros(len(shapes))
    areas[areal] = ellipsoidal_areas(polygons_of(shapes[areal]), crs)
    return areas


def describe_changes(name: str, changes: ChangeSet, language: Language) -> str:
    """Tell a change set in four lines · 变更说明.

    Parameters
    ----------
    name
        Name of the layer.
    changes
        What changed.
    language
        Language to tell it in.

    Returns
    -------
    str
        Counts and areas.
    """
    numbers = changes.as_json()

    def hectares(key: str) -> str:
        return str(round_for_print(convert_area(numbers[key], AreaUnit.M2, AreaUnit.HA), 4))

    text = _DIFFERENCE.format(
        name=name,
        old=changes.old_version[:_SHOWN_DIGITS],
        new=changes.new_version[:_SHOWN_DIGITS],
        added=numbers["added"],
        removed=numbers["removed"],
        geometry=numbers["geometry_changed"],
        attributes=numbers["attributes_changed"],
        unchanged=numbers["unchanged"],
        brought_in=hectares("brought_in_m2"),
        taken_out=hectares("taken_out_m2"),
        changed=hectares("attributes_changed_m2"),
        before=hectares("area_before_m2"),
        after=hectares("area_after_m2"),
    )
    imbalance = round_for_print(numbers["imbalance_m2"], 4)
    return (_IMBALANCE.format(told=text, imbalance=imbalance) if imbalance else text).speak(language)


def write_changes(changes: ChangeSet, path: Path) -> None:
    """Write a change set in the form of dynamic maintenance: tables WHQ, WHH and WHC · 输出维护前、维护后与维护层.

    Parameters
    ----------
    changes
        What changed.
    path
        A GeoPackage or FileGDB.
    """
    vocabulary = load_layers()
    layers, fields = [], {}
    for layer in (changes.before_change, changes.after_change, changes.change):
        known = vocabulary[layer.name].fields
        layers.append(layer)
        fields[layer.name] = {key: definition.label for key, definition in known.items() if layer.has(key)}
    write_layer(layers, path, options=WritingOptions(tables=_CHANGE_TABLES, fields=fields))


def export_version(store: LayerStore, name: str, version: str | None, path: Path) -> LayerVersion:
    """Hand a version out in the form its suffix names · 导出版本.

    Parameters
    ----------
    store
        Where it rests.
    name
        Name of the layer in the store.
    version
        Content hash, or its first digits; the latest where None.
    path
        ``.parquet`` and ``.geoparquet`` are copied as they are; other suffixes are written by `write_layer`.

    Returns
    -------
    LayerVersion
        What was exported.
    """
    if path.suffix.lower() in {".parquet", ".geoparquet"}:
        return store.export(name, version, path)
    record = store.find(name, version)
    layer = store.get(name, record.version)
    write_layer(replace(layer, name=name.rpartition(".")[2]), path)
    return record
