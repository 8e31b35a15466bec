"""The overlay job as the users of other programs write it · 同一叠加作业的同类软件写法.

The job is that of ``overlay_job.py``: the area of every pair of a parcel with farmland, redline, development boundary and
district, and the piece wherever a built parcel overlaps farmland or redline by more than 1 m². Every peer runs in a process
of its own and prints one JSON line; CPU counts children and servers.

    python benchmarks/overlay_peers.py geopandas build/bench/overlay-100k
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow.parquet as pq
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

LAYERS = ("farmland", "redline", "boundary", "districts")
CONFLICTS = ("farmland", "redline")
COUNTED_M2 = 0.01
CONFLICT_M2 = 1.0
# Vertices a subdivided piece may have; the value that served the peers best where it was tried.
SUBDIVIDED = 128
WATCH_S = 0.5
Answer = dict[str, Any]


def _answer() -> Answer:
    return {"pairs": {}, "area_m2": {}, "pieces": 0, "pieces_m2": 0.0}


def _frame(folder: Path, name: str) -> Any:  # noqa: ANN401  # a GeoDataFrame
    import geopandas  # noqa: PLC0415  # each peer imports its own

    return geopandas.read_parquet(folder / f"{name}.parquet")


def with_geopandas(folder: Path) -> Answer:
    """Use `geopandas.overlay`, as its guide does · geopandas.overlay."""
    import geopandas  # noqa: PLC0415  # each peer imports its own

    parcels, answer = _frame(folder, "parcels"), _answer()
    for name in LAYERS:
        pieces = geopandas.overlay(parcels, _frame(folder, name)[["geometry"]], how="intersection", keep_geom_type=True)
        area = pieces.area.to_numpy()
        _add(answer, name, area, pieces["is_built"].to_numpy())
    return answer


def with_shapely_by_hand(folder: Path) -> Answer:
    """Subdivide, index, short-cut by prepared predicates, intersect the rest · shapely手工优化."""
    parcels, answer = _frame(folder, "parcels"), _answer()
    shapes, built = parcels.geometry.to_numpy(), parcels["is_built"].to_numpy()
    own = shapely.area(shapes)
    for name in LAYERS:
        cut, owner = _subdivided(_frame(folder, name).geometry.to_numpy())
        tree = shapely.STRtree(cut)
        left, right = tree.query(shapes, predicate="intersects")
        shapely.prepare(cut)
        whole = shapely.covers(cut[right], shapes[left])
        area = np.where(whole, own[left], 0.0)
        rest = np.flatnonzero(~whole)
        area[rest] = shapely.area(shapely.intersection(shapes[left[rest]], cut[right[rest]]))
        keys, inverse = np.unique(np.stack([left, owner[right]], axis=1), axis=0, return_inverse=True)
        _add(answer, name, np.bincount(inverse.ravel(), weights=area), built[keys[:, 0]])
    return answer


def _subdivided(shapes: Any) -> tuple[Any, Any]:  # noqa: ANN401  # arrays of geometries
    done, owners = [], []
    stack = list(enumerate(shapes))
    while stack:
        owner, shape = stack.pop()
        if shapely.get_num_coordinates(shape) <= SUBDIVIDED:
            done.append(shape)
            owners.append(owner)
            continue
        west, south, east, north = shape.bounds
        boxes = (
            (shapely.box(west, south, (west + east) / 2, north), shapely.box((west + east) / 2, south, east, north))
            if east - west > north - south
            else (shapely.box(west, south, east, (south + north) / 2), shapely.box(west, (south + north) / 2, east, north))
        )
        for box in boxes:
            parts = shapely.get_parts(shapely.intersection(shape, box))
            stack += [(owner, part) for part in parts if part.geom_type == "Polygon"]
    return np.array(done, dtype=object), np.array(owners)


def _add(answer: Answer, name: str, area: Any, built: Any) -> None:  # noqa: ANN401  # arrays
    answer["pairs"][name] = int((area > COUNTED_M2).sum())
    answer["area_m2"][name] = float(area.sum())
    if name in CONFLICTS:
        chosen = built & (area > CONFLICT_M2)
        answer["pieces"] += int(chosen.sum())
        answer["pieces_m2"] += float(area[chosen].sum())


def _duckdb() -> Any:  # noqa: ANN401  # a connection
    import duckdb  # noqa: PLC0415  # each peer imports its own
    import duckdb_extension_spatial as spatial  # noqa: PLC0415  # the extension comes as a package, nothing is downloaded

    connection = duckdb.connect(config={"threads": 2, "allow_unsigned_extensions": "true"})
    extension = next(Path(spatial.__file__).parent.rglob("*.duckdb_extension"))
    connection.execute(f"LOAD '{extension}'")
    return connection


_SQL = """
SELECT count(*) FILTER (area > {counted}), coalesce(sum(area), 0), count(*) FILTER ({chosen}), coalesce(sum(area) FILTER ({chosen}), 0)
FROM ({pairs}) AS pairs
"""


def _ask(execute: Callable[[str], Any], answer: Answer, name: str, pairs: str) -> None:
    chosen = f"is_built AND area > {CONFLICT_M2}" if name in CONFLICTS else "false"
    query = _SQL.format(counted=COUNTED_M2, chosen=chosen, pairs=pairs).replace("FILTER (", "FILTER (WHERE ")
    row = execute(query)
    answer["pairs"][name], answer["area_m2"][name] = int(row[0]), float(row[1])
    answer["pieces"] += int(row[2])
    answer["pieces_m2"] += float(row[3])


def with_duckdb(folder: Path) -> Answer:
    """Join on ST_Intersects and intersect, as DuckDB's users write it · DuckDB常规写法."""
    connection, answer = _duckdb(), _answer()
    _load_duckdb(connection, folder, ("parcels", *LAYERS))
    for name in LAYERS:
        pairs = f"SELECT p.is_built, ST_Area(ST_Intersection(p.g, r.g)) AS area FROM parcels p JOIN {name} r ON ST_Intersects(p.g, r.g)"  # noqa: S608  # names are ours
        _ask(lambda query: connection.execute(query).fetchone(), answer, name, pairs)
    return answer


