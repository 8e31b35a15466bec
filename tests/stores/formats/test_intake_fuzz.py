"""Five thousand damaged files: no crash, no hang over ten seconds, no memory over two gigabytes.

Seeds are small files of every format, made here, plus small real ones where they are present. Each is
damaged in many ways by a seeded generator, so a failure can be run again by its number.
"""

from __future__ import annotations

import json
import os
import random
import selectors
import shutil
import subprocess
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import openpyxl
import psutil
import pytest
import shapely

from lantu.stores.formats.writing import WritingOptions, write_layer
from lantu.vocabulary.layer import layer_from_shapes

MUTATIONS = 5000
SECONDS_PER_FILE = 10.0
MEMORY_BYTES = 2 * 1024**3
REAL_SEEDS_LARGEST = 40_000
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".tab", ".map", ".dat", ".id")

# One process reads file after file without the guard, and says before and after each how far it is.
READER = """
import sys
from pathlib import Path
from lantu.stores.formats.diagnose import diagnose
from lantu.vocabulary.layer_definitions import load_layers
import lantu.stores.formats.reading
vocabulary, codes = load_layers(), {"landuse-2023": frozenset({"0101", "0701"}), "survey-2019": frozenset({"0101", "0702"})}
for line in sys.stdin:
    path = Path(line.rstrip("\\n"))
    print("start", flush=True)
    found = diagnose(path, vocabulary=vocabulary, classifications=codes, guarded=False)
    for item in found:
        item.as_json()
    told = sum(any(problem.severity != "notice" for problem in item.problems) for item in found)
    print("done", told, sum(len(item.layers) for item in found), flush=True)
"""


def seed_layer():
    square = shapely.box(40560000, 3460000, 40560100, 3460100).difference(shapely.box(40560010, 3460010, 40560030, 3460030))
    shapes = {str(row): shapely.transform(square, lambda places, row=row: places + np.array([120.0 * row, 0.0])) for row in range(4)}
    return layer_from_shapes(
        "present_land_use",
        shapes,
        crs="EPSG:4528",
        land_use_code=["0101", "0701", "0101", "0702"],
        land_use_name=["水田", "城镇住宅用地", "水田", "农村宅基地"],
        area_m2=[9600.0] * 4,
        year=[2023] * 4,
    )


def make_seeds(folder: Path) -> list[Path]:
    layer = seed_layer()
    names = {"present_land_use": {"identifier": "BSM", "land_use_code": "DLBM", "land_use_name": "DLMC", "area_m2": "TBMJ", "year": "SJNF"}}
    tables = {"present_land_use": "DLTB"}
    seeds = []
    for target, encoding in (
        ("gpkg/DLTB.gpkg", "UTF-8"),
        ("shp/DLTB.shp", "GBK"),
        ("shp8/DLTB.shp", "UTF-8"),
        ("gdb/DLTB.gdb", "UTF-8"),
        ("json/DLTB.geojson", "UTF-8"),
        ("parquet/DLTB.parquet", "UTF-8"),
        ("txt/DLTB.txt", "GBK"),
    ):
        path = folder / target
        write_layer(layer, path, options=WritingOptions(tables=tables, fields=names, encoding=encoding))
        seeds.append(path)
    csv = folder / "csv" / "DLTB.csv"
    csv.parent.mkdir()
    csv.write_text(
        "BSM,DLBM,DLMC,WKT\n" + "".join(f'{row},0101,水田,"{shape.wkt}"\n' for row, shape in enumerate(layer.geometry)), encoding="gbk"
    )
    kml = folder / "kml" / "a.kml"
    kml.parent.mkdir()
    kml.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>DLTB</name>'
        "<Placemark><name>1</name>"
        "<Polygon><outerBoundaryIs><LinearRing>"
        "<coordinates>120,31 121,31 121,32 120,31</coordinates></LinearRing></outerBoundaryIs></Polygon>"
        "</Placemark></Folder></Document></kml>",
        encoding="utf-8",
    )
    gml = folder / "gml" / "a.gml"
    gml.parent.mkdir()
    gml.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" '
        'xmlns:gml="http://www.opengis.net/gml">'
        '<gml:featureMember><DLTB gml:id="a"><DLBM>0101</DLBM><geom><gml:Polygon srsName="EPSG:4490">'
        "<gml:exterior><gml:LinearRing><gml:posList>"
        "31 120 31 121 32 121 31 120</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></geom></DLTB>"
        "</gml:featureMember></wfs:FeatureCollection>",
        encoding="utf-8",
    )
    seeds += [csv, kml, gml, _workbook(folder / "xlsx" / "DLTB.xlsx"), _mapinfo(folder / "mif" / "DLTB.mif")]
    seeds.append(_zip(folder / "zip" / "成果.zip", [seeds[0], *sorted(seeds[1].parent.iterdir()), seeds[6]]))
    return seeds + _real_seeds()


