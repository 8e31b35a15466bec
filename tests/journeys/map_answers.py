"""What a server would say of an invented city of two square units, for the map alone to be tried."""

import json
from urllib.parse import parse_qs, urlsplit

WEST, SOUTH, SIDE = 120.60, 31.30, 0.02
TODAY = "2026-11-26"
OLD, NEW = "aaaaaaaaaaaa", "bbbbbbbbbbbb"


def square(column, row, side=SIDE):
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    east, north = west + side, south + side
    return {"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]}


def words(english, chinese):
    return {"en": english, "zh": chinese}


CITY = {
    "code": "320500",
    "name": words("Squares", "方城"),
    "bounds": [WEST, SOUTH, WEST + 2 * SIDE, SOUTH + SIDE],
    "crs": "EPSG:4549",
    "invented": True,
    "today": TODAY,
    "units": [
        {"code": code, "name": name, "bounds": [WEST + column * SIDE, SOUTH, WEST + (column + 1) * SIDE, SOUTH + SIDE]}
        for column, (code, name) in enumerate((("A", words("West unit", "西板块")), ("B", words("East unit", "东板块"))))
    ],
    "outline": "/api/v1/outline",
}
OUTLINE = {
    "type": "FeatureCollection",
    "features": [{"type": "Feature", "properties": {"code": code}, "geometry": square(column, 0)} for column, code in enumerate("AB")],
}
VERSIONS = [
    {"version": OLD, "valid_from": "2024-01-01", "valid_until": "2026-01-01", "label": None},
    {"version": NEW, "valid_from": "2026-01-01", "valid_until": None, "label": None},
]


def layer(name, title, version, since, **more):
    legend = more.get("legend")
    return {
        "name": name,
        "title": title,
        "geometry_type": "polygon",
        "visibility": more.get("visibility", "public"),
        "generalised": False,
        "version": version,
        "valid_from": since,
        "valid_until": None,
        "features": 2,
        "bounds": CITY["bounds"],
        "tiles": f"/tiles/{name}/{version}/{{z}}/{{x}}/{{y}}.mvt",
        "source_layer": name,
        "minzoom": 8,
        "maxzoom": 16,
        "overview": None,
        "overview_maxzoom": None,
        "legend": legend or [{"value": None, "label": title, "fill": "#ffffff", "line": "#b3261e", "pattern": None}],
        "legend_field": "use" if legend else None,
        "versions": more.get("versions") or [{"version": version, "valid_from": since, "valid_until": None, "label": None}],
        "fields": [
            {"name": "identifier", "label": words("Identifier", "标识码"), "kind": "text", "unit": None},
            {"name": "use", "label": words("Land use", "用地"), "kind": "text", "unit": None},
            {"name": "height", "label": words("Height", "高度"), "kind": "real", "unit": "m"},
        ],
    }


LEGEND = [
    {"value": "07", "label": words("Housing", "居住用地"), "fill": "#ffff2d", "line": "#888888", "pattern": None},
    {"value": "10", "label": words("Industry", "工矿用地"), "fill": "#bb9674", "line": "#888888", "pattern": None},
]


def catalogue(day):
    land = layer(
        "planned_use",
        words("Planned land use", "规划用地"),
        NEW if day >= "2026-01-01" else OLD,
        since="2024-01-01",
        legend=LEGEND,
        versions=VERSIONS,
    )
    boundary = layer("urban_development_boundary", words("Urban development boundary", "城镇开发边界"), "cccccccccccc", since="2025-01-01")
    secret = layer(
        "permanent_basic_farmland",
        words("Permanent basic farmland", "永久基本农田"),
        "dddddddddddd",
        since="2024-01-01",
        visibility="internal",
    )
    planning = [each for each in (land, boundary, secret) if each["valid_from"] <= day]
    titles = {"present": words("Present", "现状"), "planning": words("Planning", "规划")}
    return {"families": [{"code": code, "title": titles[code], "layers": planning if code == "planning" else []} for code in titles]}


PARCELS = [
    {
        "type": "Feature",
        "id": f"P{column}",
        "geometry": square(column, 0),
        "properties": {"identifier": f"P{column}", "use": use, "height": height},
    }
    for column, use, height in ((0, "07", 24.0), (1, "10", 12.5))
]
HITS = [
    {
        "layer": "planned_use",
        "title": words("Planned land use", "规划用地"),
        "version": NEW,
        "unit": "A",
        "id": "P0",
        "attributes": [{"name": "use", "label": words("Land use", "用地"), "value": "07", "unit": None}],
        "geometry": square(0, 0),
        "ellipsoidal_area_m2": 4_220_000.0,
    }
]
DIFFERENCE = {
    "summary": {
        "from": OLD,
        "to": NEW,
        "added": 1,
        "removed": 0,
        "geometry_changed": 0,
        "attributes_changed": 1,
        "brought_in_m2": 15000.0,
        "taken_out_m2": 0.0,
        "attributes_changed_m2": 2500.0,
    },
    "features": {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": str(number),
                "geometry": square(number, 0),
                "properties": {
                    "change_type": kind,
                    "old_identifier": old,
                    "new_identifier": f"P{number}",
                    "changed_fields": fields,
                    "ellipsoidal_area_m2": area,
                },
            }
            for number, (kind, old, fields, area) in enumerate((("1", None, "", 15000.0), ("2", "P1", "use", 2500.0)))
        ],
    },
    "left_off": 0,
}
STATISTICS = {
    "rows": [
        {
            "key": "07",
            "label": words("Housing", "居住用地"),
            "features": 1,
            "ellipsoidal_area_m2": 15e4,
            "planar_area_m2": 15.1e4,
            "share": 0.25,
        }
    ],
    "total": {"features": 1, "ellipsoidal_area_m2": 15e4, "planar_area_m2": 15.1e4},
    "layer": "planned_use",
    "version": NEW,
    "definition": words("Whole features.", "按完整要素统计。"),
}
FINDINGS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": f"k{number}",
            "geometry": square(number, 0),
            "properties": {"key": f"k{number}", "code": code, "severity": severity, "message": words(f"Fault {number}", f"问题{number}")},
        }
        for number, (code, severity) in enumerate((("CL03", "mandatory"), ("GE01", "minor")))
    ],
}


