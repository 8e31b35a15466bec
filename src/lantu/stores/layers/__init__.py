"""Immutable versions of layers · 图层版本库."""

from lantu.stores.layers.geoparquet import LayerVersion
from lantu.stores.layers.store import Damage, LayerStore

__all__ = ["Damage", "LayerStore", "LayerVersion"]