def with_duckdb_subdivided(folder: Path) -> Answer:
    """Do the same after the big polygons were cut small by hand · DuckDB先细分."""
    connection, answer = _duckdb(), _answer()
    _load_duckdb(connection, folder, ("parcels",))
    for name in LAYERS:
        _cut_table(connection, folder, name)
        pairs = (
            "SELECT any_value(p.is_built) AS is_built, sum(CASE WHEN ST_Covers(r.g, p.g) THEN ST_Area(p.g) "  # noqa: S608  # names are ours
            f"ELSE ST_Area(ST_Intersection(p.g, r.g)) END) AS area FROM parcels p JOIN {name} r ON ST_Intersects(p.g, r.g) "
            "GROUP BY p.row_number, r.owner"
        )
        _ask(lambda query: connection.execute(query).fetchone(), answer, name, pairs)
    return answer


def _load_duckdb(connection: Any, folder: Path, names: tuple[str, ...]) -> None:  # noqa: ANN401  # a connection
    for name in names:
        table = pq.read_table(folder / f"{name}.parquet")
        connection.register("incoming", table.replace_schema_metadata())
        geometry = "ST_GeomFromWKB(geometry)" if str(connection.execute("DESCRIBE incoming").fetchall()).find("BLOB") >= 0 else "geometry"
        connection.execute(f"CREATE TABLE {name} AS SELECT row_number() OVER () AS row_number, is_built, {geometry} AS g FROM incoming")  # noqa: S608  # names are ours
        connection.unregister("incoming")


