"""The overlay job: parcels against four layers, streamed, with the pieces of every conflict · 叠加基准作业.

Reads parcels row group by row group, measures every pair with farmland, redline, development boundary and districts,
and builds the piece wherever a built parcel overlaps farmland or redline by more than 1 m². Prints one JSON line.

    python benchmarks/overlay_job.py build/bench/overlay-100k [--areas-only] [--planar] [--threads 2] [--out FILE.parquet]
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from jobs import LARGE, MIDDLE, SMALL, Job, Part, Row
from lantu.engines.overlay.overlaying import OverlayProduct, overlay
from lantu.engines.overlay.polygons import Polygons

if TYPE_CHECKING:
    import numpy.typing as npt

CRS = "EPSG:4549"
CONFLICTS = ("farmland", "redline")
LAYERS = (*CONFLICTS, "boundary", "districts")
COUNTED_M2 = 0.01
RELATIVE = 1e-9
PLAIN = ("geopandas", "duckdb", "sedonadb", "postgis")
BY_HAND = ("shapely by hand", "duckdb subdivided", "postgis subdivided")
TOO_LONG = (
    "as their users write it these take ten times their time at 100,000, half an hour to two hours each",
    "按常规写法需时为100,000时的十倍，各半小时至两小时",
)


def is_conflict(built: npt.NDArray[np.bool_], product: OverlayProduct) -> npt.NDArray[np.bool_]:
    """Tell which pairs are conflicts: a built parcel and more than a square metre · 判定冲突对."""
    return built[product.left] & (product.area_m2 > 1.0)


def run(  # noqa: PLR0913  # the options of the command line
    folder: Path, *, areas_only: bool = False, planar: bool = False, threads: int = 2, out: Path | None = None, judge: bool = False
) -> dict[str, object]:
    """Run the job and tell its answer; judging the pieces is not part of the job · 运行作业并报告结果."""
    rights = {name: Polygons.from_wkb(pq.ParquetFile(folder / f"{name}.parquet").read(columns=["geometry"])["geometry"]) for name in LAYERS}
    parcels = pq.ParquetFile(folder / "parcels.parquet", memory_map=True)
    pairs, area_m2 = dict.fromkeys(LAYERS, 0), dict.fromkeys(LAYERS, 0.0)
    pieces, pieces_m2, suspects, invalid, first = 0, 0.0, 0, 0, 0
    kept: list[pa.Table] = []
    for group in range(parcels.num_row_groups):
        table = parcels.read_row_group(group, columns=["is_built", "geometry"])
        # Arrow's own way to NumPy loads pandas where that is installed, as it is beside the peers; nothing here needs it.
        built = np.from_dlpack(table["is_built"].combine_chunks().cast(pa.uint8())).view(np.bool_)
        left = Polygons.from_wkb(table["geometry"])
        for name, right in rights.items():
            wanted = partial(is_conflict, built) if name in CONFLICTS and not areas_only else "none"
            product = overlay(left, right, pieces=wanted, ellipsoidal=not planar, crs=CRS, threads=threads)
            pairs[name] += int((product.area_m2 > COUNTED_M2).sum())
            area_m2[name] += float(product.area_m2.sum())
            suspects += len(product.suspect)
            if product.pieces is not None:
                chosen = is_conflict(built, product)
                pieces += int(chosen.sum())
                pieces_m2 += float(shapely.area(product.pieces[chosen]).sum())
                invalid += int((~shapely.is_valid(product.pieces[chosen])).sum()) if judge else 0
            if out:
                columns = {"left": product.left.astype(np.int64) + first, "right": product.right, "area_m2": product.area_m2}
                kept.append(pa.table(columns).append_column("layer", pa.array([name] * len(product))))
        first += table.num_rows
    if invalid:
        message = f"{invalid} of {pieces} pieces are invalid"
        raise AssertionError(message)
    if out:
        pq.write_table(pa.concat_tables(kept), out)
    return {"parcels": first, "pairs": pairs, "area_m2": area_m2, "pieces": pieces, "pieces_m2": pieces_m2, "suspects": suspects}


def parts(size: int, build: Path) -> list[Part]:
    """Give our ways, the floor, and the peers; a million parcels go only to those who subdivide by hand · 测量进程."""
    folder = str(build / f"overlay-{size}")
    own = [
        Part("lantu", ("overlay_job.py", folder, "--planar")),
        Part("lantu ellipsoidal", ("overlay_job.py", folder)),
        Part("lantu areas only", ("overlay_job.py", folder, "--planar", "--areas-only")),
        Part("read", ("overlay_floor.py", folder)),
    ]
    peers = BY_HAND if size > MIDDLE else (*PLAIN, *BY_HAND)
    notes = [Part("geopandas, duckdb, sedonadb, postgis", note=TOO_LONG)] if size > MIDDLE else []
    return [*own, *notes, *(Part(peer, ("overlay_peers.py", peer, folder)) for peer in peers)]


def same_answer(ours: Row, theirs: Row) -> None:
    """Refuse a peer's time where its answer is not ours · 结果一致方可比较."""
    if "pairs" not in theirs or theirs["part"] not in {*PLAIN, *BY_HAND}:
        return
    for name, pairs in theirs["pairs"].items():
        if pairs != ours["pairs"][name]:
            message = f"{name}: {pairs} pairs against our {ours['pairs'][name]}"
            raise AssertionError(message)
        if abs(theirs["area_m2"][name] - ours["area_m2"][name]) > RELATIVE * ours["area_m2"][name]:
            message = f"{name}: {theirs['area_m2'][name]} m² against our {ours['area_m2'][name]}"
            raise AssertionError(message)
    if theirs["pieces"] != ours["pieces"] or abs(theirs["pieces_m2"] - ours["pieces_m2"]) > RELATIVE * ours["pieces_m2"]:
        message = f"pieces: {theirs['pieces']} against our {ours['pieces']}"
        raise AssertionError(message)


