"""Measure what the trail costs: writing records with their events, and verifying a long trail."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from lantu.stores.records import open_records, verify_trail
from lantu.stores.records.models import Person
from lantu.testing.postgres import postgres_programs, private_postgres
from lantu.vocabulary.people import Actor

ACTOR = Actor.system("benchmark")
IN_ONE = 1_000
SINGLE = 100
EVENTS = 100_000


def people(start: int, count: int) -> list[Person]:
    """Give new people."""
    return [Person(login=f"p{number}", name="张三", roles=["unit_planner"], unit_code="unit-a") for number in range(start, start + count)]


def measure(url: str, events: int) -> dict[str, float]:
    """Measure one database; wall seconds, and CPU seconds of this process for the verifying."""
    records = open_records(url)
    begin = time.perf_counter()
    with records.writing(ACTOR) as session:
        session.add_all(people(0, IN_ONE))
    in_one = time.perf_counter() - begin
    begin = time.perf_counter()
    for number in range(SINGLE):
        with records.writing(ACTOR) as session:
            session.add_all(people(IN_ONE + number, 1))
    single = time.perf_counter() - begin
    for number in range(IN_ONE + SINGLE, events, IN_ONE):
        with records.writing(ACTOR) as session:
            session.add_all(people(number, min(IN_ONE, events - number)))
    begin, cpu = time.perf_counter(), time.process_time()
    found = verify_trail(records)
    verified, cpu = time.perf_counter() - begin, time.process_time() - cpu
    records.close()
    if found:
        message = f"the trail does not agree: {found[0].message.en}"
        raise SystemExit(message)
    return {
        "write_1000_in_one_s": round(in_one, 2),
        "single_writes_per_s": round(SINGLE / single, 1),
        "events": events,
        "verify_s": round(verified, 2),
        "verify_cpu_s": round(cpu, 2),
    }


def main() -> None:
    """Print the figures of both databases as JSON."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    with tempfile.TemporaryDirectory() as folder:
        figures = {"sqlite": measure(f"sqlite:///{Path(folder) / 'records.sqlite3'}", events)}
    programs = postgres_programs()
    if programs is not None:
        with private_postgres(programs) as address:
            figures["postgresql"] = measure(address.format(database="postgres"), events)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
