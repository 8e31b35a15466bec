"""What the trail costs: writing records with their events, and verifying a long trail, on both databases · 留痕开销.

A database is filled with as many records as asked for, each with its event, a thousand to a transaction; a hundred more are
written one by one, as people do. Then the whole trail is verified: chain, seal, guards, and every record against its last event.
Nothing may be found. CPU seconds are those of this process; a server's own are not in them.

    python benchmarks/trail_job.py 100000 sqlite|postgresql
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from jobs import MIDDLE, Job, Part
from lantu.stores.records import open_records, verify_trail
from lantu.stores.records.models import Person
from lantu.testing.postgres import postgres_programs, private_postgres
from lantu.vocabulary.people import Actor

ACTOR = Actor.system("benchmark")
IN_ONE = 1_000
SINGLE = 100
EMBEDDED, SERVER = "sqlite", "postgresql"
NO_SERVER = ("PostgreSQL with PostGIS is not installed here", "本机未安装PostgreSQL与PostGIS")
WRITE_MANY = ("trail: 1,000 records in one transaction", "留痕：一次事务写入1000条记录")
WRITE_ONE = ("trail: one record, one transaction", "留痕：单条记录单次事务")
VERIFY = ("trail: verify every event and record", "留痕：核验全部事件与记录")
Row = dict[str, Any]


def parts(size: int, _build: Path) -> list[Part]:
    """Measure each database in a process of its own · 测量进程."""
    server = Part(f"lantu: {SERVER}", ("trail_job.py", str(size), SERVER))
    if postgres_programs() is None:
        server = Part(f"lantu: {SERVER}", note=NO_SERVER)
    return [Part(f"lantu: {EMBEDDED}", ("trail_job.py", str(size), EMBEDDED)), server]


JOB = Job(
    name="trail",
    title=("trail", "留痕"),
    order=25,
    sizes=(MIDDLE,),
    parts=parts,
    labels={
        f"lantu: {EMBEDDED}": ("**Lantu**, embedded database", "**蓝图**，内嵌数据库"),
        f"lantu: {SERVER}": ("**Lantu**, PostgreSQL (CPU without the server)", "**蓝图**，PostgreSQL（CPU不含服务进程）"),
    },
    minutes={MIDDLE: 5.0},
)


def people(start: int, count: int) -> list[Person]:
    """Give new people · 新建人员."""
    return [Person(login=f"p{number}", name="张三", roles=["unit_planner"], unit_code="unit-a") for number in range(start, start + count)]


class Clock:
    """Wall and CPU seconds since it was made · 计时."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def row(self, way: str, job: tuple[str, str], times: int = 1) -> Row:
        """Give what one of so many times took · 计时结果."""
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return {"way": way, "job": list(job), "cpu_s": round(cpu / times, 4), "wall_s": round(wall / times, 4), "peak_mb": round(peak)}


def measure(url: str, way: str, events: int) -> list[Row]:
    """Measure one database · 测量数据库."""
    records = open_records(url)
    clock = Clock()
    with records.writing(ACTOR) as session:
        session.add_all(people(0, IN_ONE))
    rows = [clock.row(way, WRITE_MANY)]
    clock = Clock()
    for number in range(SINGLE):
        with records.writing(ACTOR) as session:
            session.add_all(people(IN_ONE + number, 1))
    rows.append(clock.row(way, WRITE_ONE, SINGLE))
    for number in range(IN_ONE + SINGLE, events, IN_ONE):
        with records.writing(ACTOR) as session:
            session.add_all(people(number, min(IN_ONE, events - number)))
    clock = Clock()
    found = verify_trail(records)
    rows.append({**clock.row(way, VERIFY), "events": events})
    records.close()
    if found:
        message = f"the trail does not agree: {found[0].message.en}"
        raise SystemExit(message)
    return rows


def main() -> None:
    """Measure one database and print its rows · 运行."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("events", type=int)
    parser.add_argument("database", choices=[EMBEDDED, SERVER])
    asked = parser.parse_args()
    way = f"lantu: {asked.database}"
    programs = postgres_programs()
    if asked.database == EMBEDDED:
        with tempfile.TemporaryDirectory() as folder:
            rows = measure(f"sqlite:///{Path(folder) / 'records.sqlite3'}", way, asked.events)
    elif programs is None:
        raise SystemExit(NO_SERVER[0])
    else:
        with private_postgres(programs) as address:
            rows = measure(address.format(database="postgres"), way, asked.events)
    for row in rows:
        print(f"{row['job'][0]:44} {row['wall_s']:9.4f} s, CPU {row['cpu_s']:9.4f} s", file=sys.stderr)
    print(json.dumps({"rows": rows}, ensure_ascii=False))


if __name__ == "__main__":
    main()
