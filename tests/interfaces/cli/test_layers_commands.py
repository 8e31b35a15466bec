"""`lantu layers`: list, show, diff, export, verify."""

import json

import pyogrio
import pytest
from shapely.geometry import box
from typer.testing import CliRunner

from lantu.interfaces.cli.layers_commands import app
from lantu.stores.formats.diagnose import diagnose
from lantu.stores.layers import LayerStore
from lantu.vocabulary.errors import LayerMissing
from lantu.vocabulary.layer import layer_from_shapes
from lantu.vocabulary.layer_definitions import load_layers

NAME = "urban_development_boundary"


def square(west, east):
    return box(500_000 + west, 3_400_000, 500_000 + east, 3_400_100)


@pytest.fixture
def store(tmp_path):
    store = LayerStore(tmp_path / "store")
    store.put(layer_from_shapes(NAME, {"A": square(0, 100), "B": square(100, 200)}, zone_name=["集中建设区", "弹性发展区"]))
    store.put(layer_from_shapes(NAME, {"A": square(0, 90), "B": square(100, 220)}, zone_name=["集中建设区", "集中建设区"]))
    return store


def call(*arguments):
    result = CliRunner().invoke(app, [str(item) for item in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_versions_are_listed_in_both_languages(store):
    code, text = call("list", store.root, "--language", "zh")
    assert code == 0
    assert text.splitlines()[0].split() == ["图层", "版本", "要素数", "生效日期", "入库时间", "坐标系", "来源"]
    assert [line.split()[1] for line in text.splitlines()[1:]] == [version.version[:12] for version in store.versions()]
    records = json.loads(call("list", store.root, NAME, "--format", "json")[1])
    assert [record["version"] for record in records] == [version.version for version in store.versions()]


def test_one_version_is_shown_by_its_first_digits(store):
    first = store.versions()[0].version
    assert json.loads(call("show", store.root, NAME, "--version", first[:8])[1])["version"] == first


def test_the_difference_is_told_and_written_as_the_three_layers_of_maintenance(store, tmp_path):
    target = tmp_path / "changes.gpkg"
    code, text = call("diff", store.root, NAME, "-o", target, "--reason", "局部优化", "--language", "en")
    assert code == 1
    assert "brought in 0.2000 ha, taken out 0.1000 ha, attributes changed 1.0000 ha" in text
    assert text.splitlines()[-1] == "area before 2.0000 ha, after 2.1000 ha", "what adds up is not said not to"
    assert sorted(pyogrio.list_layers(target)[:, 0]) == ["WHC", "WHH", "WHQ"]
    changes = pyogrio.read_dataframe(target, layer="WHC")
    assert sorted(zip(changes["WHLX"], changes["MJ"].round(6), changes["WHLY"], strict=True)) == [
        ("1", 2_000.0, "局部优化"),
        ("2", 10_000.0, "局部优化"),
        ("3", 1_000.0, "局部优化"),
    ]
    assert ((changes["ellipsoidal_area_m2"] / changes["MJ"] - 1).abs() < 5e-4).all()
    recognised = {layer.recognised_as for item in diagnose(target, vocabulary=load_layers()) for layer in item.layers}
    assert recognised == {"before_change", "after_change", "change"}


def test_nothing_changed_ends_with_zero(store):
    version = store.versions()[0].version
    assert call("diff", store.root, NAME, version[:8], version[:8], "--format", "json")[0] == 0


def test_the_first_version_has_nothing_before_it(tmp_path):
    store = LayerStore(tmp_path)
    store.put(layer_from_shapes(NAME, {"A": square(0, 100)}))
    with pytest.raises(LayerMissing, match="no version before"):
        call("diff", store.root, NAME)


@pytest.mark.parametrize("suffix", [".parquet", ".gpkg", ".geojson"])
def test_export_writes_what_the_suffix_says(store, tmp_path, suffix):
    target = tmp_path / f"out{suffix}"
    code, text = call("export", store.root, NAME, "-o", target)
    assert code == 0
    assert store.versions()[-1].version[:12] in text
    layers = [layer for item in diagnose(target, vocabulary=load_layers()) for layer in item.layers]
    assert [layer.features for layer in layers] == [2]


def test_damage_is_named_and_ends_with_one(store):
    assert call("verify", store.root, "--language", "en") == (0, "2 versions, none damaged.\n")
    path = store.versions()[0].path
    content = bytearray(path.read_bytes())
    content[10] ^= 0xFF
    path.write_bytes(content)
    code, text = call("verify", store.root)
    assert code == 1
    assert path.name in text
