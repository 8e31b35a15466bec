"""Twenty people at once on one server: pages, layers, boxes, conditions, sheets, tiles; no error, memory flat · 二十人并发负载.

The demo city is made, in force and on its map (``served_city.py``), and `lantu serve` runs as a process of its own. Twenty people then
do what people do, with a pause of a second between two things, for ten minutes (or as many seconds as are given). Every answer must be
a good one; the server's own memory (without pages of mapped files; Linux) is read each second, and must not grow once it has warmed up.

    python benchmarks/web_load_job.py 20000 build/bench/served-20000 [--seconds 600] [--people 20]
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import datetime as dt
import json
import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import psutil

from jobs import DEMO, Job, Part
from served_city import prepared, served, token_of_officer

TEN_MINUTES_S = 600.0
PAUSE_S = 1.0
FIRST_SHEET_S = 900.0
WARM_UP_SHARE = 0.4
MOST_GROWTH_MB_PER_MINUTE = 3.0
KINDS = {
    "page": ("web, 20 people: a page, p95", "网页（20人并发）：页面，p95"),
    "features": ("web, 20 people: 100 features of a box, p95", "网页（20人并发）：范围内100个要素，p95"),
    "condition": ("web, 20 people: features by a condition, p95", "网页（20人并发）：按条件取要素，p95"),
    "sheet": ("web, 20 people: a compliance sheet, p95", "网页（20人并发）：合规审查单，p95"),
    "tile": ("web, 20 people: a tile, p95", "网页（20人并发）：瓦片，p95"),
}
EVERYTHING = ("web, 20 people: mean of all requests", "网页（20人并发）：全部请求平均")
SHARES = {"page": 3, "features": 5, "condition": 1, "sheet": 1, "tile": 10}
Row = dict[str, Any]
JOB = Job(
    name="web_load",
    title=("web, 20 people at once", "网页（20人并发）"),
    order=30,
    sizes=(DEMO,),
    prepare=lambda size, build: [("served_city.py", str(size), str(build / f"served-{size}"))],
    parts=lambda size, build: [Part("lantu", ("web_load_job.py", str(size), str(build / f"served-{size}")))],
    labels={"lantu": ("**Lantu**", "**蓝图**")},
    minutes={DEMO: 14.0},
)


def require(holds: bool, message: str) -> None:  # noqa: FBT001  # reads like the assertion that it is
    """Stop where something does not hold · 断言."""
    if not holds:
        raise AssertionError(message)


@dataclasses.dataclass
class Town:
    """What the people know of the server · 服务信息."""

    address: str
    token: str
    collections: list[Row]
    tiles: list[tuple[str, int, int, int]]

    @classmethod
    def of(cls, address: str, token: str) -> Town:
        """Ask the server what it has · 查询服务内容."""
        with httpx2.Client(base_url=address, timeout=120) as client:
            found = client.get("/ogc/collections").json()["collections"]
            tiled = []
            for item in found:
                answer = client.get(f"/ogc/collections/{item['id']}/tiles/WebMercatorQuad")
                if answer.is_success:
                    center, zoom = answer.json()["centerPoint"], min(14, int(answer.json()["layers"][0]["maxTileMatrix"]))
                    longitude, latitude = (float(value) for value in center["coordinates"])
                    across = 2**zoom
                    x = int((longitude + 180) / 360 * across)
                    y = int((1 - np.arcsinh(np.tan(np.radians(latitude))) / np.pi) / 2 * across)
                    tiled.append((item["id"], zoom, x, y))
        return cls(address, token, [item for item in found if "spatial" in item["extent"]], tiled)


class Somebody(threading.Thread):
    """A person who does one thing after the other · 一名用户."""

    def __init__(self, town: Town, number: int, until: float) -> None:
        super().__init__(daemon=True)
        self.town, self.until, self.random = town, until, random.Random(number)  # noqa: S311  # a load, no secret
        self.spent: dict[str, list[float]] = collections.defaultdict(list)
        self.errors: list[str] = []
        self.kinds = [kind for kind in SHARES if kind != "tile" or town.tiles]

    def run(self) -> None:
        """Do things until it is over · 持续操作."""
        with httpx2.Client(base_url=self.town.address, timeout=60) as client:
            while time.monotonic() < self.until:
                kind = self.random.choices(self.kinds, [SHARES[name] for name in self.kinds])[0]
                begun = time.perf_counter()
                try:
                    answer = getattr(self, kind)(client)
                    answer.read()
                except httpx2.HTTPError as error:
                    self.errors.append(f"{kind}: {type(error).__name__}")
                else:
                    self.spent[kind].append(time.perf_counter() - begun)
                    if not answer.is_success:
                        self.errors.append(f"{kind}: {answer.status_code} {answer.text[:200]}")
                time.sleep(self.random.expovariate(1 / PAUSE_S))

    def page(self, client: httpx2.Client) -> httpx2.Response:
        """Open a page · 打开页面."""
        return client.get(self.random.choice(["/", "/map", "/ogc/collections?f=html", "/api/docs", "/sign-in"]))

    def _place(self) -> tuple[str, float, float]:
        collection = self.random.choice(self.town.collections)
        west, south, east, north = collection["extent"]["spatial"]["bbox"][0]
        return collection["id"], self.random.uniform(west, east), self.random.uniform(south, north)

    def features(self, client: httpx2.Client) -> httpx2.Response:
        """Ask for the features of a box · 按范围取要素."""
        name, x, y = self._place()
        return client.get(f"/ogc/collections/{name}/items", params={"bbox": f"{x},{y},{x + 0.02},{y + 0.02}", "limit": 100})

    def condition(self, client: httpx2.Client) -> httpx2.Response:
        """Ask for features by a condition · 按条件取要素."""
        name, _, _ = self._place()
        text = f"identifier LIKE '%{self.random.randrange(1000):03d}'"
        return client.get(f"/ogc/collections/{name}/items", params={"filter": text, "limit": 20})

    def sheet(self, client: httpx2.Client) -> httpx2.Response:
        """Ask for a compliance sheet · 申请合规审查."""
        _, x, y = self._place()
        ring = [[x, y], [x + 0.001, y], [x + 0.001, y + 0.001], [x, y + 0.001], [x, y]]
        asked = {"external_number": "load", "project_kind": "urban", "geometry": {"type": "Polygon", "coordinates": [ring]}}
        return client.post("/api/v1/compliance-requests", json=asked, headers={"Authorization": f"Bearer {self.town.token}"})

    def tile(self, client: httpx2.Client) -> httpx2.Response:
        """Ask for a tile · 取瓦片."""
        name, zoom, x, y = self.random.choice(self.town.tiles)
        row, column = y + self.random.randrange(-4, 5), x + self.random.randrange(-4, 5)
        return client.get(f"/ogc/collections/{name}/tiles/WebMercatorQuad/{zoom}/{row}/{column}")


def memory_mb(process: psutil.Process) -> tuple[float, float]:
    """Add up the memory of the server and its children: their own, and the pages of files they look into · 服务内存.

    Pages of mapped files (layers, tiles) are the system's cache: it takes them back whenever it needs the room.
    """
    found = [item.memory_info() for item in [process, *process.children(recursive=True)]]
    return sum(item.rss - item.shared for item in found) / 1e6, sum(item.shared for item in found) / 1e6


def cpu_of(process: psutil.Process) -> float:
    """Add up the CPU seconds of the server and its children · 服务CPU秒."""
    return sum(process.cpu_times()[:4]) + sum(sum(child.cpu_times()[:4]) for child in process.children(recursive=True))


def growth_mb_per_minute(seconds: list[float], megabytes: list[float]) -> float:
    """Fit a line through the memory after warming up · 内存增长率."""
    warm = int(len(seconds) * WARM_UP_SHARE)
    slope = np.polyfit(np.array(seconds[warm:]) / 60.0, np.array(megabytes[warm:]), 1)[0]
    return float(slope)


def load(folder: Path, parcels: int, seconds: float, people: int) -> list[Row]:
    """Let people work, and give a row for each thing they did · 加载并统计."""
    city = prepared(parcels, folder)
    token = token_of_officer(city)
    with served(city) as server:
        town = Town.of(server.address, token)
        process = psutil.Process(server.process.pid)
        # The first sheet waits for the layers of the city to be opened; of a city that a newer program reads anew, for minutes.
        with httpx2.Client(base_url=server.address, timeout=FIRST_SHEET_S) as client:
            Somebody(town, 0, 0.0).sheet(client).raise_for_status()
        opened_cpu_s = cpu_of(process)
        begun = time.monotonic()
        crowd = [Somebody(town, number, begun + seconds) for number in range(people)]
        for one in crowd:
            one.start()
        moments, own, mapped = [], [], []
        while any(one.is_alive() for one in crowd):
            moments.append(time.monotonic() - begun)
            held = memory_mb(process)
            own.append(held[0])
            mapped.append(held[1])
            if len(own) % 30 == 1:
                print(f"{moments[-1]:4.0f} s: own {own[-1]:.0f} MB, of mapped files {mapped[-1]:.0f} MB", file=sys.stderr)
            time.sleep(1.0)
        cpu_s = cpu_of(process) - opened_cpu_s
    errors = [error for one in crowd for error in one.errors]
    growth = growth_mb_per_minute(moments, own)
    print(f"own memory {own[0]:.0f} to {own[-1]:.0f} MB, {growth:+.2f} MB a minute once warm", file=sys.stderr)
    kinds = collections.Counter(error.split(":")[0] for error in errors)
    require(not errors, f"{len(errors)} errors ({dict(kinds)}), such as {errors[:3]}")
    require(seconds < TEN_MINUTES_S or growth < MOST_GROWTH_MB_PER_MINUTE, f"memory grows by {growth:.1f} MB a minute")
    done = sum(len(found) for one in crowd for found in one.spent.values())
    peak_mb = round(max(map(sum, zip(own, mapped, strict=True))))
    told = {"errors": 0, "people": people, "seconds": seconds, "growth_mb_per_minute": round(growth, 2), "peak_mb": peak_mb}
    told["measured_at"] = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    rows: list[Row] = [{"way": "lantu", "job": list(EVERYTHING), "cpu_s": round(cpu_s / done, 4), "asked": done, **told}]
    for kind, job in KINDS.items():
        spent = np.array([item for one in crowd for item in one.spent.get(kind, ())])
        if not len(spent):
            continue
        rows.append(
            {
                "way": "lantu",
                "job": list(job),
                "wall_s": round(float(np.percentile(spent, 95)), 4),
                "median_s": round(float(np.median(spent)), 4),
                "asked": len(spent),
                **told,
            }
        )
    return rows


def told_time(row: Row) -> str:
    """Say what a row measures: how long people waited, or what one answer cost · 用时说明."""
    if "cpu_s" in row:
        return f"{row['cpu_s'] * 1000:7.1f} ms of CPU each"
    return f"median {row['median_s'] * 1000:7.1f} ms, p95 {row['wall_s'] * 1000:7.1f} ms"


def main() -> None:
    """Load a server and print what came of it · 运行."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parcels", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=TEN_MINUTES_S)
    parser.add_argument("--people", type=int, default=20)
    asked = parser.parse_args()
    rows = load(asked.folder, asked.parcels, asked.seconds, asked.people)
    for row in rows:
        print(
            f"{row['job'][0]:52} {row['asked']:6} asked, {told_time(row)}, "
            f"memory {row['peak_mb']} MB, {row['growth_mb_per_minute']:+.2f} MB/min",
            file=sys.stderr,
        )
    print(json.dumps({"rows": rows}, ensure_ascii=False))


if __name__ == "__main__":
    main()
