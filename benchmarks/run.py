"""Measure every speed that the README shows, beside its peers, in one run, and write the tables · 运行全部基准并写表.

Every measurement is a process of its own, one at a time; CPU seconds count children and servers. Peers must give the same
answer before their time is written down. Each row is kept in ``results.json`` as soon as it is measured, with date and commit;
a run that was interrupted goes on where it stopped, as long as the code that a job measures is the same.

    python benchmarks/run.py [--only overlay coverage intake check parcel ...] [--sizes 10000 100000 1000000] [--again] [--list]
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import platform
import subprocess
import sys
import time

from jobs import DEMO, HERE, LARGE, MIDDLE, SMALL, Job, Part, Row, found_jobs

ROOT = HERE.parent
BUILD = ROOT / "build" / "bench"
RESULTS = HERE / "results.json"
START, END = "<!-- bench: start -->", "<!-- bench: end -->"
ENGLISH, CHINESE = 0, 1
READMES = (("README.md", ENGLISH), ("README.zh.md", CHINESE))
HEAD = (
    """Measured {days}, {runs}, on {machine}. Every measurement is a process of its own; CPU seconds, user and system, children and servers
included; × is how many times our CPU a peer took. A process with one row that ends within five seconds is run five times, the
median is shown; times grow with whatever else the machine does, CPU seconds too: compare within a size. Same pairs, areas and pieces from
all, asserted before a time is written down. An interrupted `make bench` goes on where it stopped, as long as the code
that a job measures is the same; `benchmarks/results.json` keeps date and commit of every row.""",
    """测于{days}，{runs}，机器为{machine}。每项测量均为独立进程；CPU秒含用户态、系统态、子进程与服务进程；×为同类软件所用CPU与本系统之比；
