"""A small house with the door built in: two published layers, one internal, one with two editions and two owners."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import shapely
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from starlette.responses import HTMLResponse

from lantu.interfaces.ogc.house import House
from lantu.interfaces.ogc.reference_systems import degrees_of
from lantu.interfaces.ogc.router import ogc_router
from lantu.interfaces.ogc.shelf import Collection, Edition, Part
from lantu.stores.layers.store import LayerStore
from lantu.vocabulary.layer import layer_from_shapes
from lantu.vocabulary.text import Text

TODAY = dt.date(2026, 6, 1)
WEST, SOUTH = 50_000.0, 3_450_000.0
SIDE = 20


def grid(side=SIDE, prefix="P"):
    """Square plots of 40 m, 50 m apart, row by row from the south-west."""
    return {
        f"{prefix}{row * side + column:04d}": shapely.box(x := WEST + 450_000 + column * 50, y := SOUTH + row * 50, x + 40, y + 40)
        for row in range(side)
        for column in range(side)
    }


def edition(version, *stored, valid_from=None, valid_until=None):
    owners = ("",) if len(stored) == 1 else ("320505", "320506")
    boxes = np.array([degrees_of(item.bounds, item.crs) for item in stored])
    bounds = (*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())
    parts = tuple(Part(owner, item) for owner, item in zip(owners, stored, strict=True))
    return Edition(version, parts, valid_from, valid_until, bounds)


@dataclass
class MemoryShelf:
    visible: dict[str, Collection]

    def collections(self):
        return tuple(self.visible.values())

    def collection(self, name):
        return self.visible.get(name)

    def tile(self, _collection, z, x, y):
        return b"\x1a\x02tile" if (z, x, y) == (10, 853, 419) else None


@pytest.fixture(scope="session")
def all_collections(tmp_path_factory):
    store = LayerStore(tmp_path_factory.mktemp("shelf"))
    plots = grid()
    count = len(plots)
    codes = ["0701", "0702", "0801", "1001"]
    present = store.put(
        layer_from_shapes(
            "present_land_use",
            plots,
            land_use=[codes[number % 4] for number in range(count)],
            容积率=[None if number % 10 == 9 else number / 100 for number in range(count)],
            floors=list(range(count)),
            surveyed=[dt.date(2025, 1, 1) + dt.timedelta(days=number) for number in range(count)],
            vacant=[number % 2 == 0 for number in range(count)],
            district_name=["姑苏区" if number < 200 else "Wuzhong" for number in range(count)],
        )
    )
    older = store.put(layer_from_shapes("planning_unit", dict(list(plots.items())[:3])))
    newer = [
        store.put(layer_from_shapes("planning_unit", dict(list(plots.items())[:6]))),
        store.put(layer_from_shapes("planning_unit", dict(list(plots.items())[3:9]), note=["x"] * 6)),
    ]
    secret = store.put(layer_from_shapes("ecological_redline", dict(list(plots.items())[:7])))
    describe = Text("Invented data.", "虚构数据。")
    return {
        "present_land_use": Collection(
            "present_land_use",
            Text("Present land use", "现状用地"),
            describe,
            "polygon",
            (edition("a" * 64, present, valid_from=dt.date(2025, 1, 1)),),
            TODAY,
            tiled=(8, 16),
        ),
        "planning_unit": Collection(
            "planning_unit",
            Text("Planning units", "规划单元"),
            describe,
            "polygon",
            (
                edition("c" * 64, *newer, valid_from=dt.date(2026, 1, 1)),
                edition("b" * 64, older, valid_from=dt.date(2020, 1, 1), valid_until=dt.date(2025, 12, 31)),
            ),
            TODAY,
        ),
        "ecological_redline": Collection(
            "ecological_redline", Text("Redline", "生态保护红线"), describe, "polygon", (edition("d" * 64, secret),), TODAY
        ),
    }


@pytest.fixture(scope="session")
def app(all_collections):
    public = {name: item for name, item in all_collections.items() if name != "ecological_redline"}

    def shelf(request):
        return MemoryShelf(all_collections if request.headers.get("x-inside") else public)

    def draw(_request, sheet):
        return HTMLResponse(f"<!doctype html><title>{sheet.title}</title><pre>{sheet}</pre>")

    house = House(
        shelf=shelf,
        language=lambda request: "zh" if request.query_params.get("language") == "zh" else "en",
        origin=lambda request: str(request.base_url).rstrip("/"),
        draw=draw,
        title=lambda _request: Text("Invented city", "虚构城市"),
        description=Text("Layers of the map.", "一张图图层。"),
        right=Depends(lambda: None),
    )
    application = FastAPI()
    application.include_router(ogc_router(house))
    return application


class Door:
    """Speaks to the door, and says what it answered."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def ask(self, path: str, status: int = 200, **parameters: Any):
        names = {name.replace("_", "-"): value for name, value in parameters.items()}
        answer = self.client.get("/ogc" + path, params=names)
        assert answer.status_code == status, answer.text[:400]
        return answer

    def read(self, path: str, status: int = 200, **parameters: Any):
        return json.loads(self.ask(path, status, **parameters).content)

    def ids(self, name: str, **parameters: Any):
        return [item["id"] for item in self.read(f"/collections/{name}/items", **parameters)["features"]]


@pytest.fixture(scope="session")
def door(app):
    with TestClient(app) as client:
        yield Door(client)
