"""Hand in a package again with a few parcels changed · 修改少量地块后重新报送."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely

from lantu.stores.formats.diagnose import diagnose
from lantu.stores.formats.writing import WritingOptions, write_layer
from lantu.vocabulary.errors import LayerMissing
from lantu.vocabulary.layer import Layer  # noqa: TC001  # see above
from lantu.vocabulary.layer_definitions import load_layers
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from pathlib import Path

_TABLE = "DLTB.shp"


def change_parcels(city: Path, *, share: float = 0.001, parcels: int | None = None) -> int:
    """Change parcels of present land use in one package that is filed as shapefiles · 修改一个成果包的部分地块.

    Each of them gets a vertex more in the middle of its first edge, and a remark; the change is one that no check
    minds, so that what a second run costs is the looking alone.

    Parameters
    ----------
    city
        Folder of a demo city.
    share
        Share of the whole city's parcels to change, all of them in the one package.
    parcels
        How many parcels the city has; taken for as many in every package as in this one where None.

    Returns
    -------
    int
        How many were changed.

    Raises
    ------
    LayerMissing
        If no package is filed as shapefiles.
    """
    tables = sorted((city / "packages").glob(f"*/*/{_TABLE}"))
    if not tables:
        raise LayerMissing(
            Text(f"No package in {city} holds {_TABLE}.", f"{city}中没有含{_TABLE}的成果包。"),
            Text("Make the demo city again.", "请重新生成示例城市。"),
        )
    vocabulary = load_layers()
    (found,) = [item for item in diagnose(tables[0], vocabulary=vocabulary) if item.layers]
    layer = found.layers[0].layer
    assert layer is not None  # noqa: S101  # a table that was written by the demo city reads
    total = parcels if parcels is not None else len(layer) * len(list((city / "packages").iterdir()))
    count = min(max(1, round(total * share)), len(layer))
    rows = np.linspace(0, len(layer) - 1, count).astype(np.int64)
    changed = _changed(layer, np.unique(rows))
    definition = vocabulary["present_land_use"]
    options = WritingOptions(
        encoding=found.encoding or "UTF-8",
        tables={"present_land_use": tables[0].stem},
        fields={"present_land_use": {key: item.label for key, item in definition.fields.items()}},
    )
    write_layer(changed, tables[0], options=options)
    return len(np.unique(rows))


def _changed(layer: Layer, rows: np.ndarray) -> Layer:
    shapes = layer.geometry.copy()
    shapes[rows] = [_with_midpoint(shape) for shape in shapes[rows]]
    remarks = layer.texts("remark") if layer.has("remark") else np.full(len(layer), None, dtype=object)
    remarks = remarks.copy()
    remarks[rows] = "revised"
    table = layer.table.drop_columns(["remark"]) if layer.has("remark") else layer.table
    wkb = pa.chunked_array([pa.array(shapely.to_wkb(shapes), pa.large_binary())])
    return replace(layer, table=table.append_column("remark", pa.array(remarks, pa.large_string())), wkb=wkb, version="")


def _with_midpoint(shape: shapely.Polygon) -> shapely.Polygon:
    parts = []
    for part in shapely.get_parts(shape):
        ring = shapely.get_coordinates(part.exterior)
        ring = np.insert(ring, 1, (ring[0] + ring[1]) / 2, axis=0)
        parts.append(shapely.Polygon(ring, list(part.interiors)))
    return parts[0] if len(parts) == 1 else shapely.multipolygons(np.array(parts, dtype=object))
