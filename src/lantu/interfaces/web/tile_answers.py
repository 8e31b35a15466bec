"""What a tile of the map is answered with · 瓦片应答."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lantu.capabilities.one_map.map_shelf import MapShelf, PublishedLayer

VECTOR, PICTURE = "mvt", "webp"
_TYPES = {VECTOR: "application/vnd.mapbox-vector-tile", PICTURE: "image/webp"}
_YEAR_S = 31_536_000
_WHOLE, _EMPTY, _UNCHANGED = 200, 204, 304


class TileAnswer(NamedTuple):
    """One answer, whoever sends it · 应答.

    Parameters
    ----------
    status
        200, 204 where the tile is empty, 304 where the browser has it.
    headers
        Those of the tile; the headers of security come on top.
    content
        Empty for 204 and 304.
    """

    status: int
    headers: dict[str, str]
    content: bytes


class TilePlace(NamedTuple):
    """Where a tile lies, and what is wanted of it · 瓦片位置.

    Parameters
    ----------
    z
        Zoom.
    x
        Column.
    y
        Row from the north.
    kind
        ``mvt`` or ``webp``.
    """

    z: int
    x: int
    y: int
    kind: str


def answer_tile(shelf: MapShelf, layer: PublishedLayer, place: TilePlace, known: str, accepted: str) -> TileAnswer:
    """Answer a tile of a layer that who asks may see · 应答瓦片.

    A version of a layer never changes, so browsers keep its tiles for good; caches between them and us only those that are public.

    Parameters
    ----------
    shelf
        The map.
    layer
        Found on it with the rights of who asks.
    place
        Which tile.
    known
        ``If-None-Match`` of the request, empty for none.
    accepted
        ``Accept-Encoding`` of the request.

    Returns
    -------
    TileAnswer
        The same for the same request, for ever.

    Raises
    ------
    StoreDamaged
        If the archive of the layer cannot be read.
    """
    reach = "public" if layer.visibility == "public" else "private"
    mark = f'"{layer.version}.{place.z}.{place.x}.{place.y}.{place.kind}"'
    headers = {"cache-control": f"{reach}, max-age={_YEAR_S}, immutable", "etag": mark, "vary": "Cookie, Authorization, Accept-Encoding"}
    if known and any(item.strip().removeprefix("W/") in {mark, "*"} for item in known.split(",")):
        return TileAnswer(_UNCHANGED, headers, b"")
    content = shelf.tile(layer, place[:3], picture=place.kind == PICTURE)
    if content is None:
        return TileAnswer(_EMPTY, headers, b"")
    if place.kind == VECTOR:
        if "gzip" in accepted:
            headers["content-encoding"] = "gzip"
        else:
            content = gzip.decompress(content)
    headers["content-length"] = str(len(content))
    headers["content-type"] = _TYPES[place.kind]
    return TileAnswer(_WHOLE, headers, content)