五秒内结束且只产生一行结果的进程运行五次，取中位；时间（含CPU秒）受机器其他负载影响，宜在同一规模内比较。
各方对数、面积与图形一致，先断言后计时。`make bench`中断后从断点继续（被测代码须相同）；
`benchmarks/results.json`记有每行的日期与提交。""",
)
CODE_SUFFIXES = {".py", ".yaml", ".html", ".ts", ".css"}
COLUMNS = ("| job | size | way | CPU s | × | wall s | peak MB |", "| 作业 | 规模 | 方式 | CPU秒 | × | 墙钟秒 | 峰值内存MB |")
NOT_MEASURED = ("not measured: {why}", "未测：{why}")
# A second more or less is nothing to a minute, and much to a second.
SHORT_S, SHORT_RUNS = 5.0, 5
ONE_RUN = ("in one run", "一次运行")
SEVERAL_RUNS = ("in more than one run", "分次运行")
# Compiled Python is kept, as it is wherever nobody forbids it; else every process would compile its libraries anew.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def code_print(job: Job) -> str:
    """Hash the code that a job measures, the code that measures it, and the versions of all libraries · 代码指纹."""
    digest = hashlib.sha256()
    everything = "" in job.measures
    folders = [ROOT / "src" / "lantu" / part for part in job.measures] + [ROOT / "web" / "src"] * everything
    files = {path for folder in folders for path in ([folder] if folder.is_file() else folder.rglob("*")) if path.suffix in CODE_SUFFIXES}
    commands = [
        *job.prepare(LARGE, BUILD),
        *(part.command for part in job.parts(LARGE, BUILD)),
        *(part.command for part in job.parts(SMALL, BUILD)),
    ]
    scripts = {HERE / command[0] for command in commands if command}
    for path in sorted({*files, *scripts, HERE / "jobs.py", ROOT / "requirements-bench.lock"}):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def commit() -> str:
    """Name the commit that is checked out · 当前提交."""
    done = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S607  # git as it is on the path
    return done.stdout.strip() or "unknown"


COMMIT, RUN = commit(), dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")


def measure(command: tuple[str, ...]) -> list[Row]:
    """Run one script in a process of its own and read its JSON line · 独立进程测量."""
    done = subprocess.run(
        [sys.executable, str(HERE / command[0]), *command[1:]], capture_output=True, text=True, check=False, cwd=ROOT, env=ENVIRONMENT
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return [{"error": lines[-1] if lines else f"exit {done.returncode}"}]
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return list(found["rows"]) if "rows" in found else [found]


def run_job(job: Job, size: int, rows: list[Row], *, again: bool) -> list[Row]:
    """Measure the parts of a job at one size that are not measured yet, keeping each at once · 测一项作业.

    Gives all rows, those measured before included.
    """
    code = code_print(job)
    parts = job.parts(size, BUILD)
    done = {row["part"] for row in rows if _is_of(row, job, size) and row.get("code") == code and "error" not in row and not again}
    if all(part.way in done for part in parts):
        return rows
    others = [row for row in rows if not _is_of(row, job, size)]
    own = [row for row in rows if _is_of(row, job, size) and row["part"] in done]
    BUILD.mkdir(parents=True, exist_ok=True)
    for command in job.prepare(size, BUILD):
        subprocess.run([sys.executable, str(HERE / command[0]), *command[1:]], check=True, cwd=ROOT, env=ENVIRONMENT)
    for part in parts:
        if part.way in done:
            continue
        if any("error" in row for row in own if row["part"] == parts[0].way):
            # Without our answer nobody else's can be held against it.
            break
        found = _measured(part)
        ours = next((row for row in own if row["part"] == parts[0].way), None)
        for row in found:
            row["part"] = part.way
            if ours is not None and "error" not in row and "note" not in row and "error" not in ours:
                job.agree(ours, row)
            row |= {"section": job.name, "size": size, "way": row.get("way", part.way), "code": code}
            row |= {"date": dt.datetime.now(tz=dt.UTC).date().isoformat(), "commit": COMMIT, "run": RUN}
            _say(row)
        own += found
        keep(_sorted(others + own))
    return _sorted(others + own)


def _measured(part: Part) -> list[Row]:
    if part.note[ENGLISH]:
        return [{"note": list(part.note)}]
    if part.warm_up:
        measure(part.command)
    begun = time.perf_counter()
    found = measure(part.command)
    if len(found) != 1 or time.perf_counter() - begun > SHORT_S:
        return found
    found += [row for _ in range(SHORT_RUNS - 1) for row in measure(part.command)]
    failed = [row for row in found if "error" in row]
    return failed[:1] or [sorted(found, key=lambda row: row["cpu_s"])[len(found) // 2]]


def _is_of(row: Row, job: Job, size: int) -> bool:
    return row["section"] == job.name and row["size"] == size and "part" in row


def _sorted(rows: list[Row]) -> list[Row]:
    order = {job.name: place for place, job in enumerate(found_jobs())}
    return sorted((row for row in rows if row["section"] in order and "part" in row), key=lambda row: (order[row["section"]], row["size"]))


def _say(row: Row) -> None:
    said = row.get("cpu_s", row.get("error", row.get("note", [""])[0]))
    print(f"{row['section']:9} {row['size']:>9,} {row['way']:40} {said}", flush=True)


def table(rows: list[Row], language: int) -> str:
    """Write the rows as Markdown · 生成表格."""
    jobs = {job.name: job for job in found_jobs()}
    machine = f"{os.cpu_count()} {('cores', '核')[language]} ({platform.machine()}), Python {platform.python_version()}"
    days = sorted({row["date"] for row in rows})
    one_run = (ONE_RUN if len({row["run"] for row in rows}) == 1 else SEVERAL_RUNS)[language]
    head = HEAD[language].format(days=" – ".join(dict.fromkeys([days[0], days[-1]])), runs=one_run, machine=machine)
    lines = [head, "", COLUMNS[language], "|---|---:|---|---:|---:|---:|---:|"]
    ours: dict[tuple[str, int, str], float] = {}
    for row in rows:
        if "lantu" in str(row["way"]).lower() and row.get("cpu_s"):
            ours.setdefault((row["section"], row["size"], _title(row, jobs, ENGLISH)), row["cpu_s"])
    for row in rows:
        title, size = _title(row, jobs, language), f"{row['size']:,}"
        way = jobs[row["section"]].labels.get(row["way"], (row["way"], row["way"]))[language]
        why = row.get("error") or (row["note"][language] if "note" in row else "")
        if why:
            lines.append(f"| {title} | {size} | {way} | {NOT_MEASURED[language].format(why=why[:120])} | | | |")
            continue
        mine = "cpu_s" in row and ours.get((row["section"], row["size"], _title(row, jobs, ENGLISH)))
        ratio = "" if "lantu" in str(row["way"]).lower() or not mine else f"{row['cpu_s'] / mine:.1f}"
        digits = 3 if row.get("cpu_s", row.get("wall_s", 0.0)) < 1 else 2
        cpu = f"{row['cpu_s']:.{digits}f}" if "cpu_s" in row else ""
        wall = f"{row['wall_s']:.{digits}f}" if "wall_s" in row else ""
        lines.append(f"| {title} | {size} | {way} | {cpu} | {ratio} | {wall} | {row.get('peak_mb') or ''} |")
    return "\n".join(lines)


def _title(row: Row, jobs: dict[str, Job], language: int) -> str:
    own = row.get("job")
    return str(own[language] if isinstance(own, list) else own or jobs[row["section"]].title[language])


def keep(rows: list[Row]) -> None:
    """Keep the raw figures, whole or not at all, and put the tables into both READMEs · 保存结果并写表."""
    part = RESULTS.with_suffix(".part")
    part.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(RESULTS)
    for name, language in READMES if rows else ():
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        before, _, rest = text.partition(START)
        _, _, after = rest.partition(END)
        path.write_text(f"{before}{START}\n{table(rows, language)}\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measure what is not measured yet, then write · 测量并写表."""
    jobs = found_jobs()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[SMALL, DEMO, MIDDLE, LARGE], help="only these sizes · 仅测这些规模")
    parser.add_argument("--only", nargs="+", choices=[job.name for job in jobs], default=[job.name for job in jobs])
    parser.add_argument("--again", action="store_true", help="measure again what is measured already · 已测者重测")
    parser.add_argument("--list", action="store_true", help="say what would be measured and how long it takes · 仅列出")
    chosen = parser.parse_args()
    rows: list[Row] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    asked = [(job, size) for job in jobs if job.name in chosen.only for size in job.sizes if size in chosen.sizes]
    minutes = sum(job.minutes.get(size, 1.0) for job, size in asked)
    print(f"About {minutes:.0f} minutes on two quiet cores · 两个空闲核上约{minutes:.0f}分钟", flush=True)
    for job, size in asked:
        if chosen.list:
            print(
                f"{job.name:9} {size:>9,} {job.minutes.get(size, 1.0):5.1f} min  {', '.join(part.way for part in job.parts(size, BUILD))}"
            )
        else:
            rows = run_job(job, size, rows, again=chosen.again)
    if not chosen.list:
        keep(_sorted(rows))


if __name__ == "__main__":
    main()
