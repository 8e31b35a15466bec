"""Immutable, versioned layers as GeoParquet · 图层库."""
