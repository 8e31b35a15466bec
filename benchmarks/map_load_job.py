"""Twenty people panning over the city: how long a tile takes · 一张图负载测试.

The parcels of the demo city (drawn by ``tile_job.py``) are brought into force and onto the map, the application is started on the
loopback, and twenty visitors pan at zooms 10 to 15 for half a minute, each asking for the tiles of a screen at a time over the six
connections of a browser, and moving on a moment after the screen is there. CPU seconds are the server's for one tile, wall seconds the
95th percentile of a tile, waiting for a connection included. Everything is bounded in count and time and stops by itself.

    python benchmarks/map_load_job.py 1000000 build/bench/tiles-1000000 [--seconds 30]
    python benchmarks/map_load_job.py city CITY_FOLDER
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import random
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import numpy as np
import psutil

from jobs import DEMO, LARGE, Job, Part, Row

PEOPLE, SECONDS, WARM_UP_S, SCREEN, CONNECTIONS = 20, 30.0, 4.0, (4, 3), 6
LEAST_PAUSE_S, MOST_PAUSE_S = 0.3, 1.5
START_TRIES = 240
ZOOMS = (10, 11, 12, 13, 14, 15)
LAYER = "present_land_use_public"
JOB = Job(
    name="map_load",
    title=("a tile of the map while 20 people pan, p95", "一张图瓦片（20人同时浏览），p95"),
    order=29,
    sizes=(DEMO, LARGE),
    parts=lambda size, build: [Part("lantu", ("map_load_job.py", str(size), str(build / f"tiles-{size}")))],
    labels={"lantu": ("**Lantu**", "**蓝图**")},
    minutes={DEMO: 2.0, LARGE: 10.0},
)


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


class Browser:
    """Six connections to one server, as a browser keeps them, at a small price of its own: the server is what is measured · 浏览器连接."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter] | None] = asyncio.LifoQueue()
        for _ in range(CONNECTIONS):
            self._idle.put_nowait(None)

    async def get(self, path: str) -> tuple[int, int]:
        """Ask for an address, and give status and bytes of the answer · 请求."""
        connection = await self._idle.get()
        try:
            if connection is not None:
                return await self._asked(connection, path)
        except (ConnectionError, asyncio.IncompleteReadError):
            # A server hangs up what was idle for seconds; every browser then dials again.
            connection[1].close()
        return await self._asked(await asyncio.open_connection("127.0.0.1", self._port), path)

    async def _asked(self, connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], path: str) -> tuple[int, int]:
        reader, writer = connection
        writer.write(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{self._port}\r\naccept-encoding: gzip\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        size = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]) if b"content-length:" in head else 0
        await reader.readexactly(size)
        self._idle.put_nowait(connection)
        return int(head.split(b" ", 2)[1]), size

    async def close(self) -> None:
        """Hang up · 断开."""
        while not self._idle.empty():
            connection = self._idle.get_nowait()
            if connection is not None:
                connection[1].close()


async def pan(port: int, layer: Row, seed: int, until: float, times: list[float]) -> None:
    """Look around as one person does · 一人浏览."""
    from lantu.engines.tiling.web_mercator import tile_at  # noqa: PLC0415  # loading is nobody's time here

    dice = random.Random(seed)  # noqa: S311  # no secret hangs on it
    west, south, east, north = layer["bounds"]
    browser = Browser(port)

    async def ask(path: str) -> None:
        begun = time.perf_counter()
        status, _ = await browser.get(path)
        # Waiting for a connection counts: so does the person wait.
        times.append(time.perf_counter() - begun)
        if status not in {200, 204}:
            message = f"{status} for {path}"
            raise AssertionError(message)

    await asyncio.sleep(dice.uniform(0.0, MOST_PAUSE_S))
    while time.perf_counter() < until:
        z = dice.choice(ZOOMS)
        column, line = tile_at(z, dice.uniform(west, east), dice.uniform(south, north))
        address = layer["overview"] if layer["overview"] and z <= layer["overview_maxzoom"] else layer["tiles"]
        at = min(z, layer["maxzoom"])
        screen = [(at, (column + x) >> (z - at), (line + y) >> (z - at)) for x in range(SCREEN[0]) for y in range(SCREEN[1])]
        await asyncio.gather(*(ask(address.format(z=at, x=x, y=y)) for at, x, y in dict.fromkeys(screen)))
        await asyncio.sleep(dice.uniform(LEAST_PAUSE_S, MOST_PAUSE_S))
    await browser.close()


async def load(port: int, layer: Row, seconds: float) -> tuple[list[float], float]:
    """Let everybody look around at once, and give the time of each tile and of the whole · 并发浏览."""
    times: list[float] = []
    begun = time.perf_counter()
    await asyncio.gather(*(pan(port, layer, seed, begun + seconds, times) for seed in range(PEOPLE)))
    return times, time.perf_counter() - begun


def layer_of(port: int) -> Row:
    """Wait for the server, and find the layer on its map · 查找图层."""
    address = f"http://127.0.0.1:{port}/api/v1/layers"
    for _ in range(START_TRIES):
        try:
            families = httpx2.get(address, timeout=30).json()["families"]
            return next(dict(layer) for family in families for layer in family["layers"] if layer["name"] == LAYER)
        except httpx2.TransportError:
            time.sleep(0.5)
    message = "the server did not start"
    raise RuntimeError(message)


def measure(city: Path, seconds: float) -> Row:
    """Serve a city, let people pan over it, stop · 测量."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "lantu", "serve", str(city), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    process = psutil.Process(server.pid)
    try:
        layer = layer_of(port)
        asyncio.run(load(port, layer, WARM_UP_S))
        before = sum(process.cpu_times()[:2])
        times, wall_s = asyncio.run(load(port, layer, seconds))
        cpu_s = sum(process.cpu_times()[:2]) - before
        peak_mb = process.memory_info().rss / 1e6
    finally:
        server.terminate()
        server.wait(30)
    p50, p95, most = (round(float(value) * 1000, 1) for value in np.percentile(times, [50, 95, 100]))
    return {
        "way": "lantu",
        "cpu_s": round(cpu_s / len(times), 5),
        "wall_s": round(p95 / 1000, 4),
        "peak_mb": round(peak_mb),
        "p50_ms": p50,
        "p95_ms": p95,
        "max_ms": most,
        "tiles": len(times),
        "tiles_per_s": round(len(times) / wall_s, 1),
        "cpu_ms_per_tile": round(cpu_s / len(times) * 1000, 2),
        "seconds": round(wall_s, 1),
    }


def main() -> None:
    """Prepare, serve, pan, print · 运行."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parcels", help="how many, or `prepare`, or `city` for a city that is on its map already")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    asked = parser.parse_args()
    city = asked.folder if asked.parcels == "city" else asked.folder / "city"
    if asked.parcels == "prepare":
        prepare(asked.folder)
        return
    if asked.parcels != "city":
        here = Path(__file__).parent
        drawing = [sys.executable, str(here / "tile_job.py"), "draw", asked.parcels, str(asked.folder)]
        subprocess.run(drawing, check=True, stdout=subprocess.DEVNULL)
        subprocess.run([sys.executable, __file__, "prepare", str(asked.folder)], check=True, stdout=subprocess.DEVNULL)
    print(json.dumps({"rows": [measure(city, asked.seconds)]}))


if __name__ == "__main__":
    main()
