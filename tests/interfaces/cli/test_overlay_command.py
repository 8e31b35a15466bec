"""`lantu overlay`: what is called a table of one kind is one."""

import json

import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from typer.testing import CliRunner

from lantu.capabilities.plan_making.geometry_tools import FormatUnknown
from lantu.interfaces.cli.main import app
from lantu.stores.formats.writing import write_layer
from lantu.vocabulary.errors import GeometryInvalid, InputUnreadable
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


@pytest.fixture
def several_layers(two_files):
    """A package whose second layer has more features than the one that is meant."""
    left, _ = two_files
    squares = {f"X{number}": shapely.box(x := 600_000 + 200 * number, 3_400_000, x + 100, 3_400_100) for number in range(3)}
    write_layer(layer_from_shapes("buildings", squares, crs="EPSG:4549"), left.with_name("more.gpkg"))
    table = pyogrio.read_dataframe(left.with_name("more.gpkg"))
    pyogrio.write_dataframe(table, left, layer="buildings")
    return left


def test_a_file_of_several_layers_tells_which_was_taken_and_how_to_choose(several_layers, two_files, tmp_path):
    _, right = two_files
    output = tmp_path / "pairs.parquet"
    guessed = CliRunner().invoke(app, ["overlay", str(several_layers), str(right), "-o", str(output)], env={"LANTU_LANGUAGE": "en"})
    assert json.loads(guessed.stdout)["pairs"] == 0
    assert guessed.stderr.strip() == "left.gpkg: layer buildings was taken. It also holds parcel; choose with --left-layer."
    chosen = CliRunner().invoke(app, ["overlay", str(several_layers), str(right), "-o", str(output), "--left-layer", "parcel"])
    told = json.loads(chosen.stdout)
    assert (told["pairs"], told["left_layer"], told["not_taken"]) == (1, "parcel", {"left": ["buildings"], "right": []})


@pytest.mark.parametrize("command", ["coverage", "inspect"])
def test_a_layer_is_chosen_by_name_and_one_that_is_not_there_is_refused(several_layers, command):
    taken = CliRunner().invoke(app, [command, str(several_layers), "--layer", "parcel"])
    assert json.loads(taken.stdout)["features"] == 1
    absent = CliRunner().invoke(app, [command, str(several_layers), "--layer", "roads"])
    assert isinstance(absent.exception, InputUnreadable)
    assert "no layer roads" in absent.exception.message.en
    assert "parcel, buildings" in absent.exception.message.en


def test_lines_are_refused_with_the_name_of_their_file(two_files, tmp_path):
    left, _ = two_files
    lines = tmp_path / "roads.gpkg"
    road = shapely.LineString([(500_000, 3_400_000), (500_100, 3_400_100)])
    write_layer(layer_from_shapes("road", {"R1": road}, crs="EPSG:4549"), lines)
    result = CliRunner().invoke(app, ["overlay", str(left), str(lines), "-o", str(tmp_path / "pairs.parquet")])
    assert isinstance(result.exception, GeometryInvalid)
    assert result.exception.message.en.startswith("roads.gpkg holds features that are no polygons (1), among them R1")
    assert not (tmp_path / "pairs.parquet").exists()
