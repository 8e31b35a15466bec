"""A demo city that is in force and on its map, made once and served by every benchmark of the application · 服务用示例城市.

Steps are done once each, in order; a step that was cut short is done again, those before it are not. Every step keeps the CPU seconds
that it took the first time in ``prepared.json``.

    python benchmarks/served_city.py 1000000 build/bench/served-1000000
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SINCE = dt.date(2021, 1, 1)
FINISH_S = 60.0


def make(city: Path, parcels: int) -> None:
    """Make the plans, without a fault · 生成成果."""
    from lantu.examples.making import make_city  # noqa: PLC0415  # each step is a process of its own and loads what it needs

    make_city(city, parcels=parcels, seed=1, faults=False)


def read(city: Path, _parcels: int) -> None:
    """Read every package into the store · 入库."""
    from lantu.capabilities.plan_making.cities import open_city  # noqa: PLC0415  # as above
    from lantu.capabilities.plan_making.sheet_sources import data_of_city  # noqa: PLC0415  # as above

    data_of_city(open_city(city))


def bring_into_force(city: Path, _parcels: int) -> None:
    """Bring the plans of all units into force · 生效."""
    from lantu.interfaces.web.office import open_office  # noqa: PLC0415  # as above
    from lantu.interfaces.web.settings import read_settings  # noqa: PLC0415  # as above
    from lantu.stores.records.models import PlanRecord, PlanVersion  # noqa: PLC0415  # as above
    from lantu.vocabulary.people import Actor  # noqa: PLC0415  # as above

    office = open_office(read_settings(city, {}))
    with office.records.writing(Actor.system("benchmark")) as session:
        for path in office.city.package_paths():
            package = office.city.package(path)
            code = package.facts.unit_code
            plan = PlanRecord(code=f"{code}-master", name_en=code, name_zh=code, level="county", kind="master", owner_unit=code)
            session.add(plan)
            session.flush()
            version = PlanVersion(plan_id=plan.id, number=1, in_force_from=SINCE, layers=dict(package.versions))
            session.add(version)
            session.flush()
            session.step(version, "in_force", lambda *_: 0.0)
    office.close()


def publish(city: Path, _parcels: int) -> None:
    """Put everything that is in force onto the map · 上图."""
    from lantu.capabilities.one_map.publishing import publish_city  # noqa: PLC0415  # as above
    from lantu.interfaces.web.office import open_office  # noqa: PLC0415  # as above
    from lantu.interfaces.web.settings import read_settings  # noqa: PLC0415  # as above

    office = open_office(read_settings(city, {}))
    publish_city(office.city, office.records, office.folders)
    office.close()


STEPS = (make, read, bring_into_force, publish)


def prepared(parcels: int, folder: Path) -> Path:
    """Make the city unless it is made, and give its folder · 准备城市."""
    folder.mkdir(parents=True, exist_ok=True)
    city, kept = folder / "city", folder / "prepared.json"
    done: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    for step in STEPS:
        # Reading is over at once where nothing changed; another program or profile reads anew, and no server shall begin with that.
        if step.__name__ in done and step is not read:
            continue
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        command = [sys.executable, __file__, "--step", step.__name__, str(parcels), str(folder)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        cost = {"cpu_s": round(cpu_s, 1), "wall_s": round(time.perf_counter() - begun, 1)}
        done.setdefault(step.__name__, cost)
        kept.write_text(json.dumps(done, indent=1) + "\n", encoding="utf-8")
        print(f"{step.__name__}: {cost}", file=sys.stderr)
    return city


def token_of_officer(city: Path) -> str:
    """Give a token with which an implementation officer's program asks for sheets · 取令牌."""
    from lantu.capabilities.office import people  # noqa: PLC0415  # the server is a process of its own; only this needs them
    from lantu.capabilities.office.people import Particulars  # noqa: PLC0415  # as above
    from lantu.capabilities.office.tokens import add_token  # noqa: PLC0415  # as above
    from lantu.interfaces.web.office import open_office  # noqa: PLC0415  # as above
    from lantu.interfaces.web.settings import read_settings  # noqa: PLC0415  # as above
    from lantu.stores.records.models import Person  # noqa: PLC0415  # as above
    from lantu.stores.records.querying import select  # noqa: PLC0415  # as above
    from lantu.vocabulary.people import Actor, Role  # noqa: PLC0415  # as above

    office = open_office(read_settings(city, {}))
    with office.records.writing(Actor.system("benchmark")) as session:
        person = session.scalars(select(Person).where(Person.login == "load")).first()
        if person is None:
            particulars = Particulars("load", "load", frozenset({Role.IMPLEMENTATION_OFFICER}), None, language="en")
            person = people.add_person(session, particulars, None)
            session.flush()
        token = add_token(session, person.id, "load", frozenset({"read", "parcel"}), 7)
    office.close()
    return token


@dataclass(frozen=True)
class Served:
    """A server that runs · 运行中的服务."""

    process: subprocess.Popen[str]
    address: str

    @property
    def port(self) -> int:
        """Port that it listens on · 端口."""
        return int(self.address.rpartition(":")[2])


@contextlib.contextmanager
def served(city: Path) -> Iterator[Served]:
    """Serve a city in a process of its own, and stop it in the end · 启动服务."""
    command = [sys.executable, "-m", "lantu", "serve", str(city), "--port", "0", "--language", "en"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        address = next((line for line in server.stdout or () if "http://" in line), "")
        if not address:
            message = "the server did not start"
            raise RuntimeError(message)
        yield Served(server, "http://" + address.split("http://", 1)[1].split()[0].rstrip("."))
    finally:
        server.terminate()
        try:
            server.wait(FINISH_S)
        finally:
            server.kill()


def main() -> None:
    """Prepare a city, or do one step of it · 运行."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parcels", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--step", choices=[step.__name__ for step in STEPS])
    asked = parser.parse_args()
    if asked.step is None:
        prepared(asked.parcels, asked.folder)
        return
    next(step for step in STEPS if step.__name__ == asked.step)(asked.folder / "city", asked.parcels)


if __name__ == "__main__":
    main()