JOB = Job(
    name="overlay",
    title=("overlay", "叠加"),
    order=1,
    sizes=(SMALL, MIDDLE, LARGE),
    prepare=lambda size, build: [
        ("overlay_data.py", str(size), str(build / f"overlay-{size}")),
        ("overlay_job.py", str(build / f"overlay-{size}"), "--judge"),
    ],
    parts=parts,
    agree=same_answer,
    labels={
        "lantu": ("**Lantu**", "**蓝图**"),
        "lantu ellipsoidal": ("**Lantu**, ellipsoidal areas as well", "**蓝图**，兼算椭球面积"),
        "lantu areas only": ("**Lantu**, areas only, no pieces", "**蓝图**，仅算面积，不取图形"),
        "read": ("floor: read the layer into shapely", "下限：读入shapely"),
        "geopandas": ("`geopandas.overlay`", "`geopandas.overlay`"),
        "duckdb": ("DuckDB spatial, plain", "DuckDB spatial，常规写法"),
        "sedonadb": ("SedonaDB, plain", "SedonaDB，常规写法"),
        "postgis": ("PostGIS, plain, GiST", "PostGIS，常规写法，GiST索引"),
        "shapely by hand": ("shapely by hand (subdivided, prepared)", "shapely手工优化（剖分、预处理）"),
        "duckdb subdivided": ("DuckDB, subdivided by hand", "DuckDB，手工剖分"),
        "postgis subdivided": ("PostGIS, subdivided", "PostGIS，剖分"),
        "geopandas, duckdb, sedonadb, postgis": (
            "GeoPandas, DuckDB, SedonaDB, PostGIS, plain",
            "GeoPandas、DuckDB、SedonaDB、PostGIS，常规写法",
        ),
    },
    minutes={SMALL: 2, MIDDLE: 10, LARGE: 11},
    measures=("engines/overlay", "vocabulary"),
)


def main() -> None:
    """Run once and print the result with CPU, wall and memory · 运行并打印."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--areas-only", action="store_true")
    parser.add_argument("--planar", action="store_true")
    parser.add_argument("--judge", action="store_true", help="ask of every piece whether it is valid, before anything is measured")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    begun = time.perf_counter()
    result = run(
        chosen.folder, areas_only=chosen.areas_only, planar=chosen.planar, threads=chosen.threads, out=chosen.out, judge=chosen.judge
    )
    usage = resource.getrusage(resource.RUSAGE_SELF)
    result |= {
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
        "wall_s": round(time.perf_counter() - begun, 2),
        "peak_mb": round(usage.ru_maxrss / 1024),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
