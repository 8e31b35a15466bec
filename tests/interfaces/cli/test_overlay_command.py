"""`lantu overlay`: what is called a table of one kind is one."""

import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from typer.testing import CliRunner

from lantu.capabilities.plan_making.geometry_tools import FormatUnknown
from lantu.interfaces.cli.main import app
from lantu.stores.formats.writing import write_layer
from lantu.vocabulary.layer import layer_from_shapes


@pytest.fixture
def two_files(tmp_path):
    for name, west in (("left", 500_000), ("right", 500_050)):
        square = shapely.box(west, 3_400_000, west + 100, 3_400_100)
        write_layer(layer_from_shapes("parcel", {"A": square}, crs="EPSG:4549"), tmp_path / f"{name}.gpkg")
    assert pyogrio.list_layers(tmp_path / "left.gpkg").shape[0] == 1
    return tmp_path / "left.gpkg", tmp_path / "right.gpkg"


def test_pairs_are_written_as_geoparquet(two_files, tmp_path):
    result = CliRunner().invoke(app, ["overlay", *map(str, two_files), "-o", str(tmp_path / "pairs.parquet")])
    assert result.exit_code == 0, result.output
    assert pq.read_table(tmp_path / "pairs.parquet")["area_m2"].to_pylist() == [5_000.0]


def test_another_suffix_is_refused_and_nothing_is_written(two_files, tmp_path):
    result = CliRunner().invoke(app, ["overlay", *map(str, two_files), "-o", str(tmp_path / "pairs.csv")])
    assert isinstance(result.exception, FormatUnknown)
    assert ".parquet" in result.exception.remedy.zh
    assert not (tmp_path / "pairs.csv").exists()
