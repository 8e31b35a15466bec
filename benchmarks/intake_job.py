"""Diagnosing and reading a delivery, beside GeoPandas that only reads it · 入库基准.

Parcels of 30 vertices with six attributes, delivered as a GBK shapefile, GeoPackage, FileGDB and GeoParquet. Lantu recognises layer
and fields, proves the encoding, judges CRS, geometry and classification, in a process of its own (start-up included); GeoPandas reads
with Arrow. Both must find the same features, texts and total area.

    python benchmarks/intake_job.py 100000 build/bench/intake-100000
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from jobs import MIDDLE, Job, Part

VERTICES = 30
FILES = ("DLTB.shp", "DLTB.gpkg", "DLTB.gdb", "DLTB.parquet")
NAMES = {
    "identifier": "BSM",
    "land_use_code": "DLBM",
    "land_use_name": "DLMC",
    "patch_area_m2": "TBMJ",
    "location_unit_name": "ZLDWMC",
    "year": "SJNF",
}

JOB = Job(
    name="intake",
    title=("intake", "入库"),
    order=3,
    sizes=(MIDDLE,),
    parts=lambda size, build: [Part("intake", ("intake_job.py", str(size), str(build / f"intake-{size}")))],
    labels={
        "lantu: diagnose and read": ("**Lantu**, diagnosed and read", "**蓝图**，诊断并读入"),
        "geopandas: read only": ("GeoPandas, read only", "GeoPandas，仅读入"),
    },
    minutes={MIDDLE: 2},
    measures=("stores/formats", "vocabulary"),
)


def make(size: int, folder: Path) -> None:
    """Write the delivery in every format · 生成数据."""
    from lantu.stores.formats.writing import WritingOptions, write_layer  # noqa: PLC0415  # only the maker needs it
    from lantu.vocabulary.layer import layer_from_shapes  # noqa: PLC0415  # as above

    if all((folder / name).exists() for name in FILES):
        return
    chance = np.random.default_rng(1)
    angle = np.linspace(0, 2 * np.pi, VERTICES + 1)[:-1]
    columns = int(np.ceil(np.sqrt(size)))
    row, column = np.divmod(np.arange(size), columns)
    middle = np.column_stack([40_500_000 + 60.0 * column, 3_400_000 + 60.0 * row])
    radius = chance.uniform(15, 29, (size, VERTICES))
    places = middle[:, None, :] + radius[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    shapes = shapely.polygons(places)
    kinds = np.array([["0101", "水田"], ["0701", "城镇住宅用地"], ["0301", "乔木林地"], ["1704", "坑塘水面"]])[chance.integers(0, 4, size)]
    layer = layer_from_shapes(
        "present_land_use",
        {f"320500{number:012d}": shape for number, shape in enumerate(shapes)},
        crs="EPSG:4528",
        land_use_code=kinds[:, 0].tolist(),
        land_use_name=kinds[:, 1].tolist(),
        patch_area_m2=shapely.area(shapes).round(2).tolist(),
        location_unit_name=[f"某街道第{number}村民小组" for number in range(size)],
        year=[2023] * size,
    )
    options = WritingOptions(encoding="GBK", tables={layer.name: "DLTB"}, fields={layer.name: NAMES})
    for name in FILES:
        write_layer(layer, folder / name, options=options)


def with_lantu(path: Path) -> dict[str, Any]:
    """Diagnose and read · 本系统."""
    from lantu.stores.formats.diagnose import diagnose  # noqa: PLC0415  # each way imports its own
    from lantu.stores.formats.guard import close_guard  # noqa: PLC0415  # as above
    from lantu.vocabulary.layer_definitions import load_layers  # noqa: PLC0415  # as above

    (found,) = diagnose(path, vocabulary=load_layers())
    layer = found.layers[0].layer
    # The reading process counts only once it has ended.
    close_guard()
    if layer is None or found.crs.code != "EPSG:4528" or found.layers[0].recognised_as != "present_land_use":
        raise AssertionError(found.as_json())
    names = layer.texts("location_unit_name")
    return {"features": len(layer), "texts": sum(map(len, names)), "area_m2": float(shapely.area(layer.geometry).sum())}


def with_geopandas(path: Path) -> dict[str, Any]:
    """Read only · 仅读取."""
    import geopandas  # noqa: PLC0415  # each way imports its own

    frame = geopandas.read_parquet(path) if path.suffix == ".parquet" else geopandas.read_file(path, use_arrow=True)
    return {"features": len(frame), "texts": int(frame["ZLDWMC"].str.len().sum()), "area_m2": float(frame.geometry.area.sum())}


def _one(way: str, path: Path) -> None:
    begun = time.perf_counter()
    answer = with_lantu(path) if way == "lantu" else with_geopandas(path)
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    peak_mb = (own.ru_maxrss + children.ru_maxrss) / 1024
    print(json.dumps({**answer, "cpu_s": round(cpu_s, 2), "wall_s": round(time.perf_counter() - begun, 2), "peak_mb": round(peak_mb)}))


def main() -> None:
    """Make the delivery, read it both ways in processes of their own, compare, print the rows · 对比运行."""
    if sys.argv[1] in {"lantu", "geopandas"}:
        _one(sys.argv[1], Path(sys.argv[2]))
        return
    size, folder = int(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    make(size, folder)
    rows = []
    for name in FILES:
        pair = []
        for way in ("lantu", "geopandas"):
            done = subprocess.run([sys.executable, __file__, way, str(folder / name)], capture_output=True, text=True, check=True)
            said = "lantu: diagnose and read" if way == "lantu" else "geopandas: read only"
            pair.append(
                {
                    "way": said,
                    "job": [f"intake of {Path(name).suffix}", f"入库{Path(name).suffix}"],
                    **json.loads(done.stdout.strip().splitlines()[-1]),
                }
            )
        ours, theirs = pair
        if (ours["features"], ours["texts"]) != (theirs["features"], theirs["texts"]):
            message = f"{name}: {ours} against {theirs}"
            raise AssertionError(message)
        if abs(ours["area_m2"] - theirs["area_m2"]) > 1e-9 * theirs["area_m2"]:  # a sum in another order
            message = f"{name}: {ours['area_m2']} m² against {theirs['area_m2']} m²"
            raise AssertionError(message)
        rows += pair
    print(json.dumps({"rows": rows}))


if __name__ == "__main__":
    main()