def _workbook(path: Path) -> Path:
    path.parent.mkdir()
    book = openpyxl.Workbook()
    book.active.append(["BSM", "DLBM", "MJ"])
    for row in range(5):
        book.active.append([f"A{row}", "0101", 12.5 * row])
    book.save(path)
    return path


def _mapinfo(path: Path) -> Path:
    path.parent.mkdir()
    path.write_text(
        'Version 300\nCharset "Neutral"\nDelimiter ","\nColumns 1\n  DLBM Char(10)\nData\n\n'
        "Region 1\n  4\n120 31\n121 31\n121 32\n120 31\n",
        encoding="ascii",
    )
    path.with_suffix(".mid").write_text('"0101"\n', encoding="ascii")
    return path


def _zip(path: Path, members: list[Path]) -> Path:
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            archive.write(member, f"规划/{member.name}")
    return path


def _real_seeds() -> list[Path]:
    root = Path(os.environ.get("LANTU_REAL_DATA", Path(__file__).parents[3] / ".." / "shared" / "data"))
    folders = [root / name for name in ("bad_files", "gpkg", "field_parcels", "planning_data")]
    files = [file for folder in folders if folder.is_dir() for file in sorted(folder.rglob("*")) if file.is_file()]
    wanted = {".shp", ".dbf", ".json", ".geojson", ".gpkg", ".zip", ".parquet", ".resource", ".csv", ".xlsx"}
    small = [file for file in files if file.suffix.lower() in wanted and 0 < file.stat().st_size <= REAL_SEEDS_LARGEST]
    return small[::3]


def damage(seed: Path, target: Path, chance: random.Random, others: list[Path]) -> Path:
    """Copy a data set into a folder of its own and damage one of its files."""
    target.mkdir()
    if seed.is_dir():
        copy = target / seed.name
        shutil.copytree(seed, copy)
        victim = chance.choice([file for file in sorted(copy.iterdir()) if file.stat().st_size])
    else:
        group = [file for file in sorted(seed.parent.glob(f"{seed.stem}.*")) if file == seed or file.suffix.lower() in PARTS]
        for file in group:
            shutil.copyfile(file, target / file.name)
        copy = target / seed.name
        victim = target / chance.choice([file for file in group if file.stat().st_size] or [seed]).name
        if len(group) > 1 and chance.random() < 0.08:
            # A part of another data set under this one's name.
            part = chance.choice(sorted(target.iterdir()))
            donors = [other.with_suffix(part.suffix) for other in others if other.with_suffix(part.suffix).is_file()]
            if donors:
                shutil.copyfile(chance.choice(donors), part)
                return copy
        if len(group) > 1 and chance.random() < 0.05:
            (target / chance.choice([file.name for file in group if file != seed])).unlink()
            return copy
    victim.write_bytes(_damaged(bytearray(victim.read_bytes()), chance))
    return copy


