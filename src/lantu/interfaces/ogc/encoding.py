"""Features written as GeoJSON, many at a time · 编码 GeoJSON."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import shapely

from lantu.interfaces.ogc.reference_systems import transformed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.interfaces.ogc.reading import Page
    from lantu.interfaces.ogc.shelf import Edition

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)


def feature_texts(page: Page, edition: Edition, crs: str) -> list[str]:
    """Write each feature of a page as GeoJSON · 逐要素编码.

    Parameters
    ----------
    page
        The features.
    edition
        Where they come from; the days on which it is in force are the time of every feature.
    crs
        Authority and code of the coordinates wanted.

    Returns
    -------
    list of str
        One JSON object per feature.
    """
    shapes = transformed(page.shapes, edition.crs, crs)
    if crs == "OGC:CRS84":
        shapes = shapely.orient_polygons(shapes)
    geometries = shapely.to_geojson(shapes)
    columns = {name: _plain(page.table.column(name)) for name in page.table.column_names}
    names = list(columns)
    time = f'"time":{_ENCODER.encode(_time(edition))},' if edition.valid_from else ""
    texts = []
    for index, (identifier, geometry) in enumerate(zip(page.ids, geometries, strict=True)):
        properties = _ENCODER.encode({name: columns[name][index] for name in names})
        texts.append(
            f'{{"type":"Feature","id":{_ENCODER.encode(identifier)},{time}"geometry":{geometry or "null"},"properties":{properties}}}'
        )
    return texts


def _time(edition: Edition) -> dict[str, list[str]]:
    begin, end = edition.valid_from, edition.valid_until
    return {"interval": [begin.isoformat() if begin else "..", end.isoformat() if end else ".."]}


def _plain(column: pa.ChunkedArray) -> list[Any]:
    """Give values that JSON knows: there is no NaN in it, dates are written as ISO has them, bytes not at all."""
    kind = column.type
    if pa.types.is_floating(kind):
        return [None if value is None or not math.isfinite(value) else value for value in column.to_pylist()]
    if pa.types.is_temporal(kind):
        return [None if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value) for value in column.to_pylist()]
    if pa.types.is_decimal(kind):
        return [None if value is None else float(value) for value in column.to_pylist()]
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return [None] * len(column)
    values: list[Any] = column.to_pylist()
    return values


def collection_text(features: Sequence[str], members: Mapping[str, Any]) -> str:
    """Put features together to a collection · 组成要素集合.

    Parameters
    ----------
    features
        JSON of each.
    members
        What else it says, such as links and counts.

    Returns
    -------
    str
        A GeoJSON feature collection.
    """
    head = _ENCODER.encode({"type": "FeatureCollection", **members})
    return f'{head[:-1]},"features":[{",".join(features)}]}}'


def feature_text(feature: str, links: Sequence[Mapping[str, str]]) -> str:
    """Add links to a feature · 附加链接.

    Parameters
    ----------
    feature
        Its JSON.
    links
        What to add.

    Returns
    -------
    str
        A GeoJSON feature.
    """
    return f'{feature[:-1]},"links":{_ENCODER.encode(list(links))}}}'
