"""The whole check of the demo city, and looking again after a change of 0.1 % · 全量审查与增量复审基准.

First in processes of their own, as the command line does it; then in one process that stays open, as a server does, where the CPU
of the reading process beside it counts as well. In the end the store is thrown away and the changed city checked from nothing: what
was said after the change must be the same, byte for byte.

    python benchmarks/check_job.py 100000 build/bench/check-100000
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

from jobs import LARGE, MIDDLE, Job, Part

CHANGED_SHARE = 0.001
TITLE = ["check of the demo city", "示例城市审查"]
OPEN_TITLE = ["check of the demo city, process open", "示例城市审查（进程常开）"]
JOB = Job(
    name="check",
    title=("check of the demo city", "示例城市审查"),
    order=4,
    sizes=(MIDDLE, LARGE),
    parts=lambda size, build: [Part("check", ("check_job.py", str(size), str(build / f"check-{size}")))],
    labels={
        "lantu: make the city": ("**Lantu**, make the city", "**蓝图**，生成城市"),
        "lantu: first check": ("**Lantu**, full check", "**蓝图**，全量审查"),
        "lantu: nothing changed": ("**Lantu**, nothing changed", "**蓝图**，无变化"),
        "lantu: 0.1 % changed": ("**Lantu**, 0.1 % of the parcels changed", "**蓝图**，0.1 %地块有变化"),
        "lantu: start-up alone": ("**Lantu**, start-up alone", "**蓝图**，仅启动"),
    },
    minutes={MIDDLE: 4, LARGE: 14},
    measures=(
        "engines",
        "interfaces/cli",
        "stores/formats",
        "stores/layers",
        "catalogue",
        "capabilities/plan_making",
        "examples",
        "standards",
        "vocabulary",
    ),
)
Row = dict[str, Any]


def _process(*command: str) -> tuple[Row, str]:
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True)
    output = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) > 1:
        raise RuntimeError(output[-300:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    cost = {"cpu_s": round(cpu_s, 3), "wall_s": round(time.perf_counter() - begun, 3), "peak_mb": round(usage.ru_maxrss / 1024)}
    return cost, output


def _check(city: Path) -> tuple[Row, str]:
    packages = sorted(str(path) for path in (city / "packages").iterdir())
    return _process("-m", "lantu", "check", *packages, "--city", str(city), "--format", "json")


def _own_cpu_s() -> float:
    """CPU of this process, of children that ended, and of those that still run."""
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    running = 0.0
    for task in Path("/proc/self/task").iterdir():
        for child in (task / "children").read_text(encoding="utf-8").split():
            ticks = Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[11:13]
            running += sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime + running


def stay_open(city: Path, size: int) -> list[Row]:
    """Check, change and look again in one process; the first round only warms it up · 常开进程."""
    from lantu.capabilities.plan_making.checking import check_packages  # noqa: PLC0415  # only this part needs it
    from lantu.capabilities.plan_making.cities import open_city  # noqa: PLC0415  # as above
    from lantu.capabilities.plan_making.reports.json_report import render_json  # noqa: PLC0415  # as above
    from lantu.examples.revising import change_parcels  # noqa: PLC0415  # as above

    opened = open_city(city)
    rows: list[Row] = []
    said = ""
    for way in ("", "", "lantu: 0.1 % changed", "lantu: nothing changed"):
        if way != "lantu: nothing changed":
            change_parcels(city, share=CHANGED_SHARE, parcels=size)
        cpu, begun = _own_cpu_s(), time.perf_counter()
        said = render_json(check_packages(opened.package_paths(), opened))
        cost = {"cpu_s": round(_own_cpu_s() - cpu, 3), "wall_s": round(time.perf_counter() - begun, 3)}
        rows.append({"way": way, "job": OPEN_TITLE, **cost, "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)})
    shutil.rmtree(opened.store_folder)
    if render_json(check_packages(opened.package_paths(), open_city(city))) != said:
        message = "a check from nothing says something else than the look after the change"
        raise AssertionError(message)
    return rows[2:]


def main() -> None:
    """Make the city, check it, check it again, change 0.1 % of its parcels and check once more · 运行."""
    if sys.argv[1] == "open":
        print(json.dumps({"rows": stay_open(Path(sys.argv[2]), int(sys.argv[3]))}))
        return
    size, folder = int(sys.argv[1]), Path(sys.argv[2])
    city = folder / "city"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    from lantu.examples.revising import change_parcels  # noqa: PLC0415  # the parent starts first

    made, _ = _process("-m", "lantu", "demo", str(city), "--parcels", str(size))
    rows: list[Row] = [{"way": "lantu: make the city", "job": ["demo city", "示例城市"], **made}]
    imports = "import lantu.capabilities.plan_making.checking, lantu.capabilities.plan_making.reports.json_report"
    for way in ("lantu: first check", "lantu: nothing changed", "lantu: 0.1 % changed", "lantu: start-up alone"):
        if way == "lantu: 0.1 % changed":
            change_parcels(city, share=CHANGED_SHARE, parcels=size)
        cost, _ = _process("-c", imports) if way == "lantu: start-up alone" else _check(city)
        rows.append({"way": way, "job": TITLE, **cost})
    _, output = _process(__file__, "open", str(city), str(size))
    print(json.dumps({"rows": rows + json.loads(output.strip().splitlines()[-1])["rows"]}))


if __name__ == "__main__":
    main()