def _cut_table(connection: Any, folder: Path, name: str) -> None:  # noqa: ANN401  # a connection
    import pyarrow as pa  # noqa: PLC0415  # only here

    cut, owner = _subdivided(shapely.from_wkb(pq.read_table(folder / f"{name}.parquet")["geometry"].to_numpy(zero_copy_only=False)))
    connection.register("cut", pa.table({"owner": owner, "geometry": pa.array(shapely.to_wkb(cut), pa.binary())}))
    connection.execute(f"CREATE TABLE {name} AS SELECT owner, ST_GeomFromWKB(geometry) AS g FROM cut")  # noqa: S608  # names are ours
    connection.unregister("cut")


def with_sedonadb(folder: Path) -> Answer:
    """Join on ST_Intersects and intersect, as SedonaDB's users write it · SedonaDB常规写法."""
    import sedona.db  # noqa: PLC0415  # each peer imports its own

    context, answer = sedona.db.connect(), _answer()
    for name in ("parcels", *LAYERS):
        context.read_parquet(str(folder / f"{name}.parquet")).to_view(name)
    for name in LAYERS:
        pairs = f"SELECT p.is_built, ST_Area(ST_Intersection(p.geometry, r.geometry)) AS area FROM parcels p JOIN {name} r ON ST_Intersects(p.geometry, r.geometry)"  # noqa: S608, E501  # names are ours; one query, one line

        def execute(query: str) -> Any:  # noqa: ANN401  # a row
            row = context.sql(query).to_pandas().iloc[0]
            return [row.iloc[position] for position in range(4)]

        _ask(execute, answer, name, pairs)
    return answer


def with_postgis(folder: Path, *, subdivided: bool = False) -> Answer:
    """Join on ST_Intersects with GiST indexes and intersect, as PostGIS's users write it · PostGIS常规写法."""
    with PostgisServer() as server:
        server.load(folder, ("parcels", *LAYERS))
        answer = _answer()
        for name in LAYERS:
            if subdivided:
                server.ask(
                    f"CREATE TABLE cut_{name} AS SELECT row_number, ST_Subdivide(g, {SUBDIVIDED}) AS g FROM {name}; "  # noqa: S608  # names are ours
                    f"CREATE INDEX ON cut_{name} USING gist (g); ANALYZE cut_{name}"
                )
                pairs = (
                    "SELECT bool_or(p.is_built) AS is_built, sum(CASE WHEN ST_Covers(r.g, p.g) THEN ST_Area(p.g) "  # noqa: S608  # names are ours
                    f"ELSE ST_Area(ST_Intersection(p.g, r.g)) END) AS area FROM parcels p JOIN cut_{name} r "
                    "ON ST_Intersects(p.g, r.g) GROUP BY p.row_number, r.row_number"
                )
            else:
                pairs = (
                    "SELECT p.is_built, ST_Area(ST_Intersection(p.g, r.g)) AS area "  # noqa: S608  # names are ours
                    f"FROM parcels p JOIN {name} r ON ST_Intersects(p.g, r.g)"
                )
            _ask(lambda query: [float(item) for item in server.ask(query).split("|")], answer, name, pairs)
        answer["server_cpu_s"] = server.cpu_s()
    answer["server_peak_mb"] = server.peak_mb
    return answer


