"""Small layers and the short way to a diagnosis, for the tests of intake."""

from __future__ import annotations

import shapely

from lantu.stores.formats.diagnose import diagnose
from lantu.stores.formats.writing import WritingOptions, write_layer
from lantu.vocabulary.layer import layer_from_shapes
from lantu.vocabulary.layer_definitions import load_layers

EAST, NORTH = 560000.0, 3460000.0
FIELDS = {"identifier": "BSM", "land_use_code": "DLBM", "land_use_name": "DLMC", "patch_area_m2": "TBMJ"}
CODES = {"old": frozenset({"0101", "0204", "0702"}), "new": frozenset({"0101", "0204", "0205"}), "survey": frozenset({"0601", "1101"})}


def squares(east=EAST, north=NORTH, count=3, crs="EPSG:4549", side=100.0, **columns):
    shapes = {f"3205{row}": shapely.box(east + row * side, north, east + (row + 1) * side, north + side) for row in range(count)}
    values = {"land_use_code": ["0101"] * count, "land_use_name": ["水田"] * count, "patch_area_m2": [side * side] * count, **columns}
    return layer_from_shapes("present_land_use", shapes, crs=crs, **values)


def deliver(layer, path, **options):
    fields = {layer.name: FIELDS}
    return write_layer(layer, path, options=WritingOptions(tables={layer.name: "DLTB"}, fields=fields, **options))


def look(path, **expectations):
    expectations.setdefault("classifications", {})
    return diagnose(path, vocabulary=load_layers(), guarded=False, **expectations)


def look_at_one(path, **expectations):
    (found,) = look(path, **expectations)
    return found


def codes(diagnosis):
    return [problem.code for problem in diagnosis.problems]


def repairs(diagnosis):
    return [repair.code for repair in diagnosis.repairs]
