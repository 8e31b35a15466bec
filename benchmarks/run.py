"""Measure every speed that the README shows, beside its peers, in one run, and write the table · 运行全部基准并写表.

Every measurement is a process of its own, one at a time; CPU seconds count children and servers. Peers must give the same
answer before their time is written down.

    python benchmarks/run.py [--sizes 10000 100000 1000000] [--only overlay coverage intake check parcel]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "bench"
HERE = Path(__file__).parent
START, END = "<!-- bench: start -->", "<!-- bench: end -->"
RELATIVE = 1e-9
SMALL, MIDDLE, LARGE = 10_000, 100_000, 1_000_000
PLAIN = ("geopandas", "duckdb", "sedonadb", "postgis")
BY_HAND = ("shapely by hand", "duckdb subdivided", "postgis subdivided")
LABELS = {
    "lantu": "**Lantu**",
    "lantu ellipsoidal": "**Lantu**, ellipsoidal areas as well",
    "lantu areas only": "**Lantu**, areas only, no pieces",
    "read": "floor: read the layer into shapely",
    "geopandas": "`geopandas.overlay`",
    "duckdb": "DuckDB spatial, plain",
    "sedonadb": "SedonaDB, plain",
    "postgis": "PostGIS, plain, GiST",
    "shapely by hand": "shapely by hand (subdivided, prepared)",
    "duckdb subdivided": "DuckDB, subdivided by hand",
    "postgis subdivided": "PostGIS, subdivided",
}
# Compiled Python is kept, as it is wherever nobody forbids it; else every process would compile its libraries anew.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
Row = dict[str, Any]


def measure(script: str, *arguments: str) -> Row:
    """Run one script in a process of its own and read its JSON line · 独立进程测量."""
    done = subprocess.run(
        [sys.executable, str(HERE / script), *arguments], capture_output=True, text=True, check=False, cwd=ROOT, env=ENVIRONMENT
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return {"error": lines[-1] if lines else f"exit {done.returncode}"}
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def same_answer(ours: Row, theirs: Row) -> None:
    """Refuse a peer's time where its answer is not ours · 结果一致方可比较."""
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


def overlay(sizes: list[int]) -> list[Row]:
    """Measure the overlay job · 叠加作业."""
    rows: list[Row] = []
    for size in sizes:
        folder = BUILD / f"overlay-{size}"
        subprocess.run([sys.executable, str(HERE / "overlay_data.py"), str(size), str(folder)], check=True)
        measure("overlay_job.py", str(folder), "--planar")
        ours = measure("overlay_job.py", str(folder), "--planar")
        rows.append({"section": "overlay", "size": size, "way": "lantu", **ours})
        rows.append({"section": "overlay", "size": size, "way": "lantu ellipsoidal", **measure("overlay_job.py", str(folder))})
        alone = measure("overlay_job.py", str(folder), "--planar", "--areas-only")
        rows.append({"section": "overlay", "size": size, "way": "lantu areas only", **alone})
        rows.append({"section": "overlay", "size": size, "way": "read", **measure("overlay_floor.py", str(folder))})
        # A million parcels go only to the best of those who subdivide by hand; the rest would take hours.
        for peer in (*PLAIN, *BY_HAND) if size <= MIDDLE else ("shapely by hand", "duckdb subdivided"):
            found = measure("overlay_peers.py", peer, str(folder))
            if "error" not in found:
                same_answer(ours, found)
            rows.append({"section": "overlay", "size": size, "way": peer, **found})
            _say(rows[-1])
    return rows


def simple(section: str, script: str, sizes: list[int]) -> list[Row]:
    """Measure a script that gives several rows itself · 多行脚本."""
    rows: list[Row] = []
    for size in sizes:
        found = measure(script, str(size), str(BUILD / f"{section}-{size}"))
        if "error" in found:
            rows.append({"section": section, "size": size, "way": script, **found})
        for row in found.get("rows", []):
            rows.append({"section": section, "size": size, **row})
            _say(rows[-1])
    return rows


def _say(row: Row) -> None:
    print(f"{row['section']:9} {row['size']:>9,} {row['way']:40} {row.get('cpu_s', row.get('error', ''))}", flush=True)


def table(rows: list[Row]) -> str:
    """Write the rows as Markdown · 生成表格."""
    machine = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    head = (
        f"Measured {dt.datetime.now(tz=dt.UTC).date()}, each job and size in one run, on {machine}. CPU seconds, user and system, children "
        "and servers included; × is how many times our CPU a peer took; wall times grow with whatever else the machine does. Same pairs, "
        "areas and pieces from all, asserted before a time is written down."
    )
    lines = [
        head,
        "",
        "| job | size | way | CPU s | × | wall s | peak MB |",
        "|---|---:|---|---:|---:|---:|---:|",
    ]
    ours: dict[tuple[str, int, str], float] = {}
    for row in rows:
        key = (row["section"], row["size"], row.get("job", ""))
        if str(row["way"]).startswith("lantu") and key not in ours and "cpu_s" in row:
            ours[key] = row["cpu_s"]
    for row in rows:
        key = (row["section"], row["size"], row.get("job", ""))
        name = row.get("job") or row["section"]
        way = LABELS.get(row["way"], row["way"])
        if "error" in row:
            lines.append(f"| {name} | {row['size']:,} | {way} | not measured: {row['error'][:80]} | | | |")
            continue
        ratio = "" if str(row["way"]).startswith("lantu") or key not in ours or not ours[key] else f"{row['cpu_s'] / ours[key]:.1f}"
        lines.append(
            f"| {name} | {row['size']:,} | {way} | {row['cpu_s']:.2f} | {ratio} | {row.get('wall_s', 0):.2f} | {row.get('peak_mb', '')} |"
        )
    return "\n".join(lines)


def write(rows: list[Row]) -> None:
    """Put the table into the README of both languages and keep the raw figures · 写入说明文件."""
    (HERE / "results.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for name in ("README.md", "README.zh.md"):
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        before, _, rest = text.partition(START)
        _, _, after = rest.partition(END)
        path.write_text(f"{before}{START}\n{table(rows)}\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measure, then write · 测量并写表."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[SMALL, MIDDLE, LARGE])
    parser.add_argument("--only", nargs="+", default=["overlay", "coverage", "intake", "check", "parcel"])
    chosen = parser.parse_args()
    results = HERE / "results.json"
    earlier: list[Row] = json.loads(results.read_text(encoding="utf-8")) if results.exists() else []
    # A part that is measured again replaces what was measured of it; the other parts keep their last figures.
    kept = [row for row in earlier if row["section"] not in chosen.only or row["size"] not in chosen.sizes]
    rows: list[Row] = []
    if "overlay" in chosen.only:
        rows += overlay(chosen.sizes)
    larger = [size for size in chosen.sizes if size >= MIDDLE] or chosen.sizes
    for section, script in (
        ("coverage", "coverage_job.py"),
        ("intake", "intake.py"),
        ("check", "full_check.py"),
        ("parcel", "one_parcel.py"),
    ):
        if section in chosen.only:
            sizes = {"intake": [MIDDLE] if MIDDLE in chosen.sizes else larger[:1], "parcel": larger[-1:]}.get(section, larger)
            rows += simple(section, script, sizes)
    order = ["overlay", "coverage", "intake", "check", "parcel"]
    write(sorted(rows + kept, key=lambda row: (order.index(row["section"]), row["size"])))


if __name__ == "__main__":
    main()