class PostgisServer:
    """A PostgreSQL with PostGIS of its own, on a socket in a folder of its own · 临时PostGIS."""

    def __enter__(self) -> Self:
        """Start it · 启动."""
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not programs:
            message = "PostgreSQL is not installed"
            raise SystemExit(message)
        self.programs = programs[-1]
        self.folder = Path(tempfile.mkdtemp(prefix="lantu-postgis-"))
        self.user = "postgres" if os.geteuid() == 0 else ""
        if self.user:
            shutil.chown(self.folder, self.user)
        self._run("initdb", "-D", str(self.folder / "data"), "-A", "trust", "-U", "lantu")
        settings = "-c listen_addresses='' -c fsync=off -c shared_buffers=1GB -c work_mem=256MB -c max_parallel_workers_per_gather=1"
        self._run(
            "pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), "-o", f"{settings} -k {self.folder}", "start"
        )
        self.ask("CREATE EXTENSION postgis")
        self.peak_mb = 0.0
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._watch_memory, daemon=True)
        self._watch.start()
        return self

    def _watch_memory(self) -> None:
        """Keep the most memory that its processes held together: what is their own, and the shared buffers once."""
        while not self._ended.wait(WATCH_S):
            own, shared = 0, 0
            for stat in self._stats():
                try:
                    lines = stat.with_name("status").read_text(encoding="utf-8").splitlines()
                except OSError:
                    continue
                sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith("Rss")}
                own += sizes.get("RssAnon", 0)
                shared = max(shared, sizes.get("RssShmem", 0))
            self.peak_mb = max(self.peak_mb, (own + shared) / 1024)

    def _stats(self) -> list[Path]:
        """List the files that say how the server and its children fare."""
        pid = (self.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
        found = [Path(f"/proc/{pid}/stat")]
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = stat.read_text(encoding="utf-8").rsplit(")", 1)[1].split()[1]
            except OSError:
                continue
            if parent == pid:
                found.append(stat)
        return found

    def __exit__(self, *_: object) -> None:
        """Stop it and remove its folder · 停止并清理."""
        self._ended.set()
        self._watch.join()
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        command = ["runuser", "-u", self.user, "--", *command] if self.user else command
        subprocess.run(command, check=True, capture_output=True)

    def ask(self, query: str, stdin: bytes | None = None) -> str:
        """Send one query and give what psql prints · 执行查询."""
        command = [
            str(self.programs / "psql"),
            "-h",
            str(self.folder),
            "-U",
            "lantu",
            "-d",
            "postgres",
            "-qAt",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            query,
        ]
        return subprocess.run(command, check=True, input=stdin, capture_output=True).stdout.decode().strip()

    def load(self, folder: Path, names: tuple[str, ...]) -> None:
        """Copy the layers in and index them · 导入数据."""
        for name in names:
            table = pq.read_table(folder / f"{name}.parquet")
            self.ask(f"CREATE UNLOGGED TABLE {name} (row_number int, is_built boolean, g geometry)")
            hexed = shapely.to_wkb(shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False)), hex=True)
            built = table["is_built"].to_numpy(zero_copy_only=False)
            rows = "".join(f"{row}\t{'t' if flag else 'f'}\t{shape}\n" for row, (flag, shape) in enumerate(zip(built, hexed, strict=True)))
            self.ask(f"COPY {name} FROM STDIN", rows.encode())
            self.ask(f"CREATE INDEX ON {name} USING gist (g); ANALYZE {name}")

    def cpu_s(self) -> float:
        """Sum the CPU of the server and its finished children · 服务器CPU秒."""
        pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        ticks = os.sysconf("SC_CLK_TCK")
        total = 0
        for stat in [Path(f"/proc/{pid}/stat"), *(path / "stat" for path in Path("/proc").glob("[0-9]*"))]:
            try:
                parts = stat.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if stat.parent.name == str(pid):
                total += sum(int(value) for value in parts[11:15])
            elif parts[1] == str(pid):
                total += sum(int(value) for value in parts[11:13])
        return total / ticks


PEERS: dict[str, Callable[[Path], Answer]] = {
    "geopandas": with_geopandas,
    "duckdb": with_duckdb,
    "sedonadb": with_sedonadb,
    "postgis": with_postgis,
    "shapely by hand": with_shapely_by_hand,
    "duckdb subdivided": with_duckdb_subdivided,
    "postgis subdivided": lambda folder: with_postgis(folder, subdivided=True),
}


def main() -> None:
    """Run one peer and print what it found and what it cost · 运行一个同类软件."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args()
    begun = time.perf_counter()
    answer = PEERS[chosen.peer](chosen.folder)
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    answer["cpu_s"] = round(own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime + answer.pop("server_cpu_s", 0.0), 2)
    answer["wall_s"] = round(time.perf_counter() - begun, 2)
    answer["peak_mb"] = round(own.ru_maxrss / 1024 + answer.pop("server_peak_mb", 0.0))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
