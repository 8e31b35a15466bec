"""Twenty people panning over the city, a parcel's sheet by HTTP, and the first map that a browser draws · 一张图负载测试.

The demo city is made, in force and on its map (``served_city.py``, once per size). The application is started on the loopback, and twenty
visitors pan at zooms 10 to 15 (magnified where the layer has no finer tiles) for half a minute, each asking for the tiles of a screen at
a time over the six connections of a browser, and moving on a moment after the screen is there. CPU seconds are the server's for one tile,
wall seconds the 95th percentile of a tile, waiting for a connection included. Then an officer's program asks for the compliance sheets of
parcels all over the city, one after the other, and reads each whole. At last Chromium opens the map with an empty cache, three times:
from the start of the navigation until the whole city stands on the screen (overviews, borders, names), and until MapLibre has drawn
everything that it asked for. Any answer that is not a good one ends the measurement with an error.

    python benchmarks/map_load_job.py 1000000 build/bench/served-1000000 [--seconds 30]
    python benchmarks/map_load_job.py city CITY_FOLDER
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import numpy as np
import psutil

from jobs import DEMO, LARGE, Job, Part, Row
from served_city import prepared, served, token_of_officer

if TYPE_CHECKING:
    from served_city import Served

PEOPLE, SECONDS, WARM_UP_S, SCREEN, CONNECTIONS = 20, 30.0, 4.0, (4, 3), 6
LEAST_PAUSE_S, MOST_PAUSE_S = 0.3, 1.5
ZOOMS = (10, 11, 12, 13, 14, 15)
LAYER = "present_land_use_public"
SHEETS, WARM_SHEETS, PARCEL_DEGREES = 100, 3, 0.001
OPENINGS, MOST_OPENING_MS = 3, 60_000
CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), "")
TITLES = {
    "tile": ("a tile of the map while 20 people pan, p95", "一张图瓦片（20人同时浏览），p95"),
    "sheet": ("a compliance sheet by HTTP, p95", "合规审查单（经HTTP），p95"),
    "look": ("the map opened in a browser until the whole city is seen, median", "浏览器打开一张图至看见全市，中位"),
    "map": ("the map opened in a browser until WebGL has drawn everything, median", "浏览器打开一张图至WebGL绘制完成，中位"),
}
JOB = Job(
    name="map_load",
    title=TITLES["tile"],
    order=29,
    sizes=(DEMO, LARGE),
    prepare=lambda size, build: [("served_city.py", str(size), str(build / f"served-{size}"))],
    parts=lambda size, build: [Part("lantu", ("map_load_job.py", str(size), str(build / f"served-{size}")))],
    labels={"lantu": ("**Lantu**", "**蓝图**")},
    minutes={DEMO: 5.0, LARGE: 16.0},
)


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


def layer_of(server: Served) -> Row:
    """Find the layer on the map · 查找图层."""
    families = httpx2.get(f"{server.address}/api/v1/layers", timeout=60).raise_for_status().json()["families"]
    return next(dict(layer) for family in families for layer in family["layers"] if layer["name"] == LAYER)


def cpu_of(process: psutil.Process) -> float:
    """Give the CPU seconds of a server and its children so far · 服务CPU秒."""
    return float(sum(process.cpu_times()[:4]) + sum(sum(child.cpu_times()[:4]) for child in process.children(recursive=True)))


def pan_row(server: Served, layer: Row, seconds: float) -> Row:
    """Let people pan over the map · 浏览."""
    process = psutil.Process(server.process.pid)
    asyncio.run(load(server.port, layer, WARM_UP_S))
    before = cpu_of(process)
    times, wall_s = asyncio.run(load(server.port, layer, seconds))
    cpu_s = cpu_of(process) - before
    p50, p95, p99 = (round(float(value) * 1000, 1) for value in np.percentile(times, [50, 95, 99]))
    return {
        "way": "lantu",
        "job": list(TITLES["tile"]),
        "cpu_s": round(cpu_s / len(times), 5),
        "wall_s": round(p95 / 1000, 4),
        "peak_mb": round(process.memory_info().rss / 1e6),
        "p50_ms": p50,
        "p95_ms": p95,
        "p99_ms": p99,
        "tiles": len(times),
        "tiles_per_s": round(len(times) / wall_s, 1),
        "people": PEOPLE,
        "errors": 0,
        "seconds": round(wall_s, 1),
    }


def sheet_row(server: Served, layer: Row, token: str) -> Row:
    """Ask for sheets, one after the other, as an officer does · 审查单."""
    process = psutil.Process(server.process.pid)
    dice = random.Random(7)  # noqa: S311  # no secret hangs on it
    west, south, east, north = layer["bounds"]
    spent: list[float] = []
    before = 0.0
    with httpx2.Client(base_url=server.address, headers={"Authorization": f"Bearer {token}"}, timeout=900) as client:
        for number in range(WARM_SHEETS + SHEETS):
            if number == WARM_SHEETS:
                spent, before = [], cpu_of(process)
            # The middle of the bounds is city for sure; the corners are not.
            x, y = dice.triangular(west, east), dice.triangular(south, north)
            corners = [(x, y), (x + PARCEL_DEGREES, y), (x + PARCEL_DEGREES, y + PARCEL_DEGREES), (x, y + PARCEL_DEGREES), (x, y)]
            asked = {"geometry": {"type": "Polygon", "coordinates": [corners]}, "kind": "urban"}
            begun = time.perf_counter()
            answer = client.post("/api/v1/sheets", json=asked).raise_for_status().json()
            spent.append(time.perf_counter() - begun)
            if not answer["sheet"]["lines"]:
                message = f"a sheet without a line: {answer}"
                raise AssertionError(message)
    p50, p95 = (round(float(value) * 1000, 1) for value in np.percentile(spent, [50, 95]))
    return {
        "way": "lantu",
        "job": list(TITLES["sheet"]),
        "cpu_s": round((cpu_of(process) - before) / SHEETS, 4),
        "wall_s": round(p95 / 1000, 4),
        "peak_mb": round(process.memory_info().rss / 1e6),
        "p50_ms": p50,
        "p95_ms": p95,
        "sheets": SHEETS,
        "errors": 0,
    }


# Runs in the page before its own scripts: notes when the map says that the city is seen, and that everything is drawn.
WATCH = """
addEventListener("lt-map:first-look", () => { window.lantuSeenAt ??= performance.now(); });
addEventListener("lt-map:ready", () => { window.lantuDrawnAt ??= performance.now(); });
"""


def first_map_rows(server: Served) -> list[Row]:
    """Open the map in a browser that knows nothing yet, and wait until it is seen and drawn · 首次绘图."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # the other measurements need no browser

    process = psutil.Process(server.process.pid)
    seen, drawn, errors, before = [], [], [], cpu_of(process)
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        for _ in range(OPENINGS):
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            page = context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("response", lambda answer: errors.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)  # noqa: PLR2004  # HTTP
            page.add_init_script(WATCH)
            page.goto(f"{server.address}/map?language=en", wait_until="commit")
            page.wait_for_selector("lt-map[data-state=ready]", state="attached", timeout=MOST_OPENING_MS)
            seen.append(float(page.evaluate("window.lantuSeenAt")) / 1000)
            drawn.append(float(page.evaluate("window.lantuDrawnAt")) / 1000)
            context.close()
        browser.close()
    if errors:
        message = f"{len(errors)} errors in the browser, such as {errors[:3]}"
        raise AssertionError(message)
    cpu_s = round((cpu_of(process) - before) / OPENINGS, 4)
    return [
        {
            "way": "lantu",
            "job": list(TITLES[name]),
            "cpu_s": cpu_s,
            "wall_s": round(float(np.median(spent)), 3),
            "all_s": [round(value, 3) for value in spent],
            "errors": 0,
        }
        for name, spent in (("look", seen), ("map", drawn))
    ]


def measure(city: Path, seconds: float) -> list[Row]:
    """Serve a city, and measure · 测量."""
    token = token_of_officer(city)
    with served(city) as server:
        layer = layer_of(server)
        rows = [pan_row(server, layer, seconds), sheet_row(server, layer, token)]
        if CHROMIUM:
            rows += first_map_rows(server)
        else:
            why = "Chromium is not installed here", "本机未安装Chromium"
            rows.append({"way": "lantu", "job": list(TITLES["map"]), "note": list(why)})
    return rows


def main() -> None:
    """Prepare, serve, pan, print · 运行."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parcels", help="how many, or `city` for a city that is on its map already")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    asked = parser.parse_args()
    city = asked.folder if asked.parcels == "city" else prepared(int(asked.parcels), asked.folder)
    rows = measure(city, asked.seconds)
    for row in rows:
        print({key: value for key, value in row.items() if key != "way"}, file=sys.stderr)
    print(json.dumps({"rows": rows}, ensure_ascii=False))


if __name__ == "__main__":
    main()
