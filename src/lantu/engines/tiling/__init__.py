"""From shapes to tiles, without any file · 瓦片引擎."""
