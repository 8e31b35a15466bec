"""Vector tiles of every parcel, with every feature kept: our own kernel beside tippecanoe · 矢量瓦片基准.

The parcels of the demo city, in its own coordinates, become the tiles of zooms 13 to 15. tippecanoe is handed a FlatGeobuf that
was projected for it, which is not counted; ours reads, projects, cuts, encodes and compresses. Before a time is written down both
archives are read and must show the same identifiers at every zoom.

    python benchmarks/tile_job.py 1000000 build/bench/tiles-1000000
"""

from __future__ import annotations

import gzip
import json
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from jobs import LARGE, Job, Part, Row

ZOOMS = (13, 15)
LAYER = "parcels"
FIELDS = ("identifier", "land_use_code")
JOB = Job(
    name="tiles",
    title=("vector tiles, every feature kept", "矢量瓦片（保留全部要素）"),
    order=8,
    sizes=(LARGE,),
    parts=lambda size, build: [Part("tiles", ("tile_job.py", str(size), str(build / f"tiles-{size}")))],
    labels={"lantu": ("**Lantu**", "**蓝图**"), "tippecanoe": ("tippecanoe 2.72, dropping nothing", "tippecanoe 2.72，不丢要素")},
    minutes={LARGE: 10},
)


def draw(count: int, folder: Path) -> None:
    """Store the parcels of the demo city, and write them projected for the peer · 生成数据."""
    import geopandas  # noqa: PLC0415  # the peer's file alone needs it
    import pandas as pd  # noqa: PLC0415  # as above

    from lantu.examples.city import draw_city  # noqa: PLC0415  # drawing is a process of its own
    from lantu.standards.cities import load_city  # noqa: PLC0415  # as above
    from lantu.stores.layers import LayerStore  # noqa: PLC0415  # as above

    if (folder / "parcels.fgb").exists():
        return
    city = draw_city(load_city("suzhou"), parcels=count, seed=1, progress=None)
    store, frames = LayerStore(folder / "store"), []
    for code, layers in sorted(city.units.items()):
        layer = layers["present_land_use"]
        version = store.put(layer_named(layer, code))
        columns = {field: layer.texts(field) for field in FIELDS}
        frames.append(geopandas.GeoDataFrame(columns, geometry=layer.geometry, crs=layer.crs).to_crs("EPSG:4326"))
        del version
    pd.concat(frames, ignore_index=True).to_file(folder / "parcels.fgb", driver="FlatGeobuf", SPATIAL_INDEX="NO")


def layer_named(layer: Any, code: str) -> Any:  # noqa: ANN401  # a layer
    """Name a unit's layer as the store does · 图层命名."""
    from dataclasses import replace  # noqa: PLC0415  # used here alone

    return replace(layer, name=f"{code}.present_land_use", version="")


def with_lantu(folder: Path) -> Row:
    """Make the tiles with our own kernel · 本系统."""
    from lantu.capabilities.one_map.tile_building import LayerPart, TileOrder, build_tiles  # noqa: PLC0415  # loading is start-up
    from lantu.standards.cities import load_city  # noqa: PLC0415  # as above
    from lantu.stores.layers import LayerStore  # noqa: PLC0415  # as above

    store = LayerStore(folder / "store")
    records = [store.find(name) for name in store.names()]
    parts = tuple(LayerPart(item.name[:6], item.name, item.version, number) for number, item in enumerate(records, start=1))
    target = folder / "lantu"
    shutil.rmtree(target, ignore_errors=True)
    order = TileOrder(LAYER, "bench", parts, FIELDS, "", [{"value": None, "fill": "#9aa5ad"}], load_city("suzhou").extent, ZOOMS[1])
    from lantu.capabilities.one_map import tile_building  # noqa: PLC0415  # to leave the pictures out of the comparison

    tile_building._Maker.pictures = lambda *_: (target / "parcels-bench-overview.pmtiles").touch()  # noqa: SLF001  # as said
    begun_cpu, begun = time.process_time(), time.perf_counter()
    build_tiles(store, target, order)
    seconds = {"cpu_s": round(time.process_time() - begun_cpu, 2), "wall_s": round(time.perf_counter() - begun, 2)}
    archive = target / "parcels-bench.pmtiles"
    return {**seconds, "size_mb": round(archive.stat().st_size / 1e6, 1), "archive": str(archive)}


