"""The whole check of the demo city, the second run, and the run after a change of 0.1 % · 全量审查与增量复审基准.

python benchmarks/full_check.py 100000 build/bench/check-100000
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

CHANGED_SHARE = 0.001


def _lantu(*arguments: str) -> dict[str, Any]:
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "lantu", *arguments], stdout=subprocess.PIPE, text=True)
    output = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) > 1:
        raise RuntimeError(output[-300:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "cpu_s": round(cpu_s, 2),
        "wall_s": round(time.perf_counter() - begun, 2),
        "peak_mb": round(usage.ru_maxrss / 1024),
        "output": output,
    }


def main() -> None:
    """Make the city, check it, check it again, change 0.1 % of its parcels and check once more · 运行."""
    size, folder = int(sys.argv[1]), Path(sys.argv[2])
    city = folder / "city"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows: list[dict[str, Any]] = []

    def note(way: str, *arguments: str) -> None:
        row = _lantu(*arguments)
        row.pop("output")
        rows.append({"way": way, "job": "whole check of the demo city", **row})

    row = _lantu("demo", str(city), "--parcels", str(size))
    row.pop("output")
    made = {"way": "lantu: make the city", "job": "demo city", **row}
    packages = [str(path) for path in sorted((city / "packages").iterdir())]
    note("lantu: first check", "check", *packages, "--city", str(city), "--format", "json")
    note("lantu: nothing changed", "check", *packages, "--city", str(city), "--format", "json")
    from lantu.examples.revising import change_parcels  # noqa: PLC0415  # after the city is made

    changed = change_parcels(city, share=CHANGED_SHARE)
    note(f"lantu: after {changed} parcels changed", "check", *packages, "--city", str(city), "--format", "json")
    print(json.dumps({"rows": [made, *rows]}))


if __name__ == "__main__":
    main()
