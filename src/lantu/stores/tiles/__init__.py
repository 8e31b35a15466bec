"""Archives of tiles, written once and never changed · 瓦片库."""

from lantu.stores.tiles.archive import Metadata, TileArchive, TileShelf
from lantu.stores.tiles.writing import write_archive

__all__ = ["Metadata", "TileArchive", "TileShelf", "write_archive"]
