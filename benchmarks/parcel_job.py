"""One parcel against everything, a million parcels in the store · 单地块审查基准.

The layers of the overlay benchmark are put into a layer store: parcels twice, as present and as planned land use, farmland,
redline, development boundary, districts as units and as districts. Then three processes, one after the other, once their
libraries and compiled code are loaded (on another, tiny store), draw the sheets of parcels all over the city: the first one
reads the footers of the files as well. GeoPandas reads the same files through their bounding boxes and intersects; the areas
inside farmland, redline and boundary must be the same.

    python benchmarks/parcel_job.py 1000000 build/bench/parcel-1000000
"""

from __future__ import annotations

import datetime as dt
import json
import operator
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from jobs import LARGE, Job, Part
from lantu.stores.layers import LayerStore
from lantu.vocabulary.layer import Layer, layer_from_shapes
from overlay_data import CRS, HEIGHT_M, SOUTH_M, WEST_M, WIDTH_M

if TYPE_CHECKING:
    from collections.abc import Sequence

LINES = ("permanent_basic_farmland", "ecological_redline", "urban_development_boundary")
USES = ("present_land_use", "planned_land_use", "local_unit", "administrative_district")
TODAY = dt.date(2026, 1, 1)
SHEETS = 100
PROCESSES = 3
GOAL_S = 0.1
SAME_M2 = 1e-4
Row = dict[str, Any]
JOB = Job(
    name="parcel",
    title=("one parcel", "单地块"),
    order=5,
    sizes=(LARGE,),
    prepare=lambda size, build: [("overlay_data.py", str(size), str(build / f"overlay-{size}"))],
    parts=lambda size, build: [Part("parcel", ("parcel_job.py", str(size), str(build / f"parcel-{size}")))],
    labels={
        "lantu": ("**Lantu**", "**蓝图**"),
        "geopandas": ("GeoPandas, boxes read and intersected", "GeoPandas，按范围读取并求交"),
        "lantu: layer store": ("**Lantu**, layer store", "**蓝图**，图层库"),
    },
    minutes={LARGE: 6},
)


def fill(source: Path, folder: Path) -> float:
    """Put the layers into the store and give the CPU seconds of the parcels · 入库."""
    store = LayerStore(folder)
    seconds = 0.0
    for file, names in (
        ("parcels", ("present_land_use", "planned_land_use")),
        ("farmland", LINES[:1]),
        ("redline", LINES[1:2]),
        ("boundary", LINES[2:]),
        ("districts", ("local_unit", "administrative_district")),
    ):
        table = pq.read_table(source / f"{file}.parquet")
        wkb = table.column("geometry").cast(pa.large_binary())
        for name in names:
            layer = Layer(name, attributes(name, table), wkb, CRS, classification=classification(name))
            begun = time.process_time()
            store.put(layer)
            seconds = seconds or time.process_time() - begun
    return seconds


def classification(name: str) -> str:
    """Name the classification of a layer's codes · 用地分类."""
    return {"present_land_use": "third-survey", "planned_land_use": "landuse-2023"}.get(name, "")


def attributes(name: str, table: pa.Table) -> pa.Table:
    """Give a layer the fields that a sheet reads · 属性字段."""
    count = table.num_rows
    identifier = table.column("identifier").cast(pa.large_string())
    built = np.asarray(table.column("is_built"))
    columns: dict[str, Any] = {"identifier": identifier}
    if name in {"present_land_use", "planned_land_use"}:
        columns["land_use_code"] = pa.array(np.where(built, "0701", "0101"))
        columns["land_use_name"] = pa.array(np.where(built, "城镇住宅用地", "水田"))
    elif name == LINES[1]:
        columns["control_zone"] = ["一般控制区"] * count
    elif name == LINES[2]:
        columns["zone_name"] = ["城镇集中建设区"] * count
    elif name == "local_unit":
        columns |= {"unit_code": identifier, "unit_name": identifier}
    elif name == "administrative_district":
        columns |= {"district_code": identifier, "district_name": identifier}
    return pa.table(columns)


def parcels() -> list[Layer]:
    """Draw parcels of one to twenty hectares all over the city · 随机地块."""
    random = np.random.default_rng(7)
    layers = []
    for number in range(SHEETS):
        x, y = WEST_M + random.uniform(0.05, 0.95) * WIDTH_M, SOUTH_M + random.uniform(0.05, 0.95) * HEIGHT_M
        across, along = random.uniform(100, 450, 2)
        shape = shapely.affinity.rotate(shapely.box(x, y, x + across, y + along), random.uniform(0, 90))
        layers.append(layer_from_shapes("supply_parcel", {f"P{number}": shape}, crs=CRS, land_use_code=["0701"]))
    return layers


