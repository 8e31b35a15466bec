"""The plan of a unit as it stood before: industry where housing and services are planned now · 修改前的规划版本."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from lantu.stores.layers import LayerStore
    from lantu.vocabulary.land_use import Classification

_LAYER = "planned_land_use"
_INDUSTRY = "1001"
_RENEWED = ("0701", "08", "09")
_EVERY = 6


def earlier_plan(store: LayerStore, owner: str, layers: dict[str, str], classification: Classification) -> dict[str, str]:
    """Give the layers of a plan as they were before industry was renewed · 生成更新前的用地规划.

    Every sixth plot of town housing, public services and commerce was industry then; all other layers stay as they are.

    Parameters
    ----------
    store
        Where the layers lie; the earlier one is added, and the one given stays the latest.
    owner
        Code of the unit whose plan it is.
    layers
        Versions by name of the plan as it is now.
    classification
        Of planned land use.

    Returns
    -------
    dict of str to str
        Versions by name.
    """
    version = layers.get(_LAYER)
    if version is None:
        return dict(layers)
    now = store.get(f"{owner}.{_LAYER}", version)
    codes, names = now.texts("land_use_code").copy(), now.texts("land_use_name").copy()
    renewed = np.flatnonzero([code is not None and str(code).startswith(_RENEWED) for code in codes])[::_EVERY]
    if not len(renewed):
        return dict(layers)
    codes[renewed], names[renewed] = _INDUSTRY, str(classification.name_of(_INDUSTRY))
    table = now.table
    for column, values in (("land_use_code", codes), ("land_use_name", names)):
        place = table.column_names.index(column)
        table = table.set_column(place, column, pa.array(values, pa.large_string()))
    before = store.put(replace(now, table=table, version=""))
    store.put(now)
    return {**layers, _LAYER: before.version}