class Answers:
    """Answers requests of the map and remembers them; `failing` paths answer 503 until taken out."""

    def __init__(self):
        self.asked, self.failing = [], set()

    def __call__(self, route):
        address = urlsplit(route.request.url)
        given = {key: values[0] for key, values in parse_qs(address.query).items()}
        path = address.path.removeprefix("/api/v1")
        body = route.request.post_data_json if route.request.post_data and "json" in route.request.headers.get("content-type", "") else None
        self.asked.append((path, body or given))
        if path in self.failing:
            problem = {
                "message": words("The tile archive is being written.", "瓦片正在写入。"),
                "remedy": words("Try again in a minute.", "请一分钟后重试。"),
            }
            route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(problem))
            return
        known = {
            "/city": CITY,
            "/outline": OUTLINE,
            "/layers": catalogue(given.get("as_of", TODAY)),
            "/identify": {"hits": HITS},
            "/query": {"matched": 2, "returned": 2, "features": PARCELS},
            "/statistics": STATISTICS,
            "/search": {
                "places": [
                    {"kind": "unit", "title": words("East unit", "东板块"), "bounds": CITY["units"][1]["bounds"], "layer": None, "id": None}
                ]
            },
            "/layers/planned_use/difference": DIFFERENCE,
            f"/layers/planned_use/{NEW}/features": {"type": "FeatureCollection", "features": PARCELS[:1]},
            "/findings": FINDINGS,
        }
        if path in known:
            route.fulfill(content_type="application/json", body=json.dumps(known[path]))
        else:
            route.fulfill(status=404, content_type="application/problem+json", body="{}")

    def to(self, path):
        """What was asked of a path, in order."""
        return [given for asked, given in self.asked if asked == path]