def with_lantu(folder: Path) -> Row:
    """Draw every sheet, one after the other · 逐块审查."""
    from lantu.capabilities.plan_making.compliance_sheet import compliance_sheet  # noqa: PLC0415  # its loading is measured as start-up
    from lantu.capabilities.plan_making.sheet_sources import data_of_store  # noqa: PLC0415  # as above
    from lantu.standards.limits import limits_with  # noqa: PLC0415  # as above

    limits = limits_with({}, "benchmark")
    asked = parcels()
    with tempfile.TemporaryDirectory() as tiny:
        store = LayerStore(Path(tiny))
        # With many vertices, as only large features call up all of the compiled code.
        shape = shapely.segmentize(asked[0].geometry[0], 2.0)
        # Two features that share a part of the parcel each, one far away; and a redline that is only far away.
        shapes = {name: shapely.affinity.translate(shape, by, by) for name, by in (("A", 40.0), ("B", -40.0), ("C", 3_000.0))}
        for name in (*LINES, *USES):
            own = {"C": shapes["C"]} if name == LINES[1] else shapes
            identifiers = pa.table({"identifier": list(own), "is_built": [True] * len(own)})
            wkb = pa.chunked_array([shapely.to_wkb(np.array(list(own.values())))], pa.large_binary())
            store.put(Layer(name, attributes(name, identifiers), wkb, CRS, classification=classification(name)))
        compliance_sheet(asked[0], data_of_store(store, CRS), today=TODAY, limits=limits, project_kind="urban").as_json()
    start_up_s = time.process_time()
    areas, cpu, wall = [], [], []
    data = None
    for layer in asked:
        begun_cpu, begun = time.process_time(), time.perf_counter()
        data = data or data_of_store(LayerStore(folder), CRS)
        sheet = compliance_sheet(layer, data, today=TODAY, limits=limits, project_kind="urban")
        sheet.as_json()
        wall.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - begun_cpu)
        areas.append([sheet.line(name).inside.area_m2 for name in LINES])  # type: ignore[union-attr]  # every line is there
    return {"areas": areas, "cpu": cpu, "wall": wall, "start_up_s": start_up_s}


def with_geopandas(folder: Path) -> Row:
    """Read each layer through its bounding boxes and intersect · 用 GeoPandas 计算."""
    import geopandas  # noqa: PLC0415  # the peer

    store = LayerStore(folder)
    paths = {
        name: store.find(name).path for name in (*LINES, "present_land_use", "planned_land_use", "local_unit", "administrative_district")
    }
    begun_cpu, begun = time.process_time(), time.perf_counter()
    start_up_s, areas, cpu, wall = begun_cpu, [], [], []
    for layer in parcels():
        begun_cpu, begun = time.process_time(), time.perf_counter()
        shape = layer.geometry[0]
        own = []
        for name, path in paths.items():
            near = geopandas.read_parquet(path, bbox=shape.bounds)
            pieces = near.geometry.intersection(shape)
            # Invented farmland overlaps itself here and there; a sheet counts each spot once.
            own.append(float(pieces.union_all().area))
            if name in LINES and pieces.is_empty.all():
                geopandas.read_parquet(path, columns=["geometry"]).distance(shape).min()
        wall.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - begun_cpu)
        areas.append(own[: len(LINES)])
    return {"areas": areas, "cpu": cpu, "wall": wall, "start_up_s": start_up_s}


def summary(way: str, found: Sequence[Row]) -> list[Row]:
    """Give the first sheet, the median and the slowest of the rest, each the median of several processes · 汇总."""
    rows = []
    for name, chosen in (
        (["one parcel: first, footers read", "单地块：首次，读文件尾"], lambda _cpu: 0),
        (["one parcel: median of 99", "单地块：99次的中位"], lambda cpu: 1 + np.argsort(cpu[1:])[(len(cpu) - 1) // 2]),
        (["one parcel: slowest of 99", "单地块：99次中最慢"], lambda cpu: 1 + np.argmax(cpu[1:])),
    ):
        asked = [(run["cpu"][index], run["wall"][index], run) for run in found for index in [int(chosen(np.array(run["cpu"])))]]
        cpu_s, wall_s, run = sorted(asked, key=operator.itemgetter(0))[len(asked) // 2]
        row = {"job": name, "way": way, "cpu_s": round(cpu_s, 4), "wall_s": round(wall_s, 4)}
        rows.append({**row, "peak_mb": run["peak_mb"], "start_up_s": round(run["start_up_s"], 2)})
    return rows


def _alone(*arguments: str) -> Any:  # noqa: ANN401  # whatever it prints as JSON
    """Run a part in a process of its own, so that memory is its own."""
    done = subprocess.run([sys.executable, __file__, *arguments], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    """Fill the store, measure both ways in processes of their own, compare, print the rows · 对比运行."""
    if sys.argv[1] == "fill":
        print(json.dumps(fill(Path(sys.argv[2]), Path(sys.argv[3]))))
        return
    if sys.argv[1] in {"lantu", "geopandas"}:
        found = with_lantu(Path(sys.argv[2])) if sys.argv[1] == "lantu" else with_geopandas(Path(sys.argv[2]))
        found["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        print(json.dumps(found))
        return
    size, folder = int(sys.argv[1]), Path(sys.argv[2])
    source = folder.parent / f"overlay-{size}"
    subprocess.run([sys.executable, str(Path(__file__).with_name("overlay_data.py")), str(size), str(source)], check=True)
    # What is stored already would not be written again.
    for own in ("layers", "products"):
        if (folder / own).exists():
            shutil.rmtree(folder / own)
    put_s = _alone("fill", str(source), str(folder))
    results = {way: [_alone(way, str(folder)) for _ in range(PROCESSES)] for way in ("lantu", "geopandas")}
    apart = np.ptp(np.array([run["areas"] for runs in results.values() for run in runs]), axis=0).max()
    if apart > SAME_M2:
        message = f"the areas are up to {apart} m² apart"
        raise AssertionError(message)
    rows = [
        row for pair in zip(summary("lantu", results["lantu"]), summary("geopandas", results["geopandas"]), strict=True) for row in pair
    ]
    rows.append({"job": ["storing the parcels", "地块入库"], "way": "lantu: layer store", "cpu_s": round(put_s, 2), "goal_s": GOAL_S})
    print(json.dumps({"rows": rows}))


if __name__ == "__main__":
    main()
