"""Layers cut into the tiles of a web map · 地图瓦片引擎."""