def _damaged(data: bytearray, chance: random.Random) -> bytes:
    way = chance.randrange(7)
    size = len(data)
    if way == 0:
        return bytes(data[: chance.randrange(size)])
    if way == 1:
        for _ in range(chance.choice((1, 2, 8, 40))):
            data[chance.randrange(size)] = chance.randrange(256)
    elif way == 2:
        # Headers decide most: damage them more often than their share of the bytes.
        for _ in range(chance.choice((1, 3, 6))):
            data[chance.randrange(min(size, 160))] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))
    elif way == 3:
        place = chance.randrange(size)
        data[place : place + 4] = chance.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\0\0\0\0"))
    elif way == 4:
        start, length = chance.randrange(size), chance.randrange(1, 200)
        data[start:start] = data[start : start + length] * chance.choice((1, 2, 20))
    elif way == 5:
        start = chance.randrange(size)
        del data[start : start + chance.randrange(1, 300)]
    else:
        first, second, length = chance.randrange(size), chance.randrange(size), chance.randrange(1, 64)
        data[first : first + length], data[second : second + length] = data[second : second + length], data[first : first + length]
    return bytes(data)


class Reader:
    def __init__(self):
        # Unbuffered, or a second line that came with the first would never wake the selector.
        self.process = subprocess.Popen(
            [sys.executable, "-c", READER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
        )
        self.memory = psutil.Process(self.process.pid)
        self.peak = 0

    def read(self, path: Path) -> str:
        """Give 'ok', or what went wrong."""
        self.process.stdin.write(f"{path}\n".encode())
        self.process.stdin.flush()
        deadline = None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while True:
                if selector.select(0.02):
                    line = self.process.stdout.readline()
                    if not line:
                        self.process.wait()
                        return f"crash {self.process.returncode}: {self.process.stderr.read().decode('utf-8', 'replace')[-600:]}"
                    if line == b"start\n":
                        deadline = time.monotonic() + SECONDS_PER_FILE
                        continue
                    return f"ok {line.split()[1].decode()} {line.split()[2].decode()}"
                try:
                    self.peak = max(self.peak, self.memory.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue
                if self.peak > MEMORY_BYTES:
                    return f"memory {self.peak >> 20} MB"
                if deadline and time.monotonic() > deadline:
                    return "hang"

    def end(self):
        self.process.kill()
        self.process.communicate()


def run(numbers: range, folder: Path, seeds: list[Path]) -> tuple[Counter, list[str], int]:
    outcomes, faults, peak = Counter(), [], 0
    reader = Reader()
    for number in numbers:
        chance = random.Random(number)  # noqa: S311  # reproducible, not secret
        seed = seeds[chance.randrange(len(seeds))]
        case = damage(seed, folder / f"case-{number}", chance, seeds)
        verdict = reader.read(case)
        peak = max(peak, reader.peak)
        if verdict.startswith("ok"):
            _, problems, layers = verdict.split()
            outcomes["told" if int(problems) else "read"] += 1
            outcomes["layers"] += int(layers)
        else:
            outcomes[verdict.split()[0]] += 1
            faults.append(f"mutation {number} of {seed.name}: {verdict}")
            keep = os.environ.get("LANTU_KEEP_FUZZ")
            if keep:
                shutil.copytree(case.parent, Path(keep) / f"case-{number}")
            reader.end()
            reader = Reader()
        shutil.rmtree(case.parent)
    reader.end()
    return outcomes, faults, peak


@pytest.mark.slow
def test_five_thousand_damaged_files_end_in_a_diagnosis(tmp_path):
    seeds = make_seeds(tmp_path)
    outcomes, faults, peak = run(range(MUTATIONS), tmp_path, seeds)
    print(json.dumps({**outcomes, "peak_mb": peak >> 20, "seeds": len(seeds)}))  # noqa: T201  # the figures of the run
    assert not faults, "\n".join(faults[:10])
    assert outcomes["told"] + outcomes["read"] == MUTATIONS
    # Damage is mostly noticed; a run in which nothing was would test nothing.
    assert outcomes["told"] > MUTATIONS / 3
    assert peak < MEMORY_BYTES