def with_tippecanoe(folder: Path) -> Row:
    """Make them with tippecanoe, dropping nothing · tippecanoe."""
    program = Path(sys.executable).with_name("tippecanoe")
    tool = str(program) if program.exists() else shutil.which("tippecanoe")
    if tool is None:
        message = "tippecanoe is not installed: use the bench group"
        raise FileNotFoundError(message)
    archive = folder / "tippecanoe.pmtiles"
    kept = ["-r1", "--no-feature-limit", "--no-tile-size-limit", f"-Z{ZOOMS[0]}", f"-z{ZOOMS[1]}"]
    begun = time.perf_counter()
    subprocess.run([tool, "-q", "-f", "-o", str(archive), "-l", LAYER, *kept, str(folder / "parcels.fgb")], check=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = {"cpu_s": round(used.ru_utime + used.ru_stime, 2), "wall_s": round(time.perf_counter() - begun, 2)}
    return {**seconds, "size_mb": round(archive.stat().st_size / 1e6, 1), "archive": str(archive)}


def identifiers(archive: Path) -> dict[int, set[bytes]]:
    """Read which identifiers an archive shows at each zoom, straight from the values of its tiles · 读取标识."""
    from lantu.stores.tiles import TileArchive  # noqa: PLC0415  # loading is nobody's time here

    found: dict[int, set[bytes]] = {}
    for (z, _, _), content in TileArchive(archive).tiles():
        for field, layer in messages(gzip.decompress(content)) if z >= ZOOMS[0] else ():
            if field == 3:  # noqa: PLR2004  # a layer
                found.setdefault(z, set()).update(value[2:] for field, value in messages(layer) if field == 4 and len(value) > 10)  # noqa: PLR2004  # a long text is an identifier
    return found


def messages(content: bytes) -> Any:  # noqa: ANN401  # yields (field, bytes)
    """Read the parts of a protobuf message that have a length · 解析消息."""
    at = 0
    while at < len(content):
        key, at = number(content, at)
        if key & 7 == 2:  # noqa: PLR2004  # with a length
            size, at = number(content, at)
            yield key >> 3, content[at : at + size]
            at += size
        else:
            _, at = number(content, at)


def number(content: bytes, at: int) -> tuple[int, int]:
    """Read one number and the place behind it · 解析数值."""
    value = shift = 0
    while True:
        byte = content[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:  # noqa: PLR2004  # seven bits
            return value, at


def _alone(*arguments: str) -> Row:
    done = subprocess.run([sys.executable, __file__, *arguments], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def main() -> None:
    """Draw, measure both in processes of their own, compare, print the rows · 对比运行."""
    if sys.argv[1] in {"draw", "lantu", "tippecanoe"}:
        folder = Path(sys.argv[-1])
        folder.mkdir(parents=True, exist_ok=True)
        if sys.argv[1] == "draw":
            draw(int(sys.argv[2]), folder)
            print("{}")
            return
        row = with_lantu(folder) if sys.argv[1] == "lantu" else with_tippecanoe(folder)
        who = resource.RUSAGE_SELF if sys.argv[1] == "lantu" else resource.RUSAGE_CHILDREN
        print(json.dumps({**row, "peak_mb": round(resource.getrusage(who).ru_maxrss / 1024)}))
        return
    size, folder = int(sys.argv[1]), Path(sys.argv[2])
    _alone("draw", str(size), str(folder))
    _alone("lantu", str(folder))  # compiles, once
    found = {way: _alone(way, str(folder)) for way in ("lantu", "tippecanoe")}
    shown = {way: identifiers(Path(row["archive"])) for way, row in found.items()}
    counts = {way: {z: len(own) for z, own in zooms.items()} for way, zooms in shown.items()}
    if shown["lantu"] != shown["tippecanoe"] or set(counts["lantu"].values()) != {size}:
        message = f"the archives do not show the same {size} features: {counts}"
        raise AssertionError(message)
    rows = [
        {
            "job": ["vector tiles of zooms 13 to 15, every feature kept", "13至15级矢量瓦片（保留全部要素）"],
            "way": way,
            **{key: row[key] for key in row if key != "archive"},
        }
        for way, row in found.items()
    ]
    print(json.dumps({"rows": rows}))


if __name__ == "__main__":
    main()
