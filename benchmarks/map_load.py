"""Twenty people panning over a million parcels: how long a tile takes · 一张图负载测试.

The parcels of the demo city (drawn by ``tile_job.py``) are brought into force and onto the map, the application is started on the
loopback, and twenty visitors pan at zooms 10 to 16 for half a minute, each asking for the tiles of a screen at a time and moving on
when the screen is there. Everything is bounded in count and time and stops by itself.

    python benchmarks/map_load.py 1000000 build/bench/tiles-1000000
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import random
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
import numpy as np

PEOPLE, SECONDS, SCREEN = 20, 30, (4, 3)
ZOOMS = (10, 11, 12, 13, 14, 15)
LAYER = "present_land_use_public"
Row = dict[str, Any]


def prepare(folder: Path) -> None:
    """Bring the parcels into force and onto the map · 准备数据."""
    from lantu.capabilities.one_map.publishing import publish_city  # noqa: PLC0415  # preparing is a process of its own
    from lantu.interfaces.web.office import open_office  # noqa: PLC0415  # as above
    from lantu.interfaces.web.settings import read_settings  # noqa: PLC0415  # as above
    from lantu.stores.layers import LayerStore  # noqa: PLC0415  # as above
    from lantu.stores.records.models import PlanRecord, PlanVersion  # noqa: PLC0415  # as above
    from lantu.vocabulary.people import Actor  # noqa: PLC0415  # as above

    city = folder / "city"
    city.mkdir(exist_ok=True)
    (city / "city.yaml").write_text("profile: suzhou\ninvented: true\ntoday: 2026-11-26\n", encoding="utf-8")
    layers = city / "store" / "layers"
    if not layers.exists():
        layers.parent.mkdir(parents=True, exist_ok=True)
        layers.symlink_to((folder / "store").resolve())
    office = open_office(read_settings(city, {}))
    store = LayerStore(folder / "store")
    with office.records.reading() as session:
        known = session.query(PlanRecord).count()
    if not known:
        with office.records.writing(Actor.system("benchmark")) as session:
            for name in [item for item in store.names() if item[0].isdigit()]:
                code = name[:6]
                plan = PlanRecord(code=code, name_en=code, name_zh=code, level="county", kind="master", owner_unit=code)
                session.add(plan)
                session.flush()
                layers_of_plan = {"present_land_use": store.find(name).version}
                version = PlanVersion(plan_id=plan.id, number=1, in_force_from=dt.date(2025, 1, 1), layers=layers_of_plan)
                session.add(version)
                session.flush()
                session.step(version, "in_force", lambda *_: 0.0)
    publish_city(office.city, office.records, office.folders)
    office.close()


async def pan(client: httpx2.AsyncClient, layer: Row, seed: int, until: float, times: list[float]) -> None:
    """Look around as one person does · 一人浏览."""
    from lantu.engines.tiling.web_mercator import tile_at  # noqa: PLC0415  # loading is nobody's time here

    dice = random.Random(seed)  # noqa: S311  # no secret hangs on it
    west, south, east, north = layer["bounds"]
    while time.perf_counter() < until:
        z = dice.choice(ZOOMS)
        column, line = tile_at(z, dice.uniform(west, east), dice.uniform(south, north))
        kind = layer["overview"] if z <= layer["overview_maxzoom"] else layer["tiles"]
        at = min(z, layer["maxzoom"])
        screen = [(at, (column + x) >> (z - at), (line + y) >> (z - at)) for x in range(SCREEN[0]) for y in range(SCREEN[1])]

        async def ask(place: tuple[int, int, int], address: str = kind) -> None:
            begun = time.perf_counter()
            answer = await client.get(address.format(z=place[0], x=place[1], y=place[2]))
            times.append(time.perf_counter() - begun)
            if answer.status_code not in {200, 204}:
                message = f"{answer.status_code} for {answer.url}"
                raise AssertionError(message)

        await asyncio.gather(*(ask(place) for place in dict.fromkeys(screen)))
        await asyncio.sleep(dice.uniform(0.3, 1.5))


async def load(address: str) -> Row:
    """Let everybody look around at once · 并发浏览."""
    async with httpx2.AsyncClient(base_url=address, timeout=30) as client:
        families = (await client.get("/api/v1/layers")).json()["families"]
        layer = next(layer for family in families for layer in family["layers"] if layer["name"] == LAYER)
        times: list[float] = []
        until = time.perf_counter() + SECONDS
        await asyncio.gather(*(pan(client, layer, seed, until, times) for seed in range(PEOPLE)))
    p50, p95, p99 = np.percentile(times, [50, 95, 99]) * 1000
    return {"tiles": len(times), "p50_ms": round(p50, 1), "p95_ms": round(p95, 1), "p99_ms": round(p99, 1), "wall_s": SECONDS}


def main() -> None:
    """Prepare, serve, pan, stop · 运行."""
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else sys.argv[1])  # noqa: PLR2004  # size and folder
    if sys.argv[1] == "prepare":
        prepare(folder)
        return
    here = Path(__file__).parent
    subprocess.run([sys.executable, str(here / "tile_job.py"), "draw", sys.argv[1], str(folder)], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([sys.executable, __file__, "prepare", str(folder)], check=True, stdout=subprocess.DEVNULL)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "lantu", "serve", str(folder / "city"), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(240):
            try:
                httpx2.get(address, timeout=5)
                break
            except httpx2.TransportError:
                time.sleep(0.5)
        row = asyncio.run(load(address))
    finally:
        server.terminate()
        server.wait(30)
    print(json.dumps({"rows": [{"job": f"{PEOPLE} people panning", "way": "lantu", **row}]}))


if __name__ == "__main__":
    main()
