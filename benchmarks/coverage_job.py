"""Gaps, overlaps and duplicates of parcels that should tile, beside a self-join · 铺盖检查基准.

The parcels of ``overlay_data.py``, with every 2,000th removed (a gap), every 3,001st delivered twice (a duplicate) and every
4,003rd shifted by three metres (overlaps and gaps along its edges). The peer is what users write with GeoPandas: a self-join
with the pieces of overlapping pairs, and the holes of the union.

    python benchmarks/coverage_job.py 100000 build/bench/coverage-100000
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
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from jobs import LARGE, MIDDLE, Job, Part

LEAST_M2 = 1.0
WAYS = ("lantu", "geopandas self-join and union")
JOB = Job(
    name="coverage",
    title=("coverage", "铺盖检查"),
    order=2,
    sizes=(MIDDLE, LARGE),
    prepare=lambda size, build: [("overlay_data.py", str(size), str(build / f"overlay-{size}"))],
    parts=lambda size, build: [Part("coverage", ("coverage_job.py", str(size), str(build / f"coverage-{size}")))],
    labels={
        "lantu": ("**Lantu**", "**蓝图**"),
        "geopandas self-join and union": ("GeoPandas, self-join and union", "GeoPandas，自连接与合并"),
    },
    minutes={MIDDLE: 1, LARGE: 7},
    measures=("engines/overlay", "vocabulary", "standards"),
)


def spoil(folder: Path, path: Path) -> None:
    """Write the parcels with their planted faults · 写出植入问题的地块."""
    if path.exists():
        return
    table = pq.read_table(folder / "parcels.parquet")
    shapes = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
    rows = np.arange(len(shapes))
    moved = rows % 4003 == 7  # noqa: PLR2004  # primes, so that the three kinds do not meet
    shapes[moved] = shapely.transform(shapes[moved], lambda points: points + np.array([3.0, 0.0]))
    kept = rows[rows % 2000 != 3]  # noqa: PLR2004  # as above
    twice = np.concatenate([kept, rows[rows % 3001 == 11]])  # noqa: PLR2004  # as above
    spoiled = pa.table(
        {"identifier": pa.array(np.arange(len(twice)).astype(str)), "geometry": pa.array(shapely.to_wkb(shapes[twice]), pa.large_binary())}
    )
    pq.write_table(spoiled.replace_schema_metadata({"geo": table.schema.metadata[b"geo"]}), path)


def with_lantu(path: Path) -> dict[str, Any]:
    """Check with our coverage engine · 本系统."""
    from lantu.capabilities.plan_making.geometry_tools import standard_tolerance  # noqa: PLC0415  # each way imports its own
    from lantu.engines.overlay.coverage import coverage  # noqa: PLC0415  # as above
    from lantu.vocabulary.layer import Layer  # noqa: PLC0415  # as above

    table = pq.read_table(path)
    layer = Layer("parcel", table.select(["identifier"]), table["geometry"].cast(pa.large_binary()), "EPSG:4549")
    result = coverage(layer, tolerance=standard_tolerance())
    kinds: dict[str, int] = {}
    overlap_m2 = 0.0
    for fault in result.faults:
        kinds[str(fault.kind)] = kinds.get(str(fault.kind), 0) + 1
        overlap_m2 += fault.area_m2 if str(fault.kind) == "overlap" else 0.0
    overlap_m2 += sum(tally.area_m2 for kind, tally in result.ignored.items() if str(kind) == "overlap")
    return {"kinds": kinds, "overlap_m2": overlap_m2}


def with_geopandas(path: Path) -> dict[str, Any]:
    """Check with a self-join and the union · GeoPandas自连接."""
    import geopandas  # noqa: PLC0415  # each way imports its own

    frame = geopandas.read_parquet(path)
    joined = geopandas.sjoin(frame, frame, predicate="intersects")
    pairs = joined.index.to_numpy() < joined["index_right"].to_numpy()
    left, right = joined.index.to_numpy()[pairs], joined["index_right"].to_numpy()[pairs]
    shapes = frame.geometry.to_numpy()
    same = shapely.equals(shapes[left], shapes[right])
    pieces = shapely.intersection(shapes[left[~same]], shapes[right[~same]])
    area = shapely.area(pieces)
    holes = shapely.union_all(shapes)
    parts = shapely.get_parts(holes)
    gaps = shapely.get_parts(shapely.difference(shapely.box(*holes.bounds), shapely.union_all(parts)))
    return {
        "kinds": {"duplicate": int(same.sum()), "overlap": int((area > LEAST_M2).sum()), "gap": int((shapely.area(gaps) > LEAST_M2).sum())},
        "overlap_m2": float(area.sum()),
    }


def _one(way: str, path: Path) -> None:
    begun = time.perf_counter()
    answer = with_lantu(path) if way == "lantu" else with_geopandas(path)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cost = {"cpu_s": round(usage.ru_utime + usage.ru_stime, 2), "wall_s": round(time.perf_counter() - begun, 2)}
    print(json.dumps({**answer, **cost, "peak_mb": round(usage.ru_maxrss / 1024)}))


def main() -> None:
    """Make the data, run both ways in processes of their own, compare, print the rows · 对比运行."""
    if sys.argv[1] in WAYS:
        _one(sys.argv[1], Path(sys.argv[2]))
        return
    size, folder = int(sys.argv[1]), Path(sys.argv[2])
    source = folder.parent / f"overlay-{size}"
    subprocess.run([sys.executable, str(Path(__file__).with_name("overlay_data.py")), str(size), str(source)], check=True)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "parcels.parquet"
    spoil(source, path)
    rows = []
    for way in WAYS:
        done = subprocess.run([sys.executable, __file__, way, str(path)], capture_output=True, text=True, check=True)
        rows.append({"way": way, **json.loads(done.stdout.strip().splitlines()[-1])})
    ours, theirs = rows
    if ours["kinds"].get("duplicate") != theirs["kinds"]["duplicate"]:
        message = f"duplicates: {ours['kinds']} against {theirs['kinds']}"
        raise AssertionError(message)
    if abs(ours["overlap_m2"] - theirs["overlap_m2"]) > 1e-6 * theirs["overlap_m2"]:  # every piece counts, the smallest too
        message = f"overlaps: {ours['overlap_m2']} m² against {theirs['overlap_m2']} m²"
        raise AssertionError(message)
    print(json.dumps({"rows": rows}))


if __name__ == "__main__":
    main()
