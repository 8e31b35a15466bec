"""Tiles read back by GDAL, which shares no line with our encoder."""

import tempfile
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from lantu.engines.tiling.web_mercator import HALF_WORLD_M


def decoded(tile, layer="parcels"):
    """Give attributes by MVT id, and shapes in cells of the tile, rows counted downwards."""
    place, content = tile
    z, x, y = place
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / str(z) / str(x) / f"{y}.mvt"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        meta, _, wkb, values = pyogrio.raw.read(path, layer=layer, CLIP="NO")
    side = 2 * HALF_WORLD_M / (1 << z)
    west, north = x * side - HALF_WORLD_M, HALF_WORLD_M - y * side

    def to_cells(points):
        return np.column_stack([(points[:, 0] - west) / side * 4096, (north - points[:, 1]) / side * 4096])

    shapes = shapely.transform(shapely.from_wkb(wkb), to_cells)
    fields = dict(zip(meta["fields"], values, strict=True))
    ids = [int(number) for number in fields["mvt_id"]]
    attributes = {name: dict(zip(ids, column, strict=True)) for name, column in fields.items() if name != "mvt_id"}
    return dict(zip(ids, shapes, strict=True)), attributes


def numbers(content):
    """Read a protobuf message as (field, value) pairs, so that raw commands can be looked at."""
    at = 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = content[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(content):
        key = number()
        if key & 7 == 0:
            yield key >> 3, number()
        elif key & 7 == 1:
            yield key >> 3, content[at : at + 8]
            at += 8
        else:
            size = number()
            yield key >> 3, content[at : at + size]
            at += size


def rings(content):
    """Give the rings of each feature of the first layer as drawn, by MVT id."""
    found = {}
    layer = next(value for field, value in numbers(content) if field == 3)
    for field, feature in numbers(layer):
        if field != 2:
            continue
        parts = dict(numbers(feature))
        commands = list(_packed(parts[4]))
        own, pen, at = [], [0, 0], 0
        while at < len(commands):
            command, count = commands[at] & 7, commands[at] >> 3
            at += 1
            if command == 7:
                continue
            for _ in range(count):
                pen = [pen[axis] + ((commands[at + axis] >> 1) ^ -(commands[at + axis] & 1)) for axis in (0, 1)]
                at += 2
                if command == 1:
                    own.append([])
                own[-1].append(tuple(pen))
        found[parts[1]] = own
    return found


def _packed(content):
    value = shift = 0
    for byte in content:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0
