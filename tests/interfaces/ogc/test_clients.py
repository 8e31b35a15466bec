"""The programs that people use read the door: GDAL of the wheel, GDAL and QGIS of the system where they are installed."""

import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import uvicorn

SYSTEM_PYTHON = Path("/usr/bin/python3")
PYOGRIO = """
import json, sys, pyogrio
address = sys.argv[1]
info = pyogrio.read_info(address, layer="present_land_use")
metadata, table = pyogrio.read_arrow(address, layer="present_land_use")
west, south, east, north = info["total_bounds"]
few = pyogrio.read_arrow(address, layer="present_land_use", bbox=(500001, 3450001, 500060, 3450060))[1]
some = pyogrio.read_arrow(address, layer="present_land_use", where="floors < 5")[1]
import shapely
first = shapely.from_wkb(table.column(metadata["geometry_name"] or "wkb_geometry").to_pylist()[0])
print(json.dumps({"crs": info["crs"], "features": info["features"], "read": table.num_rows, "few": sorted(few.column("id").to_pylist()),
    "some": some.num_rows, "names": table.column_names,
    "bounds": list(shapely.total_bounds([first])), "id": table.column("id")[0].as_py()}))
"""
QGIS = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import QgsApplication, QgsVectorLayer, QgsFeatureRequest, QgsRectangle
application = QgsApplication([], False)
application.initQgis()
uri = f"url='{sys.argv[1]}' typename='present_land_use' restrictToRequestBBOX='1' pageSize='150'"
layer = QgsVectorLayer(uri, "plots", "OAPIF")
names = [field.name() for field in layer.fields()]
print("READ", layer.isValid(), layer.featureCount(), sum(1 for _ in layer.getFeatures()), "容积率" in names, layer.crs().authid())
del layer
application.exitQgis()
"""


@pytest.fixture(scope="module")
def address(app):
    """The door on a port of this machine."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/ogc/"
    server.should_exit = True
    thread.join(timeout=10)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr[-800:]
    return done.stdout


def test_gdal_reads_every_feature_with_its_stored_coordinates(address):
    found = json.loads(run(sys.executable, "-c", PYOGRIO, f"OAPIF:{address}"))
    assert found["crs"] == "EPSG:4549"
    assert found["features"] == found["read"] == 400
    assert found["few"] == ["P0000", "P0001", "P0020", "P0021"]
    assert found["some"] == 5
    assert "容积率" in found["names"]
    number = int(found["id"][1:])
    assert found["bounds"][:2] == [500_000.0 + number % 20 * 50, 3_450_000.0 + number // 20 * 50]


def test_ogrinfo_of_the_system_reads_it(address):
    if shutil.which("ogrinfo") is None:
        pytest.skip("ogrinfo is not installed on this machine (Debian: gdal-bin)")
    text = run("ogrinfo", "-so", f"OAPIF:{address}", "present_land_use")
    assert "Feature Count: 400" in text
    assert "容积率" in text
    listed = run("ogrinfo", "-q", f"OAPIF:{address}")
    assert "planning_unit" in listed
    assert "redline" not in listed


def test_qgis_reads_it(address):
    has_qgis = (
        SYSTEM_PYTHON.is_file()
        and subprocess.run([SYSTEM_PYTHON, "-c", "import qgis.core"], capture_output=True, check=False).returncode == 0
    )
    if not has_qgis:
        pytest.skip("QGIS is not installed on this machine (Debian: python3-qgis)")
    done = subprocess.run([SYSTEM_PYTHON, "-c", QGIS, address], capture_output=True, text=True, timeout=180, check=False)
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("READ")]
    assert line.split()[1:5] == ["True", "400", "400", "True"], done.stderr[-800:]
